-- By what a note is known again when its form is sent twice: a keyed hash of the form's key and of what was written. Empty for older notes.
ALTER TABLE objection_note ADD COLUMN request_hash TEXT NOT NULL DEFAULT '';
