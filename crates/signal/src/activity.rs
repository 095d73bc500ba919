//! `activity`: everything that a person may want to read later, one event each: sign-ins, changes,
//! starts and stops, uploads, trainings, deployments, alerts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The topic.
pub const ACTIVITY: &str = "activity";

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct Activity {
    /// UUID version 7: sorts by time.
    pub id: String,
    /// What kind of thing.
    pub kind: ActivityKind,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence for people: what, where, by whom.
    pub text: String,
    /// Who did it: the user's name; absent when nobody in particular did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<String>,
    /// What it is about: the start of a topic, such as `host/web-1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub subject: Option<String>,
}

impl Activity {
    /// Something that happened by itself. It gets its id where it is kept.
    pub fn new(kind: ActivityKind, severity: Severity, text: impl Into<String>) -> Self {
        Self { id: String::new(), kind, severity, text: text.into(), user: None, subject: None }
    }

    /// The same, done by a user.
    #[must_use]
    pub fn by(self, user: impl Into<String>) -> Self {
        Self { user: Some(user.into()), ..self }
    }

    /// The same, about what has topics that start so.
    #[must_use]
    pub fn about(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }
}

/// What happened. A new kind is a variant here.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// The server was started.
    ServerStarted,
    /// The server was told to stop.
    ServerStopped,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// Somebody came with a link or token that is unknown, used up, expired or revoked.
    SignInRefused,
    /// A token was made.
    TokenCreated,
    /// A one-time link was made.
    LinkCreated,
    /// A token, link or session was revoked.
    TokenRevoked,
    /// An admin ended somebody's connection.
    ClientDisconnected,
    /// Settings of the server were changed.
    SettingsChanged,
    /// A backup was written.
    BackupWritten,
    /// A part of bellwether failed, or works again.
    HealthChanged,
    /// A dataset was uploaded, or refused.
    DatasetUploaded,
    /// A dataset was deleted.
    DatasetDeleted,
    /// A training was asked for or started.
    TrainingStarted,
    /// A training made a model.
    TrainingCompleted,
    /// A training ended without a model.
    TrainingFailed,
    /// A training was called off.
    TrainingCancelled,
    /// A version of a model was registered: trained or imported.
    ModelRegistered,
    /// A version went into production, or an older one went back.
    ModelDeployed,
    /// What a version is used as was changed.
    ModelChanged,
    /// A version was deleted.
    ModelDeleted,
    /// What a model is asked has moved away from what it learned from, or came back.
    ModelDrifted,
    /// An alert fired.
    AlertFired,
    /// An alert was resolved.
    AlertResolved,
    /// Somebody acknowledged or silenced an alert.
    AlertHandled,
    /// A rule was made, changed or deleted.
    RuleChanged,
}

/// How much something matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something ended well.
    Success,
    /// Something should be looked at.
    Warning,
    /// Something has to be done.
    Critical,
}
