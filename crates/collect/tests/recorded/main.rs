//! Recorded trees of `/proc` and `/sys`, read as if they were this machine, with a clock of our own.
//! Each fixture has a tree `first`, and in `later` the files that were different some time after.

mod bare_metal;
mod faults;
mod groups;
mod health;
mod host;
mod other_hosts;
mod processes;
mod sensors;
mod upheaval;
