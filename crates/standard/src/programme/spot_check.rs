//! How the city spot-checks those who hold a title.

use crate::figure::Rate;
use crate::text::Text;

/// Who is in the frame of a year's spot check, how many of them are drawn, and how they are visited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpotCheck {
    pub clause: String,
    /// Whose holders are checked.
    pub title: String,
    /// A holder's turn comes again so many years after it was drawn; 1: every year.
    pub every_years: u64,
    /// Whether a unit is told before it is visited.
    pub announced: bool,
    /// Days from the draw to the last day for visits.
    pub days: u64,
    /// How many inspectors visit a unit.
    pub inspectors: u64,
    /// So many of a stratum are drawn at least, or all of it.
    pub minimum: u64,
    /// The riskiest first; the last takes everybody who is in none of the others.
    pub classes: Vec<RiskClass>,
    pub signs: Vec<RiskSign>,
}

impl SpotCheck {
    pub fn class(&self, key: &str) -> Option<&RiskClass> {
        self.classes.iter().find(|class| class.key == key)
    }

    /// The class of a score.
    pub fn class_of(&self, score: u64) -> Option<&RiskClass> {
        self.classes.iter().find(|class| class.from <= score)
    }
}

/// Those whose score is at least `from` and who are in no class before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskClass {
    /// Lower-case letters: it stands in the frame's file.
    pub key: String,
    pub name: Text,
    pub from: u64,
    /// The share of a stratum of this class that is drawn, rounded up.
    pub share: Rate,
}

/// What adds to a unit's score, and how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskSign {
    pub name: Text,
    pub weight: u64,
    pub what: Sign,
}

/// What is looked for in a unit's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// At least this share of the year's questions has no answer.
    Unanswered { from: Rate },
    /// One of these facts changed by at least this share against the year before.
    Jump { facts: Vec<String>, from: Rate },
    /// At least so many photos are used by another unit, too.
    SharedPhotos { from: u64 },
    /// The title was first held this year.
    FirstTimer,
    /// A spot check of the years before found something.
    EarlierFinding,
}
