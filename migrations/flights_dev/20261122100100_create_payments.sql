-- Payment attempts, refunds beside them, and idempotency keys.

CREATE TABLE Payments (
  id CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,  -- ULID, also the provider's key
  bookingId BIGINT NOT NULL,
  userId BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status ENUM('PROCESSING', 'CAPTURED', 'DECLINED') NOT NULL DEFAULT 'PROCESSING',
  declineReason VARCHAR(64) NULL,
  -- When the reconciler asks the provider; NULL once the outcome is known.
  nextCheckAt DATETIME(6) NULL,
  leaseToken CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updatedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  KEY due (status, nextCheckAt),
  KEY lease (leaseToken),
  CONSTRAINT payment_of_booking FOREIGN KEY (bookingId) REFERENCES Bookings (id),
  CONSTRAINT amount_is_positive CHECK (amount > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- At most one refund a payment, of the whole amount.
CREATE TABLE Refunds (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  paymentId CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount BIGINT NOT NULL,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status ENUM('PENDING', 'SUCCEEDED', 'FAILED') NOT NULL DEFAULT 'PENDING',
  nextCheckAt DATETIME(6) NULL DEFAULT CURRENT_TIMESTAMP(6),
  leaseToken CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updatedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  UNIQUE KEY one_refund_a_payment (paymentId),
  KEY due (status, nextCheckAt),
  KEY lease (leaseToken),
  CONSTRAINT refund_of_payment FOREIGN KEY (paymentId) REFERENCES Payments (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- A key belongs to one user and one operation. `status` and `body` are the stored answer.
CREATE TABLE IdempotencyKeys (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  userId BIGINT NOT NULL,
  operation ENUM('booking', 'payment') NOT NULL,
  idempotencyKey VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fingerprint CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,  -- SHA-256 of the request
  bookingId BIGINT NULL,
  paymentId CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  status SMALLINT UNSIGNED NULL,
  body MEDIUMTEXT NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  UNIQUE KEY one_claim (userId, operation, idempotencyKey),
  KEY of_booking (bookingId),
  KEY of_payment (paymentId),
  KEY age (createdAt)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
