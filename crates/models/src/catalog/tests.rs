//! Faults of uploads.
