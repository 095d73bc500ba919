//! Addresses of network interfaces.

use std::{io, net::IpAddr};

/// An address that an interface has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The interface's name.
    pub interface: String,
    /// Its address.
    pub ip: IpAddr,
    /// Length of the network's prefix, in bits.
    pub prefix_bits: u8,
}

/// All addresses of this host, loopback included (`getifaddrs(3)`).
pub fn addresses() -> io::Result<Vec<Address>> {
    let found = if_addrs::get_if_addrs()?;
    Ok(found
        .into_iter()
        .map(|one| Address {
            ip: one.ip(),
            prefix_bits: match &one.addr {
                if_addrs::IfAddr::V4(v4) => v4.prefixlen,
                if_addrs::IfAddr::V6(v6) => v6.prefixlen,
            },
            interface: one.name,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_are_loopback() {
        // A machine without network at all still answers; what it answers has to be right.
        for address in addresses().unwrap() {
            assert_eq!(address.ip.is_loopback(), address.interface == "lo", "{address:?}");
        }
    }
}
