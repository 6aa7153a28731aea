//! Asks and looks at the answers; says at the end all that was wrong.

use e2e::{
    api::{Answer, Api},
    stack::client,
};
use reqwest::Method;
use serde_json::json;

use super::{
    callers::{
        Caller::{
            self, Admin, AdminElsewhere, Anonymous, CompanyA, CompanyB, GatewayService, Service,
            ServiceElsewhere,
        },
        Cast, EVERYBODY,
    },
    rules::May,
    tables::{Door, Route},
};
use crate::shared::stack;

/// What an answer must say of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Anything but "you may not": of a `{}` for nobody's id most is wrong otherwise.
    Admitted,
    /// 401 with WWW-Authenticate.
    Unauthenticated,
    /// 403.
    Forbidden,
}

/// What was asked and what was wrong.
#[derive(Default)]
pub struct Walk {
    asked: usize,
    wrong: Vec<String>,
}

impl Walk {
    /// Everybody asks for a route under this path; GET also as HEAD.
    pub async fn everybody(&mut self, cast: &Cast, route: &Route, may: May, path: &str) {
        let base = door(route.door, route.service).await;
        let methods = match route.method() {
            Method::GET => vec![Method::GET, Method::HEAD],
            other => vec![other],
        };
        for (caller, method) in EVERYBODY
            .iter()
            .flat_map(|caller| methods.iter().map(move |method| (*caller, method)))
        {
            let api = cast.api(caller, route.service, &base);
            let answer = ask(&api, method, path).await;
            let mut fault = fault(&answer, verdict(may, caller), *method == Method::HEAD);
            if answer.body["detail"] == "There is no such path" {
                fault = Some("the table has the path");
            }
            self.note(
                fault,
                &format!("{caller:?} at {:?}: {method} {path}", route.door),
                &answer,
            );
        }
    }

    /// Everybody asks the gateway for what is not there.
    pub async fn nobody(&mut self, cast: &Cast, service: &str, method: &Method, path: &str) {
        let base = door(Door::Gateway, service).await;
        for caller in EVERYBODY {
            let answer = ask(&cast.api(caller, service, &base), method, path).await;
            let is_404 = (answer.status, answer.code()) == (404, "NOT_FOUND");
            let fault = (!is_404).then_some("must be 404");
            self.note(fault, &format!("{caller:?}: {method} {path}"), &answer);
        }
    }

    fn note(&mut self, fault: Option<&str>, what: &str, answer: &Answer) {
        self.asked += 1;
        if let Some(fault) = fault {
            let (status, text) = (answer.status, &answer.text);
            self.wrong
                .push(format!("{what}: {fault}, is {status} {text}"));
        }
    }

    /// Fails with all that was wrong.
    pub fn finish(self, routes: usize) {
        eprintln!(
            "{routes} routes x {} callers: {} requests",
            EVERYBODY.len(),
            self.asked
        );
        assert!(self.asked >= routes * EVERYBODY.len());
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
    }
}

/// A client of a door, without a token.
pub async fn door(door: Door, service: &str) -> Api {
    let name = match door {
        Door::Gateway => "gateway",
        Door::Direct => service,
    };
    Api::new(client(), stack().await.part(name).url())
}

/// A request, with `{}` where a body may be.
async fn ask(api: &Api, method: &Method, path: &str) -> Answer {
    let body = json!({});
    let body = (![Method::GET, Method::HEAD].contains(method)).then_some(&body);
    api.send(method.clone(), path, &[], body).await.unwrap()
}

/// The route's path, its parameters nobody's.
pub fn path(route: &Route) -> String {
    let number = match (route.is_internal(), route.request.contains("/sessions/")) {
        // Not even well-formed: a good id would leave a tombstone.
        (true, _) => "nobody",
        (_, true) => "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        _ => "999999999",
    };
    route
        .path()
        .replace("{role}", "CUSTOMER")
        .replace("{file}", "page.js")
        // A queue that is there would be paused.
        .replace("{queue}", "nobodys")
        .replace("{jobId}", number)
        .replace("{id}", number)
        .replace("{seatId}", number)
        .replace("{holdId}", number)
}

/// The path without and with a slash at its end.
pub fn spellings(route: &Route) -> [String; 2] {
    let path = path(route);
    assert!(!path.contains('{'), "{path} has a parameter of a new kind");
    let slash = format!("{path}/");
    [path, slash]
}

/// What the row says of the caller.
pub fn verdict(may: May, caller: Caller) -> Verdict {
    match (may, caller) {
        (May::Everybody, _) => Verdict::Admitted,
        (May::Services(names), Service) => of_service(names.contains(&"booking")),
        (May::Services(names), GatewayService) => of_service(names.contains(&"gateway")),
        (May::Services(_), _)
        | (_, Anonymous | Service | GatewayService | ServiceElsewhere | AdminElsewhere) => {
            Verdict::Unauthenticated
        }
        (May::SignedIn, _) | (May::Airlines, CompanyA | CompanyB) => Verdict::Admitted,
        (May::Airlines | May::Admins, Admin) => Verdict::Admitted,
        (May::Airlines | May::Admins, _) => Verdict::Forbidden,
    }
}

/// A service that is known may, or may not.
fn of_service(may: bool) -> Verdict {
    match may {
        true => Verdict::Admitted,
        false => Verdict::Forbidden,
    }
}

/// What is wrong with an answer. One to HEAD has no body to look at.
fn fault(answer: &Answer, verdict: Verdict, is_head: bool) -> Option<&'static str> {
    let code = if is_head { None } else { Some(answer.code()) };
    let challenge = answer.header("www-authenticate");
    match verdict {
        Verdict::Admitted if matches!(answer.status, 401 | 403 | 405 | 500..) => {
            Some("the caller may")
        }
        Verdict::Unauthenticated if answer.status != 401 => Some("must be 401"),
        Verdict::Unauthenticated if !challenge.starts_with("Bearer") => {
            Some("401 needs WWW-Authenticate")
        }
        Verdict::Unauthenticated if code.is_some_and(|code| code != "UNAUTHENTICATED") => {
            Some("must be UNAUTHENTICATED")
        }
        Verdict::Forbidden if answer.status != 403 => Some("must be 403"),
        Verdict::Forbidden if code.is_some_and(|code| code != "FORBIDDEN") => {
            Some("must be FORBIDDEN")
        }
        _ => None,
    }
}
