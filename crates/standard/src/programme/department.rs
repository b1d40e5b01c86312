//! The departments that say of which units the state of a veto clause is known.

use crate::programme::{Standard, Veto};
use crate::text::Text;

/// A department and what it is asked for once a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    pub key: String,
    pub name: Text,
    /// The veto clauses that it answers for: its group. Never empty.
    pub clauses: Vec<String>,
    /// A department of the federation itself, not one of the government.
    pub is_own: bool,
    /// Working days from the day on which the list is sent.
    pub days_to_answer: i64,
    /// Working days in which a unit may reply to what the department says of it.
    pub days_to_reply: i64,
    /// Whether nobody is named for a title that vetoes bar before it has answered for the unit; else what is missing is shown only.
    pub holds_naming: bool,
    /// So many working days before the last one it is reminded; 0 is the last day itself.
    pub remind: Vec<i64>,
}

impl Standard {
    pub fn department(&self, key: &str) -> Option<&Department> {
        self.departments
            .iter()
            .find(|department| department.key == key)
    }

    /// The clauses that a department answers for.
    pub fn clauses_of<'a>(&'a self, department: &'a Department) -> impl Iterator<Item = &'a Veto> {
        let clauses = department.clauses.iter();
        clauses.filter_map(|clause| self.veto(clause))
    }
}
