//! Tests of the repository itself; there is nothing to call. Start at `tests/`.
