-- Older history at coarser steps, made when an hour is sealed: a minute a row in chunks of an hour,
-- an hour a row in chunks of a day. `id` is the hour or day since 1970 shifted left by 32 bits, plus
-- the series. `rows` is described in src/level.rs.
CREATE TABLE minute (
    id INTEGER PRIMARY KEY,
    interval_ms INTEGER NOT NULL,
    rows BLOB NOT NULL
) STRICT;

CREATE TABLE hour (
    id INTEGER PRIMARY KEY,
    interval_ms INTEGER NOT NULL,
    rows BLOB NOT NULL
) STRICT;

-- What was dropped: samples ('chunk') and minutes ('minute') of windows before this hour since 1970.
CREATE TABLE dropped (
    level TEXT PRIMARY KEY,
    before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
