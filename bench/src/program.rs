//! The program under measurement, as its own process in a data folder of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bellwether_sys::clock;

use crate::http;

/// A running server; ended when dropped.
pub(crate) struct Program {
    child: Child,
    /// Host and port.
    pub(crate) address: String,
    /// Path and query of the link that signs in.
    pub(crate) sign_in: String,
    /// When it was spawned, on the monotonic clock.
    pub(crate) spawned: Duration,
    /// Kept open: a program whose output nobody holds may end.
    output: BufReader<ChildStdout>,
}

impl Program {
    /// Starts it on a free port and waits for its two lines.
    pub(crate) fn start(binary: &Path, data: &Path) -> Result<Self> {
        Self::start_at(binary, data, "127.0.0.1:0")
    }

    /// Starts it where it was before, so that a session's cookie, which names the port, is good.
    pub(crate) fn start_at(binary: &Path, data: &Path, listen: &str) -> Result<Self> {
        let spawned = clock::now().monotonic;
        let mut child = Command::new(binary)
            .args(["serve", "--listen", listen, "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("start {}", binary.display()))?;
        let output = child.stdout.take().context("its stdout was asked for")?;
        let mut program = Self {
            child,
            address: String::new(),
            sign_in: String::new(),
            spawned,
            output: BufReader::new(output),
        };
        let first = program.line()?;
        let Some(address) = first.strip_prefix("listening on http://") else {
            bail!("its first line was {first:?}");
        };
        address.clone_into(&mut program.address);
        let second = program.line()?;
        let Some((_, query)) = second.split_once("/sign-in?") else {
            bail!("its second line was {second:?}");
        };
        program.sign_in = format!("/sign-in?{query}");
        Ok(program)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Uses the link, and returns the header that carries the session.
    pub(crate) fn sign_in(&self) -> Result<String> {
        let answer = http::get(&self.address, &self.sign_in, &[])?;
        let cookie = answer
            .header("set-cookie")
            .and_then(|it| it.split(';').next())
            .with_context(|| format!("the link answered {} without a cookie", answer.status))?;
        Ok(format!("Cookie: {cookie}"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already ended is fine, too.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
