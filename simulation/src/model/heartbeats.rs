//! The heartbeats, as far as their owners show them.

use std::time::Duration;

use super::looks::Beating;

/// One heartbeat, from when it was made. Instants of the clock, where nothing else is said.
#[derive(Clone, Debug)]
pub(crate) struct Heartbeat {
    max_gap: Duration,
    /// The last sign of life, which its making is as well.
    beat: Duration,
    /// When, in lived time, that sign was seen at the earliest and at the latest, once that is known.
    seen_from: Option<Duration>,
    seen_by: Option<Duration>,
    end: Option<End>,
    /// Whether no turn has come since it was made.
    pub(crate) is_new: bool,
}

#[derive(Clone, Copy, Debug)]
enum End {
    Finished,
    Dropped(Duration),
}

impl Heartbeat {
    pub(crate) fn new(max_gap: Duration, at: Duration) -> Heartbeat {
        Heartbeat {
            max_gap,
            beat: at,
            seen_from: None,
            seen_by: None,
            end: None,
            is_new: true,
        }
    }

    pub(crate) fn beats(&mut self, at: Duration) {
        self.beat = at;
        self.seen_from = None;
        self.seen_by = None;
    }

    pub(crate) fn finishes(&mut self) {
        self.end = Some(End::Finished);
    }

    pub(crate) fn is_dropped(&mut self, at: Duration) {
        self.end = Some(End::Dropped(at));
    }

    /// Whether its name cannot be taken.
    pub(crate) fn is_held(&self) -> bool {
        self.end.is_none()
    }

    /// Returns what a look at the lived time `now` may find.
    pub(crate) fn look(&mut self, now: Duration, draining_since: Option<Duration>) -> Beating {
        let seen_from = *self.seen_from.get_or_insert(now);
        match (self.end, draining_since) {
            (Some(End::Finished), _) => Beating {
                healthy: self.is_new,
                ..Beating::NONE
            },
            (Some(End::Dropped(at)), Some(draining)) if draining <= at => Beating {
                healthy: self.is_new,
                ..Beating::NONE
            },
            (Some(End::Dropped(_)), draining) => Beating {
                // Who looks only now sees both, the drain and the drop.
                none: draining.is_some(),
                healthy: self.is_new,
                overdue: true,
            },
            (None, _) => {
                let silent_for = |seen: Duration| now.saturating_sub(seen) > self.max_gap;
                Beating {
                    none: false,
                    healthy: !self.seen_by.is_some_and(silent_for),
                    overdue: silent_for(seen_from),
                }
            }
        }
    }

    /// The last look was at one of these instants of the clock; the turn's lived time is `now`.
    pub(crate) fn was_looked_at(&mut self, earliest: Duration, now: Duration) {
        if self.seen_by.is_none() && self.beat <= earliest {
            self.seen_by = Some(now);
        }
        self.is_new = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    const HEALTHY: Beating = Beating {
        none: false,
        healthy: true,
        overdue: false,
    };
    const OVERDUE: Beating = Beating {
        none: false,
        healthy: false,
        overdue: true,
    };

    #[test]
    fn a_heartbeat_is_overdue_when_no_new_beat_was_seen_for_longer_than_its_gap() {
        let mut heartbeat = Heartbeat::new(ms(1_000), ms(0));
        for (now, is_look, found) in [
            (100, true, HEALTHY),
            (1_100, true, HEALTHY),
            (1_101, true, OVERDUE),
        ] {
            assert_eq!(heartbeat.look(ms(now), None), found, "{now}");
            if is_look {
                heartbeat.was_looked_at(ms(now), ms(now));
            }
        }
        heartbeat.beats(ms(1_200));
        // Nobody knows whether it was looked at here.
        assert_eq!(heartbeat.look(ms(1_300), None), HEALTHY);
        let either = Beating {
            overdue: true,
            ..HEALTHY
        };
        assert_eq!(heartbeat.look(ms(2_400), None), either);
        heartbeat.was_looked_at(ms(1_350), ms(1_400));
        assert_eq!(heartbeat.look(ms(2_500), None), OVERDUE);
    }

    #[test]
    fn a_heartbeat_that_is_dropped_while_draining_is_finished() {
        for (dropped, draining, found) in
            [(500, None, OVERDUE), (500, Some(ms(400)), Beating::NONE)]
        {
            let mut heartbeat = Heartbeat::new(ms(1_000), ms(0));
            heartbeat.look(ms(100), None);
            heartbeat.was_looked_at(ms(100), ms(100));
            heartbeat.is_dropped(ms(dropped));
            assert_eq!(heartbeat.look(ms(600), draining), found, "{draining:?}");
        }
    }
}
