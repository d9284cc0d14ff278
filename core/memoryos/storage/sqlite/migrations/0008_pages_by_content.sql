-- A page that a client sends again is found by what it says, however many came in between.

CREATE INDEX pages_by_content ON pages (substr(digest, 1, 16));
