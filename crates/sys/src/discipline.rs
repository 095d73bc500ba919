//! Whether the wall's clock is kept right by somebody (NTP, PTP, a hypervisor).

use std::{io, time::Duration};

/// What the kernel says of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Discipline {
    /// Whether somebody keeps it right.
    pub synchronised: bool,
    /// How far it may be off at most, as far as that somebody knows.
    pub most_error: Duration,
}

/// Asks `adjtimex(2)`, and changes nothing. Some sandboxes forbid the call.
pub fn discipline() -> io::Result<Discipline> {
    // All zero: no mode is set, so the call only reads.
    // SAFETY: `timex` is a plain structure of integers, for which zero is a value.
    #[expect(unsafe_code, reason = "rustix has no face for adjtimex")]
    let mut answer: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: the pointer is to a structure of ours that lives through the call, of the kernel's form.
    #[expect(unsafe_code, reason = "rustix has no face for adjtimex")]
    let state = unsafe { libc::adjtimex(&raw mut answer) };
    if state < 0 {
        return Err(io::Error::last_os_error());
    }
    let micros = u64::try_from(answer.maxerror).unwrap_or_default();
    Ok(Discipline {
        synchronised: answer.status & libc::STA_UNSYNC == 0 && state != libc::TIME_ERROR,
        most_error: Duration::from_micros(micros),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_says_or_refuses() {
        match discipline() {
            // The kernel counts up to 16 s and calls that lost.
            Ok(said) => assert!(said.most_error <= Duration::from_hours(1), "{said:?}"),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::PermissionDenied),
        }
    }
}
