//! HTTP as every service speaks it: the envelope, problems, extractors, the table of routes.

pub mod client;
pub mod correlation;
pub mod deadline;
pub mod extract;
pub mod field_errors;
pub mod held;
pub mod layers;
pub(crate) mod meter;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod reply;
pub mod routes;
