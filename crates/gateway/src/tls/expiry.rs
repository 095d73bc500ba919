//! When a certificate ends: `notAfter` of X.509 (RFC 5280, section 4.1), read from its DER without
//! looking at anything else.

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xA0;
const UTC_TIME: u8 = 0x17;
const GENERALISED_TIME: u8 = 0x18;

/// Epoch seconds; nothing when this is no certificate.
pub(super) fn not_after(der: &[u8]) -> Option<i64> {
    let (certificate, _) = inside(der, SEQUENCE)?;
    let (mut rest, _) = inside(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    // Serial number, algorithm of the signature, issuer.
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (validity, _) = inside(rest, SEQUENCE)?;
    let (_, _, rest) = element(validity)?;
    let (kind, time, _) = element(rest)?;
    seconds(kind, std::str::from_utf8(time).ok()?)
}

/// `YYMMDDhhmmssZ`, of 1950 to 2049, or `YYYYMMDDhhmmssZ`.
fn seconds(kind: u8, time: &str) -> Option<i64> {
    let (year, rest) = match kind {
        UTC_TIME => {
            let (year, rest) = time.split_at_checked(2)?;
            let year: i64 = year.parse().ok()?;
            (if year < 50 { 2_000 + year } else { 1_900 + year }, rest)
        }
        GENERALISED_TIME => {
            let (year, rest) = time.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let digits = rest.strip_suffix('Z')?;
    let pairs: Option<Vec<i64>> =
        (0..5).map(|pair| digits.get(pair * 2..pair * 2 + 2)?.parse().ok()).collect();
    let [month, day, hour, minute, second] = pairs?.try_into().ok()?;
    Some(days(year, month, day)? * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Days since 1970 in the Gregorian calendar, counted from a March so that leap days come last
/// (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn inside(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (found, content, rest) = element(bytes)?;
    (found == kind).then_some((content, rest))
}

/// Kind, content, and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = if short < 0x80 {
        (usize::from(short), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(short & 0x7F))?;
        if length.is_empty() || length.len() > 4 {
            return None;
        }
        (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((kind, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_kinds_are_read() {
        assert_eq!(seconds(UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(seconds(UTC_TIME, "490228235959Z"), Some(2_498_169_599));
        assert_eq!(seconds(GENERALISED_TIME, "20240229120000Z"), Some(1_709_208_000));
        for wrong in ["", "7001010000", "701301000000Z", "70\u{e4}101000000Z", "xx0101000000Z"] {
            assert_eq!(seconds(UTC_TIME, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn certificates_say_when_they_end() {
        let mut params = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2031, 5, 6);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let der: &[u8] = certificate.der();
        assert_eq!(not_after(der), Some(1_935_792_000));
        for end in 0..der.len().min(300) {
            let _no_panic = not_after(&der[..end]);
        }
    }
}
