-- Topics of the outbox that an operator has stopped; see service_kit::outbox. Every lease looks here,
-- so that a pause holds on all replicas at once and outlives them.
CREATE TABLE Pauses (
  queue VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  pausedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  pausedBy BIGINT NOT NULL  -- account
) ENGINE = InnoDB;
