//! Opening ballots: with the secret key, once, when the box is counted.

use std::collections::{BTreeSet, HashMap};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    XNonce,
    aead::{Aead, Payload},
};
use jianjia_domain::{core::ids::PollId, rating::poll::ballot::PLAIN_BYTES};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::{Chain, cipher, mac, sealing::RENEW_AFTER};

/// Opens the ballots of one poll; lives for one counting.
pub struct Opener {
    poll: PollId,
    secret: StaticSecret,
}

impl Opener {
    pub(super) fn new(poll: &PollId, secret: StaticSecret) -> Opener {
        Opener {
            poll: *poll,
            secret,
        }
    }

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
