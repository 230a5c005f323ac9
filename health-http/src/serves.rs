use http::Response;

/// Whether a response of the application's is no error of the service's own: everything but 5xx.
///
/// For recording into an [`ErrorRate`](health_core::ErrorRate).
///
/// ```
/// use http::Response;
///
/// assert!(health_http::serves(&Response::builder().status(404).body(())?));
/// assert!(!health_http::serves(&Response::builder().status(500).body(())?));
/// # Ok::<(), http::Error>(())
/// ```
pub fn serves<B>(response: &Response<B>) -> bool {
    !response.status().is_server_error()
}
