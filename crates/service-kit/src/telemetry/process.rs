//! What the process takes of its machine, under the names that Prometheus' client libraries use.

use metrics::gauge;
use procfs::{
    ProcResult, boot_time_secs, page_size,
    process::{LimitValue, Process},
    ticks_per_second,
};

use super::metrics::Metric;

/// The times grow like counters; they are gauges because a counter has no fractions here.
pub(super) const METRICS: &[Metric] = &[
    Metric::gauge(
        "process_cpu_seconds_total",
        &[],
        "CPU time since the start, in seconds.",
    ),
    Metric::gauge(
        "process_cpu_user_seconds_total",
        &[],
        "The part of it in user mode.",
    ),
    Metric::gauge(
        "process_cpu_system_seconds_total",
        &[],
        "The part of it in the kernel.",
    ),
    Metric::gauge(
        "process_start_time_seconds",
        &[],
        "When the process started, as Unix time.",
    ),
    Metric::gauge("process_resident_memory_bytes", &[], "Memory in RAM."),
    Metric::gauge("process_virtual_memory_bytes", &[], "Addresses in use."),
    Metric::gauge("process_open_fds", &[], "Open files and sockets."),
    Metric::gauge("process_max_fds", &[], "Most open files and sockets."),
    Metric::gauge("process_threads", &[], "Threads."),
];

/// Sets the gauges to what the system says now.
pub(super) fn look() {
    if let Err(error) = read() {
        tracing::debug!(%error, "the process cannot see itself");
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "gauges are floats; these numbers are far below 2^53"
)]
fn read() -> ProcResult<()> {
    let process = Process::myself()?;
    let stat = process.stat()?;
    let seconds = |ticks: u64| ticks as f64 / ticks_per_second() as f64;
    gauge!("process_cpu_seconds_total").set(seconds(stat.utime + stat.stime));
    gauge!("process_cpu_user_seconds_total").set(seconds(stat.utime));
    gauge!("process_cpu_system_seconds_total").set(seconds(stat.stime));
    gauge!("process_start_time_seconds").set(boot_time_secs()? as f64 + seconds(stat.starttime));
    gauge!("process_resident_memory_bytes").set((stat.rss * page_size()) as f64);
    gauge!("process_virtual_memory_bytes").set(stat.vsize as f64);
    gauge!("process_threads").set(stat.num_threads as f64);
    gauge!("process_open_fds").set(process.fd_count()? as f64);
    if let LimitValue::Value(most) = process.limits()?.max_open_files.soft_limit {
        gauge!("process_max_fds").set(most as f64);
    }
    Ok(())
}
