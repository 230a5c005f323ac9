use std::sync::Arc;

use health_core::{Change, Report};

use super::html::Html;
use crate::format::times::stamp;

/// So many are seen at once; the others open.
const SHOWN: usize = 6;

/// Writes the last changes, newest first.
pub(super) fn write_changes(html: &mut Html, report: &Report) {
    let changes: Vec<_> = report.changes.iter().rev().collect();
    if changes.is_empty() {
        return;
    }
    let (first, older) = changes.split_at(changes.len().min(SHOWN));
    html.raw("<section id=\"changes\"><h2>Last changes</h2>\n");
    write_list(html, first);
    if !older.is_empty() {
        html.raw("<details id=\"older\"><summary>")
            .value(older.len())
            .raw(" older</summary>\n");
        write_list(html, older);
        html.raw("</details>\n");
    }
    html.raw("</section>\n");
}

fn write_list(html: &mut Html, changes: &[&Arc<Change>]) {
    html.raw("<ol>\n");
    for change in changes {
        html.raw("<li>");
        if let Some(at) = stamp(change.at) {
            html.raw("<time>").text(&at).raw("</time> ");
        }
        html.value(change).raw("\n");
    }
    html.raw("</ol>\n");
}
