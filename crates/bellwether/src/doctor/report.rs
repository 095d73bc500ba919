//! The findings, for people and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Finding, Verdict};

type Found = [(&'static str, Vec<Finding>)];

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotHere => "not here",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

pub(super) fn count(found: &Found, verdict: Verdict) -> usize {
    found.iter().flat_map(|(_, findings)| findings).filter(|it| it.verdict == verdict).count()
}

/// `no problem`, `1 problem`, `2 problems`.
pub(super) fn number(count: usize, word: &str) -> String {
    match count {
        0 => format!("no {word}"),
        1 => format!("1 {word}"),
        more => format!("{more} {word}s"),
    }
}

pub(super) fn text(found: &Found) -> String {
    let mut text = String::new();
    for (check, findings) in found {
        writeln!(text, "{check}").expect("a String takes everything");
        for Finding { subject, verdict, says, action } in findings {
            let action = action.as_ref().map(|it| format!("\n            -> {it}"));
            let action = action.unwrap_or_default();
            writeln!(text, "  {:<8}  {subject}: {says}{action}", verdict.word())
                .expect("a String takes everything");
        }
    }
    let problems = number(count(found, Verdict::Problem), "problem");
    let warnings = number(count(found, Verdict::Warning), "warning");
    let (well, absent) = (count(found, Verdict::Ok), count(found, Verdict::NotHere));
    writeln!(text, "\n{problems}, {warnings}; {well} in order, {absent} not on this machine")
        .expect("a String takes everything");
    text
}

pub(super) fn json(found: &Found) -> String {
    let worst = found.iter().flat_map(|(_, it)| it).map(|it| it.verdict).max();
    let rows: Vec<Value> = found
        .iter()
        .flat_map(|(check, findings)| findings.iter().map(move |finding| (check, finding)))
        .map(|(check, finding)| {
            json!({
                "check": check,
                "subject": finding.subject,
                "result": finding.verdict.word(),
                "says": finding.says,
                "action": finding.action,
            })
        })
        .collect();
    let result = worst.unwrap_or(Verdict::Ok).word();
    format!("{:#}\n", json!({ "result": result, "findings": rows }))
}
