/// The shapes that a public answer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
}

impl Format {
    pub(crate) const COUNT: usize = 1;

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
        }
    }
}
