//! Sealing ballots as they arrive, each with a key of its own.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    XNonce,
    aead::{AeadInOut, inout::InOutBuf},
};
use jianjia_domain::{core::ids::PollId, rating::poll::Lock};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, Zeroizing};

use super::{cipher, hashed, mac};
use crate::core::{entropy::Entropy, error::Result};

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
pub(super) const RENEW_AFTER: u32 = 256;
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
    pub(super) key: Zeroizing<[u8; 32]>,
}

impl Chain {
    pub(super) fn of(poll: &PollId, shared: &[u8; 32], share: &[u8; 32]) -> Chain {
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
