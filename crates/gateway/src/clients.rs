//! Who is connected: everybody with a lasting connection, whatever it speaks.
//! Enters: a newcomer at its handshake, with its dialect. Leaves: a [`Seat`] that is held for as long
//! as the connection lasts, figures for `/metrics`, entries for admins.
//! May not do I/O. A shard adds to a client's figures without a lock; the list's lock is taken by who
//! comes, who goes and who looks.
//! Start at [`Clients`]. A new dialect is a variant of [`Dialect`], and enters by `Gateway::admit`.

mod agent;
mod cut;
mod dialect;
mod entry;
mod figures;
mod flushes;
mod histogram;
mod live;
mod registry;
mod report;
mod room;
mod seat;

pub(crate) use cut::Cut;
pub(crate) use dialect::Dialect;
pub(crate) use flushes::Flushes;
pub(crate) use histogram::{Histogram, Reading};
pub(crate) use registry::{Clients, DialectTotals, Newcomer};
pub use report::DialectReport;
pub(crate) use room::Full;
pub(crate) use seat::{Client, Seat};
