//! The seed of an account's codes: random, and encrypted wherever it is kept, with a key derived from the instance's. Whoever reads the database
//! has no codes.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use jianjia_domain::core::ids::AccountId;
use zeroize::Zeroizing;

use crate::core::{app::App, error::Result};

/// As long as the hash (RFC 4226 asks for that).
const LENGTH: usize = 20;

const NONCE: usize = 24;

pub type Seed = Zeroizing<Vec<u8>>;

pub fn random(app: &App) -> Seed {
    let mut seed = Zeroizing::new(vec![0; LENGTH]);
    app.entropy.fill(&mut seed);
    seed
}

/// The seed as it is kept, bound to its account.
pub fn sealed(app: &App, account: &AccountId, seed: &Seed) -> Result<String> {
    let mut nonce = [0; NONCE];
    app.entropy.fill(&mut nonce);
    let bound = account.to_string();
    let payload = Payload {
        msg: seed,
        aad: bound.as_bytes(),
    };
    let encrypted = cipher(app).encrypt(&XNonce::from(nonce), payload);
    let mut kept = nonce.to_vec();
    kept.extend(encrypted.map_err(|_| anyhow::anyhow!("a seed could not be encrypted"))?);
    Ok(hex::encode(kept))
}

/// The seed again; none when it was sealed for another account or with another key, or changed.
pub fn opened(app: &App, account: &AccountId, sealed: &str) -> Option<Seed> {
    let kept = hex::decode(sealed).ok()?;
    let (nonce, encrypted) = kept.split_at_checked(NONCE)?;
    let bound = account.to_string();
    let payload = Payload {
        msg: encrypted,
        aad: bound.as_bytes(),
    };
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let seed = cipher(app).decrypt(&XNonce::from(nonce), payload).ok()?;
    (seed.len() == LENGTH).then(|| Zeroizing::new(seed))
}

fn cipher(app: &App) -> XChaCha20Poly1305 {
    let key = app.slip_key.digest(b"seed of a second factor", &[]);
    XChaCha20Poly1305::new(&key.into())
}
