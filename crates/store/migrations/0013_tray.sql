-- What a group of ballots writes stands close together, so that a city's unions voting at once write little: the states of a poll's slips as one
-- letter each in a short row, and the sealed ballots of the group by the tray.

-- The states of a poll's slips: one letter each (U, P, K, S), by their number, a thousand in a part.
CREATE TABLE slip_state (
  poll_id TEXT NOT NULL,
  part BIGINT NOT NULL,
  states TEXT NOT NULL,
  PRIMARY KEY (poll_id, part)
) /* unordered */;

-- A slip's number in its poll, from 0: printing after printing, in the order of hashes, which tells nothing of the print.
ALTER TABLE slip ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
UPDATE slip
SET number = numbered.number
FROM (
  SELECT hash, ROW_NUMBER() OVER (PARTITION BY poll_id ORDER BY batch_number, hash) - 1 AS number
  FROM slip) AS numbered
WHERE numbered.hash = slip.hash;
DROP INDEX slip_poll;
CREATE UNIQUE INDEX slip_number ON slip (poll_id, number);

INSERT INTO slip_state (poll_id, part, states)
WITH RECURSIVE joined (poll_id, number, states) AS (
  SELECT poll_id, number, state
  FROM slip
  WHERE number % 1000 = 0
  UNION ALL
  SELECT slip.poll_id, slip.number, joined.states || slip.state
  FROM joined
  JOIN slip ON slip.poll_id = joined.poll_id AND slip.number = joined.number + 1
  WHERE slip.number % 1000 <> 0)
SELECT poll_id, number / 1000, states
FROM joined
WHERE number % 1000 = 999
  OR NOT EXISTS (
    SELECT 1
    FROM slip
    WHERE slip.poll_id = joined.poll_id AND slip.number = joined.number + 1);

ALTER TABLE slip DROP COLUMN state;
ALTER TABLE slip DROP COLUMN batch_number;

-- Counted from the states now.
ALTER TABLE poll_gate DROP COLUMN phone;
ALTER TABLE poll_gate DROP COLUMN kiosk;
ALTER TABLE poll_gate DROP COLUMN spoiled;

-- Sealed ballots as they came together, in random order under a random id: a line each, the poll's id and the ballot. A box is all polls whose
-- ids end alike. A poll's lines are removed when it is opened.
CREATE TABLE tray (
  box TEXT NOT NULL,
  id TEXT NOT NULL,
  ballots TEXT NOT NULL,
  PRIMARY KEY (box, id)
) /* unordered */;
INSERT INTO tray (box, id, ballots)
SELECT SUBSTR(poll_id, LENGTH(poll_id), 1), id, poll_id || ' ' || sealed
FROM ballot;
DROP TABLE ballot;
