use health_core::Health;
use http::header::{CONNECTION, HeaderValue};
use http::{Response, Version};

/// Asks the client of a kept-alive HTTP/1 connection to leave, while the service is draining.
///
/// `version` is that of the request: the response's says nothing of the client, and can be that of another server
/// whose answer is passed on.
///
/// Put on each response of the application, it empties the connections before the listener closes. A client
/// that stayed would send a request into the closing socket and lose it; the balancer's next choice is too
/// late for that. HTTP/2 has its own word for it, which the server says when it ends.
///
/// ```
/// use health_core::Health;
/// use http::{Response, Version};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let health = Health::builder().allow_empty().start()?;
/// let mut response = Response::new("no orders yet");
/// health_http::draining(&health, Version::HTTP_11, &mut response);
/// assert_eq!(response.headers().get("connection"), None);
///
/// health.drain();
/// health_http::draining(&health, Version::HTTP_11, &mut response);
/// assert_eq!(response.headers()["connection"], "close");
/// # Ok(())
/// # }
/// ```
pub fn draining<B>(health: &Health, version: Version, response: &mut Response<B>) {
    if health.is_draining() && version < Version::HTTP_2 {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
}
