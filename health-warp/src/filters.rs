use std::collections::BTreeSet;

use health_core::Health;
use health_http::{Access, Endpoints};
use warp::filters::BoxedFilter;
use warp::path::Peek;
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
    path(&endpoints)
        .and(parts())
        .and_then(move |path: String, parts: Parts| {
            let response = endpoints.respond_to(&parts.request(&path));
            let response = response.map(Reply::into_response);
            std::future::ready(response.ok_or_else(warp::reject::not_found))
        })
        .boxed()
}

/// Extracts the path, where one that `endpoints` serves begins alike: a request of the application's is let go
/// after a look at its first segment.
///
/// Nothing looks at the whole path before, because that panics on a request without one, such as `CONNECT`.
fn path(endpoints: &Endpoints) -> BoxedFilter<(String,)> {
    let none = warp::any()
        .and_then(|| std::future::ready(Err(warp::reject::not_found())))
        .boxed();
    let first = |(path, _): (&str, _)| path.split('/').nth(1).unwrap_or_default().to_owned();
    let segments: BTreeSet<_> = endpoints.served().map(first).collect();
    segments.into_iter().fold(none, |others, segment| {
        others.or(beginning_with(segment)).unify().boxed()
    })
}

fn beginning_with(segment: String) -> BoxedFilter<(String,)> {
    if segment.is_empty() {
        return warp::path::end().map(|| "/".to_owned()).boxed();
    }
    warp::path(segment.clone())
        .and(warp::path::peek())
        .map(move |rest: Peek| format!("/{segment}/{}", rest.as_str()))
        .boxed()
}
