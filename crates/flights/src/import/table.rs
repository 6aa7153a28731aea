//! CSV files with a header line, plain or gzipped. A fault names file, line and column.

use std::{
    fmt::Display,
    fs::File,
    io::{BufReader, Read},
    path::Path,
    str::FromStr,
    sync::Arc,
};

use anyhow::{Context, anyhow, ensure};
use csv::StringRecord;
use flate2::read::MultiGzDecoder;

/// A file whose header has been checked.
pub struct Table {
    reader: csv::Reader<Box<dyn Read + Send>>,
    name: Arc<str>,
    columns: &'static [&'static str],
}

impl Table {
    /// Opens a file that must have exactly these columns.
    pub fn open(path: &Path, columns: &'static [&'static str]) -> anyhow::Result<Self> {
        let name: Arc<str> = path.display().to_string().into();
        let file = BufReader::new(File::open(path).with_context(|| format!("opening {name}"))?);
        let gzipped = path.extension().is_some_and(|extension| extension == "gz");
        let bytes: Box<dyn Read + Send> = match gzipped {
            true => Box::new(MultiGzDecoder::new(file)),
            false => Box::new(file),
        };
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader
            .headers()
            .map_err(|error| unreadable(&name, &error))?;
        ensure!(
            header.iter().eq(columns.iter().copied()),
            "{name}: line 1: the columns must be {}",
            columns.join(",")
        );
        Ok(Self {
            reader,
            name,
            columns,
        })
    }

    /// The lines after the header.
    pub fn rows(self) -> impl Iterator<Item = anyhow::Result<Row>> {
        let Self {
            reader,
            name,
            columns,
        } = self;
        reader.into_records().map(move |record| {
            let record = record.map_err(|error| unreadable(&name, &error))?;
            Ok(Row {
                name: Arc::clone(&name),
                columns,
                record,
            })
        })
    }
}

fn unreadable(name: &str, error: &csv::Error) -> anyhow::Error {
    let line = error.position().map_or(1, csv::Position::line);
    anyhow!("{name}: line {line}: {error}")
}

/// A line.
pub struct Row {
    name: Arc<str>,
    columns: &'static [&'static str],
    record: StringRecord,
}

impl Row {
    /// The text of a column.
    pub fn text(&self, column: &'static str) -> &str {
        let index = self.columns.iter().position(|name| *name == column);
        let index = index.expect("invariant: only columns of the header are read");
        &self.record[index]
    }

    /// The value of a column.
    pub fn parse<T: FromStr<Err: Display>>(&self, column: &'static str) -> anyhow::Result<T> {
        self.text(column)
            .parse()
            .map_err(|error| self.fault(column, error))
    }

    /// The whole number of a column, within bounds.
    pub fn number(&self, column: &'static str, min: i64, max: i64) -> anyhow::Result<i64> {
        let text = self.text(column);
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits);
        number
            .filter(|number| (min..=max).contains(number))
            .ok_or_else(|| {
                self.fault(
                    column,
                    format!("must be a whole number from {min} to {max}"),
                )
            })
    }

    /// A fault of a column.
    pub fn fault(&self, column: &str, rule: impl Display) -> anyhow::Error {
        let line = self.record.position().map_or(0, csv::Position::line);
        anyhow!("{}: line {line}, column {column}: {rule}", self.name)
    }
}
