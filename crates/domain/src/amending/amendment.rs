//! A new version of the standard while it is prepared: drafted from the one in force, from a proposal or from a folder, checked, and proposed by an approver of
//! the city for the rounds from a year on. What another approver confirms becomes an edition; nobody edits what is in force.

mod refusal;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use self::refusal::AmendmentRefusal;
use crate::core::{
    day,
    ids::{AccountId, AmendmentId, PersonId},
    policy::{Actor, Permit, act},
    refusal::Refusal,
    text,
};

jianjia_standard::keyed! {
    /// The keys stand in tables.
    pub enum AmendmentState {
        /// It has mistakes, or cases that come out differently.
        Draft = "draft" / "新版标准|草稿",
        /// It has none, and can be proposed.
        Checked = "checked" / "新版标准|检查通过",
        /// An approver proposed it; another one has to confirm it.
        Proposed = "proposed" / "新版标准|待确认",
        /// It was confirmed: its edition says since when it holds.
        Confirmed = "confirmed" / "新版标准|已确认",
        /// It was given up, or taken back before its day.
        Withdrawn = "withdrawn" / "新版标准|已撤回",
    }
}

impl AmendmentState {
    /// Whether its texts can still be changed.
    pub fn is_open(self) -> bool {
        matches!(self, AmendmentState::Draft | AmendmentState::Checked)
    }
}

jianjia_standard::keyed! {
    /// From what it was made. The keys stand in tables.
    pub enum Origin {
        InForce = "in-force" / "新版来源|现行标准",
        Proposal = "proposal" / "新版来源|标准修改方案",
        Upload = "upload" / "新版来源|上传的文件",
    }
}

/// The files of a version; cases by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    pub standard_toml: String,
    pub facts_toml: String,
    pub cases: BTreeMap<String, String>,
}

pub const STANDARD: &str = "standard.toml";
pub const FACTS: &str = "facts.toml";

/// The most bytes of a file of a version, and of all of them.
pub const FILE_LIMIT: usize = 2 * 1024 * 1024;
pub const TOGETHER_LIMIT: usize = 16 * 1024 * 1024;
/// The most files of a version.
pub const FILES_LIMIT: usize = 200;

impl Files {
    /// All of them by name, as a folder has them.
    pub fn all(&self) -> Vec<(&str, &str)> {
        let two = [
            (STANDARD, self.standard_toml.as_str()),
            (FACTS, self.facts_toml.as_str()),
        ];
        let cases = self.cases.iter();
        let cases = cases.map(|(name, text)| (name.as_str(), text.as_str()));
        two.into_iter().chain(cases).collect()
    }

    /// Takes a file in the place of the one of its name.
    pub fn put(&mut self, name: &str, text: String) {
        match name {
            STANDARD => self.standard_toml = text,
            FACTS => self.facts_toml = text,
            name => {
                self.cases.insert(name.to_owned(), text);
            }
        }
    }
}

/// The name that a file has in a version, whatever folder it was sent from: `standard.toml`, `facts.toml`, `cases/rating.jsonl`. None for what is no file of a
/// standard.
pub fn file_name(sent: &str) -> Option<String> {
    let name = sent.replace('\\', "/");
    let name = name.rsplit('/').next().unwrap_or_default();
    let is_plain = |name: &str| {
        let mut characters = name.chars();
        !name.starts_with('.') && characters.all(|c| !c.is_control()) && name.len() <= 100
    };
    match name {
        STANDARD | FACTS => Some(name.to_owned()),
        name if name.ends_with(".jsonl") && is_plain(name) => Some(format!("cases/{name}")),
        _ => None,
    }
}

/// A mistake, as the check tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub message: String,
}

/// A file of worked cases and how many of them come out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasesRun {
    pub file: String,
    pub cases: usize,
    pub failed: usize,
}

/// What the check came to. It is made again with every change of the files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checked {
    /// The version's hash and key and its programme's years; empty where the texts have mistakes of their own.
    pub version: String,
    pub key: String,
    pub first_year: i16,
    pub last_year: i16,
    pub mistakes: Vec<Found>,
    pub cases: Vec<CasesRun>,
    /// More mistakes than are kept.
    pub more: usize,
}

/// So many mistakes are told at once.
pub const TOLD: usize = 500;

impl Checked {
    pub fn is_sound(&self) -> bool {
        self.mistakes.is_empty() && !self.version.is_empty()
    }

