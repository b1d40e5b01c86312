//! The lock of a ballot box. A ballot is sealed for the box's public key when it arrives; the secret key is kept only wrapped, once for every set of
//! group members who may open together, under codes that stand on these members' papers and nowhere else. So a copy of the database, with
//! its logs and backups, opens no ballot. `docs/ballot.md` says against whom this helps and against whom it does not.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, AeadInOut, Payload, inout::InOutBuf},
};
use hmac::{Hmac, Mac};
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{
        Lock, Wrap,
        ballot::PLAIN_BYTES,
        slip::{self, MEMBER_CODE, SLIP_CODE},
    },
};
use sha2::Sha256;
use uuid::Uuid;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

use crate::core::{entropy::Entropy, error::Result};

pub mod intruder;

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
    Ok(Some(Opener {
        poll: *poll,
        secret: StaticSecret::from(secret),
    }))
}

/// Seals ballots of one poll. One key agreement serves several ballots: from it a chain of keys is worked out, of which each is used for one ballot
/// and wiped, and from which nobody gets back to an earlier one. So what is in memory opens no ballot that is sealed already. The public half of the
/// agreement, the *share*, is kept once beside the ballots, which have nothing in common with each other.
pub struct Sealer {
    poll: PollId,
    pub lock_version: i64,
    public: PublicKey,
    chain: Mutex<Option<Begun>>,
}

struct Begun {
    share: Arc<Share>,
    chain: Chain,
    left: u32,
    at: Instant,
}

/// The public half of a key agreement, and whether it is kept already.
#[derive(Debug)]
pub struct Share {
    pub text: String,
    is_kept: AtomicBool,
}

impl Share {
    /// The text to keep with a ballot; none where it was kept before.
    pub fn unkept(&self) -> Option<String> {
        (!self.is_kept.load(Ordering::Acquire)).then(|| self.text.clone())
    }

    /// It is committed.
    pub fn keep(&self) {
        self.is_kept.store(true, Ordering::Release);
    }
}

/// A sealed ballot, and the share that it needs to be opened.
#[derive(Debug)]
pub struct Sealed {
    pub ballot: String,
    pub share: Arc<Share>,
    /// Whether a chain was begun for it, which is to be ended when nobody votes any more.
    pub has_begun: bool,
}

/// How many ballots are sealed by one key agreement, at most, and for how long.
const RENEW_AFTER: u32 = 256;
const RENEW_AFTER_TIME: Duration = Duration::from_secs(30);

impl Sealer {
    /// # Errors
    /// When the lock is damaged.
    pub fn new(poll: &PollId, lock: &Lock) -> Result<Sealer> {
        let public: [u8; 32] = hex::decode(&lock.public_key)
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .context("the public key is damaged")?;
        Ok(Sealer {
            poll: *poll,
            lock_version: lock.version,
            public: PublicKey::from(public),
            chain: Mutex::new(None),
        })
    }

    /// Seals a plain ballot: a mark by which its key is found again, and the cipher text, in base64. Its length depends on nothing but the plain
    /// one's. The plain one is overwritten; what was worked with may stay on the stack: `wipe_stack` follows.
    pub fn seal(&self, entropy: &Entropy, mut plain: Zeroizing<Vec<u8>>) -> Result<Sealed> {
        let (mut link, share, has_begun) = {
            let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
            let begun = chain
                .take()
                .filter(|begun| begun.left > 0 && begun.at.elapsed() < RENEW_AFTER_TIME);
            let has_begun = begun.is_none();
            let begun = chain.insert(begun.unwrap_or_else(|| self.begin(entropy)));
            begun.left -= 1;
            (begun.chain.next(&self.poll), begun.share.clone(), has_begun)
        };
        let aad = self.poll.0.as_bytes();
        let text = InOutBuf::from(plain.as_mut_slice());
        // Each key is used once.
        let tag = cipher(&link.key)
            .encrypt_inout_detached(&XNonce::default(), aad, text)
            .map_err(|_| anyhow!("a ballot could not be sealed"))?;
        link.key.zeroize();
        let sealed = [&link.mark, plain.as_slice(), tag.as_slice()].concat();
        Ok(Sealed {
            ballot: STANDARD_NO_PAD.encode(sealed),
            share,
            has_begun,
        })
    }

    fn begin(&self, entropy: &Entropy) -> Begun {
        let mut random = Zeroizing::new([0; 32]);
        entropy.fill(random.as_mut());
        let ephemeral = StaticSecret::from(*random);
        let share = *PublicKey::from(&ephemeral).as_bytes();
        let shared = ephemeral.diffie_hellman(&self.public);
        Begun {
            chain: Chain::of(&self.poll, shared.as_bytes(), &share),
            share: Arc::new(Share {
                text: STANDARD_NO_PAD.encode(share),
                is_kept: AtomicBool::new(false),
            }),
            left: RENEW_AFTER,
            at: Instant::now(),
        }
    }

