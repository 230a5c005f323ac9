//! The status page in a real browser. With `HEALTH_TESTS_SCREENSHOTS=<directory>` it leaves pictures there.
#![cfg(unix)]

mod webdriver;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use fantoccini::Locator;
use serde_json::json;
use tests::stage::{Act, Stage};
use tests::{Gauge, Server, free_port};
use webdriver::scene::Scene;
use webdriver::shown::Shown;
use webdriver::{Browser, Scripts};

const PHONE: (u32, u32) = (390, 844);
const DESKTOP: (u32, u32) = (1280, 900);
const WALL: (u32, u32) = (3840, 2160);

#[tokio::test(flavor = "multi_thread")]
async fn it_shows_every_state_without_a_complaint_and_asks_nobody_else() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let mut stage = Stage::start();
    let url = format!("http://{}/health/deep", stage.address);
    for act in Act::ALL {
        stage.go(act).await;
        browser.open(&format!("{url}?paused")).await;
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
        assert_eq!(browser.complaints().await, [""; 0], "{act:?}");
        assert_eq!(browser.asked_elsewhere(&url).await, [""; 0], "{act:?}");
    }
    browser.run("console.error('seen')").await;
    assert_eq!(browser.complaints().await.len(), 1, "it would be seen");
    browser.close().await;
}

/// On a phone, at a desk and on a wall, in both schemes and on paper: nothing is wider than the window, and every
/// text has its contrast.
#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_readable_wherever_it_is_read() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    for scene in Scene::ALL {
        let shown = Shown::start(scene).await;
        browser.open(&shown.url("paused")).await;
        pictures(&browser, &format!("{scene:?}")).await;
        for size in [PHONE, DESKTOP, WALL] {
            browser.resize(size).await;
            let width = browser
                .run("return document.documentElement.scrollWidth")
                .await;
            assert!(
                width.as_u64().unwrap() <= size.0.into(),
                "{scene:?} at {size:?}: {width}"
            );
        }
        browser.run(OPEN_ALL).await;
        for (medium, scheme) in [("screen", "light"), ("screen", "dark"), ("print", "dark")] {
            browser
                .prefer(medium, &[("prefers-color-scheme", scheme)])
                .await;
            let poor = browser.run(POOR_CONTRAST).await;
            assert_eq!(poor, json!([]), "{scene:?} {medium} {scheme}");
        }
        browser.prefer("screen", &[]).await;
        assert_eq!(browser.complaints().await, [""; 0], "{scene:?}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_35_checks_is_two_screens_and_four_sheets() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    for scene in [Scene::Ready, Scene::Stale] {
        let shown = Shown::start(scene).await;
        browser.resize(DESKTOP).await;
        browser.open(&shown.url("paused")).await;
        let height = browser
            .run("return document.documentElement.scrollHeight")
            .await;
        assert!(height.as_u64().unwrap() <= 2_000, "{scene:?}: {height}");
        let sheets = browser.sheets().await;
        assert!((1..=4).contains(&sheets), "{scene:?}: {sheets}");
    }
    browser.close().await;
}

/// Where colours are the reader's own, the filter and the states are told by lines and signs.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_by_a_background_alone() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let shown = Shown::start(Scene::Degraded).await;
    browser.open(&shown.url("paused")).await;
    browser
        .prefer("screen", &[("forced-colors", "active")])
        .await;
    let borders = "return [...document.querySelectorAll('nav a')].map(a => getComputedStyle(a).borderTopWidth)";
    assert_eq!(browser.run(borders).await, json!(["2px", "1px"]));
    let marks = "return [...document.querySelectorAll('.rows details')].map(row => [row.className, \
        getComputedStyle(row.firstChild, '::before').content, getComputedStyle(row.firstChild, '::before').borderTopWidth])";
    for mark in browser.run(marks).await.as_array().unwrap() {
        let sign = match mark[0].as_str().unwrap() {
            "fail" => "✕",
            "warn" => "!",
            "pass" => "✓",
            other => panic!("{other}"),
        };
        assert!(mark[1].as_str().unwrap().contains(sign), "{mark}");
        assert_eq!(mark[2], "1px", "{mark}");
    }
    browser.close().await;
}

