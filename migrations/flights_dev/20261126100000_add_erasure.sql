-- Since when a person is erased. The row is the one that every new booking of theirs counts up, so
-- that none can come into being after it.
ALTER TABLE UnpaidHolds
  ADD COLUMN erasedAt DATETIME(6) NULL;

-- The mails of a person are found by their bookings. Stored, for an index on it; written by nobody.
ALTER TABLE Outbox
  DROP COLUMN bookingId;
ALTER TABLE Outbox
  ADD COLUMN bookingId BIGINT GENERATED ALWAYS AS (JSON_VALUE(payload, '$.bookingId')) STORED,
  ADD KEY of_booking (bookingId);
