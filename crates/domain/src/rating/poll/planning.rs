//! The plan of a poll: who may vote, who is rated, who holds it, until when. It may be changed until the opening, which fixes it.

use jianjia_standard::{Text, programme::BallotRules};
use jiff::{Timestamp, civil::Date};

use crate::{
    core::{
        day,
        ids::PollId,
        policy::{Permit, act},
        refusal::Refusal,
        width::{has_control, narrow},
    },
    rating::poll::{
        GroupMember, Lock, Plan, Poll, PollState,
        ballot::MOST_OBJECTS,
        in_state,
        list::{self, LONGEST_NAME},
        refusal::PollRefusal,
        roll as rolls,
        second::{self, Replaced},
        stage::{Opened, Stage},
    },
};

/// What the form brings, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanInput {
    /// A number; not read where `list` has names.
    pub roll: String,
    /// One name a line; for handing out slips, then only counted.
    pub list: String,
    /// Who is on the roll, and why it is not all members; asked where it is far from them.
    pub voters: String,
    pub roll_reason: String,
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

/// The poll that a union plans, among its polls of the year; none where it begins one.
///
/// # Errors
/// `AnotherPoll` when one is further and not over.
pub fn being_planned(found: Vec<Poll>) -> Result<Option<Poll>, PollRefusal> {
    match found.into_iter().find(|poll| !poll.state().is_over()) {
        Some(poll) if poll.stage != Stage::Preparing => Err(PollRefusal::AnotherPoll {
            state: poll.state(),
        }),
        found => Ok(found),
    }
}

/// How many names the list of a plan has that is kept; none where there is no list.
pub fn listed(poll: &Poll) -> Option<i64> {
    poll.plan.has_list.then_some(poll.plan.roll)
}

/// Begins a union's poll of a year, which may have a result already.
pub fn begin(
    id: PollId,
    permit: &Permit<act::HoldPoll>,
    year: i16,
    (plan, replaces): (Plan, Option<Replaced>),
    now: Timestamp,
) -> Poll {
    let unit = &permit.unit;
    Poll {
        id,
        unit: unit.id,
        unit_path: unit.path.clone(),
        unit_name: unit.name.clone(),
        year,
        plan,
        slips_by_upper: false,
        replaces,
        consent: None,
        stage: Stage::Preparing,
        prepared_at: now,
        revision: 1,
        changed_at: now,
    }
}

/// Puts another plan in the place of a poll's.
///
/// # Errors
/// `AnotherPoll` once it is opened.
pub fn change(
    poll: Poll,
    _: &Permit<act::HoldPoll>,
    plan: Plan,
    now: Timestamp,
) -> Result<Poll, PollRefusal> {
    if poll.stage != Stage::Preparing {
        return Err(PollRefusal::AnotherPoll {
            state: poll.state(),
        });
    }
    Ok(Poll {
        consent: second::after_change(&poll, &plan),
        plan,
        revision: poll.revision + 1,
        changed_at: now,
        ..poll
    })
}

/// Opens a poll: roll, objects and rules are fixed from here on, the box has its lock. `unit_name` is the union's name on this day.
///
/// # Errors
/// As `may_open`.
pub fn open(
    poll: Poll,
    _: &Permit<act::HoldPoll>,
    rules: &BallotRules,
    (standard, unit_name): (&str, &str),
    lock: Lock,
    now: Timestamp,
) -> Result<Poll, Refusal> {
    may_open(rules, &poll, day::day_of(now))?;
    let standard = standard.to_owned();
    Ok(Poll {
        unit_name: unit_name.to_owned(),
        stage: Stage::Open(Opened {
            standard,
            lock,
            at: now,
        }),
        revision: poll.revision + 1,
        changed_at: now,
        ..poll
    })
}

