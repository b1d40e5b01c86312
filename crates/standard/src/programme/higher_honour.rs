//! Higher honours, for which holders of a trusted title are put forward first (R2).

use crate::keyed;
use crate::text::Text;

/// An honour of the city's or a higher level, which others give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HigherHonour {
    pub key: String,
    pub clause: String,
    pub name: Text,
    pub of: HonouredOf,
    /// Whoever holds one of these goes first.
    pub requires: Vec<String>,
    /// Who goes before whom: by the first, among equals by the next.
    pub order: Vec<OrderRule>,
    /// What keeps a holder from being put forward.
    pub barred_by: Vec<Bar>,
}

keyed! {
    /// Whom it honours.
    pub enum HonouredOf {
        Units = "units",
        People = "people",
    }
}

keyed! {
    /// By what holders stand in order. What is not known of somebody stands behind what is.
    pub enum OrderRule {
        /// Who was not put forward for this honour yet.
        NotBefore = "not-before",
        /// Who holds the title longest.
        HeldLongest = "held-longest",
        /// Whose title is of the higher level.
        Level = "level",
        /// Whose union has the higher rating of the year before the list.
        Satisfaction = "satisfaction",
        /// Whose help station has more stars.
        Stars = "stars",
        /// Whose union has more members.
        Members = "members",
    }
}

keyed! {
    /// What bars a holder while it lasts.
    pub enum Bar {
        /// A veto is on record for the year.
        Veto = "veto",
        /// What a department says of the unit is not decided on yet.
        Entry = "entry",
        /// A spot check found something that is not over: being heard, mending, or found red this year.
        Check = "check",
    }
}
