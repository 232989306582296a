//! Membership of IP addresses in CIDR ranges, as Python's `ipaddress` module judges it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `address` lies in the network `range` (`isIPAddressInRange`).
///
/// A range is an IPv4 or IPv6 address with an optional prefix length; IPv4 also takes a netmask or
/// a host mask after the slash. Host bits in the range's address are ignored. Whatever is not an
/// address or a range, and an address of the other family, is in no range.
pub fn is_address_in_range(address: &str, range: &str) -> bool {
    let (base, mask) = match range.split_once('/') {
        Some((base, mask)) => (base, Some(mask)),
        None => (range, None),
    };
    match (parse_address(address), parse_address(base)) {
        (Some(IpAddr::V4(address)), Some(IpAddr::V4(base))) => mask.map_or(Some(32), prefix_v4).is_some_and(|bits| {
            let differing = address.to_bits() ^ base.to_bits();
            differing.checked_shr(32 - bits).unwrap_or(0) == 0
        }),
        (Some(IpAddr::V6(address)), Some(IpAddr::V6(base))) => mask
            .map_or(Some(128), |mask| prefix_length(mask, 128))
            .is_some_and(|bits| {
                let differing = address.to_bits() ^ base.to_bits();
                differing.checked_shr(128 - bits).unwrap_or(0) == 0
            }),
        _ => false,
    }
}

fn parse_address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some(IpAddr::V4(address));
    }
    // An IPv6 address may name its zone (`fe80::1%eth0`), which plays no part in membership.
    let bare = match text.split_once('%') {
        Some((_, zone)) if zone.is_empty() || zone.contains(['%', '/']) => return None,
        Some((bare, _)) => bare,
        None => text,
    };
    bare.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

fn prefix_length(text: &str, longest: u32) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|&bits| bits <= longest)
}

fn prefix_v4(text: &str) -> Option<u32> {
    if let Some(bits) = prefix_length(text, 32) {
        return Some(bits);
    }
    let mask = text.parse::<Ipv4Addr>().ok()?.to_bits();
    if mask.leading_ones() + mask.trailing_zeros() >= 32 {
        Some(mask.leading_ones())
    } else if mask.leading_zeros() + mask.trailing_ones() == 32 {
        Some(mask.leading_zeros())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judges_membership() {
        for (address, range, inside) in [
            ("192.168.1.7", "192.168.1.0/24", true),
            ("192.168.2.7", "192.168.1.0/24", false),
            ("192.168.1.7", "192.168.1.99/24", true),
            ("10.1.2.3", "10.0.0.0/8", true),
            ("1.2.3.4", "0.0.0.0/0", true),
            ("1.2.3.4", "1.2.3.4", true),
            ("1.2.3.4", "1.2.3.4/32", true),
            ("1.2.3.5", "1.2.3.4/32", false),
            ("1.2.3.4", "1.2.3.0/024", true),
            ("10.0.0.9", "10.0.0.0/255.255.255.0", true),
            ("10.0.1.9", "10.0.0.0/255.255.255.0", false),
            ("10.0.0.9", "10.0.0.0/0.0.0.255", true),
            ("10.0.1.9", "10.0.0.0/0.0.0.255", false),
            ("9.9.9.9", "10.0.0.0/0.0.0.0", true),
            ("10.0.0.9", "10.0.0.0/255.0.255.0", false),
            ("10.0.0.9", "10.0.0.0/33", false),
            ("10.0.0.9", "10.0.0.0/", false),
            ("10.0.0.9", "10.0.0.0/+8", false),
            ("10.0.0.9", "10.0.0.0/8/8", false),
            ("10.0.0.09", "10.0.0.0/8", false),
            ("10.0.0", "10.0.0.0/8", false),
            (" 10.0.0.1", "10.0.0.0/8", false),
            ("2001:db8::1", "2001:db8::/32", true),
            ("2001:db9::1", "2001:db8::/32", false),
            ("::1", "::/0", true),
            ("::1", "::1", true),
            ("fe80::1%eth0", "fe80::/10", true),
            ("fe80::1%", "fe80::/10", false),
            ("::ffff:10.0.0.1", "10.0.0.0/8", false),
            ("10.0.0.1", "::/0", false),
            ("::1", "::/129", false),
            ("::1", "::/ffff::", false),
            ("", "", false),
            ("x", "y", false),
        ] {
            assert_eq!(is_address_in_range(address, range), inside, "{address} in {range}");
        }
    }
}
