-- What belongs to no single user.

-- What requests to the language model cost, by day (UTC) and by what they were for.
CREATE TABLE model_use (
    day               TEXT NOT NULL,
    purpose           TEXT NOT NULL,          -- background | answer
    calls             INTEGER NOT NULL,
    prompt_tokens     INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    PRIMARY KEY (day, purpose)
) WITHOUT ROWID;
