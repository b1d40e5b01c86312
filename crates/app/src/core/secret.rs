//! Keys of an instance that are in no database.

use anyhow::{Context, Result, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::core::entropy::Entropy;

/// The instance's own secret, under which slip codes are hashed. It stands beside the database, never in it.
#[derive(Clone)]
pub struct SlipKey(pub [u8; 32]);

impl std::fmt::Debug for SlipKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SlipKey")
    }
}

/// Bytes of a nonce. It is drawn by chance, and long enough for that.
const NONCE: usize = 24;

impl SlipKey {
    /// Encrypts what only this instance may read again, under a key of its own for each purpose. `of` is whose it is: it can't be opened in the place
    /// of another.
    ///
    /// # Errors
    /// When it is too long to be encrypted.
    pub fn seal(&self, purpose: &str, of: &str, entropy: &Entropy, plain: &[u8]) -> Result<String> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let payload = Payload {
            msg: plain,
            aad: of.as_bytes(),
        };
        let sealed = self
            .cipher(purpose)?
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| anyhow!("it could not be encrypted"))?;
        Ok(STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Opens what `seal` made.
    ///
    /// # Errors
    /// When it was made with another key, as after a restore without `slip.key`, or was changed.
    pub fn open(&self, purpose: &str, of: &str, sealed: &str) -> Result<Vec<u8>> {
        let bytes = STANDARD_NO_PAD.decode(sealed).context("no base64")?;
        let (nonce, sealed) = bytes
            .split_first_chunk::<NONCE>()
            .context("it is too short")?;
        let payload = Payload {
            msg: sealed,
            aad: of.as_bytes(),
        };
        self.cipher(purpose)?
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| anyhow!("it was encrypted with another key, or changed"))
    }

    fn cipher(&self, purpose: &str) -> Result<XChaCha20Poly1305> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0)?;
        mac.update(b"seal:");
        mac.update(purpose.as_bytes());
        let key: [u8; 32] = mac.finalize().into_bytes().into();
        Ok(XChaCha20Poly1305::new(&key.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_opened_in_its_place_with_its_key_alone() {
        let (key, entropy) = (SlipKey([7; 32]), Entropy::seeded(1));
        let sealed = key
            .seal("letter", "1", &entropy, "王师傅".as_bytes())
            .unwrap();
        assert_ne!(
            sealed,
            key.seal("letter", "1", &entropy, "王师傅".as_bytes())
                .unwrap()
        );
        assert_eq!(
            key.open("letter", "1", &sealed).unwrap(),
            "王师傅".as_bytes()
        );
        assert!(key.open("letter", "2", &sealed).is_err());
        assert!(key.open("other", "1", &sealed).is_err());
        assert!(SlipKey([8; 32]).open("letter", "1", &sealed).is_err());
        assert!(key.open("letter", "1", "x").is_err());
    }
}
