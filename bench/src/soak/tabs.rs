//! Three tabs of a browser that stay open, and how large their heaps are.

use std::{
    io::Read,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/soak_tabs.js");

pub(crate) struct Tabs(Child);

impl Tabs {
    pub(crate) fn open(address: &str, session: &str) -> Result<Self> {
        let cookie = session.trim_start_matches("Cookie: ");
        let mut child = Command::new("node")
            .args([SCRIPT, &format!("http://{address}"), cookie])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("start node")?;
        // It ends at once when there is no browser.
        thread::sleep(Duration::from_secs(3));
        if child.try_wait()?.is_some() {
            let mut why = String::new();
            child.stderr.take().context("it was asked for")?.read_to_string(&mut why)?;
            bail!("{}", why.trim());
        }
        Ok(Self(child))
    }

    /// Ends them, and says how large each tab's heap was, in megabytes.
    pub(crate) fn close(mut self) -> Vec<Vec<f64>> {
        drop(self.0.stdin.take()); // its sign to end
        let output = self.0.wait_with_output().map(|it| it.stdout).unwrap_or_default();
        serde_json::from_slice(&output).unwrap_or_default()
    }
}
