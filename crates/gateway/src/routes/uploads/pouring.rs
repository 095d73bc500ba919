//! From a connection, which must not wait for the disk, to a thread that may.

use bellwether_models::catalog::{CatalogError, Incoming};
use bytes::Bytes;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::problem::Problem;

/// Pieces between the two; when they are all full, the connection is not read until one is written.
const PIECES: usize = 8;

enum Piece {
    Bytes(Bytes),
    /// All came. Without it, what came is a part that was cut off.
    End,
}

/// One request's bytes on their way. Dropped early, the upload is told that it was cut.
pub(super) struct Pouring<T> {
    pieces: mpsc::Sender<Piece>,
    thread: JoinHandle<Result<T, CatalogError>>,
}

/// The thread has ended and will say why.
pub(super) struct Closed;

impl<T: Send + 'static> Pouring<T> {
    /// Begins on a thread of its own; `end` is called there after the last byte.
    pub(super) fn start(
        begin: impl FnOnce() -> Result<Incoming, CatalogError> + Send + 'static,
        end: impl FnOnce(Incoming) -> Result<T, CatalogError> + Send + 'static,
    ) -> Self {
        let (pieces, mut taken) = mpsc::channel(PIECES);
        let thread = tokio::task::spawn_blocking(move || {
            let mut incoming = begin()?;
            loop {
                match taken.blocking_recv() {
                    Some(Piece::Bytes(bytes)) => {
                        if let Err(error) = incoming.write(&bytes) {
                            incoming.fail(&error);
                            return Err(error);
                        }
                    }
                    Some(Piece::End) => return end(incoming),
                    // Nobody is there to read the answer.
                    None => return Err(CatalogError::Superseded),
                }
            }
        });
        Self { pieces, thread }
    }

    pub(super) async fn pour(&mut self, bytes: Bytes) -> Result<(), Closed> {
        self.pieces.send(Piece::Bytes(bytes)).await.map_err(|_| Closed)
    }

    pub(super) async fn end(&mut self) {
        // Where it has ended already, its outcome says why.
        drop(self.pieces.send(Piece::End).await);
    }

    /// What has come of it.
    pub(super) async fn outcome(self) -> Result<Result<T, CatalogError>, Problem> {
        drop(self.pieces);
        self.thread.await.map_err(|error| Problem::internal(error.to_string()))
    }
}
