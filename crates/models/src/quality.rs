//! How models do once they predict: what was predicted, what turned out to be true, and what can be
//! said before it does.

mod observed;

pub use observed::{InputRow, Observed, Outcome};
