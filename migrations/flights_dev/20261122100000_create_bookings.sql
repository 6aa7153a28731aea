-- Bookings and what belongs to one. The columns of the original keep their names; status, seats
-- and money follow the booking protocol (ARCHITECTURE.md). Money is integer minor units.

CREATE TABLE Bookings (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  -- Record locator: 6 characters of A-Z 2-9 without I and O (and no 0, 1).
  reference CHAR(6) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  flightId BIGINT NOT NULL,
  userId BIGINT NOT NULL,
  status ENUM('INITIATED', 'PENDING', 'BOOKED', 'CANCELLED') NOT NULL DEFAULT 'INITIATED',
  noOfSeats INT UNSIGNED NOT NULL DEFAULT 1,
  totalCost BIGINT NOT NULL DEFAULT 0,
  currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  seatState ENUM('REQUESTED', 'HELD', 'SOLD', 'RELEASING', 'RELEASED') NOT NULL DEFAULT 'REQUESTED',
  reason ENUM('NO_SEATS', 'INVALID_FLIGHT', 'FLIGHT_DEPARTED', 'CURRENCY_MISMATCH', 'EXPIRED',
              'ABANDONED', 'CUSTOMER', 'AIRLINE', 'PAYMENT_FAILED') NULL,
  -- Key of the hold in flights; chosen and committed here first.
  holdId CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- The payment attempt that is running or that paid.
  paymentId CHAR(26) CHARACTER SET ascii COLLATE ascii_bin NULL,
  contactName VARCHAR(255) NOT NULL,
  contactEmail VARCHAR(320) COLLATE utf8mb4_bin NOT NULL,
  -- When seats were held; NULL for bookings that never had any.
  heldAt DATETIME(6) NULL,
  firstDepartureAt DATETIME(6) NULL,
  expiresAt DATETIME(6) NOT NULL,
  createdAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updatedAt DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  UNIQUE KEY reference (reference),
  UNIQUE KEY holdId (holdId),
  KEY mine (userId, id),
  -- What the sweeper looks for: an unpaid booking is REQUESTED or HELD.
  KEY sweep (status, seatState, expiresAt),
  CONSTRAINT seats_are_positive CHECK (noOfSeats BETWEEN 1 AND 9),
  CONSTRAINT cost_is_not_negative CHECK (totalCost >= 0),
  CONSTRAINT cancelled_has_reason CHECK ((status = 'CANCELLED') = (reason IS NOT NULL))
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- The flights of a booking, with prices as pinned by the hold and what is shown of the flight.
CREATE TABLE BookingItems (
  bookingId BIGINT NOT NULL,
  position TINYINT UNSIGNED NOT NULL,
  flightId BIGINT NOT NULL,
  noOfSeats INT UNSIGNED NOT NULL,
  unitPrice BIGINT NULL,
  departureTime DATETIME(6) NULL,
  flight JSON NULL,
  PRIMARY KEY (bookingId, position),
  UNIQUE KEY one_item_a_flight (bookingId, flightId),
  CONSTRAINT item_of_booking FOREIGN KEY (bookingId) REFERENCES Bookings (id),
  CONSTRAINT item_seats CHECK (noOfSeats BETWEEN 1 AND 9)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE Passengers (
  bookingId BIGINT NOT NULL,
  position TINYINT UNSIGNED NOT NULL,
  givenName VARCHAR(100) NOT NULL,
  surname VARCHAR(100) NOT NULL,
  type ENUM('ADULT', 'CHILD', 'INFANT') NOT NULL,
  PRIMARY KEY (bookingId, position),
  CONSTRAINT passenger_of_booking FOREIGN KEY (bookingId) REFERENCES Bookings (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- The timeline: one row a transition, in its transaction. Never purged.
CREATE TABLE BookingEvents (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  bookingId BIGINT NOT NULL,
  fromStatus ENUM('INITIATED', 'PENDING', 'BOOKED', 'CANCELLED') NULL,
  toStatus ENUM('INITIATED', 'PENDING', 'BOOKED', 'CANCELLED') NOT NULL,
  cause VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  KEY of_booking (bookingId, id),
  CONSTRAINT event_of_booking FOREIGN KEY (bookingId) REFERENCES Bookings (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

-- How many bookings of a user are INITIATED or PENDING.
CREATE TABLE UnpaidHolds (
  userId BIGINT NOT NULL PRIMARY KEY,
  n INT UNSIGNED NOT NULL DEFAULT 0
) ENGINE = InnoDB;
