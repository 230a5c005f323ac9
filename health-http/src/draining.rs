use health_core::Health;
use http::header::{CONNECTION, HeaderValue};
use http::{Response, Version};

/// Asks the client of a kept-alive HTTP/1 connection to leave, while the service is draining.
///
/// Put on each response of the application, it empties the connections before the listener closes. A client
/// that stayed would send a request into the closing socket and lose it; the balancer's next choice is too
/// late for that. HTTP/2 has its own word for it, which the server says when it ends.
///
/// ```
/// use health_core::Health;
/// use http::Response;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let mut response = Response::new("no orders yet");
/// health_http::draining(&health, &mut response);
/// assert_eq!(response.headers().get("connection"), None);
///
/// health.drain();
/// health_http::draining(&health, &mut response);
/// assert_eq!(response.headers()["connection"], "close");
/// # Ok(())
/// # }
/// ```
pub fn draining<B>(health: &Health, response: &mut Response<B>) {
    if health.is_draining() && response.version() <= Version::HTTP_11 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
}
