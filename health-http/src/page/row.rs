use std::sync::Arc;
use std::time::SystemTime;

use health_core::{CheckReport, Class, Report};

use super::chart::write_chart;
use super::html::Html;
use crate::answer::entry::percent;
use crate::answer::rows::{Row, Subject};
use crate::format::sentence::last_seen;
use crate::format::times::{Span, rfc3339_seconds, since, utc};
use crate::format::visible::beginning;

/// Writes what the page tells of one thing: a line, and what opens behind it.
pub(super) fn write_row(html: &mut Html, row: &Row<'_>, report: &Report) {
    html.raw(r#"<details id=""#)
        .raw(row.subject.kind())
        .raw("-")
        .text(row.name)
        .raw(r#"" class=""#)
        .raw(row.tone.class())
        .raw(if row.is_past { " past" } else { "" });
    html.raw(if row.is_open() { "\" open>" } else { "\">" });
    write_line(html, row, report.at);
    match row.subject {
        Subject::Check(check) => write_check(html, row.name, check),
        Subject::Heartbeat(heartbeat) => {
            html.raw("<p>Last beat ")
                .value(Span(heartbeat.age))
                .raw(" ago, longest gap allowed ")
                .value(Span(heartbeat.max_gap))
                .raw(".</p>");
        }
        Subject::Task(task) => {
            write_error(html, task.error.as_ref());
            html.raw("<p>What startup waits for.</p>");
        }
        Subject::Feature(_) => write_needs(html, row.name, report),
    }
    html.raw("</details>\n");
}

fn write_line(html: &mut Html, row: &Row<'_>, at: Option<SystemTime>) {
    html.raw(r#"<summary><b class="name">"#)
        .text(row.name)
        .raw(r#"</b><span class="kind">"#)
        .raw(row.subject.class())
        .raw(r#"</span><span class="state"><b>"#)
        .value(row.word())
        .raw("</b>");
    if let Some(seen) = last_seen(row) {
        html.raw(", ").text(&seen);
    } else if let Some((time, lasting)) = row.since().zip(since(row.since(), at)) {
        html.raw(" ");
        write_time(html, time, |html| html.value(lasting));
    }
    html.raw("</span>");
    match row.subject {
        Subject::Check(check) => {
            write_chart(html, &check.history, check.timeout);
            if let Some(latency) = check.latency {
                html.raw(r#"<span class="last">"#)
                    .value(Span(latency))
                    .raw("</span>");
            }
        }
        Subject::Task(task) => {
            let percent = percent(task.progress);
            html.raw(r#"<progress max="100" value=""#)
                .value(percent)
                .raw(r#"" aria-label=""#)
                .text(row.name)
                .raw(r#""></progress><span class="last">"#)
                .value(percent)
                .raw("\u{a0}%</span>");
        }
        Subject::Heartbeat(heartbeat) => {
            html.raw(r#"<span class="last">"#)
                .value(Span(heartbeat.age))
                .raw(" ago</span>");
        }
        Subject::Feature(_) => {}
    }
    html.raw("</summary>\n");
}

fn write_check(html: &mut Html, name: &str, check: &CheckReport) {
    write_error(html, check.error.as_ref());
    if let Some(description) = &check.description {
        html.raw(r#"<p dir="auto">"#);
        write_prose(html, description);
        html.raw("</p>");
    }
    if !check.details.is_null() {
        html.raw(r#"<pre tabindex="0" role="group" aria-label="Details of "#)
            .text(name)
            .raw("\">");
        write_beginning(html, &format!("{:#}", check.details));
        html.raw("</pre>");
    }
    html.raw(r#"<p class="facts">"#);
    if let Some(since) = check.since.and_then(utc) {
        html.raw("Since ").text(&since).raw("; last run ");
    } else {
        html.raw("Last run ");
    }
    match check.age {
        Some(age) => html.value(Span(age)).raw(" ago"),
        None => html.raw("has not ended yet"),
    };
    if let Some(stuck) = check.stuck_for {
        html.raw(", past its deadline for ").value(Span(stuck));
    }
    if check.consecutive_failures > 0 {
        html.raw(", ")
            .value(check.consecutive_failures)
            .raw(" in a row did not pass");
    }
    html.raw(". ");
    write_settings(html, check);
    if !check.needed_by.is_empty() {
        html.raw(" Needed by ");
        for (n, feature) in check.needed_by.iter().enumerate() {
            html.raw(if n > 0 { ", " } else { "" });
            write_link(html, "feature", feature.name());
        }
        html.raw(".");
    }
    html.raw(" <code>")
        .text(&check.declared_at)
        .raw("</code></p>");
}

/// What was declared, and does not change.
fn write_settings(html: &mut Html, check: &CheckReport) {
    match check.interval {
        Some(interval) => {
            html.raw("Every ").value(Span(interval)).raw(", in doubt ");
        }
        None => {
            html.raw("Until it passes every ");
        }
    }
    html.value(Span(check.retry))
        .raw("; timeout ")
        .value(Span(check.timeout));
    if check.class != Class::Startup {
        html.raw("; falls after ")
            .value(check.fail_after)
            .raw(", rises after ")
            .value(check.pass_after);
    }
    html.raw(".");
}

/// Which checks a feature needs.
fn write_needs(html: &mut Html, feature: &str, report: &Report) {
    let needs = |check: &CheckReport| {
        check
            .needed_by
            .iter()
            .any(|needed| needed.name() == feature)
    };
    let needed = report.checks.iter().filter(|(_, check)| needs(check));
    html.raw("<p>Needs ");
    for (n, (name, _)) in needed.enumerate() {
        html.raw(if n > 0 { ", " } else { "" });
        write_link(html, "check", name);
    }
    html.raw(".</p>");
}

fn write_link(html: &mut Html, kind: &'static str, name: &str) {
    html.raw(r##"<a href="#"##)
        .raw(kind)
        .raw("-")
        .text(name)
        .raw("\">")
        .text(name)
        .raw("</a>");
}

fn write_error(html: &mut Html, error: Option<&Arc<str>>) {
    if let Some(error) = error {
        html.raw(r#"<pre class="error">"#);
        write_beginning(html, error);
        html.raw("</pre>");
    }
}

/// Writes the beginning of a text that somebody else wrote, and says how much is left out.
fn write_beginning(html: &mut Html, text: &str) {
    let (shown, missing) = beginning(text);
    html.lines(shown);
    if missing > 0 {
        html.raw("\n… and ").value(missing).raw(" bytes more");
    }
}

/// Writes a text in which addresses of runbooks and dashboards are links.
fn write_prose(html: &mut Html, text: &str) {
    let (shown, missing) = beginning(text);
    let mut rest = shown;
    while let Some((start, link)) = first_link(rest) {
        html.lines(&rest[..start])
            .raw("<a rel=\"noreferrer noopener\" href=\"")
            .text(link)
            .raw("\">")
            .text(link)
            .raw("</a>");
        rest = &rest[start + link.len()..];
    }
    html.lines(rest);
    if missing > 0 {
        html.raw("\n… and ").value(missing).raw(" bytes more");
    }
}

/// The first address in a text, and where it starts: `https` alone, in characters of an address alone, and without
/// a user before the host, who could be taken for the host.
fn first_link(text: &str) -> Option<(usize, &str)> {
    const SCHEME: &str = "https://";
    text.match_indices(SCHEME).find_map(|(start, _)| {
        let begins_a_word = !text[..start].ends_with(|c: char| c.is_alphanumeric());
        let in_address =
            |c: &char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(*c);
        let end = text[start..].chars().take_while(in_address).count();
        // What stands behind it belongs to the sentence.
        let link = text[start..start + end]
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        let host = link[SCHEME.len().min(link.len())..]
            .split(['/', '?', '#'])
            .next()?;
        let is_link = begins_a_word && !host.is_empty() && !host.contains('@');
        is_link.then_some((start, link))
    })
}

/// Writes something about a time, which stands there for machines.
pub(super) fn write_time(
    html: &mut Html,
    time: SystemTime,
    text: impl FnOnce(&mut Html) -> &mut Html,
) {
    match rfc3339_seconds(time) {
        Some(exact) => {
            html.raw("<time datetime=\"").text(&exact).raw("\">");
            text(html).raw("</time>");
        }
        None => {
            text(html);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_https_is_a_link_and_nothing_else_is() {
        for (text, expected) in [
            ("See https://run.book/db.", Some("https://run.book/db")),
            (
                "(https://run.book/?a=b&c#d)",
                Some("https://run.book/?a=b&c#d"),
            ),
            ("https://run.book:8443", Some("https://run.book:8443")),
            ("http://run.book https://b", Some("https://b")),
            ("http://run.book", None),
            ("javascript:alert(1)", None),
            ("xhttps://run.book", None),
            ("https://", None),
            ("https://good.com@evil.com/", None),
            ("https://гугл.com", None),
        ] {
            assert_eq!(first_link(text).map(|(_, link)| link), expected, "{text}");
        }
        let mut html = Html::default();
        write_prose(&mut html, "<b> https://a.b/\"onclick=x and https://c.d");
        assert_eq!(
            html.finish(),
            "&lt;b&gt; <a rel=\"noreferrer noopener\" href=\"https://a.b/\">https://a.b/</a>&quot;onclick=x and \
             <a rel=\"noreferrer noopener\" href=\"https://c.d\">https://c.d</a>"
        );
    }
}
