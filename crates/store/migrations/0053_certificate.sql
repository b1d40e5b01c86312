-- Which entry of the status list a title's certificate has: given once, with the title, and to no other ever after.
CREATE TABLE certificate (
  honour_id TEXT PRIMARY KEY,
  status_index BIGINT NOT NULL UNIQUE
);
INSERT INTO certificate (honour_id, status_index)
SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1
FROM honour
WHERE source = 'named' AND number <> '' AND named_by IS NOT NULL;
INSERT INTO counter (name, value)
SELECT 'certificate', total
FROM (SELECT CAST(COUNT(*) AS BIGINT) AS total FROM certificate) AS counted
WHERE total > 0;

-- Keys that sign certificates. `sealed` is the private part, encrypted with the instance's key, which is in no database. The one that is not retired
-- signs; those before verify what they signed, unless they were declared compromised. The times are empty until then.
CREATE TABLE certificate_key (
  id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  sealed TEXT NOT NULL,
  made_at TEXT NOT NULL,
  made_by_name TEXT NOT NULL,
  retired_at TEXT NOT NULL DEFAULT '',
  compromised_at TEXT NOT NULL DEFAULT '',
  compromise_reason TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX certificate_key_signing ON certificate_key (retired_at) WHERE retired_at = '';
