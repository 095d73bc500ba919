//! A look at a folder changes nothing in it, whoever is at work there.

use std::fs;

use bellwether_signal::Timestamp;
use bellwether_store::{Inspection, Store, StoreError, inspect};

use crate::scene::{Scene, frame};

fn files(folder: &std::path::Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap())
        .map(|file| (file.file_name(), fs::read(file.path()).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn an_empty_folder_has_none() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(inspect(folder.path()).unwrap(), None);
    assert_eq!(files(folder.path()), []);
}

#[test]
fn a_closed_store_is_seen_and_stays_as_it_is() {
    let scene = Scene::new();
    let folder = scene.folder.path();
    scene.store.append(frame(5_000, &[("a/b", 1.0)]));
    scene.store.close();
    let before = files(folder);
    let seen = inspect(folder).unwrap().unwrap();
    let Inspection { size_bytes, version: (found, known), .. } = seen;
    assert_eq!((seen.newest, seen.damage, seen.server), (Some(Timestamp(5_000)), None, None));
    assert!(size_bytes > 0 && found == known, "{size_bytes} {found} {known}");
    assert_eq!(files(folder), before);
}

#[test]
fn a_server_at_work_is_seen_and_not_disturbed() {
    let scene = Scene::new();
    scene.store.append(frame(5_000, &[("a/b", 1.0)]));
    scene.store.flush().unwrap();
    let seen = inspect(scene.folder.path()).unwrap().unwrap();
    assert_eq!(seen.server, Some(std::process::id()));
    assert_eq!(seen.newest, Some(Timestamp(5_000)));
    scene.store.append(frame(6_000, &[("a/b", 2.0)]));
    scene.store.flush().unwrap();
    let seen = inspect(scene.folder.path()).unwrap().unwrap();
    assert_eq!(seen.newest, Some(Timestamp(6_000)));
}

#[test]
fn what_is_wrong_is_said() {
    let scene = Scene::new();
    for n in 1..=200 {
        scene.store.append(frame(n * 1_000, &[("a/b", 1.0), ("a/c", 2.0)]));
    }
    scene.store.close();
    let path = scene.folder.path().join("bellwether.db");
    let sound = fs::read(&path).unwrap();
    let mut holed = sound.clone();
    let middle = holed.len() / 2;
    holed[middle..].fill(0xA5);
    fs::write(&path, &holed).unwrap();
    let said = inspect(scene.folder.path());
    let told = match &said {
        Ok(Some(seen)) => seen.damage.is_some(),
        Ok(None) => false,
        Err(error) => matches!(error, StoreError::Damaged { .. }),
    };
    assert!(told, "{said:?}");
    let mut newer = sound.clone();
    newer[60..64].copy_from_slice(&9_999_u32.to_be_bytes()); // user_version in the file's header
    fs::write(&path, &newer).unwrap();
    let said = inspect(scene.folder.path());
    assert!(matches!(said, Err(StoreError::NewerSchema { found: 9_999, .. })), "{said:?}");
    fs::write(&path, &sound).unwrap();
    assert!(Store::open(scene.folder.path()).is_ok());
}
