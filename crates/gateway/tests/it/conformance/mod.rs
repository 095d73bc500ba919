//! RFC 6455 and RFC 7692 over a raw socket against the real server: a list of cases of our own, in the
//! manner of Autobahn. A case has a name, says bytes, and names what it has to hear.
//! Start at [`case::Case`]; each file is a list of cases about one thing.

mod case;
mod closing;
mod fragments;
mod frames;
mod handshakes;
mod packing;
mod text;
