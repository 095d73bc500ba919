//! Bytes on their way: cut, resumed, wrong, too many, on a full disk, twice at once, over a restart.

use std::thread;

use bellwether_signal::activity::ActivityKind;

use super::*;

#[test]
fn an_upload_in_pieces_is_gone_on_with_after_a_cut_and_a_restart() {
    let bench = Bench::new();
    let content = churn(2_000);
    let place = bench.begin(&content);
    let id = place.upload_id.clone();
    assert_eq!((place.offset, place.size_bytes), (0, content.len() as u64));
    assert_eq!(bench.send(&id, 0, &content[..5_000]).unwrap(), 5_000);
    // Cut in the middle of the next: what came stays.
    let mut incoming = bench.catalog.go_on(&id, 5_000).unwrap();
    incoming.write(&content[5_000..7_000]).unwrap();
    drop(incoming);
    assert_eq!(bench.catalog.place(&id).unwrap().offset, 7_000);

    let bench = bench.restart();
    assert_eq!(bench.told("/upload").last().unwrap()["received_bytes"], 7_000);
    assert_eq!(bench.catalog.place(&id).unwrap().offset, 7_000);
    bench.send(&id, 7_000, &content[7_000..]).unwrap();
    let bench = bench.restart();
    let finished = bench.catalog.finish(&id).unwrap();
    assert!(!finished.existed);
    assert_eq!(finished.dataset.id, id);
    assert_eq!(finished.dataset.user.as_deref(), Some("ann"));
    assert_eq!(std::fs::read(bench.catalog.file(&finished.dataset)).unwrap(), content);
    assert_eq!(bench.files(), (1, 0));
    assert!(bench.around.records.lock().unwrap().keys().all(|(kind, _)| *kind == "dataset"));
    // The answer was lost: asking again is no error.
    assert_eq!(bench.catalog.finish(&id).unwrap().dataset.id, id);
    let bench = bench.restart();
    assert_eq!(bench.catalog.find(&id).unwrap().profile.rows, Some(2_000));
}

#[test]
fn a_wrong_offset_is_answered_with_the_right_one() {
    let bench = Bench::new();
    let content = churn(500);
    let id = bench.begin(&content).upload_id;
    bench.send(&id, 0, &content[..1_000]).unwrap();
    for wrong in [0, 999, 1_001, u64::MAX] {
        let error = bench.send(&id, wrong, b"x").unwrap_err();
        assert!(matches!(error, CatalogError::Offset { expected: 1_000 }), "{error}");
    }
    assert!(matches!(bench.send("none", 0, b"x"), Err(CatalogError::NoUpload(_))));
    let error = bench.catalog.finish(&id).unwrap_err();
    assert!(matches!(error, CatalogError::Incomplete { received: 1_000, .. }), "{error}");
    let error = bench.send(&id, 1_000, &content).unwrap_err();
    assert!(matches!(error, CatalogError::TooLong { .. }), "{error}");
}

#[test]
fn who_comes_later_goes_on_and_the_one_before_is_told() {
    let bench = Bench::new();
    let content = churn(500);
    let id = bench.begin(&content).upload_id;
    let mut cut = bench.catalog.go_on(&id, 0).unwrap();
    cut.write(&content[..100]).unwrap();
    let mut next = bench.catalog.go_on(&id, 100).unwrap();
    assert!(matches!(cut.write(&content[100..200]), Err(CatalogError::Superseded)));
    next.write(&content[100..]).unwrap();
    next.done().unwrap();
    assert!(bench.catalog.finish(&id).is_ok());
}

#[test]
fn a_wrong_hash_is_found_and_nothing_is_kept() {
    let bench = Bench::new();
    let content = churn(50);
    let id = bench.begin(&content).upload_id;
    let mut changed = content.clone();
    changed[40] ^= 1;
    bench.send(&id, 0, &changed).unwrap();
    let error = bench.catalog.finish(&id).unwrap_err();
    assert!(matches!(error, CatalogError::Hash { .. }), "{error}");
    assert_eq!(bench.files(), (0, 0));
    assert!(bench.around.records.lock().unwrap().is_empty());
    let new = NewUpload { sha256: Some("abc".to_owned()), ..announced(10) };
    assert!(matches!(bench.catalog.begin(&new, None), Err(CatalogError::NotAHash)));
}

fn announced(size_bytes: u64) -> NewUpload {
    NewUpload { file_name: "a.csv".to_owned(), size_bytes, sha256: None }
}

