//! A copy of a data folder with its files: a tar archive (POSIX.1-2001, ustar) of the database and of the
//! files of datasets and models, which are named by their SHA-256.
//!
//! Nothing is held still while it is written, and it is one state all the same. Files never change, are
//! there before a record names them, and go after it: those that are there are copied first, then one state
//! of the database, then those that came meanwhile. Whatever that state names is among them, unless it came
//! and went within the last step: that is counted and told.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Seek as _, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use bellwether_store::DATABASE_NAME;
use sha2::{Digest as _, Sha256};
use tar::{Archive, Builder, EntryType, Header};

/// Folders of such files, and how their names end.
const FOLDERS: [(&str, &str); 2] = [("datasets", "csv"), ("models", "model")];
/// What is read at a time.
const PIECE_BYTES: usize = 256 * 1024;
/// A SHA-256 in hexadecimal.
const NAME_LENGTH: usize = 64;

/// What a copy has in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// Files beside the database.
    pub(super) files: usize,
    /// Those that went before they were copied.
    pub(super) vanished: usize,
    /// Those that are not what their name says: damaged in the data folder itself.
    pub(super) damaged: Vec<String>,
}

/// Files of a data folder, by their names in an archive.
pub(super) fn files(folder: &Path) -> BTreeSet<String> {
    let of = |(name, ending): (&'static str, &'static str)| {
        let entries = fs::read_dir(folder.join(name)).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.map(move |file| format!("{name}/{file}")).filter(move |path| path.ends_with(ending))
    };
    FOLDERS.into_iter().flat_map(of).filter(|path| hash_in(path).is_some()).collect()
}

/// The hash that the name of a file of ours carries; `None` for any other name.
fn hash_in(path: &str) -> Option<&str> {
    let (folder, file) = path.split_once('/')?;
    let (_, ending) = FOLDERS.iter().find(|(name, _)| *name == folder)?;
    let hash = file.strip_suffix(ending)?.strip_suffix('.')?;
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (hash.len() == NAME_LENGTH && hash.bytes().all(is_digit)).then_some(hash)
}

/// Writes the files of a folder, then the database that `database` makes at a place of its own, then the
/// files that came meanwhile. Answers `None`, and that place has all there is, where there are no files.
pub(super) fn write(
    folder: &Path,
    into: File,
    database: impl FnOnce() -> Result<PathBuf>,
) -> Result<Option<Contents>> {
    let mut archive = Builder::new(BufWriter::with_capacity(PIECE_BYTES, into));
    let mut contents = Contents::default();
    let early = files(folder);
    for path in &early {
        // Gone now: the state of the database that comes later does not name it any more.
        append(&mut archive, folder, path, &mut contents)?;
    }
    let database = database()?;
    let late: Vec<String> = files(folder).difference(&early).cloned().collect();
    if early.is_empty() && late.is_empty() {
        return Ok(None);
    }
    let mut file = File::open(&database).context("cannot read the copy of the database")?;
    append_file(&mut archive, DATABASE_NAME, &mut file)?;
    for path in &late {
        if !append(&mut archive, folder, path, &mut contents)? {
            contents.vanished += 1;
        }
    }
    let mut written = archive.into_inner().context("cannot write the copy")?;
    written.flush().context("cannot write the copy")?;
    written.get_ref().sync_all().context("cannot write the copy")?;
    Ok(Some(contents))
}

/// Appends a file of the folder, if it is still there.
fn append(
    archive: &mut Builder<impl Write>,
    folder: &Path,
    path: &str,
    contents: &mut Contents,
) -> Result<bool> {
    let mut file = match File::open(folder.join(path)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
    };
    let hash = append_file(archive, path, &mut file)?;
    contents.files += 1;
    if hash_in(path) != Some(&hash) {
        contents.damaged.push(path.to_owned());
    }
    Ok(true)
}

