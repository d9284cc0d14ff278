-- Times are microseconds since 1970 UTC; vectors are little-endian float16, windows one after another.

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE embedders (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    dim  INTEGER NOT NULL
);

CREATE TABLE chains (
    id       INTEGER PRIMARY KEY,
    summary  TEXT NOT NULL,
    analysis TEXT NOT NULL
);

CREATE TABLE segments (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    theme         TEXT NOT NULL,
    summary       TEXT NOT NULL,
    keywords      TEXT NOT NULL,              -- JSON array
    analysis      TEXT NOT NULL,
    n_visit       INTEGER NOT NULL DEFAULT 0,
    l_interaction INTEGER NOT NULL DEFAULT 0, -- pages added since the last analysis
    last_visit_at INTEGER NOT NULL,
    pages         INTEGER NOT NULL,           -- all its pages, and the span of their own times
    first_page_at INTEGER NOT NULL,
    last_page_at  INTEGER NOT NULL,
    archived_at   INTEGER,
    embedder      INTEGER REFERENCES embedders (id),
    vector        BLOB
);

CREATE INDEX segments_by_size ON segments (pages DESC, id) WHERE archived_at IS NULL;

-- Pages without a pause between them: what ranking knows of a page's surroundings before it is consolidated.
CREATE TABLE talks (
    id         INTEGER PRIMARY KEY,
    first_page INTEGER NOT NULL,
    pages      INTEGER NOT NULL
);

-- Small columns first: a scan of them does not touch the pages a long text overflows to.
CREATE TABLE pages (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT NOT NULL UNIQUE,
    happened_at    INTEGER NOT NULL,
    added_at       INTEGER NOT NULL,
    previous       INTEGER REFERENCES pages (seq),
    talk           INTEGER NOT NULL REFERENCES talks (id),
    chain          INTEGER REFERENCES chains (id),
    segment        INTEGER REFERENCES segments (id),
    analysed       INTEGER NOT NULL DEFAULT 0,
    digest         BLOB NOT NULL,             -- of texts, given timestamp and meta_data: finds a client's retry
    timestamp      TEXT NOT NULL,             -- as given
    user_input     TEXT NOT NULL,
    agent_response TEXT NOT NULL,
    meta_data      TEXT                       -- JSON object
);
CREATE INDEX pages_of_segment ON pages (segment, seq) WHERE segment IS NOT NULL;
CREATE INDEX pages_without_segment ON pages (seq) WHERE segment IS NULL;
CREATE INDEX pages_not_analysed ON pages (segment, seq) WHERE analysed = 0 AND segment IS NOT NULL;
CREATE INDEX pages_previous ON pages (previous);
CREATE INDEX pages_by_time ON pages (happened_at);

CREATE VIRTUAL TABLE words USING fts5 (
    user_words, agent_words, tokenize = "porter unicode61 remove_diacritics 2 categories 'L* M* N* Co'"
);

-- The stems of a page with their counts, for scoring a candidate by words too frequent to search for.
CREATE TABLE page_terms (
    seq   INTEGER PRIMARY KEY REFERENCES pages (seq),
    terms BLOB NOT NULL                       -- (CRC-32 of the stem: uint32, count: uint16), little-endian
);

-- How often each name stands where one addresses somebody, in what the user says and in what the agent says.
CREATE TABLE names (
    name     TEXT PRIMARY KEY,
    by_user  INTEGER NOT NULL DEFAULT 0,
    by_agent INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE unembedded (
    seq INTEGER PRIMARY KEY REFERENCES pages (seq)
);

CREATE TABLE page_vectors (
    seq      INTEGER PRIMARY KEY REFERENCES pages (seq),
    embedder INTEGER NOT NULL REFERENCES embedders (id),
    windows  BLOB NOT NULL
);

-- Apart from page_vectors, so that loading the index reads a third of the bytes.
CREATE TABLE side_vectors (
    seq        INTEGER PRIMARY KEY REFERENCES pages (seq),
    embedder   INTEGER NOT NULL REFERENCES embedders (id),
    user_side  BLOB,
    agent_side BLOB
);

CREATE TABLE traits (
    dimension   TEXT PRIMARY KEY,
    level       TEXT NOT NULL,
    evidence    TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    timestamp   TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE knowledge (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    owner         TEXT NOT NULL CHECK (owner IN ('user', 'assistant')),
    assistant_id  TEXT,
    text          TEXT NOT NULL,
    timestamp     TEXT NOT NULL,
    happened_at   INTEGER NOT NULL,
    analysis      TEXT NOT NULL,
    superseded_by TEXT REFERENCES knowledge (id),
    superseded_at INTEGER,
    archived_at   INTEGER,
    embedder      INTEGER REFERENCES embedders (id),
    vector        BLOB,
    CHECK ((owner = 'assistant') = (assistant_id IS NOT NULL))
);
CREATE INDEX knowledge_current ON knowledge (owner, assistant_id, seq)
    WHERE superseded_by IS NULL AND archived_at IS NULL;

CREATE TABLE knowledge_sources (
    knowledge INTEGER NOT NULL REFERENCES knowledge (seq) ON DELETE CASCADE,
    page      INTEGER NOT NULL REFERENCES pages (seq),
    PRIMARY KEY (knowledge, page)
) WITHOUT ROWID;
CREATE INDEX knowledge_of_page ON knowledge_sources (page);

-- One row a kind of work: who does it now, until when, and how the last tries went.
CREATE TABLE claims (
    kind       TEXT PRIMARY KEY,
    holder     TEXT,
    expires_at INTEGER,
    attempts   INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER,
    error      TEXT,
    failed_at  INTEGER
) WITHOUT ROWID;

CREATE TABLE changes (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,                    -- page | vector | segment | knowledge | trait
    ref     INTEGER NOT NULL,
    op      TEXT NOT NULL CHECK (op IN ('upsert', 'delete'))
);
CREATE INDEX changes_of_kind ON changes (kind, version);
