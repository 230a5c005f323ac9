//! Who may see the private answer.

use std::fs;
use std::net::SocketAddr;

use bytes::Bytes;
use health_core::Health;
use health_http::{Access, Endpoints, Request};
use http::{HeaderMap, HeaderName, Method, Response};
use tests::{Log, eventually, service};

const TOKEN: &str = "correct horse battery staple";
const METHODS: [Method; 5] = [
    Method::GET,
    Method::HEAD,
    Method::OPTIONS,
    Method::POST,
    Method::CONNECT,
];

fn health() -> Health {
    service().start_paused().unwrap()
}

struct Asker<'a> {
    access: &'a Access,
    peer: Option<&'a str>,
    headers: &'a [(&'static str, &'a str)],
}

impl Asker<'_> {
    fn asks(&self, method: &Method) -> Response<Bytes> {
        let value = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        let headers: HeaderMap = self.headers.iter().map(value).collect();
        let peer = self.peer.map(|peer| peer.parse::<SocketAddr>().unwrap());
        let request = Request::new(method, "/health/deep", &headers).with_peer(peer);
        let endpoints = Endpoints::all(&health(), self.access.clone());
        endpoints.respond_to(&request).expect("a path of ours")
    }

    fn code(&self) -> u16 {
        self.asks(&Method::GET).status().as_u16()
    }
}

#[tokio::test(start_paused = true)]
async fn loopback_lets_in_who_asks_from_here_by_a_local_name() {
    let access = &Access::loopback();
    let local = ("host", "localhost:8080");
    for (peer, headers, expected) in [
        (Some("127.0.0.1:5000"), &[local][..], 200),
        (Some("[::1]:5000"), &[("host", "[::1]:8080")], 200),
        (Some("[::ffff:127.0.0.1]:5000"), &[local], 200),
        (Some("10.1.2.3:5000"), &[local], 404),
        (None, &[local], 404),
        (Some("127.0.0.1:5000"), &[], 404),
        (
            Some("127.0.0.1:5000"),
            &[("host", "orders.example.com")],
            404,
        ),
        (
            Some("127.0.0.1:5000"),
            &[local, ("x-forwarded-for", "127.0.0.1")],
            404,
        ),
        (
            Some("127.0.0.1:5000"),
            &[local, ("forwarded", "for=127.0.0.1")],
            404,
        ),
        (
            Some("127.0.0.1:5000"),
            &[local, ("sec-fetch-site", "cross-site")],
            404,
        ),
        (
            Some("127.0.0.1:5000"),
            &[local, ("sec-fetch-site", "none")],
            200,
        ),
    ] {
        assert_eq!(
            Asker {
                access,
                peer,
                headers
            }
            .code(),
            expected,
            "{peer:?} {headers:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_lets_in_from_everywhere_and_nothing_else_does() {
    let access = &Access::tokens([TOKEN, "the token that comes after it"]).unwrap();
    let peer = Some("10.1.2.3:5000");
    for (headers, expected) in [
        (
            &[("authorization", "Bearer correct horse battery staple")][..],
            200,
        ),
        (
            &[("authorization", "bearer the token that comes after it")],
            200,
        ),
        (
            &[("authorization", "Bearer correct horse battery stapl")],
            401,
        ),
        (
            &[("authorization", "Basic correct horse battery staple")],
            401,
        ),
        // What a browser makes of any user name, and the token as the password.
        (
            &[(
                "authorization",
                "Basic bWU6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==",
            )],
            200,
        ),
        (
            &[(
                "authorization",
                "Basic Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZTo=",
            )],
            401,
        ),
        (&[("x-token", TOKEN)], 401),
        (&[], 401),
    ] {
        assert_eq!(
            Asker {
                access,
                peer,
                headers
            }
            .code(),
            expected,
            "{headers:?}"
        );
    }
    let local = Asker {
        access,
        peer: Some("127.0.0.1:5000"),
        headers: &[("host", "localhost")],
    };
    assert_eq!(local.code(), 401, "not even from here");
    let refused = local.asks(&Method::GET);
    let schemes = refused.headers().get_all("www-authenticate");
    assert!(
        schemes
            .iter()
            .eq(["Bearer", "Basic realm=\"health\", charset=\"UTF-8\""])
    );
}

/// As a secret that is mounted into a container is rotated: another file under the same name.
#[tokio::test]
async fn a_token_changes_with_its_file_and_a_file_that_is_wrong_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tokens");
    let write = |text: &str| {
        let new = directory.path().join("new");
        fs::write(&new, text).unwrap();
        fs::rename(new, &file).unwrap();
    };
    write("the first of the tokens\n");
    let log = Log::default();
    let access = {
        // A thread that is started takes the global dispatcher, since it has none of its own.
        let _ = tracing::dispatcher::set_global_default(log.dispatch());
        Access::tokens_in_file(&file).unwrap()
    };
    let code = |token: &str| {
        let asker = Asker {
            access: &access,
            peer: None,
            headers: &[("authorization", token)],
        };
        asker.code()
    };
    let (first, second) = (
        "Bearer the first of the tokens",
        "Bearer the second of the tokens",
    );
    assert_eq!((code(first), code(second)), (200, 401));
    if cfg!(target_os = "linux") {
        eventually("a thread reads it", || runs("health-tokens")).await;
    }
    write("the first of the tokens\nthe second of the tokens\n");
    eventually("the second is let in", || code(second) == 200).await;
    assert_eq!(code(first), 200);
    write("the second of the tokens\n");
    eventually("the first is not any more", || code(first) == 401).await;
    for wrong in ["short", ""] {
        let warned = log.count(KEPT);
        write(wrong);
        eventually("the log says that it is wrong", || log.count(KEPT) > warned).await;
        assert_eq!(code(second), 200, "{wrong:?}");
    }
    fs::remove_file(&file).unwrap();
    eventually("the log says that it is gone", || log.count(KEPT) == 3).await;
    assert_eq!(code(second), 200);
    assert!(
        !format!("{:?}", log.lines()).contains("second"),
        "no line shows a token"
    );
    write("the first of the tokens");
    eventually("what is right is taken again", || code(first) == 200).await;
    drop(access);
    eventually("nobody reads it any more", || !runs("health-tokens")).await;
}

/// Whether this process has a thread of this name.
fn runs(name: &str) -> bool {
    let Ok(threads) = fs::read_dir("/proc/self/task") else {
        return false;
    };
    let names =
        threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("comm")).ok());
    names.into_iter().any(|found| found.trim_end() == name)
}

