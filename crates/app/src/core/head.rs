//! Heads of the trail kept outside the database: after every sealing, the newest seal is written to the day's file, signed with a key that is not
//! in the database. Whoever resets the trail to an earlier state, or starts it anew, can't make it match these files.
//!
//! The files are small JSON texts, which an auditor may copy away; the audit page shows the newest.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use jianjia_store::core::{audit::Seal, file::content_hash};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The folder of the heads and the key that signs them. Cheap to clone.
#[derive(Clone)]
pub struct Heads {
    key: Arc<SigningKey>,
    folder: PathBuf,
}

/// A head as stored in a file: a seal and its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub number: i64,
    pub last_position: i64,
    pub hash: String,
    pub sealed_at: String,
    /// Ed25519 (RFC 8032), hexadecimal: the public key, and its signature over `signed`.
    pub key: String,
    pub signature: String,
}

/// The results of reading a head file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Head(Head),
    /// The file is not a head, or is not signed with the instance's key.
    Forged,
}

impl Heads {
    /// `secret`: 32 random bytes. The folder is created when the first head is written.
    pub fn new(secret: &[u8; 32], folder: &Path) -> Heads {
        Heads {
            key: Arc::new(SigningKey::from_bytes(secret)),
            folder: folder.to_owned(),
        }
    }

    /// Signs a seal.
    pub fn sign(&self, seal: &Seal) -> Head {
        let signature = self
            .key
            .sign(signed(seal.number, seal.last_position, &seal.hash, &seal.sealed_at).as_bytes());
        Head {
            number: seal.number,
            last_position: seal.last_position,
            hash: seal.hash.clone(),
            sealed_at: seal.sealed_at.clone(),
            key: hex::encode(self.key.verifying_key().as_bytes()),
            signature: hex::encode(signature.to_bytes()),
        }
    }

    /// Signs a text that goes out of the house: the public key and the signature over its SHA-256, both hexadecimal.
    pub fn sign_text(&self, text: &[u8]) -> (String, String) {
        let signature = self.key.sign(signed_text(text).as_bytes());
        (
            hex::encode(self.key.verifying_key().as_bytes()),
            hex::encode(signature.to_bytes()),
        )
    }

    /// Writes the day's head, replacing the day's earlier one; those of earlier days stay.
    ///
    /// # Errors
    /// If the folder can't be written.
    pub fn put(&self, seal: &Seal, today: Date) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.sign(seal))?;
        let place = self.folder.join(format!("{today}.json"));
        let fresh = self.folder.join(format!("{today}.json.new"));
        let write = || {
            fs::create_dir_all(&self.folder)?;
            let mut file = fs::File::create(&fresh)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&fresh, &place)
        };
        write().with_context(|| format!("the trail's head can't be written to {}", place.display()))
    }

    /// The heads in the folder, by file name.
    ///
    /// # Errors
    /// If the folder can't be read.
    pub fn kept(&self) -> Result<Vec<(String, Kept)>> {
        let told = || {
            format!(
                "the trail's heads in {} can't be read",
                self.folder.display()
            )
        };
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(told),
        };
        let mut kept = Vec::new();
        for entry in entries {
            let path = entry.with_context(told)?.path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            if let Some(name) = name.filter(|name| name.ends_with(".json")) {
                let text = fs::read_to_string(&path).with_context(told)?;
                kept.push((name, self.read(&text)));
            }
        }
        kept.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(kept)
    }

    fn read(&self, text: &str) -> Kept {
        match serde_json::from_str::<Head>(text) {
            Ok(head) if is_signed(&head, &self.key.verifying_key()) => Kept::Head(head),
            _ => Kept::Forged,
        }
    }
}

/// The signed text of a head: a version line, then its four values, a line each.
fn signed(number: i64, last_position: i64, hash: &str, sealed_at: &str) -> String {
    format!("jianjia trail head\n{number}\n{last_position}\n{hash}\n{sealed_at}\n")
}

/// Whether a head is signed with a key.
fn is_signed(head: &Head, key: &VerifyingKey) -> bool {
    let text = signed(head.number, head.last_position, &head.hash, &head.sealed_at);
    head.key == hex::encode(key.as_bytes()) && is_by(key, &head.signature, &text)
}

/// Whether a head is signed with the key that it names: whose that is, the reader has to know.
pub fn is_consistent(head: &Head) -> bool {
    key_of(&head.key).is_some_and(|key| is_signed(head, &key))
}

/// Whether a text is signed with a key, both hexadecimal, as `Heads::sign_text` signs.
pub fn is_text_signed(text: &[u8], key: &str, signature: &str) -> bool {
    key_of(key).is_some_and(|key| is_by(&key, signature, &signed_text(text)))
}

/// What is signed of a text: a version line, then its SHA-256. It can't be taken for a head.
fn signed_text(text: &[u8]) -> String {
    format!("jianjia text\n{}\n", content_hash(text))
}

fn key_of(key: &str) -> Option<VerifyingKey> {
    let bytes: [u8; 32] = hex::decode(key).ok()?.try_into().ok()?;
    VerifyingKey::from_bytes(&bytes).ok()
}

fn is_by(key: &VerifyingKey, signature: &str, text: &str) -> bool {
    hex::decode(signature)
        .ok()
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .is_some_and(|signature| key.verify(text.as_bytes(), &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn seal(number: i64) -> Seal {
        Seal {
            number,
            first_position: 1,
            last_position: number * 10,
            previous_hash: String::new(),
            hash: format!("{number:064}"),
            sealed_at: "2016-10-20T01:00:00Z".to_owned(),
        }
    }

    #[test]
    fn the_days_newest_head_stays_and_a_changed_or_foreign_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let heads = Heads::new(&[7; 32], &folder.path().join("heads"));
        assert_eq!(heads.kept().unwrap(), []);
        heads.put(&seal(1), date(2016, 10, 20)).unwrap();
        heads.put(&seal(2), date(2016, 10, 20)).unwrap();
        heads.put(&seal(3), date(2016, 10, 21)).unwrap();
        let kept = |number| Kept::Head(heads.sign(&seal(number)));
        let days = ["2016-10-20.json".to_owned(), "2016-10-21.json".to_owned()];
        assert_eq!(
            heads.kept().unwrap(),
            [(days[0].clone(), kept(2)), (days[1].clone(), kept(3))]
        );
        let file = folder.path().join("heads").join(&days[1]);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("\"number\": 3", "\"number\": 4")).unwrap();
        assert_eq!(heads.kept().unwrap()[1].1, Kept::Forged);
        assert!(is_consistent(&heads.sign(&seal(3))));
        let (key, signature) = heads.sign_text(b"sums");
        assert!(is_text_signed(b"sums", &key, &signature));
        assert!(!is_text_signed(b"sumz", &key, &signature));
        let stranger = Heads::new(&[8; 32], &folder.path().join("heads"));
        stranger.put(&seal(3), date(2016, 10, 21)).unwrap();
        assert_eq!(heads.kept().unwrap()[1].1, Kept::Forged);
        let (other, _) = stranger.sign_text(b"sums");
        assert!(!is_text_signed(b"sums", &other, &signature));
    }
}
