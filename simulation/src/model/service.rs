//! What the answers say of the facts: pure functions, nothing remembered.

use std::time::Duration;

use crate::answers::{
    Answers, ByName, Class, Liveness, Readiness, Ready, ServiceReason, Startup, Status, Task,
    TaskStatus, Verdict,
};
use crate::script::{self, HEARTBEATS, TASKS};

use super::runtime::Stall;
use super::schedule::Schedule;

/// What never changes of a service.
#[derive(Debug)]
pub(crate) struct Facts {
    checks: Vec<Asked>,
    /// Names of the features that a check is needed by, and of one that none is.
    pub(crate) features: Vec<&'static str>,
    pub(crate) stall_limit: Duration,
}

#[derive(Debug)]
struct Asked {
    name: &'static str,
    class: Class,
    needed_by: Vec<&'static str>,
    age_limit: Duration,
}

/// What is held of everything at one instant.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    /// In registry order.
    pub(crate) verdicts: Vec<Verdict>,
    /// By number: whether it is overdue, if there is one.
    pub(crate) heartbeats: Vec<Option<bool>>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) started: bool,
    pub(crate) stall: Stall,
    pub(crate) draining: bool,
    pub(crate) broken: bool,
}

/// Which readers find the monitor silent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Silence {
    pub(crate) for_liveness: bool,
    pub(crate) for_readiness: bool,
}

impl Facts {
    pub(crate) fn of(service: &script::Service) -> Facts {
        let mut features: Vec<_> = service
            .checks
            .iter()
            .flat_map(|check| check.needed_by.iter().copied())
            .collect();
        features.sort_unstable();
        features.dedup();
        Facts {
            checks: service
                .checks
                .iter()
                .map(|check| Asked {
                    name: check.name,
                    class: check.class,
                    needed_by: check.needed_by.clone(),
                    age_limit: Schedule::of(check).age_limit(),
                })
                .collect(),
            features,
            stall_limit: service.stall_limit,
        }
    }

    /// Returns how long the monitor may be silent before readiness says so.
    pub(crate) fn ready_limit(&self) -> Duration {
        self.checks
            .iter()
            .filter(|check| check.is_for_readiness())
            .map(|check| check.age_limit)
            .fold(self.stall_limit, Duration::min)
    }

