mod changes;
mod chart;
mod header;
mod html;
mod row;
pub(crate) mod view;

use health_core::Report;
use http::HeaderValue;

use self::changes::write_changes;
use self::header::{State, write_header, write_notice};
use self::html::Html;
use self::row::write_row;
use self::view::View;
use crate::answer::rows::{Row, rows};
use crate::answer::tone::Tone;

const STYLE: &str = include_str!("../../templates/page.css");
const SCRIPT: &str = include_str!("../../templates/page.js");

/// The page may show its own style and icon, run its own script, and ask this service; it loads nothing, and sends
/// nothing anywhere else.
pub(crate) const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'sha256-7LaS+HI6I9kCHD3fo+uLiSvQAD/8IDrAedVgY2QGCcM='; script-src 'sha256-5idI1BQJwWz6Yrm3y2W+JjA6E185uZEwmoHKBY6Gfb4='; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Writes the private answer as a page, which reads without its script too.
pub(crate) fn page(report: &Report, view: View) -> String {
    let rows = rows(report);
    let shown = if view.failing { 0 } else { rows.len() };
    let mut html = Html::with_capacity(STYLE.len() + SCRIPT.len() + 4096 + 1400 * shown);
    let state = State::of(report, &rows);
    write_head(&mut html, report, &state, view);
    html.raw(if view.paused {
        "<body class=\"paused\">\n"
    } else {
        "<body>\n"
    });
    write_notice(&mut html, report, view);
    write_header(&mut html, report, &rows, &state, view);
    html.raw("<main>\n");
    let (failing, healthy): (Vec<_>, Vec<_>) = rows.iter().partition(|row| !row.is_healthy());
    write_section(&mut html, ("failing", "Not healthy"), &failing, report);
    if view.failing && failing.is_empty() && state.tone == Tone::Pass {
        html.raw("<p>Everything is healthy.</p>\n");
    }
    write_changes(&mut html, report);
    if !view.failing {
        write_section(&mut html, ("healthy", "Healthy"), &healthy, report);
    }
    html.raw("</main>\n");
    if !view.paused {
        html.raw("<script>").raw(SCRIPT).raw("</script>\n");
    }
    html.raw("</body>\n</html>\n");
    html.finish()
}

fn write_head(html: &mut Html, report: &Report, state: &State, view: View) {
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
        .raw("<meta name=\"robots\" content=\"noindex\">\n");
    if !view.paused {
        html.raw("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>\n");
    }
    // What does not change must not be taken for what is.
    let (before, icon_tone) = if view.paused {
        ("‖ ", Tone::Wait)
    } else {
        ("", state.tone)
    };
    html.raw("<title>")
        .raw(before)
        .raw(state.tone.mark())
        .raw(" ")
        .value(state.words)
        .raw(" · ")
        .text(&report.service)
        .raw("</title>\n<link rel=\"icon\" href=\"data:image/svg+xml,")
        .raw("%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2016%2016'%3E")
        .raw(icon(icon_tone))
        .raw("%3C/svg%3E\">\n<style>")
        .raw(STYLE)
        .raw("</style>\n</head>\n");
}

/// What stands in the browser's tab, by form as well as by colour.
fn icon(tone: Tone) -> &'static str {
    match tone {
        Tone::Pass => "%3Ccircle%20cx='8'%20cy='8'%20r='7'%20fill='%231a7f37'/%3E",
        Tone::Warn => "%3Cpath%20d='M8%201l8%2014H0z'%20fill='%23d29922'/%3E",
        Tone::Wait => "%3Cpath%20d='M0%205h16v6H0z'%20fill='%23818b98'/%3E",
        Tone::Fail => "%3Cpath%20d='M1%201h14v14H1z'%20fill='%23cf222e'/%3E",
    }
}

/// Writes rows below a title. Also where there are none, so that a row finds its next place.
fn write_section(
    html: &mut Html,
    (id, title): (&'static str, &'static str),
    rows: &[&Row<'_>],
    report: &Report,
) {
    html.raw("<section id=\"")
        .raw(id)
        .raw(if rows.is_empty() {
            "\" hidden><h2>"
        } else {
            "\"><h2>"
        })
        .raw(title)
        .raw("</h2>\n<div class=\"rows\">\n");
    for row in rows {
        write_row(html, row, report);
    }
    html.raw("</div></section>\n");
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_policy_allows_just_this_style_and_this_script() {
        let policy = POLICY;
        let policy = policy.to_str().unwrap();
        for (name, text) in [("style", STYLE), ("script", SCRIPT)] {
            let hash = BASE64_STANDARD.encode(Sha256::digest(text));
            let source = format!("{name}-src 'sha256-{hash}';");
            assert!(policy.contains(&source), "it has changed: {source}");
        }
    }
}
