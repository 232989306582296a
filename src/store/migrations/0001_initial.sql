-- Times are microseconds since 1970. Bodies are JSON text. Every table but `projects` belongs to a project.

CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    label TEXT NOT NULL,
    hash BLOB NOT NULL,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- What users make and change: evaluations, datasets, metrics, ... The columns are what lists are made by.
CREATE TABLE documents (
    project_id INTEGER NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    parent TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    search_text TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    deleted BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project_id, kind, id)
);
CREATE INDEX documents_newest ON documents (project_id, kind, parent, created_at);
CREATE INDEX documents_by_name ON documents (project_id, kind, name);

CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    platform TEXT NOT NULL,
    uuid TEXT NOT NULL,
    name TEXT NOT NULL,
    distinct_id TEXT NOT NULL,
    trace_id TEXT,
    session_id TEXT,
    timestamp BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (project_id, uuid)
);
CREATE INDEX events_newest ON events (project_id, platform, name, timestamp);
CREATE INDEX events_by_session ON events (project_id, session_id);
CREATE INDEX events_by_trace ON events (project_id, trace_id);

-- Runs of saved metrics on stored events. A job ends once: what it leaves is written together with its end.
CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    event_uuid TEXT NOT NULL,
    trigger_kind TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    finished_at BIGINT,
    status TEXT,
    passed BOOLEAN,
    fuel BIGINT
);
CREATE INDEX jobs_open ON jobs (project_id, sequence) WHERE finished_at IS NULL;
CREATE INDEX jobs_history ON jobs (project_id, kind, subject, finished_at);
-- An event that is sent twice is judged once.
CREATE UNIQUE INDEX jobs_live_once ON jobs (project_id, kind, subject, event_uuid) WHERE trigger_kind = 'live';
