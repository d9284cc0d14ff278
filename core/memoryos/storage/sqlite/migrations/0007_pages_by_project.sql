-- For the newest pages of one project, and of none: the personal ones.
DROP INDEX pages_of_project;
CREATE INDEX pages_of_project ON pages (project, seq);
