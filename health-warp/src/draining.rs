use health_core::Health;
use http::Version;
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter, Rejection, Reply};

/// Serves the application's routes, and asks clients to leave while the service is draining.
///
/// From then on each HTTP/1 response says `connection: close`, so that no kept-alive client is left to send a
/// request into the closing socket. A rejection stays what it is, since another route may answer it: what turns
/// rejections into responses, warp's `recover`, belongs inside.
///
/// ```
/// use health_core::Health;
/// use warp::Filter;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let orders = warp::path!("orders").map(|| "none yet");
/// let routes = health_warp::probes(&health).or(health_warp::draining(&health, orders));
///
/// health.drain();
/// let response = warp::test::request().path("/orders").reply(&routes).await;
/// assert_eq!(response.headers()["connection"], "close");
/// # Ok(())
/// # }
/// ```
pub fn draining<F, R>(health: &Health, routes: F) -> BoxedFilter<(Response,)>
where
    F: Filter<Extract = (R,), Error: Into<Rejection>> + Clone + Send + Sync + 'static,
    R: Reply + 'static,
{
    let health = health.clone();
    let marked = routes.map(move |reply: R| {
        let mut response = reply.into_response();
        // warp does not tell the version; where it is HTTP/2, hyper takes the header away again.
        health_http::draining(&health, Version::HTTP_11, &mut response);
        response
    });
    // Boxed, because only so does warp take a filter of which it does not know whether it can reject.
    marked.boxed()
}
