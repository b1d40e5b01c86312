//! The lock of a ballot box. A ballot is sealed for the box's public key when it arrives; the secret key is kept only wrapped, once for every set of
//! group members who may open together, under codes that stand on these members' papers and nowhere else. So a copy of the database, with
//! its logs and backups, opens no ballot. `docs/ballot.md` says against whom this helps and against whom it does not.

mod opening;
mod sealing;

use anyhow::{Context, anyhow};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{
        Lock, Wrap,
        slip::{self, MEMBER_CODE, SLIP_CODE},
    },
};
use sha2::Sha256;
use uuid::Uuid;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

pub use self::{
    opening::Opener,
    sealing::{Sealed, Sealer, Share},
};
pub(crate) use self::{opening::decrypted, sealing::Chain};
use crate::core::{entropy::Entropy, error::Result, secret::SlipKey};

pub mod intruder;

impl SlipKey {
    /// What is kept of a slip's code: 32 hexadecimal digits.
    pub fn hash(&self, code: &str) -> String {
        let hash = hex::encode(self.hash_bytes(code));
        wipe_stack();
        hash
    }

    /// The same as 16 bytes. The code may stay on the stack: `wipe_stack` follows.
    pub fn hash_bytes(&self, code: &str) -> [u8; 16] {
        let mut hash = [0; 16];
        hash.copy_from_slice(&hashed(&self.0, &[b"slip", code.as_bytes()])[..16]);
        hash
    }

    /// A keyed hash of other things that the database should not hold as they are. `purpose` tells uses apart.
    pub fn digest(&self, purpose: &[u8], parts: &[&str]) -> [u8; 32] {
        let parts: Vec<&[u8]> = std::iter::once(purpose)
            .chain(parts.iter().map(|part| part.as_bytes()))
            .collect();
        mac(&self.0, &parts)
    }

    /// A coarse class of a network, for counting and nothing else.
    pub fn network_class(&self, poll: &PollId, network: &str, classes: u64) -> i64 {
        let mut text = Uuid::encode_buffer();
        let poll = poll.0.simple().encode_lower(&mut text);
        let code = hashed(&self.0, &[b"network", poll.as_bytes(), network.as_bytes()]);
        let number = u64::from_be_bytes([
            code[0], code[1], code[2], code[3], code[4], code[5], code[6], code[7],
        ]);
        i64::try_from(number % classes).unwrap_or(0)
    }
}

/// The codes of a group's members, in its order: shown once, for their papers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberCodes(pub Vec<String>);

/// A fresh slip code.
pub fn slip_code(entropy: &Entropy) -> String {
    let mut random = [0; SLIP_CODE];
    entropy.fill(&mut random);
    slip::code(&random, SLIP_CODE)
}

/// A random id that tells nothing of time: 16 bytes, hexadecimal.
pub fn random_id(entropy: &Entropy) -> String {
    let mut random = [0; 16];
    entropy.fill(&mut random);
    hex::encode(random)
}

/// A new lock for a group of `members`, any `keys` of whom open it.
pub fn make(
    entropy: &Entropy,
    poll: &PollId,
    version: i64,
    members: usize,
    keys: usize,
) -> Result<(Lock, MemberCodes)> {
    let mut secret = Zeroizing::new([0; 32]);
    entropy.fill(secret.as_mut());
    let public_key = PublicKey::from(&StaticSecret::from(*secret));
    let codes: Vec<String> = (0..members)
        .map(|_| {
            let mut random = [0; MEMBER_CODE];
            entropy.fill(&mut random);
            slip::code(&random, MEMBER_CODE)
        })
        .collect();
    let code_hashes = codes.iter().map(|code| code_hash(poll, code)).collect();
    let wraps = sets(members, keys)
        .into_iter()
        .map(|members| {
            let chosen: Vec<&str> = members.iter().map(|place| codes[*place].as_str()).collect();
            let sealed = sealed_bytes(
                entropy,
                &wrapping_key(poll, &chosen),
                poll.to_string().as_bytes(),
                secret.as_ref(),
            )?;
            Ok(Wrap {
                members,
                sealed: hex::encode(&sealed),
            })
        })
        .collect::<Result<_>>()?;
    let lock = Lock {
        version,
        public_key: hex::encode(public_key.as_bytes()),
        code_hashes,
        wraps,
    };
    Ok((lock, MemberCodes(codes)))
}

