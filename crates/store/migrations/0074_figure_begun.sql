-- A target's line counts titles by the calendar year in which they began, whichever round they are of.
DROP INDEX honour_below;
CREATE INDEX honour_below ON honour (state, unit_path, title, year, unit_kind, unit_id, begun_on);
DROP TABLE title_figure;
CREATE TABLE title_figure (
  below TEXT NOT NULL,
  title TEXT NOT NULL,
  year BIGINT NOT NULL,
  -- The calendar year in which they began.
  begun BIGINT NOT NULL,
  -- 1: held by grassroots unions; 0: by all others.
  of_unions BIGINT NOT NULL,
  held BIGINT NOT NULL,
  PRIMARY KEY (below, title, year, begun, of_unions)
);
INSERT INTO title_figure (below, title, year, begun, of_unions, held)
SELECT d.path, h.title, h.year, CAST(SUBSTR(h.begun_on, 1, 4) AS BIGINT), CASE WHEN h.unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END,
       CAST(COUNT(*) AS BIGINT)
FROM unit d
JOIN honour h ON h.unit_path >= d.path AND h.unit_path < SUBSTR(d.path, 1, LENGTH(d.path) - 1) || '0'
WHERE d.parent_id IN (SELECT id FROM unit WHERE kind = 'city') AND h.state = 'in-force'
  AND h.unit_id NOT IN (SELECT id FROM unit WHERE state IN ('closed', 'merged'))
GROUP BY d.path, h.title, h.year, CAST(SUBSTR(h.begun_on, 1, 4) AS BIGINT), CASE WHEN h.unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END;
INSERT INTO title_figure (below, title, year, begun, of_unions, held)
SELECT c.path, h.title, h.year, CAST(SUBSTR(h.begun_on, 1, 4) AS BIGINT), 0, CAST(COUNT(*) AS BIGINT)
FROM unit c
JOIN honour h ON h.unit_id = c.id
WHERE c.kind = 'city' AND c.state = 'active' AND h.state = 'in-force'
GROUP BY c.path, h.title, h.year, CAST(SUBSTR(h.begun_on, 1, 4) AS BIGINT);
