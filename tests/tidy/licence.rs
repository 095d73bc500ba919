//! Licence expressions (SPDX specification 2.3, annex D): which can be met with a list of licences.

/// Whether somebody who accepts `allowed` may use what is offered under `expression`.
/// The old form `MIT/Apache-2.0` means `OR`. What cannot be read is not met.
pub(crate) fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = Words { rest: spaced.split_whitespace().collect(), allowed };
    words.rest.reverse();
    let met = words.any_of();
    met == Some(true) && words.rest.is_empty()
}

/// The words still to be read, the next one last.
struct Words<'a> {
    rest: Vec<&'a str>,
    allowed: &'a [String],
}

impl Words<'_> {
    fn next_is(&mut self, word: &str) -> bool {
        let is = self.rest.last().is_some_and(|it| it.eq_ignore_ascii_case(word));
        if is {
            self.rest.pop();
        }
        is
    }

    /// `OR` binds less than `AND`.
    fn any_of(&mut self) -> Option<bool> {
        let mut met = self.all_of()?;
        while self.next_is("OR") {
            met |= self.all_of()?;
        }
        Some(met)
    }

    fn all_of(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.next_is("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.next_is("(") {
            let met = self.any_of()?;
            return self.next_is(")").then_some(met);
        }
        let mut licence = self.rest.pop()?.to_owned();
        if self.next_is("WITH") {
            licence = format!("{licence} WITH {}", self.rest.pop()?);
        }
        Some(self.allowed.contains(&licence))
    }
}

#[test]
fn expressions_are_read_as_the_specification_says() {
    let check = |expression: &str, expected: bool| {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        assert_eq!(is_met(expression, &allowed), expected, "{expression}");
    };
    check("MIT", true);
    check("MIT OR GPL-3.0-only", true);
    check("GPL-3.0-only/MIT", true);
    check("MIT AND Apache-2.0", true);
    check("(GPL-3.0-only OR MIT) AND Apache-2.0", true);
    check("GPL-3.0-only OR MIT AND Apache-2.0", true);
    check("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT", true);

    check("", false);
    check("GPL-3.0-only", false);
    check("MIT AND GPL-3.0-only", false);
    check("(MIT OR Apache-2.0) AND Unicode-3.0", false);
    check("MIT WITH Classpath-exception-2.0", false);
    check("SEE LICENSE IN LICENSE.txt", false);
    check("(MIT", false);
    check("MIT MIT", false);
}
