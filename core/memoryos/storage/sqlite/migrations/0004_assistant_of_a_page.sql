-- Which assistant an exchange was had with, as several may share a memory; NULL for pages from before, which count as
-- had with the one that analyses them.
ALTER TABLE pages ADD COLUMN assistant_id TEXT;
