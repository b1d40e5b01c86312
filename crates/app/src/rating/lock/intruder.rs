//! Somebody who got hold of the program's memory, and of the database besides.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use jianjia_domain::core::ids::PollId;
use jianjia_store::rating::ballot::InBox;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::rating::lock::{self as locks, Chain};

/// What is known of a box: the ballots and shares that lie in it.
pub struct Intruder {
    poll: PollId,
    ballots: Vec<Vec<u8>>,
    shares: Vec<Vec<u8>>,
}

impl Intruder {
    /// # Panics
    /// When what lies in the box is no ballot.
    pub fn new(poll: PollId, in_box: &InBox) -> Intruder {
        let decoded = |texts: &[String]| -> Vec<Vec<u8>> {
            let texts = texts.iter();
            texts
                .map(|text| STANDARD_NO_PAD.decode(text).expect("base64"))
                .collect()
        };
        Intruder {
            poll,
            ballots: decoded(&in_box.ballots),
            shares: decoded(&in_box.shares),
        }
    }

    /// Whether these bytes open a ballot: as the secret of a share, as a link of a chain, or as the ballot's own key.
    pub fn opens(&self, bytes: &[u8; 32]) -> bool {
        let share = PublicKey::from(&StaticSecret::from(*bytes));
        if self.shares.iter().any(|known| known == share.as_bytes()) {
            return true;
        }
        let link = Chain::holding(*bytes).next(&self.poll);
        let has_mark = |ballot: &Vec<u8>| ballot.starts_with(&link.mark);
        if self.ballots.iter().any(has_mark) {
            return true;
        }
        let mut ballots = self.ballots.iter();
        ballots.any(|ballot| locks::decrypted(&self.poll, bytes, &ballot[16..]).is_some())
    }
}
