//! The address a request really came from: the peer, or what a trusted proxy says about it.
//! IPv6 clients own whole /64 networks, so they are told apart by network.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::state::AppState;

/// Who is counted by the limits per address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub IpAddr);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        // Without a socket (tests that call the router directly) everybody is one client.
        let peer = peer.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        Ok(Self(network(client(peer, &parts.headers, &state.config.trusted_proxies))))
    }
}

/// The right-most forwarded address that is not a trusted proxy; what stands left of it anybody can write.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.rsplit(','));
    for hop in hops {
        match hop.trim().parse::<IpAddr>() {
            Ok(address) if trusted.contains(&address.to_canonical()) => {}
            Ok(address) => return address.to_canonical(),
            Err(_) => return peer,
        }
    }
    peer
}

fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("a literal address")
    }

    fn forwarded(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([("x-forwarded-for".parse().expect("a name"), HeaderValue::from_static(value))])
    }

    #[test]
    fn a_stranger_cannot_choose_an_address() {
        let headers = forwarded("9.9.9.9");
        assert_eq!(client(ip("1.2.3.4"), &headers, &[]), ip("1.2.3.4"));
        assert_eq!(client(ip("1.2.3.4"), &headers, &[ip("10.0.0.1")]), ip("1.2.3.4"));
    }

    #[test]
    fn behind_a_trusted_proxy_the_last_stranger_counts() {
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        let headers = forwarded("6.6.6.6, 7.7.7.7, 10.0.0.2");
        assert_eq!(client(ip("10.0.0.1"), &headers, &trusted), ip("7.7.7.7"));
        assert_eq!(client(ip("::ffff:10.0.0.1"), &headers, &trusted), ip("7.7.7.7"));
        assert_eq!(client(ip("10.0.0.1"), &forwarded("nonsense"), &trusted), ip("10.0.0.1"));
    }

    #[test]
    fn one_v6_network_is_one_client() {
        assert_eq!(network(ip("2001:db8::1")), network(ip("2001:db8::ffff")));
        assert_ne!(network(ip("2001:db8::1")), network(ip("2001:db8:0:1::1")));
    }
}
