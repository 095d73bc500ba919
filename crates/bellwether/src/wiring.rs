//! Adapters between rooms that do not know each other: one file a trait.

mod absent;
mod accounts;
mod activity;
mod app_signals;
mod durables;
mod events;
mod health_changes;
mod history;
mod host_signals;
mod ports;
mod predictions;
mod report;
mod settings;
mod watching;

pub(crate) use absent::absent;
pub(crate) use accounts::StoredAccounts;
pub(crate) use activity::LoggedActivity;
pub(crate) use app_signals::StoredAppSignals;
pub(crate) use durables::StoredDurables;
pub(crate) use events::{StoredEvents, connect};
pub(crate) use history::StoredHistory;
pub(crate) use host_signals::HostSignals;
pub(crate) use ports::surroundings;
pub(crate) use predictions::StoredPredictions;
pub(crate) use report::Report;
pub(crate) use settings::StoredSettings;
pub(crate) use watching::Watching;

use bellwether_gateway::{Answer, ServiceError};
use bellwether_store::{Store, StoreError};

/// Calls the store on a thread that may wait for the disk.
fn ask<T: Send + 'static>(
    store: &Store,
    call: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
) -> Answer<'static, T> {
    let store = store.clone();
    let called = tokio::task::spawn_blocking(move || call(&store));
    Box::pin(async move {
        match called.await {
            Ok(answer) => answer.map_err(|error| service_error(&error)),
            Err(error) => Err(ServiceError::Unavailable(error.to_string())),
        }
    })
}

/// What the asker can change is told; all else is the server's, and goes to the log.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other failure is the server's own")]
fn service_error(error: &StoreError) -> ServiceError {
    let text = error.to_string();
    match error {
        StoreError::SettingsTooLarge { .. }
        | StoreError::TooManyTokens { .. }
        | StoreError::TooManyDurables { .. }
        | StoreError::TooManyPlaces { .. }
        | StoreError::RangeTooLarge { .. }
        | StoreError::Step(_) => ServiceError::TooLarge(text),
        _ => ServiceError::Unavailable(text),
    }
}
