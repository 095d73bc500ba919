//! Commands on the same machine speak to the running server through the control socket in its data
//! folder. The socket says who they are; there is no token.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use bellwether_gateway::CONTROL_SOCKET;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{Method, Request, StatusCode, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::UnixStream, runtime, time::timeout};

/// How long a command waits for an answer; the server itself gives up after 30 s.
const PATIENCE: Duration = Duration::from_secs(40);
/// The longest answer: 10,000 tokens have about 3 MB.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// A running server.
pub(crate) struct Control {
    path: PathBuf,
    runtime: runtime::Runtime,
}

impl Control {
    /// The server that works on a folder; `None` when none answers there.
    pub(crate) fn find(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(CONTROL_SOCKET);
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        match runtime.block_on(UnixStream::connect(&path)) {
            Ok(_) => Ok(Some(Self { path, runtime })),
            // Nothing there, or what a killed server left, or a path that no server could use.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound
                        | io::ErrorKind::ConnectionRefused
                        | io::ErrorKind::InvalidInput
                        | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(error)
                .with_context(|| {
                    format!(
                        "{} is another user's; run this as the user that runs the server",
                        path.display()
                    )
                }),
            Err(error) => {
                Err(error).with_context(|| format!("cannot connect to {}", path.display()))
            }
        }
    }

    /// Sends a request; what the server refuses is an error in its words.
    pub(crate) fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let asked = async {
            timeout(PATIENCE, self.exchange(method, path, body))
                .await
                .context("the server did not answer in time")?
        };
        let (status, body) = self.runtime.block_on(asked)?;
        if status.is_success() {
            return Ok(body);
        }
        match body.get("detail").and_then(Value::as_str) {
            Some(detail) => bail!("the server says: {detail}"),
            None => bail!("the server answered {status}"),
        }
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value)> {
        let stream = UnixStream::connect(&self.path).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let body = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONNECTION, "close")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let answered = async {
            let (head, body) = sender.send_request(request).await?.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await;
            let body = body.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
            let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? };
            Ok((head.status, body))
        };
        // The connection moves as long as it is polled; the answer is what counts.
        let (answer, _) = tokio::join!(answered, connection);
        answer
    }
}
