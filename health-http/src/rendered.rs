use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use bytes::Bytes;

use crate::Exposure;
use crate::answer::Answer;
use crate::exposure::Shown;
use crate::format::Format;
use crate::health_json::HealthJson;
use crate::json::json;
use crate::text::text;

/// The kubelet reads no more of a body than this, in bytes.
const LONGEST: usize = 10 * 1024;

/// The bodies of the public answers, each rendered by the first request that asks for it.
///
/// Reading one that is rendered takes no lock.
#[derive(Debug)]
pub(crate) struct Cache {
    exposure: Exposure,
    liveness: Slot,
    readiness: Slot,
    startup: Slot,
    features: HashMap<Arc<str>, Slot>,
}

impl Cache {
    pub(crate) fn new(exposure: Exposure, features: impl IntoIterator<Item = Arc<str>>) -> Cache {
        Cache {
            exposure,
            liveness: Slot::default(),
            readiness: Slot::default(),
            startup: Slot::default(),
            features: features
                .into_iter()
                .map(|name| (name, Slot::default()))
                .collect(),
        }
    }

    pub(crate) fn body(&self, answer: &Answer, format: Format) -> Bytes {
        match self.slot(answer) {
            Some(slot) => slot.rendered(answer).body(self.exposure, format),
            None => render(answer, self.exposure, format),
        }
    }

    fn slot(&self, answer: &Answer) -> Option<&Slot> {
        match answer {
            Answer::Liveness(_) => Some(&self.liveness),
            Answer::Startup(_) => Some(&self.startup),
            Answer::Readiness(readiness) => match readiness.feature {
                Some(feature) => self.features.get(feature.name()),
                None => Some(&self.readiness),
            },
        }
    }
}

/// One answer of the latest snapshot that was asked for.
#[derive(Debug, Default)]
struct Slot(ArcSwapOption<Rendered>);

impl Slot {
    fn rendered(&self, answer: &Answer) -> Arc<Rendered> {
        let held = self.0.load();
        if let Some(rendered) = held.as_ref().filter(|rendered| rendered.answer.is(answer)) {
            return Arc::clone(rendered);
        }
        let fresh = Arc::new(Rendered {
            answer: answer.clone(),
            bodies: Default::default(),
        });
        let before = self.0.compare_and_swap(&held, Some(Arc::clone(&fresh)));
        // Whoever was first with this answer renders it for all.
        match before
            .as_ref()
            .filter(|rendered| rendered.answer.is(answer))
        {
            Some(rendered) => Arc::clone(rendered),
            None => fresh,
        }
    }
}

/// An answer and its bodies, as far as they were asked for.
#[derive(Debug)]
struct Rendered {
    answer: Answer,
    bodies: [OnceLock<Bytes>; Format::COUNT],
}

impl Rendered {
    fn body(&self, exposure: Exposure, format: Format) -> Bytes {
        self.bodies[format as usize]
            .get_or_init(|| render(&self.answer, exposure, format))
            .clone()
    }
}

fn render(answer: &Answer, exposure: Exposure, format: Format) -> Bytes {
    let shown = Shown::of(answer, exposure);
    let body = written(&shown, format);
    if body.len() <= LONGEST {
        return body.into();
    }
    shown
        .shorter()
        .map_or(body, |shorter| written(&shorter, format))
        .into()
}

fn written(shown: &Shown, format: Format) -> Vec<u8> {
    match format {
        Format::Json => json(shown),
        Format::HealthJson => json(&HealthJson::public(shown)),
        Format::Text => text(shown).into_bytes(),
    }
}
