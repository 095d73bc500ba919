//! The control socket: commands on the same machine speak to the running server through a Unix
//! socket in its data folder. Who may open it is an admin, without a token.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use tokio::{
    net::{UnixListener, UnixStream},
    sync::Semaphore,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, warn};

use super::connection::{self, Held};
use crate::{access::Caller, limits::ServerLimits};

/// Its name in the data folder.
pub const CONTROL_SOCKET: &str = "control.sock";

/// Commands that speak at the same time. One more waits in the kernel's queue.
const CONNECTIONS: usize = 64;
/// The longest path of a Unix socket: `sun_path` has 108 bytes, the last one is 0 (unix(7)).
const PATH_BYTES: usize = 107;
/// The administrator of the machine.
const ROOT: u32 = 0;

/// Why there is no control socket. The server works without one.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The system has no room for such a path.
    #[error(
        "the control socket would be {}, which is {} bytes long; a Unix socket's path has at most \
         {PATH_BYTES}: choose a shorter data folder with --data",
        path.display(), path.as_os_str().len()
    )]
    PathTooLong {
        /// Where it would be.
        path: PathBuf,
    },
    /// Something else has the name.
    #[error("{} is there and no socket; move it away", path.display())]
    NoSocket {
        /// Where it would be.
        path: PathBuf,
    },
    /// The system refuses.
    #[error("cannot listen on the control socket {}: {source}", path.display())]
    Listen {
        /// Where it would be.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The socket, for as long as the server has it.
pub(super) struct Control {
    listener: UnixListener,
    path: PathBuf,
    /// The user that the server runs as.
    own: u32,
}

impl Control {
    /// Takes the place in a folder that nobody else works on: a socket that is there is one that a
    /// killed server left.
    pub(super) fn open(folder: &Path) -> Result<Self, ControlError> {
        let path = folder.join(CONTROL_SOCKET);
        if path.as_os_str().len() > PATH_BYTES {
            return Err(ControlError::PathTooLong { path });
        }
        match fs::symlink_metadata(&path) {
            Ok(found) if !found.file_type().is_socket() => {
                return Err(ControlError::NoSocket { path });
            }
            Ok(_) | Err(_) => {}
        }
        let open = || {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            let listener = UnixListener::bind(&path)?;
            // Who came before this is found out by the credentials.
            fs::set_permissions(&path, Permissions::from_mode(0o600))?;
            Ok((listener, fs::symlink_metadata(&path)?.uid()))
        };
        match open() {
            Ok((listener, own)) => Ok(Self { listener, path, own }),
            Err(source) => Err(ControlError::Listen { path, source }),
        }
    }

    /// Answers commands until `stop`.
    pub(super) async fn serve(self, routes: Router, tasks: TaskTracker, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            let place = stop.run_until_cancelled(Arc::clone(&places).acquire_owned());
            let Some(Ok(place)) = place.await else { return };
            let Some(accepted) = stop.run_until_cancelled(self.listener.accept()).await else {
                return;
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    warn!(%error, "a command's connection was not accepted");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            if !self.knows(&stream) {
                continue;
            }
            let (routes, stop) = (routes.clone(), stop.clone());
            // Our own commands have places of their own.
            let held = Held { place: None, header_time: ServerLimits::default().header_time };
            tasks.spawn(async move {
                connection::serve(stream, (Caller::Local, None), routes, held, stop).await;
                drop(place);
            });
        }
    }

    /// Whether the other side is our own user or root. The file's mode says so too; this holds
    /// where a file system or a copied mode does not.
    fn knows(&self, stream: &UnixStream) -> bool {
        match stream.peer_cred() {
            Ok(peer) if may_command(peer.uid(), self.own) => true,
            Ok(peer) => {
                warn!(user_id = peer.uid(), "another user was refused at the control socket");
                false
            }
            Err(error) => {
                debug!(%error, "a command left before it was known");
                false
            }
        }
    }
}

fn may_command(user: u32, own: u32) -> bool {
    user == own || user == ROOT
}

impl Drop for Control {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            debug!(%error, "the control socket stays behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_user_and_root_command() {
        assert!(may_command(1_000, 1_000));
        assert!(may_command(0, 1_000));
        assert!(!may_command(1_001, 1_000));
        assert!(!may_command(1_000, 0));
    }

    #[tokio::test]
    async fn what_is_no_socket_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(CONTROL_SOCKET);
        fs::write(&path, "mine").unwrap();
        assert!(matches!(Control::open(folder.path()), Err(ControlError::NoSocket { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }

    #[tokio::test]
    async fn a_socket_that_was_left_behind_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(CONTROL_SOCKET);
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(UnixStream::connect(&path).await.is_err(), "nobody answers there");
        let control = Control::open(folder.path()).unwrap();
        assert!(UnixStream::connect(&path).await.is_ok());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        drop(control);
        assert!(!path.exists(), "it goes with the server");
    }

    #[tokio::test]
    async fn a_path_that_is_too_long_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("x".repeat(100));
        fs::create_dir(&deep).unwrap();
        let error = Control::open(&deep).err().unwrap().to_string();
        assert!(error.contains("107") && error.contains("--data"), "{error}");
    }
}
