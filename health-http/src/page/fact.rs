/// A name and a value.
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

/// Facts as far as they are known.
#[derive(Default)]
pub(crate) struct Facts(Vec<Fact>);

impl Facts {
    pub(crate) fn some(&mut self, name: &'static str, value: Option<impl ToString>) {
        self.0.extend(value.map(|value| Fact {
            name,
            value: value.to_string(),
        }));
    }

    pub(crate) fn list(self) -> Vec<Fact> {
        self.0
    }
}
