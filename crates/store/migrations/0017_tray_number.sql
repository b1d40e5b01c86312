-- A tray's id is one random number, its first digit (of sixteen) the box: an engine that finds its place by a text reads whole trays on the way
-- there. `random` makes it the number of its row on SQLite, so that rows lie in the order of random numbers.
CREATE TABLE numbered_tray (
  id BIGINT PRIMARY KEY /* random */,
  ballots TEXT NOT NULL
);
-- Numbered in the order of the random texts that they had.
INSERT INTO numbered_tray (id, ballots)
SELECT 576460752303423488 * CASE box
    WHEN '0' THEN 0 WHEN '1' THEN 1 WHEN '2' THEN 2 WHEN '3' THEN 3
    WHEN '4' THEN 4 WHEN '5' THEN 5 WHEN '6' THEN 6 WHEN '7' THEN 7
    WHEN '8' THEN 8 WHEN '9' THEN 9 WHEN 'a' THEN 10 WHEN 'b' THEN 11
    WHEN 'c' THEN 12 WHEN 'd' THEN 13 WHEN 'e' THEN 14 WHEN 'f' THEN 15
  END + ROW_NUMBER() OVER (ORDER BY id), ballots
FROM tray;
-- Back under its name: a backup reads tables from where they are made.
DROP TABLE tray;
CREATE TABLE tray (
  id BIGINT PRIMARY KEY /* random */,
  ballots TEXT NOT NULL
);
INSERT INTO tray (id, ballots)
SELECT id, ballots
FROM numbered_tray;
DROP TABLE numbered_tray;
