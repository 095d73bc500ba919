//! `bellwether config`: every setting, its value, and where that comes from. Secrets are hidden.

use std::fmt::Write as _;

use bellwether_signal::feature::{Feature, FeatureChoice, Features};
use clap::{Arg, ArgMatches, parser::ValueSource};
use serde_json::{Value, json};

use super::{ConfigFile, Shape, meaning, name, settings, shape};

/// Stands for a secret.
const HIDDEN: &str = "(hidden)";

/// Where a value comes from.
#[derive(Debug, PartialEq, Eq)]
enum Origin {
    Flag,
    Environment(String),
    /// The line of the configuration file.
    File(usize),
    Default,
}

#[derive(Debug)]
struct InForce {
    name: String,
    value: Value,
    /// Where the program finds out by itself: what it takes then.
    otherwise: Option<String>,
    origin: Origin,
}

/// The settings in force, as text for people or as JSON for programs.
pub(crate) fn show(matches: &ArgMatches, file: &ConfigFile, as_json: bool) -> String {
    let settings: Vec<InForce> =
        settings().iter().map(|arg| in_force(arg, matches, file)).collect();
    let choices = matches.get_many::<FeatureChoice>("feature").into_iter().flatten();
    let features = Features::chosen(&choices.copied().collect::<Vec<_>>());
    if as_json {
        json_text(&settings, &features, file)
    } else {
        text(&settings, file) + &parts(&features)
    }
}

/// Which parts there are, as people read it.
fn parts(features: &Features) -> String {
    let mut text = "\nparts (--feature NAME=on|off|SHARE%)\n\n".to_owned();
    let names = Feature::all().map(|feature| feature.name().len()).max().unwrap_or_default();
    for (feature, share) in features.list() {
        let share = share.to_string();
        writeln!(text, "{:names$}  {share:6}  {}", feature.name(), feature.meaning())
            .expect("a String takes everything");
    }
    text
}

fn in_force(arg: &Arg, matches: &ArgMatches, file: &ConfigFile) -> InForce {
    let (id, name) = (arg.get_id().as_str(), name(arg).to_owned());
    let texts: Vec<String> = matches
        .get_raw(id)
        .into_iter()
        .flatten()
        .map(|text| text.to_string_lossy().into_owned())
        .collect();
    let value = match (shape(arg), texts.as_slice()) {
        (_, [_, ..]) if arg.is_hide_env_values_set() => HIDDEN.into(),
        // The environment may say yes in other words than `true`.
        (Shape::Switch, _) => matches.get_flag(id).into(),
        (Shape::List, texts) => texts.into(),
        (Shape::One, [first, ..]) => first.as_str().into(),
        (Shape::One, []) => Value::Null,
    };
    let origin = match matches.value_source(id) {
        Some(ValueSource::CommandLine) => Origin::Flag,
        Some(ValueSource::EnvVariable) => {
            Origin::Environment(arg.get_env().unwrap_or_default().to_string_lossy().into_owned())
        }
        Some(_) | None => file.line(&name).map_or(Origin::Default, Origin::File),
    };
    InForce { name, value, otherwise: meaning(arg).1, origin }
}

fn text(settings: &[InForce], file: &ConfigFile) -> String {
    let mut text = match &file.path {
        Some(path) => format!("configuration file: {}\n\n", path.display()),
        None => "configuration file: none\n\n".to_owned(),
    };
    let values: Vec<String> = settings.iter().map(written).collect();
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or_default();
    let names = width(&mut settings.iter().map(|setting| setting.name.len()));
    let widest = width(&mut values.iter().map(|value| value.chars().count())).min(44);
    for (setting, value) in settings.iter().zip(&values) {
        let origin = match &setting.origin {
            Origin::Flag => format!("flag --{}", setting.name),
            Origin::Environment(variable) => format!("environment {variable}"),
            Origin::File(line) => format!("file, line {line}"),
            Origin::Default => "default".to_owned(),
        };
        writeln!(text, "{:names$}  {value:widest$}  {origin}", setting.name)
            .expect("a String takes everything");
    }
    text
}

fn written(setting: &InForce) -> String {
    match &setting.value {
        Value::Null => setting.otherwise.clone().unwrap_or_else(|| "(none)".to_owned()),
        Value::String(text) => text.clone(),
        Value::Array(texts) if texts.is_empty() => "(none)".to_owned(),
        Value::Array(texts) => {
            texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        value @ (Value::Bool(_) | Value::Number(_) | Value::Object(_)) => value.to_string(),
    }
}

fn json_text(settings: &[InForce], features: &Features, file: &ConfigFile) -> String {
    let rows: Vec<Value> = settings
        .iter()
        .map(|setting| {
            let (from, place) = match &setting.origin {
                Origin::Flag => ("flag", Some(json!(format!("--{}", setting.name)))),
                Origin::Environment(variable) => ("environment", Some(json!(variable))),
                Origin::File(line) => ("file", Some(json!(line))),
                Origin::Default => ("default", None),
            };
            json!({
                "name": setting.name,
                "value": setting.value,
                "from": from,
                "at": place,
            })
        })
        .collect();
    let features: Vec<Value> = features
        .list()
        .map(|(feature, share)| {
            json!({
                "name": feature.name(),
                "value": share.to_string(),
                "meaning": feature.meaning(),
                "within": feature.within().map(Feature::name),
                "takes_share": feature.is_shared(),
            })
        })
        .collect();
    let answer = json!({ "file": file.path, "settings": rows, "features": features });
    format!("{answer:#}\n")
}
