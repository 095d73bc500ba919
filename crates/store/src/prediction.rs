//! The log of predictions: written about once a second in one transaction, found by id or by version.
//!
//! Those that wait for the disk are bounded; when it is too slow or full, the oldest are shed, counted,
//! and told in health.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use bellwether_signal::{
    ModelId, Timestamp,
    ports::{LoggedPrediction, PredictionLabel},
};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior};
use uuid::Uuid;

use crate::StoreError;

/// Memory that predictions may take while they wait for the disk. When a new one does not fit, the
/// oldest are shed.
const WAITING_BYTES: usize = 16 * 1024 * 1024;
/// What a prediction takes besides its inputs, about.
const ROW_BYTES: usize = 400;
/// Predictions dropped at a time, so that the writer is never away for long.
const DROPPED_AT_ONCE: i64 = 5_000;
/// Columns in the order in which [`read_row`] takes them.
const COLUMNS: &str = "m.model, p.id, p.at_ms, p.inputs, p.input_hash, p.prediction, \
                       p.probabilities, p.confidence, p.response_ms, p.client, p.shadow, p.label, \
                       p.labelled_at_ms";

/// Predictions that are not on disk yet, oldest first.
#[derive(Default)]
pub(crate) struct Queue {
    rows: VecDeque<LoggedPrediction>,
    bytes: usize,
}

impl Queue {
    /// Adds some. Returns how many were shed for them.
    pub(crate) fn push(&mut self, predictions: impl IntoIterator<Item = LoggedPrediction>) -> u64 {
        for one in predictions {
            self.bytes += size(&one);
            self.rows.push_back(one);
        }
        let mut shed = 0;
        while self.bytes > WAITING_BYTES && self.rows.len() > 1 {
            self.bytes -= self.rows.pop_front().as_ref().map_or(0, size);
            shed += 1;
        }
        shed
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes over what another one holds.
    pub(crate) fn take(&mut self, other: Self) -> u64 {
        if self.rows.is_empty() {
            *self = other;
            return 0;
        }
        self.push(other.rows)
    }

    /// Writes all of it; what cannot be written stays.
    pub(crate) fn write(&mut self, connection: &mut Connection) -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert(&transaction, self.rows.iter())?;
        transaction.commit()?;
        *self = Self::default();
        Ok(())
    }
}

fn size(one: &LoggedPrediction) -> usize {
    let probabilities = one.probabilities.as_ref().map_or(0, |all| all.len() * size_of::<f64>());
    ROW_BYTES + one.inputs.as_ref().map_or(0, |text| text.len()) + probabilities
}

/// Adds predictions; one that is there already stays as it is.
pub(crate) fn insert<'a>(
    connection: &Connection,
    predictions: impl Iterator<Item = &'a LoggedPrediction>,
) -> rusqlite::Result<()> {
    let mut added: HashMap<&str, (i64, i64)> = HashMap::new();
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO prediction (model, id, at_ms, inputs, input_hash, prediction,
             probabilities, confidence, response_ms, client, shadow, label, labelled_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    for one in predictions {
        // Only UUIDs are given; another id could not be asked for.
        let Some(id) = uuid(&one.id) else { continue };
        let (key, count) = match added.get_mut(one.model.as_str()) {
            Some(known) => known,
            None => added.entry(one.model.as_str()).or_insert((key(connection, &one.model)?, 0)),
        };
        let probabilities = one.probabilities.as_deref().map(packed);
        let rows = insert.execute((
            *key,
            id.as_bytes().as_slice(),
            one.at.0,
            one.inputs.as_deref(),
            &one.input_hash,
            one.prediction.to_string(),
            probabilities,
            one.confidence,
            one.response_ms,
            one.client.as_deref(),
            one.shadow,
            one.label.as_ref().map(ToString::to_string),
            one.labelled_at.map(|at| at.0),
        ))?;
        *count += i64::try_from(rows).unwrap_or_default();
    }
    for (key, count) in added.into_values() {
        add_rows(connection, key, count)?;
    }
    Ok(())
}

fn add_rows(connection: &Connection, key: i64, count: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE prediction_model SET rows = rows + ?2 WHERE key = ?1")?
        .execute((key, count))?;
    Ok(())
}

/// The number that stands for a version.
fn key(connection: &Connection, model: &ModelId) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO prediction_model (model, rows) VALUES (?1, 0)")?
        .execute([model.as_str()])?;
    connection
        .prepare_cached("SELECT key FROM prediction_model WHERE model = ?1")?
        .query_row([model.as_str()], |row| row.get(0))
}

/// The prediction of an id.
pub(crate) fn find(
    connection: &Connection,
    id: &str,
) -> Result<Option<LoggedPrediction>, StoreError> {
    let Some(id) = uuid(id) else { return Ok(None) };
    // One look for each version: there are few, and ids need no index of their own.
    let sql = format!(
        "SELECT {COLUMNS} FROM prediction_model AS m CROSS JOIN prediction AS p
         ON p.model = m.key AND p.id = ?1"
    );
    connection
        .prepare_cached(&sql)
        .and_then(|mut select| select.query_row([id.as_bytes().as_slice()], read_row).optional())
        .map_err(StoreError::read("read a prediction"))
}

