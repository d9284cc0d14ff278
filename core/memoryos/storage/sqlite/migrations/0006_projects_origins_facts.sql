-- What a page comes from. `project` NULL: personal. `origin`: tool | hook | import. `turn` is the client's own id of the
-- exchange: a turn is one page, whoever brings it.
ALTER TABLE pages ADD COLUMN project TEXT;
ALTER TABLE pages ADD COLUMN origin TEXT NOT NULL DEFAULT 'tool';
ALTER TABLE pages ADD COLUMN turn TEXT;
CREATE UNIQUE INDEX pages_of_turn ON pages (turn) WHERE turn IS NOT NULL;
CREATE INDEX pages_of_project ON pages (project, seq) WHERE project IS NOT NULL;

-- Not used yet. 1: its user side is a question and its answer tells nothing; NULL: not read.
ALTER TABLE pages ADD COLUMN asks INTEGER;

-- Talks, chains and segments lie within one project, so that no summary tells of another.
ALTER TABLE talks ADD COLUMN project TEXT;
ALTER TABLE chains ADD COLUMN project TEXT;
ALTER TABLE segments ADD COLUMN project TEXT;

-- When a fact was said is `happened_at`. It held from `held_from` until `held_until` (NULL: not known, or still), and was
-- learned at `learned_at`. `subject` and `slot` say whom and what it is about, `value` what fills the slot, as it is
-- compared. `author`: rule | model | agent | person. `state`: current | doubtful | ended | retired. `doubted_by` is the fact
-- for which it is doubtful or ended.
ALTER TABLE knowledge ADD COLUMN held_from INTEGER;
ALTER TABLE knowledge ADD COLUMN held_until INTEGER;
ALTER TABLE knowledge ADD COLUMN learned_at INTEGER;
ALTER TABLE knowledge ADD COLUMN subject TEXT;
ALTER TABLE knowledge ADD COLUMN slot TEXT;
ALTER TABLE knowledge ADD COLUMN value TEXT;
ALTER TABLE knowledge ADD COLUMN author TEXT NOT NULL DEFAULT 'rule';
ALTER TABLE knowledge ADD COLUMN state TEXT NOT NULL DEFAULT 'current';
ALTER TABLE knowledge ADD COLUMN doubted_by TEXT REFERENCES knowledge (id);
ALTER TABLE knowledge ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE knowledge ADD COLUMN project TEXT;
UPDATE knowledge SET author = 'model' WHERE analysis = 'model';
UPDATE knowledge SET learned_at = coalesce(
    (SELECT max(p.added_at) FROM knowledge_sources s JOIN pages p ON p.seq = s.page WHERE s.knowledge = knowledge.seq),
    happened_at
);
CREATE INDEX knowledge_of_slot ON knowledge (owner, slot) WHERE slot IS NOT NULL;

-- What the user retired or forgot is not learned again from these pages: a digest of the fact, never its text.
CREATE TABLE tombstones (
    page   INTEGER NOT NULL REFERENCES pages (seq) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    PRIMARY KEY (page, digest)
) WITHOUT ROWID;

-- Facts that an agent told with a page, until they are checked; `replaces` is the id of a known fact.
CREATE TABLE told_facts (
    id       INTEGER PRIMARY KEY,
    page     INTEGER NOT NULL REFERENCES pages (seq) ON DELETE CASCADE,
    text     TEXT NOT NULL,
    replaces TEXT
);
CREATE INDEX told_facts_of_page ON told_facts (page);

-- What is never to be remembered: a word, or a project.
CREATE TABLE exclusions (
    kind  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, value)
) WITHOUT ROWID;

-- Who changed what when, without any text. `actor`: agent | hook | import | model | rule | person.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    action TEXT NOT NULL,
    ref    TEXT,
    count  INTEGER NOT NULL DEFAULT 1
);

-- Facts that were not believed, counted by reason.
CREATE TABLE refused_facts (
    reason TEXT PRIMARY KEY,
    count  INTEGER NOT NULL
) WITHOUT ROWID;

-- Pages that wait to be read for facts; pages of older folders are read again.
CREATE TABLE unread (
    seq INTEGER PRIMARY KEY REFERENCES pages (seq) ON DELETE CASCADE
);
INSERT INTO unread (seq) SELECT seq FROM pages;

-- Pages that a model has grouped and is to read for facts once, whatever the heat of their topics.
CREATE TABLE fresh (
    seq INTEGER PRIMARY KEY REFERENCES pages (seq) ON DELETE CASCADE
);

-- Vectors of several embedders side by side. The index over both columns, and not the key: rows of some hundred bytes
-- make a tree without rowids eight levels deep at 100,000 pages.
CREATE TABLE page_vectors_2 (
    seq      INTEGER NOT NULL REFERENCES pages (seq),
    embedder INTEGER NOT NULL REFERENCES embedders (id),
    windows  BLOB NOT NULL,
    UNIQUE (embedder, seq)
);
INSERT INTO page_vectors_2 (seq, embedder, windows) SELECT seq, embedder, windows FROM page_vectors ORDER BY seq;
DROP TABLE page_vectors;
ALTER TABLE page_vectors_2 RENAME TO page_vectors;
CREATE INDEX page_vectors_of_page ON page_vectors (seq);

CREATE TABLE side_vectors_2 (
    seq        INTEGER NOT NULL REFERENCES pages (seq),
    embedder   INTEGER NOT NULL REFERENCES embedders (id),
    user_side  BLOB,
    agent_side BLOB,
    UNIQUE (embedder, seq)
);
INSERT INTO side_vectors_2 (seq, embedder, user_side, agent_side)
SELECT seq, embedder, user_side, agent_side FROM side_vectors ORDER BY seq;
DROP TABLE side_vectors;
ALTER TABLE side_vectors_2 RENAME TO side_vectors;
CREATE INDEX side_vectors_of_page ON side_vectors (seq);
