//! store: keeps records and series, and gives back the same later.
//! Enters: frames of samples, events, settings, tokens. Leaves: columns of history, events with their
//! positions, settings, identities.
//! One `SQLite` file in one folder; one thread writes, a few connections read. May not know who asks,
//! read a clock (times are handed in) or wait for anybody but the disk: callers bring their own
//! blocking threads, except for [`Store::append`] and [`Store::log`], which never block.
//! Start at [`Store`]; [`writer`] is how it gets onto the disk, [`read`] how it comes back.

mod backup;
mod chunk;
mod commit;
mod durable;
mod error;
mod events;
mod frame;
mod head;
mod health;
mod inbox;
mod inspect;
mod level;
mod names;
mod open;
mod prediction;
mod read;
mod readers;
mod record;
mod rollup;
mod rows;
mod schema;
mod seal;
mod sealed;
mod search;
mod settings;
mod store;
mod token;
mod token_cache;
mod upkeep;
mod writer;

pub use backup::{DATABASE_NAME, backup, may_write, restore, restore_with};
pub use durable::{DURABLE_KEPT_MS, Durable, MAX_DURABLES};
pub use error::{Fault, StoreError};
pub use events::{EventListener, LoggedEvent, MAX_EVENT_BYTES};
pub use frame::Frame;
pub use inspect::{Inspection, inspect};
pub use read::{MAX_ROWS, Resolution};
pub use record::{MAX_RECORD_BYTES, MAX_RECORDS};
pub use settings::MAX_SETTINGS_BYTES;
pub use store::{Options, Store};
pub use token::{Identity, IssuedToken, MAX_TOKENS, NewToken, Token, TokenKind};
