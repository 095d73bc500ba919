//! How long history is kept, as people write it.

use bellwether_store::Options;

use crate::cli::ServeFlags;

/// Units: letter, and milliseconds.
const UNITS: [(char, i64); 4] =
    [('h', 3_600_000), ('d', 86_400_000), ('w', 7 * 86_400_000), ('y', 365 * 86_400_000)];

/// The longest: times beyond are none.
const MAX_MS: i64 = 100 * 365 * 86_400_000;

/// Reads `12h`, `7d`, `4w`, `5y` into milliseconds.
pub(crate) fn length_ms(text: &str) -> Result<i64, String> {
    let wanted = "it has to be a whole number and its unit: h, d, w or y, such as 12h, 7d or 5y";
    let read = || {
        let (letter, size) = UNITS.iter().find(|(letter, _)| text.ends_with(*letter))?;
        let number = text.strip_suffix(*letter)?;
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| number.parse::<i64>().ok()?.checked_mul(*size)).flatten()
    };
    match read() {
        Some(length_ms) if (1..=MAX_MS).contains(&length_ms) => Ok(length_ms),
        Some(_) => Err("it has to be from 1h to 100y".to_owned()),
        None => Err(wanted.to_owned()),
    }
}

/// What the store is opened with.
pub(super) fn options(flags: &ServeFlags) -> Options {
    Options {
        keep_ms: flags.keep_raw,
        keep_minutes_ms: flags.keep_minutes,
        keep_hours_ms: flags.keep_hours,
        keep_predictions_ms: flags.keep_predictions,
        ..Options::default()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Arguments, Command};

    #[test]
    fn lengths_are_read() {
        let check = |text: &str, expected: i64| assert_eq!(length_ms(text), Ok(expected), "{text}");
        check("1h", 3_600_000);
        check("7d", 604_800_000);
        check("2w", 1_209_600_000);
        check("5y", 157_680_000_000);
        for wrong in
            ["", "d", "7", "7 d", "-1d", "1.5h", "7m", "0d", "101y", "99999999999999999999y"]
        {
            assert!(length_ms(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nothing_said_is_what_the_store_does_by_itself() {
        let Command::Serve(flags) = Arguments::parse_from(["bellwether", "serve"]).command else {
            panic!("serve is asked for")
        };
        assert_eq!(options(&flags), Options::default());
    }
}
