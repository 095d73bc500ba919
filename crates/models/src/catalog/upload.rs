//! An upload: what was announced, and how much of it is on disk. The file's length is the offset, so that
//! a restart finds it again.

use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bellwether_signal::{Timestamp, ports::Surroundings};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    Catalog, CatalogError,
    part::{OpenPart, Part},
    telling::Telling,
};

/// What is kept of an upload that can be gone on with after a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct UploadRecord {
    pub(super) id: String,
    pub(super) file_name: String,
    /// Announced size; absent where the client could not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) size_bytes: Option<u64>,
    /// Announced SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    pub(super) created_at_ms: Timestamp,
}

pub(super) struct Upload {
    pub(super) record: UploadRecord,
    /// Whether it can be gone on with; otherwise it ends with its request.
    pub(super) resumable: bool,
    path: PathBuf,
    writing: Mutex<Writing>,
    telling: Mutex<Telling>,
}

/// Where the file stands.
pub(super) struct Writing {
    /// Open while bytes come.
    part: Option<Box<dyn Part>>,
    /// Over what is there; after a restart it is made anew from the file.
    hasher: Option<Sha256>,
    pub(super) received: u64,
    synced: bool,
    /// Grows with each request that goes on with it: the one before it has lost its turn.
    pub(super) turn: u64,
    /// When bytes came last.
    pub(super) touched: Timestamp,
    pub(super) finishing: bool,
}

impl Upload {
    pub(super) fn new(
        record: UploadRecord,
        path: PathBuf,
        resumable: bool,
        received: u64,
        touched: Timestamp,
    ) -> Self {
        let telling =
            Telling::new(&record.id, &record.file_name, record.size_bytes, record.created_at_ms);
        let writing = Writing {
            part: None,
            hasher: (received == 0).then(Sha256::new),
            received,
            synced: true,
            turn: 0,
            touched,
            finishing: false,
        };
        Self { record, resumable, path, writing: Mutex::new(writing), telling: Mutex::new(telling) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn telling(&self) -> MutexGuard<'_, Telling> {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds bytes at the end, all or none.
    pub(super) fn write(
        &self,
        writing: &mut Writing,
        bytes: &[u8],
        open: &OpenPart,
    ) -> Result<(), CatalogError> {
        if writing.hasher.is_none() {
            writing.hasher = Some(hash_of(&self.path, writing.received)?);
        }
        if writing.part.is_none() {
            let mut part = open(&self.path)?;
            // What was half written when it ended last is no part of the offset.
            part.cut(writing.received)?;
            writing.part = Some(part);
        }
        let (Some(part), Some(hasher)) = (&mut writing.part, &mut writing.hasher) else {
            return Ok(());
        };
        if let Err(error) = part.write(bytes) {
            // The next one opens it anew, and cuts what half a write left.
            writing.part = None;
            return Err(error.into());
        }
        hasher.update(bytes);
        writing.received += bytes.len() as u64;
        writing.synced = false;
        Ok(())
    }

    /// Everything that is counted as received survives a loss of power once this has returned.
    pub(super) fn sync(writing: &mut Writing) -> Result<u64, CatalogError> {
        if !writing.synced {
            if let Some(part) = &mut writing.part {
                part.sync()?;
            }
            writing.synced = true;
        }
        Ok(writing.received)
    }

    /// The hash of what is there; closes the file.
    pub(super) fn sha256(&self, writing: &mut Writing) -> Result<String, CatalogError> {
        Self::sync(writing)?;
        writing.part = None;
        let hasher = match &writing.hasher {
            Some(hasher) => hasher.clone(),
            None => hash_of(&self.path, writing.received)?,
        };
        let digest = hasher.clone().finalize();
        writing.hasher = Some(hasher);
        Ok(crate::files::hexadecimal(&digest))
    }
}

/// Of the first bytes of a file.
fn hash_of(path: &Path, bytes: u64) -> io::Result<Sha256> {
    let mut hasher = Sha256::new();
    let mut file = fs::File::open(path)?.take(bytes);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        let Some(read) = buffer.get(..read).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
    }
    Ok(hasher)
}

/// The bytes of one request on their way into an upload.
pub struct Incoming {
    catalog: Arc<Catalog>,
    upload: Arc<Upload>,
    turn: u64,
    whole: bool,
}

impl Incoming {
    /// Takes the turn from whoever has it: who comes later knows that the one before was cut.
    pub(super) fn new(catalog: &Arc<Catalog>, upload: Arc<Upload>) -> Self {
        let turn = {
            let mut writing = upload.writing();
            writing.turn += 1;
            writing.turn
        };
        Self { catalog: Arc::clone(catalog), upload, turn, whole: false }
    }

    /// The upload.
    pub fn id(&self) -> &str {
        &self.upload.record.id
    }

    /// Adds bytes. What was added stays, also when the next ones never come.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), CatalogError> {
        let upload = &self.upload;
        let mut writing = upload.writing();
        if writing.finishing {
            return Err(CatalogError::Finishing);
        }
        if writing.turn != self.turn {
            return Err(CatalogError::Superseded);
        }
        let after = writing.received + bytes.len() as u64;
        if let Some(announced) =
            upload.record.size_bytes.filter(|size| upload.resumable && after > *size)
        {
            return Err(CatalogError::TooLong { announced });
        }
        let limit = self.catalog.max_upload();
        if after > limit {
            return Err(CatalogError::TooLarge { limit });
        }
        upload.write(&mut writing, bytes, &self.catalog.open_part)?;
        let now = (self.catalog.around.clock)();
        writing.touched = now.wall;
        let received = writing.received;
        drop(writing);
        upload.telling().received(&self.catalog.around, received);
        Ok(())
    }

    /// The request has ended; where the next one goes on. On disk when it returns.
    pub fn done(mut self) -> Result<u64, CatalogError> {
        self.whole = true;
        Upload::sync(&mut self.upload.writing())
    }

    /// What comes cannot be used: nothing of it is kept where it cannot be gone on with.
    pub fn fail(mut self, error: &CatalogError) {
        self.whole = true;
        if !self.upload.resumable {
            self.catalog.discard(&self.upload, &error.to_string());
        }
    }
}

/// Cut off: a resumable upload stays as it is, another one is of no use.
impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.whole && !self.upload.resumable {
            let text = "the connection was cut before the file was whole; send it again";
            self.catalog.discard(&self.upload, text);
        }
    }
}

/// What there is to know of an upload that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadPlace {
    /// Its id, which is the dataset's later.
    pub upload_id: String,
    /// Bytes that are here.
    pub offset: u64,
    /// Bytes that were announced.
    pub size_bytes: u64,
    /// When it is removed, if no byte comes until then.
    pub expires_at: Timestamp,
}

impl Upload {
    /// Where it stands; on disk when it returns.
    pub(super) fn place(&self, keep_ms: i64) -> Result<UploadPlace, CatalogError> {
        let mut writing = self.writing();
        let offset = Self::sync(&mut writing)?;
        Ok(UploadPlace {
            upload_id: self.record.id.clone(),
            offset,
            size_bytes: self.record.size_bytes.unwrap_or(offset),
            expires_at: Timestamp(writing.touched.0.saturating_add(keep_ms)),
        })
    }

    /// Tells where it stands, at the start.
    pub(super) fn tell(&self, around: &Surroundings) {
        let received = self.writing().received;
        let mut telling = self.telling();
        if received > 0 {
            telling.received(around, received);
        } else {
            telling.tell(around);
        }
    }
}
