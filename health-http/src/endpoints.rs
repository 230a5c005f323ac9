use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use health_core::{Answer, Health, Readiness, ReadinessStatus, Report};
use http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};

use crate::access::Access;
use crate::answer::Public;
use crate::answer::exposure::Exposure;
use crate::answer::heading::Heading;
use crate::format::cache::{Cache, Slot};
use crate::format::health_json::HealthJson;
use crate::format::json::json;
use crate::format::text::deep_text;
use crate::format::{Format, PrivateFormat};
use crate::page::view::View;
use crate::page::{POLICY, page};
use crate::paths::probe::Probe;
use crate::paths::routes::{Routes, Target};
use crate::paths::{InvalidPaths, Paths};
use crate::request::Request;
use crate::response::{for_method, method_not_allowed, not_found, response};

const HEALTH_STATUS: HeaderName = HeaderName::from_static("x-health-status");
const ENVOY_DEGRADED: HeaderName = HeaderName::from_static("x-envoy-degraded");

/// What is served of a service's health, where, and to whom.
///
/// A cheap handle: clones share what they have rendered.
///
/// ```
/// use health_core::Health;
/// use health_http::{Access, Endpoints, Exposure, Paths};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let endpoints = Endpoints::all(&health, Access::token("a long secret string")?)
///     .exposure(Exposure::Failing)
///     .paths(Paths::under("/internal").aliases())?;
///
/// let request = http::Request::get("/internal/deep").body(())?;
/// let deep = endpoints.respond(&request, None).ok_or("ours")?;
/// assert_eq!(deep.status(), 401);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Endpoints {
    health: Health,
    /// Whether liveness, readiness and startup are served.
    probes: bool,
    /// Who may see the private answer; `None` where it is not served.
    deep: Option<Access>,
    routes: Arc<Routes>,
    cache: Arc<Cache>,
}

impl Endpoints {
    /// Serves liveness, readiness and startup: the public answers.
    pub fn probes(health: &Health) -> Endpoints {
        Endpoints::new(health, true, None)
    }

    /// Serves the private answer, to whom `access` lets in.
    pub fn deep(health: &Health, access: Access) -> Endpoints {
        Endpoints::new(health, false, Some(access))
    }

    /// Serves all four.
    pub fn all(health: &Health, access: Access) -> Endpoints {
        Endpoints::new(health, true, Some(access))
    }

    /// Sets how much the public answers show, by default everything public.
    #[must_use]
    pub fn exposure(self, exposure: Exposure) -> Endpoints {
        let cache = Arc::new(Cache::new(exposure, self.health.features()));
        Endpoints { cache, ..self }
    }

    /// Sets the paths, by default those of the contract.
    ///
    /// # Errors
    ///
    /// When a path cannot be one, or two probes would be on one path; the error names every such problem.
    pub fn paths(self, paths: Paths) -> Result<Endpoints, InvalidPaths> {
        let routes = Arc::new(paths.check(&features(&self.health))?);
        Ok(Endpoints { routes, ..self })
    }

    /// Returns every path that is served, without trailing slash, and what it asks, for adapters that register
    /// routes.
    ///
    /// Below those of readiness, but `/`, there is one more segment, the feature;
    /// [`respond`](Endpoints::respond) knows which features there are.
    pub fn served(&self) -> impl Iterator<Item = (&str, Probe)> {
        self.routes.iter().filter(|(_, probe)| self.serves(*probe))
    }

    /// Answers a request, or returns `None` when its path is the application's.
    ///
    /// `peer` is the address at the other end of the connection, never one that a header claims; a request without
    /// one is refused by [`Access::loopback`].
    ///
    /// A path that is ours is always answered, whatever the method is. Runs no check and waits for nothing.
    /// The answer to `HEAD` has the headers of that to `GET`, `content-length` too, and no body, since hyper would
    /// send one over HTTP/2.
    pub fn respond<B>(
        &self,
        request: &http::Request<B>,
        peer: Option<SocketAddr>,
    ) -> Option<Response<Bytes>> {
        self.respond_to(&Request::from(request).with_peer(peer))
    }

    /// Answers a request of which a server has but the parts, as [`respond`](Endpoints::respond) does.
    pub fn respond_to(&self, request: &Request<'_>) -> Option<Response<Bytes>> {
        let response = match self.routes.target(request.path())? {
            Target::Probe(probe) if !self.serves(probe) => return None,
            Target::Feature(_) if !self.probes => return None,
            Target::Probe(Probe::Deep) => self.private(request),
            target => self.public(target, request),
        };
        Some(for_method(request.method(), response))
    }

