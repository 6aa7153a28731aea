//! CPU time and memory of processes, from /proc.

use std::fs;

/// Linux reports CPU time to programs in hundredths of a second, whatever its own tick.
const TICK_MILLISECONDS: f64 = 10.0;

/// The name under which the measuring process is watched.
pub const CLIENT: &str = "client";

/// A process to watch.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Name in tables.
    pub name: &'static str,
    /// Its process id.
    pub pid: u32,
}

/// CPU milliseconds of each process so far.
pub fn cpu(watched: &[Watched]) -> Vec<f64> {
    watched.iter().map(|process| cpu_of(process.pid)).collect()
}

fn cpu_of(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name stands in parentheses and may hold spaces; utime and stime are fields 14 and 15.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = fields.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|tick| tick.parse::<f64>().ok())
        .sum::<f64>()
        * TICK_MILLISECONDS
}

/// Resident memory of a process in MB.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// The most it ever had.
    pub peak: f64,
    /// What it has now.
    pub now: f64,
}

/// Resident memory now and at its peak.
pub fn resident(pid: u32) -> Memory {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let megabytes = |label| {
        let line = status.lines().find_map(|line| line.strip_prefix(label));
        let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<f64>().ok());
        kilobytes.unwrap_or_default() * 1024.0 / 1e6
    };
    Memory {
        peak: megabytes("VmHWM:"),
        now: megabytes("VmRSS:"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_used_time_and_memory() {
        let me = Watched {
            name: "me",
            pid: std::process::id(),
        };
        let before = cpu(std::slice::from_ref(&me))[0];
        let started = std::time::Instant::now();
        while started.elapsed().as_millis() < 60 {
            std::hint::black_box(0u64);
        }
        assert!(cpu(&[me])[0] > before);
        let memory = resident(std::process::id());
        assert!(memory.now > 1.0 && memory.peak >= memory.now);
    }
}