/// Every set of `keys` out of `members`, each in order.
fn sets(members: usize, keys: usize) -> Vec<Vec<usize>> {
    if keys == 0 {
        return vec![Vec::new()];
    }
    (0..members)
        .flat_map(|last| {
            sets(last, keys - 1).into_iter().map(move |mut set| {
                set.push(last);
                set
            })
        })
        .collect()
}

/// Which member's code this is.
pub fn member_of(poll: &PollId, lock: &Lock, code: &str) -> Option<usize> {
    let hash = code_hash(poll, code);
    lock.code_hashes.iter().position(|kept| *kept == hash)
}

/// Eighty random bits need no slow hash.
fn code_hash(poll: &PollId, code: &str) -> String {
    hex::encode(mac(poll.0.as_bytes(), &[b"member", code.as_bytes()]))
}

/// The secret key, unwrapped with the codes of the members given; none when they are no set that opens, or a code is wrong.
pub fn unwrap(poll: &PollId, lock: &Lock, codes: &[(usize, String)]) -> Result<Option<Opener>> {
    let mut codes = codes.to_vec();
    codes.sort();
    let members: Vec<usize> = codes.iter().map(|(member, _)| *member).collect();
    let Some(wrap) = lock.wraps.iter().find(|wrap| wrap.members == members) else {
        return Ok(None);
    };
    let chosen: Vec<&str> = codes.iter().map(|(_, code)| code.as_str()).collect();
    let sealed = hex::decode(&wrap.sealed).context("the wrapped key is damaged")?;
    let key = wrapping_key(poll, &chosen);
    let Some(secret) = opened_bytes(&key, poll.to_string().as_bytes(), &sealed) else {
        return Ok(None);
    };
    let secret: [u8; 32] = secret
        .as_slice()
        .try_into()
        .map_err(|_| anyhow!("the wrapped key is damaged"))?;
    Ok(Some(Opener::new(poll, StaticSecret::from(secret))))
}

fn wrapping_key(poll: &PollId, codes: &[&str]) -> Zeroizing<[u8; 32]> {
    let codes = Zeroizing::new(codes.join("+"));
    Zeroizing::new(mac(codes.as_bytes(), &[b"wrap", poll.0.as_bytes()]))
}

fn sealed_bytes(entropy: &Entropy, key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let mut nonce = [0; 24];
    entropy.fill(&mut nonce);
    let payload = Payload { msg: plain, aad };
    let cipher_text = cipher(key)
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| anyhow!("a key could not be wrapped"))?;
    Ok([nonce.as_slice(), &cipher_text].concat())
}

fn opened_bytes(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let nonce: [u8; 24] = sealed.get(..24)?.try_into().ok()?;
    let payload = Payload {
        msg: sealed.get(24..)?,
        aad,
    };
    let plain = cipher(key).decrypt(&XNonce::from(nonce), payload).ok()?;
    Some(Zeroizing::new(plain))
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

/// HMAC-SHA256 over parts, each led by its length.
fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let hash = hashed(key, parts);
    wipe_stack();
    hash
}

/// Overwrites what the calls before left on the stack: the state of a hash holds what it hashes, a slip's code, and is moved about there.
#[inline(never)]
pub(crate) fn wipe_stack() {
    // Not `zeroize`, which writes byte by byte.
    std::hint::black_box(&mut [0_u8; 8 * 1024]);
}

#[inline(never)]
fn hashed(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
