-- Prices are in minor units, so that those of one currency lie together in Flight_by_price, and
-- often at its end: the cheapest flights in rupees were found behind all others. Prices are asked
-- for within a currency, and within an airline.

ALTER TABLE Flight
    ADD KEY Flight_currency_price (currency, price, id, departureTime),
    ADD KEY Flight_airline_price (airline, price, id, departureTime);
