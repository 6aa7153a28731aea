-- A flight is dated: the same number flies again on another local day, or from another airport.
-- availableSeats changes with every hold, so no index holds it.

CREATE TABLE Flight (
    id                 BIGINT      NOT NULL AUTO_INCREMENT,
    flightNumber       VARCHAR(7)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    airline            CHAR(2)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    airplaneId         BIGINT      NOT NULL,
    departureAirportId CHAR(3)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    arrivalAirportId   CHAR(3)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    departureTime      DATETIME(6) NOT NULL, -- UTC
    arrivalTime        DATETIME(6) NOT NULL, -- UTC
    departureDate      DATE        NOT NULL, -- local day at the departure airport, set at write
    price              BIGINT      NOT NULL, -- minor units per seat
    currency           CHAR(3)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- ISO 4217
    boardingGate       VARCHAR(10) NULL,
    totalSeats         INT         NOT NULL, -- on sale
    availableSeats     INT         NOT NULL, -- on sale and neither held nor sold
    createdAt          DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updatedAt          DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)
                                   ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    UNIQUE KEY Flight_dated_number (flightNumber, departureDate, departureAirportId),
    -- Search: a route on a day by price; a route by time; an airline's, and everything, by time;
    -- everything by price.
    KEY Flight_route_day (departureAirportId, arrivalAirportId, departureDate, price, id),
    KEY Flight_route_time (departureAirportId, arrivalAirportId, departureTime, id),
    KEY Flight_airline_time (airline, departureTime, id),
    KEY Flight_time (departureTime, id),
    KEY Flight_price (price, id),
    KEY Flight_airplane (airplaneId),
    KEY Flight_arrival (arrivalAirportId),
    CONSTRAINT Flight_departureAirport FOREIGN KEY (departureAirportId) REFERENCES Airport (code)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT Flight_arrivalAirport FOREIGN KEY (arrivalAirportId) REFERENCES Airport (code)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT Flight_airplane FOREIGN KEY (airplaneId) REFERENCES Airplane (id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT Flight_times CHECK (arrivalTime > departureTime),
    CONSTRAINT Flight_price CHECK (price > 0),
    CONSTRAINT Flight_totalSeats CHECK (totalSeats >= 0),
    CONSTRAINT Flight_availableSeats CHECK (availableSeats >= 0),
    CONSTRAINT Flight_seats CHECK (availableSeats <= totalSeats)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
