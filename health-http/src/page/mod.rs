mod chart;
mod fact;
mod row;
pub(crate) mod view;

use askama::Template;
use health_core::Report;
use http::HeaderValue;

use self::fact::Fact;
use self::row::{Section, State, facts, sections};
use self::view::View;
use crate::answer::grade::Grade;
use crate::answer::heading::Heading;
use crate::format::visible::OneLine;

/// The page may show its own style and icon; it loads, runs and sends nothing.
pub(crate) const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'sha256-J2mZxz8PRF1U2SxxjPkILb6amztyAvWToas6K1BtYec='; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The private answer for a browser.
#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    state: State,
    service: String,
    icon: &'static str,
    facts: Vec<Fact>,
    all: usize,
    wrong: usize,
    sections: Vec<Section>,
    view: View,
}

/// Writes the private answer as a page that reads without a script.
pub(crate) fn page(report: &Report, view: View) -> String {
    let mut sections = sections(report);
    let rows = || sections.iter().flat_map(|section| &section.rows);
    let all = rows().count();
    let wrong = rows().filter(|row| !row.is_healthy()).count();
    for section in &mut sections {
        section.rows.retain(|row| !(view.wrong && row.is_healthy()));
    }
    sections.retain(|section| !section.rows.is_empty());
    let page = Page {
        state: State::of_service(report),
        service: OneLine(&report.service).to_string(),
        icon: icon(Heading::of(report).grade),
        facts: facts(report),
        all,
        wrong,
        sections,
        view,
    };
    page.render()
        .expect("a string takes everything, and the template calls nothing that fails")
}

/// What stands in the browser's tab, by form as well as by colour.
fn icon(grade: Grade) -> &'static str {
    match grade {
        Grade::Pass => "%3Ccircle cx='8' cy='8' r='7' fill='%231a7f37'/%3E",
        Grade::Warn => "%3Cpath d='M8 1l8 14H0z' fill='%23d29922'/%3E",
        Grade::Fail => "%3Crect x='1' y='1' width='14' height='14' fill='%23cf222e'/%3E",
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_policy_allows_just_this_style() {
        let page = Page {
            state: State {
                class: "pass",
                mark: "",
                word: String::new(),
            },
            service: String::new(),
            icon: "",
            facts: Vec::new(),
            all: 0,
            wrong: 0,
            sections: Vec::new(),
            view: View::default(),
        };
        let page = page.render().unwrap();
        let (_, style) = page.split_once("<style>").unwrap();
        let (style, _) = style.split_once("</style>").unwrap();
        let source = format!(
            "style-src 'sha256-{}'",
            BASE64_STANDARD.encode(Sha256::digest(style))
        );
        assert!(
            POLICY.to_str().unwrap().contains(&source),
            "the style has changed: {source}"
        );
    }
}
