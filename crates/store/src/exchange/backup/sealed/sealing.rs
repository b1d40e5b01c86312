//! Sealing a stream for a recipient.

use std::io::{self, Write};

use anyhow::{Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use chacha20poly1305::{ChaCha20Poly1305, Nonce, aead::Aead};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::{CHUNK, Recipient, VERSION, cipher, derived, header_mac, nonce_of, wrapping_key};

/// Encrypts what is written for a recipient. `finish` writes the last chunk; without it the file can't be opened.
pub struct Sealing<W: Write> {
    target: W,
    cipher: ChaCha20Poly1305,
    chunk: u64,
    waiting: Zeroizing<Vec<u8>>,
}

impl<W: Write> Sealing<W> {
    /// # Errors
    /// If the target can't be written.
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
            chunk: 0,
            waiting: Zeroizing::new(Vec::with_capacity(CHUNK)),
        })
    }

    fn write_chunk(&mut self, is_last: bool) -> io::Result<()> {
        let sealed = self
            .cipher
            .encrypt(&nonce_of(self.chunk, is_last), self.waiting.as_slice())
            .map_err(|_| io::Error::other("a piece could not be sealed"))?;
        self.target.write_all(&sealed)?;
        self.waiting.clear();
        self.chunk += 1;
        Ok(())
    }

    /// # Errors
    /// If the target can't be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_chunk(true)?;
        Ok(self.target)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk is kept until more data follows, because the last chunk is sealed with another nonce.
        if self.waiting.len() == CHUNK && !bytes.is_empty() {
            self.write_chunk(false)?;
        }
        let taken = bytes.len().min(CHUNK - self.waiting.len());
        self.waiting.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.flush()
    }
}
