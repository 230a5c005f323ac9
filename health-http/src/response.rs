use bytes::Bytes;
use health_core::ReadinessStatus;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};

use crate::access::Refusal;
use crate::page::POLICY;

const HEALTH_STATUS: HeaderName = HeaderName::from_static("x-health-status");
const ENVOY_DEGRADED: HeaderName = HeaderName::from_static("x-envoy-degraded");

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

/// Says readiness in headers, for what reads no bodies.
pub(crate) fn with_readiness(
    mut response: Response<Bytes>,
    status: ReadinessStatus,
) -> Response<Bytes> {
    response
        .headers_mut()
        .insert(HEALTH_STATUS, HeaderValue::from_static(status.as_str()));
    if status == ReadinessStatus::Degraded {
        response
            .headers_mut()
            .insert(ENVOY_DEGRADED, HeaderValue::from_static("true"));
    }
    response
}

/// Lets a page do nothing but be read.
pub(crate) fn with_page_policy(mut response: Response<Bytes>) -> Response<Bytes> {
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, POLICY);
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
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

/// For a feature that nobody has heard of.
pub(crate) fn not_found() -> Response<Bytes> {
    error(StatusCode::NOT_FOUND, r#"{"error":"not_found"}"#)
}

/// For a method that asks nothing.
pub(crate) fn method_not_allowed() -> Response<Bytes> {
    let mut response = error(
        StatusCode::METHOD_NOT_ALLOWED,
        r#"{"error":"method_not_allowed"}"#,
    );
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
    response
}

/// For somebody who may not see the private answer: always the same bytes.
pub(crate) fn refused(refusal: Refusal) -> Response<Bytes> {
    match refusal {
        Refusal::Hidden => not_found(),
        Refusal::TokenWanted => {
            let mut response = error(StatusCode::UNAUTHORIZED, r#"{"error":"unauthorized"}"#);
            response
                .headers_mut()
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
    }
}

fn error(code: StatusCode, body: &'static str) -> Response<Bytes> {
    response(
        code,
        "application/json",
        Bytes::from_static(body.as_bytes()),
    )
}
