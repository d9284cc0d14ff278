-- The tables of SQLite's migrations, each keyed by its user first: keys, unique constraints and foreign keys stay inside
-- one user, so that create_distributed_table(name, 'user_key') works for each. Times are microseconds since 1970 UTC.
-- A number (`seq`, `id`, `version`) counts from 1 for each user: `counters` has the last one given.

CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE memories (
    user_key bigint NOT NULL,
    user_id  text NOT NULL,
    PRIMARY KEY (user_key)
);

CREATE TABLE counters (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    name     text NOT NULL,
    value    bigint NOT NULL,
    PRIMARY KEY (user_key, name)
) WITH (fillfactor = 50);

CREATE TABLE settings (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    key      text NOT NULL,
    value    text NOT NULL,
    PRIMARY KEY (user_key, key)
);

CREATE TABLE embedders (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    id       bigint NOT NULL,
    name     text NOT NULL,
    dim      integer NOT NULL,
    PRIMARY KEY (user_key, id),
    UNIQUE (user_key, name)
);

CREATE TABLE chains (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    id       bigint NOT NULL,
    summary  text NOT NULL,
    analysis text NOT NULL,
    project  text,
    PRIMARY KEY (user_key, id)
);

CREATE TABLE segments (
    user_key      bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    id            bigint NOT NULL,
    theme         text NOT NULL,
    summary       text NOT NULL,
    keywords      text NOT NULL,
    analysis      text NOT NULL,
    n_visit       bigint NOT NULL DEFAULT 0,
    l_interaction bigint NOT NULL DEFAULT 0,
    last_visit_at bigint NOT NULL,
    pages         bigint NOT NULL,
    first_page_at bigint NOT NULL,
    last_page_at  bigint NOT NULL,
    archived_at   bigint,
    embedder      bigint,
    vector        bytea,
    project       text,
    PRIMARY KEY (user_key, id)
);
CREATE INDEX segments_by_size ON segments (user_key, pages DESC, id) WHERE archived_at IS NULL;

CREATE TABLE talks (
    user_key   bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    id         bigint NOT NULL,
    first_page bigint NOT NULL,
    pages      bigint NOT NULL,
    project    text,
    PRIMARY KEY (user_key, id)
);

CREATE TABLE pages (
    user_key       bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    seq            bigint NOT NULL,
    id             text NOT NULL,
    happened_at    bigint NOT NULL,
    added_at       bigint NOT NULL,
    previous       bigint,
    talk           bigint NOT NULL,
    chain          bigint,
    segment        bigint,
    analysed       integer NOT NULL DEFAULT 0,
    digest         bytea NOT NULL,
    timestamp      text NOT NULL,
    user_input     text NOT NULL,
    agent_response text NOT NULL,
    meta_data      text,
    assistant_id   text,
    project        text,
    origin         text NOT NULL DEFAULT 'tool',
    turn           text,
    asks           integer,
    PRIMARY KEY (user_key, seq),
    UNIQUE (user_key, id),
    FOREIGN KEY (user_key, talk) REFERENCES talks (user_key, id),
    FOREIGN KEY (user_key, chain) REFERENCES chains (user_key, id),
    FOREIGN KEY (user_key, segment) REFERENCES segments (user_key, id)
);
CREATE INDEX pages_of_segment ON pages (user_key, segment, seq) WHERE segment IS NOT NULL;
CREATE INDEX pages_without_segment ON pages (user_key, seq) WHERE segment IS NULL;
CREATE INDEX pages_of_chain ON pages (user_key, chain) WHERE chain IS NOT NULL;
CREATE INDEX pages_of_talk ON pages (user_key, talk);
CREATE INDEX pages_previous ON pages (user_key, previous);
CREATE INDEX pages_by_time ON pages (user_key, happened_at);
CREATE INDEX pages_of_project ON pages (user_key, project, seq);
CREATE UNIQUE INDEX pages_of_turn ON pages (user_key, turn) WHERE turn IS NOT NULL;

-- One row a page and stem: `count` times among the page's `length` words.
CREATE TABLE words (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    stem     text NOT NULL,
    seq      bigint NOT NULL,
    count    integer NOT NULL,
    length   integer NOT NULL,
    PRIMARY KEY (user_key, stem, seq) INCLUDE (count, length),
    FOREIGN KEY (user_key, seq) REFERENCES pages (user_key, seq)
);
CREATE INDEX words_of_page ON words (user_key, seq);

