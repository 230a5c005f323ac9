use crate::Request;
use crate::accept::preferred;

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

    /// The shape that a request asks for; JSON, when it does not say or asks for what there is not.
    pub(crate) fn of(request: &Request<'_>) -> Format {
        if request.query.is_some_and(asks_verbosely) {
            return Format::Text;
        }
        let offered = [Format::Json, Format::HealthJson, Format::Text];
        preferred(request.headers, &offered.map(Format::media_type))
            .map_or(Format::Json, |n| offered[n])
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

fn asks_verbosely(query: &str) -> bool {
    query
        .split('&')
        .any(|pair| pair == "verbose" || pair.starts_with("verbose="))
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
