-- Titles in force and unions below each unit right under a city, counted when one of them changes: the city's progress reads them, however
-- large it grows. `below` is the path of the unit right under the city, or the city's own for what belongs to the city itself.
CREATE TABLE title_figure (
  below TEXT NOT NULL,
  title TEXT NOT NULL,
  year BIGINT NOT NULL,
  -- 1: held by grassroots unions; 0: by all others.
  of_unions BIGINT NOT NULL,
  held BIGINT NOT NULL,
  PRIMARY KEY (below, title, year, of_unions)
);
CREATE TABLE union_figure (
  below TEXT NOT NULL PRIMARY KEY,
  unions BIGINT NOT NULL
);
CREATE INDEX honour_below ON honour (state, unit_path, title, year, unit_kind, unit_id);
INSERT INTO title_figure (below, title, year, of_unions, held)
SELECT d.path, h.title, h.year, CASE WHEN h.unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END, CAST(COUNT(*) AS BIGINT)
FROM unit d
JOIN honour h ON h.unit_path >= d.path AND h.unit_path < SUBSTR(d.path, 1, LENGTH(d.path) - 1) || '0'
WHERE d.parent_id IN (SELECT id FROM unit WHERE kind = 'city') AND h.state = 'in-force'
  AND h.unit_id NOT IN (SELECT id FROM unit WHERE state IN ('closed', 'merged'))
GROUP BY d.path, h.title, h.year, CASE WHEN h.unit_kind IN ('grassroots', 'direct') THEN 1 ELSE 0 END;
INSERT INTO title_figure (below, title, year, of_unions, held)
SELECT c.path, h.title, h.year, 0, CAST(COUNT(*) AS BIGINT)
FROM unit c
JOIN honour h ON h.unit_id = c.id
WHERE c.kind = 'city' AND c.state = 'active' AND h.state = 'in-force'
GROUP BY c.path, h.title, h.year;
INSERT INTO union_figure (below, unions)
SELECT d.path, CAST(COUNT(*) AS BIGINT)
FROM unit d
JOIN unit u ON u.path >= d.path AND u.path < SUBSTR(d.path, 1, LENGTH(d.path) - 1) || '0'
WHERE d.parent_id IN (SELECT id FROM unit WHERE kind = 'city') AND u.state = 'active' AND u.kind IN ('grassroots', 'direct')
GROUP BY d.path;
