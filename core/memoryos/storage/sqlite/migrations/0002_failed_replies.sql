-- How a kind of work goes on after replies of the model that could not be used: how many in a row, and how many pages
-- the next try reads (NULL: all it may).
ALTER TABLE claims ADD COLUMN content_failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE claims ADD COLUMN batch INTEGER;

-- Pages that the model gave nothing usable for; the extractive analyst read them in its place.
CREATE TABLE parked (
    kind      TEXT NOT NULL,
    page      INTEGER NOT NULL REFERENCES pages (seq) ON DELETE CASCADE,
    error     TEXT NOT NULL,
    parked_at INTEGER NOT NULL,
    PRIMARY KEY (kind, page)
) WITHOUT ROWID;
CREATE INDEX parked_pages ON parked (page);
