//! The private answer as people read it: as a page, and as a text.

#[path = "webdriver/scene.rs"]
mod scene;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use health_core::{Builder, Check, Details, Feature, Health, Outcome, Status};
use health_http::{Access, Endpoints, Request};
use http::header::ACCEPT;
use http::{HeaderMap, Method};
use scene::{HOSTILE, Scene, get, text};
use tests::{eventually, service};
use tokio::time::sleep;

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn started(builder: Builder) -> Health {
    let health = builder.start_paused().unwrap();
    sleep(Duration::from_secs(10)).await;
    health
}

fn page(health: &Health) -> String {
    text(scene::page(health, ""))
}

fn verbose(health: &Health) -> String {
    text(get(health, "verbose", "*/*"))
}

/// What stands in the page before it says this.
fn before<'a>(page: &'a str, what: &str) -> &'a str {
    let (before, _) = page
        .split_once(what)
        .unwrap_or_else(|| panic!("no `{what}` in {page}"));
    before
}

/// The page's part between these two.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    before(&page[before(page, start).len() + start.len()..], end)
}

/// The sentence that says why.
fn why(page: &str) -> &str {
    between(page, "<p class=\"why\"><bdi>", "</bdi>")
}

/// Everything that has a row, in order.
fn ids(page: &str) -> Vec<&str> {
    let rows = page.split("<details id=\"").skip(1);
    let ids = rows.map(|row| before(row, "\""));
    ids.filter(|id| *id != "older").collect()
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
        let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
        let request = Request::new(&Method::GET, path, &headers);
        let response = Endpoints::all(&health, Access::open()).respond_to(&request);
        assert_eq!(
            response.unwrap().headers()["content-type"],
            expected,
            "{path} {accept}"
        );
    }
}

