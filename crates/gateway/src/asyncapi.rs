//! What docs/api/asyncapi.json says: the messages of the socket and of streams, and what is published
//! on each topic, from the Rust types; and the tests that keep it true. A topic without a row in
//! [`topics::documented`] fails them.
#![cfg(test)]

mod document;
mod topics;
