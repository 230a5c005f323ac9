//! An adapter in the open: what it takes to serve health on a framework that there is no crate for.

use actix_web::dev::ServiceResponse;
use actix_web::http::header::{CONNECTION, HeaderValue};
use actix_web::http::uri::Authority;
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use health_core::{ErrorRate, Feature, Health};
use health_http::{Endpoints, Probe, Request};

/// Serves `endpoints` on their paths: `App::new().configure(probes(endpoints))`.
pub(crate) fn probes(endpoints: Endpoints) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        for (path, probe) in endpoints.served() {
            let below: &[_] = match (path, probe) {
                ("/", _) => &[""],
                (_, Probe::Readiness) => &["", "/", "/{feature}", "/{feature}/"],
                _ => &["", "/"],
            };
            let paths: Vec<_> = below.iter().map(|below| format!("{path}{below}")).collect();
            config.service(web::resource(paths).to(answer));
        }
        config.app_data(Data::new(endpoints));
    }
}

async fn answer(request: HttpRequest, endpoints: Data<Endpoints>) -> HttpResponse {
    let headers = headers(&request);
    // actix takes the body of an answer to HEAD away by itself, and counts it before.
    let method = match request.method() {
        &Method::HEAD => http::Method::GET,
        other => method(other),
    };
    let uri = request.uri();
    let asked = Request::new(&method, uri.path(), &headers)
        .with_query(uri.query())
        .with_authority(uri.authority().map(Authority::as_str))
        .with_peer(request.peer_addr());
    response(
        endpoints
            .respond_to(&asked)
            .unwrap_or_else(health_http::not_found),
    )
}

/// Answers for the routes of a feature while it is not ready; `None` while it is.
pub(crate) fn gate(health: &Health, feature: &Feature) -> Option<HttpResponse> {
    health_http::gate(health, feature, &http::Method::GET).map(response)
}

/// Records whether a response was an error of the service's.
pub(crate) fn record(errors: &ErrorRate, response: &ServiceResponse) {
    let mut parts = http::Response::new(());
    *parts.status_mut() = code(response.status());
    health_http::record(errors, &parts);
}

/// Asks the client to leave while the service is draining.
pub(crate) fn draining(health: &Health, response: &mut ServiceResponse) {
    if health.is_draining() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
        response
            .response_mut()
            .head_mut()
            .set_connection_type(ConnectionType::Close);
    }
}

// actix-web speaks version 0.2 of the `http` crate.

fn method(method: &Method) -> http::Method {
    method
        .as_str()
        .parse()
        .expect("a method is one in both versions")
}

fn code(code: StatusCode) -> http::StatusCode {
    http::StatusCode::from_u16(code.as_u16()).expect("a code is one in both versions")
}

fn headers(request: &HttpRequest) -> http::HeaderMap {
    let pairs = request.headers().iter().filter_map(|(name, value)| {
        let name = http::HeaderName::try_from(name.as_str()).ok()?;
        let value = http::HeaderValue::from_bytes(value.as_bytes()).ok()?;
        Some((name, value))
    });
    let mut headers = http::HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name, value);
    }
    headers
}

fn response(response: http::Response<impl Into<web::Bytes>>) -> HttpResponse {
    let (parts, body) = response.into_parts();
    let code = StatusCode::from_u16(parts.status.as_u16()).expect("a code is one in both versions");
    let mut builder = HttpResponse::build(code);
    for (name, value) in &parts.headers {
        builder.append_header((name.as_str(), value.as_bytes()));
    }
    builder.body(body.into())
}
