-- The log of predictions. Ids are UUIDs of version 7: they sort by time, so rows are added at the end of
-- their version's.
CREATE TABLE prediction (
    model INTEGER NOT NULL REFERENCES prediction_model (key),
    id BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    inputs TEXT,
    input_hash TEXT NOT NULL,
    prediction TEXT NOT NULL,
    probabilities BLOB,
    confidence REAL,
    response_ms REAL NOT NULL,
    client TEXT,
    shadow INTEGER NOT NULL,
    label TEXT,
    labelled_at_ms INTEGER,
    PRIMARY KEY (model, id)
) STRICT, WITHOUT ROWID;

-- Versions that predicted, and how many of their predictions are kept.
CREATE TABLE prediction_model (
    key INTEGER PRIMARY KEY,
    model TEXT NOT NULL UNIQUE,
    rows INTEGER NOT NULL
) STRICT;