    pub(crate) fn name(&self, check: usize) -> &'static str {
        self.checks[check].name
    }

    pub(crate) fn class(&self, check: usize) -> Class {
        self.checks[check].class
    }

    /// Whether startup is over: every startup check has passed, every task is complete.
    pub(crate) fn startup_is_over(&self, verdicts: &[Verdict], tasks: &[Task]) -> bool {
        let passed = |(check, verdict): (&Asked, &Verdict)| {
            check.class != Class::Startup || verdict.status == Status::Healthy
        };
        self.checks.iter().zip(verdicts).all(passed)
            && tasks.iter().all(|task| task.status == TaskStatus::Complete)
    }

    pub(crate) fn answers(&self, state: &State, silence: Silence) -> Answers {
        Answers {
            liveness: self.liveness(state, silence.for_liveness),
            readiness: self.readiness(state, silence.for_readiness),
            startup: self.startup(state),
            features: self
                .features
                .iter()
                .map(|feature| {
                    (
                        *feature,
                        self.feature(feature, state, silence.for_readiness),
                    )
                })
                .collect(),
        }
    }

    pub(crate) fn liveness(&self, state: &State, silent: bool) -> Liveness {
        let checks = self.verdicts(state, silent, |check| check.class == Class::Liveness);
        let heartbeats = beating(state, silent);
        let reason = if state.broken {
            Some(ServiceReason::Broken)
        } else if state.stall.for_liveness {
            Some(ServiceReason::Stalled)
        } else if silent {
            Some(ServiceReason::Stale)
        } else {
            None
        };
        let is_unhealthy = |(_, verdict): &(&str, Verdict)| verdict.status == Status::Unhealthy;
        let alive = reason.is_none()
            && !checks.iter().any(is_unhealthy)
            && !heartbeats.iter().any(is_unhealthy);
        Liveness {
            alive,
            reason,
            checks,
            heartbeats,
        }
    }

    pub(crate) fn readiness(&self, state: &State, silent: bool) -> Readiness {
        let critical = self.verdicts(state, silent, |check| check.class == Class::Critical);
        let degraded = self.verdicts(state, silent, |check| check.class == Class::Degraded);
        let reason = self.why_not_ready(state, silent);
        let down = |verdicts: &ByName<Verdict>| verdicts.iter().any(|(_, v)| v.is_down());
        let worse =
            |verdicts: &ByName<Verdict>| verdicts.iter().any(|(_, v)| v.status == Status::Degraded);
        let status = if reason.is_some() || down(&critical) {
            Ready::NotReady
        } else if worse(&critical) || worse(&degraded) || down(&degraded) {
            Ready::Degraded
        } else {
            Ready::Ready
        };
        Readiness {
            status,
            reason,
            critical,
            degraded,
        }
    }

    pub(crate) fn feature(&self, feature: &str, state: &State, silent: bool) -> Readiness {
        let service = self.readiness(state, silent);
        let needs =
            |class| move |check: &Asked| check.class == class && check.needed_by.contains(&feature);
        let mut critical = self.verdicts(state, silent, needs(Class::Critical));
        let degraded = self.verdicts(state, silent, needs(Class::Degraded));
        let needed = || {
            critical
                .iter()
                .chain(&degraded)
                .map(|(_, verdict)| *verdict)
        };
        let is_needed = self
            .checks
            .iter()
            .any(|check| check.needed_by.contains(&feature));
        let status = if !is_needed {
            service.status
        } else if service.status == Ready::NotReady || needed().any(Verdict::is_down) {
            Ready::NotReady
        } else if needed().any(|verdict| verdict.status == Status::Degraded) {
            Ready::Degraded
        } else {
            Ready::Ready
        };
        if service.status == Ready::NotReady && service.reason.is_none() {
            // Nothing but these says why.
            critical.extend(
                service
                    .critical
                    .iter()
                    .filter(|(_, verdict)| verdict.is_down()),
            );
            critical.sort_unstable_by_key(|(name, _)| *name);
            critical.dedup_by_key(|(name, _)| *name);
        }
        Readiness {
            status,
            reason: service.reason,
            critical,
            degraded,
        }
    }

    pub(crate) fn startup(&self, state: &State) -> Startup {
        let mut tasks: ByName<Task> = TASKS.into_iter().zip(state.tasks.iter().copied()).collect();
        tasks.sort_unstable_by_key(|(name, _)| *name);
        Startup {
            started: state.started,
            checks: self.verdicts(state, false, |check| check.class == Class::Startup),
            tasks,
        }
    }

    fn why_not_ready(&self, state: &State, silent: bool) -> Option<ServiceReason> {
        let mut checks = self.checks.iter().zip(&state.verdicts);
        let is_pending = checks
            .clone()
            .any(|(check, verdict)| check.is_for_readiness() && *verdict == Verdict::PENDING);
        let has_failed = checks.any(|(check, verdict)| {
            check.class == Class::Liveness && verdict.status == Status::Unhealthy
        }) || state.heartbeats.contains(&Some(true));
        // The first that applies.
        [
            (state.draining, ServiceReason::Draining),
            (state.broken, ServiceReason::Broken),
            (state.stall.for_readiness, ServiceReason::Stalled),
            (silent, ServiceReason::Stale),
            (has_failed, ServiceReason::NotAlive),
            (!state.started || is_pending, ServiceReason::Starting),
        ]
        .into_iter()
        .find_map(|(applies, reason)| applies.then_some(reason))
    }

    fn verdicts(
        &self,
        state: &State,
        silent: bool,
        of: impl Fn(&Asked) -> bool,
    ) -> ByName<Verdict> {
        let mut verdicts: ByName<Verdict> = self
            .checks
            .iter()
            .zip(&state.verdicts)
            .filter(|(check, _)| of(check))
            .map(|(check, verdict)| (check.name, if silent { Verdict::STALE } else { *verdict }))
            .collect();
        verdicts.sort_unstable_by_key(|(name, _)| *name);
        verdicts
    }
}

impl Asked {
    fn is_for_readiness(&self) -> bool {
        matches!(self.class, Class::Critical | Class::Degraded)
    }
}

/// Returns the verdict of a heartbeat, if there is one.
pub(crate) fn heartbeat(overdue: Option<bool>) -> Option<Verdict> {
    overdue.map(|overdue| {
        if overdue {
            Verdict::OVERDUE
        } else {
            Verdict::HEALTHY
        }
    })
}