/// Whether the poll may be opened: everything is there.
///
/// # Errors
/// `WrongState`; or what is missing, field by field: `NeedsConsent`, `RollTooSmall`, `RollAboveMembers`, `NoVoters`, `RollUnexplained`, `NoLeader`, `GroupSize`, `SideMissing`, `NoLastDay`.
pub fn may_open(rules: &BallotRules, poll: &Poll, today: Date) -> Result<(), Refusal> {
    in_state(poll, PollState::Preparing)?;
    let mut refused = Wrong::default();
    if let Err(refusal) = second::check_consent(poll) {
        refused.at("consent", refusal);
    }
    check(rules, poll, today, &mut refused);
    refused.or(())
}

/// Whether nothing is missing in the plan of a poll that is prepared; whether the union above agrees, where it has to, is another matter.
///
/// # Errors
/// As `may_open`, without `NeedsConsent`.
pub fn is_complete(rules: &BallotRules, poll: &Poll, today: Date) -> Result<(), Refusal> {
    in_state(poll, PollState::Preparing)?;
    let mut refused = Wrong::default();
    check(rules, poll, today, &mut refused);
    refused.or(())
}

fn check(rules: &BallotRules, poll: &Poll, today: Date, refused: &mut Wrong) {
    let plan = &poll.plan;
    let fewest = i64::try_from(rules.fewest_shown).unwrap_or(MOST);
    if plan.roll < fewest {
        let roll = plan.roll;
        refused.at("roll", PollRefusal::RollTooSmall { roll, fewest });
    }
    rolls::check_above(plan, refused);
    rolls::check_explained(rules, plan, refused);
    if plan.leaders.is_empty() && rules.objects.iter().any(|object| object.each_leader) {
        refused.at("leaders", PollRefusal::NoLeader);
    }
    let size = u64::try_from(plan.group.len()).unwrap_or(u64::MAX);
    if !(rules.group.least..=rules.group.most).contains(&size) {
        refused.at("group", group_size(rules, plan.group.len()));
    } else {
        let sides = rules.group.sides.iter();
        let sides: Vec<Text> = sides
            .filter(|side| !plan.group.iter().any(|member| member.side == side.key))
            .map(|side| side.name.clone())
            .collect();
        if !sides.is_empty() {
            refused.at("group", PollRefusal::SideMissing { sides });
        }
    }
    if plan.closes_on.is_none_or(|closes_on| closes_on < today) {
        let year = poll.year;
        refused.at("closes_on", PollRefusal::NoLastDay { today, year });
    }
}

/// Reads a plan. It may be unfinished: what is empty stays empty; what is typed must be possible. An empty list keeps the list that
/// is there (`had_list` names); `members` is how many the union has, where that is known.
///
/// # Errors
/// At each field that can't be taken: `ListTooLong`, `DoubtfulList`, `RollAboveMembers`, `NoVoters`, `ReasonTooLong`, `NoName`, `NoNumber`, `TooManyLeaders`, `Twice`, `NoSide`, `RatedForMembers`, `GroupSize`,
/// `NoLastDay`.
pub fn read(
    rules: &BallotRules,
    input: &PlanInput,
    (had_list, members): (Option<i64>, Option<i64>),
    today: Date,
    year: i16,
) -> Result<Planned, Refusal> {
    let mut refused = Wrong::default();
    let list = read_list(rules, &input.list, &mut refused);
    let roll = read_roll(&input.roll, &list, had_list, &mut refused);
    let (voters, roll_reason) =
        rolls::read(rules, (&input.voters, &input.roll_reason), &mut refused);
    let leaders = read_leaders(rules, &input.leaders, &mut refused);
    let group = read_group(rules, &input.group, &leaders, &mut refused);
    let closes_on = match narrow(&input.closes_on).as_str() {
        "" => None,
        typed => {
            let read = day::read(typed);
            let fits = read.filter(|day| *day >= today && day.year() == year);
            if fits.is_none() {
                refused.at("closes_on", PollRefusal::NoLastDay { today, year });
            }
            fits
        }
    };
    let plan = Plan {
        roll,
        has_list: !list.is_empty() || (had_list == Some(roll) && roll > 0),
        voters,
        roll_reason,
        members,
        leaders,
        group,
        closes_on,
    };
    rolls::check_above(&plan, &mut refused);
    refused.or(Planned { plan, list })
}

