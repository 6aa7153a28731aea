//! The results as Markdown.

use std::{fmt::Write, time::Duration};

use super::{
    load::Measured,
    procfs::{CLIENT, Memory},
    proxying::Compared,
};

/// One scenario at one number of connections.
#[derive(Clone, Debug)]
pub struct Row {
    /// Scenario.
    pub name: &'static str,
    /// Connections, each with one request at a time.
    pub connections: usize,
    /// What was measured.
    pub measured: Measured,
    /// What the original reached here.
    pub original: Option<f64>,
    /// CPU milliseconds a request of each process.
    pub cpu: Vec<(&'static str, f64)>,
    /// nginx before nginx, a reply of the same size.
    pub yardstick: Option<Measured>,
}

const HEAD: &str = "\
| what | conns | rps | p50 ms | p99 ms | errors | reply B | nginx rps | / nginx | original | x original |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
";

/// Throughput and latency.
pub fn throughput(rows: &[Row]) -> String {
    let mut table = HEAD.to_owned();
    for row in rows {
        let (measured, rate) = (&row.measured, row.measured.rate());
        let nginx = row.yardstick.as_ref().map(Measured::rate);
        let _ = writeln!(
            table,
            "| {} | {} | {rate:.0} | {:.2} | {:.2} | {} | {} | {} | {} | {} | {} |",
            row.name,
            row.connections,
            measured.percentile(0.5),
            measured.percentile(0.99),
            measured.errors,
            measured.mean_reply(),
            optional(nginx, 0),
            optional(nginx.map(|nginx| rate / nginx), 2),
            optional(row.original, 0),
            optional(row.original.map(|original| rate / original), 1),
        );
    }
    table
}

/// CPU milliseconds a request, by process, until all that it caused was done; `all` leaves out
/// the client that measures.
pub fn cpu(rows: &[Row]) -> String {
    let Some(first) = rows.first() else {
        return String::new();
    };
    let names: Vec<_> = first.cpu.iter().map(|(name, _)| *name).collect();
    let mut table = format!(
        "| CPU ms a request | conns | {} | all |\n",
        names.join(" | ")
    );
    let _ = writeln!(
        table,
        "| --- | ---: | {} ---: |",
        "---: | ".repeat(names.len())
    );
    for row in rows {
        let _ = write!(table, "| {} | {} |", row.name, row.connections);
        for (_, milliseconds) in &row.cpu {
            let _ = write!(table, " {milliseconds:.3} |");
        }
        let measured = row.cpu.iter().filter(|(name, _)| *name != CLIENT);
        let all: f64 = measured.map(|(_, milliseconds)| milliseconds).sum();
        let _ = writeln!(table, " {all:.3} |");
    }
    table
}

/// How fast the services start, and what memory they take: the most they ever had, and what they
/// keep once the load is over.
pub fn processes(
    started: &[(&'static str, Duration)],
    memory: &[(&'static str, Memory)],
) -> String {
    let mut table = "| service | start to ready, ms | MB at most | MB after the load |\n\
                     | --- | ---: | ---: | ---: |\n"
        .to_owned();
    for ((name, time), (_, memory)) in started.iter().zip(memory) {
        let (time, Memory { peak, now }) = (time.as_millis(), *memory);
        let _ = writeln!(table, "| {name} | {time} | {peak:.1} | {now:.1} |");
    }
    let sum = |of: fn(&Memory) -> f64| memory.iter().map(|(_, memory)| of(memory)).sum::<f64>();
    let (peak, now) = (sum(|memory| memory.peak), sum(|memory| memory.now));
    let _ = writeln!(table, "| all five | | {peak:.1} | {now:.1} |");
    table
}

/// Proxies beside the first of them; medians of the rounds.
pub fn proxies(compared: &[Compared]) -> String {
    let mut table = "\
| proxy | rps | / nginx | goal | p50 ms | p99 ms | / nginx | goal | CPU ms | errors | rps of each round |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
"
    .to_owned();
    let p99 = |round: &Measured| round.percentile(0.99);
    for proxy in compared {
        let nginx = &compared[0];
        let rates = proxy.rounds.iter().map(|(round, _)| round.rate() as u64);
        let errors: u64 = proxy.rounds.iter().map(|(round, _)| round.errors).sum();
        let _ = writeln!(
            table,
            "| {} | {:.0} | {:.2} | {} | {:.2} | {:.2} | {:.2} | {} | {:.4} | {errors} | {:?} |",
            proxy.name,
            proxy.median(Measured::rate),
            proxy.median(Measured::rate) / nginx.median(Measured::rate),
            optional(proxy.goals.map(|(least, _)| least), 2),
            proxy.median(|round| round.percentile(0.5)),
            proxy.median(p99),
            proxy.median(p99) / nginx.median(p99),
            optional(proxy.goals.map(|(_, most)| most), 2),
            proxy.median_cpu(),
            rates.collect::<Vec<_>>(),
        );
    }
    table
}

/// The first error of each row that has some.
pub fn errors(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        if let Some(error) = &row.measured.first_error {
            let _ = writeln!(text, "{} at {}: {error}", row.name, row.connections);
        }
    }
    text
}

fn optional(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}
