//! A backup sealed for a public key, in the format of the tool `age` (age-encryption.org/v1, recipients of kind X25519), so that the tool opens it,
//! too. Written here: the crate `age` brings 130 further crates, among them a second generation of all the cryptography that is in the tree already;
//! what we use of the format are one header and one stream. Both ways work on pieces of 64 KB, so that a big backup never stands in memory.

use std::io::{self, Read, Seek, SeekFrom, Write};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, Nonce, aead::Aead};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

/// For whom a backup is sealed: `age1…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipient([u8; 32]);

/// What opens it: `AGE-SECRET-KEY-1…`.
pub struct Identity(StaticSecret);

const VERSION: &str = "age-encryption.org/v1";
const WRAP: &str = "age-encryption.org/v1/X25519";
const PIECE: usize = 64 * 1024;
const TAG: usize = 16;

impl std::str::FromStr for Recipient {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Recipient> {
        let key = bech32(text, "age").context("a public key begins with age1 and is 62 letters long; `age-keygen` makes one, and the key that opens it")?;
        Ok(Recipient(key))
    }
}

impl Identity {
    /// The first key in the text of a key file; lines that begin with # are its comments.
    ///
    /// # Errors
    /// When there is none.
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

/// Seals what is written for a recipient. `finish` writes the last piece: without it nothing opens what there is.
pub struct Sealing<W: Write> {
    target: W,
    cipher: ChaCha20Poly1305,
    piece: u64,
    waiting: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealing<W> {
    /// # Errors
    /// When the target can't be written.
    pub fn begin(
        mut target: W,
        recipient: Recipient,
        mut random: impl FnMut(&mut [u8]),
    ) -> Result<Sealing<W>> {
        let (mut secret, mut file_key, mut nonce) = (
            Zeroizing::new([0_u8; 32]),
            Zeroizing::new([0_u8; 16]),
            [0_u8; 16],
        );
        random(&mut *secret);
        random(&mut *file_key);
        random(&mut nonce);
        let secret = StaticSecret::from(*secret);
        let share = PublicKey::from(&secret);
        let shared = secret.diffie_hellman(&PublicKey::from(recipient.0));
        ensure!(
            shared.was_contributory(),
            "the public key is none that seals"
        );
        let wrapped = cipher(&wrapping_key(
            shared.as_bytes(),
            share.as_bytes(),
            &recipient.0,
        ))
        .encrypt(&Nonce::default(), file_key.as_slice())
        .map_err(|_| anyhow::anyhow!("the key could not be wrapped"))?;
        let header = format!(
            "{VERSION}\n-> X25519 {}\n{}\n---",
            BASE64.encode(share.as_bytes()),
            BASE64.encode(wrapped)
        );
        let mac = BASE64.encode(header_mac(file_key.as_slice(), header.as_bytes()));
        target.write_all(format!("{header} {mac}\n").as_bytes())?;
        target.write_all(&nonce)?;
        Ok(Sealing {
            target,
            cipher: cipher(&derived(file_key.as_slice(), &nonce, b"payload")),
            piece: 0,
            waiting: Zeroizing::new(Vec::with_capacity(PIECE)),
        })
    }

    fn write_piece(&mut self, is_last: bool) -> io::Result<()> {
        let sealed = self
            .cipher
            .encrypt(&place(self.piece, is_last), self.waiting.as_slice())
            .map_err(|_| io::Error::other("a piece could not be sealed"))?;
        self.target.write_all(&sealed)?;
        self.waiting.clear();
        self.piece += 1;
        Ok(())
    }

    /// # Errors
    /// When the target can't be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_piece(true)?;
        Ok(self.target)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full piece waits for what comes after it: the last one is sealed otherwise.
        if self.waiting.len() == PIECE && !bytes.is_empty() {
            self.write_piece(false)?;
        }
        let taken = bytes.len().min(PIECE - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}

/// What a sealed file holds, opened piece by piece, from any place.
pub struct Opened<R: Read + Seek> {
    source: R,
    cipher: ChaCha20Poly1305,
    /// Where the pieces begin.
    begin: u64,
    pieces: u64,
    length: u64,
    at: u64,
    /// The piece that was opened last, and its number.
    open: Option<(u64, Zeroizing<Vec<u8>>)>,
}

/// Longest header that is read: other recipients may stand in it.
const LONGEST_HEADER: usize = 64 * 1024;

impl<R: Read + Seek> Opened<R> {
    /// # Errors
    /// When it is not sealed for this key, changed or cut short.
    pub fn begin(mut source: R, identity: &Identity) -> Result<Opened<R>> {
        let end = source.seek(SeekFrom::End(0))?;
        source.rewind()?;
        let mut begun = Vec::new();
        (&mut source)
            .take(LONGEST_HEADER as u64)
            .read_to_end(&mut begun)?;
        let mark = begun
            .windows(5)
            .position(|five| five == b"\n--- ")
            .context("the sealed file's header has no end")?;
        let header = &begun[..mark + 4];
        let rest = &begun[mark + 5..];
        let line = rest.iter().position(|byte| *byte == b'\n');
        let line = line.context("the sealed file's header has no end")?;
        let text = std::str::from_utf8(header).context("the sealed file's header is no text")?;
        let file_key = file_key(text, identity)?;
        ensure!(
            BASE64.decode(&rest[..line]).ok().as_deref()
                == Some(header_mac(&file_key, header).as_slice()),
            "the sealed file's header was changed"
        );
        let nonce = rest
            .get(line + 1..line + 17)
            .context("the sealed file is cut short")?;
        let begin = (mark + 5 + line + 17) as u64;
        let sealed = end - begin;
        let pieces = sealed.div_ceil((PIECE + TAG) as u64);
        ensure!(
            pieces > 0 && sealed - (pieces - 1) * (PIECE + TAG) as u64 >= TAG as u64,
            "the sealed file is cut short"
        );
        let mut opened = Opened {
            cipher: cipher(&derived(&file_key, nonce, b"payload")),
            source,
            begin,
            pieces,
            length: sealed - pieces * TAG as u64,
            at: 0,
            open: None,
        };
        // Only the true last piece opens as the last one: nothing was cut off.
        opened
            .piece(pieces - 1)
            .context("the sealed file is cut short or was changed")?;
        Ok(opened)
    }

    /// What a piece holds.
    fn piece(&mut self, number: u64) -> io::Result<&[u8]> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != number) {
            let at = self.begin + number * (PIECE + TAG) as u64;
            self.source.seek(SeekFrom::Start(at))?;
            let mut sealed = Vec::with_capacity(PIECE + TAG);
            (&mut self.source)
                .take((PIECE + TAG) as u64)
                .read_to_end(&mut sealed)?;
            let place = place(number, number + 1 == self.pieces);
            let plain = self
                .cipher
                .decrypt(&place, sealed.as_slice())
                .map_err(|_| io::Error::other("a piece of the sealed file was changed"))?;
            self.open = Some((number, Zeroizing::new(plain)));
        }
        Ok(self.open.as_ref().map_or(&[], |(_, plain)| plain))
    }
}

impl<R: Read + Seek> Read for Opened<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length {
            return Ok(0);
        }
        let within = (self.at % PIECE as u64) as usize;
        let plain = self.piece(self.at / PIECE as u64)?;
        let found = plain.get(within..).unwrap_or_default();
        let taken = found.len().min(into.len());
        into[..taken].copy_from_slice(&found[..taken]);
        self.at += taken as u64;
        Ok(taken)
    }
}

