use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
pub(crate) const GRPC_MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// The status of a call to what cannot be served now: a client may try it elsewhere.
pub(crate) const UNAVAILABLE: HeaderValue = HeaderValue::from_static("14");

/// Returns the content type of a message of gRPC's, or of gRPC-Web's.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<&HeaderValue> {
    let content_type = headers.get(CONTENT_TYPE)?;
    let is_grpc = content_type.as_bytes().starts_with(b"application/grpc");
    is_grpc.then_some(content_type)
}

/// Whether the status of a call comes in headers or trailers. gRPC-Web puts trailers into the body.
pub(crate) fn has_status(headers: &HeaderMap) -> bool {
    content_type(headers)
        .is_some_and(|value| !value.as_bytes().starts_with(b"application/grpc-web"))
}

/// Whether a call failed by the service's fault, if its status is here.
///
/// The codes are those that OpenTelemetry's conventions take for a server's errors: `UNKNOWN`,
/// `DEADLINE_EXCEEDED`, `UNIMPLEMENTED`, `INTERNAL`, `UNAVAILABLE` and `DATA_LOSS`. What is no code is one, too.
pub(crate) fn failed(headers: &HeaderMap) -> Option<bool> {
    let status = headers.get(GRPC_STATUS)?.to_str().ok();
    let code = status.and_then(|status| status.parse::<u32>().ok());
    Some(code.is_none_or(|code| matches!(code, 2 | 4 | 12..=15 | 17..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_fails_by_the_services_fault_or_not() {
        for (status, expected) in [
            ("0", false),
            ("1", false),
            ("2", true),
            ("3", false),
            ("4", true),
            ("5", false),
            ("6", false),
            ("7", false),
            ("8", false),
            ("9", false),
            ("10", false),
            ("11", false),
            ("12", true),
            ("13", true),
            ("14", true),
            ("15", true),
            ("16", false),
            ("17", true),
            ("x", true),
            ("", true),
        ] {
            let headers = HeaderMap::from_iter([(GRPC_STATUS, status.parse().unwrap())]);
            assert_eq!(failed(&headers), Some(expected), "{status}");
        }
        assert_eq!(failed(&HeaderMap::new()), None);
    }
}
