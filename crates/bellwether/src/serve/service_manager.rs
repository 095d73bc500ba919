//! Tells the service manager that started us how we are: ready, stopping, still alive.
//!
//! The protocol is `sd_notify(3)`: lines of `NAME=value` as datagrams to the Unix socket that
//! `$NOTIFY_SOCKET` names. Without the variable nobody is told, and nothing else changes.

use std::{
    env, io,
    os::{
        linux::net::SocketAddrExt as _,
        unix::{ffi::OsStrExt as _, net::SocketAddr, net::UnixDatagram},
    },
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};
use tracing::{debug, warn};

/// The service manager, if one listens.
pub(super) struct ServiceManager {
    socket: Option<UnixDatagram>,
    watchdog: Option<Duration>,
}

impl ServiceManager {
    pub(super) fn from_environment() -> Self {
        let socket = env::var_os("NOTIFY_SOCKET").and_then(|name| {
            connect(name.as_bytes())
                .inspect_err(|error| warn!(%error, "the service manager cannot be told anything"))
                .ok()
        });
        Self { watchdog: socket.as_ref().and_then(|_| watchdog()), socket }
    }

    pub(super) fn ready(&self, status: &str) {
        self.tell(&format!("READY=1\nSTATUS={status}"));
    }

    pub(super) fn stopping(&self) {
        self.tell("STOPPING=1\nSTATUS=ending in good order");
    }

    /// Says again and again that we are alive, as long as `alive` holds. Where it no longer does,
    /// the service manager restarts us when its time is up.
    pub(super) async fn reassure(&self, alive: impl Fn() -> bool) {
        let Some(watchdog) = self.watchdog else { return std::future::pending().await };
        // Three times in that time: one late word is no reason to be restarted.
        let mut tick = interval(watchdog / 3);
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tick.tick().await;
            if alive() {
                self.tell("WATCHDOG=1");
            } else {
                warn!("the collectors do not answer; the service manager is not reassured");
            }
        }
    }

    fn tell(&self, text: &str) {
        if let Some(socket) = &self.socket
            && let Err(error) = socket.send(text.as_bytes())
        {
            debug!(%error, "the service manager was not told");
        }
    }
}

/// A path, or a name without a file after `@`.
fn connect(name: &[u8]) -> io::Result<UnixDatagram> {
    let address = match name.split_first() {
        Some((b'@', name)) => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name))?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    // A service manager that does not read must not hold us up.
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// How often we have to say that we are alive, if this process is the one meant.
fn watchdog() -> Option<Duration> {
    let number = |name: &str| env::var(name).ok()?.parse::<u64>().ok();
    let meant = number("WATCHDOG_PID").is_none_or(|id| id == u64::from(std::process::id()));
    let micros = number("WATCHDOG_USEC").filter(|micros| *micros > 0 && meant)?;
    Some(Duration::from_micros(micros))
}
