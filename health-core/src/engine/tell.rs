use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::SystemTime;

use tokio::sync::broadcast::Sender;
use tracing::Dispatch;

use super::slot::Slot;
use crate::changes::Change;
use crate::verdict::{Reason, Status, Verdict};

/// Tells a change of verdict, once: to the log, and to whoever follows the changes.
pub(crate) fn change(dispatch: &Dispatch, changes: &Sender<Change>, slot: &Slot, from: Verdict) {
    let to = slot.verdict();
    let check = &slot.registered.name;
    let class = slot.registered.check.class;
    let error = slot.record.error.as_deref().filter(|_| !to.is_healthy());
    guarded(dispatch, || {
        let reason = to.reason.map(Reason::as_str);
        let (from, to) = (from.status.as_str(), to.status.as_str());
        if to == Status::Healthy.as_str() {
            tracing::info!(target: "health_core", check = &**check, %class, from, to, "verdict changed");
        } else {
            tracing::warn!(target: "health_core", check = &**check, %class, from, to, reason, error, "verdict changed");
        }
    });
    // Nobody may be following.
    let _ = changes.send(Change {
        check: Arc::clone(check),
        class,
        from,
        to,
        at: SystemTime::now(),
    });
}

/// Runs the application's subscriber, whose panics must not end the monitor.
pub(crate) fn guarded(dispatch: &Dispatch, event: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(|| {
        tracing::dispatcher::with_default(dispatch, event);
    }));
}
