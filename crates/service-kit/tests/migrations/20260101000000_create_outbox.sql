CREATE TABLE Outbox (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  topic VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload JSON NOT NULL,
  correlationId VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  attempts INT UNSIGNED NOT NULL DEFAULT 0,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  availableAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  actedAt DATETIME(6) NULL,
  leasedUntil DATETIME(6) NULL,
  leaseToken CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  doneAt DATETIME(6) NULL,
  KEY due (topic, doneAt, availableAt),
  KEY lease (leaseToken)
) ENGINE = InnoDB;
