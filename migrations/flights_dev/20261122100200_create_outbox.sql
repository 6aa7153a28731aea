-- What state changes cause: hold.sell, hold.release, email. See service_kit::outbox.
CREATE TABLE Outbox (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,  -- ULID
  topic VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload JSON NOT NULL,
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  availableAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  -- When the relay last did something outside for this row.
  actedAt DATETIME(6) NULL,
  leasedUntil DATETIME(6) NULL,
  leaseToken CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  doneAt DATETIME(6) NULL,
  -- Which booking it is about, for the audit and the dashboard.
  bookingId BIGINT GENERATED ALWAYS AS (JSON_VALUE(payload, '$.bookingId')) VIRTUAL,
  KEY due (topic, doneAt, availableAt),
  KEY lease (leaseToken),
  KEY done_age (doneAt)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
