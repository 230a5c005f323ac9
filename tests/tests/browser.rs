//! The status page in a real browser. With `HEALTH_TESTS_SCREENSHOTS=<directory>` it leaves pictures there.
#![cfg(unix)]

mod webdriver;

use std::fs;
use std::path::Path;
use std::time::Duration;

use fantoccini::Locator;
use health_core::{Builder, Check, Details, Outcome};
use serde_json::{Value, json};
use tests::eventually;
use tests::service;
use tests::stage::{Act, Stage};
use webdriver::Browser;

const PHONE: (u32, u32) = (390, 844);
const DESKTOP: (u32, u32) = (1280, 900);

/// One that acts in every way that a text can, if it is let.
const HOSTILE: &str = "</pre></svg></style><script>document.title='owned'</script><img src=//example.com/x onerror=alert(2)>\
    <meta http-equiv=refresh content='0;url=//example.com'> \"'&amp; \u{1b}[2J\u{0}\u{7} \u{202e}gnp.exe\u{2066} javascript:alert(3)";

fn url(stage: &Stage) -> String {
    format!("http://{}/health/deep", stage.address)
}

/// The page that does not refresh itself under a test's hands.
fn still(stage: &Stage) -> String {
    format!("{}?still", url(stage))
}

/// One of everything that a page can show.
fn busy() -> Builder {
    let dozes = |n: u64| async move {
        tokio::time::sleep(Duration::from_millis(n)).await;
    };
    let turns = std::sync::atomic::AtomicU64::new(0);
    let flaky = Check::degraded("payments", move || {
        let turn = turns.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        async move {
            dozes(turn * 7 % 23).await;
            match turn % 9 {
                4 => Err("502 Bad Gateway"),
                6 => Ok(Outcome::degraded("slow").with_details(json!({"queue": turn}))),
                _ => Ok(Outcome::passed()
                    .with_details(json!({"queue": turn, "region": "eu-central-1"}))),
            }
        }
    });
    let once = Check::startup_blocking("migrations_applied", || Ok::<_, &str>(()));
    let moves = Check::liveness("consumer_moves", || {
        Ok::<_, &str>(Details(json!({"offset": 182_736_451_u64, "lag": 3})))
    });
    service().version("1.4.2").extend([
        flaky
            .interval(Duration::from_millis(100))
            .retry(Duration::from_millis(100))
            .timeout(Duration::from_millis(100))
            .fail_after(3)
            .description("Cards are charged here."),
        once,
        moves,
    ])
}

