//! A dataset's file on its way out: read by a thread that may wait for the disk, as fast as the client takes.

use std::{
    fs::File,
    io::{self, Read as _},
    pin::Pin,
    task::{Context, Poll},
};

use axum::{body::Body, response::Response};
use bellwether_signal::dataset::DatasetProfile;
use bytes::Bytes;
use http::{HeaderValue, header};
use hyper::body::Frame;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::mpsc;

/// Bytes that are read at once, and how many such pieces wait for the client.
const PIECE_BYTES: usize = 64 * 1024;
const PIECES: usize = 4;

/// The file as an answer, under the name that it came with.
pub(super) fn answer(file: File, profile: &DatasetProfile) -> Response {
    let (sender, pieces) = mpsc::channel(PIECES);
    // Ends with the file, or when nobody takes the next piece.
    drop(tokio::task::spawn_blocking(move || send(file, &sender)));
    let mut response = Response::new(Body::new(FileBody(pieces)));
    let headers = response.headers_mut();
    let charset = profile.format.as_ref().map_or("utf-8", |format| &format.encoding);
    let mut insert = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    insert(header::CONTENT_TYPE, format!("text/csv; charset={charset}"));
    insert(header::CONTENT_LENGTH, format!("{:.0}", profile.size_bytes));
    // RFC 6266, section 4.3, in the encoding of RFC 8187: a name may hold anything.
    let name = utf8_percent_encode(&profile.file_name, NON_ALPHANUMERIC);
    insert(header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}"));
    response
}

fn send(mut file: File, pieces: &mpsc::Sender<io::Result<Bytes>>) {
    loop {
        let mut buffer = vec![0; PIECE_BYTES];
        let piece = match file.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => {
                buffer.truncate(read);
                Ok(Bytes::from(buffer))
            }
            Err(error) => Err(error),
        };
        if pieces.blocking_send(piece).is_err() {
            return;
        }
    }
}

struct FileBody(mpsc::Receiver<io::Result<Bytes>>);

impl hyper::body::Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|bytes| bytes.map(Frame::data)))
    }
}
