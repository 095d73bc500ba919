//! Figures, their bars, and how they are printed.

use anyhow::Result;
use serde_json::json;

/// What was measured, and what it has to reach.
pub(crate) struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    bar: Option<Bar>,
}

enum Bar {
    Below(f64),
    AtMost(f64),
    AtLeast(f64),
}

impl Figure {
    /// It has to be less than `bar`.
    pub(crate) fn below(name: &'static str, value: f64, bar: f64, unit: &'static str) -> Self {
        Self { name, value, unit, bar: Some(Bar::Below(bar)) }
    }

    /// It may be `bar`, but no more.
    pub(crate) fn at_most(name: &'static str, value: f64, bar: f64, unit: &'static str) -> Self {
        Self { name, value, unit, bar: Some(Bar::AtMost(bar)) }
    }

    /// It has to be `bar` or more.
    pub(crate) fn at_least(name: &'static str, value: f64, bar: f64, unit: &'static str) -> Self {
        Self { name, value, unit, bar: Some(Bar::AtLeast(bar)) }
    }

    /// It is shown to explain another one.
    pub(crate) fn without_bar(name: &'static str, value: f64, unit: &'static str) -> Self {
        Self { name, value, unit, bar: None }
    }

    pub(crate) fn is_met(&self) -> bool {
        match self.bar {
            None => true,
            Some(Bar::Below(bar)) => self.value < bar,
            Some(Bar::AtMost(bar)) => self.value <= bar,
            Some(Bar::AtLeast(bar)) => self.value >= bar,
        }
    }

    fn bar_text(&self) -> String {
        match self.bar {
            None => String::new(),
            Some(Bar::Below(bar)) => format!("< {bar} {}", self.unit),
            Some(Bar::AtMost(bar)) => format!("≤ {bar} {}", self.unit),
            Some(Bar::AtLeast(bar)) => format!("≥ {bar} {}", self.unit),
        }
    }

    fn verdict(&self) -> &'static str {
        match (&self.bar, self.is_met()) {
            (None, _) => "",
            (Some(_), true) => "reached",
            (Some(_), false) => "MISSED",
        }
    }
}

/// All figures in the order in which they were measured, and how.
#[derive(Default)]
pub(crate) struct Report {
    figures: Vec<Figure>,
    notes: Vec<String>,
    loads: Vec<(&'static str, String)>,
}

impl Report {
    pub(crate) fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// The machine's load at some point: on a busy machine, times are longer.
    pub(crate) fn load(&mut self, when: &'static str, load: String) {
        self.loads.push((when, load));
    }

    #[expect(clippy::print_stdout, reason = "the table is what this program is for")]
    pub(crate) fn print(&self, as_json: bool) -> Result<()> {
        if as_json {
            println!("{}", serde_json::to_string_pretty(&self.to_json())?);
            return Ok(());
        }
        for note in &self.notes {
            println!("{note}");
        }
        for (when, load) in &self.loads {
            println!("load average {when}: {load}");
        }
        println!("\n{:<48} {:>14}  {:<12} verdict", "figure", "measured", "bar");
        for figure in &self.figures {
            let measured = format!("{:.2} {}", figure.value, figure.unit);
            let (bar, verdict) = (figure.bar_text(), figure.verdict());
            let line = format!("{:<48} {measured:>14}  {bar:<12} {verdict}", figure.name);
            println!("{}", line.trim_end());
        }
        Ok(())
    }

    fn to_json(&self) -> serde_json::Value {
        let figures: Vec<_> = self
            .figures
            .iter()
            .map(|figure| {
                json!({
                    "name": figure.name,
                    "value": figure.value,
                    "unit": figure.unit,
                    "bar": figure.bar_text(),
                    "verdict": figure.verdict(),
                })
            })
            .collect();
        let loads: serde_json::Map<_, _> =
            self.loads.iter().map(|(when, load)| ((*when).to_owned(), json!(load))).collect();
        json!({ "notes": self.notes, "load_average": loads, "figures": figures })
    }
}
