//! The repository's configuration, moved to the addresses of one stack.

use super::targets::Target;
use crate::layout::Layout;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

/// Copies `prometheus.yml` and the rules to `folder`. The targets are those of the repository, each
/// on loopback at its port of this stack.
pub fn write(layout: &Layout, folder: &Path) -> Result<Vec<Target>> {
    let source = layout.root.join("prometheus");
    let copies = folder.join("prometheus");
    // Rules and targets of an earlier version must not stay.
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    for kind in ["rules", "targets"] {
        fs::create_dir_all(copies.join(kind))?;
    }
    fs::copy(
        layout.root.join("prometheus.yml"),
        folder.join("prometheus.yml"),
    )
    .context("prometheus.yml")?;
    for entry in fs::read_dir(source.join("rules"))? {
        let entry = entry?;
        fs::copy(entry.path(), copies.join("rules").join(entry.file_name()))?;
    }
    let mut targets = Vec::new();
    for entry in fs::read_dir(source.join("targets"))? {
        let file = entry?.path();
        let name = file.file_name().context("a file has a name")?;
        let text = fs::read_to_string(&file)?;
        let (text, addresses) = moved(&text, layout)
            .with_context(|| format!("prometheus/targets/{}", name.to_string_lossy()))?;
        fs::write(copies.join("targets").join(name), text)?;
        let job = file.file_stem().unwrap_or(name).to_string_lossy();
        targets.extend(addresses.into_iter().map(|address| Target {
            job: job.clone().into_owned(),
            address,
        }));
    }
    Ok(targets)
}

/// The text of a target file with each `"name:port"` on loopback at its port of this stack, and
/// those addresses.
fn moved(text: &str, layout: &Layout) -> Result<(String, Vec<String>)> {
    let mut addresses = Vec::new();
    let mut words = text.split('"');
    let mut moved = words.next().unwrap_or_default().to_owned();
    while let (Some(target), Some(rest)) = (words.next(), words.next()) {
        let port = target
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse::<u16>().ok()?.checked_add(layout.port_offset));
        let port = port.with_context(|| format!("{target:?} is not \"name:port\""))?;
        let address = format!("127.0.0.1:{port}");
        moved += &format!("\"{address}\"{rest}");
        addresses.push(address);
    }
    Ok((moved, addresses))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_move_to_the_ports_of_the_stack() {
        let layout = Layout {
            root: "/w".into(),
            data: "/w/.data".into(),
            port_offset: 10_000,
        };
        let (text, addresses) = moved("- targets: [\"gateway:5001\", \"b:1\"]\n", &layout).unwrap();
        assert_eq!(
            text,
            "- targets: [\"127.0.0.1:15001\", \"127.0.0.1:10001\"]\n"
        );
        assert_eq!(addresses, ["127.0.0.1:15001", "127.0.0.1:10001"]);
        for wrong in ["gateway", "gateway:x", "gateway:60000"] {
            let error = moved(&format!("- targets: [\"{wrong}\"]"), &layout).unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }
}