/// Appends what an open file has; answers its SHA-256.
fn append_file(archive: &mut Builder<impl Write>, path: &str, file: &mut File) -> Result<String> {
    let place = || format!("cannot copy {path}");
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_size(file.metadata().with_context(place)?.len());
    let mut hashed = Hashed { inner: file, hash: Sha256::new() };
    archive.append_data(&mut header, path, &mut hashed).with_context(place)?;
    Ok(hashed.hexadecimal())
}

/// Whether a file is such an archive, and not a database.
pub(super) fn is_archive(path: &Path) -> bool {
    let mut start = [0; 262];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start.get(257..262) == Some(b"ustar")
}

/// Reads a whole archive and holds it to what its names say, before anything of it is put anywhere.
pub(super) fn check(path: &Path) -> Result<Contents> {
    let mut contents = Contents::default();
    let mut has_database = false;
    each(path, |name, entry| {
        if name == DATABASE_NAME {
            has_database = true;
            return Ok(());
        }
        let mut hashed = Hashed { inner: entry, hash: Sha256::new() };
        io::copy(&mut hashed, &mut io::sink())?;
        contents.files += 1;
        if hash_in(name) != Some(&hashed.hexadecimal()) {
            contents.damaged.push(name.to_owned());
        }
        Ok(())
    })?;
    if !has_database {
        bail!("{} is damaged (it has no database); use another copy", path.display());
    }
    Ok(contents)
}

/// Writes the database of an archive to an open file.
pub(super) fn database(path: &Path, into: &mut File) -> Result<()> {
    each(path, |name, entry| {
        if name == DATABASE_NAME {
            io::copy(entry, into)?;
            into.sync_all()?;
        }
        Ok(())
    })
}

/// Writes the files of an archive into a folder; each is there whole or not at all.
pub(super) fn unpack(path: &Path, folder: &Path) -> Result<()> {
    for (name, _) in FOLDERS {
        let place = folder.join(name);
        fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    }
    each(path, |name, entry| {
        if name == DATABASE_NAME {
            return Ok(());
        }
        let place = folder.join(name);
        let part = place.with_extension("part");
        let mut file = File::create(&part)?;
        let written = io::copy(entry, &mut file).and_then(|_| file.sync_all());
        if let Err(error) = written.and_then(|()| fs::rename(&part, &place)) {
            // Half a file is of use to nobody.
            drop(fs::remove_file(&part));
            return Err(error);
        }
        Ok(())
    })?;
    for (name, _) in FOLDERS {
        let synced = File::open(folder.join(name)).and_then(|place| place.sync_all());
        synced.with_context(|| format!("cannot write {}", folder.display()))?;
    }
    Ok(())
}

/// Puts the files of a folder aside under the number of the database that names them.
pub(super) fn put_aside(folder: &Path, database: &Path) -> Result<()> {
    let number = database.extension().and_then(|ending| ending.to_str()).unwrap_or("old");
    for (name, _) in FOLDERS {
        let (from, to) = (folder.join(name), folder.join(format!("{name}.{number}")));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot move {}", from.display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Goes through an archive; a name that is none of ours ends it, so that nothing is written elsewhere.
fn each(path: &Path, mut visit: impl FnMut(&str, &mut dyn Read) -> io::Result<()>) -> Result<()> {
    let damaged = || format!("{} is damaged or no copy of bellwether", path.display());
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    file.rewind().with_context(damaged)?;
    let mut archive = Archive::new(BufReader::with_capacity(PIECE_BYTES, file));
    for entry in archive.entries().with_context(damaged)? {
        let mut entry = entry.with_context(damaged)?;
        let name = entry.path().ok().and_then(|name| Some(name.to_str()?.to_owned()));
        let name = name.filter(|name| name == DATABASE_NAME || hash_in(name).is_some());
        let name = name.filter(|_| entry.header().entry_type() == EntryType::Regular);
        let Some(name) = name else { bail!("{}: it has other files in it", damaged()) };
        visit(&name, &mut entry).with_context(|| format!("{}: {name}", path.display()))?;
    }
    Ok(())
}

/// Passes bytes on and adds them to a hash.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.hash.update(bytes.get(..read).unwrap_or_default());
        Ok(read)
    }
}

