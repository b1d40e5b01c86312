//! Public notices: what a unit shows before it applies, and the city before it names.

/// What is shown in public, for how long, and whether the next act waits for it. A standard that says nothing of it has no rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    pub clause: String,
    /// In the unit, before it applies.
    pub unit: Option<PublicationRule>,
    /// The city's candidates, before they are named.
    pub city: Option<PublicationRule>,
    /// For how many working days after a notice ended a candidate is not named while somebody may still confirm an objection of a flood.
    pub unconfirmed_working_days: i64,
}

/// A rule for some titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicationRule {
    pub titles: Vec<String>,
    /// For how many working days it is shown; the day on which it begins does not count.
    pub working_days: i64,
    /// Whether the act that follows asks for it.
    pub is_asked: bool,
}

impl Publication {
    /// The rule for what a unit shows before it applies for a title.
    pub fn in_unit(&self, title: &str) -> Option<&PublicationRule> {
        self.unit.as_ref().filter(|rule| rule.is_of(title))
    }

    /// The rule for the city's candidates for a title.
    pub fn of_candidates(&self, title: &str) -> Option<&PublicationRule> {
        self.city.as_ref().filter(|rule| rule.is_of(title))
    }
}

impl PublicationRule {
    fn is_of(&self, title: &str) -> bool {
        self.titles.iter().any(|key| key == title)
    }
}
