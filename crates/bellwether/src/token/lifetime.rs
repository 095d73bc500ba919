//! Lengths of time as people write and read them.

use bellwether_signal::Timestamp;

/// Units, largest first: letter, word, seconds.
const UNITS: [(&str, &str, u64); 5] = [
    ("w", "weeks", 7 * 86_400),
    ("d", "days", 86_400),
    ("h", "hours", 3_600),
    ("m", "minutes", 60),
    ("s", "seconds", 1),
];

/// Reads `90m`, `12h`, `30d` into seconds.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    let wanted = "a number and its unit: s, m, h, d or w, such as 90m, 12h or 30d";
    let found = UNITS.iter().find_map(|(letter, _, size)| Some((text.strip_suffix(letter)?, size)));
    let Some((number, size)) = found else { return Err(format!("it has to be {wanted}")) };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(format!("it has to be {wanted}; {number:?} is no whole number"));
    }
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(*size)) {
        Some(0) => Err("that is no time at all; without --expires it takes the default".to_owned()),
        Some(seconds) => Ok(seconds),
        None => Err("that is longer than can be counted".to_owned()),
    }
}

/// `in 30 days`, `2 hours ago`, `now`: the largest unit of which there are two, or one second.
pub(super) fn from_now(at: Timestamp, now: Timestamp) -> String {
    let away = at.0.saturating_sub(now.0);
    let seconds = away.unsigned_abs().div_ceil(1_000);
    let (_, word, size) =
        UNITS.into_iter().find(|(.., size)| seconds >= size * 2).unwrap_or(("s", "seconds", 1));
    // To the nearest whole, so that what ends in 30 days less a moment is 30 days away.
    let number = (seconds + size / 2) / size;
    match away {
        0 => "now".to_owned(),
        _ if away > 0 => format!("in {number} {word}"),
        _ => format!("{number} {word} ago"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let check = |text: &str, expected: u64| assert_eq!(seconds(text), Ok(expected), "{text}");
        check("30d", 2_592_000);
        check("12h", 43_200);
        check("90m", 5_400);
        check("1s", 1);
        check("2w", 1_209_600);
        for wrong in ["", "d", "30", "-1d", "1.5h", "1 d", "30days", "0d", "99999999999999999999d"]
        {
            let told = seconds(wrong).expect_err(wrong);
            assert!(told.len() > 20, "{wrong}: {told}");
        }
    }

    #[test]
    fn times_are_told() {
        let check = |away_ms: i64, text: &str| {
            assert_eq!(from_now(Timestamp(away_ms), Timestamp(0)), text);
        };
        check(2_592_000_000 - 40, "in 4 weeks");
        check(86_400_000 - 40, "in 24 hours");
        check(172_800_000, "in 2 days");
        check(-7_200_000, "2 hours ago");
        check(1_000, "in 1 seconds");
        check(0, "now");
    }
}
