-- Passkeys of accounts: what a device told when one was made (its id, the public key), as the crate writes it that checks them. What signs never
-- leaves the device.
CREATE TABLE passkey (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  credential_id TEXT NOT NULL UNIQUE,
  credential TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX passkey_account ON passkey (account_id, id);

-- The counter that a passkey's device told last, which never goes back, and when that was. `used_at` is empty before the first use.
CREATE TABLE passkey_use (
  passkey_id TEXT PRIMARY KEY,
  counter BIGINT NOT NULL,
  used_at TEXT NOT NULL DEFAULT ''
);

-- What a browser was asked to have signed in a session, for one purpose: answered once, and soon.
CREATE TABLE passkey_challenge (
  session_hash TEXT NOT NULL,
  purpose TEXT NOT NULL,
  account_id TEXT NOT NULL,
  state TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  PRIMARY KEY (session_hash, purpose)
);
