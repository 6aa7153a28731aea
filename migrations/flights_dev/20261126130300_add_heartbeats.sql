-- What the work beside the requests did last, on each replica that is or lately was there.
CREATE TABLE Heartbeats (
  worker VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  replica CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- ULID, made at its start
  lastRunAt DATETIME(6) NOT NULL,
  -- How many things the last run that had something to do dealt with, and when that was.
  lastWorkAt DATETIME(6) NULL,
  lastWork BIGINT NOT NULL DEFAULT 0,
  failures INT UNSIGNED NOT NULL DEFAULT 0,  -- runs in a row
  PRIMARY KEY (worker, replica),
  KEY age (lastRunAt)
) ENGINE = InnoDB;
