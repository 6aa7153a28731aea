//! How one service calls another: a service token, a time-out, and three kinds of answer.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, Method, StatusCode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Makes the token for a call to the named service.
pub type TokenSource = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// Says for which request a call is made; `None` if it is made beside the requests.
pub type RequestSource = Arc<dyn Fn() -> Option<OnBehalf> + Send + Sync>;

/// A request that calls are made for, or because of.
#[derive(Clone, Debug)]
pub struct OnBehalf {
    /// What the calls may take of its time; `None` for what it causes after its end.
    pub time_left: Option<Duration>,
    /// Its correlation id, which goes along.
    pub correlation_id: String,
}

/// How many milliseconds the callee has; service-kit reads it.
const TIMEOUT_HEADER: &str = "x-request-timeout-ms";
const CORRELATION_HEADER: &str = "x-correlation-id";

/// The callee is told so much less than the time-out, so that its own answer comes before it.
const WAY_BACK: Duration = Duration::from_millis(250);

/// Why a call has no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CallError {
    /// The callee refused, and that is final. `code` is its problem's code.
    #[error("refused: {status} {code}")]
    Refused {
        /// HTTP status, 4xx.
        status: u16,
        /// The problem's stable code, such as `NO_SEATS`.
        code: String,
        /// What its `errors` name, if it has some.
        errors: Vec<ProblemField>,
    },
    /// Nothing listens, or no time is left: the call did not happen.
    #[error("unreachable: {0}")]
    Unreachable(String),
    /// Time-out, broken connection or 5xx: the call may have happened, or may still.
    #[error("outcome unknown: {0}")]
    Unknown(String),
}

/// An entry of a problem's `errors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProblemField {
    /// What is at fault.
    pub field: String,
    /// Why, in lower snake case.
    pub code: String,
    /// The same in words.
    pub message: String,
}

#[derive(Deserialize)]
struct ProblemCode {
    code: String,
    #[serde(default)]
    errors: Vec<ProblemField>,
}

/// A service that can be called.
#[derive(Clone)]
pub struct Endpoint {
    client: Client,
    bases: Arc<[String]>,
    audience: &'static str,
    tokens: TokenSource,
    requests: RequestSource,
}

impl Endpoint {
    /// The service `audience` at the URLs `bases` (no trailing slash) of its replicas.
    pub fn new(
        client: Client,
        bases: impl IntoIterator<Item = impl Into<String>>,
        audience: &'static str,
        tokens: TokenSource,
    ) -> Self {
        Self {
            client,
            bases: bases.into_iter().map(Into::into).collect(),
            audience,
            tokens,
            requests: Arc::new(|| None),
        }
    }

    /// The same for calls on behalf of requests: none takes longer than its request may.
    pub fn on_behalf_of(self, requests: RequestSource) -> Self {
        Self { requests, ..self }
    }

    /// Asks the first replica that is there.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&(impl Serialize + Sync)>,
        timeout: Duration,
    ) -> Result<T, CallError> {
        let mut called = Err(CallError::Unreachable("it has no address".to_owned()));
        for base in self.bases.iter() {
            let url = format!("{base}{path}");
            called = self.call_one(method.clone(), url, body, timeout).await;
            if !matches!(called, Err(CallError::Unreachable(_))) {
                break;
            }
        }
        called
    }

    async fn call_one<T: DeserializeOwned>(
        &self,
        method: Method,
        url: String,
        body: Option<&(impl Serialize + Sync)>,
        timeout: Duration,
    ) -> Result<T, CallError> {
        let cause = (self.requests)();
        let time_left = cause.as_ref().and_then(|cause| cause.time_left);
        let timeout = time_left.map_or(timeout, |left| timeout.min(left));
        if timeout <= WAY_BACK {
            return Err(CallError::Unreachable("no time is left".to_owned()));
        }
        let told = (timeout - WAY_BACK).as_millis();
        let mut request = self
            .client
            .request(method, url)
            .bearer_auth((self.tokens)(self.audience))
            .header(TIMEOUT_HEADER, told.to_string())
            .timeout(timeout);
        if let Some(cause) = cause {
            request = request.header(CORRELATION_HEADER, cause.correlation_id);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|error| unsent(&error))?;
        let status = response.status();
        let bytes = response
            .bytes()
            .await
            .map_err(|error| CallError::Unknown(error.to_string()))?;
        if status.is_success() {
            return serde_json::from_slice(&bytes)
                .map_err(|error| CallError::Unknown(format!("unreadable answer: {error}")));
        }
        Err(refusal(status, &bytes))
    }
}

fn unsent(error: &reqwest::Error) -> CallError {
    match error.is_connect() {
        true => CallError::Unreachable(error.to_string()),
        false => CallError::Unknown(error.to_string()),
    }
}

/// A refusal is final only if the callee itself said so in a problem. Not authenticated, too many
/// requests and time-outs are faults of the moment.
fn refusal(status: StatusCode, body: &[u8]) -> CallError {
    let transient = [401, 403, 408, 425, 429].contains(&status.as_u16());
    match serde_json::from_slice::<ProblemCode>(body) {
        Ok(problem) if status.is_client_error() && !transient => CallError::Refused {
            status: status.as_u16(),
            code: problem.code,
            errors: problem.errors,
        },
        _ => CallError::Unknown(format!("answered {status}")),
    }
}
