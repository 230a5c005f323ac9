use bytes::Bytes;
use health_core::{Feature, Health, ReadinessStatus};
use http::header::RETRY_AFTER;
use http::{HeaderValue, Method, Response, StatusCode};

use crate::response::{for_method, response};

/// What readiness recovers within, when it does: in seconds.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// Answers for the application's own routes of a feature while it is not ready; `None` while it is. To `HEAD`
/// without a body.
///
/// The answer is a 503 with `Retry-After`. While the service is draining it is `None`: what still arrives
/// is to be served. Every other reason that the service has for not being ready closes the gate, since it says
/// that this instance should get no traffic, and a request that comes all the same has another instance to go to.
///
/// ```
/// use health_core::{Feature, Health};
///
/// const SEARCH: Feature = Feature::new("search");
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let request = http::Request::get("/search/books").body(())?;
/// match health_http::gate(&health, &SEARCH, request.method()) {
///     Some(response) => println!("{}", response.status()),
///     None => println!("the books are shown"),
/// }
/// # Ok(())
/// # }
/// ```
pub fn gate(health: &Health, feature: &Feature, method: &Method) -> Option<Response<Bytes>> {
    let is_closed = match health.status_of(feature) {
        ReadinessStatus::Ready | ReadinessStatus::Degraded => false,
        ReadinessStatus::NotReady => !health.is_draining(),
    };
    is_closed.then(|| for_method(method, closed(feature)))
}

fn closed(feature: &Feature) -> Response<Bytes> {
    let error = ReadinessStatus::NotReady;
    let body = format!("{{\"error\":\"{error}\",\"feature\":\"{feature}\"}}\n");
    let mut response = response(
        StatusCode::SERVICE_UNAVAILABLE,
        "application/json",
        body.into(),
    );
    response
        .headers_mut()
        .insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    response
}