/// The newest predictions of a version before an id, newest first.
pub(crate) fn newest(
    connection: &Connection,
    model: &ModelId,
    before: Option<&str>,
    limit: usize,
) -> Result<Vec<LoggedPrediction>, StoreError> {
    let before = match before {
        None => Uuid::max(),
        Some(id) => match uuid(id) {
            Some(id) => id,
            None => return Ok(Vec::new()),
        },
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM prediction_model AS m CROSS JOIN prediction AS p ON p.model = m.key
         WHERE m.model = ?1 AND p.id < ?2 ORDER BY p.id DESC LIMIT ?3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let read = || -> rusqlite::Result<Vec<LoggedPrediction>> {
        let mut select = connection.prepare_cached(&sql)?;
        let rows =
            select.query_map((model.as_str(), before.as_bytes().as_slice(), limit), read_row)?;
        rows.collect()
    };
    read().map_err(StoreError::read("read predictions"))
}

/// Notes labels; answers the ids that are not known.
pub(crate) fn label(
    connection: &Connection,
    labels: &[PredictionLabel],
) -> Result<Vec<String>, StoreError> {
    let mut update = connection.prepare_cached(
        "UPDATE prediction SET label = ?2, labelled_at_ms = ?3
         WHERE model IN (SELECT key FROM prediction_model) AND id = ?1",
    )?;
    let mut unknown = Vec::new();
    for PredictionLabel { id, label, at } in labels {
        let changed = match uuid(id) {
            Some(id) => update.execute((id.as_bytes().as_slice(), label.to_string(), at.0))?,
            None => 0,
        };
        if changed == 0 {
            unknown.push(id.clone());
        }
    }
    Ok(unknown)
}

/// Forgets a version.
pub(crate) fn forget(connection: &Connection, model: &ModelId) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM prediction WHERE model = (SELECT key FROM prediction_model WHERE model = ?1)",
        )?
        .execute([model.as_str()])?;
    connection
        .prepare_cached("DELETE FROM prediction_model WHERE model = ?1")?
        .execute([model.as_str()])?;
    Ok(())
}

/// Drops predictions from before a time, and those of a version beyond the newest `most`. Says whether
/// there may be more to drop.
pub(crate) fn drop_old(
    connection: &Connection,
    before_ms: i64,
    most: u32,
) -> rusqlite::Result<bool> {
    let models: Vec<(i64, i64)> = connection
        .prepare_cached("SELECT key, rows FROM prediction_model")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut more = false;
    for (key, rows) in models {
        let surplus = (rows - i64::from(most)).clamp(0, DROPPED_AT_ONCE);
        // The oldest by their ids, which have the time in front.
        let dropped = connection
            .prepare_cached(
                "DELETE FROM prediction WHERE model = ?1 AND id IN (
                     SELECT id FROM (SELECT id FROM prediction WHERE model = ?1 ORDER BY id LIMIT ?3)
                     UNION
                     SELECT id FROM (SELECT id FROM prediction WHERE model = ?1 AND id < ?2
                                     ORDER BY id LIMIT ?4))",
            )?
            .execute((key, first_id(before_ms).as_slice(), surplus, DROPPED_AT_ONCE))?;
        let dropped = i64::try_from(dropped).unwrap_or_default();
        add_rows(connection, key, -dropped)?;
        more |= dropped > 0;
        if rows == dropped {
            connection
                .prepare_cached("DELETE FROM prediction_model WHERE key = ?1 AND rows = 0")?
                .execute([key])?;
        }
    }
    Ok(more)
}

/// No id of that time or later sorts before this.
fn first_id(at_ms: i64) -> [u8; 16] {
    let ms = u128::try_from(at_ms).unwrap_or_default().min((1 << 48) - 1);
    (ms << 80).to_be_bytes()
}

fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

fn packed(probabilities: &[f64]) -> Vec<u8> {
    probabilities.iter().flat_map(|one| one.to_le_bytes()).collect()
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<LoggedPrediction> {
    let damaged = |what: &str| {
        rusqlite::Error::InvalidColumnType(0, what.to_owned(), rusqlite::types::Type::Text)
    };
    let json = |text: &str| serde_json::from_str(text).map_err(|_| damaged("prediction"));
    let model: String = row.get(0)?;
    let id: Vec<u8> = row.get(1)?;
    let probabilities: Option<Vec<u8>> = row.get(6)?;
    let unpacked = |bytes: Vec<u8>| {
        bytes.as_chunks::<8>().0.iter().map(|chunk| f64::from_le_bytes(*chunk)).collect()
    };
    let label: Option<String> = row.get(11)?;
    Ok(LoggedPrediction {
        id: Uuid::from_slice(&id).map_err(|_| damaged("id"))?.to_string(),
        model: ModelId::parse(&model).map_err(|_| damaged("model"))?,
        at: Timestamp(row.get(2)?),
        inputs: row.get::<_, Option<String>>(3)?.map(Arc::from),
        input_hash: row.get::<_, String>(4)?.into(),
        prediction: json(row.get_ref(5)?.as_str()?)?,
        probabilities: probabilities.map(unpacked),
        confidence: row.get(7)?,
        response_ms: row.get(8)?,
        client: row.get::<_, Option<String>>(9)?.map(Arc::from),
        shadow: row.get(10)?,
        label: label.as_deref().map(json).transpose()?,
        labelled_at: row.get::<_, Option<i64>>(12)?.map(Timestamp),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_front_of_ids() {
        let id = uuid("01993c5c-1e80-7000-8000-000000000000").unwrap();
        let at_ms = 0x0199_3c5c_1e80;
        assert!(first_id(at_ms).as_slice() <= id.as_bytes().as_slice());
        assert!(first_id(at_ms + 1).as_slice() > id.as_bytes().as_slice());
    }
}
