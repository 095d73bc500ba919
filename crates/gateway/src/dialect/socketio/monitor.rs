//! One hub subscription for all clients: it says when something is new, and what is told is read from
//! the hub's states at that moment.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bellwether_hub::{Hub, Segment, ShardId, Since, SubscriberId};
use bellwether_signal::{
    Moment, Role, Topic, TopicPattern,
    alert::Alert,
    host::{self, Cpu, HostSummary},
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use socketioxide::{extract::SocketRef, socket::Sid};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{debug, error};

use super::{
    alerts::{self, Alerts},
    clients::{Clients, Said},
    payload::{self, MonitoringStats},
    tiers::{Tiers, Urgency},
    visit::Visit,
};
use crate::{clients::Cut, routes::system::HostStates, services::Services};

/// The hub collects for this long: no update is more frequent.
const FLUSH: Duration = Duration::from_secs(1);
/// The processor counts as critical above these (H4).
const CRITICAL_PERCENT: f64 = 90.0;
const CRITICAL_CELSIUS: f64 = 80.0;
/// Updates per minute are counted over this time.
const MINUTE: Duration = Duration::from_mins(1);
/// Updates are at least a second apart, so this is a minute of them.
const UPDATES_OF_A_MINUTE: usize = 61;
/// Who has to go gets this long to read why.
const PARTING: Duration = Duration::from_secs(1);

pub(super) struct Monitor {
    services: Services,
    clients: Clients,
    tasks: TaskTracker,
    shard: ShardId,
    subscriber: SubscriberId,
    wake: Arc<Notify>,
    updates: Mutex<Updates>,
    /// The server ends. Then `socketioxide` calls no handler any more.
    pub(super) closing: CancellationToken,
}

/// The updates that were sent.
#[derive(Default)]
struct Updates {
    count: u64,
    /// When, in monotonic time; of the last minute.
    recent: VecDeque<Duration>,
}

impl Monitor {
    pub(super) fn new(
        services: Services,
        clients: Clients,
        tasks: TaskTracker,
    ) -> io::Result<Arc<Self>> {
        let wake = Arc::new(Notify::new());
        let woken = Arc::clone(&wake);
        let shard = services
            .hub
            .add_shard(move || woken.notify_one())
            .ok_or_else(|| io::Error::other("the hub has all the shards that it can have"))?;
        let subscriber =
            services.hub.add_subscriber(shard, Role::Viewer).map_err(io::Error::other)?;
        let (updates, closing) = (Mutex::default(), CancellationToken::new());
        let monitor = Self { services, clients, tasks, shard, subscriber, wake, updates, closing };
        Ok(Arc::new(monitor))
    }

    pub(super) fn clients(&self) -> &Clients {
        &self.clients
    }

    pub(super) fn now(&self) -> Moment {
        (self.services.clock)()
    }

    fn hub(&self) -> &Hub {
        &self.services.hub
    }

    /// Somebody joined the namespace.
    pub(super) async fn welcome(self: Arc<Self>, socket: SocketRef) {
        let Some(visit) = socket.req_parts().extensions.get::<Arc<Visit>>().cloned() else {
            error!("a session began without its visit");
            return leave(socket);
        };
        let now = self.now().monotonic;
        let has_to_go = timeout(Duration::ZERO, visit.stay.ended()).await.is_ok();
        if has_to_go || !visit.admits(now) {
            return leave(socket);
        }
        self.answer(&socket, "request_gpu_update", |monitor| {
            let (count, host) = (monitor.updates_sent(), monitor.host());
            vec![("system:metrics_update", payload::update(&host, Urgency::Critical, count))]
        });
        self.answer(&socket, "request_monitoring_stats", |monitor| {
            vec![("system:monitoring_stats", monitor.stats())]
        });
        let monitor = Arc::clone(&self);
        socket.on_fallback(move |socket: SocketRef| {
            monitor.admit(&socket);
            async {}
        });
        let gone = CancellationToken::new();
        let (monitor, left) = (Arc::clone(&self), gone.clone());
        socket.on_disconnect(move |socket: SocketRef| {
            monitor.clients.remove(socket.id);
            monitor.wake.notify_one();
            left.cancel();
            async {}
        });
        let mut said = vec![("system:initial_status", payload::initial(&self.host()))];
        said.extend(alerts::said(&self.firing(), self.now().wall.0));
        self.clients.tell(&socket, &said);
        self.clients.add(socket.clone(), Arc::clone(&visit));
        self.wake.notify_one();
        let monitor = Arc::clone(&self);
        self.tasks.spawn(async move {
            tokio::select! {
                () = gone.cancelled() => {}
                () = monitor.closing.cancelled() => {}
                why = visit.stay.ended() => {
                    debug!(why = why.reason(), "a session has to end");
                    visit.seat.departs(why);
                    monitor.part(socket, &visit).await;
                }
            }
        });
    }

    /// Answers an event of a client that has no payload.
    fn answer(
        self: &Arc<Self>,
        socket: &SocketRef,
        event: &'static str,
        said: fn(&Self) -> Vec<Said>,
    ) {
        let monitor = Arc::clone(self);
        socket.on(event, move |socket: SocketRef| {
            if monitor.admit(&socket) {
                monitor.clients.tell(&socket, &said(&monitor));
            }
            async {}
        });
    }

    /// Counts what a client says. Who says too much has to go.
    fn admit(self: &Arc<Self>, socket: &SocketRef) -> bool {
        let Some(visit) = socket.req_parts().extensions.get::<Arc<Visit>>() else { return false };
        let admitted = visit.admits(self.now().monotonic);
        if !admitted {
            self.clients.counts.dropped.add(1);
            visit.seat.cut(Cut::Rate);
            let (monitor, visit, socket) = (Arc::clone(self), Arc::clone(visit), socket.clone());
            self.tasks.spawn(async move { monitor.part(socket, &visit).await });
        }
        admitted
    }

    /// Tells a client to go, and a moment later cuts it.
    async fn part(&self, socket: SocketRef, visit: &Visit) {
        let id: Sid = socket.id;
        self.clients.remove(id);
        leave(socket);
        sleep(PARTING).await;
        self.clients.cut(id, visit);
    }

    /// Tells all clients what is new until `stop`. Without clients, nothing is asked of the hub.
    pub(super) async fn run(&self, stop: CancellationToken) {
        let (mut due, mut segments) = (Vec::new(), Vec::new());
        let (mut tiers, mut alerts) = (Tiers::default(), Alerts::default());
        let mut alerts_changed = false;
        let mut listens = false;
        loop {
            let wanted = self.clients.count() > 0;
            if wanted != listens {
                listens = wanted;
                self.listen(wanted);
                // What fires already was told to who came.
                alerts.tell(&self.firing(), self.now().wall.0);
            }
            let now = self.now().monotonic;
            let note = |_, new: &[Arc<Segment>]| {
                self.note(new, &mut tiers);
                alerts_changed |= new.iter().any(|one| one.topic().as_str().starts_with("alert/"));
            };
            let next = self.hub().flush(self.shard, now, &mut due, &mut segments, note);
            segments.clear(); // nothing is kept alive between flushes
            // Alerts wait for no tier.
            if std::mem::take(&mut alerts_changed) {
                let said = alerts.tell(&self.firing(), self.now().wall.0);
                self.clients.tell_all(&said, now).await;
            }
            if !wanted {
                (tiers, alerts) = (Tiers::default(), Alerts::default());
            } else if let Some(urgency) = tiers.take(now) {
                self.tell_all(urgency, now).await;
            }
            let wait = next.into_iter().chain(tiers.due()).min().map(|at| at.saturating_sub(now));
            tokio::select! {
                () = self.wake.notified() => {}
                () = sleep(wait.unwrap_or_default()), if wait.is_some() => {}
                () = stop.cancelled() => break,
            }
        }
    }

    fn listen(&self, wanted: bool) {
        let own = |name: &str| pattern(host::topic(&self.services.host, name).as_str());
        let groups =
            ["cpu", "memory", "disks", "network", "processes", "sensors", "gpu", "summary"];
        let mut patterns: Vec<TopicPattern> = groups.into_iter().map(own).collect();
        patterns.push(alerts::pattern());
        let done = if wanted {
            self.hub().subscribe(self.subscriber, &patterns, &Since::Now, Some(FLUSH))
        } else {
            self.hub().unsubscribe(self.subscriber, &patterns)
        };
        if let Err(error) = done {
            error!(%error, "the host monitor's clients hear nothing");
        }
    }

    fn note(&self, new: &[Arc<Segment>], tiers: &mut Tiers) {
        for segment in new {
            let name = segment.topic().as_str().rsplit('/').next().unwrap_or_default();
            if let Some(urgency) = Urgency::of_group(name) {
                tiers.note(urgency);
            }
            let is_critical = match name {
                "cpu" => self
                    .state::<Cpu>(segment.topic())
                    .and_then(|cpu| cpu.total_percent)
                    .is_some_and(|percent| percent > CRITICAL_PERCENT),
                "summary" => self
                    .state::<HostSummary>(segment.topic())
                    .and_then(|summary| summary.hottest_celsius)
                    .is_some_and(|celsius| celsius > CRITICAL_CELSIUS),
                _ => false,
            };
            if is_critical {
                tiers.note(Urgency::Critical);
            }
        }
    }

    async fn tell_all(&self, urgency: Urgency, now: Duration) {
        let count = {
            let mut updates = self.updates.lock().unwrap_or_else(PoisonError::into_inner);
            updates.count += 1;
            updates.recent.push_back(now);
            if updates.recent.len() > UPDATES_OF_A_MINUTE {
                updates.recent.pop_front();
            }
            updates.count
        };
        let host = self.host();
        let mut said = vec![("system:metrics_update", payload::update(&host, urgency, count))];
        said.extend(payload::older_names(&host));
        said.push(("system:monitoring_stats", self.stats()));
        self.clients.tell_all(&said, now).await;
    }

    fn stats(&self) -> Value {
        let now = self.now();
        let (update_count, updates_per_minute) = {
            let updates = self.updates.lock().unwrap_or_else(PoisonError::into_inner);
            let recent = updates.recent.iter().filter(|at| now.monotonic < **at + MINUTE);
            (updates.count, recent.count())
        };
        let own = self.services.report.metrics().unwrap_or_default();
        let collectors = own.collectors.values();
        let (rounds, failures) = collectors
            .fold((0, 0), |(r, f), one| (r + u64::from(one.rounds), f + u64::from(one.failures)));
        payload::monitoring_stats(&MonitoringStats {
            connected_clients: self.clients.count(),
            update_count,
            updates_per_minute,
            rounds,
            failures,
            uptime_seconds: now.seconds_since(self.services.started),
            now_ms: now.wall.0,
        })
    }

    fn firing(&self) -> Vec<Alert> {
        alerts::firing(self.hub(), &self.services.host)
    }

    fn updates_sent(&self) -> u64 {
        self.updates.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    fn host(&self) -> HostStates {
        HostStates::read(&self.services)
    }

    fn state<T: DeserializeOwned>(&self, topic: &Topic) -> Option<T> {
        let (value, _) = self.hub().state(topic)?;
        serde_json::from_value(Value::Object(value)).ok()
    }
}

fn leave(socket: SocketRef) {
    if let Err(error) = socket.disconnect() {
        debug!(%error, "a client was not told to go");
    }
}

fn pattern(text: &str) -> TopicPattern {
    TopicPattern::parse(text).expect("a topic is a pattern")
}
