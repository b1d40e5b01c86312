//! What money of the federation may be spent on, and what becomes of what is left at the end of a year.

use crate::keyed;
use crate::programme::Standard;
use crate::text::Text;

keyed! {
    /// What happens to spending of more than is there.
    pub enum Over {
        /// It is recorded with a mark, and the federation above is told.
        Flag = "flag",
        Refuse = "refuse",
    }
}

keyed! {
    /// What becomes of what is left when a year is closed.
    pub enum Left {
        /// It stays with the unit and is spent in the next year.
        Carry = "carry",
        /// It is to be paid back.
        Return = "return",
    }
}

/// The rules of money that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyRules {
    /// Which clause says what it is for.
    pub clause: String,
    /// Whether spending is taken with a voucher only.
    pub asks_voucher: bool,
    pub over: Over,
    pub left: Left,
}

/// What money may be spent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    pub key: String,
    pub clause: String,
    pub name: Text,
    /// What else people write for it.
    pub words: Vec<String>,
}

impl Standard {
    pub fn purpose(&self, key: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.key == key)
    }

    /// The purpose that is meant by a key, a name or a word for it; blanks don't count.
    pub fn purpose_meant(&self, typed: &str) -> Option<&Purpose> {
        let plain = |word: &str| word.split_whitespace().collect::<String>().to_lowercase();
        let typed = plain(typed);
        self.purposes.iter().find(|purpose| {
            let names = [&purpose.key, &purpose.name.zh, &purpose.name.en];
            let mut words = names.into_iter().chain(&purpose.words);
            words.any(|word| plain(word) == typed)
        })
    }
}
