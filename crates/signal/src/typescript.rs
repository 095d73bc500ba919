//! The TypeScript face of the vocabulary: types for the compiler, shapes for the decoder.
//!
//! `make types` writes both into `clients/ts/src/generated/`; a test fails while they are stale.

use std::{collections::BTreeMap, fmt::Write as _};

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::Value;
use ts_rs::{Config, TS};

use crate::{
    activity, alert, answer, dataset, host, id, machine, model, protocol, role, system, time,
    topic, training, unit, why,
};

const HEAD: &str = "// Generated from crates/signal by `make types`. Do not edit.\n";

/// Calls a macro with every type that clients see. A new payload is a line here.
macro_rules! with_types {
    ($do:ident) => {
        $do!(
            time::Timestamp,
            id::HostId,
            unit::Unit,
            role::Role,
            protocol::Position,
            protocol::Request,
            protocol::Urgency,
            protocol::Since,
            protocol::Answer,
            protocol::ErrorCode,
            protocol::Limits,
            protocol::Content,
            protocol::Envelope,
            protocol::GapReason,
            host::HostSummary,
            host::BusiestProcess,
            host::Cpu,
            host::CpuModes,
            host::Core,
            host::Memory,
            host::Disks,
            host::BlockDevice,
            host::DeviceHealth,
            host::DiskArray,
            host::Filesystem,
            host::Network,
            host::Interface,
            host::InterfaceKind,
            host::Duplex,
            host::Tcp,
            host::Pressure,
            host::Stall,
            host::Processes,
            host::Process,
            host::ProcessState,
            host::Commands,
            host::ProcessEvent,
            host::ProcessChange,
            host::Sensors,
            host::Temperature,
            host::Fan,
            host::Voltage,
            host::Current,
            host::Power,
            host::Battery,
            host::Cell,
            host::CellState,
            host::Cgroups,
            host::Hierarchy,
            host::Cgroup,
            host::CgroupKind,
            host::Users,
            host::User,
            activity::Activity,
            activity::ActivityKind,
            activity::Severity,
            system::SystemMetrics,
            system::OwnProcess,
            system::CollectorStatus,
            system::CollectorState,
            system::StoreMetrics,
            system::SystemHealth,
            system::PartHealth,
            system::Health,
            system::GatewayMetrics,
            system::DialectMetrics,
            system::SystemClients,
            system::ConnectedClient,
            answer::SeriesAnswer,
            answer::SeriesColumns,
            answer::Delivered,
            answer::SessionAnswer,
            answer::EventsAnswer,
            answer::TokensAnswer,
            answer::TokenEntry,
            answer::TokenUse,
            answer::TokenMade,
            answer::Problem,
        )
    };
}

/// The same for what no page shows yet, what clients decode by hand, and what they only send: types cost
/// the page nothing, shapes do. A payload moves up to `with_types` when a page wants it checked.
macro_rules! with_types_to_come {
    ($do:ident) => {
        $do!(
            topic::Topic,
            topic::TopicPattern,
            protocol::Now,
            protocol::Kind,
            protocol::Gap,
            protocol::GapNotice,
            answer::TopicsAnswer,
            answer::TokenWish,
            answer::PublishWish,
            answer::PublishAnswer,
            answer::DurablesAnswer,
            answer::DurableEntry,
            answer::BackupNote,
            answer::PredictionAnswer,
            answer::PredictionsAnswer,
            answer::RowPrediction,
            answer::Explanation,
            answer::Contribution,
            answer::PredictionLogAnswer,
            answer::PredictionEntry,
            answer::DatasetsAnswer,
            answer::DatasetEntry,
            answer::DatasetAnswer,
            answer::DatasetUploaded,
            answer::DatasetPreview,
            answer::DatasetVerdict,
            answer::UploadWish,
            answer::UploadAnswer,
            answer::UploadFinished,
            answer::ShadowAnswer,
            host::Gpus,
            host::Gpu,
            host::GpuProcess,
            machine::MachineSummary,
            machine::MachineReadings,
            machine::MachineAnomaly,
            machine::AnomalySeverity,
            machine::AnomalyKind,
            id::MachineSlug,
            id::ModelId,
            id::RunId,
            alert::Alert,
            alert::AlertState,
            alert::AlertSeverity,
            alert::Rule,
            alert::Levels,
            alert::Comparison,
            alert::ListedRule,
            alert::AlertChange,
            alert::AlertChangeKind,
            answer::AlertsAnswer,
            answer::RulesAnswer,
            answer::AlertAnswer,
            answer::RuleTestAnswer,
            answer::TestedSeries,
            answer::KnownSeriesAnswer,
            answer::KnownSeries,
            answer::SilenceWish,
            dataset::DatasetUpload,
            dataset::UploadState,
            dataset::DatasetProfile,
            dataset::TableFormat,
            dataset::ColumnProfile,
            dataset::ColumnKind,
            dataset::DatasetIssue,
            training::TrainingStatus,
            training::Task,
            training::TrainingState,
            training::TrainingOutcome,
            training::TrainingFailure,
            training::TrainingProgress,
            training::TrainingStage,
            training::TrainingStep,
            answer::TrainWish,
            answer::TrainParameters,
            answer::Preset,
            answer::Split,
            answer::Priority,
            answer::TrainAnswer,
            answer::RunsAnswer,
            answer::RunEntry,
            answer::RunAnswer,
            answer::Trial,
            answer::CurvePoint,
            answer::RunLine,
            model::ModelStatus,
            model::ModelState,
            model::ModelMetrics,
            model::ModelHealth,
            model::AccuracyTrend,
            model::RateTrend,
            model::ModelDrift,
            model::FeatureDrift,
            model::Prediction,
            model::PredictionVolume,
            why::WhyAnswer,
            why::Confidence,
            why::Cause,
            why::Evidence,
            model::ModelSettings,
            model::ModelHistory,
            model::StageChange,
            model::StageChangeKind,
            model::CalibrationPoint,
            model::CardColumn,
            model::CardScore,
            model::CardTarget,
            model::ClassCurve,
            model::ColumnShare,
            model::Confusion,
            model::DifferenceKind,
            model::LeftOutColumn,
            model::ModelCard,
            model::ModelComparison,
            model::ModelDifference,
            model::ResidualHistogram,
        )
    };
}

