//! Words of a text as a shell would see them: blanks separate, quotes join.

/// One word.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Without the quotes around it or parts of it.
    pub(super) text: String,
    /// Whether there were any.
    pub(super) quoted: bool,
}

/// The words of a text. A quote that is never closed joins all that follows.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut characters = text.chars().peekable();
    std::iter::from_fn(move || {
        while characters.next_if(|c| c.is_whitespace()).is_some() {}
        characters.peek()?;
        let mut word = Word { text: String::new(), quoted: false };
        let mut quote = None;
        while let Some(c) = characters.next_if(|c| quote.is_some() || !c.is_whitespace()) {
            match (c, quote) {
                // An escaped quote belongs to the word, its backslash does not; that is one layer
                // of quoting less for whoever looks into the word.
                ('\\', None | Some('"')) => match characters.next() {
                    Some(escaped @ ('"' | '\'' | '\\')) => word.text.push(escaped),
                    Some(escaped) => word.text.extend(['\\', escaped]),
                    None => word.text.push('\\'),
                },
                ('"' | '\'', None) => {
                    quote = Some(c);
                    word.quoted = true;
                }
                (_, Some(open)) if c == open => quote = None,
                _ => word.text.push(c),
            }
        }
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_join_and_blanks_separate() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(words(text).map(|word| word.text).collect::<Vec<_>>(), expected, "{text}");
        };
        check("  a  b ", &["a", "b"]);
        check("a 'b c' \"d e\"f", &["a", "b c", "d ef"]);
        check(r#"-d "{\"k\": \"v w\"}""#, &["-d", r#"{"k": "v w"}"#]);
        check(r"a\ b", &[r"a\ b"]);
        check("don't stop now", &["dont stop now"]);
        check("", &[]);
        check("''", &[""]);
        check("\\", &["\\"]);
    }
}
