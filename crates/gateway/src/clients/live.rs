//! `system/clients`: the list, live, for as long as somebody looks at it. Nobody does: it costs nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bellwether_signal::{
    Topic,
    system::{CLIENTS, SystemClients},
};
use serde_json::{Map, Value};
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Clients;

/// How often the figures are told while somebody looks …
const EVERY: Duration = Duration::from_secs(2);
/// … and how soon after each other, when many come and go.
const AT_MOST_EVERY: Duration = Duration::from_millis(250);

impl Clients {
    /// Publishes until `stop`. While nobody looks the topic says that nothing is told.
    pub(crate) async fn publish(self: Arc<Self>, stop: CancellationToken) {
        let topic = Topic::of(CLIENTS.split('/'));
        let (wanted, looks) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (is_wanted, looked) = (Arc::clone(&wanted), Arc::clone(&looks));
        let ours = topic.clone();
        self.hub.watch_interest(Box::new(move |topic, wanted| {
            if *topic == ours {
                is_wanted.store(wanted, Ordering::Relaxed); // guards nothing
                looked.notify_one();
            }
        }));
        let tell = |list: &SystemClients| {
            let told = self.hub.publish_state(&topic, object(list), (self.clock)().wall);
            if let Err(error) = told {
                warn!(%error, "who is connected was not published");
            }
        };
        let publishing = async {
            loop {
                // It has to be there for somebody to look at.
                tell(&SystemClients::default());
                while !wanted.load(Ordering::Relaxed) {
                    looks.notified().await;
                }
                while wanted.load(Ordering::Relaxed) {
                    tell(&self.list());
                    sleep(AT_MOST_EVERY).await;
                    let news = async {
                        tokio::select! {
                            () = self.changed.notified() => {}
                            () = looks.notified() => {}
                        }
                    };
                    // Whatever comes first; without news the figures are told anew.
                    let _told_early = timeout(EVERY, news).await.is_ok();
                }
            }
        };
        stop.run_until_cancelled(publishing).await;
    }
}

fn object(list: &SystemClients) -> Map<String, Value> {
    match serde_json::to_value(list) {
        Ok(Value::Object(object)) => object,
        Ok(_) | Err(_) => unreachable!("a struct with text keys is an object"),
    }
}
