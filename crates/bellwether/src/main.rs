//! bellwether: the program. It wires the rooms together and decides nothing about the domain.
//! Enters: the command line, the environment and a configuration file. Leaves: a running server, messages for people.
//! May not know what a signal means. Start at [`cli`], then `serve`.

mod backup;
mod cli;
mod configuration;
mod control;
mod data_folder;
mod doctor;
mod logging;
mod manual;
mod modelling;
mod serve;
mod token;
mod wiring;
mod written;

use std::{env, io::Write as _, process::ExitCode};

use anyhow::{Context as _, Result};
use cli::Command;
use configuration::Configured;

/// It did not work; the message says why.
const FAILED: u8 = 1;
/// Something was asked for in a way that cannot be right: the command line or the configuration
/// file has to change. clap ends with the same code.
const USAGE: u8 = 2;
/// Nobody could be told what went wrong (`EX_IOERR` of sysexits.h).
const NOBODY_TO_TELL: u8 = 74;

fn main() -> ExitCode {
    let line: Vec<_> = env::args_os().collect();
    let configured = configuration::read(&line).unwrap_or_else(|error| error.exit());
    let Configured { arguments, matches, file } = configured;
    if let Err(error) = &file
        && arguments.command.needs_settings()
    {
        return fail(error, USAGE);
    }
    let done = match arguments.command {
        Command::Serve(flags) => serve::run(&flags),
        Command::Token(flags) => token::run(flags),
        Command::Backup(flags) => backup::backup(flags).and_then(|said| print(&said)),
        Command::Restore(flags) => backup::restore(flags).and_then(|said| print(&said)),
        Command::Profile(flags) => modelling::profile(&flags).and_then(|said| print(&said)),
        Command::Train(flags) => modelling::train(&flags).and_then(|said| print(&said)),
        Command::Predict(flags) => modelling::predict(&flags),
        Command::Config(flags) if flags.example => print(&configuration::example()),
        Command::Config(flags) => {
            let (_, matches) = matches.subcommand().expect("a command was given");
            let file = file.unwrap_or_default();
            print(&configuration::show(matches, &file, flags.json))
        }
        Command::Doctor(flags) => doctor::run(&flags, &file, print),
        Command::Completions(flags) => manual::completions(flags.shell),
        Command::Man(flags) => manual::pages(flags.folder.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref(), FAILED),
    }
}

fn print(text: &str) -> Result<()> {
    std::io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")
}

/// Says an error with the chain of its causes on one line.
fn fail(error: &(dyn std::error::Error + 'static), code: u8) -> ExitCode {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    let told = writeln!(std::io::stderr(), "error: {text}");
    ExitCode::from(if told.is_ok() { code } else { NOBODY_TO_TELL })
}