    /// The mistakes of the texts themselves, and the cases that come out otherwise.
    pub fn apart(&self) -> (Vec<&Found>, Vec<&Found>) {
        let is_case = |found: &&Found| found.file.starts_with("cases/");
        self.mistakes.iter().partition(|found| !is_case(found))
    }

    pub fn state(&self) -> AmendmentState {
        match self.is_sound() {
            true => AmendmentState::Checked,
            false => AmendmentState::Draft,
        }
    }
}

/// That it is to hold for the rounds from a year on, from a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub from_year: i16,
    pub from_on: Date,
    pub by: AccountId,
    pub by_person: Option<PersonId>,
    pub by_name: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amendment {
    pub id: AmendmentId,
    pub name: String,
    pub reason: String,
    pub state: AmendmentState,
    /// The version that it is compared with: the one it was made from.
    pub base: String,
    pub origin: Origin,
    /// Which proposal it was made from; else empty.
    pub origin_id: String,
    pub made_by: AccountId,
    pub made_by_name: String,
    pub made_at: Timestamp,
    pub changed_at: Timestamp,
    /// Goes up with every change of the files or the state.
    pub revision: i64,
    pub checked: Checked,
    pub proposal: Option<Proposal>,
}

/// What was typed of a new one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DraftInput {
    pub name: String,
    pub reason: String,
    pub request_key: String,
}

/// Name and reason as they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub name: String,
    pub reason: String,
}

pub const NAME_AT_MOST: usize = 80;
pub const REASON_AT_MOST: usize = 2_000;

/// What a new version is called and why it is made.
///
/// # Errors
/// By field: `NoName`, `TooLong`, `NoReason`.
pub fn draft(_permit: &Permit<act::PrepareAmendment>, input: &DraftInput) -> Result<Said, Refusal> {
    let (name, reason) = (text::line(&input.name), input.reason.trim().to_owned());
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: AmendmentRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    if name.is_empty() {
        refuse("name", AmendmentRefusal::NoName);
    }
    if reason.is_empty() {
        refuse("reason", AmendmentRefusal::NoReason);
    }
    for (field, words, most) in [
        ("name", &name, NAME_AT_MOST),
        ("reason", &reason, REASON_AT_MOST),
    ] {
        if words.chars().count() > most {
            refuse(field, AmendmentRefusal::TooLong { most });
        }
    }
    match wrong.is_empty() {
        true => Ok(Said { name, reason }),
        false => Err(Refusal::Fields(wrong)),
    }
}

/// Why a proposal is not followed, or a version is given up.
///
/// # Errors
/// By field `why`: `NoReason`, `TooLong`.
pub fn why(typed: &str) -> Result<String, Refusal> {
    let why = typed.trim();
    let most = REASON_AT_MOST;
    match why.chars().count() {
        0 => Err(Refusal::at("why", AmendmentRefusal::NoReason)),
        length if length > most => Err(Refusal::at("why", AmendmentRefusal::TooLong { most })),
        _ => Ok(why.to_owned()),
    }
}

/// Whether its files can still be changed.
///
/// # Errors
/// `NotOpen`.
pub fn changeable(
    amendment: &Amendment,
    _permit: &Permit<act::PrepareAmendment>,
) -> Result<(), AmendmentRefusal> {
    match amendment.state.is_open() {
        true => Ok(()),
        false => Err(AmendmentRefusal::NotOpen {
            state: amendment.state,
        }),
    }
}

/// What was typed of a proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ProposalInput {
    pub from_year: String,
    pub from_on: String,
    /// The revision that was seen.
    pub seen: String,
}

/// What decides whether a version may hold from a year on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    pub today: Date,
    /// The first day on which anything can be handed in for the round of the year, by the calendar in force and by the new one, whichever comes first; none
    /// where the year has no round yet.
    pub begins_on: Option<Date>,
    /// The first year from the year on of which something was decided or handed in, and how many judgements are kept of it.
    pub decided: Option<(i16, i64)>,
    /// Another version that waits for its day and would hold for some of the same years: its name.
    pub waits: Option<String>,
    /// The version that holds for the year today.
    pub holds: String,
}

