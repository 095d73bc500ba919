//! The connections that read.

use std::{
    ops::Deref,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use rusqlite::Connection;

use crate::{StoreError, open::Folder};

/// Connections that read at the same time; who comes later waits for one.
const MAX_READERS: usize = 3;

/// Opened when first needed, then kept.
pub(crate) struct Readers {
    folder: Arc<Folder>,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    lent: usize,
    closed: bool,
}

impl Readers {
    pub(crate) fn new(folder: Arc<Folder>) -> Self {
        Self { folder, pool: Mutex::default(), returned: Condvar::new() }
    }

    /// Lends a connection; waits while all are in use.
    pub(crate) fn borrow(&self) -> Result<Reader<'_>, StoreError> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        while !pool.closed && pool.lent == MAX_READERS {
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
        if pool.closed {
            return Err(StoreError::Closed);
        }
        let connection = match pool.idle.pop() {
            Some(connection) => connection,
            None => {
                self.folder.open_reader().map_err(StoreError::read("open the store to read"))?
            }
        };
        pool.lent += 1;
        Ok(Reader { connection: Some(connection), pool: self })
    }

    /// Closes what is idle, and what is lent once it is back.
    pub(crate) fn close(&self) {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.closed = true;
        pool.idle.clear();
        self.returned.notify_all();
    }
}

/// A lent connection.
pub(crate) struct Reader<'a> {
    connection: Option<Connection>,
    pool: &'a Readers,
}

impl Deref for Reader<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a reader has its connection until it is dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut pool = self.pool.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.lent -= 1;
        if !pool.closed {
            pool.idle.extend(self.connection.take());
        }
        self.pool.returned.notify_one();
    }
}
