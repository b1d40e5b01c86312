-- What a department says of a unit stands for itself: an upheld entry is lifted by itself, and its veto with it unless another entry upholds the same
-- state. The columns are empty while it stands. `lifted_decider`: department, city.
ALTER TABLE veto_entry ADD COLUMN lifted_decider TEXT NOT NULL DEFAULT '';
ALTER TABLE veto_entry ADD COLUMN lift_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE veto_entry ADD COLUMN lifted_by TEXT NOT NULL DEFAULT '';
ALTER TABLE veto_entry ADD COLUMN lifted_by_name TEXT NOT NULL DEFAULT '';
ALTER TABLE veto_entry ADD COLUMN lifted_at TEXT NOT NULL DEFAULT '';
-- The entry that a veto is the record of; empty where a federation recorded it.
ALTER TABLE veto ADD COLUMN entry_id TEXT NOT NULL DEFAULT '';
-- What a department writes beside an answer.
ALTER TABLE department_answer ADD COLUMN note TEXT NOT NULL DEFAULT '';

-- Until now an upheld entry was lifted only as its veto, by the city.
UPDATE veto
SET entry_id = (
  SELECT MIN(veto_entry.id)
  FROM veto_entry
  WHERE veto_entry.veto_id = veto.id AND veto_entry.decided_at = veto.recorded_at
)
WHERE EXISTS (
  SELECT 1
  FROM veto_entry
  WHERE veto_entry.veto_id = veto.id AND veto_entry.decided_at = veto.recorded_at
);
UPDATE veto_entry
SET lifted_decider = 'city',
  lift_reason = (SELECT COALESCE(veto.lift_reason, '') FROM veto WHERE veto.id = veto_entry.veto_id),
  lifted_by_name = (SELECT veto.lifted_by_name FROM veto WHERE veto.id = veto_entry.veto_id),
  lifted_at = (SELECT veto.lifted_at FROM veto WHERE veto.id = veto_entry.veto_id)
WHERE outcome = 'upheld' AND EXISTS (
  SELECT 1
  FROM veto
  WHERE veto.id = veto_entry.veto_id AND veto.lifted_at IS NOT NULL
);

-- Lifted, it may be said anew.
DROP INDEX veto_entry_once;
CREATE UNIQUE INDEX veto_entry_once ON veto_entry (year, department, unit_id, clause) WHERE outcome <> 'lifted' AND lifted_at = '';
CREATE INDEX veto_entry_veto ON veto_entry (veto_id);
