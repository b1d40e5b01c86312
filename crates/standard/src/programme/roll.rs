//! Who may vote in the members' rating, compared with the members: a result of few who were picked says nothing of the many.

use crate::fact::FactValue;
use crate::figure::Rate;
use crate::subject::Subject;
use crate::text::Text;

/// `[rating.roll]` of a standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollRules {
    /// The fact that says how many members there are.
    pub members: String,
    /// The part of the members by which the roll may differ without a kind and a reason.
    pub may_differ_by: Rate,
    /// Who may be on a roll; the first where nothing else is said.
    pub voters: Vec<Voters>,
    /// Words on a line of a pasted list that are no names: 合计, 无.
    pub not_names: Vec<String>,
}

/// A kind of roll: all members, or the delegates of their congress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voters {
    pub key: String,
    pub name: Text,
}

impl RollRules {
    /// Whether a roll is so far from the members that it takes a kind and a reason.
    pub fn is_far(&self, roll: u64, members: u64) -> bool {
        let difference = u128::from(roll.abs_diff(members));
        difference * u128::from(self.may_differ_by.denominator)
            > u128::from(members) * u128::from(self.may_differ_by.numerator)
    }

    /// A kind of roll by its key.
    pub fn voters(&self, key: &str) -> Option<&Voters> {
        self.voters.iter().find(|voters| voters.key == key)
    }

    /// How many members a subject has; none where nobody said.
    pub fn members_of(&self, subject: &Subject) -> Option<u64> {
        match subject.facts.get(&self.members) {
            Some(FactValue::Number(members)) => Some(*members),
            _ => None,
        }
    }

    /// The roll of a subject's rating and its members, where the roll has fewer.
    pub fn below(&self, subject: &Subject) -> Option<(u64, u64)> {
        let roll = subject.rating.as_ref()?.roll?;
        let members = self.members_of(subject)?;
        (roll < members).then_some((roll, members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roll_is_far_only_beyond_the_figure() {
        let rules = RollRules {
            members: "members".to_owned(),
            may_differ_by: "10%".parse().unwrap(),
            voters: Vec::new(),
            not_names: Vec::new(),
        };
        let far = |roll, members| rules.is_far(roll, members);
        assert_eq!(
            [
                far(90, 100),
                far(89, 100),
                far(100, 100),
                far(110, 100),
                far(111, 100)
            ],
            [false, true, false, false, true]
        );
        assert_eq!([far(0, 0), far(1, 0), far(8, 477)], [false, true, true]);
    }
}
