//! Sizes as flags take them: `50MB`, `4GB`, in powers of 1,000.

/// Letters and their bytes.
const UNITS: [(&str, u64); 4] =
    [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000)];

/// Reads one into bytes.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    let wanted = "it has to be a whole number and its unit: KB, MB, GB or TB, such as 50MB or 4GB";
    let upper = text.to_ascii_uppercase();
    let read = || {
        let (unit, size) = UNITS.iter().find(|(unit, _)| upper.ends_with(*unit))?;
        let number = upper.strip_suffix(*unit)?;
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| number.parse::<u64>().ok()?.checked_mul(*size)).flatten()
    };
    match read() {
        Some(0) => Err("it has to be at least 1KB".to_owned()),
        Some(bytes) => Ok(bytes),
        None => Err(wanted.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        let check = |text: &str, expected: u64| assert_eq!(bytes(text), Ok(expected), "{text}");
        check("50MB", 50_000_000);
        check("4gb", 4_000_000_000);
        check("1KB", 1_000);
        for wrong in ["", "MB", "50", "50 MB", "-1MB", "1.5GB", "0MB", "99999999999TB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
