use std::sync::Arc;
use std::time::Duration;

use super::slot::Slot;
use super::{Engine, tell};
use crate::heartbeat::Watch;
use crate::service::{Held, Service};
use crate::snapshot::{Limits, Private};
use crate::task::SeenTask;
use crate::verdict::Verdict;

impl Engine {
    /// Puts on the board what is known now, then tells what changed.
    pub(super) fn publish(&mut self) {
        let changed = |(index, slot): (usize, &mut Slot)| Some((index, slot.changed()?));
        let news: Vec<_> = self
            .slots
            .iter_mut()
            .enumerate()
            .filter_map(changed)
            .collect();
        self.judged.update(Service {
            started: self.started,
            draining: self.board.is_draining(),
            broken: self.broken.is_some(),
            stalled: self.runtime.is_stalled(),
            ..service(&self.slots, &self.watches, &self.tasks)
        });
        let private = Private {
            checks: self.slots.iter().map(Slot::view).collect(),
            heartbeats: self
                .watches
                .iter()
                .map(|(watch, verdict)| (Arc::clone(&watch.cell), *verdict))
                .collect(),
            tasks: self
                .tasks
                .iter()
                .map(|task| Arc::clone(&task.cell))
                .collect(),
            broken: self.broken.clone(),
            lag: self.runtime.lag(),
            process: self.process.last(),
        };
        self.board
            .publish(self.judged.snapshot(self.limits, private));
        self.board.tick(self.clock.now());
        // The log may be slow; the answers are out by now.
        for (index, before) in news {
            tell::change(
                &self.dispatch,
                &self.board.changes,
                &self.slots[index],
                before,
            );
        }
    }
}

/// The facts that belong to single things; those of the whole service are the engine's.
pub(super) fn service(slots: &[Slot], watches: &[(Watch, Verdict)], tasks: &[SeenTask]) -> Service {
    let held = |slot: &Slot| Held {
        name: Arc::clone(&slot.registered.name),
        class: slot.registered.check.class,
        verdict: slot.verdict(),
        needed_by: Arc::clone(&slot.registered.needed_by),
    };
    Service {
        checks: slots.iter().map(held).collect(),
        heartbeats: watches
            .iter()
            .map(|(watch, verdict)| (Arc::clone(&watch.cell.name), *verdict))
            .collect(),
        tasks: tasks
            .iter()
            .map(|task| (Arc::clone(&task.cell.name), task.seen))
            .collect(),
        ..Service::default()
    }
}

/// Readiness outlives a silent monitor no longer than its first verdict would; liveness gives it more time.
pub(super) fn limits(slots: &[Slot], stall_limit: Duration) -> Limits {
    let readiness = slots
        .iter()
        .filter(|slot| slot.registered.check.class.is_readiness());
    let readiness = readiness
        .map(|slot| slot.registered.schedule.age_limit())
        .min();
    Limits {
        readiness: readiness.unwrap_or(stall_limit),
        liveness: stall_limit,
    }
}
