use health_core::Health;
use health_http::{Access, Endpoints};
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter, Reply};

use crate::request::{Parts, parts};

/// Serves liveness, readiness and startup, at `/health/live`, `/health/ready` and `/health/startup`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = health_core::Health::builder().allow_empty().start()?;
/// let probes = health_warp::probes(&health);
///
/// let post = warp::test::request().method("POST").path("/health/ready").reply(&probes).await;
/// assert_eq!(post.status(), 405);
/// # Ok(())
/// # }
/// ```
pub fn probes(health: &Health) -> BoxedFilter<(Response,)> {
    endpoints(Endpoints::probes(health))
}

/// Serves the private answer at `/health/deep`, to whom `access` lets in.
///
/// ```
/// use health_warp::Access;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = health_core::Health::builder().allow_empty().start()?;
/// let deep = health_warp::deep(&health, Access::token("a long secret string")?);
///
/// let request = warp::test::request().path("/health/deep");
/// assert_eq!(request.reply(&deep).await.status(), 401);
/// # Ok(())
/// # }
/// ```
pub fn deep(health: &Health, access: Access) -> BoxedFilter<(Response,)> {
    endpoints(Endpoints::deep(health, access))
}

/// Serves [`probes`] and [`deep`].
pub fn routes(health: &Health, access: Access) -> BoxedFilter<(Response,)> {
    endpoints(Endpoints::all(health, access))
}

/// Serves what was chosen in detail: other paths, aliases, another exposure.
///
/// ```
/// use health_warp::{Access, Endpoints, Paths};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = health_core::Health::builder().allow_empty().start()?;
/// let routes = health_warp::endpoints(Endpoints::probes(&health).paths(Paths::default().aliases())?);
///
/// let livez = warp::test::request().path("/livez").reply(&routes).await;
/// assert_eq!(livez.status(), 200);
/// # Ok(())
/// # }
/// ```
pub fn endpoints(endpoints: Endpoints) -> BoxedFilter<(Response,)> {
    ours(&endpoints)
        .and(parts())
        .and_then(move |path: String, parts: Parts| {
            let response = endpoints.respond_to(&parts.request(&path));
            let response = response.map(Reply::into_response);
            std::future::ready(response.ok_or_else(warp::reject::not_found))
        })
        .boxed()
}

/// Lets the paths pass that `endpoints` may answer, and extracts them.
///
/// By segments, because warp's filters for whole paths panic on a request without one, such as `CONNECT`.
fn ours(endpoints: &Endpoints) -> BoxedFilter<(String,)> {
    let none = warp::any()
        .and_then(|| std::future::ready(Err(warp::reject::not_found())))
        .boxed();
    endpoints.served().fold(none, |others, path| {
        others.or(this_or_below(path)).unify().boxed()
    })
}

/// Extracts `path`, or `path` with one more segment.
fn this_or_below(path: &str) -> BoxedFilter<(String,)> {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let this = segments.fold(warp::any().boxed(), |before, segment| {
        before.and(warp::path(segment.to_owned())).boxed()
    });
    let (exact, root) = (path.to_owned(), path.trim_end_matches('/').to_owned());
    let here = warp::path::end().map(move || exact.clone());
    let below = warp::path::param()
        .and(warp::path::end())
        .map(move |segment: String| format!("{root}/{segment}"));
    this.and(here.or(below).unify()).boxed()
}
