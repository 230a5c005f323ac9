//! The private answer as a page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use health_core::{Builder, Check, Details, Feature, Health, Outcome};
use health_http::{Access, Endpoints, Request};
use http::{HeaderMap, Method, Response};
use tests::{eventually, service};
use tokio::time::sleep;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const HOSTILE: &str = "</pre><script>alert(1)</script><img src=//example.com onerror=alert(2)> \"'& \u{1b}[2J \u{202e}txt";

async fn started(builder: Builder) -> Health {
    let health = builder.start_paused().unwrap();
    sleep(Duration::from_secs(10)).await;
    health
}

fn get(health: &Health, path: &str, accept: &str) -> Response<Bytes> {
    let headers = HeaderMap::from_iter([(http::header::ACCEPT, accept.parse().unwrap())]);
    let endpoints = Endpoints::all(health, Access::open());
    endpoints
        .respond_to(&Request::new(&Method::GET, path, &headers))
        .expect("a path of ours")
}

fn page(health: &Health) -> String {
    String::from_utf8(get(health, "/health/deep", BROWSER).into_body().to_vec()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_browser_gets_a_page_from_deep_alone() {
    let health = started(service()).await;
    for (path, accept, expected) in [
        ("/health/deep", BROWSER, "text/html; charset=utf-8"),
        ("/health/deep", "*/*", "application/json"),
        ("/health/ready", BROWSER, "application/json"),
        ("/health/live", "text/html", "application/json"),
    ] {
        assert_eq!(
            get(&health, path, accept).headers()["content-type"],
            expected,
            "{path} {accept}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_page_says_what_is_wrong_before_what_is_not() {
    let fails = Check::degraded("search", || async { Err::<(), _>("no route to host") });
    let passes = Check::critical("database", || async { Ok::<_, &str>(()) });
    let checks = [passes, fails.needed_by([Feature::new("find")])];
    let health = started(service().service("orders").extend(checks)).await;
    let page = page(&health);
    let place = |text: &str| {
        page.find(text)
            .unwrap_or_else(|| panic!("no `{text}` in {page}"))
    };
    assert!(place("<title>! degraded · orders</title>") < place("unhealthy: failed"));
    assert!(place("unhealthy: failed") < place("no route to host"));
    assert!(place("no route to host") < place("<bdi>database</bdi>"));
    assert!(
        page.contains("Not healthy 2</a>"),
        "the check, and the feature that needs it: {page}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_last_runs_are_bars_whose_form_tells_how_they_ended() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let turns = Check::critical("turns", move || {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match run % 3 {
                0 => Ok(Outcome::passed()),
                1 => Ok(Outcome::degraded("slow")),
                _ => Err("no"),
            }
        }
    });
    let often = Duration::from_millis(100);
    let turns = turns.timeout(often).interval(often).retry(often);
    let health = service().check(turns).start_paused().unwrap();
    eventually("three have run", || {
        runs.load(Ordering::SeqCst) == 3 && page(&health).contains("<title>failed")
    })
    .await;
    let three = page(&health);
    assert_eq!(three.matches("<rect").count(), 3, "{three}");
    let cross = "l6 6m0-6l-6 6";
    let triangle = "l3.5 6h-7z";
    assert_eq!(three.matches(cross).count(), 1, "{three}");
    assert_eq!(three.matches(triangle).count(), 1, "{three}");
    assert!(
        three.contains("<desc>1 failed, 1 degraded, slowest"),
        "{three}"
    );
    eventually("more have run than are kept", || {
        runs.load(Ordering::SeqCst) > 40
    })
    .await;
    let full = page(&health);
    assert_eq!(full.matches("<rect").count(), 30, "{full}");
    assert!(
        full.contains("Latency of the last 30 runs, oldest first"),
        "{full}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reader_may_see_only_what_is_wrong_and_stop_the_refreshing() {
    let fails = Check::degraded("fails", || async { Err::<(), _>("no") });
    let passes = Check::critical("passes", || async { Ok::<_, &str>(()) });
    let health = started(service().extend([fails, passes])).await;
    for (query, all, refreshes) in [
        ("", true, true),
        ("wrong", false, true),
        ("still", true, false),
        ("wrong&still", false, false),
        ("still=1&other=2", true, false),
        ("wrongly", true, true),
    ] {
        let headers = HeaderMap::from_iter([(http::header::ACCEPT, BROWSER.parse().unwrap())]);
        let request = Request::new(&Method::GET, "/health/deep", &headers).with_query(Some(query));
        let endpoints = Endpoints::all(&health, Access::open());
        let body = endpoints.respond_to(&request).unwrap().into_body();
        let page = String::from_utf8(body.to_vec()).unwrap();
        assert!(page.contains("<bdi>fails</bdi>"), "{query}: {page}");
        assert_eq!(page.contains("<bdi>passes</bdi>"), all, "{query}: {page}");
        assert_eq!(
            page.contains("http-equiv=\"refresh\""),
            refreshes,
            "{query}"
        );
        assert!(page.contains("All 2</a>"), "{query}: {page}");
        assert!(page.contains("Not healthy 1</a>"), "{query}: {page}");
    }
}

#[tokio::test(start_paused = true)]
async fn startup_has_progress_and_heartbeats_have_ages() {
    let mut builder = service().check(Check::startup("warm", || async { Err::<(), _>("cold") }));
    let task = builder.startup_task("catalog");
    task.progress(0.4);
    let health = builder.start_paused().unwrap();
    let heartbeat = health.heartbeat("mailer", Duration::from_mins(1)).unwrap();
    heartbeat.beat();
    sleep(Duration::from_secs(2)).await;
    let page = page(&health);
    assert!(page.contains(r#"<progress max="100" value="40""#), "{page}");
    assert!(page.contains("mailer"), "{page}");
    assert!(page.contains("not ready: starting"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn nothing_that_a_check_says_acts_on_the_page() {
    let fails = Check::critical("fails", || async { Err::<(), _>(HOSTILE) }).description(HOSTILE);
    let says = Check::critical("says", || async { Outcome::degraded(HOSTILE) });
    let details = Check::critical("details", || async { Ok::<_, &str>(Details([HOSTILE])) });
    let huge = Check::critical("huge", || async {
        Ok::<_, &str>(Details("<script>".repeat(130_000)))
    });
    let health = started(
        service()
            .extend([fails, says, details, huge])
            .version(HOSTILE),
    )
    .await;
    let page = page(&health);
    for never in ["<script", "<img", "\u{1b}", "\u{202e}", "</pre><"] {
        assert!(
            !page.replace("</pre>\n", "").contains(never),
            "{never:?} in {page}"
        );
    }
    assert!(page.len() < 100_000, "{}", page.len());
}

#[tokio::test(start_paused = true)]
async fn the_policy_lets_the_page_load_and_run_nothing() {
    let health = started(service()).await;
    let response = get(&health, "/health/deep", BROWSER);
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = page(&health);
    assert!(!page.contains(" style="), "{page}");
    for elsewhere in ["src=", "@import", "url(", "href=\"http", "href=\"//"] {
        assert!(!page.contains(elsewhere), "{elsewhere} in {page}");
    }
}

/// Whatever a person reads of a process that is to be restarted says so first, and nothing of it is green.
#[tokio::test(start_paused = true)]
async fn what_is_not_alive_is_headed_by_that() {
    let passes = || Check::critical("database", || async { Ok::<_, &str>(()) });
    let broken = started(service().service("orders").check(passes())).await;
    broken.declare_broken("a poisoned lock");
    let stands = Check::liveness("moves", || Err::<(), _>("stands"));
    let dead = started(service().service("orders").check(passes()).check(stands)).await;
    let draining = started(service().service("orders").check(passes())).await;
    draining.drain();
    draining.declare_broken("a poisoned lock");
    sleep(Duration::from_secs(10)).await;
    for (health, heading) in [
        (&broken, "not_alive: broken"),
        (&dead, "not_alive"),
        (&draining, "not_alive: broken"),
    ] {
        let page = page(health);
        let title = format!("<title>✕ {} · orders</title>", heading.replace('_', " "));
        assert!(page.contains(&title), "{heading}: {page}");
        assert!(page.contains(r#"<header class="fail">"#), "{page}");
        assert!(!page.contains("Everything is healthy"), "{page}");
        let response = get(health, "/health/deep", "application/health+json");
        assert_eq!(response.status(), 503, "its draft demands it");
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body["status"], "fail", "{body}");
        assert_eq!(body["serviceId"], "orders", "{body}");
        let response = get(health, "/health/deep", "text/plain");
        assert_eq!(response.status(), 200);
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        assert_eq!(text.lines().next(), Some(heading), "{text}");
        assert_eq!(get(health, "/health/deep", "*/*").status(), 200);
    }
}

#[tokio::test(start_paused = true)]
async fn what_nobody_may_call_healthy_is_not_called_so_where_only_the_wrong_is_shown() {
    let health = started(service()).await;
    health.declare_broken("a poisoned lock");
    sleep(Duration::from_secs(1)).await;
    let headers = HeaderMap::from_iter([(http::header::ACCEPT, BROWSER.parse().unwrap())]);
    let request = Request::new(&Method::GET, "/health/deep", &headers).with_query(Some("wrong"));
    let endpoints = Endpoints::all(&health, Access::open());
    let body = endpoints.respond_to(&request).unwrap().into_body();
    let page = String::from_utf8(body.to_vec()).unwrap();
    assert!(page.contains("a poisoned lock"), "{page}");
    assert!(!page.contains("Everything is healthy"), "{page}");
}

/// A screenshot in the incident's channel tells where and when.
#[tokio::test(start_paused = true)]
async fn every_shape_for_people_names_the_service_and_the_instance_and_when() {
    let health = started(service().service("orders")).await;
    let report = health.deep();
    let instance = report.instance.as_deref().expect("this machine has a name");
    let page = page(&health);
    let text = get(&health, "/health/deep", "text/plain").into_body();
    let text = String::from_utf8(text.to_vec()).unwrap();
    for shape in [&page, &text] {
        assert!(shape.contains("orders"), "{shape}");
        assert!(shape.contains(instance), "{shape}");
        assert!(shape.contains(" UTC"), "{shape}");
    }
    let body = get(&health, "/health/deep", "application/health+json").into_body();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let notes = body["notes"].to_string();
    assert!(notes.contains(&format!("instance: {instance}")), "{body}");
    assert!(notes.contains("at: 2"), "{body}");
}
