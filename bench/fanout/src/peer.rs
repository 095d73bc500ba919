//! The servers that are compared: how each is started. How it is spoken with is in `speech`.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use bellwether_sys::clock;
use rustix::process::{Pid, Signal, kill_process};

use crate::{load::Target, push_server, speech::Speech};

/// Longest wait for a server to listen, and to end when it is told to.
const PATIENCE: Duration = Duration::from_secs(15);

/// A server of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Peer {
    /// Bellwether with its default flush clock of 100 ms.
    Ours,
    /// Bellwether with a flush clock of 0.
    OursNow,
    Bun,
    Ws,
    SocketIo,
    Nchan,
    Nats,
    Axum,
}

/// Where what is compared was installed.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// `bench/peers`, with its `node_modules`.
    pub(crate) scripts: PathBuf,
    /// What the distribution's packages hold, unpacked; and the axum server.
    pub(crate) packages: PathBuf,
}

/// A running server; ended when dropped.
pub(crate) struct Running {
    child: Child,
    folder: PathBuf,
    pub(crate) target: Target,
}

impl Peer {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "bellwether, 100 ms clock",
            Self::OursNow => "bellwether, clock 0",
            Self::Bun => "Bun",
            Self::Ws => "ws (Node)",
            Self::SocketIo => "Socket.IO (Node)",
            Self::Nchan => "nginx + Nchan",
            Self::Nats => "NATS",
            Self::Axum => "axum, plain",
        }
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Ours | Self::OursNow)
    }

    /// The flush clock that its subscribers ask for, where there is one.
    pub(crate) fn interval_ms(self) -> Option<u32> {
        match self {
            Self::OursNow => Some(0),
            Self::Ours => Some(100),
            Self::Bun | Self::Ws | Self::SocketIo | Self::Nchan | Self::Nats | Self::Axum => None,
        }
    }

    fn speech(self) -> Speech {
        match self {
            Self::Ours | Self::OursNow => Speech::Bellwether,
            Self::Bun | Self::Ws | Self::Axum => Speech::Plain,
            Self::SocketIo => Speech::SocketIo,
            Self::Nchan => Speech::Nchan,
            Self::Nats => Speech::Nats,
        }
    }

    /// Starts it and waits until it listens.
    pub(crate) fn start(self, places: &Places, deflate: bool) -> Result<Running> {
        let address = free_address()?;
        let publish = if self.is_ours() { free_address()? } else { address };
        let folder =
            std::env::temp_dir().join(format!("fanout-{}-{}", std::process::id(), address.port()));
        fs::create_dir_all(&folder)?;
        let started =
            self.command(places, &folder, (address, publish), deflate).and_then(|mut it| {
                let program = it.get_program().to_owned();
                let it = it.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                it.spawn().with_context(|| format!("start {}", program.display()))
            });
        let child = match started {
            Ok(child) => child,
            Err(error) => {
                drop(fs::remove_dir_all(&folder));
                return Err(error);
            }
        };
        let target = Target { address, publish, speech: self.speech() };
        let mut running = Running { child, folder, target };
        let end = clock::now().monotonic + PATIENCE;
        for wanted in [address, publish] {
            while TcpStream::connect(wanted).is_err() {
                if let Some(status) = running.child.try_wait()? {
                    bail!("{} ended: {status}", self.name());
                }
                if clock::now().monotonic > end {
                    bail!("{} does not listen", self.name());
                }
                // A port tells nobody that it is open: it is tried again, before anything is measured.
                thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(running)
    }

    fn command(
        self,
        places: &Places,
        folder: &Path,
        (address, publish): (SocketAddr, SocketAddr),
        deflate: bool,
    ) -> Result<Command> {
        let port = address.port().to_string();
        let script = |name: &str| places.scripts.join(name);
        let mut command = match self {
            Self::Ours | Self::OursNow => {
                let mut command = Command::new(push_server::program()?);
                command.args(["serve", "--listen", &address.to_string()]);
                command.args(["--publish", &publish.to_string()]);
                command
            }
            Self::Bun => {
                // The package's own script would only look for this.
                let bun = script("node_modules/@oven/bun-linux-x64/bin/bun");
                let mut command = Command::new(bun);
                command.arg(script("bun.js"));
                command
            }
            Self::Ws | Self::SocketIo => {
                let name = if self == Self::Ws { "ws.js" } else { "socket_io.js" };
                let mut command = Command::new("node");
                command.arg(script(name));
                command
            }
            Self::Nchan => {
                let module = places.packages.join("usr/lib/nginx/modules/ngx_nchan_module.so");
                let text = fs::read_to_string(script("nginx.conf"))?
                    .replace("FOLDER", &folder.display().to_string())
                    .replace("MODULE", &module.display().to_string())
                    .replace("PORT", &port)
                    .replace(
                        "DEFLATE",
                        if deflate { "nchan_deflate_message_for_websocket on;" } else { "" },
                    );
                let config = folder.join("nginx.conf");
                fs::write(&config, text)?;
                let mut command = Command::new(places.packages.join("usr/sbin/nginx"));
                command.arg("-e").arg(folder.join("error.log")).arg("-c").arg(config);
                command
            }
            Self::Nats => {
                let text = fs::read_to_string(script("nats.conf"))?
                    .replace("PORT", &port)
                    .replace("DEFLATE", if deflate { "true" } else { "false" });
                let config = folder.join("nats.conf");
                fs::write(&config, text)?;
                let mut command = Command::new(places.packages.join("usr/sbin/nats-server"));
                command.arg("--config").arg(config);
                command
            }
            Self::Axum => Command::new(places.packages.join("release/bellwether-bench-axum")),
        };
        command.env("PORT", port).env("DEFLATE", if deflate { "1" } else { "0" });
        Ok(command)
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Asked first: nginx takes its worker along only then.
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may have ended already.
            kill_process(pid, Signal::TERM).unwrap_or_default();
        }
        let end = clock::now().monotonic + PATIENCE;
        while matches!(self.child.try_wait(), Ok(None)) {
            if clock::now().monotonic > end {
                drop(self.child.kill());
                drop(self.child.wait());
                break;
            }
            // Without a runtime a child's end is only found by asking; nothing is measured any more.
            thread::sleep(Duration::from_millis(10));
        }
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// A port that was free a moment ago.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
