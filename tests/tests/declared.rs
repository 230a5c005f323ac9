//! What a declaration is once it runs, as a service shows it.

use std::sync::Arc;
use std::time::Duration;

use health_core::{Check, Class, Feature, Health, Outcome, ReadinessStatus, checks, health_check};

struct Pool(&'static str);
struct Index;
trait Clock: Send + Sync {
    fn hour(&self) -> u8;
}
struct Noon;
impl Clock for Noon {
    fn hour(&self) -> u8 {
        12
    }
}

const SEARCH: Feature = Feature::new("search");

/// Orders are stored here;
/// without it nothing can be served.
#[health_check(
    critical,
    name = "orders-database",
    timeout = "1s500ms",
    interval = "1m",
    retry = "250ms",
    fail_after = 4,
    pass_after = 2,
    needed_by(SEARCH)
)]
async fn database(
    pool: &Pool,
    same: Arc<Pool>,
    clock: &dyn Clock,
    owned: Arc<dyn Clock>,
    absent: Option<&Index>,
    given: Option<&dyn Clock>,
) -> Result<String, &'static str> {
    let hours = [Some(clock), Some(&*owned), given].map(|clock| clock.map(Clock::hour));
    if absent.is_some() || hours != [Some(12); 3] {
        return Err("was bound to something else");
    }
    Ok(format!("{} {}", pool.0, same.0))
}

#[health_check(degraded)]
#[doc = concat!("Search ", "is slow.")]
fn r#type() -> Outcome {
    Outcome::degraded("slow")
}

macro_rules! liveness {
    ($($name:ident)*) => {$(
        #[health_check(liveness)]
        fn $name() -> Result<(), String> {
            if std::process::id() == 0 { Err(String::new()) } else { Ok(()) }
        }
    )*};
}

liveness!(b bind run vec binder argument0);

mod database {
    #[health_core::health_check(startup)]
    pub(super) async fn database() -> Result<(), std::io::Error> {
        std::fs::metadata("/").map(drop)
    }
}

fn not_a_check() {}

#[tokio::test]
async fn everything_written_is_in_force() {
    let health = Health::builder()
        .state(Arc::new(Pool("pool")))
        .state(Arc::new(Noon) as Arc<dyn Clock>)
        .start()
        .unwrap();
    tests::eventually("degraded", || {
        health.readiness().status == ReadinessStatus::Degraded
    })
    .await;
    let report = health.deep();
    assert_eq!(report.checks.len(), 10);

    let database = &report.checks["orders-database"];
    assert_eq!(database.class, Class::Critical);
    let description = "Orders are stored here;\nwithout it nothing can be served.";
    assert_eq!(database.description.as_deref(), Some(description));
    assert_eq!(*database.details, serde_json::json!("pool pool"));
    let times = (database.timeout, database.interval, database.retry);
    let ms = Duration::from_millis;
    assert_eq!(times, (ms(1_500), Some(ms(60_000)), ms(250)));
    assert_eq!((database.fail_after, database.pass_after), (4, 2));
    assert_eq!(database.needed_by[0].name(), "search");
    let place = database.declared_at.clone();
    assert!(place.ends_with("tests/declared.rs:24"), "{place}");

    assert_eq!(
        report.checks["type"].description.as_deref(),
        Some("Search is slow.")
    );
    assert_eq!(report.checks["database"].class, Class::Startup);
}

#[tokio::test]
async fn a_function_that_is_no_check_is_a_problem_with_its_place() {
    let required = checks![database, not_a_check, database::database];
    let error = Health::builder()
        .only(checks![bind])
        .require(required)
        .start()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("not_a_check") && error.contains("tests/declared.rs:"),
        "{error}"
    );
}

#[tokio::test]
async fn only_takes_what_is_named_and_nothing_else() {
    let health = Health::builder().only(checks![bind, run]).start().unwrap();
    tests::eventually("asked", || !health.deep().checks.is_empty()).await;
    let report = health.deep();
    let names: Vec<_> = report.checks.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["bind", "run"]);
}

/// The attribute refuses what is longer, see `ui/fail/timeout_longer_than_default_interval.rs`.
#[test]
fn the_attribute_and_the_service_have_the_same_default_interval() {
    #[health_check(degraded, timeout = "5s")]
    fn as_long_as_the_interval() -> Result<(), &'static str> {
        Err("down")
    }
    let service = |timeout| {
        let check = Check::critical_blocking("by_hand", as_long_as_the_interval);
        let checks = checks![as_long_as_the_interval];
        Health::builder()
            .only(checks)
            .check(check.timeout(timeout))
            .start()
    };
    assert!(service(Duration::from_secs(5)).is_ok());
    let error = service(Duration::from_millis(5_001))
        .unwrap_err()
        .to_string();
    assert!(error.contains("longer than `interval`"), "{error}");
}
