//! Our own side of the comparison: the real hub and gateway as their own process, without the
//! collectors and the store, whose cost is measured elsewhere and would hide that of pushing.
//!
//! Messages are published through a port of their own, one a line, because a client's messages over
//! WebSocket are limited to a rate that is far below saturation.

mod services;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result};
use bellwether_gateway::{
    AccessRules, Server, ServerConfig, ServerLimits,
    websocket::{SocketOptions, SocketTiming},
};
use bellwether_hub::{Hub, Limits, Priority};
use bellwether_signal::{Role, Topic};
use bellwether_sys::clock;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    runtime,
};
use tokio_util::sync::CancellationToken;

/// More than any workload has.
const MANY: u64 = 20_000;

/// Serves until it is ended from outside.
#[derive(clap::Args, Debug)]
pub(crate) struct PushServer {
    /// Where subscribers connect.
    #[arg(long)]
    listen: SocketAddr,
    /// Where the publisher connects.
    #[arg(long)]
    publish: SocketAddr,
}

impl PushServer {
    pub(crate) fn run(&self) -> Result<()> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.serve())
    }

    async fn serve(&self) -> Result<()> {
        let started = clock::now();
        let epoch = u64::try_from(started.wall.0).unwrap_or(1);
        let hub = Hub::new(epoch, Limits::default(), Box::new(|_, _| ()));
        let rules = AccessRules {
            listen: self.listen,
            tls: false,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            anonymous: None,
        };
        let config = ServerConfig {
            listen: self.listen,
            rules,
            tls: None,
            timing: SocketTiming::default(),
            sockets: SocketOptions::default(),
            // All subscribers come from one address, with one token.
            limits: ServerLimits { per_address: MANY, per_token: MANY, ..ServerLimits::default() },
        };
        let server = Server::bind(config, services::new(hub.clone(), started)).await?;
        let listener = TcpListener::bind(self.publish).await.context("the publisher's port")?;
        let stop = CancellationToken::new();
        tokio::select! {
            () = server.run(stop) => Ok(()),
            failed = take_publishers(&listener, &hub) => failed,
        }
    }
}

/// One publisher after the other: four digits of the topic, a JSON value, a line end.
async fn take_publishers(listener: &TcpListener, hub: &Hub) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let mut lines = BufReader::with_capacity(64 * 1024, stream).lines();
        while let Some(line) = lines.next_line().await? {
            let (topic, message) = line.split_at_checked(4).context("a line without a topic")?;
            let topic = Topic::parse(&format!("app/fanout/{topic}"))?;
            let event = serde_json::from_str(message)?;
            hub.publish_event(&topic, event, clock::now().wall, Priority::Normal)?;
        }
    }
}

/// The program that runs this: ourselves.
pub(crate) fn program() -> Result<PathBuf> {
    std::env::current_exe().context("our own path")
}

/// Who may connect: the role that may read everything.
const ROLE: Role = Role::Admin;