fn read_list(rules: &BallotRules, typed: &str, refused: &mut Wrong) -> Vec<String> {
    let not_names = rules.roll.iter().flat_map(|roll| &roll.not_names);
    let not_names: Vec<String> = not_names.cloned().collect();
    let list = list::read(typed, &not_names).unwrap_or_else(|lines| {
        refused.at("list", PollRefusal::DoubtfulList { lines });
        Vec::new()
    });
    if list.len() > LONGEST_LIST {
        let refusal = PollRefusal::ListTooLong {
            names: list.len(),
            most: LONGEST_LIST,
        };
        refused.at("list", refusal);
    }
    list
}

fn read_roll(typed: &str, list: &[String], had_list: Option<i64>, refused: &mut Wrong) -> i64 {
    let typed = narrow(typed);
    match (list.len(), had_list) {
        (0, Some(names)) if typed.is_empty() || typed == names.to_string() => names,
        (0, _) if typed.is_empty() => 0,
        (0, _) => match typed.parse::<i64>() {
            Ok(roll) if (1..=MOST).contains(&roll) => roll,
            _ => {
                let (least, most) = (1, MOST);
                refused.at("roll", PollRefusal::NoNumber { least, most });
                0
            }
        },
        (names, _) => i64::try_from(names).unwrap_or(MOST),
    }
}

fn read_leaders(rules: &BallotRules, typed: &[String], refused: &mut Wrong) -> Vec<String> {
    let leaders: Vec<String> = typed
        .iter()
        .map(|name| narrow(name))
        .filter(|name| !name.is_empty())
        .collect();
    let objects = rules.objects.iter();
    let fixed = objects.filter(|object| !object.each_leader).count();
    let most = MOST_OBJECTS.saturating_sub(fixed);
    if leaders.len() > most {
        refused.at("leaders", PollRefusal::TooManyLeaders { most });
    }
    for name in &leaders {
        if !is_name(name) {
            refused.at("leaders", PollRefusal::NoName { name: name.clone() });
        }
    }
    leaders
}

fn read_group(
    rules: &BallotRules,
    typed: &[(String, String)],
    leaders: &[String],
    refused: &mut Wrong,
) -> Vec<GroupMember> {
    let mut group: Vec<GroupMember> = Vec::new();
    for (place, (name, side)) in typed.iter().enumerate() {
        let name = narrow(name);
        if name.is_empty() {
            continue;
        }
        let field = format!("group/{place}");
        if !is_name(&name) {
            refused.at(&field, PollRefusal::NoName { name: name.clone() });
        }
        if group.iter().any(|member| member.name == name) {
            refused.at(&field, PollRefusal::Twice { name: name.clone() });
        }
        match rules.group.sides.iter().find(|known| known.key == *side) {
            None => refused.at(&field, PollRefusal::NoSide),
            Some(known) if !known.may_be_rated && leaders.contains(&name) => {
                let (name, side) = (name.clone(), known.name.clone());
                refused.at(&field, PollRefusal::RatedForMembers { name, side });
            }
            Some(_) => {}
        }
        group.push(GroupMember {
            name,
            side: side.clone(),
        });
    }
    let most = usize::try_from(rules.group.most).unwrap_or(usize::MAX);
    if group.len() > most {
        refused.at("group", group_size(rules, group.len()));
    }
    group
}

/// Refusals at the fields of a form.
#[derive(Default)]
pub(super) struct Wrong(Vec<(String, Refusal)>);

impl Wrong {
    pub(super) fn at(&mut self, field: &str, refusal: PollRefusal) {
        self.0.push((field.to_owned(), refusal.into()));
    }

    fn or<T>(self, read: T) -> Result<T, Refusal> {
        if self.0.is_empty() {
            Ok(read)
        } else {
            Err(Refusal::Fields(self.0))
        }
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