CREATE TABLE page_terms (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    seq      bigint NOT NULL,
    terms    bytea NOT NULL,
    PRIMARY KEY (user_key, seq),
    FOREIGN KEY (user_key, seq) REFERENCES pages (user_key, seq)
);

CREATE TABLE names (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    name     text NOT NULL,
    by_user  bigint NOT NULL DEFAULT 0,
    by_agent bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (user_key, name)
);

CREATE TABLE unembedded (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    seq      bigint NOT NULL,
    PRIMARY KEY (user_key, seq),
    FOREIGN KEY (user_key, seq) REFERENCES pages (user_key, seq)
);

-- One row a window of a page's text; of several embedders beside each other.
CREATE TABLE page_vectors (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    embedder bigint NOT NULL,
    seq      bigint NOT NULL,
    number   integer NOT NULL,
    vector   halfvec NOT NULL,
    PRIMARY KEY (user_key, embedder, seq, number),
    FOREIGN KEY (user_key, seq) REFERENCES pages (user_key, seq),
    FOREIGN KEY (user_key, embedder) REFERENCES embedders (user_key, id)
);
CREATE INDEX page_vectors_of_page ON page_vectors (user_key, seq);

-- The same for each side of a page: `of_agent` 0 what the user says, 1 what the agent does.
CREATE TABLE side_vectors (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    embedder bigint NOT NULL,
    seq      bigint NOT NULL,
    of_agent integer NOT NULL,
    number   integer NOT NULL,
    vector   halfvec NOT NULL,
    PRIMARY KEY (user_key, embedder, seq, of_agent, number),
    FOREIGN KEY (user_key, seq) REFERENCES pages (user_key, seq),
    FOREIGN KEY (user_key, embedder) REFERENCES embedders (user_key, id)
);
CREATE INDEX side_vectors_of_page ON side_vectors (user_key, seq);

CREATE TABLE traits (
    user_key    bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    dimension   text NOT NULL,
    level       text NOT NULL,
    evidence    text NOT NULL,
    happened_at bigint NOT NULL,
    timestamp   text NOT NULL,
    PRIMARY KEY (user_key, dimension)
);

CREATE TABLE knowledge (
    user_key      bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    seq           bigint NOT NULL,
    id            text NOT NULL,
    owner         text NOT NULL CHECK (owner IN ('user', 'assistant')),
    assistant_id  text,
    text          text NOT NULL,
    timestamp     text NOT NULL,
    happened_at   bigint NOT NULL,
    analysis      text NOT NULL,
    superseded_by text,
    superseded_at bigint,
    archived_at   bigint,
    embedder      bigint,
    vector        bytea,
    held_from     bigint,
    held_until    bigint,
    learned_at    bigint,
    subject       text,
    slot          text,
    value         text,
    author        text NOT NULL DEFAULT 'rule',
    state         text NOT NULL DEFAULT 'current',
    doubted_by    text,
    pinned        integer NOT NULL DEFAULT 0,
    project       text,
    PRIMARY KEY (user_key, seq),
    UNIQUE (user_key, id),
    FOREIGN KEY (user_key, superseded_by) REFERENCES knowledge (user_key, id),
    FOREIGN KEY (user_key, doubted_by) REFERENCES knowledge (user_key, id),
    CHECK ((owner = 'assistant') = (assistant_id IS NOT NULL))
);
CREATE INDEX knowledge_current ON knowledge (user_key, owner, assistant_id, seq)
    WHERE superseded_by IS NULL AND archived_at IS NULL;
CREATE INDEX knowledge_superseded ON knowledge (user_key, superseded_by) WHERE superseded_by IS NOT NULL;
CREATE INDEX knowledge_doubted ON knowledge (user_key, doubted_by) WHERE doubted_by IS NOT NULL;

CREATE TABLE knowledge_sources (
    user_key  bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    knowledge bigint NOT NULL,
    page      bigint NOT NULL,
    PRIMARY KEY (user_key, knowledge, page),
    FOREIGN KEY (user_key, knowledge) REFERENCES knowledge (user_key, seq) ON DELETE CASCADE,
    FOREIGN KEY (user_key, page) REFERENCES pages (user_key, seq)
);
CREATE INDEX knowledge_of_page ON knowledge_sources (user_key, page);

