use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use health_core::{Answer, Feature, Liveness, Readiness, Startup};

use super::Format;
use super::health_json::HealthJson;
use super::json::json;
use super::text::text;
use crate::answer::Public;
use crate::answer::exposure::{Exposure, Shown};

/// The kubelet reads no more of a body than this, in bytes.
const LONGEST: usize = 10 * 1024;

/// The bodies of the public answers, each rendered by the first request that asks for it.
#[derive(Debug)]
pub(crate) struct Cache {
    pub(crate) exposure: Exposure,
    pub(crate) liveness: Slot<Liveness>,
    pub(crate) readiness: Slot<Readiness>,
    pub(crate) startup: Slot<Startup>,
    /// By the feature's name. Which features there are does not change after the start.
    pub(crate) features: HashMap<Box<str>, (Feature, Slot<Readiness>)>,
}

impl Cache {
    pub(crate) fn new(exposure: Exposure, features: Vec<Feature>) -> Cache {
        let slot = |feature: Feature| (feature.name().into(), (feature, Slot::new()));
        Cache {
            exposure,
            liveness: Slot::new(),
            readiness: Slot::new(),
            startup: Slot::new(),
            features: features.into_iter().map(slot).collect(),
        }
    }
}

/// One answer of the latest snapshot that was asked for.
#[derive(Debug)]
pub(crate) struct Slot<T>(ArcSwapOption<Rendered<T>>);

/// An answer and its bodies, as far as they were asked for.
#[derive(Debug)]
struct Rendered<T> {
    /// Kept, so that no later answer can stand at the same place.
    answer: Arc<T>,
    bodies: [OnceLock<Bytes>; Format::COUNT],
}

impl<T: Public> Slot<T> {
    /// Returns the body of an answer. One that is rendered is found without a lock, and only its own
    /// references are counted.
    pub(crate) fn body(&self, answer: &Answer<T>, exposure: Exposure, format: Format) -> Bytes {
        let held = self.0.load();
        if let Some(rendered) = held.as_ref().filter(|rendered| rendered.is_of(answer)) {
            return rendered.body(exposure, format);
        }
        let fresh = Arc::new(Rendered {
            answer: Answer::arc(answer),
            bodies: Default::default(),
        });
        let before = self.0.compare_and_swap(&held, Some(Arc::clone(&fresh)));
        // Whoever was first with this answer renders it for all.
        let first = before.as_ref().filter(|rendered| rendered.is_of(answer));
        first.unwrap_or(&fresh).body(exposure, format)
    }
}

impl<T> Slot<T> {
    fn new() -> Slot<T> {
        Slot(ArcSwapOption::empty())
    }
}

impl<T: Public> Rendered<T> {
    /// Whether it is of this very value, not just of an equal one.
    fn is_of(&self, answer: &Answer<T>) -> bool {
        std::ptr::eq(&raw const *self.answer, &raw const **answer)
    }

    fn body(&self, exposure: Exposure, format: Format) -> Bytes {
        self.bodies[format as usize]
            .get_or_init(|| render(&*self.answer, exposure, format))
            .clone()
    }
}

fn render<T: Public>(answer: &T, exposure: Exposure, format: Format) -> Bytes {
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

fn written<T: Public>(shown: &Shown<'_, T>, format: Format) -> Vec<u8> {
    match format {
        Format::Json => json(shown),
        Format::HealthJson => json(&HealthJson::public(shown)),
        Format::Text => text(shown).into_bytes(),
    }
}
