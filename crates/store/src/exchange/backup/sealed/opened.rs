//! Opening a sealed file.

use std::io::{self, Read, Seek, SeekFrom};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, aead::Aead};
use x25519_dalek::PublicKey;
use zeroize::Zeroizing;

use super::{CHUNK, Identity, TAG, VERSION, cipher, derived, header_mac, nonce_of, wrapping_key};

/// The plain content of a sealed file, decrypted chunk by chunk, with random access.
pub struct Opened<R: Read + Seek> {
    source: R,
    cipher: ChaCha20Poly1305,
    /// Offset of the first chunk in the source.
    begin: u64,
    chunks: u64,
    length: u64,
    at: u64,
    /// The chunk decrypted last, and its number.
    open: Option<(u64, Zeroizing<Vec<u8>>)>,
}

/// Limit on the header, which may list other recipients as well.
const LONGEST_HEADER: usize = 64 * 1024;

impl<R: Read + Seek> Opened<R> {
    /// # Errors
    /// If the file is not sealed for this key, was changed or is truncated.
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
        let chunks = sealed.div_ceil((CHUNK + TAG) as u64);
        ensure!(
            chunks > 0 && sealed - (chunks - 1) * (CHUNK + TAG) as u64 >= TAG as u64,
            "the sealed file is cut short"
        );
        let mut opened = Opened {
            cipher: cipher(&derived(&file_key, nonce, b"payload")),
            source,
            begin,
            chunks,
            length: sealed - chunks * TAG as u64,
            at: 0,
            open: None,
        };
        // Only the true last chunk decrypts as the last one; so the file is not truncated.
        opened
            .chunk(chunks - 1)
            .context("the sealed file is cut short or was changed")?;
        Ok(opened)
    }

    /// The plain content of a chunk.
    fn chunk(&mut self, number: u64) -> io::Result<&[u8]> {
        if self.open.as_ref().is_none_or(|(open, _)| *open != number) {
            let at = self.begin + number * (CHUNK + TAG) as u64;
            self.source.seek(SeekFrom::Start(at))?;
            let mut sealed = Vec::with_capacity(CHUNK + TAG);
            (&mut self.source)
                .take((CHUNK + TAG) as u64)
                .read_to_end(&mut sealed)?;
            let place = nonce_of(number, number + 1 == self.chunks);
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
        let within = (self.at % CHUNK as u64) as usize;
        let plain = self.chunk(self.at / CHUNK as u64)?;
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

/// The file's key, unwrapped from the header's stanza for this identity.
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
