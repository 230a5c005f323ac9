use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use health_core::{Feature, Health};
use tonic::server::NamedService;
use tonic_health::pb::health_server::HealthServer;

use crate::probes::Probes;
use crate::question::Question;

/// Returns the builder of the gRPC health service, which [`Names::into_server`] finishes.
///
/// ```
/// use health_core::{Check, Feature, Health};
/// use tonic::transport::Server;
/// # struct SearchServer<T>(T);
/// # struct Search;
/// # impl<T> tonic::server::NamedService for SearchServer<T> { const NAME: &'static str = "shop.v1.Search"; }
///
/// const SEARCH: Feature = Feature::new("search");
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let index = Check::degraded("index", || async { std::fs::metadata(".").map(drop) });
/// let health = Health::builder().check(index.needed_by([SEARCH])).start()?;
/// let probes = health_tonic::service(&health)
///     .names_feature::<SearchServer<Search>>(SEARCH)
///     .into_server()?;
/// let server = Server::builder().add_service(probes);
/// # drop(server);
/// # Ok(())
/// # }
/// ```
pub fn service(health: &Health) -> Names {
    Names {
        health: health.clone(),
        chosen: Vec::new(),
    }
}

/// The names by which the answers are asked for; made by [`service`].
///
/// Those of the probes and of the features are always among them.
#[derive(Clone, Debug)]
#[must_use = "`into_server` makes what is served"]
pub struct Names {
    health: Health,
    chosen: Vec<(&'static str, Question)>,
}

impl Names {
    /// Adds the name of a gRPC service, which is then answered with readiness: `.names::<OrdersServer<Orders>>()`.
    pub fn names<S: NamedService>(mut self) -> Names {
        self.chosen.push((S::NAME, Question::Readiness));
        self
    }

    /// Adds the name of a gRPC service, which is then answered with the readiness of a feature.
    pub fn names_feature<S: NamedService>(mut self, feature: Feature) -> Names {
        self.chosen.push((S::NAME, Question::Feature(feature)));
        self
    }

    /// Returns the server, to be given to tonic's `add_service`.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the names: a feature that has the name of a probe, a name that asks for two
    /// things, and a gRPC service that stands for a feature which no check needs.
    pub fn into_server(self) -> Result<HealthServer<Probes>, InvalidNames> {
        let features = self.health.features();
        let mut problems = Vec::new();
        let mut questions: BTreeMap<String, Question> = Question::of_the_service()
            .map(|(name, question)| (name.to_owned(), question))
            .into();
        for feature in &features {
            let name = feature.name();
            if questions.contains_key(name) {
                problems.push(format!(
                    "feature `{name}` has the name of a probe: give it another one"
                ));
            } else {
                questions.insert(name.to_owned(), Question::Feature(feature.clone()));
            }
        }
        for (name, question) in self.chosen {
            if let Question::Feature(feature) = &question
                && !features.contains(feature)
            {
                problems.push(format!(
                    "`{name}` stands for feature `{feature}`, which no check needs: write it in the `needed_by` of one"
                ));
            }
            match questions.get(name) {
                Some(other) if *other != question => problems.push(format!(
                    "`{name}` is both {other} and {question}: one name asks for one thing"
                )),
                _ => drop(questions.insert(name.to_owned(), question)),
            }
        }
        if problems.is_empty() {
            Ok(HealthServer::new(Probes::new(self.health, questions)))
        } else {
            Err(InvalidNames { problems })
        }
    }
}

/// Everything that is wrong with [`Names`].
///
/// `Debug` and `Display` are the same text, so that `main` can return it.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidNames {
    problems: Vec<String>,
}

impl InvalidNames {
    /// Returns the problems: of the features, by name, and then of the gRPC services, in the order in which they were
    /// given.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for InvalidNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = "the answers cannot be asked for by these names";
        match &*self.problems {
            [problem] => write!(f, "{sentence}: {problem}"),
            problems => {
                write!(f, "{sentence}, for {} reasons:", problems.len())?;
                let mut problems = problems.iter();
                problems.try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl fmt::Debug for InvalidNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for InvalidNames {}
