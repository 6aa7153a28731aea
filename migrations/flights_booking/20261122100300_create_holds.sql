-- Seats that booking holds, by an id that booking chose. A RELEASED hold without items is a
-- tombstone: it was let go before it was taken, and a late request must not take it.

CREATE TABLE SeatHolds (
    holdId    CHAR(26)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- ULID
    state     ENUM ('HELD', 'SOLD', 'RELEASED') NOT NULL,
    createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updatedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (holdId),
    KEY SeatHolds_purge (state, updatedAt)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- Price, currency and departure are those of the moment the seats were taken. RESTRICT: a flight
-- with a hold in any state cannot be deleted, nor what it depends on.
CREATE TABLE HoldItems (
    holdId        CHAR(26)    CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    flightId      BIGINT      NOT NULL,
    seats         INT         NOT NULL,
    unitPrice     BIGINT      NOT NULL, -- minor units
    currency      CHAR(3)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    departureTime DATETIME(6) NOT NULL, -- UTC
    createdAt     DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (holdId, flightId),
    KEY HoldItems_flight (flightId),
    CONSTRAINT HoldItems_hold FOREIGN KEY (holdId) REFERENCES SeatHolds (holdId)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT HoldItems_flight FOREIGN KEY (flightId) REFERENCES Flight (id)
        ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT HoldItems_seats CHECK (seats > 0)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
