//! The repository's configuration, moved to the addresses of one stack.

use super::targets::Target;
use crate::layout::Layout;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::Path;

/// Writes the configuration of the stack of `layout` to `folder`: each target is on loopback at its
/// port of this stack.
pub fn configure(layout: &Layout, folder: &Path) -> Result<Vec<Target>> {
    write(&layout.root, folder, |name, port| {
        let moved = port.checked_add(layout.port_offset);
        let moved = moved.with_context(|| format!("{name}:{port} is past the last port"))?;
        Ok(Some(format!("127.0.0.1:{moved}")))
    })
}

/// Copies `prometheus.yml`, the rules and the targets of the repository at `root` to `folder`. Each
/// target `"name:port"` is moved to where `address_of` says; a file with one that is nowhere in this
/// stack is left out.
pub fn write(
    root: &Path,
    folder: &Path,
    address_of: impl Fn(&str, u16) -> Result<Option<String>>,
) -> Result<Vec<Target>> {
    let source = root.join("prometheus");
    let copies = folder.join("prometheus");
    // Rules and targets of an earlier version must not stay.
    if copies.exists() {
        fs::remove_dir_all(&copies)?;
    }
    for kind in ["rules", "targets"] {
        fs::create_dir_all(copies.join(kind))?;
    }
    fs::copy(root.join("prometheus.yml"), folder.join("prometheus.yml"))
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
        let moved = moved(&text, &address_of)
            .with_context(|| format!("prometheus/targets/{}", name.to_string_lossy()))?;
        let Some((text, addresses)) = moved else {
            continue;
        };
        fs::write(copies.join("targets").join(name), text)?;
        let job = file.file_stem().unwrap_or(name).to_string_lossy();
        targets.extend(addresses.into_iter().map(|address| Target {
            job: job.clone().into_owned(),
            address,
        }));
    }
    Ok(targets)
}

/// The text of a target file with each `"name:port"` at its address, and those addresses; `None` if
/// one is nowhere.
fn moved(
    text: &str,
    address_of: impl Fn(&str, u16) -> Result<Option<String>>,
) -> Result<Option<(String, Vec<String>)>> {
    let mut addresses = Vec::new();
    let mut words = text.split('"');
    let mut moved = words.next().unwrap_or_default().to_owned();
    while let (Some(target), Some(rest)) = (words.next(), words.next()) {
        let (name, port) = target
            .rsplit_once(':')
            .and_then(|(name, port)| Some((name, port.parse::<u16>().ok()?)))
            .with_context(|| format!("{target:?} is not \"name:port\""))?;
        let Some(address) = address_of(name, port)? else {
            return Ok(None);
        };
        moved += &format!("\"{address}\"{rest}");
        addresses.push(address);
    }
    Ok(Some((moved, addresses)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn targets_move_to_the_addresses_of_the_stack() {
        let address_of = |name: &str, port: u16| match name {
            "away" => Ok(None),
            "wrong" => bail!("wrong:{port} is wrong"),
            _ => Ok(Some(format!("127.0.0.1:{}", port + 10_000))),
        };
        let text = "- targets: [\"gateway:5001\", \"b:1\"]\n";
        let (text, addresses) = moved(text, address_of).unwrap().unwrap();
        assert_eq!(
            text,
            "- targets: [\"127.0.0.1:15001\", \"127.0.0.1:10001\"]\n"
        );
        assert_eq!(addresses, ["127.0.0.1:15001", "127.0.0.1:10001"]);
        let away = moved("- targets: [\"b:1\", \"away:1\"]\n", address_of);
        assert_eq!(away.unwrap(), None);
        for wrong in ["gateway", "gateway:x", "wrong:60000"] {
            let error = moved(&format!("- targets: [\"{wrong}\"]"), address_of).unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }
}
