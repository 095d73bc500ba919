//! Completion scripts and manual pages, made from the command line itself.

use std::{fs, io::Write as _, path::Path};

use anyhow::{Context as _, Result};
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Arguments;

pub(crate) fn completions(shell: Shell) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "bellwether", &mut script);
    write_out(&script)
}

/// One page for each command into the folder; without one, the program's page to standard output.
pub(crate) fn pages(folder: Option<&Path>) -> Result<()> {
    let mut program = Arguments::command();
    // Names each subcommand after its parents, and gives it their flags.
    program.build();
    let Some(folder) = folder else { return write_out(&page(&program)?) };
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    write_pages(&program, folder)
}

fn write_pages(command: &Command, folder: &Path) -> Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(command)?).with_context(|| format!("cannot write {}", path.display()))?;
    let own = |command: &&Command| command.get_name() != "help" && !command.is_hide_set();
    command.get_subcommands().filter(own).try_for_each(|command| write_pages(command, folder))
}

fn page(command: &Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).context("cannot write a page")?;
    Ok(page)
}

fn write_out(bytes: &[u8]) -> Result<()> {
    std::io::stdout().write_all(bytes).context("cannot write to standard output")
}