/// Whoever looks for two seconds reads the title, the heading and the sentence.
#[tokio::test(start_paused = true)]
async fn every_state_is_headed_by_what_follows_from_it() {
    for (scene, tone, title, sentence) in [
        (Scene::Ready, "pass", "✓ ready", "All 35 checks pass."),
        (
            Scene::Degraded,
            "warn",
            "! degraded",
            "It serves, but worse: dependency_",
        ),
        (
            Scene::NotReady,
            "fail",
            "✕ not ready",
            "No traffic should come here: dependency_",
        ),
        (
            Scene::NotAlive,
            "fail",
            "✕ not alive",
            "A restart is wanted: worker_0 (failed), heartbeat mailer (overdue).",
        ),
        (
            Scene::Broken,
            "fail",
            "✕ not alive: broken",
            "A restart is wanted: it declared itself broken: the ledger disagrees with the journal.",
        ),
        (
            Scene::Starting,
            "wait",
            "… not ready: starting",
            "It has not started yet: it waits for migration_2 (failed), migration_3 (failed), catalog (running).",
        ),
        (
            Scene::Draining,
            "wait",
            "… not ready: draining",
            "It is shutting down: no new traffic should come here.",
        ),
        (
            Scene::Stale,
            "fail",
            "✕ not alive: stale",
            "The monitor has not moved for 3\u{a0}min 43\u{a0}s, so nothing is known any more: a restart is wanted.",
        ),
        (
            Scene::NoChecks,
            "pass",
            "✓ ready",
            "There are no checks: that it is ready says only that this process answers.",
        ),
    ] {
        let stand = scene.play().await;
        let page = page(&stand.health);
        let says = format!("<title>{title} · orders</title>");
        assert!(page.contains(&says), "{scene:?}: {page}");
        let header = format!("<header class=\"{tone}\">");
        assert!(page.contains(&header), "{scene:?}: {page}");
        let (mark, words) = title.split_once(' ').unwrap();
        let heading = between(&page, "<h1>", "</h1>");
        assert!(
            heading.contains(mark) && heading.ends_with(words),
            "{heading}"
        );
        assert!(
            why(&page).starts_with(sentence),
            "{scene:?}: {}",
            why(&page)
        );
        assert_eq!(
            verbose(&stand.health).lines().nth(1).unwrap(),
            why(&page),
            "the terminal says the same"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn three_culprits_are_named_and_the_others_counted() {
    let fails = |n| Check::critical(format!("c{n}"), || async { Err::<(), _>("no") });
    for (count, named) in [(1, 1), (3, 3), (5, 3)] {
        let worse = Check::degraded("search", || async { Err::<(), _>("no") });
        let health = started(service().extend((0..count).map(fails)).check(worse)).await;
        let page = page(&health);
        let blames = why(&page).strip_prefix("No traffic should come here: ");
        let blames = blames.unwrap_or_else(|| panic!("{}", why(&page)));
        assert_eq!(blames.matches("(failed)").count(), named, "{blames}");
        assert_eq!(blames.ends_with(" and 2 more."), count == 5, "{blames}");
        assert!(!blames.contains("search"), "{blames}");
    }
}

/// What is worse, then what matters more, then what has been so for longer; and what is healthy by name.
#[tokio::test(start_paused = true)]
async fn what_matters_most_stands_first() {
    let trouble = Arc::new(AtomicUsize::new(0));
    let falls = |check: fn(String, Falls) -> Check, name: &str, at: usize| {
        let trouble = Arc::clone(&trouble);
        let falls = move || trouble.load(Ordering::SeqCst) >= at;
        check(name.into(), Box::new(falls))
    };
    let critical = |name: String, falls: Falls| {
        Check::critical_blocking(name, move || (!falls()).then_some(()).ok_or("no"))
    };
    let degraded = |name: String, falls: Falls| {
        Check::degraded_blocking(name, move || (!falls()).then_some(()).ok_or("no"))
    };
    let says = Check::critical("says", || async { Outcome::degraded("slow") });
    let builder = service().extend([
        falls(degraded, "a_search", 1),
        falls(critical, "a_later", 2),
        falls(critical, "b_first", 1),
        falls(critical, "z_well", 9),
        falls(degraded, "y_well", 9),
        says.needed_by([Feature::new("orders")]),
        Check::liveness("z_moves", || Ok::<_, &str>(())),
    ]);
    let health = builder.start_paused().unwrap();
    let _mailer = health.heartbeat("mailer", Duration::from_secs(5)).unwrap();
    sleep(Duration::from_secs(10)).await;
    for turn in 1..3 {
        trouble.store(turn, Ordering::SeqCst);
        sleep(Duration::from_secs(30)).await;
    }
    let page = page(&health);
    let expected = [
        "heartbeat-mailer",
        "check-b_first",
        "check-a_later",
        "check-a_search",
        "feature-orders",
        "check-says",
        "check-z_moves",
        "check-z_well",
        "check-y_well",
    ];
    assert_eq!(ids(&page), expected);
    let text = verbose(&health);
    let places = expected.map(|id| text.find(id.split_once('-').unwrap().1).unwrap());
    assert!(places.is_sorted(), "{text}");
}

type Falls = Box<dyn Fn() -> bool + Send + Sync>;

#[tokio::test(start_paused = true)]
async fn what_is_healthy_is_a_line_and_what_is_not_is_open() {
    let stand = Scene::Degraded.play().await;
    let page = page(&stand.health);
    for (id, attributes) in [
        ("check-dependency_15", "class=\"fail\" open>"),
        ("check-dependency_4", "class=\"pass\">"),
        ("feature-search", "class=\"fail\">"),
        ("heartbeat-mailer", "class=\"pass\">"),
        ("task-catalog", "class=\"pass\">"),
    ] {
        let row = format!("<details id=\"{id}\" {attributes}");
        assert!(page.contains(&row), "no `{row}` in {page}");
    }
    for count in [
        "32 of 35 checks healthy",
        "1 of 1 heartbeat<",
        "1 of 1 task<",
        "1 of 2 features",
    ] {
        assert!(
            page.contains(&count.replace('<', "\n")) || page.contains(count),
            "{count}: {page}"
        );
    }
}

/// Nobody takes what was known before for what is.
#[tokio::test(start_paused = true)]
async fn what_a_silent_monitor_left_behind_is_told_as_the_past() {
    let stand = Scene::Stale.play().await;
    let page = page(&stand.health);
    let main = between(&page, "<main>", "</main>");
    let row = between(main, "<details id=\"check-dependency_4\"", "</summary>");
    assert!(row.starts_with(" class=\"wait past\">"), "{row}");
    let history = &stand.health.deep().checks["dependency_4"].history;
    let word = match history.last().unwrap().status {
        Status::Healthy => "passed",
        _ => "failed",
    };
    let past = format!("<b>stale</b>, {word} 3\u{a0}min ");
    assert!(row.contains(&past), "{row}");
    let rows = main.split("<details id=\"").skip(1);
    let healthy: Vec<_> = rows
        .filter(|row| before(row, ">").contains("pass"))
        .collect();
    assert_eq!(healthy.len(), 3, "startup alone is over: {healthy:?}");
}

#[tokio::test(start_paused = true)]
async fn a_planned_state_raises_no_alarm_and_trouble_meanwhile_does() {
    for scene in [Scene::Starting, Scene::Draining] {
        let stand = scene.play().await;
        let page = page(&stand.health);
        for row in page.split("<details id=\"").skip(1) {
            let alarms = ["fail", "warn"].map(|tone| before(row, ">").contains(tone));
            assert_eq!(alarms, [false, false], "{scene:?}: {}", before(row, ">"));
        }
        assert!(
            page.contains("<header class=\"wait\">"),
            "{scene:?}: {page}"
        );
    }
    let fails = Check::critical("database", || async { Err::<(), _>("no") });
    let mut builder = service().check(fails);
    let catalog = builder.startup_task("catalog");
    let health = started(builder).await;
    let page_of_both = page(&health);
    assert!(page_of_both.contains("<header class=\"fail\">"));
    assert_eq!(
        why(&page_of_both),
        "It has not started yet: it waits for catalog (running), and traffic is kept away by database (failed)."
    );
    let passes = Check::critical("database", || async { Ok::<_, &str>(()) });
    let mut builder = service().check(passes);
    let failed = builder.startup_task("failed");
    let health = started(builder).await;
    failed.fail("no such file");
    sleep(Duration::from_secs(1)).await;
    let page = page(&health);
    assert!(
        page.contains("<header class=\"fail\">"),
        "it will never start: {page}"
    );
    assert!(page.contains("no such file"), "{page}");
    drop(catalog);
}

#[tokio::test(start_paused = true)]
async fn the_last_changes_are_told_newest_first_with_their_times() {
    let stand = Scene::NotReady.play().await;
    let health = &stand.health;
    let page = page(health);
    let changes = health.deep().changes;
    assert!(changes.len() > 6, "{changes:?}");
    let told = between(&page, "Last changes", "</section>");
    let mut rest = told;
    for change in changes.iter().rev() {
        rest = &rest[before(rest, &format!("</time> {change}\n")).len()..];
    }
    let (seen, older) = told.split_once("<details").unwrap();
    assert_eq!(seen.matches("<li><time>2").count(), 6, "{seen}");
    assert!(
        older.contains(&format!("{} older", changes.len() - 6)),
        "{older}"
    );
}

/// Half an hour of failures leave what was before them to be seen.
#[tokio::test(start_paused = true)]
async fn a_chart_shows_when_an_incident_began() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let hangs = Check::critical("hangs", move || {
        let run = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match run {
                0..5 => Ok(Outcome::passed()),
                5 => Ok(Outcome::degraded("slow")),
                6 => Err("no"),
                _ => std::future::pending().await,
            }
        }
    });
    let often = Duration::from_millis(100);
    let hangs = hangs.timeout(often).interval(often).retry(often);
    let health = service().check(hangs).start_paused().unwrap();
    eventually("many have run", || runs.load(Ordering::SeqCst) > 150).await;
    let page = page(&health);
    let chart = between(&page, "<svg", "</svg>");
    let history = &health.deep().checks["hangs"].history;
    let folded: u16 = history.iter().map(|run| run.count).max().unwrap();
    assert!(folded > 100, "{history:?}");
    assert!(chart.contains(&format!(">×{folded}</text>")), "{chart}");
    let failed: u16 = history[6..].iter().map(|run| run.count).sum();
    let summary = format!(
        "aria-label=\"5 passed, then 1 degraded, then {failed} failed; slowest 100\u{a0}ms of 100\u{a0}ms\""
    );
    assert!(chart.contains(&summary), "{chart}");
    assert_eq!(
        chart.matches("<path").count(),
        4,
        "the limit, and one of each kind: {chart}"
    );
    let bars = |class: &str| between(chart, &format!("<path class=\"{class}\" d=\""), "\"");
    assert_eq!(bars("pass").matches(" 18V").count(), 5, "{chart}");
    assert_eq!(bars("warn").matches(" 21V").count(), 1, "deeper: {chart}");
    let fail = bars("fail");
    let single = history[7..].iter().filter(|run| run.count == 1).count();
    assert_eq!(fail.matches("h30v15h-30z").count(), 1, "a frame: {chart}");
    let given_up = fail.matches(" 24V2m-2 0h4").count();
    assert_eq!(given_up, single, "deepest, and at the limit: {chart}");
}

/// A run that fails at once has hardly a height, and is seen all the same.
#[tokio::test(start_paused = true)]
async fn what_fails_at_once_goes_deeper_than_what_passes() {
    let refuses = Check::critical("refuses", || async { Err::<(), _>("refused") });
    let health = started(service().check(refuses)).await;
    let page = page(&health);
    let fail = between(&page, "<path class=\"fail\" d=\"", "\"");
    let history = &health.deep().checks["refuses"].history;
    let runs = history.iter().filter(|run| run.count == 1).count();
    assert!(runs > 3, "{history:?}");
    assert_eq!(fail.matches(" 24V17").count(), runs, "{fail}");
}

#[tokio::test(start_paused = true)]
async fn a_reader_may_see_only_what_is_not_healthy_and_stop_the_refreshing() {
    let fails = Check::degraded("fails", || async { Err::<(), _>("no") });
    let passes = Check::critical("passes", || async { Ok::<_, &str>(()) });
    let health = started(service().extend([fails, passes])).await;
    for (query, all, refreshes) in [
        ("", true, true),
        ("failing", false, true),
        ("paused", true, false),
        ("failing&paused", false, false),
        ("paused=1&other=2", true, false),
        ("failingly", true, true),
    ] {
        let page = text(scene::page(&health, query));
        assert!(page.contains("check-fails"), "{query}: {page}");
        assert_eq!(page.contains("check-passes"), all, "{query}: {page}");
        let meta = "<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>";
        assert_eq!(page.contains(meta), refreshes, "{query}");
        assert_eq!(page.contains("<script>"), refreshes, "{query}");
        assert_eq!(
            page.contains("<b>Paused.</b>"),
            !refreshes,
            "{query}: {page}"
        );
        assert!(page.contains("1 of 2 checks"), "{query}: {page}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_that_a_check_says_acts_on_the_page() {
    let fails = Check::critical("fails", || async { Err::<(), _>(HOSTILE) }).description(HOSTILE);
    let says = Check::critical("says", || async { Outcome::degraded(HOSTILE) });
    let details = Check::critical("details", || async { Ok::<_, &str>(Details([HOSTILE])) });
    let huge = Check::critical("huge", || async {
        Ok::<_, &str>(Details("<script>".repeat(130_000)))
    });
    let checks = [fails, says, details, huge];
    let health = started(service().extend(checks).service(HOSTILE).version(HOSTILE)).await;
    health.declare_broken(HOSTILE);
    sleep(Duration::from_secs(1)).await;
    let page = page(&health);
    let (body, script) = page.split_once("<script>").expect("its own script");
    assert!(!script.contains("<script"), "{script}");
    for never in [
        "<script",
        "<img",
        "\u{1b}",
        "\u{202e}",
        "</pre></svg>",
        "<meta http-equiv=refresh",
    ] {
        assert!(!body.contains(never), "{never:?} in {body}");
    }
    assert!(page.len() < 100_000, "{}", page.len());
}

#[tokio::test(start_paused = true)]
async fn an_address_in_a_description_is_a_link() {
    let check = Check::critical("database", || async {
        Err::<(), _>("see https://evil.example")
    });
    let check = check.description("See https://runbooks.example.com/db, or http://old.example.");
    let health = started(service().check(check)).await;
    let page = page(&health);
    let link = "<a rel=\"noreferrer noopener\" href=\"https://runbooks.example.com/db\">https://runbooks.example.com/db</a>,";
    assert!(page.contains(link), "{page}");
    assert_eq!(page.matches("href=\"http").count(), 1, "{page}");
}

#[tokio::test(start_paused = true)]
async fn the_policy_lets_the_page_run_its_own_script_and_ask_its_own_service() {
    let health = started(service()).await;
    let response = scene::page(&health, "");
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(policy.contains("; script-src 'sha256-"), "{policy}");
    assert!(policy.contains("; connect-src 'self';"), "{policy}");
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
        (&broken, "not alive: broken"),
        (&dead, "not alive"),
        (&draining, "not alive: broken"),
    ] {
        for query in ["", "failing", "paused"] {
            let page = text(scene::page(health, query));
            let before = if query == "paused" { "‖ " } else { "" };
            let title = format!("<title>{before}✕ {heading} · orders</title>");
            assert!(page.contains(&title), "{heading}: {page}");
            assert!(page.contains(r#"<header class="fail">"#), "{page}");
            assert!(!page.contains("Everything is healthy"), "{page}");
        }
        let response = get(health, "", "application/health+json");
        assert_eq!(response.status(), 503, "its draft demands it");
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body["status"], "fail", "{body}");
        assert_eq!(body["serviceId"], "orders", "{body}");
        let response = get(health, "", "text/plain");
        assert_eq!(response.status(), 200);
        let text = text(response);
        let first = text.lines().next().unwrap();
        assert!(
            first.contains(&format!(" · {heading} · not ready · started · up ")),
            "{text}"
        );
        assert_eq!(get(health, "", "*/*").status(), 200);
    }
}

/// A screenshot in the incident's channel tells where and when.
#[tokio::test(start_paused = true)]
async fn every_shape_for_people_names_the_service_and_the_instance_and_when() {
    let health = started(service().service("orders").version("2.14.0")).await;
    let report = health.deep();
    let instance = report.instance.as_deref().expect("this machine has a name");
    let page = page(&health);
    let text = verbose(&health);
    for shape in [&page, &text] {
        for part in ["orders", "2.14.0", instance, " UTC"] {
            assert!(shape.contains(part), "{part}: {shape}");
        }
    }
    assert!(page.contains("<time datetime=\"2"), "{page}");
    let body = get(&health, "", "application/health+json").into_body();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let notes = body["notes"].to_string();
    assert!(notes.contains(&format!("instance: {instance}")), "{body}");
    assert!(notes.contains("at: 2"), "{body}");
}

#[tokio::test(start_paused = true)]
async fn the_text_has_columns_and_a_sign_that_tells_what_takes_the_service_out() {
    let check = |check: Check| check.timeout(Duration::from_secs(1));
    let mut builder = service().service("orders").extend([
        check(Check::critical("database", || async {
            Err::<(), _>("refused\nat 10.0.0.1")
        })),
        check(Check::degraded("search", || async {
            Err::<(), _>("no shard")
        })),
        check(Check::critical("scores", || async {
            Outcome::degraded("old")
        })),
        check(Check::critical("consumer", || async { Ok::<_, &str>(()) }))
            .needed_by([Feature::new("consumer")]),
    ]);
    let catalog = builder.startup_task("catalog");
    catalog.progress(0.4);
    let health = builder.start_paused().unwrap();
    let _consumer = health
        .heartbeat("consumer", Duration::from_mins(1))
        .unwrap();
    sleep(Duration::from_secs(10)).await;
    let text = verbose(&health);
    let lines: Vec<_> = text.lines().skip(3).collect();
    let starts = [
        "[-] database  critical   failed ×",
        "      refused",
        "[!] search    degraded   failed ×",
        "      no shard",
        "[!] scores    critical   degraded ×",
        "      old",
        "[.] catalog   task       running",
        "[.] consumer  feature    not ready: starting",
        "[+] consumer  heartbeat  healthy",
        "[+] consumer  critical   healthy",
    ];
    assert_eq!(lines.len(), starts.len(), "{text}");
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line:?}: {text}");
        assert_eq!(line.trim_end(), *line, "{text}");
    }
    assert!(lines[8].ends_with(" 10 s ago"), "{text}");
    assert!(lines[6].ends_with(" 40 %"), "{text}");
}

/// In the public texts too.
#[tokio::test(start_paused = true)]
async fn a_heartbeat_and_a_task_are_told_from_a_check_of_the_same_name() {
    let mut builder = service().extend([
        Check::liveness("consumer", || Ok::<_, &str>(())),
        Check::startup("catalog", || async { Ok::<_, &str>(()) }),
    ]);
    let catalog = builder.startup_task("catalog");
    catalog.progress(0.4);
    let health = builder.start_paused().unwrap();
    let _consumer = health
        .heartbeat("consumer", Duration::from_mins(1))
        .unwrap();
    sleep(Duration::from_secs(1)).await;
    let endpoints = Endpoints::probes(&health);
    let headers = HeaderMap::new();
    for (path, expected) in [
        (
            "/health/live",
            "alive\n[+]consumer ok\n[+]heartbeat/consumer ok\n",
        ),
        (
            "/health/startup",
            "starting\n[!]task/catalog running 40%\n[+]catalog ok\n",
        ),
    ] {
        let request = Request::new(&Method::GET, path, &headers).with_query(Some("verbose"));
        assert_eq!(text(endpoints.respond_to(&request).unwrap()), expected);
    }
}

/// What is sent to every open page every five seconds has a limit.
#[tokio::test(start_paused = true)]
async fn a_page_is_small() {
    for scene in Scene::ALL {
        let stand = scene.play().await;
        let length = page(&stand.health).len();
        assert!(length <= 60_000, "{scene:?} is {length} bytes");
    }
    let stand = Scene::NotReady.play_with(1_000).await;
    let parts = &stand.health.deep().checks["dependency_30"].history;
    assert_eq!(parts.len(), 30, "the charts are full");
    let length = page(&stand.health).len();
    assert!(length <= 1_500_000, "1,000 checks are {length} bytes");
}
