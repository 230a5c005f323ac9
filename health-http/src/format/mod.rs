mod accept;
pub(crate) mod cache;
pub(crate) mod health_json;
pub(crate) mod json;
pub(crate) mod sentence;
pub(crate) mod text;
pub(crate) mod times;
pub(crate) mod visible;

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
        let offered = Format::ALL.map(Format::media_type);
        preferred(request.headers, &offered).map_or(Format::Json, |n| Format::ALL[n])
    }

    /// Whether a request asks for a page rather, which is a shape of the private answer alone.
    pub(crate) fn is_page(request: &Request<'_>) -> bool {
        let [json, health_json, text] = Format::ALL.map(Format::media_type);
        let offered = [json, health_json, text, "text/html"];
        !asks_verbosely(request) && preferred(request.headers, &offered) == Some(3)
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

fn asks_verbosely(request: &Request<'_>) -> bool {
    has_in_query(request, "verbose")
}

/// Whether a query has this key, with a value or without.
pub(crate) fn has_in_query(request: &Request<'_>, key: &str) -> bool {
    let mut pairs = request.query.unwrap_or_default().split('&');
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
            let request = Request::new(&Method::GET, "/", &headers).query(query);
            assert_eq!(Format::of(&request), expected, "{query:?}");
        }
    }
}
