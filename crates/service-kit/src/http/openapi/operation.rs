//! What neither the table of routes nor a handler's signature says of a route.

use axum::http::StatusCode;

use super::signature::Shape;
use crate::http::problem::Problem;

/// What the document says of a route beyond its line of the table and its handler's signature.
///
/// ```
/// use axum::http::StatusCode;
/// use service_kit::http::{openapi::Operation, problem::Problem};
///
/// Operation::new("createCity", "A new city")
///     .answers(StatusCode::CREATED)
///     .refuses(Problem::duplicate("city"));
/// ```
#[derive(Clone)]
pub struct Operation {
    id: &'static str,
    summary: &'static str,
    description: &'static str,
    statuses: Vec<(StatusCode, &'static str)>,
    refusals: Vec<Problem>,
    begin: Vec<fn(&mut Shape<'_>)>,
}

impl Operation {
    /// `id` is the name of the operation in clients that are generated: a verb and what it is
    /// about, `listCities`. It answers 200.
    pub fn new(id: &'static str, summary: &'static str) -> Self {
        Self {
            id,
            summary,
            description: "",
            statuses: vec![],
            refusals: vec![],
            begin: vec![],
        }
    }

    /// More than the summary, in Markdown.
    pub fn more(self, description: &'static str) -> Self {
        Self {
            description,
            ..self
        }
    }

    /// It answers `status`, not 200; given twice, one of both.
    pub fn answers(self, status: StatusCode) -> Self {
        let meaning = status.canonical_reason().unwrap_or_default();
        self.answers_when(status, meaning)
    }

    /// It answers `status`, and this is when.
    pub fn answers_when(mut self, status: StatusCode, when: &'static str) -> Self {
        self.statuses.push((status, when));
        self
    }

    /// It may be refused for this reason. What every route of its kind may answer (400, 401, 403,
    /// 404 for a path with a parameter, 422, ..) need not be said.
    pub fn refuses(mut self, reason: impl Into<Problem>) -> Self {
        self.refusals.push(reason.into());
        self
    }

    /// What else is to be known of request and answer, before the signature is looked at.
    pub fn with(mut self, describe: fn(&mut Shape<'_>)) -> Self {
        self.begin.push(describe);
        self
    }

    pub(super) fn id(&self) -> &'static str {
        self.id
    }

    pub(super) fn summary(&self) -> &'static str {
        self.summary
    }

    pub(super) fn description(&self) -> &'static str {
        self.description
    }

    pub(super) fn statuses(&self) -> &[(StatusCode, &'static str)] {
        match self.statuses.as_slice() {
            [] => &[(StatusCode::OK, "OK")],
            statuses => statuses,
        }
    }

    pub(super) fn refusals(&self) -> &[Problem] {
        &self.refusals
    }

    pub(super) fn begin(&self, shape: &mut Shape<'_>) {
        for describe in &self.begin {
            describe(shape);
        }
    }
}
