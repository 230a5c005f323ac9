use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tracing::Dispatch;

use super::clock::LivedTime;
use super::jitter::Jitter;
use super::launch::{self, Launcher};
use super::publish::{limits, service};
use super::runtime::RuntimeWatch;
use super::slot::Slot;
use super::{Clock, Engine, Event, has_started};
use crate::board::Board;
use crate::error::{Problem, StartError};
use crate::health::{Health, Shared};
use crate::process;
use crate::registry::Registry;
use crate::service::Service;
use crate::snapshot::{Judged, Private};
use crate::task::{SeenTask, TaskCell};

/// What a service says besides its checks.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    pub(crate) version: Option<Arc<str>>,
    pub(crate) tasks: Vec<Arc<TaskCell>>,
    pub(crate) stall_limit: Duration,
}

/// Starts the monitor.
pub(crate) fn start(
    registry: Registry,
    settings: Settings,
    runtime: Option<&Handle>,
) -> Result<Health, StartError> {
    let (sender, events) = mpsc::unbounded_channel();
    let engine = Engine::new(registry, settings, runtime.cloned(), sender.clone(), events);
    let health = Health {
        shared: Arc::new(Shared {
            board: Arc::clone(&engine.board),
            events: sender,
        }),
    };
    launch::begin(engine, runtime).map_err(|error| {
        StartError::new(vec![Problem::nowhere(format!(
            "the system gives no thread to the monitor: {error}"
        ))])
    })?;
    Ok(health)
}

impl Engine {
    fn new(
        registry: Registry,
        settings: Settings,
        runtime: Option<Handle>,
        sender: UnboundedSender<Event>,
        events: UnboundedReceiver<Event>,
    ) -> Engine {
        let clock = settings.clock;
        let time = LivedTime::new(clock);
        let now = time.now();
        let checks = registry.checks.into_iter().enumerate();
        let slots: Vec<_> = checks
            .map(|(index, check)| Slot::new(index, check, now))
            .collect();
        let seen = |cell: &Arc<TaskCell>| SeenTask::new(Arc::clone(cell));
        let tasks: Vec<_> = settings.tasks.iter().map(seen).collect();
        let started = has_started(&slots, &tasks);
        let judged = Judged::new(Service {
            started,
            ..service(&slots, &[], &tasks)
        });
        let limits = limits(&slots, settings.stall_limit);
        let private = Private {
            checks: slots.iter().map(Slot::view).collect(),
            tasks: settings.tasks,
            ..Private::default()
        };
        let first = judged.snapshot(limits, private);
        Engine {
            board: Arc::new(Board::new(first, clock, settings.version)),
            events,
            launcher: Launcher::new(runtime, clock, sender),
            jitter: Jitter::new(),
            clock,
            time,
            ticked: now,
            slots,
            watches: Vec::new(),
            tasks,
            runtime: RuntimeWatch::new(settings.stall_limit),
            process: process::Sampler::default(),
            started,
            broken: None,
            judged,
            limits,
            dispatch: tracing::dispatcher::get_default(Dispatch::clone),
        }
    }
}
