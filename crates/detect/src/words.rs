//! What people are told: a rule's sentence with its blanks filled in.

use bellwether_signal::{Unit, topic::decode_segment};

/// What is known when a sentence is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blanks<'a> {
    /// The rule's pattern and the series: where they differ is what a sentence is about.
    pub(crate) pattern: &'a str,
    pub(crate) series: &'a str,
    pub(crate) value: Option<f64>,
    pub(crate) limit: Option<f64>,
    /// Values are per something: they have no unit of their own.
    pub(crate) is_ratio: bool,
}

impl Blanks<'_> {
    /// Fills `{subject}`, `{item}`, `{value}`, `{limit}`, `{value%}` and `{limit%}` in. What nobody
    /// knows is a dash; other braces stay as they are.
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 24);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                continue;
            };
            if let Some(filled) = self.blank(name) {
                out.push_str(&filled);
                rest = behind;
            } else {
                out.push('{');
                rest = after;
            }
        }
        out.push_str(rest);
        out
    }

    fn blank(&self, name: &str) -> Option<String> {
        Some(match name {
            "subject" => subject_name(self.series),
            "item" => self.item(),
            "value" => self.measured(self.value),
            "limit" => self.measured(self.limit),
            "value%" => percent(self.value.map(|share| share * 100.0)),
            "limit%" => percent(self.limit.map(|share| share * 100.0)),
            _ => return None,
        })
    }

    /// The segments behind the subject that the pattern leaves open: a disk, a sensor.
    fn item(&self) -> String {
        let open = self.pattern.split('/').zip(self.series.split('/')).skip(2);
        let named: Vec<String> =
            open.filter(|(wanted, _)| *wanted == "*").map(|(_, it)| decode_segment(it)).collect();
        named.join(", ")
    }

    fn measured(&self, value: Option<f64>) -> String {
        let Some(value) = value else { return "–".to_owned() };
        if self.is_ratio {
            return number(value);
        }
        match Unit::of_field(self.series.rsplit('/').next().unwrap_or_default()) {
            Unit::Percent => percent(Some(value)),
            Unit::Celsius => format!("{} °C", number(value)),
            Unit::Milliseconds => format!("{} ms", number(value)),
            Unit::Microseconds => format!("{} µs", number(value)),
            Unit::Seconds => format!("{} s", number(value)),
            Unit::Watts => format!("{} W", number(value)),
            Unit::WattHours => format!("{} Wh", number(value)),
            Unit::Volts => format!("{} V", number(value)),
            Unit::Amperes => format!("{} A", number(value)),
            Unit::Megahertz => format!("{} MHz", number(value)),
            Unit::Rpm => format!("{} rpm", number(value)),
            Unit::MegabitsPerSecond => format!("{} Mbit/s", number(value)),
            Unit::Bytes => bytes(value),
            Unit::BytesPerSecond => format!("{}/s", bytes(value)),
            Unit::PerSecond => format!("{}/s", number(value)),
            Unit::EpochMilliseconds | Unit::Number => number(value),
        }
    }
}

/// `web-1` of `host/web-1/cpu/total_percent`.
pub(crate) fn subject_name(series: &str) -> String {
    decode_segment(series.split('/').nth(1).unwrap_or(series))
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{} %", number(value)))
}

/// At most one place, two for what is small.
fn number(value: f64) -> String {
    let places = if value.abs() < 10.0 && (value * 10.0).fract().abs() > 1e-9 { 2 } else { 1 };
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn bytes(value: f64) -> String {
    let mut value = value;
    for unit in ["B", "kB", "MB", "GB"] {
        if value.abs() < 1_000.0 {
            return format!("{} {unit}", number(value));
        }
        value /= 1_000.0;
    }
    format!("{} TB", number(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_filled_in() {
        let check = |pattern, series, value, limit, text: &str, expected: &str| {
            let blanks = Blanks { pattern, series, value, limit, is_ratio: false };
            assert_eq!(blanks.fill(text), expected, "{text}");
        };
        let (pattern, series) = ("host/*/cpu/total_percent", "host/web-1/cpu/total_percent");
        check(
            pattern,
            series,
            Some(93.44),
            Some(90.0),
            "CPU of {subject} is at {value}, over {limit}.",
            "CPU of web-1 is at 93.4 %, over 90 %.",
        );
        let (pattern, series) = (
            "host/*/disks/filesystems/*/used_percent",
            "host/a/disks/filesystems/%2Fdata%20disk/used_percent",
        );
        check(
            pattern,
            series,
            None,
            None,
            "{item} of {subject}: {value} {other} {",
            "/data disk of a: – {other} {",
        );
        let (pattern, series) = ("model/*/metrics/accuracy", "model/churn-v3/metrics/accuracy");
        check(
            pattern,
            series,
            Some(0.7831),
            Some(0.8),
            "{subject} {value%} {limit%} {value}",
            "churn-v3 78.3 % 80 % 0.78",
        );
        let (pattern, series) = ("a/*/x_bytes", "a/b/x_bytes");
        check(pattern, series, Some(1.5e9), Some(999.0), "{value} {limit}", "1.5 GB 999 B");
    }
}
