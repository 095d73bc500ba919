//! The program as people start it, a file a subject. One binary, because linking one for each file takes
//! longer than all their tests.
#![expect(clippy::unwrap_used, reason = "a test may fail by panic")]

mod activity;
mod asked;
mod backup;
mod command_line;
mod configuration;
mod crowd;
mod datasets;
mod disk;
mod doctor;
mod live_quality;
mod logs;
mod model_faults;
mod modelling;
mod own_signals;
mod parts;
mod program;
mod registry;
mod secrets;
mod serve;
mod service_manager;
mod shutdown;
mod socket;
mod tls;
mod token;
mod training;