impl<R> Hashed<R> {
    fn hexadecimal(self) -> String {
        let digest = self.hash.finalize();
        digest.iter().fold(String::with_capacity(NAME_LENGTH), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a String takes everything");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn folder_with(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let place = folder.path().join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, bytes).unwrap();
        }
        folder
    }

    fn name_of(bytes: &[u8]) -> String {
        Hashed { inner: (), hash: Sha256::new_with_prefix(bytes) }.hexadecimal()
    }

    #[test]
    fn only_files_of_ours_are_taken() {
        let good = format!("datasets/{EMPTY}.csv");
        let model = format!("models/{EMPTY}.model");
        let folder = folder_with(&[
            (&good, b""),
            (&model, b""),
            (&format!("models/{EMPTY}.part"), b""),
            ("datasets/notes.csv", b""),
            ("datasets/uploads/x.part", b""),
            (&format!("elsewhere/{EMPTY}.csv"), b""),
        ]);
        assert_eq!(files(folder.path()).into_iter().collect::<Vec<_>>(), [good, model]);
        for wrong in ["models/../x", "/etc/passwd", "models/", "datasets/ABC.csv", ""] {
            assert_eq!(hash_in(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_comes_and_goes_meanwhile_is_seen() {
        let (one, two, three) = (name_of(b"1"), name_of(b"2"), name_of(b"3"));
        let place = |name: &str| format!("datasets/{name}.csv");
        let wrong = format!("models/{three}.model");
        let folder = folder_with(&[(&place(&one), b"1"), (&wrong, b"not three")]);
        let target = folder.path().join("copy.tar");
        let contents = write(folder.path(), File::create(&target).unwrap(), || {
            // Deleted after it was copied, and another one came: the copy has both.
            fs::remove_file(folder.path().join(place(&one))).unwrap();
            fs::write(folder.path().join(place(&two)), b"2").unwrap();
            let database = folder.path().join("database");
            fs::write(&database, b"the state of this moment").unwrap();
            Ok(database)
        });
        let contents = contents.unwrap().unwrap();
        assert_eq!(contents, Contents { files: 3, vanished: 0, damaged: vec![wrong.clone()] });
        assert!(is_archive(&target));
        assert_eq!(check(&target).unwrap(), contents);

        let other = tempfile::tempdir().unwrap();
        unpack(&target, other.path()).unwrap();
        let back = |path: &str| fs::read(other.path().join(path)).unwrap();
        assert_eq!((back(&place(&one)), back(&place(&two))), (b"1".to_vec(), b"2".to_vec()));
        let mut file = File::create(other.path().join("db")).unwrap();
        database(&target, &mut file).unwrap();
        assert_eq!(back("db"), b"the state of this moment");

        let bytes = fs::read(&target).unwrap();
        fs::write(&target, &bytes[..bytes.len() / 2]).unwrap();
        assert!(check(&target).is_err(), "half of it");
    }

    #[test]
    fn nothing_is_written_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("evil.tar");
        for name in ["models/evil", "bellwether.lock", "datasets/../../x.csv"] {
            let mut header = Header::new_ustar();
            header.set_size(1);
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            let mut archive = Builder::new(File::create(&target).unwrap());
            archive.append(&header, &b"x"[..]).unwrap();
            archive.into_inner().unwrap();
            let refused = unpack(&target, &folder.path().join("data")).unwrap_err();
            assert!(
                format!("{refused:#}").contains("no copy of bellwether"),
                "{name}: {refused:#}"
            );
        }
        assert_eq!(fs::read_dir(folder.path().join("data/models")).unwrap().count(), 0);
    }

    #[test]
    fn without_files_the_database_is_all() {
        let folder = tempfile::tempdir().unwrap();
        let into = File::create(folder.path().join("copy")).unwrap();
        let database = folder.path().join("database");
        assert_eq!(write(folder.path(), into, || Ok(database)).unwrap(), None);
    }
}
