//! Constants of the running kernel.

use rustix::{param, system};

/// Who the kernel says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// The host's name (`uname -n`).
    pub host_name: String,
    /// The release (`uname -r`).
    pub release: String,
    /// The machine's architecture (`uname -m`).
    pub architecture: String,
}

/// Asks `uname(2)`.
pub fn kernel() -> Kernel {
    let name = system::uname();
    Kernel {
        host_name: name.nodename().to_string_lossy().into_owned(),
        release: name.release().to_string_lossy().into_owned(),
        architecture: name.machine().to_string_lossy().into_owned(),
    }
}

/// Bytes in a page of memory.
pub fn page_bytes() -> u64 {
    param::page_size() as u64
}

/// Clock ticks in a second, the unit of processor times in `/proc` (`USER_HZ`).
pub fn ticks_per_second() -> u64 {
    param::clock_ticks_per_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_plausible() {
        assert!(page_bytes().is_power_of_two() && page_bytes() >= 4_096);
        assert!((1..=1_024).contains(&ticks_per_second()));
    }

    #[test]
    fn the_kernel_has_a_release() {
        let kernel = kernel();
        assert!(kernel.release.starts_with(|c: char| c.is_ascii_digit()), "{kernel:?}");
        assert!(!kernel.architecture.is_empty());
    }
}
