use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::header::{FORWARDED, HOST, HeaderName, VIA};

use super::refusal::Why;
use crate::request::Request;

/// Headers that only something between the asker and us adds, besides `x-forwarded*`. Nobody
/// can list them all: `Access::loopback` says where that matters.
static BETWEEN: [HeaderName; 31] = [
    FORWARDED,
    VIA,
    HeaderName::from_static("cdn-loop"),
    HeaderName::from_static("cf-connecting-ip"),
    HeaderName::from_static("cf-ray"),
    HeaderName::from_static("client-ip"),
    HeaderName::from_static("fastly-client-ip"),
    HeaderName::from_static("fly-client-ip"),
    HeaderName::from_static("forwarded-for"),
    HeaderName::from_static("l5d-client-id"),
    HeaderName::from_static("true-client-ip"),
    HeaderName::from_static("wl-proxy-client-ip"),
    HeaderName::from_static("x-amzn-trace-id"),
    HeaderName::from_static("x-azure-clientip"),
    HeaderName::from_static("x-client-ip"),
    HeaderName::from_static("x-cluster-client-ip"),
    HeaderName::from_static("x-envoy-external-address"),
    HeaderName::from_static("x-envoy-internal"),
    HeaderName::from_static("x-envoy-original-path"),
    HeaderName::from_static("x-original-forwarded-for"),
    HeaderName::from_static("x-original-host"),
    HeaderName::from_static("x-original-url"),
    HeaderName::from_static("x-originating-ip"),
    HeaderName::from_static("x-proxyuser-ip"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-remote-addr"),
    HeaderName::from_static("x-remote-ip"),
    HeaderName::from_static("x-rewrite-url"),
    HeaderName::from_static("x-scheme"),
    HeaderName::from_static("x-varnish"),
    HeaderName::from_static("x-vercel-forwarded-for"),
];

/// Whether the request comes from this machine, by a local name, directly, and from no other site's page.
pub(crate) fn local(request: &Request<'_>) -> Result<(), Why> {
    from_loopback(request)?;
    by_local_name(request)?;
    directly(request)?;
    of_the_same_site(request)
}

fn from_loopback(request: &Request<'_>) -> Result<(), Why> {
    let peer = request.peer().ok_or(Why::NoPeer)?;
    let is_loopback = peer.ip().to_canonical().is_loopback();
    is_loopback.then_some(()).ok_or(Why::ForeignPeer)
}

/// Every name that the request gives us is local, and it gives one.
fn by_local_name(request: &Request<'_>) -> Result<(), Why> {
    let header = request.headers().get_all(HOST).iter();
    let header = header.map(|host| host.to_str().unwrap_or_default());
    let mut names = request.authority().into_iter().chain(header).peekable();
    names.peek().ok_or(Why::NoHost)?;
    let are_local = names.all(is_local_name);
    are_local.then_some(()).ok_or(Why::ForeignHost)
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

fn directly(request: &Request<'_>) -> Result<(), Why> {
    let between =
        |name: &HeaderName| BETWEEN.contains(name) || name.as_str().starts_with("x-forwarded");
    let is_direct = !request.headers().keys().any(between);
    is_direct.then_some(()).ok_or(Why::Forwarded)
}

/// Refuses what a browser says that another site's page asks. Other clients say nothing.
fn of_the_same_site(request: &Request<'_>) -> Result<(), Why> {
    let mut sites = request.headers().get_all("sec-fetch-site").iter();
    let is_ours = sites.all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    is_ours.then_some(()).ok_or(Why::CrossSite)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    fn asks(
        peer: &str,
        authority: Option<&str>,
        headers: &[(&'static str, &str)],
    ) -> Result<(), Why> {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        let request = Request::new(&Method::GET, "/", &headers)
            .with_authority(authority)
            .with_peer(peer.parse().ok());
        local(&request)
    }

    #[test]
    fn only_a_loopback_peer_is_local() {
        for (peer, expected) in [
            ("127.0.0.1:1", Ok(())),
            ("127.9.9.9:1", Ok(())),
            ("[::1]:1", Ok(())),
            ("[::ffff:127.0.0.1]:1", Ok(())),
            ("10.0.0.1:1", Err(Why::ForeignPeer)),
            ("[::ffff:10.0.0.1]:1", Err(Why::ForeignPeer)),
            ("0.0.0.0:1", Err(Why::ForeignPeer)),
            ("unknown", Err(Why::NoPeer)),
        ] {
            assert_eq!(
                asks(peer, None, &[("host", "localhost")]),
                expected,
                "{peer}"
            );
        }
    }

    #[test]
    fn only_a_local_name_is_local() {
        const LOCAL: [&str; 9] = [
            "localhost",
            "LocalHost:8080",
            "localhost.",
            "orders.localhost:80",
            "127.0.0.1",
            "127.1.2.3:8080",
            "[::1]:8080",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ];
        const FOREIGN: [&str; 14] = [
            "example.com",
            "localhost.example.com",
            "notlocalhost",
            ".localhost",
            "127.0.0.1.example.com",
            "10.0.0.1",
            "[::2]",
            "[::1",
            "[::1]x",
            "localhost:x",
            "localhost:80@example.com",
            "user@localhost",
            "example.com,localhost",
            "",
        ];
        let peer = "127.0.0.1:1";
        let local = LOCAL.map(|host| (host, Ok(())));
        let foreign = FOREIGN.map(|host| (host, Err(Why::ForeignHost)));
        for (host, expected) in local.into_iter().chain(foreign) {
            assert_eq!(asks(peer, None, &[("host", host)]), expected, "{host}");
            let in_the_line = asks(peer, Some(host), &[]);
            assert_eq!(in_the_line, expected, "{host} in the request line");
        }
        assert_eq!(asks(peer, None, &[]), Err(Why::NoHost));
        let (local, foreign) = (("host", "localhost"), ("host", "example.com"));
        let both = asks(peer, None, &[local, foreign]);
        assert_eq!(both, Err(Why::ForeignHost), "two headers");
        let both = asks(peer, Some("example.com"), &[local]);
        assert_eq!(both, Err(Why::ForeignHost), "the line and a header");
    }

    #[test]
    fn what_was_forwarded_is_not_local() {
        let named = BETWEEN.iter().map(HeaderName::as_str);
        let forwarded = ["x-forwarded", "x-forwarded-for", "x-forwarded-host"];
        for name in named.chain(forwarded) {
            let headers = HeaderMap::from_iter([
                (HOST, "localhost".parse().unwrap()),
                (name.parse().unwrap(), "127.0.0.1".parse().unwrap()),
            ]);
            let request =
                Request::new(&Method::GET, "/", &headers).with_peer("127.0.0.1:1".parse().ok());
            assert_eq!(local(&request), Err(Why::Forwarded), "{name}");
        }
    }

    #[test]
    fn what_another_site_asks_is_not_local() {
        for (site, expected) in [
            ("none", Ok(())),
            ("same-origin", Ok(())),
            ("same-site", Err(Why::CrossSite)),
            ("cross-site", Err(Why::CrossSite)),
        ] {
            let headers = [("host", "localhost"), ("sec-fetch-site", site)];
            assert_eq!(asks("127.0.0.1:1", None, &headers), expected, "{site}");
        }
    }
}
