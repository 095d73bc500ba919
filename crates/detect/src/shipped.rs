//! The rules that the program ships. Levels are those of REQUIREMENTS H5 and M11; a new rule is a line
//! in [`all`].

use bellwether_signal::alert::{AlertSeverity, Comparison, Levels, Rule};

/// How long a host may say nothing: its slowest group is due every 10 s, five times that with leeway.
const HOST_SILENT_SECONDS: u32 = 60;

/// In the order in which they are listed.
pub(crate) fn all() -> Vec<Rule> {
    vec![
        host("cpu_usage", "CPU is busy", "host/*/cpu/total_percent", 80.0, 90.0)
            .lasting(60, 5.0)
            .says("CPU of {subject} is at {value}, over {limit}.")
            .advises("Look at the busiest processes of the host."),
        host("memory_usage", "Memory is short", "host/*/memory/used_percent", 80.0, 90.0)
            .lasting(60, 3.0)
            .says("Memory of {subject} is used to {value}, over {limit}.")
            .advises("Look at the largest processes of the host, and end or limit what is not needed."),
        host(
            "disk_usage",
            "Disk is nearly full",
            "host/*/disks/filesystems/*/used_percent",
            90.0,
            95.0,
        )
        .lasting(60, 1.0)
        .says("{item} on {subject} is used to {value}, over {limit}.")
        .advises("Delete or move what is not needed, or make the file system larger."),
        host(
            "temperature",
            "Hardware is hot",
            "host/*/sensors/temperatures/*/now_celsius",
            75.0,
            85.0,
        )
        .lasting(30, 5.0)
        .says("{item} of {subject} is at {value}, over {limit}.")
        .advises("Look at what keeps it busy, at the fans and at the air around it."),
        host(
            "gpu_temperature",
            "GPU is hot",
            "host/*/gpu/gpus/*/temperature_celsius",
            75.0,
            85.0,
        )
        .lasting(30, 5.0)
        .says("GPU {item} of {subject} is at {value}, over {limit}.")
        .advises("Look at what runs on it, and at its fan."),
        Rule { per: Some("cores".to_owned()), ..host_load() },
        Rule {
            enabled: false,
            levels: Levels { info: Some(50.0), ..Levels::default() },
            ..host("gpu_usage", "GPU is in use", "host/*/gpu/gpus/*/busy_percent", 0.0, 0.0)
                .lasting(60, 10.0)
                .says("GPU {item} of {subject} is busy to {value}.")
                .advises("Nothing, if the work is wanted.")
        },
        below("model_accuracy", "Accuracy is low", "model/*/metrics/accuracy", 0.85, 0.80)
            .says("{subject} is right in {value%} of its last labelled predictions, under {limit%}.")
            .advises("Look at why it got worse; roll back, or train again with newer rows."),
        below(
            "model_estimated_accuracy",
            "Accuracy is low by estimate",
            "model/*/metrics/estimated_accuracy",
            0.85,
            0.80,
        )
        .says("{subject} is estimated to be right in {value%}, under {limit%}; no labels have come yet.")
        .advises("Send labels to be sure; look at which columns have drifted."),
        model(
            "model_response",
            "Predictions are slow",
            "model/*/metrics/response_p95_ms",
            Comparison::Above,
            Levels { info: None, warning: Some(100.0), critical: Some(200.0) },
        )
        .lasting(30, 5.0)
        .says("One in twenty predictions of {subject} takes {value} or longer, over {limit}.")
        .advises("Look at the load of the host, or send rows in batches."),
        Rule {
            severity: Some(AlertSeverity::Warning),
            ..model(
                "model_drift",
                "Data has drifted",
                "model/*/drift/drifted",
                Comparison::IsTrue,
                Levels::default(),
            )
            .says("What {subject} is asked has moved away from what it was trained on.")
            .advises("Look at which columns moved; train again with newer rows if it lasts.")
        },
    ]
}

/// More waiting tasks than processors can take: H5's 4.0 holds for a machine of two.
fn host_load() -> Rule {
    let levels = Levels { warning: Some(2.0), ..Levels::default() };
    Rule {
        levels,
        ..host("load_average", "Load is high", "host/*/cpu/load_1m", 0.0, 0.0)
            .lasting(300, 0.2)
            .says("{subject} has {value} tasks for each processor, over {limit}.")
            .advises("Look at which processes run or wait for the disk.")
    }
}

fn host(name: &str, title: &str, series: &str, warning: f64, critical: f64) -> Rule {
    let levels = Levels { info: None, warning: Some(warning), critical: Some(critical) };
    let silent_after_seconds = Some(HOST_SILENT_SECONDS);
    Rule { silent_after_seconds, ..model(name, title, series, Comparison::Above, levels) }
}

/// Shares of one; a value stands until the next prediction or label.
fn below(name: &str, title: &str, series: &str, warning: f64, critical: f64) -> Rule {
    let levels = Levels { info: None, warning: Some(warning), critical: Some(critical) };
    model(name, title, series, Comparison::Below, levels).lasting(0, 0.01)
}

fn model(name: &str, title: &str, series: &str, comparison: Comparison, levels: Levels) -> Rule {
    Rule {
        name: name.to_owned(),
        title: title.to_owned(),
        series: series.to_owned(),
        comparison,
        levels,
        severity: None,
        clear_by: 0.0,
        for_seconds: 0,
        silent_after_seconds: None,
        per: None,
        enabled: true,
        text: String::new(),
        action: None,
        overrides: std::collections::BTreeMap::new(),
    }
}

trait Worded {
    fn lasting(self, for_seconds: u32, clear_by: f64) -> Self;
    fn says(self, text: &str) -> Self;
    fn advises(self, action: &str) -> Self;
}

impl Worded for Rule {
    fn lasting(self, for_seconds: u32, clear_by: f64) -> Self {
        Self { for_seconds, clear_by, ..self }
    }

    fn says(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    fn advises(self, action: &str) -> Self {
        Self { action: Some(action.to_owned()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn shipped_rules_are_right_and_named_once() {
        let rules = all();
        for rule in &rules {
            rule.check().unwrap_or_else(|wrong| panic!("{}: {wrong}", rule.name));
        }
        let names: BTreeSet<_> = rules.iter().map(|rule| &rule.name).collect();
        assert_eq!(names.len(), rules.len());
    }
}
