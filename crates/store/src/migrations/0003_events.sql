-- Events of logged topics, each a JSON object.
CREATE TABLE event (
    topic TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (topic, epoch, offset)
) STRICT, WITHOUT ROWID;

-- Where each logged topic stands: the position given last, also when its events are dropped.
CREATE TABLE event_topic (
    topic TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL,
    offset INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
