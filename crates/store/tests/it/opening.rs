//! Opening: what is there, what is not ours, and who is there already.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use bellwether_signal::{Role, Timestamp, system::Health};
use bellwether_store::{Store, StoreError};

use crate::scene::{Scene, frame, pairs};

fn database(folder: &Path) -> std::path::PathBuf {
    folder.join("bellwether.db")
}

fn error(folder: &Path) -> StoreError {
    Store::open(folder).err().expect("the store does not open")
}

#[test]
fn others_see_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("a/b");
    let store = Store::open(&folder).unwrap();
    store.append(frame(1_000, &[("a/b", 1.0)]));
    store.flush().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_second_server_is_told_who_has_the_folder() {
    let scene = Scene::new();
    let text = error(scene.folder.path()).to_string();
    assert!(text.contains(&scene.folder.path().display().to_string()), "{text}");
    assert!(text.contains(&format!("process {}", std::process::id())), "{text}");
    scene.reopen();
}

#[test]
fn closing_leaves_one_file_and_ends_everything() {
    let scene = Scene::new();
    scene.store.append(frame(1_000, &[("a/b", 1.0)]));
    scene.store.close();
    let mut names: Vec<_> =
        fs::read_dir(scene.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["bellwether.db", "bellwether.lock"]);
    assert!(matches!(scene.store.flush(), Err(StoreError::Closed)));
    assert!(matches!(scene.store.settings("ada"), Err(StoreError::Closed)));
    assert_eq!(scene.store.health().status, Health::Critical);
    assert_eq!(pairs(&scene.reopen().store, "a/b"), [(1_000, 1.0)]);
}

#[test]
fn what_is_damaged_stays_as_it_is() {
    let check = |damage: &dyn Fn(&mut Vec<u8>)| {
        let scene = Scene::new();
        for second in 0..500 {
            scene.store.append(frame(second, &[("a/b", 1.0), ("a/c", 2.0)]));
        }
        scene.store.close();
        let path = database(scene.folder.path());
        let mut bytes = fs::read(&path).unwrap();
        damage(&mut bytes);
        fs::write(&path, &bytes).unwrap();
        let error = error(scene.folder.path());
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        let text = error.to_string();
        assert!(
            text.contains(&path.display().to_string()) && text.contains("move it away"),
            "{text}"
        );
        assert_eq!(fs::read(&path).unwrap(), bytes);
    };
    check(&|bytes| bytes.fill(b'x'));
    check(&|bytes| bytes.truncate(bytes.len() / 2));
    check(&|bytes| bytes[100..4096].fill(0xff));
}

#[test]
fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let other = rusqlite::Connection::open(database(folder.path())).unwrap();
    other.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(other);
    assert!(matches!(error(folder.path()), StoreError::Foreign { .. }));
}

#[test]
fn a_newer_schema_is_refused() {
    let scene = Scene::new();
    scene.store.close();
    let newer = rusqlite::Connection::open(database(scene.folder.path())).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    let text = error(scene.folder.path()).to_string();
    assert!(text.contains("schema version 99") && text.contains("newer program"), "{text}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, PermissionsExt::from_mode(0o555)).unwrap();
    // Root may write anywhere, except where the kernel makes the files.
    let root = fs::write(closed.join("probe"), "").is_ok();
    let closed = if root { Path::new("/sys").to_owned() } else { closed };
    let error = error(&closed);
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error}");
    assert!(error.to_string().contains(&closed.display().to_string()), "{error}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = error(&file.join("store"));
    assert!(matches!(error, StoreError::Folder { .. }), "{error}");
}

#[test]
fn a_file_of_version_1_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let old = rusqlite::Connection::open(database(folder.path())).unwrap();
    old.execute_batch(include_str!("../fixtures/version-1.sql")).unwrap();
    drop(old);
    let check = || {
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(pairs(&store, "host/a/cpu/total_percent"), [(1_000, 12.3), (2_000, 12.2)]);
        assert_eq!(pairs(&store, "host/a/memory/used_bytes"), [(1_000, 4_096.0)]);
        assert_eq!(store.settings("ada").unwrap()["theme"], "dark");
        let identity = store.verify_token("secret-of-version-1", Timestamp(1)).unwrap().unwrap();
        assert_eq!((&*identity.name, identity.role), ("ada", Role::Viewer));
        store.tidy(Timestamp(7_200_000)).unwrap();
    };
    check();
    check();
}

#[test]
fn an_empty_file_is_a_beginning() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(database(folder.path()), "").unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.append(frame(1_000, &[("a/b", 1.0)]));
    store.flush().unwrap();
    assert_eq!(pairs(&store, "a/b"), [(1_000, 1.0)]);
}
