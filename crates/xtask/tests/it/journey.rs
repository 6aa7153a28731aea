//! What a traveller does on a stack with the demo flights.

use crate::http;
use crate::stack::Stack;
use serde_json::json;
use std::fs;
use std::process::Command;

/// Signs in; gives the token.
pub fn traveller(stack: &Stack) -> String {
    let status = stack.status();
    let account = &status["accounts"][2];
    let password = fs::read_to_string(account["passwordFile"].as_str().unwrap()).unwrap();
    let (status, token) = stack.sign_in(account["email"].as_str().unwrap(), &password);
    assert_eq!(status, 200, "{account}");
    token
}

/// Books and pays two seats of a flight; gives the booking.
pub fn book(stack: &Stack, token: &str) -> u64 {
    let search = format!(
        "/flightsService/api/v1/flight?trips=JFK-LAX&tripdate={}&limit=1",
        in_two_weeks()
    );
    let (_, flights) = http::get(stack.gateway(), &search);
    let path = "/bookingService/api/v1/booking";
    let body = json!({"flightId": flights["data"][0]["id"], "noOfSeats": 2});
    let (status, held) = http::post(stack.gateway(), path, token, &body);
    assert_eq!(status, 201, "{search}: {flights}: {held}");
    let booking = &held["data"];
    let key = format!("pay-{}", booking["id"]);
    let body = json!({"bookingId": booking["id"], "totalCost": booking["totalCost"]});
    let path = "/bookingService/api/v1/booking/payments";
    let (status, paid) = http::post_once(stack.gateway(), path, token, &key, &body);
    assert_eq!(status, 200, "{paid}");
    booking["id"].as_u64().unwrap()
}

/// How many mails have arrived.
pub fn mails(stack: &Stack) -> usize {
    let status = stack.status();
    let (port, path) = http::port_and_path(status["sink"]["api"].as_str().unwrap());
    let (_, mails) = http::get(port, &path);
    mails.as_array().unwrap().len()
}

fn in_two_weeks() -> String {
    let day = Command::new("date")
        .args(["-u", "-d", "+14 days", "+%F"])
        .output()
        .unwrap();
    String::from_utf8(day.stdout).unwrap().trim().to_owned()
}
