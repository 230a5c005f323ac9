use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::header::{FORWARDED, HOST, HeaderName, VIA};

use crate::request::Request;

/// Headers that only something between the asker and us adds, besides `x-forwarded-*`.
const BETWEEN: [HeaderName; 11] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("cf-connecting-ip"),
    HeaderName::from_static("fastly-client-ip"),
    HeaderName::from_static("forwarded-for"),
    HeaderName::from_static("true-client-ip"),
    HeaderName::from_static("x-client-ip"),
    HeaderName::from_static("x-cluster-client-ip"),
    HeaderName::from_static("x-envoy-external-address"),
    HeaderName::from_static("x-original-forwarded-for"),
    HeaderName::from_static("x-real-ip"),
];

/// Whether the request comes from this machine, by a local name, directly, and from no other site's page.
pub(crate) fn is_local(request: &Request<'_>) -> bool {
    from_loopback(request) && by_local_name(request) && !forwarded(request) && !cross_site(request)
}

fn from_loopback(request: &Request<'_>) -> bool {
    request
        .peer
        .is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}

/// Every name that the request gives us is local, and it gives one.
fn by_local_name(request: &Request<'_>) -> bool {
    let header = request
        .headers
        .get_all(HOST)
        .iter()
        .map(|host| host.to_str().unwrap_or_default());
    let mut names = request.authority.into_iter().chain(header).peekable();
    names.peek().is_some() && names.all(is_local_name)
}

fn is_local_name(authority: &str) -> bool {
    let Some(host) = without_port(authority) else {
        return false;
    };
    if let Some(v6) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return v6
            .parse::<Ipv6Addr>()
            .is_ok_and(|ip| IpAddr::V6(ip).to_canonical().is_loopback());
    }
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let below_localhost = host
        .strip_suffix(".localhost")
        .is_some_and(|name| !name.is_empty());
    host == "localhost"
        || below_localhost
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host of `host` or `host:port`; `None` when what follows it is not a port.
fn without_port(authority: &str) -> Option<&str> {
    let after_host = authority.rfind(']').map_or(0, |end| end + 1);
    match authority[after_host..].find(':') {
        Some(colon) => {
            let (host, port) = authority.split_at(after_host + colon);
            port[1..]
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then_some(host)
        }
        None => Some(authority),
    }
}

fn forwarded(request: &Request<'_>) -> bool {
    let between =
        |name: &HeaderName| BETWEEN.contains(name) || name.as_str().starts_with("x-forwarded-");
    request.headers.keys().any(between)
}

/// Whether a browser says that another site's page asks. Other clients say nothing.
fn cross_site(request: &Request<'_>) -> bool {
    let mut sites = request.headers.get_all("sec-fetch-site").iter();
    sites.any(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    fn local(peer: &str, authority: Option<&str>, headers: &[(&'static str, &str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let request = Request::new(&Method::GET, "/", &headers)
            .authority(authority)
            .peer(peer.parse().ok());
        is_local(&request)
    }

    #[test]
    fn only_a_loopback_peer_is_local() {
        for (peer, expected) in [
            ("127.0.0.1:1", true),
            ("127.9.9.9:1", true),
            ("[::1]:1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("10.0.0.1:1", false),
            ("[::ffff:10.0.0.1]:1", false),
            ("0.0.0.0:1", false),
            ("unknown", false),
        ] {
            assert_eq!(
                local(peer, None, &[("host", "localhost")]),
                expected,
                "{peer}"
            );
        }
    }

    #[test]
    fn only_a_local_name_is_local() {
        for (host, expected) in [
            ("localhost", true),
            ("LocalHost:8080", true),
            ("localhost.", true),
            ("orders.localhost:80", true),
            ("127.0.0.1", true),
            ("127.1.2.3:8080", true),
            ("[::1]:8080", true),
            ("[::1]", true),
            ("[::ffff:127.0.0.1]", true),
            ("example.com", false),
            ("localhost.example.com", false),
            ("notlocalhost", false),
            (".localhost", false),
            ("127.0.0.1.example.com", false),
            ("10.0.0.1", false),
            ("[::2]", false),
            ("[::1", false),
            ("[::1]x", false),
            ("localhost:x", false),
            ("localhost:80@example.com", false),
            ("user@localhost", false),
            ("example.com,localhost", false),
            ("", false),
        ] {
            assert_eq!(
                local("127.0.0.1:1", None, &[("host", host)]),
                expected,
                "{host}"
            );
            assert_eq!(
                local("127.0.0.1:1", Some(host), &[]),
                expected,
                "{host} in the request line"
            );
        }
        assert!(!local("127.0.0.1:1", None, &[]), "no name at all");
        assert!(!local(
            "127.0.0.1:1",
            None,
            &[("host", "localhost"), ("host", "example.com")]
        ));
        assert!(!local(
            "127.0.0.1:1",
            Some("example.com"),
            &[("host", "localhost")]
        ));
    }

    #[test]
    fn what_was_forwarded_is_not_local() {
        for name in [
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-real-ip",
        ] {
            assert!(
                !local(
                    "127.0.0.1:1",
                    None,
                    &[("host", "localhost"), (name, "127.0.0.1")]
                ),
                "{name}"
            );
        }
    }

    #[test]
    fn what_another_site_asks_is_not_local() {
        for (site, expected) in [
            ("none", true),
            ("same-origin", true),
            ("same-site", false),
            ("cross-site", false),
        ] {
            assert_eq!(
                local(
                    "127.0.0.1:1",
                    None,
                    &[("host", "localhost"), ("sec-fetch-site", site)]
                ),
                expected,
                "{site}"
            );
        }
    }
}
