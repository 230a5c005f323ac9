mod accept;
pub(crate) mod cache;
pub(crate) mod health_json;
pub(crate) mod json;
pub(crate) mod sentence;
pub(crate) mod text;
pub(crate) mod times;
pub(crate) mod visible;

use http::HeaderValue;
use http::header::ACCEPT;

use self::accept::preferred;
use crate::request::Request;

/// The shapes that answers have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    /// `draft-inadarei-api-health-check`.
    HealthJson,
    Text,
}

impl Format {
    pub(crate) const COUNT: usize = 3;

    const ALL: [Format; Format::COUNT] = [Format::Json, Format::HealthJson, Format::Text];

    /// The shape that a request asks for; JSON, when it does not say or asks for what there is not.
    pub(crate) fn of(request: &Request<'_>) -> Format {
        if asks_verbosely(request) {
            return Format::Text;
        }
        if takes_anything(request) {
            return Format::Json;
        }
        let offered = Format::ALL.map(Format::media_type);
        preferred(request.headers(), &offered).map_or(Format::Json, |n| Format::ALL[n])
    }

    const fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::HealthJson => "application/health+json",
            Format::Text => "text/plain",
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Format::Json | Format::HealthJson => self.media_type(),
            Format::Text => "text/plain; charset=utf-8",
        }
    }
}

/// The shapes that the private answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PrivateFormat {
    /// One that every answer has.
    Common(Format),
    /// For a browser.
    Page,
}

impl PrivateFormat {
    pub(crate) fn of(request: &Request<'_>) -> PrivateFormat {
        let [json, health_json, text] = Format::ALL.map(Format::media_type);
        let offered = [json, health_json, text, "text/html"];
        let wants_more = !asks_verbosely(request) && !takes_anything(request);
        match wants_more.then(|| preferred(request.headers(), &offered)) {
            Some(Some(Format::COUNT)) => PrivateFormat::Page,
            Some(Some(n)) => PrivateFormat::Common(Format::ALL[n]),
            Some(None) => PrivateFormat::Common(Format::Json),
            None => PrivateFormat::Common(Format::of(request)),
        }
    }
}

/// Whether a request leaves the shape to us, as nearly every prober does: that is seen without reading a list.
fn takes_anything(request: &Request<'_>) -> bool {
    let mut accepted = request.headers().get_all(ACCEPT).iter();
    let is_anything = |value: &HeaderValue| value.as_bytes() == b"*/*";
    accepted.next().is_none_or(is_anything) && accepted.next().is_none()
}

fn asks_verbosely(request: &Request<'_>) -> bool {
    has_in_query(request, "verbose")
}

/// Whether a query has this key, with a value or without.
pub(crate) fn has_in_query(request: &Request<'_>, key: &str) -> bool {
    let mut pairs = request.query().unwrap_or_default().split('&');
    pairs.any(|pair| pair.split('=').next() == Some(key))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    #[test]
    fn verbose_is_plain_text_and_every_other_query_is_nothing() {
        let headers = HeaderMap::new();
        for (query, expected) in [
            (Some("verbose"), Format::Text),
            (Some("verbose="), Format::Text),
            (Some("a=b&verbose=true"), Format::Text),
            (Some("verbosely"), Format::Json),
            (Some("a=verbose"), Format::Json),
            (Some(""), Format::Json),
            (None, Format::Json),
        ] {
            let request = Request::new(&Method::GET, "/", &headers).with_query(query);
            assert_eq!(Format::of(&request), expected, "{query:?}");
        }
    }

    #[test]
    fn a_page_is_a_shape_of_the_private_answer_alone() {
        for (accept, public, private) in [
            (&[][..], Format::Json, PrivateFormat::Common(Format::Json)),
            (&["*/*"], Format::Json, PrivateFormat::Common(Format::Json)),
            (&["text/html"], Format::Json, PrivateFormat::Page),
            (&["text/html, */*;q=0.8"], Format::Json, PrivateFormat::Page),
            (
                &["*/*", "text/plain"],
                Format::Text,
                PrivateFormat::Common(Format::Text),
            ),
            (
                &["application/health+json"],
                Format::HealthJson,
                PrivateFormat::Common(Format::HealthJson),
            ),
            (
                &["image/png"],
                Format::Json,
                PrivateFormat::Common(Format::Json),
            ),
        ] {
            let values = accept.iter().map(|value| (ACCEPT, value.parse().unwrap()));
            let headers: HeaderMap = values.collect();
            let request = Request::new(&Method::GET, "/", &headers);
            assert_eq!(Format::of(&request), public, "{accept:?}");
            assert_eq!(PrivateFormat::of(&request), private, "{accept:?}");
            let verbosely = request.with_query(Some("verbose"));
            let text = PrivateFormat::Common(Format::Text);
            assert_eq!(PrivateFormat::of(&verbosely), text, "{accept:?}");
        }
    }
}
