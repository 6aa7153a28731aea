//! One run of schemathesis.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::Value;

use super::{
    people::Somebody,
    report::{Failure, Row},
};
use crate::stack::process::Launch;

/// All but `positive_data_acceptance`: a document cannot say that an arrival is after its departure.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,\
    missing_required_header,unsupported_method,allow_header_conformance,use_after_free,\
    ensure_resource_availability,ignored_auth,object_level_authorization";
const HOOKS: &str = include_str!("hooks.py");
/// What an earlier run found would change what a seed means.
const CONFIG: &str = "[cache]\nenabled = false\n";
/// No run takes longer.
const LIMIT: Duration = Duration::from_secs(900);

/// How to run it.
pub struct Run<'a> {
    /// The program.
    pub program: &'a Path,
    /// Where its files go.
    pub folder: PathBuf,
    /// Whom to ask.
    pub gateway: String,
    /// Of every random choice.
    pub seed: u64,
    /// Random cases of each operation.
    pub examples: u32,
    /// Whether each limit of each field is tried in turn too.
    pub is_thorough: bool,
    /// Accounts that must stay what they are.
    pub kept: &'a [i64],
}

impl Run<'_> {
    /// Asks as somebody.
    pub async fn ask(&self, somebody: &Somebody) -> anyhow::Result<Row> {
        let started = Instant::now();
        fs::write(self.folder.join("airside_hooks.py"), HOOKS)?;
        fs::write(self.config(), CONFIG)?;
        let report = self.folder.join(format!("fuzz-{}.json", somebody.person));
        let launch = Launch {
            name: format!("schemathesis as {}", somebody.person),
            program: self.program.to_owned(),
            arguments: self.arguments(&report),
            environment: self.environment(somebody),
            log: report.with_extension("txt"),
        };
        let mut process = launch.start()?;
        let status = process.wait(LIMIT).await.context(launch.name.clone())?;
        let text = fs::read_to_string(&launch.log).unwrap_or_default();
        let Some(report) = read(&report) else {
            bail!("{} gave no report:\n{}", launch.name, launch.last_lines());
        };
        let cases = &report["test_cases"];
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        Ok(Row {
            person: somebody.person,
            operations: number(&report["operations"]["tested"]),
            cases: number(&cases["generated"]),
            failures: failures(&report),
            errors: number(&cases["errored"]),
            is_complete: report["complete"] == true && status.code().is_some_and(|code| code < 2),
            lost_account: false,
            elapsed: started.elapsed(),
            said: text,
        })
    }

    fn config(&self) -> PathBuf {
        self.folder.join("schemathesis.toml")
    }

    fn arguments(&self, report: &Path) -> Vec<String> {
        let phases = match self.is_thorough {
            true => "examples,coverage,fuzzing,stateful",
            false => "examples,fuzzing,stateful",
        };
        let text = |text: &str| text.to_owned();
        vec![
            text("--config-file"),
            self.config().display().to_string(),
            text("run"),
            format!("{}/openapi.json", self.gateway),
            text("--checks"),
            text(CHECKS),
            text("--phases"),
            text(phases),
            text("--max-examples"),
            self.examples.to_string(),
            text("--seed"),
            self.seed.to_string(),
            text("--workers"),
            text("2"),
            text("--request-timeout"),
            text("20"),
            text("--continue-on-failure"),
            text("--no-color"),
            text("--report"),
            text("json"),
            text("--report-json-path"),
            report.display().to_string(),
        ]
    }

    fn environment(&self, somebody: &Somebody) -> Vec<(String, String)> {
        let kept: Vec<_> = self.kept.iter().map(i64::to_string).collect();
        let mut environment = vec![
            ("SCHEMATHESIS_HOOKS".to_owned(), "airside_hooks".to_owned()),
            ("PYTHONPATH".to_owned(), self.folder.display().to_string()),
            ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned()),
            ("AIRSIDE_GATEWAY".to_owned(), self.gateway.clone()),
            ("AIRSIDE_KEPT".to_owned(), kept.join(",")),
        ];
        let token = somebody.token.iter().cloned();
        environment.extend(token.map(|token| ("AIRSIDE_TOKEN".to_owned(), token)));
        environment
    }
}

fn read(report: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(report).ok()?).ok()
}

fn failures(report: &Value) -> Vec<Failure> {
    let found = report["failures"].as_array().into_iter().flatten();
    let failures = found.map(|failure| Failure {
        title: failure["title"].as_str().unwrap_or_default().to_owned(),
        count: failure["count"].as_u64().unwrap_or_default(),
    });
    failures.collect()
}
