-- The ledger of the stand-in card provider. The payment's ULID is the key of everything: the
-- one INSERT on it decides between a charge and its void.
CREATE TABLE Charges (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  state ENUM('PROCESSING', 'CAPTURED', 'DECLINED') NOT NULL,
  amount BIGINT NOT NULL,                        -- minor units; 0 in a tombstone
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- ISO 4217; '' in a tombstone
  declineReason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  -- What a PROCESSING charge will become once decidesAt has passed, whoever looks first. Written
  -- with the row, so that a provider killed in between still decides.
  intendedState ENUM('CAPTURED', 'DECLINED') NOT NULL,
  intendedReason VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  decidesAt DATETIME(6) NOT NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updatedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  KEY undecided (state, decidesAt),
  CONSTRAINT chargeAmount CHECK (amount > 0 OR (amount = 0 AND state = 'DECLINED' AND declineReason = 'voided')),
  CONSTRAINT chargeReason CHECK ((state = 'DECLINED') = (declineReason IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The whole amount, given back once.
CREATE TABLE Refunds (
  chargeId CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  amount BIGINT NOT NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  CONSTRAINT refundOfCharge FOREIGN KEY (chargeId) REFERENCES Charges (id),
  CONSTRAINT refundAmount CHECK (amount > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
