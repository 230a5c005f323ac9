//! A subscriber that is installed after the start. Alone in its process, since it is the global one.

use std::time::Duration;

use health_core::Check;
use tests::threads::{wait_for, workers};
use tests::{Log, service};
use tracing::Level;

#[test]
fn what_is_installed_after_the_start_gets_the_lines() {
    let runtime = workers(1);
    let health = {
        let _on = runtime.enter();
        let often = Duration::from_millis(100);
        let fails = Check::critical("database", || async { Err::<(), _>("no") });
        let fails = fails.timeout(often).interval(often).retry(often);
        service().check(fails).start().unwrap()
    };
    let log = Log::default();
    tracing::dispatcher::set_global_default(log.dispatch()).unwrap();
    health.declare_broken("beyond repair");
    wait_for("written", || {
        log.count("the application declared itself broken") == 1
    });
    let line = log.one("the application declared itself broken");
    assert_eq!(line.level, Level::ERROR);
}
