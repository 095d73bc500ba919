//! Messages for people and log collectors, on standard error.

mod json;

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::cli::{LogForm, LogLevel};

/// Starts logging from this level on; directives of `RUST_LOG` refine it for single parts.
pub(crate) fn start(form: LogForm, level: LogLevel) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let chosen = EnvFilter::builder().with_default_directive(level.into()).from_env_lossy();
    let logs = tracing_subscriber::fmt().with_env_filter(chosen).with_writer(std::io::stderr);
    match form {
        LogForm::Text => {
            logs.with_ansi(std::io::stderr().is_terminal()).with_target(false).init();
        }
        LogForm::Json => logs.with_ansi(false).event_format(json::Lines).init(),
    }
}
