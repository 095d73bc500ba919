//! Settings: one JSON object for each user, changed by merge patches (RFC 7396).

use bellwether_signal::patch;
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value};

use crate::StoreError;

/// The most that one user's settings may take, as JSON text. A patch beyond is refused.
pub const MAX_SETTINGS_BYTES: usize = 64 * 1024;

/// What a user has set; empty when nothing.
pub(crate) fn load(connection: &Connection, user: &str) -> Result<Map<String, Value>, StoreError> {
    let text: Option<String> = connection
        .prepare_cached("SELECT settings FROM settings WHERE user = ?1")
        .and_then(|mut select| select.query_row([user], |row| row.get(0)).optional())
        .map_err(StoreError::read("read settings"))?;
    let Some(text) = text else { return Ok(Map::new()) };
    serde_json::from_str(&text)
        .map_err(|_| StoreError::Record { what: format!("settings of {user}") })
}

/// Applies a patch and returns what is set then.
pub(crate) fn merge(
    connection: &Connection,
    user: &str,
    change: &Map<String, Value>,
) -> Result<Map<String, Value>, StoreError> {
    let mut settings = load(connection, user)?;
    patch::apply(&mut settings, change);
    let text = Value::Object(settings.clone()).to_string();
    if text.len() > MAX_SETTINGS_BYTES {
        return Err(StoreError::SettingsTooLarge {
            user: user.to_owned(),
            bytes: text.len(),
            limit: MAX_SETTINGS_BYTES,
        });
    }
    connection
        .prepare_cached("INSERT OR REPLACE INTO settings (user, settings) VALUES (?1, ?2)")?
        .execute((user, text))?;
    Ok(settings)
}