/// From the keyboard everything is reached, and it is seen what is.
#[tokio::test(flavor = "multi_thread")]
async fn a_keyboard_reaches_what_scrolls_and_what_opens() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let shown = Shown::start(Scene::Ready).await;
    browser.open(&shown.url("paused")).await;
    browser
        .run("document.getElementById('check-dependency_5').open = true")
        .await;
    let mut reached = Vec::new();
    for _ in 0..60 {
        browser.press("\u{e004}").await;
        let outline = "const at = document.activeElement; \
            return [at.closest('[id]')?.id ?? at.textContent, at.tagName, getComputedStyle(at).outlineStyle]";
        reached.push(browser.run(outline).await);
    }
    for expected in [
        json!(["resume", "A", "solid"]),
        json!(["Resume", "A", "solid"]),
        json!(["check-dependency_5", "SUMMARY", "solid"]),
        json!(["check-dependency_5", "PRE", "solid"]),
        json!(["check-dependency_5", "A", "solid"]),
    ] {
        assert!(reached.contains(&expected), "no {expected} in {reached:?}");
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_check_says_is_seen_and_does_nothing() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let shown = Shown::start(Scene::Hostile).await;
    browser.open(&shown.url("")).await;
    shown.is_asked_again().await;
    let found = "return document.querySelectorAll('main script, img, iframe, object, base, form, [onerror], [style], meta[content*=url]').length";
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
    assert_eq!(browser.complaints().await, [""; 0]);
    assert_eq!(browser.asked_elsewhere(&shown.url("")).await, [""; 0]);
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_shows_what_is_not_healthy_and_outlives_a_refresh() {
    for scripts in [Scripts::Run, Scripts::Blocked] {
        let Some(browser) = Browser::start(scripts).await else {
            return;
        };
        let mut stage = Stage::start();
        stage.go(Act::Degraded).await;
        browser
            .open(&format!("http://{}/health/deep", stage.address))
            .await;
        browser
            .comes_to(
                ROWS,
                json!(["search", "mails_go", "database", "catalog", "orders"]),
            )
            .await;
        browser
            .run("document.querySelector('nav a:last-child').click()")
            .await;
        browser.comes_to(ROWS, json!(["search"])).await;
        stage.go(Act::NotReady).await;
        browser.comes_to(ROWS, json!(["database", "orders"])).await;
        browser
            .run("document.querySelector('header .when a').click()")
            .await;
        browser
            .comes_to(
                "return document.querySelector('.notice b').innerText",
                json!("Paused."),
            )
            .await;
        stage.go(Act::Degraded).await;
        assert_eq!(browser.run(ROWS).await, json!(["database", "orders"]));
        browser
            .run("document.querySelector('header .when a').click()")
            .await;
        browser.comes_to(ROWS, json!(["search"])).await;
        browser.close().await;
    }
}

/// With its script a page takes over what changed and leaves the reader alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_keeps_what_the_reader_does() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let mut stage = Stage::start();
    stage.go(Act::NotReady).await;
    browser.resize((700, 320)).await;
    browser
        .open(&format!("http://{}/health/deep", stage.address))
        .await;
    browser
        .run(
            "window.isTheSame = true; \
         document.getElementById('check-search').open = true; \
         document.getElementById('check-database').scrollIntoView(); \
         document.querySelector('#check-search summary').focus({preventScroll: true}); \
         const error = document.querySelector('#check-database .error').firstChild; \
         getSelection().setBaseAndExtent(error, 0, error, 10); \
         window.before = [scrollY, document.querySelector('.when time').innerText]",
        )
        .await;
    let kept = "return [window.isTheSame === true, document.getElementById('check-search').open, \
        scrollY === window.before[0] && scrollY > 0, document.activeElement.parentElement.id, getSelection().toString(), \
        document.querySelector('.when time').innerText !== window.before[1]]";
    let expected = json!([true, true, true, "check-search", "connection", true]);
    browser.comes_to(kept, expected.clone()).await;
    // Another refresh, in which rows change places.
    browser
        .run("window.before[1] = document.querySelector('.when time').innerText")
        .await;
    browser.comes_to(kept, expected).await;
    browser
        .run("document.getElementById('check-database').open = false")
        .await;
    stage.go(Act::Degraded).await;
    browser.comes_to(
        "return [window.isTheSame === true, document.getElementById('check-search').open, \
            document.getElementById('check-database').open, document.activeElement.parentElement.id, \
            document.querySelector('.rows details').id]",
        json!([true, true, false, "check-search", "check-search"]),
    )
    .await;
    stage.go(Act::NotReady).await;
    browser.comes_to(
        "return [document.getElementById('check-database').open, document.querySelector('.rows details').id]",
        json!([true, "check-database"]),
    )
    .await;
    assert_eq!(browser.complaints().await, [""; 0]);
    browser.close().await;
}

