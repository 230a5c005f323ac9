//! What is told of the step from one state to the next, in the order in which it is told.

use crate::answers::{Change, Class};
use crate::script::{HEARTBEATS, TASKS};

use super::service::{Facts, Silence, State, heartbeat};

/// Returns every change, once. The heartbeats come in the order `heartbeats`.
pub(crate) fn changes(
    facts: &Facts,
    from: &State,
    to: &State,
    heartbeats: &[usize],
) -> Vec<Change> {
    let mut changes = Vec::new();
    if from == to {
        return changes;
    }
    for (check, (from, to)) in from.verdicts.iter().zip(&to.verdicts).enumerate() {
        let (name, class) = (facts.name(check), facts.class(check));
        changes.extend((from != to).then_some(Change::Check {
            name,
            class,
            from: *from,
            to: *to,
        }));
    }
    for &number in heartbeats {
        let (from, to) = (from.heartbeats[number], to.heartbeats[number]);
        changes.extend((from != to).then_some(Change::Heartbeat {
            name: HEARTBEATS[number],
            from: heartbeat(from),
            to: heartbeat(to),
        }));
    }
    for (name, (from, to)) in TASKS.iter().zip(from.tasks.iter().zip(&to.tasks)) {
        changes.extend((from != to).then_some(Change::Task {
            name,
            from: *from,
            to: *to,
        }));
    }
    changes.extend((from.started != to.started).then_some(Change::Startup {
        started: to.started,
    }));
    if from.stall.for_readiness != to.stall.for_readiness {
        changes.push(if to.stall.for_readiness {
            Change::Stalled
        } else {
            Change::Recovered
        });
    }
    changes.extend((from.draining != to.draining).then_some(Change::Draining));
    answers_changed(facts, from, to, &mut changes);
    changes
}

fn answers_changed(facts: &Facts, from: &State, to: &State, changes: &mut Vec<Change>) {
    let (from, to) = (
        facts.answers(from, Silence::default()),
        facts.answers(to, Silence::default()),
    );
    let ((was, because), (is, reason)) = (
        (from.liveness.alive, from.liveness.reason),
        (to.liveness.alive, to.liveness.reason),
    );
    changes.extend(
        ((was, because) != (is, reason)).then_some(Change::Liveness {
            from: was,
            to: is,
            reason,
        }),
    );
    let ((was, because), (is, reason)) = (
        (from.readiness.status, from.readiness.reason),
        (to.readiness.status, to.readiness.reason),
    );
    changes.extend(
        ((was, because) != (is, reason)).then_some(Change::Readiness {
            from: was,
            to: is,
            reason,
        }),
    );
    for ((name, from), (_, to)) in from.features.iter().zip(&to.features) {
        changes.extend(
            ((from.status, from.reason) != (to.status, to.reason)).then_some(Change::Feature {
                name,
                from: from.status,
                to: to.status,
                reason: to.reason,
            }),
        );
    }
}

/// Whether a change takes traffic away from the service or gets it restarted.
pub(crate) fn takes_away(change: &Change) -> bool {
    use crate::answers::Ready;
    match change {
        Change::Liveness { to, .. } => !to,
        Change::Readiness { from, to, .. } => *from != Ready::NotReady && *to == Ready::NotReady,
        Change::Check { class, to, .. } => *class == Class::Liveness && to.is_down(),
        _ => false,
    }
}