/// Whether a version may hold from a year and a day on.
fn examine(
    checked: &Checked,
    (from_year, from_on): (i16, Date),
    situation: &Situation,
) -> Result<(), Refusal> {
    let (first, last) = (checked.first_year, checked.last_year);
    if !(first..=last).contains(&from_year) {
        let refusal = AmendmentRefusal::OutsideProgramme {
            year: from_year,
            first,
            last,
        };
        return Err(Refusal::at("from_year", refusal));
    }
    if let Some((year, judgements)) = situation.decided {
        let refusal = AmendmentRefusal::Decided { year, judgements };
        return Err(Refusal::at("from_year", refusal));
    }
    if situation.holds == checked.version {
        return Err(AmendmentRefusal::HoldsAlready { year: from_year }.into());
    }
    if let Some(name) = &situation.waits {
        return Err(AmendmentRefusal::AnotherWaits { name: name.clone() }.into());
    }
    if from_on < situation.today {
        return Err(Refusal::at(
            "from_on",
            AmendmentRefusal::DayOver { day: from_on },
        ));
    }
    match situation.begins_on {
        Some(begins_on) if begins_on <= from_on => {
            let year = from_year;
            let refusal = AmendmentRefusal::UnderWay { year, begins_on };
            Err(Refusal::at("from_on", refusal))
        }
        _ => Ok(()),
    }
}

/// The year that was typed.
///
/// # Errors
/// By field `from_year`: `NoYear`.
pub fn year_of(input: &ProposalInput) -> Result<i16, Refusal> {
    let year = day::read_year(&input.from_year);
    year.ok_or_else(|| Refusal::at("from_year", AmendmentRefusal::NoYear))
}

/// An approver proposes that it is to hold. `situation` is that of the year that was typed.
///
/// # Errors
/// `NotChecked`, `NotOpen`; by field: `NoYear`, `NoDay`, `OutsideProgramme`, `Decided`, `DayOver`, `UnderWay`; `HoldsAlready`, `AnotherWaits`.
pub fn propose(
    amendment: &Amendment,
    _permit: &Permit<act::PutInForce>,
    actor: &Actor,
    input: &ProposalInput,
    situation: &Situation,
    now: Timestamp,
) -> Result<Proposal, Refusal> {
    match amendment.state {
        AmendmentState::Checked => {}
        AmendmentState::Draft => {
            let mistakes = amendment.checked.mistakes.len();
            return Err(AmendmentRefusal::NotChecked { mistakes }.into());
        }
        state => return Err(AmendmentRefusal::NotOpen { state }.into()),
    }
    let from_year = year_of(input)?;
    let from_on = day::read(&input.from_on);
    let from_on = from_on.ok_or_else(|| Refusal::at("from_on", AmendmentRefusal::NoDay))?;
    examine(&amendment.checked, (from_year, from_on), situation)?;
    Ok(Proposal {
        from_year,
        from_on,
        by: actor.account,
        by_person: actor.person,
        by_name: actor.name.clone(),
        at: now,
    })
}

/// Another approver confirms what was proposed; everything is looked at once more, as it is then.
///
/// # Errors
/// `NotProposed`, `OwnProposal`; as `propose`, without fields.
pub fn confirm<'a>(
    amendment: &'a Amendment,
    _permit: &Permit<act::PutInForce>,
    actor: &Actor,
    situation: &Situation,
) -> Result<&'a Proposal, Refusal> {
    let proposal = proposed(amendment)?;
    let is_same_person = actor.person.is_some() && actor.person == proposal.by_person;
    if actor.account == proposal.by || is_same_person {
        return Err(AmendmentRefusal::OwnProposal.into());
    }
    let asked = (proposal.from_year, proposal.from_on);
    match examine(&amendment.checked, asked, situation) {
        Ok(()) => Ok(proposal),
        // There are no fields to put it right in: it goes back and is proposed anew.
        Err(Refusal::Fields(fields)) => {
            let first = fields.into_iter().next().map(|(_, refusal)| refusal);
            Err(first.unwrap_or_else(|| AmendmentRefusal::NotProposed.into()))
        }
        Err(refusal) => Err(refusal),
    }
}

/// A proposal goes back, by whoever made it or by another approver.
///
/// # Errors
/// `NotProposed`.
pub fn send_back<'a>(
    amendment: &'a Amendment,
    _permit: &Permit<act::PutInForce>,
) -> Result<&'a Proposal, AmendmentRefusal> {
    proposed(amendment)
}

fn proposed(amendment: &Amendment) -> Result<&Proposal, AmendmentRefusal> {
    match (&amendment.proposal, amendment.state) {
        (Some(proposal), AmendmentState::Proposed) => Ok(proposal),
        _ => Err(AmendmentRefusal::NotProposed),
    }
}

#[cfg(test)]
mod tests;
