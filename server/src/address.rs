//! The address that limits count by: the peer's, or behind our own proxies the nearest that is none of them.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use ipnet::{IpNet, Ipv6Net};

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The proxies whose word is taken on whom they forward for; none where people reach the program itself.
#[derive(Clone, Debug, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// True for an address of one of our own proxies.
    pub fn trusts(&self, address: &IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The address of whoever sent the request. An entry of the header counts only if a trusted proxy wrote it, so the
    /// entries are read from the right, and what a client made up at the left is never reached.
    pub fn sender(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let mut sender = peer?;
        let lines = headers.get_all(FORWARDED_FOR).iter().rev().filter_map(|line| line.to_str().ok());
        for entry in lines.flat_map(|line| line.rsplit(',')) {
            if !self.trusts(&sender) {
                break;
            }
            let Some(named) = address(entry.trim()) else { break };
            sender = named;
        }
        Some(sender)
    }
}

/// `192.0.2.1`, `2001:db8::1`, and with a port as some proxies write them.
fn address(entry: &str) -> Option<IpAddr> {
    let alone = entry.trim_start_matches('[').trim_end_matches(']').parse().ok();
    let with_port = || entry.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    alone.or_else(with_port).map(|address: IpAddr| address.to_canonical())
}

/// One line has a whole /64 of IPv6 addresses to choose from, so these count as one.
pub fn key(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Net::new(address, 64)
            .map_or_else(|_| address.to_string(), |network| network.trunc().to_string()),
    }
}

/// Whether nobody on the internet has the address: it is this machine's or a private network's.
pub fn is_private(key: &str) -> bool {
    let address = key.split('/').next().unwrap_or_default();
    match address.parse() {
        Ok(IpAddr::V4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
        Err(_) => false,
    }
}

/// A network, or one address, as a setting names it.
pub fn network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| one()).map_err(|_| format!("'{text}' is neither an address nor a network"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(peer: &str, lines: &[&str]) -> String {
        let proxies = Proxies::new(vec![network("10.0.0.0/8").unwrap(), network("::1").unwrap()]);
        let mut extensions = Extensions::new();
        let peer: IpAddr = peer.parse().unwrap();
        extensions.insert(ConnectInfo(SocketAddr::new(peer, 40_000)));
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        key(proxies.sender(&extensions, &headers).expect("the peer is known"))
    }

    #[test]
    fn the_nearest_address_that_is_no_trusted_proxy_counts() {
        for (peer, lines, counted) in [
            ("203.0.113.9", &[][..], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66", "198.51.100.1, 10.2.0.7"], "198.51.100.1"),
            ("::1", &["198.51.100.1:52100"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, unknown, 10.2.0.7"], "10.2.0.7"),
            ("10.0.0.1", &["10.3.0.1, 10.2.0.7"], "10.3.0.1"),
        ] {
            assert_eq!(sender(peer, lines), counted, "{peer} {lines:?}");
        }
    }

    #[test]
    fn addresses_of_one_line_count_as_one() {
        for address in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::7"] {
            assert_eq!(sender(address, &[]), "2001:db8:1:2::/64");
            assert_eq!(sender("10.0.0.1", &[&format!("[{address}]:443")]), "2001:db8:1:2::/64");
        }
        assert_eq!(sender("2001:db8:1:3::1", &[]), "2001:db8:1:3::/64");
    }

    #[test]
    fn private_addresses_are_told_from_those_of_the_internet() {
        for private in ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "::/64", "fd00:1:2:3::/64"] {
            assert!(is_private(private), "{private}");
        }
        for public in ["203.0.113.9", "100.64.0.1", "2001:db8:1:2::/64", ""] {
            assert!(!is_private(public), "{public}");
        }
    }

    #[test]
    fn a_setting_names_networks_and_addresses() {
        assert!(network("192.0.2.1").is_ok() && network("2001:db8::/32").is_ok());
        assert!(network("proxy.example").is_err() && network("").is_err());
    }
}