    /// Wipes what later ballots would be sealed by; the next one begins anew.
    pub fn end(&self) {
        let mut chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        *chain = None;
    }
}

/// A chain of keys; what is worked out next can be worked out from it, what came before can not.
pub(crate) struct Chain(Zeroizing<[u8; 32]>);

/// What one ballot is sealed by.
pub(crate) struct Link {
    pub(crate) mark: [u8; 16],
    key: Zeroizing<[u8; 32]>,
}

impl Chain {
    fn of(poll: &PollId, shared: &[u8; 32], share: &[u8; 32]) -> Chain {
        Chain(Zeroizing::new(mac(
            shared,
            &[b"chain", poll.0.as_bytes(), share],
        )))
    }

    /// The chain that goes on from these bytes.
    pub(crate) fn holding(bytes: [u8; 32]) -> Chain {
        Chain(Zeroizing::new(bytes))
    }

    pub(crate) fn next(&mut self, poll: &PollId) -> Link {
        let of = |what: &[u8]| Zeroizing::new(hashed(self.0.as_ref(), &[what, poll.0.as_bytes()]));
        let mut mark = [0; 16];
        mark.copy_from_slice(&of(b"mark")[..16]);
        let (key, next) = (of(b"key"), of(b"next"));
        self.0.copy_from_slice(next.as_ref());
        Link { mark, key }
    }
}

/// Opens the ballots of one poll; lives for one counting.
pub struct Opener {
    poll: PollId,
    secret: StaticSecret,
}

impl Opener {
    /// The plain forms of all sealed ballots, in no order; none when one was not sealed for this box, was changed, or lies in it twice.
    pub fn open_all(
        &self,
        shares: &[String],
        sealed: &[String],
    ) -> Option<Vec<Zeroizing<Vec<u8>>>> {
        let mut opened = Vec::with_capacity(sealed.len());
        let mut waiting: HashMap<[u8; 16], Vec<u8>> = HashMap::with_capacity(sealed.len());
        for sealed in sealed {
            let sealed = STANDARD_NO_PAD.decode(sealed).ok()?;
            if sealed.len() == EARLIER_BYTES {
                opened.push(self.open_earlier(&sealed)?);
                continue;
            }
            let mark: [u8; 16] = sealed.get(..16)?.try_into().ok()?;
            if waiting.insert(mark, sealed).is_some() {
                return None;
            }
        }
        let shares: BTreeSet<&String> = shares.iter().collect();
        let mut chains = shares
            .into_iter()
            .map(|share| {
                let share: [u8; 32] = STANDARD_NO_PAD.decode(share).ok()?.try_into().ok()?;
                let shared = self.secret.diffie_hellman(&PublicKey::from(share));
                Some(Chain::of(&self.poll, shared.as_bytes(), &share))
            })
            .collect::<Option<Vec<Chain>>>()?;
        for _ in 0..RENEW_AFTER {
            if waiting.is_empty() {
                break;
            }
            for chain in &mut chains {
                let link = chain.next(&self.poll);
                if let Some(sealed) = waiting.remove(&link.mark) {
                    let plain = decrypted(&self.poll, &link.key, sealed.get(16..)?)?;
                    opened.push(plain);
                }
            }
        }
        waiting.is_empty().then_some(opened)
    }

    /// A ballot of before shares were kept apart: it begins with its own, and a nonce.
    fn open_earlier(&self, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let share: [u8; 32] = sealed.get(..32)?.try_into().ok()?;
        let nonce: [u8; 24] = sealed.get(32..56)?.try_into().ok()?;
        let shared = self.secret.diffie_hellman(&PublicKey::from(share));
        let parts: &[&[u8]] = &[b"ballot", self.poll.0.as_bytes(), &share];
        let key = Zeroizing::new(mac(shared.as_bytes(), parts));
        decrypted_with(&self.poll, &key, &XNonce::from(nonce), sealed.get(56..)?)
    }
}

/// The plain form of a ballot that was sealed by a key of its own.
pub(crate) fn decrypted(
    poll: &PollId,
    key: &[u8; 32],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    decrypted_with(poll, key, &XNonce::default(), sealed)
}

fn decrypted_with(
    poll: &PollId,
    key: &[u8; 32],
    nonce: &XNonce,
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let payload = Payload {
        msg: sealed,
        aad: poll.0.as_bytes(),
    };
    let plain = cipher(key).decrypt(nonce, payload).ok()?;
    Some(Zeroizing::new(plain))
}

/// Share, nonce, a plain ballot and its tag.
const EARLIER_BYTES: usize = 32 + 24 + PLAIN_BYTES + 16;

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
