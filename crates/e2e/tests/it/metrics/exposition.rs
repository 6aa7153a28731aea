//! Reads the Prometheus text format, version 0.0.4, as far as services write it.

use std::collections::{BTreeMap, BTreeSet};

/// What one scrape showed.
pub struct Exposition {
    kinds: BTreeMap<String, String>,
    samples: Vec<Sample>,
}

struct Sample {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

/// The labels that a histogram adds.
const LE: &str = "le";

impl Exposition {
    /// Reads it all; anything else than the format is a panic.
    pub fn parse(text: &str) -> Self {
        let mut kinds = BTreeMap::new();
        let mut samples = vec![];
        for line in text.lines().filter(|line| !line.is_empty()) {
            match line.strip_prefix("# TYPE ") {
                Some(kind) => {
                    let (name, kind) = kind.split_once(' ').unwrap();
                    kinds.insert(name.to_owned(), kind.to_owned());
                }
                None if line.starts_with("# ") => {}
                None => samples.push(Sample::parse(line)),
            }
        }
        Self { kinds, samples }
    }

    /// The names of all metrics.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }

    /// Type and labels of a metric; all its samples have the same labels.
    pub fn family(&self, name: &str) -> Option<(&str, Vec<String>)> {
        let kind = self.kinds.get(name)?;
        let labels: BTreeSet<Vec<String>> = self
            .samples
            .iter()
            .filter(|sample| sample.is_of(name, kind))
            .map(|sample| {
                let labels = sample.labels.keys().filter(|label| *label != LE);
                sorted(labels.cloned().collect())
            })
            .collect();
        assert_eq!(labels.len(), 1, "{name}: {labels:?}");
        Some((kind, labels.into_iter().next()?))
    }

    /// The value of one series; 0 if it is not there.
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let found = self.samples.iter().find(|sample| {
            sample.name == name
                && labels
                    .iter()
                    .all(|(label, value)| sample.labels.get(*label).is_some_and(|v| v == value))
        });
        found.map_or(0.0, |sample| sample.value)
    }

    /// All series, by name and labels.
    pub fn series(&self) -> BTreeSet<String> {
        let samples = self.samples.iter();
        samples
            .map(|sample| format!("{}{:?}", sample.name, sample.labels))
            .collect()
    }
}

impl Sample {
    fn parse(line: &str) -> Self {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
            None => (series, ""),
        };
        let labels = labels
            .split("\",")
            .filter(|label| !label.is_empty())
            .map(|label| {
                let (label, value) = label.split_once("=\"").unwrap();
                (label.to_owned(), value.trim_end_matches('"').to_owned())
            })
            .collect();
        Self {
            name: name.to_owned(),
            labels,
            value: value.parse().unwrap(),
        }
    }

    fn is_of(&self, name: &str, kind: &str) -> bool {
        match self.name.strip_prefix(name) {
            Some("") => true,
            Some("_bucket" | "_sum" | "_count") => kind == "histogram",
            _ => false,
        }
    }
}

/// In the order of the alphabet.
pub fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}
