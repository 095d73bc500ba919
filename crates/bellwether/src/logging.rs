//! Messages for people and log collectors, on standard error.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::cli::LogForm;

/// Starts logging; `RUST_LOG` chooses what is said.
pub(crate) fn start(form: LogForm) {
    let chosen =
        EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let logs = tracing_subscriber::fmt()
        .with_env_filter(chosen)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match form {
        LogForm::Text => logs.with_target(false).init(),
        LogForm::Json => logs.json().init(),
    }
}
