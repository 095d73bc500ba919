//! bellwether: the program. It wires the rooms together and decides nothing about the domain.
//! Enters: the command line and the environment. Leaves: a running server, messages for people.
//! May not know what a signal means. Start at [`cli`], then `serve`.

mod cli;
mod data_folder;
mod logging;
mod serve;
mod wiring;

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    let done = match arguments.command {
        cli::Command::Serve(flags) => serve::run(&flags),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // `{:#}` prints the chain of causes on one line.
            let told = writeln!(std::io::stderr(), "error: {error:#}");
            // Without standard error there is nobody to tell.
            if told.is_ok() { ExitCode::FAILURE } else { ExitCode::from(74) }
        }
    }
}
