"""What schemathesis must know of Airside: who asks, and that whoever asks is to stay who they are."""

import functools
import os
import random
import uuid

import requests
import schemathesis

GATEWAY = os.environ["AIRSIDE_GATEWAY"]
TOKEN = os.environ.get("AIRSIDE_TOKEN")
# Accounts that others ask with, or this one.
KEPT = [int(account) for account in os.environ["AIRSIDE_KEPT"].split(",") if account]
NOBODY = 999_999_999
BOOKINGS = "/bookingService/api/v1/booking"


def post(path, **body):
    answer = requests.post(GATEWAY + path, json=body, timeout=20)
    answer.raise_for_status()
    return answer.json()["data"]


def get(path):
    headers = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}
    answer = requests.get(GATEWAY + path, headers=headers, timeout=20)
    answer.raise_for_status()
    return answer.json()["data"]


def somebody_new():
    """A token of an account that nobody else has."""
    email, password = f"{uuid.uuid4().hex}@example.test", "correct horse battery"
    post("/api/v1/signup", email=email, password=password, name="Fay Fleeting")
    return post("/api/v1/signin", email=email, password=password)["jwt"]


def ends_or_changes_the_caller(operation):
    """What is asked as somebody new: it ends the session, the account, or what tokens say of it."""
    own = ("/api/v1/me", "/api/v1/sessions", "/api/v1/signout")
    return operation.path.startswith(own) and operation.method.upper() != "GET"


if TOKEN:

    @schemathesis.auth(refresh_interval=None)
    class Caller:
        def get(self, case, context):
            return TOKEN

        def set(self, case, data, context):
            token = somebody_new() if ends_or_changes_the_caller(case.operation) else data
            case.headers = case.headers or {}
            case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Administration is for others than those who ask; what is booked and paid is there."""
    path, method, body = case.operation.path, case.operation.method.upper(), case.body
    if path.startswith("/api/v1/users/") and (case.path_parameters or {}).get("id") in KEPT:
        case.path_parameters["id"] = NOBODY
    if method != "POST" or not isinstance(body, dict):
        return
    if path == "/api/v1/role" and body.get("id") in KEPT:
        body["id"] = NOBODY
    if path == BOOKINGS and type(body.get("flightId")) is int:
        body["flightId"] = random.choice(flights())
    if path == f"{BOOKINGS}/payments" and type(body.get("bookingId")) is int and TOKEN:
        unpaid = get(f"{BOOKINGS}?status=INITIATED")
        if unpaid:
            body["bookingId"], body["totalCost"] = unpaid[0]["id"], unpaid[0]["totalCost"]


@functools.cache
def flights():
    return [flight["id"] for flight in get("/flightsService/api/v1/flight?limit=100")]
