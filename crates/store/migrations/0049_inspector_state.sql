-- How somebody stands among the inspectors of a check: confirmed with the frame, left-out (could not inspect any more when the sample was drawn), called-in (drawn
-- besides, because too few were left).
ALTER TABLE spot_check_inspector ADD COLUMN state TEXT NOT NULL DEFAULT 'confirmed';
