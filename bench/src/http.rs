//! One HTTP request on a fresh connection, and when its answer began. As small as it can be: what is
//! measured is the server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bellwether_sys::clock;

/// Longer than any answer should take; only turns "never" into an error.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// When its first byte was here, on the monotonic clock.
    pub(crate) began: Duration,
}

impl Answer {
    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(name, value)| name.eq_ignore_ascii_case(wanted).then_some(value.trim()))
    }
}

/// `GET path` at `address` (host and port); `headers` are lines without their end.
pub(crate) fn get(address: &str, path: &str, headers: &[String]) -> Result<Answer> {
    ask("GET", address, path, headers, &[])
}

/// The same with `POST` and a body.
pub(crate) fn post(address: &str, path: &str, headers: &[String], body: &[u8]) -> Result<Answer> {
    let length = format!("Content-Length: {}", body.len());
    ask("POST", address, path, &[headers, &[length]].concat(), body)
}

fn ask(method: &str, address: &str, path: &str, headers: &[String], body: &[u8]) -> Result<Answer> {
    let mut stream =
        TcpStream::connect(address).with_context(|| format!("connect to {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let own = [
        format!("{method} {path} HTTP/1.1"),
        format!("Host: {address}"),
        "Connection: close".into(),
    ];
    let request = [&own, headers, &[String::new(), String::new()]].concat().join("\r\n");
    stream.write_all(request.as_bytes())?;
    stream.write_all(body)?;

    let mut first = [0; 1];
    stream.read_exact(&mut first).with_context(|| format!("{method} {path}: no answer"))?;
    let began = clock::now().monotonic;
    let mut bytes = first.to_vec();
    stream.read_to_end(&mut bytes)?;
    parse(&bytes, began).with_context(|| format!("{method} {path}"))
}

fn parse(bytes: &[u8], began: Duration) -> Result<Answer> {
    let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else {
        bail!("the answer has no end of its head");
    };
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8_lossy(head).into_owned();
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).context("no status")?;
    let body = body.get(4..).unwrap_or_default().to_vec();
    let answer = Answer { status, head, body, began };
    if answer.header("transfer-encoding").is_some_and(|it| it.contains("chunked")) {
        let body = unchunk(&answer.body).context("broken chunks")?;
        return Ok(Answer { body, ..answer });
    }
    Ok(answer)
}

/// RFC 9112, section 7.1: a length in hexadecimal, a line end, so many bytes, a line end; 0 ends it.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = rest.windows(2).position(|it| it == b"\r\n")?;
        let (line, after) = rest.split_at(line_end);
        let digits = std::str::from_utf8(line).ok()?.split(';').next()?.trim();
        let length = usize::from_str_radix(digits, 16).ok()?;
        if length == 0 {
            return Some(body);
        }
        let chunk = after.get(2..)?;
        body.extend(chunk.get(..length)?);
        rest = chunk.get(length + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_taken_apart() {
        let bytes = b"HTTP/1.1 303 See Other\r\nset-cookie: a=b; Path=/\r\n\r\nbody";
        let answer = parse(bytes, Duration::ZERO).unwrap();
        assert_eq!(answer.status, 303);
        assert_eq!(answer.header("set-cookie"), Some("a=b; Path=/"));
        assert_eq!(answer.body, b"body");
        assert!(parse(b"HTTP/1.1 200 OK\r\n", Duration::ZERO).is_err());
    }

    #[test]
    fn chunks_are_joined() {
        assert_eq!(
            unchunk(b"3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n").unwrap(),
            b"abc0123456789"
        );
        assert!(unchunk(b"5\r\nabc").is_none());
        assert!(unchunk(b"zz\r\nabc\r\n0\r\n").is_none());
    }
}
