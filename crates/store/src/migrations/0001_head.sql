-- Names of series. Ids are given in order and never reused while their samples are here.
CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- What came in last, one row for each frame. `id` is the time in milliseconds, shifted left by 20
-- bits, plus a number in the order of arrival: rows lie in the order of time, the newest of equals
-- last. `samples` is described in src/frame.rs.
CREATE TABLE head (
    id INTEGER PRIMARY KEY,
    interval_ms INTEGER NOT NULL,
    samples BLOB NOT NULL
) STRICT;

-- One JSON object for each user.
CREATE TABLE settings (
    user TEXT PRIMARY KEY,
    settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may come in. The secret itself is nowhere: `hash` is its SHA-256.
CREATE TABLE token (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER,
    last_used_at_ms INTEGER,
    revoked_at_ms INTEGER
) STRICT, WITHOUT ROWID;
