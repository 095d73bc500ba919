//! Segments as the hub makes them, for tests.

use std::{sync::Arc, time::Duration};

use bellwether_hub::{Hub, Limits, Priority, Segment, Since};
use bellwether_signal::{Role, Timestamp, Topic, TopicPattern};

/// Events of one topic, published at these times.
pub(crate) fn published(times_ms: impl IntoIterator<Item = i64>) -> Vec<Arc<Segment>> {
    let hub = Hub::new(1, Limits::default(), Box::new(|_, _| ()));
    let shard = hub.add_shard(|| ()).unwrap();
    let id = hub.add_subscriber(shard, Role::Admin).unwrap();
    let patterns = [TopicPattern::parse("app/*").unwrap()];
    hub.subscribe(id, &patterns, &Since::Now, None).unwrap();
    let topic = Topic::parse("app/a").unwrap();
    for at in times_ms {
        hub.publish_event(&topic, at.into(), Timestamp(at), Priority::Normal).unwrap();
    }
    let mut all = Vec::new();
    let keep = |_, part: &[Arc<Segment>]| all = part.to_vec();
    hub.flush(shard, Duration::ZERO, &mut Vec::new(), &mut Vec::new(), keep);
    all
}
