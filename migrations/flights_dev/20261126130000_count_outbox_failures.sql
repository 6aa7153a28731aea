-- How often in a row a message has failed: what is late because it fails is told from what merely
-- waits.
ALTER TABLE Outbox
  ADD COLUMN failures INT UNSIGNED NOT NULL DEFAULT 0 AFTER attempts;
