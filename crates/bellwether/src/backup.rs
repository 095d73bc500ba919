//! `bellwether backup` and `bellwether restore`: copies of everything that is kept.

use std::path::{self, Path, PathBuf};

use anyhow::Result;
use bellwether_signal::answer::BackupNote;
use clap::Args;
use hyper::Method;

use crate::{control::Control, data_folder};

const BACKUP_HELP: &str = "\
The copy is one state of the database, whatever a running server writes meanwhile; it is checked \
before it takes its name. It holds the history, settings and tokens (as fingerprints), readable \
for you alone. A running server shows it in its activity.

Examples:
  bellwether backup /var/backups/bellwether-$(date +%F).db
  bellwether backup latest.db --force           write over the one before";

const RESTORE_HELP: &str = "\
The server has to be stopped. The copy is checked first, and stays as it is.

Examples:
  bellwether restore /var/backups/bellwether-2026-11-21.db
  bellwether restore latest.db --force          what is there now is put aside";

#[derive(Debug, Args)]
#[command(after_help = BACKUP_HELP)]
pub(crate) struct BackupFlags {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Folder of the server's data [default: bellwether in the data home (XDG)]
    #[arg(long, env = "BELLWETHER_DATA", value_name = "DIR")]
    data: Option<PathBuf>,

    /// Write over a file that is there already
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
#[command(after_help = RESTORE_HELP)]
pub(crate) struct RestoreFlags {
    /// The copy to take
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Folder of the server's data [default: bellwether in the data home (XDG)]
    #[arg(long, env = "BELLWETHER_DATA", value_name = "DIR")]
    data: Option<PathBuf>,

    /// Put a database that is there aside, and take the copy in its place
    #[arg(long)]
    force: bool,
}

/// Writes a copy; returns what to say.
pub(crate) fn backup(flags: BackupFlags) -> Result<String> {
    let folder = data_folder::choose(flags.data)?;
    let bytes = bellwether_store::backup(&folder, &flags.file, flags.force)?;
    let mut said =
        format!("{} written and checked, {} KiB\n", flags.file.display(), bytes.div_ceil(1024));
    if let Err(error) = tell(&folder, &flags.file, bytes) {
        // The copy is what counts, and it is good.
        said = format!("{said}its activity does not show it: {error:#}\n");
    }
    Ok(said)
}

/// Tells a running server, whose activity shows it.
fn tell(folder: &Path, file: &Path, bytes: u64) -> Result<()> {
    let Some(server) = Control::find(folder)? else { return Ok(()) };
    let file = path::absolute(file)?.to_string_lossy().into_owned();
    let note = serde_json::to_value(BackupNote { file, bytes })?;
    server.ask(Method::POST, "/api/backups", Some(&note))?;
    Ok(())
}

/// Takes a copy back; returns what to say.
pub(crate) fn restore(flags: RestoreFlags) -> Result<String> {
    let folder = data_folder::choose(flags.data)?;
    let aside = bellwether_store::restore(&flags.file, &folder, flags.force)?;
    let restored = format!("{} restored to {}\n", flags.file.display(), folder.display());
    let moved =
        aside.map(|aside| format!("the database that was there is {} now\n", aside.display()));
    Ok(restored + moved.as_deref().unwrap_or_default())
}
