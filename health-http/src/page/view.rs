use crate::format::has_in_query;
use crate::request::Request;

/// What a reader of the page chose. It stands in the query, because a refresh keeps that, and not a fragment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// To see only what is not healthy.
    pub(crate) failing: bool,
    /// To have a page that does not refresh itself.
    pub(crate) paused: bool,
}

impl View {
    pub(crate) fn of(request: &Request<'_>) -> View {
        View {
            failing: has_in_query(request, "failing"),
            paused: has_in_query(request, "paused"),
        }
    }

    pub(crate) fn all(self) -> View {
        View {
            failing: false,
            ..self
        }
    }

    pub(crate) fn failing(self) -> View {
        View {
            failing: true,
            ..self
        }
    }

    pub(crate) fn paused(self) -> View {
        View {
            paused: true,
            ..self
        }
    }

    pub(crate) fn resumed(self) -> View {
        View {
            paused: false,
            ..self
        }
    }

    pub(crate) fn link(self) -> &'static str {
        match (self.failing, self.paused) {
            (false, false) => "?",
            (true, false) => "?failing",
            (false, true) => "?paused",
            (true, true) => "?failing&amp;paused",
        }
    }
}
