-- Older samples, sealed by the hour: `id` is the window (hours since 1970) shifted left by 32 bits,
-- plus the series. Windows lie in the order of time, so that the oldest are dropped as a whole.
-- `samples` is described in src/chunk.rs.
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY,
    clock INTEGER NOT NULL,
    interval_ms INTEGER NOT NULL,
    samples BLOB NOT NULL
) STRICT;

-- When the samples of chunks were taken; series that are measured together share one. `id` is the
-- window as above, plus the number that chunks name.
CREATE TABLE clock (
    id INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    times BLOB NOT NULL
) STRICT;

-- The last window with a chunk of it; a name without any is forgotten.
ALTER TABLE series ADD COLUMN last_window INTEGER NOT NULL DEFAULT 0;
