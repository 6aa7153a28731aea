#!/usr/bin/env python3
"""Checks every committed file of this folder; needs nothing but Python 3.9. Exit 1 with each faulty line named.

    python3 data/check.py
"""
import csv
import gzip
import math
import os
import re
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

HERE = os.path.dirname(os.path.abspath(__file__))
FLIGHT_NUMBER = re.compile(r"[A-Z0-9]{2}[0-9]{1,4}[A-Z]?")
DESIGNATOR = re.compile(r"(?=.*[A-Z])[A-Z0-9]{2}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
CURRENCIES = {"AUD", "EUR", "GBP", "INR", "JPY", "NPR", "SGD", "USD"}
# Offsets from UTC differ between these two Mondays wherever clocks change.
WINTER, SUMMER = date(2026, 1, 12), date(2026, 7, 13)
SLICE_START, SLICE_DAYS = date(2013, 6, 3), 28

passed = failed = 0


def check(name, faults):
    """One check: passes when `faults`, an iterable of messages, is empty. The first five are printed."""
    global passed, failed
    faults = list(faults)
    if not faults:
        passed += 1
        return
    failed += 1
    print(f"FAILED {name}")
    for fault in faults[:5]:
        print(f"  {fault}")
    if len(faults) > 5:
        print(f"  and {len(faults) - 5} more")


class Table:
    """A CSV file whose rows know their line."""

    def __init__(self, name, columns):
        self.name = name
        header, lines = columns.split(","), self.lines()
        check(f"{name}: columns", [] if lines[:1] == [header] else [f"{name}:1: {lines[:1]}, not {columns}"])
        numbered = list(enumerate(lines[1:], 2))
        self.each(lambda row: len(row) == len(header), "number of fields", numbered)
        self.rows = [(n, dict(zip(header, row))) for n, row in numbered if len(row) == len(header)]

    def lines(self):
        path = os.path.join(HERE, self.name)
        opener = gzip.open if self.name.endswith(".gz") else open
        try:
            with opener(path, "rt", encoding="utf-8", newline="") as file:
                return list(csv.reader(file))
        except (OSError, EOFError, UnicodeDecodeError) as error:
            check(f"{self.name}: is readable", [f"{self.name}: {error}"])
            return []

    def each(self, valid, what, rows=None):
        rows = self.rows if rows is None else rows
        check(f"{self.name}: {what}", (f"{self.name}:{n}: {what}: {row}" for n, row in rows if not holds(valid, row)))

    def matches(self, column, pattern):
        self.each(lambda row: re.fullmatch(pattern, row[column]), f"{column} is well formed")

    def known(self, column, values):
        self.each(lambda row: row[column] in values, f"{column} is known")

    def unique(self, what, keys):
        seen, faults = {}, []
        for n, row in self.rows:
            for key in keys(row):
                if seen.setdefault(key, n) != n:
                    faults.append(f"{self.name}:{n}: {what} {key} is on line {seen[key]} too")
        check(f"{self.name}: {what} is unique", faults)

    def ascending(self, column):
        values = [(n, row[column]) for n, row in self.rows]
        check(f"{self.name}: {column} ascends", (f"{self.name}:{n}: {column} {value} after {before}" for (_, before), (n, value)
                                                 in zip(values, values[1:]) if value <= before))

    def by(self, column):
        return {row[column]: row for _, row in self.rows}


def holds(valid, row):
    """A field too malformed to be judged is a fault, too."""
    try:
        return valid(row)
    except (ValueError, KeyError, AttributeError):
        return False


def check_size(name, limit):
    path = os.path.join(HERE, name)
    size = os.path.getsize(path) if os.path.exists(path) else 0
    check(f"{name}: size", [] if 0 < size < limit else [f"{name}: {size} bytes, the limit is {limit}"])


def check_iata():
    table = Table("iata/airports.csv", "code,name,city,country,latitude,longitude,timezone")
    table.matches("code", "[A-Z]{3}")
    table.ascending("code")
    table.matches("name", r"\S(.*\S)?")
    table.matches("city", r"\S(.*\S)?")
    table.matches("country", "[A-Z]{2}")
    for axis, limit in (("latitude", 90), ("longitude", 180)):
        table.matches(axis, r"-?[0-9]{1,3}\.[0-9]{4}")
        table.each(lambda row: abs(float(row[axis])) <= limit, f"{axis} is on the globe")
    table.each(lambda row: zone(row["timezone"]) is not None, "timezone is an IANA zone")
    check("iata/airports.csv: is whole", [] if len(table.rows) > 7800 else [f"iata/airports.csv: {len(table.rows)} airports"])
    check_size("iata/airports.csv", 700_000)
    return table.by("code")


def check_tables(folder, iata):
    """airlines.csv, airplanes.csv and airports.csv of a set."""
    airlines = Table(f"{folder}/airlines.csv", "code,name")
    airlines.matches("code", DESIGNATOR)
    airlines.matches("name", r"\S.*\S")
    airlines.ascending("code")
    airlines.unique("name", lambda row: [row["name"]])
    airplanes = Table(f"{folder}/airplanes.csv", "model,modelNumber,capacity,cabins")
    airplanes.ascending("model")
    airplanes.unique("modelNumber", lambda row: [row["modelNumber"]])
    airplanes.matches("cabins", r"(?=.)(F[1-9]\d*)?(J[1-9]\d*)?(W[1-9]\d*)?(Y[1-9]\d*)?")
    airplanes.each(lambda row: int(row["capacity"]) == sum(map(int, re.findall(r"\d+", row["cabins"]))),
                   "capacity is the sum of the cabins")
    airports = Table(f"{folder}/airports.csv", "code")
    airports.ascending("code")
    airports.known("code", iata)
    return airlines.by("code"), airplanes.by("model"), airports.by("code")


def check_flights(table, airlines, airplanes, airports):
    """What a schedule and dated flights have in common."""
    table.matches("flightNumber", FLIGHT_NUMBER)
    table.each(lambda row: row["flightNumber"][:2] in airlines, "airline of flightNumber is known")
    table.known("origin", airports)
    table.known("destination", airports)
    table.each(lambda row: row["origin"] != row["destination"], "origin and destination differ")
    table.matches("departureTime", CLOCK)
    table.matches("arrivalTime", CLOCK)
    table.known("aircraft", airplanes)
    table.matches("price", "[1-9][0-9]{0,8}")
    table.known("currency", CURRENCIES)


def check_demo(iata, airlines, airplanes, airports):
    table = Table("demo/schedule.csv", "flightNumber,origin,destination,days,departureTime,arrivalTime,aircraft,price,currency")
    check_flights(table, airlines, airplanes, airports)
    table.matches("days", "(?=.)1?2?3?4?5?6?7?")
    table.unique("flight on a weekday", lambda row: [(row["flightNumber"], day, row["origin"]) for day in row["days"]])
    rows = [row for _, row in table.rows]
    flown = {(row["origin"], row["destination"]) for row in rows}
    table.each(lambda row: (row["destination"], row["origin"]) in flown, "route is flown back")
    used = {row["origin"] for row in rows}
    check("demo/airports.csv: every airport is used", (f"demo/airports.csv: {code}" for code in airports if code not in used))
    money = defaultdict(set)
    for row in rows:
        money[row["flightNumber"][:2]].add(row["currency"])
    check("demo: one currency per airline", (f"demo/schedule.csv: {a}: {c}" for a, c in money.items() if len(c) > 1))
    check("demo: every airline flies", (f"demo/airlines.csv: {code}" for code in airlines if code not in money))
    for day in (WINTER, SUMMER):
        # Local times stay when clocks change at both ends, in opposite ways: up to two hours longer.
        table.each(lambda row: plausible(row, iata, day, 120), f"times fit the distance on {day}")
        table.each(lambda row: journey(row, iata, day)[1] in ((-1,) if (row["origin"], row["destination"]) == ("APW", "PPG")
                                                              else (0, 1)), f"arrival day on {day}")
    for end, column in (("origin", "departureTime"), ("destination", "arrivalTime")):
        table.each(lambda row: exists(row[column], iata[row[end]]["timezone"]), f"{column} is never skipped by a clock")
    for ends in (("JFK", "LAX"), ("LAX", "JFK")):
        direct = [row for row in rows if (row["origin"], row["destination"]) == ends]
        carriers, prices = {row["flightNumber"][:2] for row in direct}, {row["price"] for row in direct}
        check(f"demo: {'-'.join(ends)} has a choice", [] if len(carriers) >= 3 and len(direct) >= 8 and len(prices) >= 6
              else [f"demo/schedule.csv: {len(direct)} flights, {len(carriers)} airlines, {len(prices)} prices"])
    check("demo: rows", [] if 250 <= len(rows) <= 400 else [f"demo/schedule.csv: {len(rows)} rows"])
    return table


def check_network(schedule):
    table = Table("demo/network.csv", "airline,origin,destination,days,aircraft,departures")
    numbers = {(row["flightNumber"][:2], row["origin"], row["destination"], row["departureTime"]) for _, row in schedule.rows}
    table.each(lambda row: all((row["airline"], row["origin"], row["destination"], departure) in numbers
                               for departure in row["departures"].split()), "route is in schedule.csv")


def check_nyc(iata, airlines, airplanes, airports):
    name = "nyc/flights.csv.gz"
    table = Table(name, "flightNumber,origin,destination,departureDate,departureTime,arrivalTime,aircraft,seats,price,currency")
    check_flights(table, airlines, airplanes, airports)
    days = {(SLICE_START + timedelta(days=n)).isoformat() for n in range(SLICE_DAYS)}
    table.known("departureDate", days)
    flown = Counter(row["departureDate"] for _, row in table.rows)
    check("nyc: flights on every day", (f"{name}: {flown[day]} flights on {day}" for day in sorted(days) if flown[day] < 500))
    table.each(lambda row: 1 <= int(row["seats"]) <= int(airplanes[row["aircraft"]]["capacity"]), "seats are within the capacity")
    table.unique("dated flight", lambda row: [(row["flightNumber"], row["departureDate"], row["origin"])])
    table.each(lambda row: plausible(row, iata, parsed_date(row["departureDate"])), "times fit the distance")
    table.each(lambda row: journey(row, iata, parsed_date(row["departureDate"]))[1] in (0, 1), "arrives on the day or the next")
    check("nyc: the archive has no time and no name", gzip_stamp(name))
    check_size(name, 1_000_000)


def gzip_stamp(name):
    """Flags and time, bytes 3 to 7 of the header, are zero in a reproducible archive."""
    path = os.path.join(HERE, name)
    with open(path if os.path.exists(path) else os.devnull, "rb") as file:
        header = file.read(10)
    return [] if header[3:8] == bytes(5) else [f"{name}: gzip header {header.hex()}"]


def plausible(row, iata, day, slack=0):
    """A block time between flying at 1,000 km/h and, at most, at 350 km/h with 100 minutes on the ground, and `slack`."""
    minutes, km = journey(row, iata, day)[0], distance(iata, row["origin"], row["destination"])
    return max(20, km * 60 / 1000) <= minutes <= slack + 100 + km * 60 / 350


def journey(row, iata, day):
    """Minutes gate to gate, and the arrival's local date less the departure's, in days. The arrival is the first moment
    after the departure at which the clock at the destination shows the arrival time."""
    leaves, arrives = minutes_of(row["departureTime"]), minutes_of(row["arrivalTime"])
    origin, destination = (offset(iata[row[end]]["timezone"], day) for end in ("origin", "destination"))
    minutes = (arrives - destination - leaves + origin - 1) % 1440 + 1
    return minutes, (leaves - origin + minutes + destination) // 1440


@lru_cache(maxsize=None)
def minutes_of(clock):
    return int(clock[:2]) * 60 + int(clock[3:])


@lru_cache(maxsize=None)
def parsed_date(text):
    return date.fromisoformat(text)


@lru_cache(maxsize=None)
def offset(name, day):
    """Minutes ahead of UTC at noon."""
    return int(datetime.combine(day, time(12), zone(name)).utcoffset().total_seconds()) // 60


@lru_cache(maxsize=None)
def exists(clock, name):
    """False for a local time that is skipped when clocks go forward (a flight then has no departure that day)."""
    for day in clock_changes(name):
        moment = datetime.combine(day, time.fromisoformat(clock), zone(name))
        if moment.astimezone(timezone.utc).astimezone(zone(name)).replace(tzinfo=None) != moment.replace(tzinfo=None):
            return False
    return True


@lru_cache(maxsize=None)
def clock_changes(name):
    """The days of 2027 and 2028 that begin and end with different offsets from UTC."""
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(731)]
    offsets = [datetime.combine(day, time(), zone(name)).utcoffset() for day in days]
    return [day for day, before, after in zip(days, offsets, offsets[1:]) if before != after]


@lru_cache(maxsize=None)
def zone(name):
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


_distances = {}


def distance(iata, origin, destination):
    """Great circle, km."""
    if (origin, destination) not in _distances:
        lat1, lon1, lat2, lon2 = (math.radians(float(iata[code][axis])) for code in (origin, destination)
                                  for axis in ("latitude", "longitude"))
        _distances[origin, destination] = 6371 * math.acos(
            math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1))
    return _distances[origin, destination]


def main():
    iata = check_iata()
    demo, nyc = check_tables("demo", iata), check_tables("nyc", iata)
    check("the sets share no airline", (f"nyc/airlines.csv: {code} is a demo airline" for code in demo[0] if code in nyc[0]))
    check("a model is the same in both sets", (f"nyc/airplanes.csv: {model} differs from demo/airplanes.csv" for model in demo[1]
                                               if demo[1][model] != nyc[1].get(model, demo[1][model])))
    check_network(check_demo(iata, *demo))
    check_nyc(iata, *nyc)
    total = sum(os.path.getsize(os.path.join(folder, file)) for folder, _, files in os.walk(HERE) for file in files)
    check("the folder is under 2.5 MB", [] if total < 2_500_000 else [f"data: {total} bytes"])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
