//! The real program, started by a test and ended with it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;

/// Nothing that a test waits for takes this long.
const PATIENCE: Duration = Duration::from_secs(20);

/// `bellwether` with these arguments, and neither variables of the environment nor a configuration
/// file that it would read.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BELLWETHER_") {
            command.env_remove(name);
        }
    }
    command.env("XDG_CONFIG_HOME", "/nonexistent");
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// What a command wrote to standard error.
pub(crate) fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A command that serves on a free port, unless told another.
pub(crate) fn serve(data: &Path, more: &[&str]) -> Command {
    let mut command = command(&["serve", "--data"]);
    command.arg(data);
    if !more.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    command.args(more);
    command
}

/// A server on a free port.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: String,
    pub(crate) link: Option<String>,
    stderr: Option<BufReader<ChildStderr>>,
}

impl Program {
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        Self::start_announced(data, more, !more.contains(&"--anonymous"))
    }

    /// Starts it, knowing whether it prints a link.
    pub(crate) fn start_announced(data: &Path, more: &[&str], signs_in: bool) -> Self {
        Self::spawn(serve(data, more), signs_in)
    }

    /// Runs a command that serves, until its address is known.
    pub(crate) fn spawn(mut command: Command, signs_in: bool) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().map(BufReader::new);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("the first line").unwrap();
        let address = first.strip_prefix("listening on http://").expect("the address").to_owned();
        let link = signs_in.then(|| lines.next().expect("the link").unwrap());
        Self { child, address, link, stderr }
    }

    pub(crate) fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.id()]).status().unwrap();
        assert!(sent.success());
    }

    /// Reads its messages until one says this.
    pub(crate) fn wait_for_message(&mut self, part: &str) -> String {
        let stderr = self.stderr.as_mut().unwrap();
        let mut line = String::new();
        while stderr.read_line(&mut line).unwrap() > 0 {
            if line.contains(part) {
                return line;
            }
            line.clear();
        }
        panic!("it ended without saying {part:?}");
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Status and body of a PATCH of the settings.
    pub(crate) fn change_settings(&self, body: &str) -> std::io::Result<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let (host, length) = (&self.address, body.len());
        write!(
            stream,
            "PATCH /api/settings HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        )?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        let status = reply.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        Ok((status, reply.split_once("\r\n\r\n").unwrap_or_default().1.to_owned()))
    }

    /// Waits for its end; the exit code.
    pub(crate) fn ended(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// What it wrote to standard error, once it has ended.
    pub(crate) fn messages(&mut self) -> String {
        let mut text = String::new();
        self.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Status and body of a request.
    pub(crate) fn get(&self, path: &str, headers: &str) -> (u16, String) {
        let mut stream = self.connect();
        let host = &self.address;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n")
            .unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, format!("{head}\n\n{body}"))
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        let (status, reply) = self.get(path, "");
        assert_eq!(status, 200, "{reply}");
        serde_json::from_str(reply.split_once("\n\n").unwrap().1).unwrap()
    }

    /// Asks until an answer is as it has to be.
    pub(crate) fn wait_for(&self, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let deadline = bellwether_sys::clock::now().monotonic + PATIENCE;
        loop {
            let answer = self.json(path);
            if holds(&answer) {
                return answer;
            }
            let now = bellwether_sys::clock::now().monotonic;
            assert!(now < deadline, "waited for {path}: {answer}");
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}
