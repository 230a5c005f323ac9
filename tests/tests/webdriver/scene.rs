//! Services in every state that a page can show, on a paused clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use health_core::{Builder, Check, Details, Feature, Health, Heartbeat, Outcome, StartupTask};
use health_http::{Access, Endpoints, Request};
use http::header::ACCEPT;
use http::{HeaderMap, Method, Response};
use serde_json::json;
use tests::{leap, service};
use tokio::time::sleep;

/// One that acts in every way that a text can, if it is let.
pub(crate) const HOSTILE: &str = "</pre></svg></style><script>document.title='owned'</script><img src=//example.com/x onerror=alert(2)>\
    <meta http-equiv=refresh content='0;url=//example.com'> \"'&amp; \u{1b}[2J\u{0}\u{7} \u{202e}gnp.exe\u{2066} javascript:alert(3)";

const CHECKOUT: Feature = Feature::new("checkout");
const SEARCH: Feature = Feature::new("search");

/// A state of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scene {
    Ready,
    Degraded,
    NotReady,
    NotAlive,
    Broken,
    Starting,
    Draining,
    Stale,
    NoChecks,
    Hostile,
}

/// A service that stands as its scene has it, until it is dropped.
#[derive(Debug)]
pub(crate) struct Stand {
    pub(crate) health: Health,
    _catalog: Option<StartupTask>,
    _mailer: Option<Heartbeat>,
}

impl Scene {
    pub(crate) const ALL: [Scene; 10] = [
        Scene::Ready,
        Scene::Degraded,
        Scene::NotReady,
        Scene::NotAlive,
        Scene::Broken,
        Scene::Starting,
        Scene::Draining,
        Scene::Stale,
        Scene::NoChecks,
        Scene::Hostile,
    ];

    /// Plays it with 35 checks.
    pub(crate) async fn play(self) -> Stand {
        self.play_with(35).await
    }

    /// Plays it with so many checks.
    pub(crate) async fn play_with(self, count: usize) -> Stand {
        let trouble = Arc::new(AtomicBool::new(false));
        let builder = match self {
            Scene::NoChecks => service().allow_empty(),
            Scene::Hostile => hostile(),
            _ => self.shop(count, &trouble).version("2.14.0+9f3c1ab"),
        };
        let mut builder = builder.service("orders");
        let catalog = (self != Scene::NoChecks).then(|| builder.startup_task("catalog"));
        let health = builder.start_paused().expect("nothing is wrong with it");
        let catalog = catalog.and_then(|catalog| {
            catalog.progress(0.4);
            if self == Scene::Starting {
                return Some(catalog);
            }
            catalog.complete();
            None
        });
        let mailer = (self != Scene::NoChecks).then(|| {
            let gap = if self == Scene::NotAlive { 300 } else { 36_000 };
            let mailer = health.heartbeat("mailer", Duration::from_secs(gap));
            mailer.expect("a name and a gap")
        });
        sleep(Duration::from_secs(200)).await;
        trouble.store(true, Ordering::SeqCst);
        match self {
            Scene::Broken => health.declare_broken("the ledger disagrees with the journal"),
            Scene::Draining => health.drain(),
            Scene::Stale => leap(Duration::from_secs(223)),
            _ => sleep(Duration::from_secs(150)).await,
        }
        if self != Scene::Stale {
            sleep(Duration::from_secs(2)).await;
        }
        Stand {
            health,
            _catalog: catalog,
            _mailer: mailer,
        }
    }

    /// A shop's checks, each with a full chart.
    fn shop(self, count: usize, trouble: &Arc<AtomicBool>) -> Builder {
        let checks = (0..count).map(|n| {
            let fails = self.fails(n);
            let trouble = Arc::clone(trouble);
            match n {
                0 | 1 => Check::liveness(format!("worker_{n}"), move || {
                    let stands = fails && trouble.load(Ordering::SeqCst);
                    (!stands).then_some(()).ok_or("it has not moved for 2 min")
                }),
                2 | 3 => {
                    let starts = self != Scene::Starting;
                    Check::startup(format!("migration_{n}"), move || async move {
                        starts.then_some(()).ok_or("4 of 6 are applied")
                    })
                }
                _ => self.dependency(n, trouble),
            }
        });
        service().extend(checks)
    }

    fn dependency(self, n: usize, trouble: Arc<AtomicBool>) -> Check {
        let fails = self.fails(n);
        let turns = AtomicU64::new(n as u64);
        let ask = move || {
            let turn = turns.fetch_add(1, Ordering::Relaxed);
            let troubled = fails && trouble.load(Ordering::SeqCst);
            async move {
                sleep(Duration::from_millis(turn * 7_919 % 900)).await;
                match turn % 7 {
                    _ if troubled && n.is_multiple_of(3) => std::future::pending().await,
                    _ if troubled && n.is_multiple_of(5) => Ok(Outcome::degraded("scores are old")),
                    _ if troubled => Err("connection refused (os error 111)"),
                    // So that the chart has parts: by itself it makes nothing worse.
                    3 => Err("a packet was lost"),
                    _ => Ok(Outcome::passed()
                        .with_details(json!({"queue": turn, "region": "eu-central-1"}))),
                }
            }
        };
        let name = format!("dependency_{n}");
        let check = match n {
            4..14 => Check::critical(name, ask).needed_by([CHECKOUT]),
            14..20 => Check::degraded(name, ask).needed_by([SEARCH]),
            _ => Check::degraded(name, ask),
        };
        check
            .timeout(Duration::from_secs(1))
            .fail_after(3)
            .description("Orders are stored here: see https://runbooks.example.com/orders.")
    }

    fn fails(self, n: usize) -> bool {
        match self {
            Scene::Degraded => [15, 17, 21].contains(&n),
            Scene::NotReady => (4..9).contains(&n) || [16, 17, 20].contains(&n),
            Scene::NotAlive => n == 0,
            _ => false,
        }
    }
}

/// What a check that somebody else writes into may say.
pub(crate) fn hostile() -> Builder {
    let check = |name: &'static str, text: String| {
        Check::critical(name, move || {
            let text = text.clone();
            async move { Err::<(), _>(text) }
        })
    };
    let says = Check::degraded("says", || async {
        Outcome::degraded(HOSTILE).with_details(json!({ HOSTILE: HOSTILE }))
    });
    let huge = Check::critical("huge_details", || async {
        Ok::<_, &str>(Details(json!(["<script>x</script>".repeat(60_000)])))
    });
    service().version(HOSTILE).extend([
        check("fails", HOSTILE.into()).description(HOSTILE),
        check("huge", HOSTILE.repeat(1 << 12)),
        check("one_word", "x".repeat(1 << 20)),
        says,
        huge.description("\u{202e}".repeat(1000)),
    ])
}

/// What a browser gets of `/health/deep`.
pub(crate) fn page(health: &Health, query: &str) -> Response<Bytes> {
    get(health, query, "text/html,application/xhtml+xml,*/*;q=0.8")
}

/// What anybody gets of it.
pub(crate) fn get(health: &Health, query: &str, accept: &str) -> Response<Bytes> {
    let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().expect("a header"))]);
    let request = Request::new(&Method::GET, "/health/deep", &headers).with_query(Some(query));
    let endpoints = Endpoints::all(health, Access::open());
    endpoints.respond_to(&request).expect("a path of ours")
}

/// The body as a text.
pub(crate) fn text(response: Response<Bytes>) -> String {
    String::from_utf8(response.into_body().into()).expect("every shape is UTF-8")
}
