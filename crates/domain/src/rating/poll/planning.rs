//! The plan of a poll: who may vote, who is rated, who holds it, until when.

use jianjia_standard::{Text, programme::BallotRules};
use jiff::civil::Date;

use crate::{
    core::{
        day,
        refusal::Refusal,
        width::{has_control, narrow},
    },
    rating::poll::{
        GroupMember, Plan, Poll, PollState, ballot::MOST_OBJECTS, refusal::PollRefusal,
    },
};

/// What the form brings, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanInput {
    /// A number; not read where `list` has names.
    pub roll: String,
    /// One name a line; for handing out slips, then only counted.
    pub list: String,
    /// The chair and vice chairs; empty lines are left out.
    pub leaders: Vec<String>,
    /// `(name, side)`; lines without a name are left out.
    pub group: Vec<(String, String)>,
    pub closes_on: String,
}

/// A plan that can be kept, and the names of the roll where it is a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub plan: Plan,
    pub list: Vec<String>,
}

/// More members than any union has.
const MOST: i64 = 1_000_000;

/// The longest list; bigger unions enter a number.
const LONGEST_LIST: usize = 20_000;

const LONGEST_NAME: usize = 40;

/// Reads a plan. It may be unfinished: what is empty stays empty; what is typed must be possible. An empty list keeps the list that
/// is there (`had_list` names).
///
/// # Errors
/// A refusal at each field that can't be taken.
pub fn read(
    rules: &BallotRules,
    input: &PlanInput,
    had_list: Option<i64>,
    today: Date,
    year: i16,
) -> Result<Planned, Refusal> {
    let mut refused: Vec<(String, Refusal)> = Vec::new();
    let mut wrong =
        |field: &str, refusal: PollRefusal| refused.push((field.to_owned(), refusal.into()));
    let list: Vec<String> = input
        .list
        .lines()
        .map(narrow)
        .filter(|name| !name.is_empty())
        .collect();
    if list.len() > LONGEST_LIST {
        wrong(
            "list",
            PollRefusal::ListTooLong {
                names: list.len(),
                most: LONGEST_LIST,
            },
        );
    }
    if let Some(name) = list.iter().find(|name| !is_name(name)) {
        wrong("list", PollRefusal::NoName { name: name.clone() });
    }
    let typed = narrow(&input.roll);
    let roll = match (list.len(), had_list) {
        (0, Some(names)) if typed.is_empty() || typed == names.to_string() => names,
        (0, _) if typed.is_empty() => 0,
        (0, _) => match typed.parse::<i64>() {
            Ok(roll) if (1..=MOST).contains(&roll) => roll,
            _ => {
                wrong(
                    "roll",
                    PollRefusal::NoNumber {
                        least: 1,
                        most: MOST,
                    },
                );
                0
            }
        },
        (names, _) => i64::try_from(names).unwrap_or(MOST),
    };
    let leaders: Vec<String> = input
        .leaders
        .iter()
        .map(|name| narrow(name))
        .filter(|name| !name.is_empty())
        .collect();
    let fixed = rules
        .objects
        .iter()
        .filter(|object| !object.each_leader)
        .count();
    let most = MOST_OBJECTS.saturating_sub(fixed);
    if leaders.len() > most {
        wrong("leaders", PollRefusal::TooManyLeaders { most });
    }
    for name in &leaders {
        if !is_name(name) {
            wrong("leaders", PollRefusal::NoName { name: name.clone() });
        }
    }
    let mut group = Vec::new();
    for (place, (name, side)) in input.group.iter().enumerate() {
        let name = narrow(name);
        if name.is_empty() {
            continue;
        }
        let field = format!("group/{place}");
        if !is_name(&name) {
            wrong(&field, PollRefusal::NoName { name: name.clone() });
        }
        if group.iter().any(|member: &GroupMember| member.name == name) {
            wrong(&field, PollRefusal::Twice { name: name.clone() });
        }
        match rules.group.sides.iter().find(|known| known.key == *side) {
            None => wrong(&field, PollRefusal::NoSide),
            Some(known) if !known.may_be_rated && leaders.contains(&name) => wrong(
                &field,
                PollRefusal::RatedForMembers {
                    name: name.clone(),
                    side: known.name.clone(),
                },
            ),
            Some(_) => {}
        }
        group.push(GroupMember {
            name,
            side: side.clone(),
        });
    }
    let most = usize::try_from(rules.group.most).unwrap_or(usize::MAX);
    if group.len() > most {
        wrong("group", group_size(rules, group.len()));
    }
    let closes_on = match narrow(&input.closes_on).as_str() {
        "" => None,
        typed => match day::read(typed) {
            Some(closes_on) if closes_on >= today && closes_on.year() == year => Some(closes_on),
            _ => {
                wrong("closes_on", PollRefusal::NoLastDay { today, year });
                None
            }
        },
    };
    if !refused.is_empty() {
        return Err(Refusal::Fields(refused));
    }
    let plan = Plan {
        roll,
        has_list: !list.is_empty() || (had_list == Some(roll) && roll > 0),
        leaders,
        group,
        closes_on,
    };
    Ok(Planned { plan, list })
}

/// Whether the poll may be opened: everything is there.
///
/// # Errors
/// When it is not being prepared, or what is missing, field by field.
pub fn open(rules: &BallotRules, poll: &Poll, today: Date) -> Result<(), Refusal> {
    super::in_state(poll, PollState::Preparing)?;
    let plan = &poll.plan;
    let mut refused: Vec<(String, Refusal)> = Vec::new();
    let mut wrong =
        |field: &str, refusal: PollRefusal| refused.push((field.to_owned(), refusal.into()));
    let fewest = i64::try_from(rules.fewest_shown).unwrap_or(MOST);
    if plan.roll < fewest {
        wrong(
            "roll",
            PollRefusal::RollTooSmall {
                roll: plan.roll,
                fewest,
            },
        );
    }
    if plan.leaders.is_empty() && rules.objects.iter().any(|object| object.each_leader) {
        wrong("leaders", PollRefusal::NoLeader);
    }
    let size = u64::try_from(plan.group.len()).unwrap_or(u64::MAX);
    if !(rules.group.least..=rules.group.most).contains(&size) {
        wrong("group", group_size(rules, plan.group.len()));
    } else {
        let missing: Vec<Text> = rules
            .group
            .sides
            .iter()
            .filter(|side| !plan.group.iter().any(|member| member.side == side.key))
            .map(|side| side.name.clone())
            .collect();
        if !missing.is_empty() {
            wrong("group", PollRefusal::SideMissing { sides: missing });
        }
    }
    match plan.closes_on {
        Some(closes_on) if closes_on >= today => {}
        _ => wrong(
            "closes_on",
            PollRefusal::NoLastDay {
                today,
                year: poll.year,
            },
        ),
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Fields(refused))
    }
}

fn group_size(rules: &BallotRules, members: usize) -> PollRefusal {
    PollRefusal::GroupSize {
        members,
        least: rules.group.least,
        most: rules.group.most,
    }
}

fn is_name(name: &str) -> bool {
    name.chars().count() <= LONGEST_NAME && !has_control(name)
}
