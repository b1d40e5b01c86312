//! A backup sealed for a public key, in the format of `age` (age-encryption.org/v1, recipients of kind X25519), so that the `age` tool opens it
//! too. Implemented here because the crate `age` brings 130 further crates, among them a second generation of all the cryptography in the tree, and
//! what we need of the format is one header and one stream. Both directions work on chunks of 64 KB, so that a big backup is never held in memory.

mod bech32;
mod opened;
mod sealing;

use std::io::{self, Read, Seek};

use anyhow::{Context, Result};
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use x25519_dalek::StaticSecret;
use zeroize::Zeroizing;

use self::bech32::bech32;
pub use self::{opened::Opened, sealing::Sealing};

/// The public key that a backup is sealed for: `age1…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipient([u8; 32]);

/// The private key that opens it: `AGE-SECRET-KEY-1…`.
pub struct Identity(StaticSecret);

const VERSION: &str = "age-encryption.org/v1";
const WRAP: &str = "age-encryption.org/v1/X25519";
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

impl std::str::FromStr for Recipient {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Recipient> {
        let key = bech32(text, "age").context("a public key begins with age1 and is 62 letters long; `age-keygen` makes one, and the key that opens it")?;
        Ok(Recipient(key))
    }
}

impl Identity {
    /// The first key in the text of a key file; lines that begin with # are comments.
    ///
    /// # Errors
    /// If there is none.
    pub fn read(text: &str) -> Result<Identity> {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#'))
            .context("the key file holds no key")?;
        let key = bech32(&line.to_lowercase(), "age-secret-key-")
            .context("a key file has a line that begins with AGE-SECRET-KEY-1")?;
        Ok(Identity(StaticSecret::from(key)))
    }
}

/// Whether a file is sealed, by its first line.
pub fn is_sealed(source: &mut (impl Read + Seek)) -> io::Result<bool> {
    let mut begin = [0; VERSION.len()];
    source.rewind()?;
    let is_sealed = match source.read_exact(&mut begin) {
        Ok(()) => begin == VERSION.as_bytes(),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
        Err(error) => return Err(error),
    };
    source.rewind()?;
    Ok(is_sealed)
}

fn wrapping_key(shared: &[u8], share: &[u8; 32], recipient: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    derived(shared, &[*share, *recipient].concat(), WRAP.as_bytes())
}

fn header_mac(file_key: &[u8], header: &[u8]) -> [u8; 32] {
    mac(&*derived(file_key, &[], b"header"), &[header])
}

/// HKDF with SHA-256 (RFC 5869), one block.
fn derived(secret: &[u8], salt: &[u8], purpose: &[u8]) -> Zeroizing<[u8; 32]> {
    let extracted = Zeroizing::new(mac(salt, &[secret]));
    Zeroizing::new(mac(&*extracted, &[purpose, &[1]]))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn cipher(key: &[u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(*key))
}

/// A chunk's nonce: its number, and whether it is the last.
fn nonce_of(chunk: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; 12];
    bytes[3..11].copy_from_slice(&chunk.to_be_bytes());
    bytes[11] = u8::from(is_last);
    Nonce::from(bytes)
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::{Cursor, SeekFrom, Write};

    use base64::Engine;

    use super::*;

    // Made with `age-keygen`.
    pub const PUBLIC: &str = "age1kq4z20nl7pvcld0965d57cqc4h4ya3cnvx9289sajk8nlmyuu33s4kpr6g";
    const SECRET: &str =
        "AGE-SECRET-KEY-13PWHN6NT7GGP35535063STUDWTKEV2PPEH3F5NVTT203C5GMMW8SZ835GT";
    /// `printf 'a city' | age -r PUBLIC`, by the tool itself, base64.
    const BY_THE_TOOL: &str = "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBSOUtXOXFOTndacDNmdUV4am5sK0lEZDhZK1JBK1NXOG52S3FvZVdwVnpNCm5rdDgvOEw3c1hnNVQ0ZjlYa1N5Qi9Ybnc2NFliRzIxcndXRC8vMlhxVUEKLS0tIFVuV2N2L2w5Nm52MnBEOHFoMThaRWEyclFCYVhqc2VpdEYxUXVoSTRpQW8KpcceBvxitca3MzD6TD6HhJTppRUHydUHxTHl8fAvTH8VUgsKUn8=";

    pub fn identity() -> Identity {
        Identity::read(&format!("# a comment\n{SECRET}\n")).unwrap()
    }

    fn sealed(bytes: &[u8]) -> Vec<u8> {
        let mut next = 0_u8;
        let mut sealing = Sealing::begin(Vec::new(), PUBLIC.parse().unwrap(), |bytes| {
            for byte in bytes {
                next = next.wrapping_mul(5).wrapping_add(7);
                *byte = next;
            }
        })
        .unwrap();
        sealing.write_all(bytes).unwrap();
        sealing.finish().unwrap()
    }

    fn opened(sealed: Vec<u8>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Opened::begin(Cursor::new(sealed), &identity())?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn what_the_tool_sealed_opens() {
        let sealed = base64::engine::general_purpose::STANDARD
            .decode(BY_THE_TOOL)
            .unwrap();
        assert_eq!(opened(sealed).unwrap(), b"a city");
    }

    #[test]
    fn every_length_around_a_chunk_comes_back_and_can_be_read_from_any_place() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5] {
            let bytes: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
            let sealed = sealed(&bytes);
            assert_eq!(opened(sealed.clone()).unwrap(), bytes, "{length}");
            let mut opened = Opened::begin(Cursor::new(sealed), &identity()).unwrap();
            for from in [length, length / 2, length.saturating_sub(3), 0] {
                opened.seek(SeekFrom::Start(from as u64)).unwrap();
                let mut rest = Vec::new();
                opened.read_to_end(&mut rest).unwrap();
                assert_eq!(rest, bytes[from..], "{length} from {from}");
            }
        }
    }

    #[test]
    fn changed_cut_or_for_another_key_nothing_opens() {
        let whole = sealed(&vec![7; CHUNK + 100]);
        for place in [0, 30, 60, 110, 160, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            assert!(opened(changed).is_err(), "changed at {place}");
        }
        for length in [0, 10, 180, whole.len() - 1, whole.len() - 116] {
            assert!(opened(whole[..length].to_vec()).is_err(), "cut at {length}");
        }
        let other = Identity(StaticSecret::from([9; 32]));
        assert!(Opened::begin(Cursor::new(whole), &other).is_err());
        for key in ["", "age1", "age1qqqq", &PUBLIC.replace('q', "p"), SECRET] {
            assert!(key.parse::<Recipient>().is_err(), "{key}");
        }
    }
}