#[test]
fn sizes_and_numbers_have_limits() {
    let bench = Bench::new();
    let too_large =
        |error: &CatalogError| matches!(error, CatalogError::TooLarge { limit: 50_000_000 });
    assert!(too_large(&bench.catalog.begin(&announced(10_000_000_000), None).unwrap_err()));
    assert!(bench.catalog.begin(&announced(0), None).is_err());
    bench.catalog.limit_uploads(1_000);
    let error = bench.whole("a.csv", &churn(1_000)).unwrap_err();
    assert!(matches!(error, CatalogError::TooLarge { limit: 1_000 }), "{error}");
    assert_eq!(bench.files(), (0, 0));
    bench.catalog.limit_uploads(50_000_000);
    for _ in 0..super::super::uploading::UPLOADS {
        bench.catalog.begin(&announced(10), None).unwrap();
    }
    let error = bench.catalog.begin(&announced(10), None).unwrap_err();
    assert!(matches!(error, CatalogError::TooManyUploads { .. }), "{error}");
    assert!(bench.whole("a.csv", &churn(10)).is_err(), "those in one request count, too");
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let bench = Bench::new();
    let content = churn(1_000);
    let id = bench.begin(&content).upload_id;
    bench.room.store(5_500, Ordering::Relaxed);
    let error = bench.send(&id, 0, &content).unwrap_err();
    assert!(matches!(error, CatalogError::DiskFull), "{error}");
    assert!(error.to_string().contains("free some space"), "{error}");
    let offset = bench.catalog.place(&id).unwrap().offset;
    assert_eq!(offset, 5_000, "half a piece is no part of it");
    let from = usize::try_from(offset).unwrap();
    assert!(bench.send(&id, offset, &content[from..]).is_err());
    bench.room.store(u64::MAX, Ordering::Relaxed);
    bench.send(&id, offset, &content[from..]).unwrap();

    // And full again while it is put where it stays.
    bench.around.records_full.store(true, Ordering::Relaxed);
    assert!(matches!(bench.catalog.finish(&id), Err(CatalogError::Keep(_))));
    assert_eq!(bench.told("/upload").last().unwrap()["state"], "failed");
    assert!(bench.catalog.list().is_empty());
    assert_eq!(bench.files(), (0, 1), "the upload stays");
    bench.around.records_full.store(false, Ordering::Relaxed);
    let finished = bench.catalog.finish(&id).unwrap();
    assert_eq!(std::fs::read(bench.catalog.file(&finished.dataset)).unwrap(), content);

    // In one request there is nothing to go on with.
    bench.room.store(100, Ordering::Relaxed);
    let other = churn(77);
    assert!(matches!(bench.whole("b.csv", &other), Err(CatalogError::DiskFull)));
    assert_eq!(bench.files(), (1, 0));
}

