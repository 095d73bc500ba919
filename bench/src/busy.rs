//! What the server costs on a machine full of processes while somebody looks at all of them.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    crowd::Crowd,
    figure::{Figure, Report},
    idle::SETTLING,
    program::Program,
    socket::{Message, Socket},
    usage::Usage,
};

pub(crate) fn measure(
    binary: &Path,
    processes: usize,
    seconds: u64,
    report: &mut Report,
) -> Result<()> {
    let crowd = Crowd::gather(processes)?;
    let total = crowd.total();
    let data = tempfile::tempdir()?;
    let program = Program::start(binary, data.path())?;
    let session = program.sign_in()?;
    let mut socket = Socket::open(&program.address, &session)?;
    // Somebody looks: the list is read and published every second.
    socket.say(r#"{"op":"subscribe","id":1,"topics":["host/*/processes"]}"#)?;
    listen(&mut socket, SETTLING)?;
    let before = Usage::of(program.pid())?;
    let lists = listen(&mut socket, Duration::from_secs(seconds))?;
    let after = Usage::of(program.pid())?;
    let percent = after.percent_since(&before);
    report.add(Figure::below("1,000 processes, read every second: a core", percent, 1.0, "%"));
    report.add(Figure::without_bar("  processes there were", total as f64, ""));
    report.add(Figure::without_bar("  open descriptors", after.open_files as f64, ""));
    let rate = lists as f64 / seconds as f64;
    report.add(Figure::without_bar("  lists received", rate, "/s"));
    report.add(Figure::without_bar("  resident memory", after.rss_mb, "MB"));
    if rate < 0.9 {
        bail!("only {lists} lists in {seconds} s: the figure says nothing");
    }
    drop(crowd);
    Ok(())
}

/// Reads what comes, as a page does, and counts the lists.
#[expect(clippy::disallowed_methods, reason = "it measures")]
fn listen(socket: &mut Socket, length: Duration) -> Result<u64> {
    let end = Instant::now() + length;
    let mut lists = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(lists);
        }
        socket.wait_at_most(left.max(Duration::from_millis(1)))?;
        match socket.next().context("the subscriber's socket")? {
            Some(Message::Text(text)) => {
                lists += u64::from(text.starts_with(b"{\"topic\":\"host/"));
            }
            Some(Message::Closed(code)) => bail!("the server closed the socket: {code:?}"),
            None => {}
        }
    }
}
