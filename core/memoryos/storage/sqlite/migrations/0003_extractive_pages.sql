-- Pages that were read while no model was configured, so that one can read them again. From `released` = 1 on they are
-- back among the pages that wait; a page leaves this table once a model has analysed it.
CREATE TABLE extractive_pages (
    page     INTEGER PRIMARY KEY REFERENCES pages (seq) ON DELETE CASCADE,
    released INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX extractive_pages_released ON extractive_pages (page) WHERE released = 1;

INSERT INTO extractive_pages (page)
SELECT p.seq FROM pages p JOIN segments s ON s.id = p.segment
WHERE s.analysis = 'extractive' AND NOT EXISTS (SELECT 1 FROM parked WHERE parked.page = p.seq);
