//! The process around a service's `main`: logs, TLS, runtime, exit code.

use std::{process::ExitCode, time::Duration};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{config::Env, telemetry};

/// Runs a service's `main`: logs, the program, its exit code. The error goes to the log and to
/// stderr, for whoever started it.
pub fn run<F>(name: &str, program: impl FnOnce(Env) -> F) -> ExitCode
where
    F: Future<Output = anyhow::Result<()>>,
{
    let logs = |env| {
        telemetry::switch(&env)?;
        telemetry::start_logs(name, &env).map(|guard| (guard, env))
    };
    let (_logs, env) = match Env::from_process().and_then(logs) {
        Ok(started) => started,
        Err(error) => {
            eprintln!("{name}: {error}");
            return ExitCode::FAILURE;
        }
    };
    raise_descriptor_limit();
    // One TLS provider for everything that may speak TLS; a second call finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{name}: no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(program(env));
    // A thread that still hashes or looks up a name does not keep the process.
    runtime.shutdown_timeout(Duration::from_millis(500));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "{name} ends with an error");
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// To the most that this process may have: each connection is a descriptor, and many systems
/// give 1,024 to a process that does not ask.
fn raise_descriptor_limit() {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, most) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}
