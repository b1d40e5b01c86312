//! What a visit of a spot check comes to: the colour by what was found, the days to be heard and to mend, the subsidy that follows.

use crate::figure::Rate;
use crate::keyed;
use crate::programme::{Reward, Standard};

keyed! {
    /// What a visit comes to, the worst last.
    pub enum Colour {
        Green = "green" / "抽查|绿",
        Amber = "amber" / "抽查|黄",
        Red = "red" / "抽查|红",
    }
}

keyed! {
    /// What declared and found may show side by side.
    pub enum Sign {
        /// A clause of the title that the visit is held against is unmet by what was found.
        Unmet = "unmet",
        /// A clause of a higher title that the unit holds is.
        UnmetAbove = "unmet-above",
        /// A clause of the title could not be seen, or can't be judged by what is known.
        Unknown = "unknown",
        /// An answer was found otherwise than declared, by more than the tolerance where it is a number.
        Differs = "differs",
        /// A number was found otherwise, within the tolerance.
        DiffersWithin = "differs-within",
    }
}

/// The rules of visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitRules {
    pub clause: String,
    /// The title whose clauses decide (those it builds on count with it).
    pub against: String,
    /// By how much a number may be found otherwise, of what was declared.
    pub tolerance: Rate,
    /// What each sign comes to; one that is not named comes to green.
    pub colours: Vec<(Sign, Colour)>,
    /// How many working days a unit has to be heard before a red visit is decided on.
    pub hearing_days: u64,
    /// How many days a unit has to mend before it is visited again.
    pub mending_days: u64,
    /// How many days inspectors have for that second visit once the time to mend is over.
    pub recheck_days: u64,
    /// How many days it has to return the plaque of a title that was withdrawn.
    pub plaque_days: u64,
    /// Figures of fewer visits are not published.
    pub fewest_shown: u64,
    /// The clause of the reward that goes down where a unit is found short of the title.
    pub effect: Option<String>,
}

impl VisitRules {
    /// What a sign comes to.
    pub fn colour(&self, sign: Sign) -> Colour {
        let named = self.colours.iter().find(|(named, _)| *named == sign);
        named.map_or(Colour::Green, |(_, colour)| *colour)
    }
}

impl Standard {
    /// The reward that goes down where a visit finds a unit short of the title.
    pub fn visit_effect(&self) -> Option<&Reward> {
        let clause = self.visit.as_ref()?.effect.as_ref()?;
        self.rewards.iter().find(|reward| reward.clause == *clause)
    }
}
