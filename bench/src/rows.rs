use std::fmt;

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) ours: String,
    /// What limits it, or what a user would take instead, measured in the same run.
    pub(crate) beside: String,
    pub(crate) bound: &'static str,
    pub(crate) holds: Option<bool>,
}

pub(crate) const HEAD: &str = "| what | ours | beside it | bound | holds |\n|---|---|---|---|---|";

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let holds = match self.holds {
            None => "",
            Some(true) => "yes",
            Some(false) => "NO",
        };
        let (what, ours, beside, bound) = (&self.what, &self.ours, &self.beside, self.bound);
        write!(f, "| {what} | {ours} | {beside} | {bound} | {holds} |")
    }
}
