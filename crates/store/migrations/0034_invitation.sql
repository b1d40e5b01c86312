-- How an account's owner is reached; empty while nobody said it. `name_source`: '' when the name was given, 'open' when it is typed on joining, 'own' when it was.
ALTER TABLE account ADD COLUMN telephone TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN mail TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN name_source TEXT NOT NULL DEFAULT '';
CREATE INDEX account_telephone ON account (telephone);

-- Codes by which owners come to their accounts; an account has one row that is not `replaced`. `state`: new (no code yet), waiting, used, revoked,
-- replaced. `code_hash` is a keyed hash; nobody can read a code again.
CREATE TABLE invitation (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  role TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'new',
  code_hash TEXT NOT NULL DEFAULT '',
  made_by_name TEXT NOT NULL DEFAULT '',
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL DEFAULT '',
  used_at TEXT NOT NULL DEFAULT ''
);
CREATE INDEX invitation_code ON invitation (code_hash);
CREATE INDEX invitation_account ON invitation (account_id, state);
CREATE INDEX invitation_path ON invitation (state, unit_path, id, made_at, expires_at);
