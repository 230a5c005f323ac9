use health_core::ErrorRate;
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

/// Serves the application's routes, and records for each response whether it was an error of the service's (5xx).
///
/// A request that is given up before its response, by the client or by a timeout outside of this filter, is not
/// recorded: timeouts belong inside. A rejection is recorded by nobody, since another route may answer it: what turns rejections into errors,
/// warp's `recover`, belongs inside. So does this filter inside a [`gate`](crate::gate), or else what the
/// gate answers keeps it closed.
///
/// ```
/// use health_core::ErrorRate;
/// use std::time::Duration;
/// use warp::Filter;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let errors = ErrorRate::new(Duration::from_secs(60));
/// let routes = health_warp::record(&errors, warp::path!("orders").map(|| "none yet"));
///
/// warp::test::request().path("/orders").reply(&routes).await;
/// assert_eq!(errors.rate().samples, 1);
/// # }
/// ```
pub fn record<F, R>(errors: &ErrorRate, routes: F) -> BoxedFilter<(Response,)>
where
    F: Filter<Extract = (R,), Error: Into<Rejection>> + Clone + Send + Sync + 'static,
    R: Reply + 'static,
{
    let errors = errors.clone();
    let recorded = routes.map(move |reply: R| {
        let response = reply.into_response();
        health_http::record(&errors, &response);
        response
    });
    // Boxed, because only so does warp take a filter of which it does not know whether it can reject.
    recorded.boxed()
}
