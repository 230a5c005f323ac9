use health_core::ErrorRate;
use http::Response;

/// Records whether a response was an error of the service's (5xx).
///
/// ```
/// use health_core::ErrorRate;
/// use http::Response;
/// use std::time::Duration;
///
/// let errors = ErrorRate::new(Duration::from_secs(60));
/// health_http::record(&errors, &Response::new("no orders yet"));
/// assert_eq!(errors.rate().samples, 1);
/// ```
pub fn record<B>(errors: &ErrorRate, response: &Response<B>) {
    if response.status().is_server_error() {
        errors.failure();
    } else {
        errors.success();
    }
}