    /// Whether everybody who can ask is shown the private answer.
    #[cfg(feature = "listener")]
    pub(crate) fn is_open(&self) -> bool {
        self.deep.as_ref().is_some_and(Access::is_open)
    }

    fn new(health: &Health, probes: bool, deep: Option<Access>) -> Endpoints {
        let routes = Paths::default()
            .check(&[])
            .expect("the paths of the contract are distinct");
        let cache = Cache::new(Exposure::default(), health.features());
        Endpoints {
            health: health.clone(),
            probes,
            deep,
            routes: Arc::new(routes),
            cache: Arc::new(cache),
        }
    }

    fn serves(&self, probe: Probe) -> bool {
        match probe {
            Probe::Deep => self.deep.is_some(),
            Probe::Liveness | Probe::Readiness | Probe::Startup => self.probes,
        }
    }

    fn public(&self, target: Target<'_>, request: &Request<'_>) -> Response<Bytes> {
        if !asks(request.method()) {
            return method_not_allowed();
        }
        let (health, cache, format) = (&self.health, &*self.cache, Format::of(request));
        let readiness = |answer: Answer<Readiness>, slot| {
            with_readiness(told(&answer, slot, cache.exposure, format), answer.status)
        };
        match target {
            Target::Probe(Probe::Liveness) => {
                told(&health.liveness(), &cache.liveness, cache.exposure, format)
            }
            Target::Probe(Probe::Startup) => {
                told(&health.startup(), &cache.startup, cache.exposure, format)
            }
            Target::Probe(Probe::Readiness) => readiness(health.readiness(), &cache.readiness),
            Target::Feature(name) => match cache.features.get(name) {
                Some((feature, slot)) => readiness(health.readiness_of(feature), slot),
                None => not_found(),
            },
            Target::Probe(Probe::Deep) => self.private(request),
        }
    }

    fn private(&self, request: &Request<'_>) -> Response<Bytes> {
        let Some(access) = &self.deep else {
            return not_found();
        };
        // Nobody who is refused learns anything, not even which methods there are.
        if let Err(refusal) = access.decide(request) {
            refusal.log(request);
            return refusal.response();
        }
        if !asks(request.method()) {
            return method_not_allowed();
        }
        let report = self.health.deep();
        match PrivateFormat::of(request) {
            PrivateFormat::Common(format) => deep(&report, format),
            PrivateFormat::Page => page_of(&report, View::of(request)),
        }
    }
}

/// Writes a public answer; the code is computed from the very value that is rendered.
fn told<T: Public>(
    answer: &Answer<T>,
    slot: &Slot<T>,
    exposure: Exposure,
    format: Format,
) -> Response<Bytes> {
    let body = slot.body(answer, exposure, format);
    response(answer.code(), format.content_type(), body)
}

/// Says readiness in headers, for what reads no bodies.
fn with_readiness(mut response: Response<Bytes>, status: ReadinessStatus) -> Response<Bytes> {
    let headers = response.headers_mut();
    headers.insert(HEALTH_STATUS, HeaderValue::from_static(status.as_str()));
    if status == ReadinessStatus::Degraded {
        headers.insert(ENVOY_DEGRADED, HeaderValue::from_static("true"));
    }
    response
}

fn deep(report: &Report, format: Format) -> Response<Bytes> {
    let (code, body) = match format {
        Format::Json => (StatusCode::OK, json(report)),
        // Its draft demands a code that says how good the answer is.
        Format::HealthJson => (
            Heading::of(report).grade.code(),
            json(&HealthJson::private(report)),
        ),
        Format::Text => (StatusCode::OK, deep_text(report).into_bytes()),
    };
    response(code, format.content_type(), body.into())
}

/// Writes the private answer for a browser, which may do nothing with it but show it.
fn page_of(report: &Report, view: View) -> Response<Bytes> {
    let body = page(report, view).into();
    let mut response = response(StatusCode::OK, "text/html; charset=utf-8", body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Whether a method asks for an answer; some load balancers ask with `OPTIONS`.
fn asks(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// The names of the features that a check is needed by; they do not change after the start.
fn features(health: &Health) -> Vec<Arc<str>> {
    health
        .features()
        .iter()
        .map(|feature| feature.name().into())
        .collect()
}
