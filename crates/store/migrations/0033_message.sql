-- What people are told: a row a person and thing, written in the transaction of the act that it tells of. `told_key` makes it known again, so that
-- nobody is told the same twice. `tally`: how many of a kind that is counted by the day, else 0. `detail`: the figures and names of its sentence.
CREATE TABLE message (
  account_id TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  noun TEXT NOT NULL,
  noun_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  year BIGINT NOT NULL,
  detail TEXT NOT NULL,
  due_on TEXT NOT NULL,
  tally BIGINT NOT NULL,
  at TEXT NOT NULL,
  read_at TEXT NOT NULL DEFAULT '',
  told_key TEXT NOT NULL,
  PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX message_once ON message (account_id, told_key);
-- The count in the menu of every page.
CREATE INDEX message_unread ON message (account_id) WHERE read_at = '';
-- Who answers for a unit.
CREATE INDEX account_role_unit ON account_role (unit_id, role);
-- The account of a person who is named.
CREATE INDEX account_person ON account (person_id);
