//! `bellwether backup` and `bellwether restore`: copies of everything that is kept.

mod archive;

use std::{
    fs,
    os::unix::fs::DirBuilderExt as _,
    path::{self, Path, PathBuf},
};

use anyhow::{Context as _, Result};
use bellwether_signal::answer::BackupNote;
use bellwether_store::StoreError;
use clap::Args;
use hyper::Method;

use crate::{control::Control, data_folder};

const BACKUP_HELP: &str = "\
The copy is one state of everything that is kept, whatever a running server does meanwhile; it is \
checked before it takes its name. It holds the history, settings, tokens (as fingerprints), datasets and \
models, readable for you alone; uploads that are not finished are not in it. With datasets or models it is \
a tar archive, without any the database alone. A running server shows it in its activity.

Examples:
  bellwether backup /var/backups/bellwether-$(date +%F).tar
  bellwether backup latest.tar --force           write over the one before";

const RESTORE_HELP: &str = "\
The server has to be stopped. The copy is checked first, and stays as it is. A copy that is the \
database alone leaves the files of datasets and models in the folder as they are.

Examples:
  bellwether restore /var/backups/bellwether-2026-11-21.tar
  bellwether restore latest.tar --force          what is there now is put aside";

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
    let target = &flags.file;
    let contents = write(&folder, target, flags.force)?;
    let bytes = fs::metadata(target).map_or(0, |file| file.len());
    let mut said =
        format!("{} written and checked, {} KiB", target.display(), bytes.div_ceil(1024));
    if let Some(contents) = contents {
        said = format!("{said}, with {}\n", files(contents.files));
        for path in contents.damaged {
            said =
                format!("{said}{path} is damaged in the data folder itself, and so is its copy\n");
        }
        if contents.vanished > 0 {
            let gone = files(contents.vanished);
            said =
                format!("{said}{gone} came and went meanwhile and is not in it; write another\n");
        }
    } else {
        said.push('\n');
    }
    if let Err(error) = tell(&folder, target, bytes) {
        // The copy is what counts, and it is good.
        said = format!("{said}its activity does not show it: {error:#}\n");
    }
    Ok(said)
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// Writes the copy beside its place, and then puts it there.
fn write(folder: &Path, target: &Path, force: bool) -> Result<Option<archive::Contents>> {
    bellwether_store::may_write(folder, target, force)?;
    let beside = |ending: &str| -> Result<tempfile::NamedTempFile> {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(".partial-");
        let place = target.parent().filter(|place| !place.as_os_str().is_empty());
        tempfile::Builder::new()
            .prefix(&name)
            .suffix(ending)
            .tempfile_in(place.unwrap_or(Path::new(".")))
            .with_context(|| format!("cannot write {}", target.display()))
    };
    // Both are readable for us alone, and gone when this ends early.
    let (whole, database) = (beside("")?, beside(".db")?);
    let contents = archive::write(folder, whole.reopen()?, || {
        bellwether_store::backup(folder, database.path(), true)?;
        Ok(database.path().to_owned())
    })?;
    let copy = if contents.is_some() { whole } else { database };
    let failed = || format!("cannot write {}", target.display());
    copy.persist(target).map_err(|error| error.error).with_context(failed)?;
    let place = target.parent().filter(|place| !place.as_os_str().is_empty());
    // A rename is on disk once its folder is.
    let synced = fs::File::open(place.unwrap_or(Path::new("."))).and_then(|it| it.sync_all());
    synced.with_context(failed)?;
    Ok(contents)
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
    let copy = &flags.file;
    let mut said = format!("{} restored to {}", copy.display(), folder.display());
    let aside = if archive::is_archive(copy) {
        let contents = archive::check(copy)?;
        said = format!("{said}, with {}", files(contents.files));
        for path in contents.damaged {
            said = format!(
                "{said}\n{path} is damaged in the copy: its dataset or model cannot be used"
            );
        }
        restore_archive(copy, &folder, flags.force)?
    } else {
        bellwether_store::restore(copy, &folder, flags.force)?
    };
    said.push('\n');
    if let Some(aside) = aside {
        said = format!("{said}the database that was there is {} now\n", aside.display());
    }
    Ok(said)
}

/// The database of an archive, and the files that belong to it. What was there is put aside with the
/// database that names it.
fn restore_archive(copy: &Path, folder: &Path, force: bool) -> Result<Option<PathBuf>> {
    // Beside the folder's own: there has to be room for it there anyway.
    let is_new = !folder.exists();
    let make = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    make.with_context(|| format!("cannot make {}", folder.display()))?;
    let database = tempfile::Builder::new().prefix("bellwether.restore-").tempfile_in(folder);
    let mut database =
        database.with_context(|| format!("cannot write into {}", folder.display()))?;
    archive::database(copy, database.as_file_mut())?;
    let unpack = |aside: Option<&Path>| {
        let put = || -> Result<()> {
            if let Some(aside) = aside {
                archive::put_aside(folder, aside)?;
            }
            archive::unpack(copy, folder)
        };
        put().map_err(|error| StoreError::Copy { path: folder.to_owned(), source: error.into() })
    };
    let restored = bellwether_store::restore_with(database.path(), folder, force, unpack);
    if restored.is_err() && is_new {
        drop(database);
        // Only if nothing is in it.
        drop(fs::remove_dir(folder));
    }
    Ok(restored?)
}
