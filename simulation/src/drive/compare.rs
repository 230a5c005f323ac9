//! What is compared after a turn, and when somebody asks.

use std::time::Duration;

use super::{Driver, Job, ROUNDING, START};
use crate::answers::{Answers, Change};
use crate::door::{self, Poll};
use crate::model::takes_away;
use crate::read;
use crate::timeline::{Failure, Kind};

/// More than ten times as many as any service needs in a second.
const MANY_TURNS: u32 = 5_000;

impl Driver<'_> {
    pub(super) fn compare_begun(
        &self,
        model: &[usize],
        core: &[(String, door::Run)],
    ) -> Result<(), Failure> {
        let mut expected: Vec<_> = model.iter().map(|check| self.name(*check)).collect();
        let mut begun: Vec<_> = core.iter().map(|(name, _)| name.as_str()).collect();
        expected.sort_unstable();
        begun.sort_unstable();
        if begun == expected {
            return Ok(());
        }
        let list = |names: &[&str]| {
            if names.is_empty() {
                "no run begins".to_owned()
            } else {
                format!("runs of {} begin", names.join(", "))
            }
        };
        self.fail(
            Kind::Begins,
            "which runs begin",
            list(&expected),
            list(&begun),
        )
    }

    pub(super) fn hear_changes(&mut self, slept_until: Option<Duration>) -> Result<(), Failure> {
        let mut told = Vec::new();
        let wall = self.wall.0 + (self.now - self.wall.1);
        while let Some(change) = self.subscriber.try_next() {
            if change.at != wall {
                let (model, core) = (format!("{wall:?}"), format!("{:?}", change.at));
                return self.fail(Kind::Tells, "when a change was told", model, core);
            }
            told.push(read::change(&change));
        }
        if self.subscriber.missed() > 0 {
            let missed = format!("{} missed", self.subscriber.missed());
            return self.fail(
                Kind::Subscriber,
                "who reads after every turn",
                "misses nothing",
                missed,
            );
        }
        for change in &told {
            self.timeline
                .note(self.now - START, || format!("    {change}"));
            if takes_away(change) {
                self.log.owed += 1;
                self.log.owed_now.push(*change);
            }
        }
        self.tally.changes += told.len() as u64;
        self.sent.extend(&told);
        if let Err(difference) = self.model.publish(&told) {
            return self.fail(
                Kind::Tells,
                "what changes",
                difference.model,
                difference.core,
            );
        }
        let held = self.always.turn(self.now, slept_until, &told);
        self.must_hold(held)
    }

    pub(super) fn compare_cancelled(&mut self) -> Result<(), Failure> {
        for check in 0..self.runs.len() {
            let is_plain = self.is_plain(check);
            let Some(run) = self.runs[check].as_mut().filter(|_| !is_plain) else {
                continue;
            };
            let is_cancelled = run.run.is_cancelled();
            if is_cancelled != self.model.is_cancelled(check) && !self.model.gone {
                let word = |is: bool| if is { "cancelled" } else { "left alone" };
                let (model, core) = (word(!is_cancelled), word(is_cancelled));
                let what = format!("the run of {}", self.name(check));
                return self.fail(Kind::Cancels, what, model, core);
            }
            if !is_cancelled || run.is_noticed {
                continue;
            }
            run.is_noticed = true;
            let number = run.number;
            if run.act.heeds {
                run.is_to_be_dropped = true;
                if !run.is_polled {
                    self.job_soon(Job::IsDropped { check, number });
                }
            }
            let name = self.name(check);
            self.note(|| format!("    {name}: run {number} is cancelled"));
        }
        Ok(())
    }

    pub(super) fn compare_sleep(&mut self, poll: &Poll) -> Result<(), Failure> {
        let until = match poll {
            Poll::Ended => None,
            Poll::Wakes(until) => Some(*until),
        };
        if until.is_none() != self.model.gone {
            let word = |ended: bool| if ended { "it has ended" } else { "it goes on" };
            let (model, core) = (word(self.model.gone), word(until.is_none()));
            return self.fail(Kind::Ends, "the monitor", model, core);
        }
        self.monitor_has_ended = until.is_none();
        self.sleeps_until = until;
        let Some(until) = until else {
            return Ok(());
        };
        let latest = self.model.sleeps_until();
        if until > latest + ROUNDING && !self.simulated.is_woken() {
            let since = |at: Duration| format!("{:.6}", (at - START).as_secs_f64());
            let (model, core) = (since(latest), since(until));
            return self.fail(Kind::Sleeps, "the monitor sleeps too long", model, core);
        }
        let second = self.now.as_secs();
        let (of, turns) = self.turns_this_second;
        self.turns_this_second = (second, if of == second { turns + 1 } else { 1 });
        if turns > MANY_TURNS {
            let core = format!("{MANY_TURNS} turns in a second");
            return self.fail(Kind::Sleeps, "the monitor spins", "it sleeps", core);
        }
        Ok(())
    }

    /// Whatever takes traffic away or fails liveness has left a line, or is counted as lost.
    pub(super) fn compare_log(&mut self) -> Result<(), Failure> {
        let log = &mut self.log;
        let messages = std::mem::take(&mut log.messages);
        let owed = std::mem::take(&mut log.owed_now);
        if log.lines + log.lost < log.owed {
            let model = format!("at least {}", log.owed);
            let core = format!("{}, and {} lost", log.lines, log.lost);
            return self.fail(Kind::Log, "lines of the log", model, core);
        }
        let is_told = |change: &Change| messages.iter().any(|message| tells(message, change));
        if self.script.service.log_read_always
            && let Some(untold) = owed.iter().find(|change| !is_told(change))
        {
            let core = messages.join("; ");
            return self.fail(Kind::Log, "a line of the log", untold.to_string(), core);
        }
        Ok(())
    }

    /// Asks every probe and compares.
    pub(super) fn ask(&mut self) -> Result<Answers, Failure> {
        let answers = read::answers(self.simulated.health(), &self.features);
        let expected = self.model.ask(self.now);
        if self.last.as_ref() != Some(&answers) {
            let shown = &answers;
            self.timeline
                .note(self.now - START, || format!("    answers {}", shown.json()));
            self.last = Some(answers.clone());
        }
        if answers != expected {
            let (model, core) = (expected.json(), answers.json());
            return self.fail(
                Kind::Answers,
                "the answers",
                model.to_string(),
                core.to_string(),
            );
        }
        let held = self.always.answers(&answers, self.now, false);
        self.must_hold(held)?;
        Ok(answers)
    }

    /// Asks what costs more: the words, and the private report.
    pub(super) fn ask_everything(&mut self) -> Result<(), Failure> {
        let report = read::report(self.simulated.health());
        let expected = read::expected_report(&self.model.ask_at_once(self.now));
        if report != expected {
            let (model, core) = (expected.to_string(), report.to_string());
            return self.fail(Kind::Report, "the private report", model, core);
        }
        let expected = self.ask()?.json();
        let words = read::words(self.simulated.health(), &self.features);
        // Asking again is asking too.
        self.model.ask(self.now);
        if words != expected {
            let (model, core) = (expected.to_string(), words.to_string());
            return self.fail(Kind::Words, "the words of the answers", model, core);
        }
        Ok(())
    }

    /// Reads what is there of a subscriber that may have lagged.
    pub(super) fn read_slowly(&mut self) -> Result<(), Failure> {
        while let Some(change) = self.slow_subscriber.try_next() {
            self.received += 1;
            let place = self.received + self.slow_subscriber.missed();
            let change = read::change(&change);
            let sent = usize::try_from(place - 1)
                .ok()
                .and_then(|n| self.sent.get(n));
            if sent != Some(&change) {
                let model = sent.map_or_else(|| "nothing".to_owned(), Change::to_string);
                let what = format!("change {place}, as a slow subscriber reads it");
                return self.fail(Kind::Subscriber, what, model, change.to_string());
            }
        }
        let counted = self.received + self.slow_subscriber.missed();
        if counted != self.sent.len() as u64 {
            let (model, core) = (self.sent.len().to_string(), counted.to_string());
            return self.fail(Kind::Subscriber, "changes received and missed", model, core);
        }
        Ok(())
    }

    pub(super) fn read_log(&mut self, at_most: usize) {
        for line in self.simulated.log(at_most) {
            self.timeline.note(self.now - START, || {
                format!("    log {:?}: {}", line.level, line.message)
            });
            self.log.lost += line.lost;
            self.log.lines += 1;
            if self.script.service.log_read_always {
                self.log.messages.push(line.message);
            }
        }
    }
}

/// Whether a line of the log says, in whatever words, what a change takes away.
fn tells(message: &str, change: &Change) -> bool {
    let message = message.replace('_', " ");
    match change {
        Change::Check { name, to, .. } => {
            message.contains(name) && message.contains(to.status.word())
        }
        Change::Liveness { .. } => message.contains("not alive"),
        _ => message.contains("not ready"),
    }
}
