-- The year in which a title in force was last looked at: by its naming, a renewal, or a visit of the unit that was not red. It follows from these; titles
-- that are due again are counted and listed by its indexes alone.
CREATE TABLE honour_look (
  honour_id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  named_in BIGINT NOT NULL,
  looked_in BIGINT NOT NULL
);
INSERT INTO honour_look (honour_id, title, unit_path, named_in, looked_in)
SELECT h.id, h.title, h.unit_path, h.year, (
  SELECT MAX(looked.year)
  FROM (
    SELECT h.year AS year
    UNION ALL
    SELECT r.year FROM honour_renewal r WHERE r.honour_id = h.id
    UNION ALL
    SELECT v.year FROM visit v WHERE v.unit_id = h.unit_id AND h.person_id = '' AND v.colour IN ('green', 'amber')
  ) AS looked)
FROM honour h
WHERE h.state = 'in-force';
CREATE INDEX honour_look_title ON honour_look (title, looked_in, unit_path, named_in);
CREATE INDEX honour_look_oldest ON honour_look (looked_in, unit_path, honour_id, title, named_in);
