//! `bellwether serve`: opens the store, listens, collects, and ends in good order.

mod browser;
mod files;
pub(crate) mod keeping;
mod listen;
mod rounds;
mod service_manager;
mod signals;

use std::{
    io::Write as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result};
use bellwether_collect::{Collecting, HostRoot, KernelClock};
use bellwether_detect::Alerts;
use bellwether_gateway::{AccessRules, Server, ServerLimits, Services, websocket::SocketOptions};
use bellwether_hub::{Hub, Limits};
use bellwether_models::Workshop;
use bellwether_signal::{
    HostId, Role, Timestamp, Topic,
    activity::{Activity, ActivityKind, Severity},
    feature::{Feature, Features},
};
use bellwether_store::{NewToken, Store, TokenKind};
use bellwether_sys::clock;
use files::Files;
pub(crate) use listen::DEFAULT as DEFAULT_LISTEN;
use rounds::Rounds;
use service_manager::ServiceManager;
use signals::EndSignals;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::{cli::ServeFlags, data_folder, logging, wiring};

/// How long the link of a start is good.
const LINK_TIME: Duration = Duration::from_hours(24);
/// The user that the link signs in.
const LINK_USER: &str = "admin";
/// Threads that answer requests. Sockets, collectors and the store have their own.
const THREADS: usize = 2;

type SharedCollecting = Arc<Mutex<Option<Collecting>>>;

pub(crate) fn run(flags: &ServeFlags) -> Result<()> {
    logging::start(flags.log, flags.log_level);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()
        .context("cannot start the program's threads")?;
    runtime.block_on(serve(flags))
}

async fn serve(flags: &ServeFlags) -> Result<()> {
    let started = clock::now();
    let mut signals = EndSignals::catch()?;
    let manager = ServiceManager::from_environment();
    let mut root = HostRoot::real();
    if let Some(name) = &flags.name {
        root = root.named(name.clone());
    }
    let host = HostId::from_name(&root.name);
    let limits = listen::limits(flags, root.calls.kept_descriptors);
    let folder = data_folder::choose(flags.data.clone())?;
    let store = Store::open_or_memory(&folder, keeping::options(flags))?;
    if let Some(error) = store.in_memory_because() {
        error!("{error}; until then nothing is kept on disk, only the last hours in memory");
    }

    let collecting = SharedCollecting::default();
    let hub = hub(started.wall, &host, &collecting, &limits);
    wiring::connect(&store, &hub)?;
    let report = Arc::new(wiring::Report::new(store.clone(), started));
    let watching = wiring::Watching::default();
    let features = Features::chosen(&flags.feature);
    if !features.off().is_empty() {
        info!("switched off: {}", features.off().join(", "));
    }
    let (has_alerts, has_models) =
        (features.is_on(Feature::Alerts), features.is_on(Feature::Models));
    // A folder whose database is not used is not touched, and neither are files that nobody may ask for.
    let files = Files::choose(&folder, has_models && store.in_memory_because().is_none());
    let around = wiring::surroundings(&hub, &store, &watching, files.folder(), features);
    let around_of = |is_on| if is_on { around.clone() } else { wiring::absent(&around) };
    let alerts =
        Alerts::open(around_of(has_alerts)).context("cannot read what is kept of alerts")?;
    let alerts = Arc::new(alerts);
    if has_alerts {
        watching.begin(&alerts);
    }
    let predictions = Arc::new(wiring::StoredPredictions(store.clone()));
    let models = Workshop::open(&around_of(has_models), predictions);
    let models = Arc::new(models.context("cannot read what is kept of models")?);
    models.catalog.limit_uploads(flags.max_upload);
    if has_models {
        report.looks_at(&models.quality);
    }
    let services = Services {
        hub: hub.clone(),
        history: Arc::new(wiring::StoredHistory(store.clone())),
        accounts: Arc::new(wiring::StoredAccounts(store.clone())),
        settings: Arc::new(wiring::StoredSettings(store.clone())),
        activity: Arc::new(wiring::LoggedActivity::new(store.clone())),
        events: Arc::new(wiring::StoredEvents(store.clone())),
        durables: Arc::new(wiring::StoredDurables(store.clone())),
        app_signals: Arc::new(wiring::StoredAppSignals::new(store.clone(), watching.clone())),
        models: Arc::clone(&models),
        alerts: Arc::clone(&alerts),
        features,
        report: Arc::clone(&report) as _,
        clock: clock::now,
        host: host.clone(),
        version: env!("CARGO_PKG_VERSION"),
        started,
    };
    let rules = AccessRules {
        listen: listen::DEFAULT,
        tls: false,
        allowed_hosts: flags.allow_host.clone(),
        allowed_origins: flags.allow_origin.clone(),
        anonymous: flags.anonymous.role(),
    };
    let tls = flags.tls()?;
    let sockets = SocketOptions { deflate: !flags.no_compression, ..SocketOptions::default() };
    let tls = tls.as_ref();
    let mut server = listen::bind(flags.listen, &rules, tls, &services, limits, sockets).await?;
    if store.in_memory_because().is_none()
        && let Err(error) = server.open_control(store.folder())
    {
        warn!("commands such as 'bellwether token' do not reach this server: {error}");
    }
    let page = announce(&server, &store, flags, started.wall)?;
    let activity = Arc::clone(&services.activity);
    let text = format!("bellwether {} started on {host}", services.version);
    activity.record(Activity::new(ActivityKind::ServerStarted, Severity::Info, text));

    let counted = (server.counts(), server.dialects());
    let (store_of_sink, report_of_sink) = (store.clone(), Arc::clone(&report));
    let sink =
        wiring::HostSignals::new(hub, store_of_sink, host, report_of_sink, counted, watching);
    let started_collecting =
        bellwether_collect::start(root, bellwether_collect::ALL, KernelClock, sink)
            .context("cannot start the thread that collects")?;
    *lock(&collecting) = Some(started_collecting);
    let rounds = Rounds::start(
        has_alerts.then(|| Arc::clone(&alerts)),
        has_models.then(|| Arc::clone(&models)),
    )
    .context("cannot start the thread that does what is due")?;
    if flags.open {
        browser::open(&page);
    }

    manager.ready(&format!("listening on {}", server.address()));

    let stop = CancellationToken::new();
    let told_to_end = async {
        signals.next().await;
        info!("stopping; a second signal ends it at once");
        let text = "bellwether was told to stop";
        activity.record(Activity::new(ActivityKind::ServerStopped, Severity::Info, text));
        manager.stopping();
        stop.cancel();
        let code = signals.next().await;
        warn!("told twice, ending at once");
        code
    };
    let alive = || report.collects(clock::now());
    let work = async {
        tokio::join!(stop.run_until_cancelled(manager.reassure(alive)), server.run(stop.clone()));
        let store_closes = tokio::task::spawn_blocking(move || {
            rounds.end();
            models.close();
            // Taken out first: joining the thread with the lock held could wait for a publication
            // that waits for the lock.
            let collects = lock(&collecting).take();
            drop(collects);
            store.close();
        });
        store_closes.await.context("the store did not close well")
    };
    let code = tokio::select! {
        ended = work => {
            files.end();
            return ended;
        }
        // What was acknowledged is on the disk already.
        code = told_to_end => code,
    };
    files.end();
    std::process::exit(code)
}

