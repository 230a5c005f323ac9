use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, VARY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, Response, StatusCode};

/// Makes a response with the headers that all of ours have.
pub(crate) fn response(
    code: StatusCode,
    content_type: &'static str,
    body: Bytes,
) -> Response<Bytes> {
    let length = HeaderValue::from(body.len());
    let mut response = Response::new(body);
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_LENGTH, length);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}

/// Takes the body away where the method has none, and leaves the headers that speak of it.
pub(crate) fn for_method(method: &Method, response: Response<Bytes>) -> Response<Bytes> {
    if method == Method::HEAD {
        response.map(|_| Bytes::new())
    } else {
        response
    }
}

/// Makes a response that says in one word why there is no answer.
pub(crate) fn error(code: StatusCode, body: &'static str) -> Response<Bytes> {
    let body = Bytes::from_static(body.as_bytes());
    response(code, "application/json", body)
}

/// Returns the answer on a path that nobody has heard of, for servers that serve nothing else.
///
/// ```
/// assert_eq!(health_http::not_found().status(), 404);
/// ```
pub fn not_found() -> Response<Bytes> {
    error(StatusCode::NOT_FOUND, "{\"error\":\"not_found\"}\n")
}

/// For a method that asks nothing.
pub(crate) fn method_not_allowed() -> Response<Bytes> {
    let body = "{\"error\":\"method_not_allowed\"}\n";
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, body);
    let allowed = HeaderValue::from_static("GET, HEAD, OPTIONS");
    response.headers_mut().insert(ALLOW, allowed);
    response
}
