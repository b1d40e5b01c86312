//! The lock of a ballot box. A ballot is sealed for the box's public key when it arrives; the secret key is kept only wrapped, once for every set of
//! group members who may open together, under codes that stand on these members' papers and nowhere else. So a copy of the database, with
//! its logs and backups, opens no ballot. `docs/ballot.md` says against whom this helps and against whom it does not.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Context, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, AeadInOut, Payload, inout::InOutBuf},
};
use hmac::{Hmac, Mac};
use jianjia_domain::{
    ids::PollId,
    poll::{
        Lock, Wrap,
        slip::{self, MEMBER_CODE, SLIP_CODE},
    },
};
use sha2::Sha256;
use uuid::Uuid;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::{entropy::Entropy, error::Result};

/// The instance's own secret, under which slip codes are hashed. It stands beside the database, never in it.
#[derive(Clone)]
pub struct SlipKey(pub [u8; 32]);

impl std::fmt::Debug for SlipKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SlipKey")
    }
}

impl SlipKey {
    /// What is kept of a slip's code: 32 hexadecimal digits.
    pub fn hash(&self, code: &str) -> String {
        hex::encode(self.hash_bytes(code))
    }

    /// The same as 16 bytes.
    pub fn hash_bytes(&self, code: &str) -> [u8; 16] {
        let mut hash = [0; 16];
        hash.copy_from_slice(&mac(&self.0, &[b"slip", code.as_bytes()])[..16]);
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
        let code = mac(&self.0, &[b"network", poll.as_bytes(), network.as_bytes()]);
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
    let mut secret = [0; 32];
    entropy.fill(&mut secret);
    let public_key = PublicKey::from(&StaticSecret::from(secret));
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
                &secret,
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
        .try_into()
        .map_err(|_| anyhow!("the wrapped key is damaged"))?;
    Ok(Some(Opener {
        poll: *poll,
        secret: StaticSecret::from(secret),
        keys: HashMap::new(),
    }))
}

/// Seals ballots of one poll. One key agreement serves `RENEW_AFTER` ballots; each has a nonce of its own.
pub struct Sealer {
    poll: PollId,
    pub lock_version: i64,
    ephemeral: [u8; 32],
    cipher: XChaCha20Poly1305,
    left: AtomicU32,
}

/// How many ballots one sealer seals.
const RENEW_AFTER: u32 = 256;

impl Sealer {
    /// # Errors
    /// When the lock is damaged.
    pub fn new(entropy: &Entropy, poll: &PollId, lock: &Lock) -> Result<Sealer> {
        let public: [u8; 32] = hex::decode(&lock.public_key)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .context("the public key is damaged")?;
        let mut random = [0; 32];
        entropy.fill(&mut random);
        let ephemeral = StaticSecret::from(random);
        let ephemeral_public = *PublicKey::from(&ephemeral).as_bytes();
        let shared = ephemeral.diffie_hellman(&PublicKey::from(public));
        Ok(Sealer {
            poll: *poll,
            lock_version: lock.version,
            ephemeral: ephemeral_public,
            cipher: cipher(&ballot_key(poll, shared.as_bytes(), &ephemeral_public)),
            left: AtomicU32::new(RENEW_AFTER),
        })
    }

    /// Counts one more ballot; false when there were enough, and another sealer is due.
    pub fn take_one(&self) -> bool {
        let less = |left: u32| left.checked_sub(1);
        let order = Ordering::Relaxed;
        self.left.fetch_update(order, order, less).is_ok()
    }

    /// The sealed form of a plain ballot: ephemeral key, nonce and cipher text, in base64. Its length depends on nothing but the plain one's.
    pub fn seal(&self, entropy: &Entropy, plain: &[u8]) -> Result<String> {
        let mut nonce = [0; 24];
        entropy.fill(&mut nonce);
        // Sealed where it will lie.
        let mut sealed = Vec::with_capacity(56 + plain.len() + 16);
        sealed.extend_from_slice(&self.ephemeral);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let aad = self.poll.0.as_bytes();
        let text = InOutBuf::from(&mut sealed[56..]);
        let tag = self
            .cipher
            .encrypt_inout_detached(&XNonce::from(nonce), aad, text)
            .map_err(|_| anyhow!("a ballot could not be sealed"))?;
        sealed.extend_from_slice(&tag);
        Ok(STANDARD_NO_PAD.encode(sealed))
    }
}

/// Opens the ballots of one poll; lives for one counting.
pub struct Opener {
    poll: PollId,
    secret: StaticSecret,
    keys: HashMap<[u8; 32], XChaCha20Poly1305>,
}

impl Opener {
    /// The plain form of a sealed ballot; none when it was not sealed for this box, or was changed.
    pub fn open(&mut self, sealed: &str) -> Option<Vec<u8>> {
        let sealed = STANDARD_NO_PAD.decode(sealed).ok()?;
        let ephemeral: [u8; 32] = sealed.get(..32)?.try_into().ok()?;
        let nonce: [u8; 24] = sealed.get(32..56)?.try_into().ok()?;
        let (poll, secret) = (&self.poll, &self.secret);
        let cipher = self.keys.entry(ephemeral).or_insert_with(|| {
            let shared = secret.diffie_hellman(&PublicKey::from(ephemeral));
            cipher(&ballot_key(poll, shared.as_bytes(), &ephemeral))
        });
        let payload = Payload {
            msg: sealed.get(56..)?,
            aad: self.poll.0.as_bytes(),
        };
        cipher.decrypt(&XNonce::from(nonce), payload).ok()
    }
}

fn ballot_key(poll: &PollId, shared: &[u8; 32], ephemeral: &[u8; 32]) -> [u8; 32] {
    mac(shared, &[b"ballot", poll.0.as_bytes(), ephemeral])
}

fn wrapping_key(poll: &PollId, codes: &[&str]) -> [u8; 32] {
    mac(codes.join("+").as_bytes(), &[b"wrap", poll.0.as_bytes()])
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

fn opened_bytes(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let nonce: [u8; 24] = sealed.get(..24)?.try_into().ok()?;
    let payload = Payload {
        msg: sealed.get(24..)?,
        aad,
    };
    cipher(key).decrypt(&XNonce::from(nonce), payload).ok()
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

/// HMAC-SHA256 over parts, each led by its length.
fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of every length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