#[test]
fn equal_files_are_one_dataset_also_at_the_same_time() {
    let bench = Bench::new();
    let content = churn(3_000);
    let ids: Vec<(String, bool)> = thread::scope(|scope| {
        let sends: Vec<_> = (0..4)
            .map(|n| {
                let (bench, content) = (&bench, &content);
                scope.spawn(move || {
                    let finished = bench.whole(&format!("copy {n}.csv"), content).unwrap();
                    (finished.dataset.id.clone(), finished.existed)
                })
            })
            .collect();
        sends.into_iter().map(|send| send.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|(id, _)| *id == ids[0].0), "{ids:?}");
    assert_eq!(ids.iter().filter(|(_, existed)| !existed).count(), 1, "{ids:?}");
    assert_eq!((bench.catalog.list().len(), bench.files()), (1, (1, 0)));
    // Whoever waits for a profile gets one, each time.
    assert_eq!(bench.told("/profile").len(), 4);
    assert_eq!(bench.happened(ActivityKind::DatasetUploaded).len(), 4);
}

#[test]
fn progress_is_told_five_times_a_second_and_the_end_at_once() {
    let bench = Bench::new();
    let content = churn(20_000);
    let id = bench.begin(&content).upload_id;
    let mut incoming = bench.catalog.go_on(&id, 0).unwrap();
    let pieces = content.chunks(1_000);
    let count = pieces.len();
    for piece in pieces {
        later(Duration::from_millis(10));
        incoming.write(piece).unwrap();
    }
    incoming.done().unwrap();
    let told = bench.told("/upload");
    let receiving: Vec<_> = told.iter().filter(|state| state["state"] == "receiving").collect();
    assert!(receiving.len() <= count / 20 + 1, "{} of {count}", receiving.len());
    let last = receiving.last().unwrap();
    assert_eq!(last["received_bytes_per_second"], 100_000, "{last}");
    assert!(last["remaining_seconds"].as_f64().unwrap() >= 0.0);
    let percent: Vec<f64> =
        told.iter().map(|state| state["progress_percent"].as_f64().unwrap()).collect();
    assert!(percent.is_sorted(), "{percent:?}");
    bench.catalog.finish(&id).unwrap();
    let told = bench.told("/upload");
    assert!(told.iter().any(|state| state["state"] == "saving"));
    let end = told.last().unwrap();
    assert_eq!((&end["state"], &end["progress_percent"]), (&"completed".into(), &100.into()));
    assert_eq!((&end["rows"], &end["columns"]), (&20_000.into(), &4.into()));
    // Its end is told for a while.
    bench.catalog.tick();
    assert_eq!(bench.told("/upload").len(), told.len());
    later(Duration::from_mins(6));
    bench.catalog.tick();
    assert_eq!(bench.told("/upload").last(), Some(&Value::Null));
}

#[test]
fn what_nobody_goes_on_with_expires() {
    let bench = Bench::new();
    let content = churn(50);
    let id = bench.begin(&content).upload_id;
    bench.send(&id, 0, &content[..100]).unwrap();
    later(Duration::from_hours(23));
    bench.catalog.tick();
    bench.send(&id, 100, &content[100..200]).unwrap();
    later(Duration::from_hours(23));
    bench.catalog.tick();
    assert_eq!(bench.catalog.place(&id).unwrap().offset, 200);
    later(Duration::from_hours(2));
    bench.catalog.tick();
    assert!(matches!(bench.catalog.place(&id), Err(CatalogError::NoUpload(_))));
    assert_eq!(bench.files(), (0, 0));
    assert!(bench.around.records.lock().unwrap().is_empty());
    assert!(bench.told("/upload").last().unwrap()["error"].as_str().unwrap().contains("a day"));
}

#[test]
fn an_upload_is_called_off() {
    let bench = Bench::new();
    let content = churn(50);
    let id = bench.begin(&content).upload_id;
    bench.send(&id, 0, &content[..100]).unwrap();
    bench.catalog.call_off(&id).unwrap();
    assert!(bench.catalog.call_off(&id).is_err());
    assert_eq!(bench.files(), (0, 0));
    let incoming = bench.catalog.begin_whole("a.csv", None, None).unwrap();
    drop(incoming);
    assert!(bench.told("/upload").last().unwrap()["error"].as_str().unwrap().contains("cut"));
}

#[test]
fn what_is_needed_is_not_deleted() {
    let bench = Bench::new();
    let finished = bench.whole("churn.csv", &churn(50)).unwrap();
    let id = finished.dataset.id.clone();
    let needed = Arc::new(AtomicBool::new(true));
    let asked = Arc::clone(&needed);
    bench.catalog.ask_before_deleting(move |_| asked.load(Ordering::Relaxed));
    assert!(matches!(bench.catalog.delete(&id, Some("root")), Err(CatalogError::InUse)));
    assert!(bench.catalog.find(&id).is_some());
    needed.store(false, Ordering::Relaxed);
    bench.catalog.delete(&id, Some("root")).unwrap();
    assert!(matches!(bench.catalog.delete(&id, None), Err(CatalogError::NoDataset(_))));
    assert_eq!(bench.files(), (0, 0));
    assert_eq!(bench.told("/profile").last(), Some(&Value::Null));
    assert_eq!(bench.happened(ActivityKind::DatasetDeleted), ["churn.csv was deleted"]);
    let bench = bench.restart();
    assert!(bench.catalog.list().is_empty());
    assert!(!bench.whole("churn.csv", &churn(50)).unwrap().existed);
}

#[test]
fn files_without_a_record_are_removed_where_the_records_are_ours() {
    let bench = Bench::new();
    let folder = bench.folder.path().join("datasets");
    std::fs::create_dir_all(folder.join("uploads")).unwrap();
    let stray = [folder.join(format!("{}.csv", "a".repeat(64))), folder.join("uploads/x.part")];
    for path in &stray {
        std::fs::write(path, "x").unwrap();
    }
    let bench = bench.restart();
    assert!(stray.iter().all(|path| path.exists()), "the records may be out of reach");
    bench.whole("churn.csv", &churn(50)).unwrap();
    let bench = bench.restart();
    assert!(!stray.iter().any(|path| path.exists()));
    assert_eq!(bench.files(), (1, 0));
}
