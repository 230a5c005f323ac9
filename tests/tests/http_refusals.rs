//! What the log says of who is refused, which no answer does. One test: the warning is given once in a process.

use health_http::{Access, Endpoints};
use tests::{Log, service};
use tracing::Level;
use tracing::dispatcher::with_default;

#[tokio::test(start_paused = true)]
async fn a_refusal_leaves_its_reason_in_the_log_alone() {
    let health = service().start_paused().unwrap();
    let endpoints = Endpoints::all(&health, Access::loopback());
    let log = Log::default();
    let ask = |peer: Option<&str>, headers: &[(&str, &str)]| {
        let mut request = http::Request::get("/health/deep");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer = peer.map(|peer| peer.parse().unwrap());
        let request = request.body(()).unwrap();
        let answer = with_default(&log.dispatch(), || endpoints.respond(&request, peer));
        let answer = answer.expect("a path of ours");
        format!(
            "{} {:?} {:?}",
            answer.status(),
            answer.headers(),
            answer.body()
        )
    };
    let (local, here) = (("host", "localhost"), Some("127.0.0.1:5000"));
    let refusals = [
        (ask(None, &[local]), "the server did not say who asks"),
        (ask(None, &[local]), "the server did not say who asks"),
        (
            ask(Some("10.1.2.3:5000"), &[local]),
            "the peer is not on this machine",
        ),
        (ask(here, &[]), "the request names no host"),
        (
            ask(here, &[("host", "orders.example")]),
            "the request names a host that is not local",
        ),
        (
            ask(here, &[local, ("x-forwarded-for", "10.1.2.3")]),
            "a header says that something forwarded it",
        ),
        (
            ask(here, &[local, ("sec-fetch-site", "cross-site")]),
            "a page of another site asks",
        ),
    ];
    assert!(ask(here, &[local]).starts_with("200"));
    let lines = log.lines();
    let told: Vec<_> = lines
        .iter()
        .filter(|line| line.level == Level::DEBUG && line.message == "refused the private answer")
        .map(|line| line.fields["because"].clone())
        .collect();
    assert_eq!(told, refusals.each_ref().map(|(_, why)| *why));
    for (answer, _) in &refusals {
        assert_eq!(answer, &refusals[0].0, "one answer for all");
    }
    let warnings = lines.iter().filter(|line| line.level == Level::WARN);
    let warnings: Vec<_> = warnings.map(|line| &line.message).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains("into_make_service_with_connect_info"),
        "{warnings:?}"
    );
}
