-- Where flights go. A city has many airports; an airport is known by its IATA code.

CREATE TABLE Cities (
    id        BIGINT       NOT NULL AUTO_INCREMENT,
    city      VARCHAR(100) NOT NULL,
    createdAt DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updatedAt DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    UNIQUE KEY Cities_city (city)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;

CREATE TABLE Airport (
    id        BIGINT       NOT NULL AUTO_INCREMENT,
    code      CHAR(3)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- IATA
    name      VARCHAR(120) NOT NULL,
    address   VARCHAR(255) NULL,
    cityId    BIGINT       NOT NULL,
    country   CHAR(2)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- ISO 3166-1 alpha-2
    latitude  DOUBLE       NOT NULL, -- degrees, north is positive
    longitude DOUBLE       NOT NULL, -- degrees, east is positive
    timezone  VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- IANA
    createdAt DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    updatedAt DATETIME(6)  NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    UNIQUE KEY Airport_code (code),
    KEY Airport_cityId (cityId),
    CONSTRAINT Airport_city FOREIGN KEY (cityId) REFERENCES Cities (id)
        ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT Airport_latitude CHECK (latitude BETWEEN -90 AND 90),
    CONSTRAINT Airport_longitude CHECK (longitude BETWEEN -180 AND 180)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_ci;
