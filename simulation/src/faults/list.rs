//! The faults: each a text of the core that stands there exactly once, and what is put in its place.

/// One fault.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// Below `health-core/src`.
    pub(crate) file: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "a run that fails makes a stale check healthy",
        file: "judge/judgement.rs",
        from: "            Held::Nothing | Held::Forgotten => return self.hold(run),",
        to: "            Held::Forgotten => return self.hold(Verdict::HEALTHY),
            Held::Nothing => return self.hold(run),",
    },
    Fault {
        name: "what was forgotten must be counted up again",
        file: "judge/judgement.rs",
        from: "        self.held = Held::Forgotten;",
        to: "        self.held = Held::Verdict(Verdict::STALE);",
    },
    Fault {
        name: "nothing ever becomes stale",
        file: "monitor/slot.rs",
        from: "is_some_and(|stale| stale <= now)",
        to: "is_some_and(|_| false)",
    },
    Fault {
        name: "every long pause of the monitor is a standstill",
        file: "monitor/time.rs",
        from: "        let wanted = wanted.max(self.read);",
        to: "        let wanted = self.read;",
    },
    Fault {
        name: "the clocks of innocent runs do not stand still",
        file: "monitor/slot.rs",
        from: "let deadline = *started + timeout + holds.by_others(polls, (*started, at), time);",
        to: "let deadline = *started + timeout;",
    },
    Fault {
        name: "one held worker of several stops all clocks",
        file: "monitor/workers.rs",
        from: "        if polling.polls >= polling.workers && !polling.is_refuted {
            polling.held_from",
        to: "        if polling.polls >= 1 && !polling.is_refuted {
            polling.held_from",
    },
    Fault {
        name: "a hold explains a stall for ever",
        file: "monitor/workers.rs",
        from: "        self.held_from.map(|_| now).or(ended)",
        to: "        self.held_from.or(ended).map(|_| now)",
    },
    Fault {
        name: "broken is seen when the monitor tells it",
        file: "published/mod.rs",
        from: "            broken: self.broken.get().is_some(),",
        to: "            broken: false,",
    },
    Fault {
        name: "only what came first is heard at a turn",
        file: "monitor/turn.rs",
        from: "        let waiting = self.events.len();",
        to: "        let waiting = 0;",
    },
    Fault {
        name: "after a standstill all are asked",
        file: "monitor/slot.rs",
        from: "        if age <= self.schedule.retry {
            return None;
        }
",
        to: "",
    },
    Fault {
        name: "after a standstill all are asked at once",
        file: "monitor/slot.rs",
        from: "        let early = now + jitter.part_of(self.schedule.retry);",
        to: "        let early = now;",
    },
    Fault {
        name: "a heartbeat dropped while draining is overdue",
        file: "heartbeat.rs",
        from: "        let end = if self.draining",
        to: "        let end = if false && self.draining",
    },
    Fault {
        name: "a suspicion of readiness counts for liveness",
        file: "published/tick.rs",
        from: "&self.suspected[question as usize]",
        to: "&self.suspected[question as usize / 2]",
    },
    Fault {
        name: "what is not alive is ready",
        file: "judge/readiness.rs",
        from: "    } else if liveness::judge(facts, seen).0 == LivenessStatus::NotAlive {
        Some(ServiceReason::NotAlive)
",
        to: "",
    },
    Fault {
        name: "a verdict falls one failure too late",
        file: "judge/judgement.rs",
        from: "        if streak.runs >= needed {",
        to: "        if streak.runs > needed {",
    },
    Fault {
        name: "failures need not be in a row",
        file: "judge/judgement.rs",
        from: "        if run.status == level {
            return self.hold(run);
        }
",
        to: "        if run.status == level {
            return;
        }
