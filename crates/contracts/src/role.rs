//! Roles that access tokens carry.

/// A traveller; everybody who signs up.
pub const CUSTOMER: &str = "CUSTOMER";
/// Somebody who works for the airline that the token names.
pub const FLIGHT_COMPANY: &str = "FLIGHT_COMPANY";
/// An administrator of the platform.
pub const ADMIN: &str = "ADMIN";
