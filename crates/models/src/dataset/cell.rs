//! What a single cell means.

use super::dialect::Decimal;

/// Words that stand for "nothing here" in any column.
const NOTHING: [&str; 9] = ["", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "<NA>"];
/// Words that do so among numbers and dates, where they mean nothing else.
const NOTHING_AMONG_NUMBERS: [&str; 6] = ["?", "-", "--", "None", "none", "n/a"];

pub(crate) fn is_missing(text: &str) -> bool {
    NOTHING.contains(&text)
}

pub(crate) fn is_missing_among_numbers(text: &str) -> bool {
    is_missing(text) || NOTHING_AMONG_NUMBERS.contains(&text)
}

/// A finite number; `None` for all else, infinite ones included.
pub(crate) fn number(text: &str, decimal: Decimal) -> Option<f64> {
    // The words that Rust takes for numbers are words here.
    if !text.ends_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',') {
        return None;
    }
    let parsed = match decimal {
        Decimal::Point => text.parse::<f64>(),
        Decimal::Comma if text.contains('.') => return None,
        Decimal::Comma => text.replace(',', ".").parse::<f64>(),
    };
    parsed.ok().filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_words() {
        let check = |text, decimal, expected| assert_eq!(number(text, decimal), expected, "{text}");
        check("1", Decimal::Point, Some(1.0));
        check("-1.5e3", Decimal::Point, Some(-1_500.0));
        check("+.5", Decimal::Point, Some(0.5));
        check("1,5", Decimal::Comma, Some(1.5));
        check("12", Decimal::Comma, Some(12.0));
        for (text, decimal) in [
            ("1,5", Decimal::Point),
            ("1.5", Decimal::Comma),
            ("1e999", Decimal::Point),
            ("inf", Decimal::Point),
            ("nan", Decimal::Point),
            ("1 2", Decimal::Point),
            ("", Decimal::Point),
        ] {
            check(text, decimal, None);
        }
    }
}