/// A service that no longer answers leaves no page behind that could be taken for its word.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_that_the_service_does_not_answer() {
    for scripts in [Scripts::Run, Scripts::Blocked] {
        let Some(browser) = Browser::start(scripts).await else {
            return;
        };
        let directory = tempfile::tempdir().unwrap();
        let port = free_port();
        let url = format!("http://127.0.0.1:{port}/health/deep");
        let mut service = serve(port, directory.path());
        match scripts {
            Scripts::Run => browser.open_patiently(&url).await,
            Scripts::Blocked => {
                // From a window beside it, since one that waits for its next page answers no questions.
                browser.open_patiently(&url.replace("deep", "ready")).await;
                browser.run("window.other = open('/health/deep')").await;
            }
        }
        browser
            .comes_to(LOOKS_LOST, json!([false, "✓ ready · orders"]))
            .await;
        let lost = match scripts {
            Scripts::Run => json!([true, "? ✓ ready · orders"]),
            Scripts::Blocked => json!([true, "✓ ready · orders"]),
        };
        service.freeze();
        let began = Instant::now();
        browser.comes_to(LOOKS_LOST, lost.clone()).await;
        println!("{scripts:?}: said so {:?} after it froze", began.elapsed());
        picture(&browser, &format!("Frozen-{scripts:?}")).await;
        service.thaw();
        browser
            .comes_to(LOOKS_LOST, json!([false, "✓ ready · orders"]))
            .await;
        if scripts == Scripts::Run {
            // Without it the browser shows its own page, and knows itself when to come back.
            browser.run("window.isTheSame = true").await;
            service.kill();
            browser.comes_to(LOOKS_LOST, lost).await;
            service = serve(port, directory.path());
            browser
                .comes_to(LOOKS_LOST, json!([false, "✓ ready · orders"]))
                .await;
            assert_eq!(
                browser.run("return window.isTheSame === true").await,
                json!(true)
            );
        }
        service.kill();
        browser.close().await;
    }
}

/// What answers in the service's place, such as a page to sign in at, is no news of the service.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_page_of_the_service_is_none() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let shown = Shown::start(Scene::Ready).await;
    for other in [
        "new Response('<header><h1>not ready</h1></header>', {status: 503})",
        "new Response('<h1>Sign in</h1>')",
        "Promise.reject('no network')",
    ] {
        browser.open(&shown.url("")).await;
        browser
            .run(&format!("window.fetch = async () => {other}"))
            .await;
        browser
            .comes_to(LOOKS_LOST, json!([true, "? ✓ ready · orders"]))
            .await;
    }
    browser.close().await;
}

