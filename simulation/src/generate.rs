//! Makes a script from a seed.

use std::time::Duration;

use fastrand::Rng;

use crate::answers::Class;
use crate::script::{
    Act, AfterBeats, Beats, CHECKS, Check, FEATURES, FOREVER, HEARTBEATS, Happening, Script,
    Service, TASKS, TaskDoes, Then, What,
};

/// Returns the script of a seed; `hours` makes it longer than its usual minutes.
pub(crate) fn script(seed: u64, hours: Option<f64>) -> Script {
    let mut rng = Rng::with_seed(seed);
    let length = hours.map_or_else(
        || between(&mut rng, secs(60), secs(900)),
        |hours| Duration::from_secs_f64(hours * 3600.0),
    );
    let service = service(&mut rng);
    let happenings = happenings(&mut rng, &service, length);
    Script {
        seed,
        service,
        happenings,
        length,
    }
}

fn service(rng: &mut Rng) -> Service {
    let checks = rng.usize(1..=CHECKS.len());
    let usual = rng.bool();
    Service {
        checks: (0..checks).map(|number| check(rng, number)).collect(),
        tasks: if chance(rng, 0.4) {
            rng.usize(1..=TASKS.len())
        } else {
            0
        },
        stall_limit: micros(between(rng, secs(2), secs(30))),
        workers: if chance(rng, 0.4) {
            1
        } else {
            rng.usize(1..=4)
        },
        threads: rng.usize(1..=4),
        random: if usual { 0.5 } else { rng.f64() },
        asked_always: chance(rng, 0.7),
        log_read_always: chance(rng, 0.5),
        lag: between(rng, ms(0) + Duration::from_micros(2), ms(1)),
    }
}

fn check(rng: &mut Rng, number: usize) -> Check {
    let class = match rng.u8(0..10) {
        0..4 => Class::Critical,
        4..7 => Class::Degraded,
        7 => Class::Startup,
        _ => Class::Liveness,
    };
    let is_startup = class == Class::Startup;
    let interval = (!is_startup && chance(rng, 0.8)).then(|| between(rng, ms(300), secs(20)));
    let longest = interval.unwrap_or(secs(5));
    let timeout_limit = if is_startup { secs(20) } else { longest };
    let shortest = |limit: Duration| limit.min(ms(40));
    let timeout = chance(rng, 0.8).then(|| between(rng, shortest(timeout_limit), timeout_limit));
    let retry = chance(rng, 0.8).then(|| between(rng, shortest(longest), longest));
    let runs =
        |rng: &mut Rng, at_most| (!is_startup && chance(rng, 0.7)).then(|| rng.u32(1..=at_most));
    let is_plain = class == Class::Liveness || chance(rng, 0.35);
    let mut needed_by = Vec::new();
    if matches!(class, Class::Critical | Class::Degraded) {
        needed_by.extend(FEATURES.into_iter().filter(|_| chance(rng, 0.25)));
    }
    let allowed = timeout.unwrap_or(secs(2).min(longest));
    Check {
        name: CHECKS[number],
        class,
        is_plain,
        timeout,
        interval,
        retry,
        fail_after: runs(rng, 4),
        pass_after: runs(rng, 3),
        needed_by,
        acts: acts(rng, class, is_plain, allowed),
    }
}

/// How a check's runs tend to go.
fn acts(rng: &mut Rng, class: Class, is_plain: bool, timeout: Duration) -> Vec<Act> {
    let trouble = [0.0, 0.1, 0.3, 0.7][rng.usize(0..4)];
    let blocks = !is_plain && chance(rng, 0.2);
    (0..rng.usize(1..=12))
        .map(|_| act(rng, class, is_plain, timeout, trouble, blocks))
        .collect()
}

fn act(
    rng: &mut Rng,
    class: Class,
    is_plain: bool,
    timeout: Duration,
    trouble: f64,
    blocks: bool,
) -> Act {
    let us = Duration::from_micros;
    let mut act = Act {
        times: rng.u32(1..=8),
        holds: between(rng, us(2), us(200)),
        holds_last: rng.bool(),
        waits: between(rng, us(20), (timeout / 2).max(us(40))),
        then: Then::Passes,
        heeds: chance(rng, 0.7),
    };
    if chance(rng, 0.2) {
        act.waits = Duration::ZERO;
    }
    if blocks && chance(rng, 0.5) {
        act.holds = between(rng, ms(50), secs(12));
        if chance(rng, 0.02) {
            act.holds = FOREVER;
        }
    }
    if !chance(rng, trouble) {
        return act;
    }
    act.times = rng.u32(1..=5);
    match rng.u8(0..12) {
        3 | 4 if matches!(class, Class::Critical | Class::Degraded) => act.then = Then::Degrades,
        0..5 => act.then = Then::Fails,
        5 => act.then = Then::Panics,
        // About its deadline.
        6 | 7 => act.waits = timeout.mul_f64(0.8 + 0.4 * rng.f64()),
        // Far beyond it.
        8 | 9 => {
            act.waits = timeout.mul_f64(1.0 + 9.0 * rng.f64());
            act.then = if rng.bool() {
                Then::Passes
            } else {
                Then::Fails
            };
        }
        10 if is_plain => act.then = Then::IsRefused,
        10 => act.holds = timeout.mul_f64(0.5 + 2.0 * rng.f64()),
        // Some come back only if they heed their cancellation, so these are few.
        _ => {
            act.times = 1;
            if is_plain && !chance(rng, 0.1) {
                act.waits = timeout.mul_f64(20.0 * rng.f64());
            } else {
                act.then = Then::Hangs;
                act.heeds = chance(rng, 0.9);
            }
        }
    }
    act.waits = micros(act.waits);
    act.holds = micros(act.holds);
    act
}

