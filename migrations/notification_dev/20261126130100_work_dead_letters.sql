-- A dead letter is sent again, and has a day anew from then on, or is discarded: it stays DEAD and
-- counts as a dead letter no more.
ALTER TABLE Deliveries
  ADD COLUMN requeuedAt DATETIME(6) NULL,
  ADD COLUMN discardedAt DATETIME(6) NULL;
