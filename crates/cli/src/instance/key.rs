//! The secret keys of an instance, each in a file of its folder.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use jianjia_app::core::{entropy::Entropy, head::Heads, secret::SlipKey};

use crate::private;

/// The key in `slip.key` of a folder, readable by its owner only; created if missing. It is not part of a backup: without it, printed slips that
/// are not used are worthless, and copies of the database can't be used to make slips.
///
/// # Errors
/// If the file can't be read or created, or contains no key.
pub fn slip_key(dir: &Path) -> Result<SlipKey> {
    Ok(SlipKey(key_file(&dir.join("slip.key"))?))
}

/// The same, if it is there: read-only commands leave a missing one to be created by whoever opens the instance to work with it.
pub(super) fn existing_slip_key(dir: &Path) -> Result<Option<SlipKey>> {
    dir.join("slip.key")
        .exists()
        .then(|| slip_key(dir))
        .transpose()
}

/// Where the trail's heads are written: signed with the key in `head.key` of the instance's folder, created if missing, which is not part of a
/// backup.
///
/// # Errors
/// If the key can't be read or created, or is not a key.
pub fn heads(dir: &Path, folder: Option<&Path>) -> Result<Heads> {
    let key = key_file(&dir.join("head.key"))?;
    Ok(Heads::new(&key, folder.unwrap_or(&dir.join("heads"))))
}

/// The same with an existing key; without one, the instance has no heads.
pub(super) fn existing_heads(dir: &Path, folder: Option<&Path>) -> Result<Option<Heads>> {
    dir.join("head.key")
        .exists()
        .then(|| heads(dir, folder))
        .transpose()
}

/// The key in a file readable by its owner only; created if missing.
fn key_file(path: &Path) -> Result<[u8; 32]> {
    match std::fs::read_to_string(path) {
        Ok(text) => read_key(&text).with_context(|| format!("{} is no key", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut key = [0; 32];
            Entropy::of_the_machine()?.fill(&mut key);
            let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            private::write_new(path, text.as_bytes())
                .with_context(|| format!("{} can't be made", path.display()))?;
            Ok(key)
        }
        Err(error) => Err(error).with_context(|| format!("{} can't be read", path.display())),
    }
}

pub(super) fn read_slip_key(text: &str) -> Result<SlipKey> {
    Ok(SlipKey(read_key(text)?))
}

fn read_key(text: &str) -> Result<[u8; 32]> {
    let text = text.trim();
    let mut key = [0; 32];
    let is_key = text.len() == 64
        && key.iter_mut().enumerate().all(|(place, byte)| {
            text.get(place * 2..place * 2 + 2)
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
                .is_some_and(|value| {
                    *byte = value;
                    true
                })
        });
    ensure!(is_key, "a key has 64 hexadecimal digits");
    Ok(key)
}
