use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

/// Moves a paused clock ahead and lets nothing run meanwhile: what a process finds that stood still.
pub fn leap(time: Duration) {
    // The first poll moves the clock, and only a second one would let others run.
    let _ = pin!(tokio::time::advance(time)).poll(&mut Context::from_waker(Waker::noop()));
}
