-- The second factor of an account; there once it was confirmed. `sealed`: the seed of its codes, encrypted with a key of the instance.
CREATE TABLE second_factor (
  account_id TEXT PRIMARY KEY,
  sealed TEXT NOT NULL,
  since_at TEXT NOT NULL
);

-- Codes that stand in for the telephone, by their hashes. `used_at` is empty until then.
CREATE TABLE recovery_code (
  code_hash TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  used_at TEXT NOT NULL DEFAULT ''
);
CREATE INDEX recovery_code_account ON recovery_code (account_id);

-- The newest half minute whose code was taken, so that none counts twice.
CREATE TABLE factor_step (
  account_id TEXT PRIMARY KEY,
  step BIGINT NOT NULL
);

-- Of a session: when the second factor was last given in it; program and system of the browser (`wechat/android`); its coarse network; the notice
-- that told of it as an unusual one, which is not shown in it.
ALTER TABLE session ADD COLUMN factor_at TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN notice_id TEXT NOT NULL DEFAULT '';

-- Networks that an account signed in from, by keyed hashes: a new one is told.
CREATE TABLE known_network (
  account_id TEXT NOT NULL,
  network_hash TEXT NOT NULL,
  seen_on TEXT NOT NULL,
  PRIMARY KEY (account_id, network_hash)
);

-- Tokens with which an owner's programs read, by their hashes. `revoked_at` is empty until then.
CREATE TABLE access_token (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT NOT NULL DEFAULT '',
  revoked_by_name TEXT NOT NULL DEFAULT ''
);
CREATE INDEX access_token_account ON access_token (account_id, id);

-- The last day on which a token was used.
CREATE TABLE access_token_use (
  token_id TEXT PRIMARY KEY,
  used_on TEXT NOT NULL
);
