/// Who is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    /// This library.
    Ours,
    /// A handler of the kind that people write by hand.
    Plain,
}

impl Contender {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Contender::Ours => "ours",
            Contender::Plain => "plain",
        }
    }
}
