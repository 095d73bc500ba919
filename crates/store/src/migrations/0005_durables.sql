-- Durable subscriptions: a place in topics, kept for a user under a name.
CREATE TABLE durable (
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    used_at_ms INTEGER NOT NULL,
    PRIMARY KEY (user, name)
) STRICT, WITHOUT ROWID;

-- What was acknowledged last in each topic.
CREATE TABLE durable_position (
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    topic TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    PRIMARY KEY (user, name, topic)
) STRICT, WITHOUT ROWID;
