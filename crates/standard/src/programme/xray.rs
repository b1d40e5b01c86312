//! The x-ray: which contradictions are looked for in the data. What is found is asked about, and never decides anything.

use std::fmt::{Display, Formatter};

use crate::figure::Rate;
use crate::keyed;
use crate::text::Text;

/// One kind of contradiction that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XrayRule {
    pub key: String,
    /// The clause whose figure it is about, if it is about one.
    pub clause: Option<String>,
    pub name: Text,
    /// What it means, and what it may be besides a mistake.
    pub text: Text,
    pub looks_for: LooksFor,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LooksFor {
    /// A number is over another that it can't be over, by more than a share of that one.
    Over {
        count: Quantity,
        of: Quantity,
        by: Rate,
    },
    /// A number is `factor` times last year's or more, or last year's is as much of it; and they differ by at least so much.
    LastYear {
        of: Vec<Quantity>,
        factor: Rate,
        least: u64,
    },
    /// A number is further from the median of like unions than so many times their spread (the median of the distances from the median), and by at least
    /// so much.
    LikeUnions(LikeUnions),
    /// Of who applies for a title: so many answers that a document is expected for have none.
    NoEvidence { titles: Vec<String>, from: u64 },
    /// A photo looks like one in another union's file: so many bits at most differ between what is told of their looks.
    SamePhoto { distance: u32 },
}

impl LooksFor {
    /// The key by which a file names it.
    pub fn kind(&self) -> XrayKind {
        match self {
            LooksFor::Over { .. } => XrayKind::Over,
            LooksFor::LastYear { .. } => XrayKind::LastYear,
            LooksFor::LikeUnions(_) => XrayKind::LikeUnions,
            LooksFor::NoEvidence { .. } => XrayKind::NoEvidence,
            LooksFor::SamePhoto { .. } => XrayKind::SamePhoto,
        }
    }
}

/// Unions are alike that are of one kind and one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikeUnions {
    pub of: Quantity,
    /// Compared as parts in ten thousand of this one.
    pub per: Option<Quantity>,
    /// Where a size begins, by the number of workers; ascending. Without any all of a kind are alike.
    pub sizes: Vec<u64>,
    pub spreads: u64,
    pub least: u64,
    /// Of fewer unions nothing is usual.
    pub fewest: u64,
}

impl LikeUnions {
    /// The size that so many workers come to; none where it isn't known and counts.
    pub fn size_of(&self, workers: Option<u64>) -> Option<usize> {
        if self.sizes.is_empty() {
            return Some(0);
        }
        let workers = workers?;
        Some(self.sizes.iter().filter(|from| **from <= workers).count())
    }
}

keyed! {
    pub enum XrayKind {
        Over = "over",
        LastYear = "last-year",
        LikeUnions = "like-unions",
        NoEvidence = "no-evidence",
        SamePhoto = "same-photo",
    }
}

/// A number of a union and a year.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// Said on the year sheet: a fact's key. Money is in fen.
    Fact(String),
    /// Known besides.
    Known(KnownQuantity),
}

keyed! {
    /// What the system knows without asking. Shares are parts in ten thousand, rounded down.
    pub enum KnownQuantity {
        /// As the register has them.
        RegisterWorkers = "register.workers",
        RegisterMembers = "register.members",
        RatingRoll = "rating.roll",
        RatingCast = "rating.cast",
        RatingSatisfaction = "rating.satisfaction",
        RatingTurnout = "rating.turnout",
    }
}

impl KnownQuantity {
    /// Whether it is parts in ten thousand.
    pub fn is_share(self) -> bool {
        matches!(
            self,
            KnownQuantity::RatingSatisfaction | KnownQuantity::RatingTurnout
        )
    }
}

impl Quantity {
    /// The fact's key, where it is one.
    pub fn fact(&self) -> Option<&str> {
        match self {
            Quantity::Fact(key) => Some(key),
            Quantity::Known(_) => None,
        }
    }

    /// As a file and a table spell it.
    pub fn key(&self) -> &str {
        match self {
            Quantity::Fact(key) => key,
            Quantity::Known(known) => known.key(),
        }
    }

    /// What `key` spells: keys of facts have no dot.
    pub fn of_key(key: &str) -> Quantity {
        KnownQuantity::from_key(key).map_or_else(|| Quantity::Fact(key.to_owned()), Quantity::Known)
    }
}

impl Display for Quantity {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.key())
    }
}