/// What a check that somebody else writes into may say.
fn hostile() -> Builder {
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

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_every_state_without_a_complaint_and_asks_nobody_else() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let mut stage = Stage::with(busy());
    let _mailer = stage.health.heartbeat("mailer", Duration::from_hours(1));
    for act in Act::ALL {
        stage.go(act).await;
        browser.open(&still(&stage)).await;
        let heading = browser.client.find(Locator::Css("h1")).await.unwrap();
        let text = heading.text().await.unwrap();
        let expected = match act {
            Act::Starting => "not ready: starting",
            Act::Ready => "ready",
            Act::Degraded => "degraded",
            Act::NotReady | Act::Hung => "not ready",
            Act::NotAlive => "not alive",
            Act::Draining => "not ready: draining",
        };
        assert!(text.to_lowercase().contains(expected), "{act:?}: {text}");
        pictures(&browser, &format!("{act:?}")).await;
        assert_eq!(browser.complaints().await, [""; 0], "{act:?}");
        assert_eq!(
            browser.asked_elsewhere(&url(&stage)).await,
            [""; 0],
            "{act:?}"
        );
    }
    browser.run("console.error('seen')").await;
    assert_eq!(browser.complaints().await.len(), 1, "it would be seen");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_check_says_is_seen_and_does_nothing() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let mut stage = Stage::with(hostile());
    stage.go(Act::NotReady).await;
    eventually("all have run", || {
        stage
            .health
            .deep()
            .checks
            .values()
            .all(|check| check.last_run.is_some())
    })
    .await;
    browser.open(&still(&stage)).await;
    pictures(&browser, "Hostile").await;
    let found = "return document.querySelectorAll('script, img, iframe, object, base, form, [onerror], [style], meta[content*=url]').length";
    assert_eq!(browser.run(found).await, json!(0));
    assert_ne!(browser.client.title().await.unwrap(), "owned");
    browser.client.get_alert_text().await.expect_err("no alert");
    let seen = browser.run("return document.body.innerText").await;
    let seen = seen.as_str().unwrap();
    assert!(
        seen.contains("<script>document.title='owned'</script>"),
        "{seen}"
    );
    for acts in ['\u{1b}', '\u{7}', '\u{202e}', '\u{2066}', '\0'] {
        assert!(!seen.contains(acts), "{acts:?} in {seen}");
    }
    for size in [PHONE, DESKTOP] {
        fits(&browser, size, "Hostile").await;
    }
    assert_eq!(browser.complaints().await, [""; 0]);
    assert_eq!(browser.asked_elsewhere(&url(&stage)).await, [""; 0]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_shows_what_is_wrong_and_outlives_a_refresh() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let mut stage = Stage::start();
    stage.go(Act::Degraded).await;
    browser.open(&url(&stage)).await;
    comes_to(
        &browser,
        SHOWN,
        json!(["search", "database", "mails_go", "orders", "catalog"]),
    )
    .await;
    browser
        .run("document.querySelector('nav a:last-child').click()")
        .await;
    comes_to(&browser, SHOWN, json!(["search"])).await;
    // Nothing of it is left when the page is another.
    browser.run("document.body.className = 'as it was'").await;
    comes_to(&browser, "return document.body.className", json!("")).await;
    comes_to(&browser, SHOWN, json!(["search"])).await;
    browser
        .run("document.querySelector('footer a').click()")
        .await;
    let refreshes = "return document.querySelectorAll('meta[http-equiv=refresh]').length";
    comes_to(&browser, refreshes, json!(0)).await;
    comes_to(&browser, SHOWN, json!(["search"])).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_readable_on_a_phone_and_in_both_schemes() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let mut stage = Stage::with(busy());
    stage.go(Act::Degraded).await;
    browser.open(&still(&stage)).await;
    for size in [PHONE, DESKTOP] {
        fits(&browser, size, "Degraded").await;
        for scheme in ["light", "dark"] {
            prefer(&browser, scheme).await;
            let poor = browser.run(POOR_CONTRAST).await;
            assert_eq!(poor, json!([]), "{scheme}");
        }
    }
    browser.close().await;
}

/// Every text whose contrast with what is behind it is below 4.5, which is what WCAG asks for.
const POOR_CONTRAST: &str = r"
    const channels = color => color.match(/[\d.]+/g).map(Number);
    const light = color => {
        const [r, g, b] = channels(color).map(c => c / 255)
            .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
        const color = getComputedStyle(element).backgroundColor;
        const transparent = channels(color)[3] === 0;
        return transparent && element.parentElement ? behind(element.parentElement) : color;
    };
    const poor = [];
    for (const element of document.querySelectorAll('body *:not(svg *)')) {
        const says = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (!says || !element.checkVisibility()) continue;
        const pair = [light(getComputedStyle(element).color), light(behind(element))];
        const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
        if (contrast < 4.5) poor.push([element.outerHTML.slice(0, 200), contrast]);
    }
    return poor;
";

/// The names of what is to be seen.
const SHOWN: &str = "return [...document.querySelectorAll('h3')].filter(h => h.checkVisibility()).map(h => h.innerText)";

/// Waits until a script returns this, also across the page's own refreshing.
async fn comes_to(browser: &Browser, script: &str, expected: Value) {
    let mut last = None;
    for _ in 0..300 {
        last = browser.try_run(script).await;
        if last.as_ref() == Some(&expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("`{script}` is not {expected} within 30 s, but {last:?}");
}

async fn prefer(browser: &Browser, scheme: &str) {
    let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
    let media = json!({ "features": features });
    browser.devtools("Emulation.setEmulatedMedia", media).await;
}

/// Nothing is wider than the window.
async fn fits(browser: &Browser, size: (u32, u32), what: &str) {
    browser.resize(size).await;
    let width = browser
        .run("return document.documentElement.scrollWidth")
        .await;
    assert!(
        width.as_u64().unwrap() <= size.0.into(),
        "{what} at {size:?}: {width}"
    );
}

/// Leaves pictures for people to look at, if they asked for them.
async fn pictures(browser: &Browser, name: &str) {
    let Ok(directory) = std::env::var("HEALTH_TESTS_SCREENSHOTS") else {
        return;
    };
    for (device, size) in [("phone", PHONE), ("desktop", DESKTOP)] {
        browser.resize(size).await;
        for scheme in ["light", "dark"] {
            prefer(browser, scheme).await;
            let path = Path::new(&directory).join(format!("{name}-{device}-{scheme}.png"));
            fs::write(path, browser.picture().await).unwrap();
        }
    }
}