impl<R: Read + Seek> Seek for Opened<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// The key of the file, unwrapped from the line that is for this identity.
fn file_key(header: &str, identity: &Identity) -> Result<Zeroizing<Vec<u8>>> {
    let own = PublicKey::from(&identity.0);
    let mut lines = header.lines();
    ensure!(
        lines.next() == Some(VERSION),
        "the file is sealed in another way"
    );
    while let Some(line) = lines.next() {
        let Some(share) = line.strip_prefix("-> X25519 ") else {
            continue;
        };
        let share: Option<[u8; 32]> = BASE64
            .decode(share)
            .ok()
            .and_then(|share| share.try_into().ok());
        let body = lines.next().and_then(|body| BASE64.decode(body).ok());
        let (Some(share), Some(body)) = (share, body) else {
            bail!("the sealed file's header was changed");
        };
        let shared = identity.0.diffie_hellman(&PublicKey::from(share));
        let key = wrapping_key(shared.as_bytes(), &share, own.as_bytes());
        if let Ok(file_key) = cipher(&key).decrypt(&Nonce::default(), body.as_slice())
            && file_key.len() == 16
        {
            return Ok(Zeroizing::new(file_key));
        }
    }
    bail!("the backup is sealed for another key than the one given")
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
    // HMAC takes keys of every length.
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

/// The number that a piece is sealed under: its place, and whether it is the last.
fn place(piece: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; 12];
    bytes[3..11].copy_from_slice(&piece.to_be_bytes());
    bytes[11] = u8::from(is_last);
    Nonce::from(bytes)
}

/// 32 bytes in Bech32 (BIP 173) under a word that they begin with.
fn bech32(text: &str, word: &str) -> Option<[u8; 32]> {
    const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let data = text.trim().strip_prefix(word)?.strip_prefix('1')?;
    let values: Vec<u8> = data
        .bytes()
        .map(|byte| {
            let place = LETTERS.iter().position(|letter| *letter == byte)?;
            u8::try_from(place).ok()
        })
        .collect::<Option<_>>()?;
    let expanded = word
        .bytes()
        .map(|byte| byte >> 5)
        .chain([0])
        .chain(word.bytes().map(|byte| byte & 31))
        .chain(values.iter().copied());
    let mut check: u32 = 1;
    for value in expanded {
        let top = check >> 25;
        check = ((check & 0x01ff_ffff) << 5) ^ u32::from(value);
        for (bit, generator) in [
            0x3b6a_57b2,
            0x2650_8e6d,
            0x1ea1_19fa,
            0x3d42_33dd,
            0x2a14_62b3,
        ]
        .into_iter()
        .enumerate()
        {
            if (top >> bit) & 1 == 1 {
                check ^= generator;
            }
        }
    }
    if check != 1 {
        return None;
    }
    let (mut bits, mut count) = (0_u32, 0);
    let mut bytes = Vec::with_capacity(32);
    for value in &values[..values.len().checked_sub(6)?] {
        bits = (bits << 5) | u32::from(*value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    bytes.try_into().ok()
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Cursor;

    use super::*;

    // Made by `age-keygen`.
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
    fn every_length_around_a_piece_comes_back_and_can_be_read_from_any_place() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 5] {
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
        let whole = sealed(&vec![7; PIECE + 100]);
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
