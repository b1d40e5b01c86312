-- People who sign in, with roles at units. `state`: active, locked.
CREATE TABLE account (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  person_id TEXT,
  password_hash TEXT NOT NULL,
  must_change BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'active',
  created_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
);

CREATE TABLE account_role (
  account_id TEXT NOT NULL,
  unit_id TEXT NOT NULL,
  unit_path TEXT NOT NULL,
  role TEXT NOT NULL,
  since_at TEXT NOT NULL,
  PRIMARY KEY (account_id, unit_id, role)
);
CREATE INDEX account_role_path ON account_role (unit_path, role);

-- `id_hash`: the hash of the random id in the cookie, so that a copy of the database signs nobody in.
CREATE TABLE session (
  id_hash TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE INDEX session_account ON session (account_id);

-- Failed sign-ins by what was tried (`login:<login>`, `from:<network>`).
CREATE TABLE sign_in_failure (
  target TEXT PRIMARY KEY,
  failures BIGINT NOT NULL,
  last_at TEXT NOT NULL
);