fn beating(state: &State, silent: bool) -> ByName<Verdict> {
    let mut heartbeats: ByName<Verdict> = HEARTBEATS
        .into_iter()
        .zip(&state.heartbeats)
        .filter_map(|(name, overdue)| heartbeat(*overdue).map(|verdict| (name, verdict)))
        .map(|(name, verdict)| (name, if silent { Verdict::STALE } else { verdict }))
        .collect();
    heartbeats.sort_unstable_by_key(|(name, _)| *name);
    heartbeats
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Reason;
    use crate::model::judge::REPORTED;

    const H: Verdict = Verdict::HEALTHY;
    const F: Verdict = Verdict::unhealthy(Reason::Failed);
    const P: Verdict = Verdict::PENDING;

    fn facts() -> Facts {
        let asked = |name, class, needed_by: &[&'static str]| Asked {
            name,
            class,
            needed_by: needed_by.to_vec(),
            age_limit: Duration::from_secs(8),
        };
        Facts {
            checks: vec![
                asked("database", Class::Critical, &[]),
                asked("search", Class::Degraded, &["browse"]),
                asked("catalog", Class::Startup, &[]),
                asked("consumer", Class::Liveness, &[]),
            ],
            features: vec!["browse"],
            stall_limit: Duration::from_secs(30),
        }
    }

    fn state(verdicts: [Verdict; 4]) -> State {
        State {
            verdicts: verdicts.to_vec(),
            heartbeats: Vec::new(),
            tasks: Vec::new(),
            started: true,
            stall: Stall::default(),
            draining: false,
            broken: false,
        }
    }

    #[test]
    fn readiness_follows_the_worst_of_what_it_needs() {
        use crate::answers::Ready::{Degraded, NotReady, Ready};
        for (verdicts, ready, browse) in [
            ([H, H, H, H], Ready, Ready),
            ([H, F, H, H], Degraded, NotReady),
            ([H, REPORTED, H, H], Degraded, Degraded),
            ([REPORTED, H, H, H], Degraded, Ready),
            ([F, H, H, H], NotReady, NotReady),
            ([H, P, H, H], NotReady, NotReady),
            ([H, H, F, H], Ready, Ready),
            ([H, H, H, F], NotReady, NotReady),
            ([H, H, H, P], Ready, Ready),
        ] {
            let state = state(verdicts);
            assert_eq!(
                facts().readiness(&state, false).status,
                ready,
                "{verdicts:?}"
            );
            let feature = facts().feature("browse", &state, false);
            assert_eq!(feature.status, browse, "{verdicts:?}");
        }
    }

    #[test]
    fn the_first_reason_of_the_service_is_the_one_that_is_said() {
        type Step = fn(&mut State);

        let mut state = State {
            draining: true,
            broken: true,
            stall: Stall {
                for_readiness: true,
                for_liveness: true,
            },
            started: false,
            ..state([P, P, P, F])
        };
        let steps: [(Step, bool, ServiceReason); 6] = [
            (|_| {}, true, ServiceReason::Draining),
            (|state| state.draining = false, true, ServiceReason::Broken),
            (|state| state.broken = false, true, ServiceReason::Stalled),
            (
                |state| state.stall = Stall::default(),
                true,
                ServiceReason::Stale,
            ),
            (|_| {}, false, ServiceReason::NotAlive),
            (
                |state| state.verdicts[3] = H,
                false,
                ServiceReason::Starting,
            ),
        ];
        for (step, silent, reason) in steps {
            step(&mut state);
            assert_eq!(facts().readiness(&state, silent).reason, Some(reason));
        }
    }

    #[test]
    fn a_feature_names_what_keeps_its_service_from_traffic() {
        let feature = facts().feature("browse", &state([F, H, H, H]), false);
        assert_eq!(feature.critical, [("database", F)]);
        assert_eq!(feature.degraded, [("search", H)]);
        assert_eq!(feature.reason, None);
    }

    #[test]
    fn nothing_of_another_class_reaches_liveness() {
        let liveness = facts().liveness(&state([F, F, F, H]), false);
        assert!(liveness.alive);
        assert_eq!(liveness.checks, [("consumer", H)]);
        assert!(facts().liveness(&state([F, F, F, P]), false).alive);
    }
}
