//! Reading numbers and words out of bytes without allocating, and making text out of outside bytes.

/// The lines of a file, without their ends.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == b'\n')
}

/// The words of a line, however many blanks stand between them.
pub(crate) fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty())
}

/// A decimal number without sign; `None` for anything else and for what does not fit.
pub(crate) fn number(word: &[u8]) -> Option<u64> {
    if word.is_empty() {
        return None;
    }
    word.iter().try_fold(0_u64, |sum, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| sum.checked_mul(10)?.checked_add(u64::from(digit))).flatten()
    })
}

/// A finite number with a decimal point, such as a load average.
pub(crate) fn decimal(word: &[u8]) -> Option<f64> {
    let number: f64 = str::from_utf8(word).ok()?.parse().ok()?;
    number.is_finite().then_some(number)
}

/// A decimal number with or without sign.
pub(crate) fn signed(word: &[u8]) -> Option<i64> {
    match word.strip_prefix(b"-") {
        Some(digits) => 0_i64.checked_sub_unsigned(number(digits)?),
        None => i64::try_from(number(word)?).ok(),
    }
}

/// The number that a file of a single number holds.
pub(crate) fn only_number(bytes: &[u8]) -> Option<u64> {
    number(bytes.trim_ascii())
}

/// Text for people out of bytes from outside: what is no UTF-8, or could move a cursor, turn the
/// direction of writing or hide itself, becomes U+FFFD.
pub(crate) fn clean(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|c| if misleads(c) { '\u{fffd}' } else { c })
        .collect()
}

/// Control characters, line and paragraph separators, and invisible marks of direction and width.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_strict() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(number(text.as_bytes()), expected, "{text:?}");
        };
        check("0", Some(0));
        check("18446744073709551615", Some(u64::MAX));
        check("18446744073709551616", None);
        check("", None);
        check("-1", None);
        check("1 ", None);
        check("0x1", None);
        assert_eq!(only_number(b"2400000\n"), Some(2_400_000));
        assert_eq!((signed(b"-7"), signed(b"7"), signed(b"--7")), (Some(-7), Some(7), None));
        assert_eq!(signed(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!((signed(b"-9223372036854775809"), signed(b"")), (None, None));
        assert_eq!(decimal(b"0.25"), Some(0.25));
        assert_eq!(decimal(b"nan"), None);
        assert_eq!(decimal(b"inf"), None);
    }

    #[test]
    fn words_skip_blanks() {
        let found: Vec<_> = words(b"  7 \t 0 loop0 ").collect();
        assert_eq!(found, [&b"7"[..], b"0", b"loop0"]);
    }

    #[test]
    fn outside_text_cannot_mislead() {
        assert_eq!(clean(b"a\x1b[2Jb\n"), "a\u{fffd}[2Jb\u{fffd}");
        assert_eq!(clean(b"\xff\xfe"), "\u{fffd}\u{fffd}");
        assert_eq!(clean("caf\u{e9} \u{202e}gnp".as_bytes()), "caf\u{e9} \u{fffd}gnp");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            for line in lines(&bytes) {
                for word in words(line) {
                    prop_assert_eq!(number(word), str::from_utf8(word).ok().and_then(|text| {
                        if text.starts_with('+') { None } else { text.parse().ok() }
                    }));
                    let _: Option<f64> = decimal(word);
                }
            }
            prop_assert!(!clean(&bytes).chars().any(misleads));
        }
    }
}
