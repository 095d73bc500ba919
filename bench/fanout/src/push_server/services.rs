//! What the gateway needs beside the hub, as little as it can be: one token, no history, nothing kept.

use std::{future::ready, path::PathBuf, sync::Arc};

use bellwether_detect::Alerts;
use bellwether_gateway::{
    Accounts, ActivityLog, Answer, AppSignals, DurablePlaces, EventHistory, History, Identity,
    LaterEvents, NewToken, Resolution, SelfReport, ServiceError, Services, Settings, SignIn,
};
use bellwether_hub::Hub;
use bellwether_models::{Workshop, serving::MemoryLog};
use bellwether_signal::{
    HostId, Moment, Timestamp, Topic,
    activity::Activity,
    answer::{DurableEntry, EventsAnswer, SeriesAnswer, TokenEntry, TokenMade},
    feature::Features,
    ports::{Announce, KeepError, RecordChange, RecordKind, Records, Surroundings},
    protocol::Position,
    series::SeriesName,
    system::{SystemHealth, SystemMetrics},
};
use bellwether_sys::clock;
use serde_json::{Map, Value};

use super::ROLE;
use crate::speech::TOKEN;

/// Everything that the gateway calls.
pub(super) fn new(hub: Hub, started: Moment) -> Services {
    let nothing = Arc::new(Nothing);
    let around = Surroundings {
        records: Arc::clone(&nothing) as _,
        announce: Arc::clone(&nothing) as _,
        folder: PathBuf::new(),
        clock: clock::now,
        features: Features::default(),
    };
    let models = Workshop::open(&around, Arc::new(MemoryLog::default()));
    let models = Arc::new(models.expect("nothing is kept, so nothing is damaged"));
    let alerts = Arc::new(Alerts::open(around).expect("nothing is kept, so nothing is damaged"));
    Services {
        hub,
        history: Arc::clone(&nothing) as _,
        accounts: Arc::clone(&nothing) as _,
        settings: Arc::clone(&nothing) as _,
        activity: Arc::clone(&nothing) as _,
        events: Arc::clone(&nothing) as _,
        durables: Arc::clone(&nothing) as _,
        app_signals: Arc::clone(&nothing) as _,
        models,
        alerts,
        report: nothing,
        clock: clock::now,
        features: Features::default(),
        host: HostId::parse("fanout").expect("a slug"),
        version: env!("CARGO_PKG_VERSION"),
        started,
    }
}

struct Nothing;

fn refused<T: Send + 'static>() -> Answer<'static, T> {
    let why = "The benchmark's server only pushes.".to_owned();
    Box::pin(ready(Err(ServiceError::Unavailable(why))))
}

impl Records for Nothing {
    fn all(&self, _: RecordKind) -> Result<Vec<(String, Value)>, KeepError> {
        Ok(Vec::new())
    }

    fn change(&self, _: Vec<RecordChange>) -> Result<(), KeepError> {
        Err(KeepError::Unavailable("The benchmark's server only pushes.".to_owned()))
    }
}

impl Announce for Nothing {
    fn state(&self, _: &Topic, _: Map<String, Value>, _: Option<u32>) {}
    fn gone(&self, _: &Topic) {}
    fn event(&self, _: &Topic, _: Value, _: bool) {}
    fn logged(&self, _: &Topic, _: Value) {}
    fn activity(&self, _: Activity) {}
}

impl Accounts for Nothing {
    fn verify<'a>(&'a self, secret: &'a str) -> Answer<'a, Option<Identity>> {
        let known = (secret == TOKEN).then(|| Identity {
            user: TOKEN.to_owned(),
            role: ROLE,
            token: Some(TOKEN.to_owned()),
            expires_at: None,
        });
        Box::pin(ready(Ok(known)))
    }

    fn redeem<'a>(&'a self, _code: &'a str) -> Answer<'a, Option<SignIn>> {
        Box::pin(ready(Ok(None)))
    }

    fn tokens(&self) -> Answer<'_, Vec<TokenEntry>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn create(&self, _new: NewToken) -> Answer<'_, TokenMade> {
        refused()
    }

    fn revoke<'a>(&'a self, _id: &'a str) -> Answer<'a, bool> {
        Box::pin(ready(Ok(false)))
    }
}

impl Settings for Nothing {
    fn read<'a>(&'a self, _user: &'a str) -> Answer<'a, Map<String, Value>> {
        Box::pin(ready(Ok(Map::new())))
    }

    fn merge<'a>(
        &'a self,
        _user: &'a str,
        _patch: Map<String, Value>,
    ) -> Answer<'a, Map<String, Value>> {
        refused()
    }
}

impl History for Nothing {
    fn series(
        &self,
        _names: Vec<SeriesName>,
        _from: Timestamp,
        _to: Timestamp,
        _resolution: Resolution,
    ) -> Answer<'_, SeriesAnswer> {
        refused()
    }
}

impl EventHistory for Nothing {
    fn events(
        &self,
        _topic: Topic,
        _before: Option<Position>,
        _limit: usize,
    ) -> Answer<'_, EventsAnswer> {
        refused()
    }

    fn after(&self, _topic: Topic, _after: Position, _limit: usize) -> Answer<'_, LaterEvents> {
        refused()
    }
}

impl DurablePlaces for Nothing {
    fn open<'a>(
        &'a self,
        _user: &'a str,
        _name: &'a str,
        _begins: Vec<(Topic, Position)>,
    ) -> Answer<'a, Vec<(Topic, Position)>> {
        refused()
    }

    fn acknowledge<'a>(
        &'a self,
        _user: &'a str,
        _name: &'a str,
        _positions: Vec<(Topic, Position)>,
    ) -> Answer<'a, bool> {
        refused()
    }

    fn list<'a>(&'a self, _user: Option<&'a str>) -> Answer<'a, Vec<DurableEntry>> {
        refused()
    }

    fn delete<'a>(&'a self, _user: &'a str, _name: &'a str) -> Answer<'a, bool> {
        refused()
    }
}

impl AppSignals for Nothing {
    fn state(&self, _topic: &Topic, _state: &Map<String, Value>, _at: Timestamp) {}
}

impl ActivityLog for Nothing {
    fn record(&self, _activity: Activity) {}
}

impl SelfReport for Nothing {
    fn health(&self) -> SystemHealth {
        SystemHealth::default()
    }

    fn metrics(&self) -> Option<SystemMetrics> {
        None
    }
}