/// `types.ts`: every type that clients see.
pub fn types() -> String {
    let config = Config::new();
    let mut text = format!("{HEAD}\n");
    macro_rules! declare {
        ($($ty:path),* $(,)?) => {
            $(
                if let Some(docs) = <$ty as TS>::docs() {
                    text.push_str(&docs);
                }
                writeln!(text, "export {}\n", <$ty as TS>::decl(&config))
                    .expect("writing to a string cannot fail");
            )*
        };
    }
    with_types!(declare);
    with_types_to_come!(declare);
    text
}

/// `shapes.ts`: the same types as data, small enough to ship, for checking what comes from outside.
///
/// A shape is a text (`n` number, `s` text, `b` boolean, `x` anything, another shape's name), a list
/// of allowed words, `[shape]` for an array, `{'*': shape}` for a map, or an object of fields, where
/// a trailing `?` marks what may be absent.
pub fn shapes() -> String {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    macro_rules! register {
        ($($ty:path),* $(,)?) => { $( let _root = generator.subschema_for::<$ty>(); )* };
    }
    with_types!(register);
    let definitions: BTreeMap<String, Value> =
        generator.definitions().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut text = format!("{HEAD}\nexport const shapes = {{\n");
    for (name, schema) in &definitions {
        let Some(shape) = shape_of(schema) else { continue };
        writeln!(text, "  {name}: {shape},").expect("writing to a string cannot fail");
    }
    text.push_str("} as const\n");
    text
}

/// `None` for what the decoder does not need: protocol messages are decoded by hand.
fn shape_of(schema: &Value) -> Option<String> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return Some(format!("'{}'", name.rsplit('/').next()?));
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return Some(words_of(words.iter().filter_map(Value::as_str)));
    }
    if let Some(options) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        let words: Vec<&str> =
            options.iter().filter_map(|o| o.get("const").and_then(Value::as_str)).collect();
        if words.len() == options.len() {
            return Some(words_of(words.into_iter()));
        }
        // `Option<T>` reads as "T or null"; absent fields never arrive as null.
        let rest: Vec<&Value> = options
            .iter()
            .filter(|o| o.get("type").and_then(Value::as_str) != Some("null"))
            .collect();
        return match rest.as_slice() {
            [only] => shape_of(only),
            _ => None,
        };
    }
    let kind = match schema.get("type")? {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|k| *k != "null")?,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    match kind {
        "number" | "integer" => Some("'n'".into()),
        "string" => Some("'s'".into()),
        "boolean" => Some("'b'".into()),
        "array" => schema.get("items").and_then(shape_of).map(|item| format!("[{item}]")),
        "object" => object_shape(schema),
        _ => None,
    }
}

fn words_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.map(|word| format!("'{word}'")).collect();
    format!("{{ '|': [{}] }}", quoted.join(", "))
}

fn object_shape(schema: &Value) -> Option<String> {
    if let Some(values) = schema.get("additionalProperties").filter(|v| v.is_object()) {
        return shape_of(values).map(|shape| format!("{{ '*': {shape} }}"));
    }
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut fields = Vec::new();
    for (name, field) in schema.get("properties")?.as_object()? {
        let shape = shape_of(field)?;
        let optional = if required.contains(&name.as_str()) { "" } else { "?" };
        fields.push(if optional.is_empty() {
            format!("{name}: {shape}")
        } else {
            format!("'{name}?': {shape}")
        });
    }
    Some(format!("{{ {} }}", fields.join(", ")))
}
