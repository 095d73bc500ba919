//! Requests as pages and programs make them, one after the other.

use std::sync::atomic::Ordering::Relaxed;

use bellwether_signal::answer::SessionAnswer;

use super::{Shared, random::Random};
use crate::http;

/// Asks until the end; every answer has to be there.
pub(crate) fn ask(shared: &Shared, address: &str, session: &str, mut random: Random) {
    let cookie = [session.to_owned()];
    let session: Option<SessionAnswer> = http::get(address, "/api/session", &cookie)
        .ok()
        .and_then(|it| serde_json::from_slice(&it.body).ok());
    let Some(SessionAnswer { host, ts, .. }) = session else {
        shared.wrong("GET /api/session: no session".to_owned());
        return;
    };
    // Around now: the hour before, and what the load lasts.
    let (from, to) = (ts.0 - 3_600_000, ts.0 + 7_200_000);
    let paths = [
        "/".to_owned(),
        "/health".to_owned(),
        "/metrics".to_owned(),
        "/api/session".to_owned(),
        "/api/topics?topics=host/**,system/**".to_owned(),
        format!("/api/series?names=host/{host}/cpu/total_percent&from={from}&to={to}"),
        format!("/api/series?names=host/{host}/memory/used_bytes&from={from}&to={to}&step=60000"),
    ];
    while !shared.is_over() {
        let path = &paths[usize::try_from(random.below(paths.len() as u64)).unwrap_or_default()];
        match http::get(address, path, &cookie) {
            Ok(answer) if answer.status == 200 => {}
            Ok(answer) => shared.wrong(format!("GET {path}: {}", answer.status)),
            Err(error) => shared.wrong(format!("GET {path}: {error:#}")),
        }
        shared.requests.fetch_add(1, Relaxed);
        shared.pause(random.millis(5, 100));
    }
}