const KEPT: &str = "the tokens stay what they were, since their file cannot be used";

#[tokio::test(start_paused = true)]
async fn every_refusal_is_the_same_whatever_was_asked() {
    let with_token = Access::token(TOKEN).unwrap();
    for (access, code, body) in [
        (&Access::loopback(), 404, "{\"error\":\"not_found\"}\n"),
        (&with_token, 401, "{\"error\":\"unauthorized\"}\n"),
        (
            &Access::any_of([Access::loopback(), with_token.clone()]),
            401,
            "{\"error\":\"unauthorized\"}\n",
        ),
    ] {
        let first = Asker {
            access,
            peer: None,
            headers: &[],
        }
        .asks(&Method::GET);
        assert_eq!(
            (first.status().as_u16(), first.body().as_ref()),
            (code, body.as_bytes())
        );
        for method in METHODS {
            for headers in [
                &[("accept", "text/html")][..],
                &[("authorization", "Bearer no")],
                &[("host", "localhost")],
            ] {
                let refused = Asker {
                    access,
                    peer: Some("10.1.2.3:5000"),
                    headers,
                }
                .asks(&method);
                assert_eq!(refused.status(), first.status(), "{method} {headers:?}");
                assert_eq!(refused.headers(), first.headers(), "{method} {headers:?}");
                let body = if method == Method::HEAD {
                    &Bytes::new()
                } else {
                    first.body()
                };
                assert_eq!(refused.body(), body, "{method} {headers:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_let_in_learns_which_methods_there_are() {
    let access = &Access::open();
    let anybody = Asker {
        access,
        peer: None,
        headers: &[],
    };
    for (method, expected) in METHODS.into_iter().zip([200, 200, 200, 405, 405]) {
        assert_eq!(anybody.asks(&method).status(), expected, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_debug_text_shows_a_token() {
    let endpoints = Endpoints::all(&health(), Access::token(TOKEN).unwrap());
    let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, TOKEN.parse().unwrap())]);
    let request = Request::new(&Method::GET, "/health/deep", &headers);
    for text in [format!("{endpoints:?}"), format!("{request:?}")] {
        assert!(!text.contains("horse"), "{text}");
    }
}
