//! Uploads and everything that can go wrong with one: files, clients, disks, restarts.

mod files;
mod uploads;

use std::{
    cell::Cell,
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bellwether_signal::{
    Moment, Timestamp, Topic,
    activity::{Activity, ActivityKind},
    feature::Features,
    ports::{Announce, KeepError, RecordChange, RecordKind, Records, Surroundings},
};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{Catalog, CatalogError, Finished, NewUpload, UploadPlace, part};

thread_local! {
    static NOW_MS: Cell<i64> = const { Cell::new(1_795_292_130_000) };
}

fn clock() -> Moment {
    let ms = NOW_MS.get();
    let monotonic = Duration::from_millis(u64::try_from(ms).unwrap());
    Moment { wall: Timestamp(ms), monotonic }
}

fn later(by: Duration) {
    NOW_MS.set(NOW_MS.get() + i64::try_from(by.as_millis()).unwrap());
}

/// Records and announcements in memory, on a disk that may be full.
#[derive(Default)]
struct Around {
    records: Mutex<BTreeMap<(RecordKind, String), Value>>,
    records_full: AtomicBool,
    told: Mutex<Vec<(String, Value)>>,
    activities: Mutex<Vec<Activity>>,
}

impl Records for Around {
    fn all(&self, kind: RecordKind) -> Result<Vec<(String, Value)>, KeepError> {
        let records = self.records.lock().unwrap();
        let of_kind = records.iter().filter(|((its, _), _)| *its == kind);
        Ok(of_kind.map(|((_, id), body)| (id.clone(), body.clone())).collect())
    }

    fn change(&self, changes: Vec<RecordChange>) -> Result<(), KeepError> {
        if self.records_full.load(Ordering::Relaxed) {
            return Err(KeepError::Unavailable("no space left on device".to_owned()));
        }
        let mut records = self.records.lock().unwrap();
        for RecordChange { kind, id, body } in changes {
            match body {
                Some(body) => records.insert((kind, id), body),
                None => records.remove(&(kind, id)),
            };
        }
        Ok(())
    }
}

impl Announce for Around {
    fn state(&self, topic: &Topic, state: Map<String, Value>, _: Option<u32>) {
        self.told.lock().unwrap().push((topic.to_string(), Value::Object(state)));
    }

    fn gone(&self, topic: &Topic) {
        self.told.lock().unwrap().push((topic.to_string(), Value::Null));
    }

    fn event(&self, _: &Topic, _: Value, _: bool) {}

    fn logged(&self, _: &Topic, _: Value) {}

    fn activity(&self, activity: Activity) {
        self.activities.lock().unwrap().push(activity);
    }
}

/// A catalog in a folder that goes with it.
struct Bench {
    around: Arc<Around>,
    folder: tempfile::TempDir,
    /// Bytes that the disk takes before it is full.
    room: Arc<AtomicU64>,
    catalog: Arc<Catalog>,
}

/// A file on a disk with little room: it takes half of what does not fit.
struct Cramped {
    file: Box<dyn part::Part>,
    room: Arc<AtomicU64>,
}

impl part::Part for Cramped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let (wanted, room) = (bytes.len() as u64, self.room.load(Ordering::Relaxed));
        if wanted > room {
            self.file.write(&bytes[..bytes.len() / 2])?;
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.room.store(room - wanted, Ordering::Relaxed);
        self.file.write(bytes)
    }

    fn sync(&mut self) -> std::io::Result<()> {
        self.file.sync()
    }

    fn cut(&mut self, bytes: u64) -> std::io::Result<()> {
        self.file.cut(bytes)
    }
}

impl Bench {
    fn new() -> Self {
        let (around, folder) = (Arc::new(Around::default()), tempfile::tempdir().unwrap());
        let room = Arc::new(AtomicU64::new(u64::MAX));
        let catalog = open(&around, folder.path(), &room);
        Self { around, folder, room, catalog }
    }

    /// The same files and records, in a program that was started anew.
    fn restart(self) -> Self {
        let Self { around, folder, room, catalog } = self;
        drop(catalog);
        let catalog = open(&around, folder.path(), &room);
        Self { around, folder, room, catalog }
    }

    fn begin(&self, content: &[u8]) -> UploadPlace {
        let new = NewUpload {
            file_name: "churn.csv".to_owned(),
            size_bytes: content.len() as u64,
            sha256: Some(crate::files::hexadecimal(&Sha256::digest(content))),
        };
        self.catalog.begin(&new, Some("ann")).unwrap()
    }

    fn send(&self, id: &str, offset: u64, bytes: &[u8]) -> Result<u64, CatalogError> {
        let mut incoming = self.catalog.go_on(id, offset)?;
        for piece in bytes.chunks(1_000) {
            incoming.write(piece)?;
        }
        incoming.done()
    }

    /// A file in one request.
    fn whole(&self, name: &str, content: &[u8]) -> Result<Finished, CatalogError> {
        let mut incoming =
            self.catalog.begin_whole(name, Some(content.len() as u64), Some("ann"))?;
        let id = incoming.id().to_owned();
        for piece in content.chunks(64 * 1024) {
            if let Err(error) = incoming.write(piece) {
                incoming.fail(&error);
                return Err(error);
            }
        }
        incoming.done()?;
        self.catalog.finish(&id)
    }

    /// Everything that was told on topics that end so.
    fn told(&self, end: &str) -> Vec<Value> {
        let told = self.around.told.lock().unwrap();
        told.iter().filter(|(topic, _)| topic.ends_with(end)).map(|(_, it)| it.clone()).collect()
    }

    fn happened(&self, kind: ActivityKind) -> Vec<String> {
        let activities = self.around.activities.lock().unwrap();
        activities.iter().filter(|it| it.kind == kind).map(|it| it.text.clone()).collect()
    }

    /// Files in the data folder: finished ones, and parts.
    fn files(&self) -> (usize, usize) {
        let count = |folder: &str, ending: &str| {
            let folder = std::fs::read_dir(self.folder.path().join(folder));
            let names = folder.into_iter().flatten().flatten().map(|entry| entry.path());
            names.filter(|path| path.extension().is_some_and(|it| it == ending)).count()
        };
        (count("datasets", "csv"), count("datasets/uploads", "part"))
    }
}

fn open(around: &Arc<Around>, folder: &Path, room: &Arc<AtomicU64>) -> Arc<Catalog> {
    let surroundings = Surroundings {
        records: Arc::clone(around) as _,
        announce: Arc::clone(around) as _,
        folder: folder.to_owned(),
        clock,
        features: Features::default(),
    };
    let (disk, room) = (part::on_disk(), Arc::clone(room));
    let open: part::OpenPart = Arc::new(move |path| {
        Ok(Box::new(Cramped { file: disk(path)?, room: Arc::clone(&room) }) as Box<dyn part::Part>)
    });
    Arc::new(Catalog::open_with(surroundings, open).unwrap())
}

/// So many customers, some of whom left.
fn churn(rows: usize) -> Vec<u8> {
    let row = |row: usize| {
        let (months, plan) = (row * 7 % 31, if row.is_multiple_of(3) { "basic" } else { "plus" });
        let churned = if row.is_multiple_of(4) { "yes" } else { "no" };
        format!("c{row},{months},{plan},{churned}\n")
    };
    let header = "customer,months,plan,churned\n".to_owned();
    [header].into_iter().chain((0..rows).map(row)).collect::<String>().into_bytes()
}