/// A hub that promotes the groups of our own host that somebody looks at.
fn hub(epoch: Timestamp, host: &HostId, collecting: &SharedCollecting, room: &ServerLimits) -> Hub {
    let prefix = format!("host/{host}/");
    let collecting = Arc::clone(collecting);
    let on_interest = move |topic: &Topic, wanted: bool| {
        let name = topic.as_str().strip_prefix(&prefix);
        if let (Some(name), Some(collecting)) = (name, lock(&collecting).as_ref()) {
            collecting.promote(name, wanted);
        }
    };
    // The start's time differs from that of every earlier run.
    let epoch = u64::try_from(epoch.0).unwrap_or_default();
    let usual = Limits::default();
    // Streams and those who poll are subscribers too.
    let clients = usize::try_from(room.sockets).unwrap_or(usize::MAX);
    let subscribers = clients.saturating_add(room.connections).max(usual.subscribers);
    Hub::new(epoch, Limits { subscribers, ..usual }, Box::new(on_interest))
}

/// Prints the address, and the link that signs a browser in; answers the page's address.
fn announce(server: &Server, store: &Store, flags: &ServeFlags, now: Timestamp) -> Result<String> {
    let address = server.origin();
    let mut lines = format!("listening on {address}\n");
    let mut page = address.clone();
    if flags.anonymous.role().is_none() {
        let expires = now.0.saturating_add(i64::try_from(LINK_TIME.as_millis())?);
        let link = NewToken {
            kind: TokenKind::Link,
            name: LINK_USER.to_owned(),
            role: Role::Admin,
            expires_at: Some(Timestamp(expires)),
        };
        let secret = store.create_token(link, now)?.secret;
        page = format!("{address}/sign-in?code={secret}");
        lines.push_str(&page);
        lines.push('\n');
    } else if !server.address().ip().is_loopback() {
        warn!(
            "everybody who reaches {} may come in as {}",
            server.address(),
            flags.anonymous.role().map_or("", Role::name)
        );
    }
    let mut out = std::io::stdout().lock();
    out.write_all(lines.as_bytes()).and_then(|()| out.flush()).context("cannot print the link")?;
    Ok(page)
}

fn lock(collecting: &SharedCollecting) -> std::sync::MutexGuard<'_, Option<Collecting>> {
    collecting.lock().unwrap_or_else(PoisonError::into_inner)
}
