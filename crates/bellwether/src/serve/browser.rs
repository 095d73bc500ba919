//! Opens a page in the user's browser.

use std::process::{Command, Stdio};

use tracing::warn;

/// Asks the desktop to open an address. Failing is no reason to stop: the address is printed.
pub(super) fn open(address: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        warn!(%error, "no browser was opened ({program}); open the printed link yourself");
    }
}
