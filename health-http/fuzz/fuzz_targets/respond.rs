#![no_main]

use std::sync::LazyLock;

use health_core::Health;
use health_http::{Access, Endpoints, Paths, Request};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

const TOKEN: &str = "0123456789abcdef";

static ENDPOINTS: LazyLock<Endpoints> = LazyLock::new(|| {
    let health = Health::builder().allow_empty().version("a secret").start();
    let access = Access::token(TOKEN).expect("it is long enough");
    Endpoints::all(&health.expect("nothing can be wrong with nothing"), access)
        .paths(Paths::default().aliases())
        .expect("the paths of the contract are distinct")
});

libfuzzer_sys::fuzz_target!(|input: &str| {
    let mut lines = input.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let Ok(method) = Method::from_bytes(line().as_bytes()) else {
        return;
    };
    let (path, query) = (line().to_owned(), line().to_owned());
    let headers: HeaderMap = lines.filter_map(field).collect();
    let request = Request::new(&method, &path, &headers).with_query(Some(&query));
    let Some(response) = ENDPOINTS.respond_to(&request) else {
        return;
    };

    let code = response.status().as_u16();
    assert!([200, 401, 404, 405, 503].contains(&code), "{code}");
    let length = response.headers()[header::CONTENT_LENGTH]
        .to_str()
        .ok()
        .and_then(|n| n.parse().ok());
    assert!(method == Method::HEAD || length == Some(response.body().len()));
    let told = String::from_utf8_lossy(response.body()).contains("a secret");
    let has_token = headers
        .values()
        .any(|value| String::from_utf8_lossy(value.as_bytes()).contains(TOKEN));
    assert!(!told || has_token, "the private answer got out");
});

fn field(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(": ")?;
    Some((name.parse().ok()?, value.parse().ok()?))
}
