-- Why a credit code is kept whose check digit is off: what it was compared with.
ALTER TABLE unit ADD COLUMN code_reason TEXT;
