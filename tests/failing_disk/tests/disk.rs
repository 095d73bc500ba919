//! The disk itself: what is planned fails, as planned, and nothing else.

use bellwether_failing_disk::{Operation, Plan, Way, heal, install, set};
use rusqlite::{Connection, ErrorCode};

/// One test: there is one disk.
#[test]
fn what_is_planned_fails() {
    install();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE n (n INTEGER)").unwrap();
    assert_eq!(heal(), None, "nothing fails without a plan");
    let insert = || connection.execute("INSERT INTO n VALUES (1)", []);
    let count = || connection.query_row("SELECT count(*) FROM n", [], |row| row.get::<_, i64>(0));

    set(Plan { number: 1_000_000, way: Way::Once });
    insert().unwrap();
    assert_eq!((heal(), count().unwrap()), (None, 1));

    // Every operation of an insertion, until it gets through.
    let mut failed = Vec::new();
    for (number, way) in (1..).flat_map(|number| [(number, Way::Once), (number, Way::Torn)]) {
        let before = count().unwrap();
        set(Plan { number, way });
        let inserted = insert();
        let Some(operation) = heal() else { break };
        // What fails after the commit (removing the journal) is no error.
        assert_eq!(count().unwrap() - before, i64::from(inserted.is_ok()), "{operation:?}");
        failed.push(operation);
    }
    for operation in [Operation::Open, Operation::Lock, Operation::Write, Operation::Sync] {
        assert!(failed.contains(&operation), "{failed:?}");
    }

    set(Plan { number: 1, way: Way::Full });
    // The journal cannot be made; into a log that is there already, writing says it.
    assert!(insert().is_err());
    assert_eq!(heal(), Some(Operation::Open));
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).unwrap();
    insert().unwrap();
    set(Plan { number: 1, way: Way::Full });
    let error = insert().unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DiskFull), "{error}");
    heal();
    set(Plan { number: 1, way: Way::FromThenOn });
    assert!(insert().is_err() && insert().is_err() && count().is_err());
    heal();
    let before = count().unwrap();
    insert().unwrap();
    assert_eq!(count().unwrap(), before + 1);
}
