use crate::format::has_in_query;
use crate::request::Request;

/// What a reader of the page chose. It stands in the query, because a refresh keeps that, and not a fragment.
#[derive(Clone, Copy, Default)]
pub(crate) struct View {
    /// To see only what is not healthy.
    pub(crate) wrong: bool,
    /// To have a page that does not refresh itself.
    pub(crate) still: bool,
}

impl View {
    pub(crate) fn of(request: &Request<'_>) -> View {
        View {
            wrong: has_in_query(request, "wrong"),
            still: has_in_query(request, "still"),
        }
    }

    pub(crate) fn all(self) -> View {
        View {
            wrong: false,
            ..self
        }
    }

    pub(crate) fn wrong(self) -> View {
        View {
            wrong: true,
            ..self
        }
    }

    pub(crate) fn turned(self) -> View {
        View {
            still: !self.still,
            ..self
        }
    }

    pub(crate) fn link(self) -> &'static str {
        match (self.wrong, self.still) {
            (false, false) => "?",
            (true, false) => "?wrong",
            (false, true) => "?still",
            (true, true) => "?wrong&still",
        }
    }
}
