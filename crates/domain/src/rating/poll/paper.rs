//! The box of paper ballots: counted by the group, entered as totals by two members independently. What counts is what both entered.

use std::collections::BTreeMap;

use jianjia_standard::programme::BallotRules;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    core::{refusal::Refusal, width::narrow},
    rating::poll::{Object, refusal::PollRefusal},
};

/// For each object, how many paper ballots gave each grade; the blank ones under the standard's `blank` answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperCount {
    pub ballots: i64,
    /// Object key → answer → ballots.
    pub answers: BTreeMap<String, BTreeMap<String, i64>>,
}

/// One member's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperEntry {
    /// The member's place in the group.
    pub member: usize,
    pub count: PaperCount,
    pub entered_at: Timestamp,
}

/// How the entries stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Nobody has entered anything.
    None,
    /// One has; the figures stay covered until another member entered theirs.
    One { member: usize },
    /// Two members entered the same.
    Agreed {
        members: [usize; 2],
        count: PaperCount,
    },
    /// They differ at these objects (`ballots` for the number of ballots): both count again.
    Differ {
        members: [usize; 2],
        at: Vec<String>,
    },
}

/// What was typed: the number of ballots, and for each object and answer a number. A box left empty is nought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaperInput {
    pub ballots: String,
    /// `(object key, answer)` → what was typed.
    pub answers: BTreeMap<(String, String), String>,
}

/// The answers of an object on paper: the grades, then blank or void.
pub fn answers(rules: &BallotRules) -> Vec<String> {
    rules
        .grades
        .iter()
        .map(|grade| grade.key.clone())
        .chain([rules.blank.clone()])
        .collect()
}

/// Reads an entry. Every paper ballot counts once under each object.
///
/// # Errors
/// `NoNumber` at each field that is none, else `PaperDoesNotAddUp` at each object whose answers do not add up to the ballots.
pub fn read(
    rules: &BallotRules,
    objects: &[Object],
    input: &PaperInput,
    roll: i64,
) -> Result<PaperCount, Refusal> {
    let count = numbers(rules, objects, input, roll)?;
    adds_up(rules, objects, &count)?;
    Ok(count)
}

fn numbers(
    rules: &BallotRules,
    objects: &[Object],
    input: &PaperInput,
    roll: i64,
) -> Result<PaperCount, Refusal> {
    let mut refused: Vec<(String, Refusal)> = Vec::new();
    let mut number = |field: String, typed: &str| {
        let typed = narrow(typed);
        if typed.is_empty() {
            return 0;
        }
        match typed.parse::<i64>() {
            Ok(count) if (0..=roll).contains(&count) => count,
            _ => {
                let refusal = PollRefusal::NoNumber {
                    least: 0,
                    most: roll,
                };
                refused.push((field, refusal.into()));
                0
            }
        }
    };
    let mut count = PaperCount {
        ballots: number("ballots".to_owned(), &input.ballots),
        answers: BTreeMap::new(),
    };
    for object in objects {
        let of_object = answers(rules)
            .into_iter()
            .map(|answer| {
                let key = (object.key.clone(), answer.clone());
                let typed = input.answers.get(&key).map_or("", String::as_str);
                let field = format!("{}/{}", object.key, answer);
                (answer, number(field, typed))
            })
            .collect();
        count.answers.insert(object.key.clone(), of_object);
    }
    if refused.is_empty() {
        Ok(count)
    } else {
        Err(Refusal::Fields(refused))
    }
}

fn adds_up(rules: &BallotRules, objects: &[Object], count: &PaperCount) -> Result<(), Refusal> {
    let mut refused: Vec<(String, Refusal)> = Vec::new();
    for object in objects {
        let sum: i64 = count.answers[&object.key].values().sum();
        if sum != count.ballots {
            let refusal = PollRefusal::PaperDoesNotAddUp {
                object: object.name.clone(),
                sum,
                ballots: count.ballots,
            };
            let first = rules.grades.first().map_or("", |grade| grade.key.as_str());
            refused.push((format!("{}/{first}", object.key), refusal.into()));
        }
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Fields(refused))
    }
}

/// What holds of the entries, which are given in the order they were made (their instants are of several clocks): each member's newest counts; the newest two of different members are compared.
pub fn agreement(entries: &[PaperEntry]) -> Agreement {
    let mut newest: Vec<&PaperEntry> = Vec::new();
    for entry in entries.iter().rev() {
        if newest.iter().all(|later| later.member != entry.member) {
            newest.push(entry);
        }
    }
    match newest.as_slice() {
        [] => Agreement::None,
        [one] => Agreement::One { member: one.member },
        [one, other, ..] => {
            let members = [other.member, one.member];
            if one.count == other.count {
                return Agreement::Agreed {
                    members,
                    count: one.count.clone(),
                };
            }
            let mut at = Vec::new();
            if one.count.ballots != other.count.ballots {
                at.push("ballots".to_owned());
            }
            for (object, answers) in &one.count.answers {
                if other.count.answers.get(object) != Some(answers) {
                    at.push(object.clone());
                }
            }
            Agreement::Differ { members, at }
        }
    }
}

/// The count that two members agree on.
///
/// # Errors
/// `PaperNotAgreed`.
pub fn agreed(entries: &[PaperEntry]) -> Result<PaperCount, PollRefusal> {
    match agreement(entries) {
        Agreement::Agreed { count, .. } => Ok(count),
        _ => Err(PollRefusal::PaperNotAgreed),
    }
}

/// Whether so many paper ballots have room on the roll beside the slips used by phone and tablet.
///
/// # Errors
/// `MoreThanTheRoll` at the field `ballots`.
pub fn has_room(roll: i64, used: i64, paper: &PaperCount) -> Result<(), Refusal> {
    let ballots = used + paper.ballots;
    if ballots > roll {
        let refusal = PollRefusal::MoreThanTheRoll { ballots, roll };
        return Err(Refusal::Fields(vec![(
            "ballots".to_owned(),
            refusal.into(),
        )]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(member: usize, second: i64, satisfied: i64) -> PaperEntry {
        let answers = BTreeMap::from([("satisfied".to_owned(), satisfied)]);
        PaperEntry {
            member,
            count: PaperCount {
                ballots: satisfied,
                answers: BTreeMap::from([("home-building".to_owned(), answers)]),
            },
            entered_at: Timestamp::from_second(second).unwrap(),
        }
    }

    #[test]
    fn two_members_must_enter_the_same() {
        assert_eq!(agreement(&[]), Agreement::None);
        assert_eq!(agreement(&[entry(2, 1, 7)]), Agreement::One { member: 2 });
        // The same member twice is still one.
        assert_eq!(
            agreement(&[entry(2, 1, 7), entry(2, 2, 6)]),
            Agreement::One { member: 2 }
        );
        let differing = [entry(2, 1, 7), entry(0, 2, 6)];
        assert_eq!(
            agreement(&differing),
            Agreement::Differ {
                members: [2, 0],
                at: vec!["ballots".to_owned(), "home-building".to_owned()]
            }
        );
        let mended = [entry(2, 1, 7), entry(0, 2, 6), entry(0, 3, 7)];
        assert!(
            matches!(agreement(&mended), Agreement::Agreed { members: [2, 0], count } if count.ballots == 7)
        );
        // Entered at a node whose clock is behind.
        let behind = [entry(2, 9, 7), entry(0, 8, 6), entry(0, 3, 7)];
        assert_eq!(agreement(&behind), agreement(&mended));
    }
}
