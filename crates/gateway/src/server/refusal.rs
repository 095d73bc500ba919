//! What a connection gets for which there is no place: 503, then its end.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tracing::debug;

use crate::limits::LEAVING;

/// Refusals that are being said at the same time; a connection beyond is closed without a word.
pub(super) const REFUSALS: usize = LEAVING / 2;
/// Time for one.
const GOODBYE: Duration = Duration::from_secs(1);

const PROBLEM: &str = r#"{"type":"about:blank#unavailable","title":"Not available now","status":503,"detail":"All connections that the server takes are busy. Try again in some seconds.","message":"All connections that the server takes are busy. Try again in some seconds."}"#;

/// Says it without waiting for a request, and ends the connection so that it is seen.
pub(super) async fn refuse(mut stream: TcpStream) {
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n\
         Retry-After: 5\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{PROBLEM}",
        PROBLEM.len()
    );
    let goodbye = async {
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        // Closing with unread bytes resets the connection, and the client would never see why.
        let mut rest = [0; 1_024];
        while stream.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    if !matches!(timeout(GOODBYE, goodbye).await, Ok(Ok(()))) {
        debug!("a refusal was not taken");
    }
}