",
    },
    Fault {
        name: "runs on both sides add up",
        file: "judge/judgement.rs",
        from: "Some(streak) if streak.worse == worse => streak.and(run),",
        to: "Some(streak) => streak.and(run),",
    },
    Fault {
        name: "a verdict falls to the worst of its runs",
        file: "judge/judgement.rs",
        from: "            run.status <= past.status",
        to: "            run.status >= past.status",
    },
    Fault {
        name: "rising needs as many runs as falling",
        file: "judge/judgement.rs",
        from: "            self.pass_after
",
        to: "            self.fail_after
",
    },
    Fault {
        name: "the first failure of liveness counts at once",
        file: "judge/judgement.rs",
        from: "                Class::Liveness => Held::PresumedHealthy,",
        to: "                Class::Liveness => Held::Nothing,",
    },
    Fault {
        name: "a begun count is no doubt",
        file: "judge/judgement.rs",
        from: "        self.streak.is_some() || !self.verdict().is_healthy()",
        to: "        !self.verdict().is_healthy()",
    },
    Fault {
        name: "a late end is in time",
        file: "monitor/turn.rs",
        from: "                if slot.deadline(before, &self.holds, &self.time) == Deadline::Passed {",
        to: "                if false && slot.deadline(before, &self.holds, &self.time) == Deadline::Passed {",
    },
    Fault {
        name: "an end at the very deadline is late",
        file: "monitor/turn.rs",
        from: "let before = lived.checked_sub(Duration::from_nanos(1)).unwrap_or(lived);",
        to: "let before = lived;",
    },
    Fault {
        name: "a missed slot is no failure",
        file: "monitor/slot.rs",
        from: "        let pause = self.count(Verdict::unhealthy(Reason::Stuck), now, jitter);",
        to: "        let pause = self.schedule.retry;
        let _ = (&jitter, Reason::Stuck);",
    },
    Fault {
        name: "a run that is given up is not cancelled",
        file: "monitor/slot.rs",
        from: "        run.cancel();
        let next",
        to: "        let next",
    },
    Fault {
        name: "a run that is given up is forgotten",
        file: "monitor/slot.rs",
        from: "        self.phase = Phase::Overdue { run, next };
    }

    /// It would be asked now",
        to: "        drop(run);
        self.phase = Phase::Waiting { due: next };
    }

    /// It would be asked now",
    },
    Fault {
        name: "who ends late is asked at once",
        file: "monitor/slot.rs",
        from: "            self.phase = Phase::Waiting { due: next };
        }
    }

    /// Forgets",
        to: "            let _ = next;
            self.phase = Phase::Waiting { due: self.since };
        }
    }

    /// Forgets",
    },
    Fault {
        name: "a startup check that passed is asked again",
        file: "monitor/slot.rs",
        from: "self.class == Class::Startup && self.verdict().is_healthy()",
        to: "false && self.verdict().is_healthy()",
    },
    Fault {
        name: "the age counts from the start",
        file: "monitor/slot.rs",
        from: "        let is_first = self.said_at.replace(now).is_none();",
        to: "        let is_first = self.said_at.is_none();
        self.said_at.get_or_insert(now);",
    },
    Fault {
        name: "the first pause is a whole one",
        file: "monitor/slot.rs",
        from: "            jitter.part_of(pause)
        } else {",
        to: "            jitter.vary(pause)
        } else {",
    },
    Fault {
        name: "a thread of a run that was given up stays at work",
        file: "monitor/turn.rs",
        from: "        if slot.is_at_work() {
            self.at_work -= 1;
        }
        slot.time_out",
        to: "        slot.time_out",
    },
    Fault {
        name: "one thread more than there may be",
        file: "monitor/turn.rs",
        from: "        if is_blocking && self.at_work == self.threads {",
        to: "        if is_blocking && self.at_work > self.threads {",
    },
    Fault {
        name: "the last one that waits gets the thread",
        file: "monitor/turn.rs",
        from: "self.queue.pop_front()",
        to: "self.queue.pop_back()",
    },
    Fault {
        name: "no thread is the end of the runtime",
        file: "monitor/turn.rs",
        from: "                    End::Dropped if slot.work.is_async() => return Err(self.runtime_gone()),",
        to: "                    End::Dropped => return Err(self.runtime_gone()),",
    },
    Fault {
        name: "a held up clock is never looked at again",
        file: "monitor/turn.rs",
        from: "        for index in std::mem::take(&mut self.held_up) {
            self.slots[index].look_at(now);",
        to: "        for index in std::mem::take(&mut self.held_up) {
            let _ = now;",
    },
    Fault {
        name: "a clock runs out before all news is heard",
        file: "monitor/turn.rs",
        from: "            self.slots[index].look_at(now);
            self.touch(index);",
        to: "            let _ = now;
            self.on_deadline(index);
            self.touch(index);",
    },
    Fault {
        name: "a run is excused for its own poll",
        file: "monitor/workers.rs",
        from: "            .map(|hold| length(*hold).saturating_sub(of_own(*hold).map(length).sum()))",
        to: "            .map(|hold| length(*hold).saturating_sub(of_own(*hold).map(length).sum::<Duration>() / 1_000))",
    },
    Fault {
        name: "holds are forgotten too soon",
        file: "monitor/workers.rs",
        from: "            && (*to < oldest || self.ended.len() > MOST)",
        to: "            && (*to < oldest || self.ended.len() > 1)",
    },
    Fault {
        name: "no hold is ever long enough",
        file: "monitor/workers.rs",
        from: "const SHORTEST: Duration = Duration::from_millis(1);",
        to: "const SHORTEST: Duration = Duration::from_secs(1);",
    },
    Fault {
        name: "a standstill is twice as long",
        file: "monitor/time.rs",
        from: "        self.lost += overshoot;",
        to: "        self.lost += overshoot * 2;",
    },
    Fault {
        name: "a scheduling delay is a standstill",
        file: "monitor/time.rs",
        from: "const STOOD_STILL: Duration = Duration::from_millis(100);",
        to: "const STOOD_STILL: Duration = Duration::from_millis(20);",
    },
    Fault {
        name: "a standstill is not seen",
        file: "monitor/time.rs",
        from: "const STOOD_STILL: Duration = Duration::from_millis(100);",
        to: "const STOOD_STILL: Duration = Duration::from_secs(3_600);",
    },
    Fault {
        name: "what happened before a standstill happened later",
        file: "monitor/time.rs",
        from: "            lost = standstill.lost;
",
        to: "",
    },
    Fault {
        name: "the monitor looks around too rarely",
        file: "monitor/turn.rs",
        from: "const TICK: Duration = Duration::from_millis(250);",
        to: "const TICK: Duration = Duration::from_millis(1_250);",
    },
    Fault {
        name: "broken stands before draining",
        file: "judge/readiness.rs",
        from: "    if facts.draining || seen.draining {
        Some(ServiceReason::Draining)
    } else if facts.broken || seen.broken {
        Some(ServiceReason::Broken)",
        to: "    if facts.broken || seen.broken {
        Some(ServiceReason::Broken)
    } else if facts.draining || seen.draining {
        Some(ServiceReason::Draining)",
    },
    Fault {
        name: "a pending degraded-class check is no start",
        file: "judge/readiness.rs",
        from: "            .chain(facts.of_class(Class::Degraded, seen));
        asked.any",
        to: "            .chain(facts.of_class(Class::Critical, seen));
        asked.any",
    },
    Fault {
        name: "a degraded-class check takes the service down",
        file: "judge/readiness.rs",
        from: "unless_serving(verdict, ReadinessStatus::Degraded));",
        to: "unless_serving(verdict, ReadinessStatus::NotReady));",
    },
    Fault {
        name: "a feature does not fall with the service",
        file: "judge/readiness.rs",
        from: "        ReadinessStatus::NotReady => ReadinessStatus::NotReady,
        // What",
        to: "        ReadinessStatus::NotReady => ReadinessStatus::Ready,
        // What",
    },
    Fault {
        name: "a feature that falls with the service names nothing",
        file: "judge/readiness.rs",
        from: "            status == ReadinessStatus::NotReady
                && reason",
        to: "            status == ReadinessStatus::Degraded
                && reason",
    },
    Fault {
        name: "what a feature needs degrades it",
        file: "judge/readiness.rs",
        from: "let of_needed = needed.map(|verdict| unless_serving(verdict, ReadinessStatus::NotReady));",
        to: "let of_needed = needed.map(|verdict| unless_serving(verdict, ReadinessStatus::Degraded));",
    },
    Fault {
        name: "a critical check reaches liveness",
        file: "judge/liveness.rs",
        from: "    let checks = facts.of_class(Class::Liveness, seen);
    let heartbeats",
        to: "    let checks = facts.of_class(Class::Critical, seen);
    let heartbeats",
    },
    Fault {
        name: "unknown is not alive",
        file: "judge/liveness.rs",
        from: ".any(|verdict| verdict.status == Status::Unhealthy)",
        to: ".any(|verdict| !verdict.is_serving())",
    },
    Fault {
        name: "a short stall is not alive",
        file: "judge/liveness.rs",
        from: "facts.stall == Stall::Dead",
        to: "facts.stall >= Stall::Stalled",
    },
    Fault {
        name: "a silent monitor shows its last verdicts",
        file: "judge/facts.rs",
        from: "        if seen.silent && self.checks.list[index].class != Class::Startup {",
        to: "        if false && self.checks.list[index].class != Class::Startup {",
    },
    Fault {
        name: "readiness outlives a silent monitor like liveness",
        file: "monitor/start.rs",
        from: "age_limits.chain([stall_limit]).min()",
        to: "age_limits.chain([stall_limit]).max()",
    },
    Fault {
        name: "a suspicion is a verdict",
        file: "published/tick.rs",
        from: "const SUSPICION_HOLDS: u64 = 500_000;",
        to: "const SUSPICION_HOLDS: u64 = 0;",
    },
    Fault {
        name: "a stall of the runtime is not seen by readiness",
        file: "monitor/runtime.rs",
        from: "const STALLED: Duration = Duration::from_secs(3);",
        to: "const STALLED: Duration = Duration::from_secs(300);",
    },
    Fault {
        name: "an answer ends no stall",
        file: "monitor/runtime.rs",
        from: "        self.stall = Stall::Runs;
        self.asked.take()",
        to: "        self.asked.take()",
    },
    Fault {
        name: "a service without startup checks never starts",
        file: "monitor/turn.rs",
        from: "self.unfinished == 0 && facts.tasks",
        to: "self.unfinished == 1 && facts.tasks",
    },
    Fault {
        name: "startup does not wait for tasks",
        file: "monitor/turn.rs",
        from: "self.unfinished == 0 && facts.tasks.iter().all(is_complete)",
        to: "self.unfinished == 0 && facts.tasks.iter().all(|task| is_complete(task) || true)",
    },
    Fault {
        name: "a heartbeat may be silent twice as long",
        file: "heartbeat.rs",
        from: "> self.cell.max_gap",
        to: "> self.cell.max_gap * 2",
    },
    Fault {
        name: "a heartbeat is timed by the clock",
        file: "monitor/turn.rs",
        from: "        for watch in &mut self.watches {
            watch.look(now);",
        to: "        for watch in &mut self.watches {
            watch.look(self.time.on_clock(now));",
    },
    Fault {
        name: "a dropped heartbeat is finished",
        file: "heartbeat.rs",
        from: "            DROPPED
        };",
        to: "            FINISHED
        };",
    },
    Fault {
        name: "a new reason is not published",
        file: "monitor/turn.rs",
        from: "            if from == to {
                continue;",
        to: "            if from.status == to.status {
                continue;",
    },
    Fault {
        name: "features are told before readiness",
        file: "monitor/turn.rs",
        from: "        if before.readiness != now.readiness {
            let ((from, _), (to, reason)) = (before.readiness, now.readiness);
            changed(ChangeKind::Readiness { from, to, reason });
        }
        let features",
        to: "        let features",
    },
    Fault {
        name: "liveness is not told",
        file: "monitor/turn.rs",
        from: "            changed(ChangeKind::Liveness { from, to, reason });",
        to: "            let _ = (from, to, reason);",
    },
    Fault {
        name: "draining is told twice",
        file: "monitor/turn.rs",
        from: "            news.push((ChangeKind::Draining, None, None));",
        to: "            news.push((ChangeKind::Draining, None, None));
            news.push((ChangeKind::Draining, None, None));",
    },
    Fault {
        name: "checks are told out of order",
        file: "monitor/turn.rs",
        from: "        self.touched.sort_unstable();",
        to: "        self.touched.sort_unstable_by(|a, b| b.cmp(a));",
    },
    Fault {
        name: "lost lines are not counted",
        file: "monitor/tell.rs",
        from: "            self.lost.fetch_add(1, Ordering::Relaxed);",
        to: "            self.lost.fetch_add(0, Ordering::Relaxed);",
    },
    Fault {
        name: "what takes an instance down leaves no line",
        file: "monitor/turn.rs",
        from: "        self.log.push(Line::Changed {",
        to: "        let _ = &self.log;
        drop(Line::Changed {",
    },
    Fault {
        name: "the answers are published a turn late",
        file: "monitor/turn.rs",
        from: "            self.published.publish(snapshot);",
        to: "            let late = self.published.snapshot().clone();
            self.published.publish(if news.is_empty() { snapshot } else { late });",
    },
    Fault {
        name: "draining is seen when the monitor tells it",
        file: "published/mod.rs",
        from: "            draining: self.is_draining(),",
        to: "            draining: false,",
    },
    Fault {
        name: "a slow reader is not told what it missed",
        file: "changes.rs",
        from: "                    Err(TryRecvError::Lagged(missed)) => self.missed += missed,",
        to: "                    Err(TryRecvError::Lagged(_)) => {}",
    },
    Fault {
        name: "a verdict that was stale stays shown",
        file: "monitor/turn.rs",
        from: "        self.slots[index].forget_if_stale(now);
        self.touch(index);",
        to: "        self.slots[index].forget_if_stale(now);",
    },
    Fault {
        name: "the age limit forgets the timeout",
        file: "declare/schedule.rs",
        from: "pause.saturating_mul(11) / 10 + self.timeout + Duration::from_secs(1)",
        to: "pause.saturating_mul(11) / 10 + Duration::from_secs(1)",
    },
    Fault {
        name: "a liveness check fails after two runs",
        file: "declare/schedule.rs",
        from: "Class::Liveness => 3,",
        to: "Class::Liveness => 2,",
    },
    Fault {
        name: "what readers were told is stale comes back by itself",
        file: "monitor/slot.rs",
        from: "        self.judgement.forget();
        self.ask_within_retry(now, jitter)",
        to: "        self.ask_within_retry(now, jitter)",
    },
    Fault {
        name: "a short stop of the process asks all early",
        file: "monitor/turn.rs",
        from: "const LONG: Duration = Duration::from_millis(750);",
        to: "const LONG: Duration = Duration::from_millis(150);",
    },
    Fault {
        name: "the monitor does not sleep",
        file: "monitor/turn.rs",
        from: "        let tick = self.ticked + TICK;",
        to: "        let tick = self.ticked;",
    },
];
