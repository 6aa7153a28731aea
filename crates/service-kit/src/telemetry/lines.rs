//! What a line of the log looks like: JSON, with the request that it is about.

use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{
        self, FormatEvent, FormatFields,
        format::{Format, Json, Writer},
    },
    registry::LookupSpan,
};

use crate::http::correlation;

/// JSON lines. Each names its request by correlation id and route: a span around every request
/// would do the same, but is written down and read again for every line.
pub(super) struct Lines(Format<Json>);

impl Lines {
    pub(super) fn new() -> Self {
        let json = fmt::format().json().flatten_event(true);
        Self(json.with_current_span(false).with_span_list(false))
    }
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &fmt::FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> std::fmt::Result {
        let mut line = String::with_capacity(256);
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let written = correlation::show(|id, route| {
            let begun = line.strip_suffix("}\n")?;
            // Neither has a character that JSON would escape.
            let id = format_args!(r#","correlation_id":"{id}""#);
            Some(match route {
                Some(route) => writeln!(writer, r#"{begun}{id},"route":"{route}"}}"#),
                None => writeln!(writer, "{begun}{id}}}"),
            })
        });
        match written.flatten() {
            Some(written) => written,
            None => writer.write_str(&line),
        }
    }
}
