//! Why a run ended without a model, in stable words, with what to do about it.

use std::io;

use bellwether_signal::training::TrainingFailure;

use crate::{dataset::DatasetError, error::TrainError, registry::RegistryError};

fn failure(code: &str, text: impl Into<String>, suggestions: &[&str]) -> TrainingFailure {
    TrainingFailure {
        code: code.to_owned(),
        text: text.into(),
        step: None,
        progress_percent: None,
        suggestions: suggestions.iter().map(|text| (*text).to_owned()).collect(),
    }
}

/// Of a training.
pub(super) fn of_training(error: &TrainError) -> TrainingFailure {
    let (code, suggestions): (&str, &[&str]) = match error {
        TrainError::Dataset(error) => return of_dataset(error),
        TrainError::NoTarget(_) => (
            "target_empty",
            &[
                "Choose a target column that has values",
                "Upload the file with the target filled in",
            ],
        ),
        TrainError::OneClass { .. } => (
            "one_class",
            &["Add rows of another class to the file", "Choose another target column"],
        ),
        TrainError::TooManyClasses { .. } => (
            "too_many_classes",
            &[
                "Choose another target column: one with a value of its own in each row names rows",
                "Train a regression, if the target is a number",
                "Put rare classes together in the file",
            ],
        ),
        TrainError::NotNumbers(_) => {
            ("target_not_numeric", &["Train a classification", "Choose a target column of numbers"])
        }
        TrainError::TargetIsTime(_) => {
            ("target_is_time", &["Choose a target column of numbers or classes"])
        }
        TrainError::TooFewRows { .. } => (
            "too_few_rows",
            &["Upload a file with at least 3 rows whose target is known; 100 or more are better"],
        ),
        TrainError::NoFeatures => (
            "no_features",
            &[
                "Upload a file with columns that differ between rows",
                "Take columns back in that are left out",
            ],
        ),
        TrainError::NoTimes => (
            "no_time_column",
            &["Use the split `random`", "Upload the file with a column of dates or times"],
        ),
        TrainError::NoGroup => ("no_group_column", &["Say group_column, or use another split"]),
        TrainError::OneGroup(_) => {
            ("one_group", &["Choose another group column", "Use the split `random`"])
        }
        TrainError::Gone => return dataset_deleted(),
        TrainError::Cancelled => ("cancelled", &[]),
        TrainError::Engine(_) => {
            ("engine", &["Try again with other parameters", "Report this: it should not happen"])
        }
    };
    failure(code, sentence(&error.to_string()), suggestions)
}

/// Of a file that is read again.
pub(super) fn of_dataset(error: &DatasetError) -> TrainingFailure {
    let text = sentence(&error.to_string());
    match error {
        DatasetError::Io(error) if error.kind() == io::ErrorKind::NotFound => dataset_deleted(),
        DatasetError::Io(_) => failure(
            "file_unreadable",
            text,
            &["Upload the file again", "Look at the server's disk"],
        ),
        DatasetError::NoColumn(_) => {
            failure("no_such_column", text, &["Choose a column that the file has"])
        }
        DatasetError::Empty
        | DatasetError::HeaderOnly
        | DatasetError::Binary { .. }
        | DatasetError::Nul { .. }
        | DatasetError::Ragged { .. }
        | DatasetError::SameName { .. }
        | DatasetError::TooMany { .. } => {
            failure("file_unusable", text, &["Correct the file and upload it again"])
        }
    }
}

/// Of putting the model where it stays.
pub(super) fn of_saving(error: &RegistryError) -> TrainingFailure {
    let text = format!("The model was trained, but not saved: {error}.");
    let full = matches!(error, RegistryError::File(cause)
        if matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded));
    if full {
        return failure(
            "disk_full",
            text,
            &["Make room on the server's disk, then retry", "Delete versions that nobody needs"],
        );
    }
    failure("not_saved", text, &["Look at the server's disk and its log, then retry"])
}

/// The dataset is gone.
pub(super) fn dataset_deleted() -> TrainingFailure {
    failure(
        "dataset_deleted",
        "The dataset was deleted before the training could read it.",
        &["Upload the file again"],
    )
}

/// The program ended while it ran, more than once.
pub(super) fn interrupted(times: u32) -> TrainingFailure {
    failure(
        "interrupted",
        format!("The server ended {times} times while this training ran."),
        &[
            "Look into the server's log, and at its memory",
            "Retry with a smaller file or the preset `fast`",
        ],
    )
}

/// A mistake of ours.
pub(super) fn mistake() -> TrainingFailure {
    failure(
        "internal",
        "The training ended by a mistake of the server's; its log says more.",
        &["Try again with other parameters", "Report this with the log"],
    )
}

/// An error as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}