/// A service that was rolled out anew has another style and another script.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_another_version_is_loaded_anew() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let shown = Shown::start(Scene::Ready).await;
    for part in ["style", "script"] {
        browser.open(&shown.url("")).await;
        let is_old = format!("document.querySelector('{part}').append(' '); window.isOld = true");
        browser.run(&is_old).await;
        browser
            .comes_to("return window.isOld === undefined", json!(true))
            .await;
    }
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_asks_once_at_a_time_and_not_while_nobody_sees_it() {
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let shown = Shown::start(Scene::Ready).await;
    browser.open(&shown.url("")).await;
    shown.is_asked_again().await;
    // From now on it never answers.
    let asked: Gauge = shown.hold();
    tests::eventually("three were asked and given up", || asked.ever() >= 3).await;
    assert_eq!(asked.most(), 1, "one at a time");
    browser
        .run("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
        .await;
    shown.release();
    let before = shown.asked();
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert!(shown.asked() <= before + 1, "one may have been on its way");
    browser
        .run("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
        .await;
    shown.is_asked_again().await;
    browser
        .comes_to(LOOKS_LOST, json!([false, "✓ ready · orders"]))
        .await;
    browser.close().await;
}

fn serve(port: u16, directory: &Path) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_service"));
    command.args(["page", &port.to_string()]);
    Server::start(command, directory, None).unwrap()
}

/// The names of what is to be seen.
const ROWS: &str = "return [...document.querySelectorAll('.rows .name')].filter(h => h.checkVisibility()).map(h => h.innerText)";

/// Whether the notice is seen, the rest is grey, and the heading is crossed out; and the tab's title.
const LOOKS_LOST: &str = "\
    const page = window.other ?? window, document = page.document; \
    const style = name => page.getComputedStyle(document.querySelector(name)); \
    const box = document.querySelector('.notice').getBoundingClientRect(); \
    const signs = [style('.notice').visibility === 'visible' && box.height > 30 && box.top >= 0 && box.top < 20, \
        style('header').filter !== 'none', style('main').filter !== 'none', \
        style('h1').textDecorationLine === 'line-through']; \
    const all = signs.every(sign => sign); \
    return [all || (signs.some(sign => sign) && signs), document.title]";

const OPEN_ALL: &str = "document.querySelectorAll('details').forEach(row => row.open = true)";

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

/// Leaves pictures for people to look at, if they asked for them.
async fn pictures(browser: &Browser, name: &str) {
    for (device, size) in [("phone", PHONE), ("desktop", DESKTOP), ("wall", WALL)] {
        browser.resize(size).await;
        for scheme in ["light", "dark"] {
            browser
                .prefer("screen", &[("prefers-color-scheme", scheme)])
                .await;
            picture(browser, &format!("{name}-{device}-{scheme}")).await;
        }
    }
}

async fn picture(browser: &Browser, name: &str) {
    let Ok(directory) = std::env::var("HEALTH_TESTS_SCREENSHOTS") else {
        return;
    };
    let path = Path::new(&directory).join(format!("{name}.png"));
    fs::write(path, browser.picture().await).unwrap();
}

/// What a browser's accessibility tree is made of is held against the rules that the web agreed on.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_stands_in_the_way_of_a_reader_with_assistive_technology() {
    let Some(axe) = webdriver::tool("axe-core/axe.min.js") else {
        return;
    };
    let Some(browser) = Browser::start(Scripts::Run).await else {
        return;
    };
    let axe = fs::read_to_string(axe).unwrap();
    for scene in Scene::ALL {
        let shown = Shown::start(scene).await;
        for query in ["", "paused", "failing"] {
            for scheme in ["light", "dark"] {
                browser
                    .prefer("screen", &[("prefers-color-scheme", scheme)])
                    .await;
                browser.open(&shown.url(query)).await;
                browser.run(&axe).await;
                let violations = browser.run_and_wait(VIOLATIONS).await;
                assert_eq!(violations, json!([]), "{scene:?} ?{query} {scheme}");
            }
        }
    }
    browser.close().await;
}

const VIOLATIONS: &str = "
    const done = arguments[0];
    document.querySelectorAll('details').forEach(row => row.open = true);
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    axe.run({ runOnly: rules }).then(result => done(
        result.violations.map(rule => [rule.id, rule.nodes.slice(0, 3).map(node => node.html)])));
";

/// Every state is HTML as its standard has it.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_valid() {
    let Some(validator) = webdriver::tool("vnu-jar/build/dist/vnu.jar") else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new("java");
    command
        .arg("-jar")
        .arg(validator)
        .args(["--errors-only", "--also-check-css"]);
    for scene in Scene::ALL {
        let shown = Shown::start(scene).await;
        for query in ["", "paused", "failing"] {
            let path = directory.path().join(format!("{scene:?}-{query}.html"));
            fs::write(&path, shown.page(query)).unwrap();
            command.arg(path);
        }
    }
    let output = command.output().expect("the validator needs Java");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}
