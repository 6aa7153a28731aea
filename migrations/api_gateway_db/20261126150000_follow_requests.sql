-- The correlation id of the request that caused a message, so that its log goes on where it is
-- carried out. NULL where no request did (or before this column was).
ALTER TABLE Outbox
  ADD COLUMN correlationId VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL AFTER payload;
