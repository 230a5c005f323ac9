use health_core::{Feature, Health};
use http::Method;
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

/// Serves the application's routes of a feature while it is ready; otherwise answers 503 with `Retry-After`.
///
/// While the feature is not ready everything that reaches this filter gets that answer, so it stands below
/// the feature's own path. While the service is draining the routes stay open: what still arrives is to be served.
///
/// ```
/// use health_core::{Feature, Health};
/// use warp::Filter;
///
/// const SEARCH: Feature = Feature::new("search");
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let search = warp::path!("books").map(|| "all of them");
/// let routes = warp::path("search").and(health_warp::gate(&health, SEARCH, search));
/// # drop(routes);
/// # Ok(())
/// # }
/// ```
pub fn gate<F, R>(health: &Health, feature: Feature, routes: F) -> BoxedFilter<(Response,)>
where
    F: Filter<Extract = (R,), Error: Into<Rejection>> + Clone + Send + Sync + 'static,
    R: Reply + 'static,
{
    let health = health.clone();
    let closed = warp::method().and_then(move |method: Method| {
        let response = health_http::gate(&health, &feature, &method).map(Reply::into_response);
        std::future::ready(response.ok_or_else(warp::reject::not_found))
    });
    // Boxed, because only so does warp take a filter of which it does not know whether it can reject.
    let open = routes.map(Reply::into_response).boxed();
    closed.or(open).unify().boxed()
}
