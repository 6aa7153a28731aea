//! Generated passwords, each in a file of its own that only the owner can read.

use anyhow::{Context as _, Result};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Letters and digits only, so that a password needs no escaping in SQL, URLs or shells.
const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
/// 24 of 57 letters: 139 bits.
const LENGTH: usize = 24;

/// The password in `file`; made up and written there the first time.
pub fn password(file: &Path) -> Result<String> {
    match fs::read_to_string(file) {
        Ok(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        _ => {
            let password = generate()?;
            write_private(file, password.as_bytes())?;
            Ok(password)
        }
    }
}

/// Writes a file with mode 0600 in one go: a reader sees the old content or the new.
pub fn write_private(file: &Path, content: &[u8]) -> Result<()> {
    let fresh = file.with_added_extension("new");
    let write = || -> std::io::Result<()> {
        let _ = fs::remove_file(&fresh);
        let mut out = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)?;
        out.write_all(content)?;
        fs::rename(&fresh, file)
    };
    write().with_context(|| format!("cannot write {}", file.display()))
}

fn generate() -> Result<String> {
    let mut random = File::open("/dev/urandom").context("cannot open /dev/urandom")?;
    let mut password = String::with_capacity(LENGTH);
    let limit = u8::MAX - u8::MAX % u8::try_from(ALPHABET.len()).expect("57 letters");
    while password.len() < LENGTH {
        let mut byte = [0];
        random.read_exact(&mut byte)?;
        // The bytes above the last whole multiple would favour the first letters.
        if byte[0] < limit {
            password.push(char::from(ALPHABET[usize::from(byte[0]) % ALPHABET.len()]));
        }
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_password_is_kept_private_and_stays_the_same() {
        let file = std::env::temp_dir().join(format!("airside-secret-{}", std::process::id()));
        let _ = fs::remove_file(&file);
        let first = password(&file).unwrap();
        assert_eq!(first.len(), LENGTH);
        assert_eq!(password(&file).unwrap(), first);
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::remove_file(&file).unwrap();
        assert_ne!(password(&file).unwrap(), first);
        fs::remove_file(&file).unwrap();
    }
}