CREATE TABLE claims (
    user_key         bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    kind             text NOT NULL,
    holder           text,
    expires_at       bigint,
    attempts         bigint NOT NULL DEFAULT 0,
    not_before       bigint,
    error            text,
    failed_at        bigint,
    content_failures bigint NOT NULL DEFAULT 0,
    batch            bigint,
    PRIMARY KEY (user_key, kind)
);

CREATE TABLE changes (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    version  bigint NOT NULL,
    kind     text NOT NULL,
    ref      bigint NOT NULL,
    op       text NOT NULL CHECK (op IN ('upsert', 'delete')),
    PRIMARY KEY (user_key, version)
);
CREATE INDEX changes_of_kind ON changes (user_key, kind, version);

CREATE TABLE parked (
    user_key  bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    kind      text NOT NULL,
    page      bigint NOT NULL,
    error     text NOT NULL,
    parked_at bigint NOT NULL,
    PRIMARY KEY (user_key, kind, page),
    FOREIGN KEY (user_key, page) REFERENCES pages (user_key, seq) ON DELETE CASCADE
);
CREATE INDEX parked_pages ON parked (user_key, page);

CREATE TABLE extractive_pages (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    page     bigint NOT NULL,
    released integer NOT NULL DEFAULT 0,
    PRIMARY KEY (user_key, page),
    FOREIGN KEY (user_key, page) REFERENCES pages (user_key, seq) ON DELETE CASCADE
);

CREATE TABLE analyse_again (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    page     bigint NOT NULL,
    PRIMARY KEY (user_key, page),
    FOREIGN KEY (user_key, page) REFERENCES pages (user_key, seq) ON DELETE CASCADE
);

CREATE TABLE tombstones (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    page     bigint NOT NULL,
    digest   bytea NOT NULL,
    PRIMARY KEY (user_key, page, digest),
    FOREIGN KEY (user_key, page) REFERENCES pages (user_key, seq) ON DELETE CASCADE
);

CREATE TABLE told_facts (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    id       bigint NOT NULL,
    page     bigint NOT NULL,
    text     text NOT NULL,
    replaces text,
    PRIMARY KEY (user_key, id),
    FOREIGN KEY (user_key, page) REFERENCES pages (user_key, seq) ON DELETE CASCADE
);
CREATE INDEX told_facts_of_page ON told_facts (user_key, page);

CREATE TABLE exclusions (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    kind     text NOT NULL,
    value    text NOT NULL,
    PRIMARY KEY (user_key, kind, value)
);

CREATE TABLE audit (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    id       bigint NOT NULL,
    at       bigint NOT NULL,
    actor    text NOT NULL,
    action   text NOT NULL,
    ref      text,
    count    bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (user_key, id)
);

CREATE TABLE refused_facts (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    reason   text NOT NULL,
    count    bigint NOT NULL,
    PRIMARY KEY (user_key, reason)
);

CREATE TABLE unread (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    seq      bigint NOT NULL,
    PRIMARY KEY (user_key, seq),
    FOREIGN KEY (user_key, seq) REFERENCES pages (user_key, seq) ON DELETE CASCADE
);

CREATE TABLE fresh (
    user_key bigint NOT NULL REFERENCES memories ON DELETE CASCADE,
    seq      bigint NOT NULL,
    PRIMARY KEY (user_key, seq),
    FOREIGN KEY (user_key, seq) REFERENCES pages (user_key, seq) ON DELETE CASCADE
);

-- A second wall behind the statements, which all name the user: what a transaction sees and writes is of the user that
-- it was begun for. It binds the tables' owner, too, but no superuser and no role with BYPASSRLS.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'memories', 'counters', 'settings', 'embedders', 'chains', 'segments', 'talks', 'pages', 'words', 'page_terms',
        'names', 'unembedded', 'page_vectors', 'side_vectors', 'traits', 'knowledge', 'knowledge_sources', 'claims',
        'changes', 'parked', 'extractive_pages', 'analyse_again', 'tombstones', 'told_facts', 'exclusions', 'audit',
        'refused_facts', 'unread', 'fresh'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY of_the_user ON %I USING'
            ' (user_key = nullif(current_setting(''memoryos.user_key'', true), '''')::bigint)',
            name
        );
    END LOOP;
END
$$;
