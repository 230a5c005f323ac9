use health_core::{Report, StartupStatus};

use super::html::Html;
use super::row::write_time;
use super::view::View;
use crate::answer::grade::Grade;
use crate::answer::heading::Heading;
use crate::answer::rows::{Row, Words};
use crate::answer::tone::Tone;
use crate::format::sentence::sentence;
use crate::format::times::{Span, utc};

/// How the whole service is.
pub(super) struct State {
    pub(super) tone: Tone,
    pub(super) words: Words,
}

impl State {
    pub(super) fn of(report: &Report, rows: &[Row<'_>]) -> State {
        let heading = Heading::of(report);
        State {
            tone: heading.tone(rows),
            words: heading.words(),
        }
    }
}

/// What is to be seen before everything else when the page is not of now.
pub(super) fn write_notice(html: &mut Html, report: &Report, view: View) {
    if view.paused {
        html.raw("<aside class=\"notice\" aria-label=\"Paused\"><b>Paused.</b> So it stood");
        write_at(html, report, " at ");
        html.raw("; it does not change until you <a href=\"")
            .raw(view.resumed().link())
            .raw("\">resume</a>.</aside>\n");
    } else {
        html.raw("<p class=\"notice late\" role=\"status\"><b>No answer");
        write_at(html, report, " since ");
        html.raw(".</b> What stands below is as old as that: the service, or the way to it, is gone.</p>\n");
    }
}

fn write_at(html: &mut Html, report: &Report, before: &'static str) {
    if let Some((at, text)) = report.at.zip(report.at.and_then(utc)) {
        html.raw(before);
        write_time(html, at, |html| html.text(&text));
    }
}

pub(super) fn write_header(
    html: &mut Html,
    report: &Report,
    rows: &[Row<'_>],
    state: &State,
    view: View,
) {
    html.raw("<header class=\"")
        .raw(state.tone.class())
        .raw("\">\n<p class=\"who\"><b><bdi>")
        .text(&report.service)
        .raw("</bdi></b>");
    for (before, text) in [("", &report.version), ("on ", &report.instance)] {
        if let Some(text) = text {
            html.raw(" <span>")
                .raw(before)
                .raw("<bdi>")
                .text(text)
                .raw("</bdi></span>");
        }
    }
    html.raw(" <span>up ")
        .value(Span(report.uptime))
        .raw("</span> <span class=\"when\">");
    write_at(html, report, "");
    html.raw(" <a href=\"");
    if view.paused {
        html.raw(view.resumed().link()).raw("\">Resume</a>");
    } else {
        html.raw(view.paused().link()).raw("\">Pause</a>");
    }
    html.raw("</span></p>\n<h1><span class=\"mark\" aria-hidden=\"true\">")
        .raw(state.tone.mark())
        .raw("</span> ")
        .value(state.words)
        .raw("</h1>\n<p class=\"why\"><bdi>")
        .text(&sentence(report, rows))
        .raw("</bdi></p>\n");
    write_figures(html, report, rows, state);
    html.raw("<nav aria-label=\"Filter\">");
    for (link, name, is_current) in [
        (view.all().link(), "Everything", !view.failing),
        (view.failing().link(), "Not healthy", view.failing),
    ] {
        html.raw("<a href=\"")
            .raw(link)
            .raw(if is_current {
                "\" aria-current=\"true\">"
            } else {
                "\">"
            })
            .raw(name)
            .raw("</a> ");
    }
    html.raw("</nav>\n</header>\n");
}

/// The three answers, how many of each kind are healthy, and what the process uses.
fn write_figures(html: &mut Html, report: &Report, rows: &[Row<'_>], state: &State) {
    html.raw("<ul class=\"figures\">");
    let planned = |tone| {
        if state.tone == Tone::Wait {
            Tone::Wait
        } else {
            tone
        }
    };
    let (liveness, readiness) = (report.liveness, report.readiness);
    let started = match report.startup {
        StartupStatus::Started => Tone::Pass,
        StartupStatus::Starting => Tone::Wait,
    };
    for (tone, word) in [
        (Grade::from(liveness).into(), liveness.as_str()),
        (planned(Grade::from(readiness).into()), readiness.as_str()),
        (started, report.startup.as_str()),
    ] {
        html.raw("<li class=\"")
            .raw(tone.class())
            .raw("\"><b>")
            .raw(tone.mark())
            .raw(" ")
            .value(Words::of(word, None))
            .raw("</b>");
    }
    for kind in ["check", "heartbeat", "task", "feature"] {
        let of_kind = || rows.iter().filter(|row| row.subject.kind() == kind);
        let (all, healthy) = (of_kind().count(), of_kind().filter(|row| row.is_healthy()));
        if all > 0 {
            html.raw("<li>")
                .value(healthy.count())
                .raw(" of ")
                .value(all)
                .raw(" ")
                .raw(kind)
                .raw(plural(all == 1))
                .raw(if kind == "check" { " healthy" } else { "" });
        }
    }
    if let Some(lag) = report.runtime.lag {
        html.raw("<li>runtime lag ").value(Span(lag));
    }
    if let Some(bytes) = report.process.rss_bytes {
        html.raw("<li>").value(bytes >> 20).raw(" MiB");
    }
    if let Some(threads) = report.process.threads {
        html.raw("<li>")
            .value(threads)
            .raw(" thread")
            .raw(plural(threads == 1));
    }
    if let Some(files) = report.process.open_fds {
        html.raw("<li>")
            .value(files)
            .raw(" open file")
            .raw(plural(files == 1));
    }
    html.raw("</ul>\n");
}

fn plural(is_one: bool) -> &'static str {
    if is_one { "" } else { "s" }
}