type Make = fn(&mut Rng, &Service) -> What;

/// Each seed knows only some kinds of what can happen, so that each gets a stage without the others.
fn happenings(rng: &mut Rng, service: &Service, length: Duration) -> Vec<Happening> {
    let mut happenings = Vec::new();
    let kinds: [(f64, Make); 9] = [
        (0.35, |rng, _| What::Stops(between(rng, ms(100), secs(240)))),
        (0.2, |rng, _| What::Starves(between(rng, ms(100), secs(60)))),
        (0.35, |rng, _| What::Slows {
            by: micros(between(rng, ms(1), ms(700))),
            lasting: between(rng, ms(500), secs(60)),
        }),
        (0.25, |rng, _| {
            What::WallJumps(match rng.u8(0..3) {
                0 => -rng.i64(1..10_000_000_000),
                1 => rng.i64(0..10_000),
                _ => rng.i64(0..8_000_000_000),
            })
        }),
        (0.3, |rng, service| What::TakesWorkers {
            workers: if chance(rng, 0.6) {
                service.workers
            } else {
                rng.usize(1..=service.workers)
            },
            lasting: between(rng, ms(100), secs(60)),
        }),
        (0.4, |rng, _| What::Beats(beats(rng))),
        (0.5, |_, _| What::SubscriberReads),
        (0.5, |rng, _| What::LogIsRead(rng.usize(1..200))),
        (0.2, |_, _| What::IsAsked),
    ];
    for (likely, what) in kinds {
        if !chance(rng, likely) {
            continue;
        }
        for _ in 0..between_counts(rng, length) {
            let at = moment(rng, length);
            let what = what(rng, service);
            happenings.push(Happening { at, what });
            if let What::Stops(lasting) | What::Starves(lasting) = what {
                ask_during(rng, at, lasting, &mut happenings);
            }
        }
    }
    if !service.asked_always {
        for _ in 0..between_counts(rng, length) * 3 {
            let at = moment(rng, length);
            happenings.push(Happening {
                at,
                what: What::IsAsked,
            });
        }
    }
    tasks(rng, service, length, &mut happenings);
    for (likely, what) in [
        (0.15, What::Drains),
        (0.06, What::Breaks),
        (0.06, What::RuntimeEnds),
        (0.03, What::IsClosed),
    ] {
        if chance(rng, likely) {
            let at = moment(rng, length);
            happenings.push(Happening { at, what });
        }
    }
    happenings.sort_by_key(|happening| happening.at);
    happenings
}

/// Readers look before the monitor does after a stop, and while only the monitor is silent.
fn ask_during(rng: &mut Rng, at: Duration, lasting: Duration, happenings: &mut Vec<Happening>) {
    for _ in 0..rng.usize(0..6) {
        happenings.push(Happening {
            at: micros(at + lasting.mul_f64(rng.f64())),
            what: What::IsAsked,
        });
    }
}

fn beats(rng: &mut Rng) -> Beats {
    let max_gap = between(rng, ms(300), secs(20));
    Beats {
        heartbeat: rng.usize(0..HEARTBEATS.len()),
        max_gap,
        every: between(rng, ms(20), max_gap.mul_f64(1.3)),
        times: rng.u32(0..60),
        then: match rng.u8(0..5) {
            0 | 1 => AfterBeats::Finishes,
            2 | 3 => AfterBeats::IsDropped,
            _ => AfterBeats::IsSilent,
        },
    }
}

fn tasks(rng: &mut Rng, service: &Service, length: Duration, happenings: &mut Vec<Happening>) {
    for task in 0..service.tasks {
        let mut at = Duration::ZERO;
        for _ in 0..rng.usize(0..20) {
            at += between(rng, ms(5), length / 40);
            let does = TaskDoes::Progresses(rng.f64() * 1.1 - 0.05);
            happenings.push(Happening {
                at,
                what: What::Task { task, does },
            });
        }
        at += between(rng, ms(5), length / 10);
        let does = match rng.u8(0..10) {
            0 => TaskDoes::Fails,
            1 => TaskDoes::IsDropped,
            2 => continue,
            _ => TaskDoes::Completes,
        };
        happenings.push(Happening {
            at,
            what: What::Task { task, does },
        });
    }
}

/// A few, or more the longer it takes.
fn between_counts(rng: &mut Rng, length: Duration) -> usize {
    let minutes = usize::try_from(length.as_secs() / 60).expect("a simulation is short");
    rng.usize(1..=4 + minutes)
}

/// More often early, where startup is.
fn moment(rng: &mut Rng, length: Duration) -> Duration {
    let part = rng.f64();
    micros(length.mul_f64(if rng.bool() { part } else { part * part * part }))
}

fn chance(rng: &mut Rng, likely: f64) -> bool {
    rng.f64() < likely
}

/// A duration of any order of magnitude between the two.
fn between(rng: &mut Rng, from: Duration, to: Duration) -> Duration {
    let (from, to) = (from.as_secs_f64().max(1e-6), to.as_secs_f64().max(1e-6));
    micros(Duration::from_secs_f64(from * (to / from).powf(rng.f64())))
}

/// Cuts what is shorter than a microsecond, for the reader's sake.
fn micros(duration: Duration) -> Duration {
    duration - Duration::from_nanos(u64::from(duration.subsec_nanos() % 1_000))
}

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
