//! A contradiction as a piece of work: seen, asked about, explained, corrected or set aside. It decides nothing and is nobody's verdict: a union that has
//! one is judged, drawn and named as any other.

mod refusal;

use jiff::{Timestamp, ToSpan, civil::Date};

pub use self::refusal::DoubtRefusal;
use crate::{
    core::{
        day,
        ids::{AccountId, DoubtEventId, DoubtId, UnitId},
        policy::{Permit, act},
        refusal::Refusal,
    },
    insight::xray::{Contradiction, Figures},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    pub id: DoubtId,
    pub year: i16,
    /// The rule's key in the standard.
    pub rule: String,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    /// What tells it apart from others of the rule and the union.
    pub subject: String,
    /// The union's facts that it stands on now, and those on which it was explained or set aside last.
    pub basis: String,
    pub settled: String,
    pub figures: Figures,
    pub state: DoubtState,
    /// Whether the union said something to it since it was asked.
    pub is_answered: bool,
    /// Until when the union is to answer.
    pub answer_by: Option<Date>,
    pub revision: i64,
    pub raised_at: Timestamp,
    pub changed_at: Timestamp,
}

jianjia_standard::keyed! {
    /// The keys stand in tables: one that was written once stays.
    pub enum DoubtState {
        New = "new" / "疑点|新发现",
        Asked = "asked" / "疑点|已询问",
        Explained = "explained" / "疑点|已说明",
        /// The data contradicts itself no more.
        Corrected = "corrected" / "疑点|已更正",
        SetAside = "set-aside" / "疑点|不再追问",
    }
}

impl DoubtState {
    pub fn is_open(self) -> bool {
        matches!(self, DoubtState::New | DoubtState::Asked)
    }
}

jianjia_standard::keyed! {
    /// What happened to one. The keys stand in tables.
    pub enum DoubtAct {
        Raised = "raised" / "疑点|发现",
        /// On other facts than before.
        RaisedAgain = "raised-again" / "疑点|数据变了，仍对不上",
        Asked = "asked" / "疑点|询问工会",
        Answered = "answered" / "疑点|工会答复",
        Explained = "explained" / "疑点|认可说明",
        SetAside = "set-aside" / "疑点|不再追问的决定",
        Corrected = "corrected" / "疑点|数据已对上",
    }
}

/// One thing that happened to it, added and never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoubtEvent {
    pub id: DoubtEventId,
    pub doubt: DoubtId,
    pub act: DoubtAct,
    /// What was asked, answered or reasoned.
    pub text: String,
    /// The figures as they were seen, where it was raised.
    pub figures: Option<Figures>,
    /// None for the program.
    pub account: Option<AccountId>,
    pub account_name: String,
    pub at: Timestamp,
}

/// What looking at the data again comes to, for one rule and subject of a union.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    Same,
    Raised,
    /// It stands on other facts now; an open one stays where it is.
    RaisedAgain(DoubtState),
    Corrected,
}

/// Compares what is on record with what the data says now.
pub fn look_again(before: Option<&Doubt>, now: Option<&Contradiction>) -> Looked {
    match (before, now) {
        (None, None) => Looked::Same,
        (None, Some(_)) => Looked::Raised,
        (Some(doubt), None) if doubt.state.is_open() => Looked::Corrected,
        (Some(_), None) => Looked::Same,
        // What was explained on these facts stays so, also when the data comes back to them.
        (Some(doubt), Some(now)) if now.stands_on(&doubt.settled) => match doubt.state.is_open() {
            true => Looked::Corrected,
            false => Looked::Same,
        },
        (Some(doubt), Some(now)) => match doubt.state {
            DoubtState::New | DoubtState::Asked if now.basis == doubt.basis => Looked::Same,
            DoubtState::New | DoubtState::Asked => Looked::RaisedAgain(doubt.state),
            DoubtState::Explained | DoubtState::Corrected | DoubtState::SetAside => {
                Looked::RaisedAgain(DoubtState::New)
            }
        },
    }
}

/// The most characters of what is asked, answered or reasoned.
pub const TEXT_AT_MOST: usize = 1000;

/// Nobody is given more days to answer.
const DAYS_AT_MOST: i32 = 120;

/// So many are dealt with together.
pub const TOGETHER_AT_MOST: usize = 50;

/// A text as it is kept: browsers end the lines of a form in two characters.
pub fn as_kept(typed: &str) -> String {
    typed.trim().replace("\r\n", "\n")
}

/// Asks the union; gives what is asked, which may be nothing beyond the figures.
///
/// # Errors
/// `NotOpen`, `AskedAlready`; `text`: `TooLong`.
pub fn ask(doubt: &Doubt, _: &Permit<act::HandleDoubts>, typed: &str) -> Result<String, Refusal> {
    open(doubt)?;
    if doubt.state == DoubtState::Asked {
        return Err(DoubtRefusal::AskedAlready.into());
    }
    short(typed)
}

/// Until when the union is to answer.
///
/// # Errors
/// `answer_by`: `NoDay`.
pub fn answer_by(typed: &str, today: Date) -> Result<Date, Refusal> {
    let last = today.saturating_add(DAYS_AT_MOST.days());
    day::read(typed)
        .filter(|day| *day >= today && *day <= last)
        .ok_or_else(|| Refusal::at("answer_by", DoubtRefusal::NoDay))
}

/// The union says what it is about.
///
/// # Errors
/// `NotOpen`, `NotAsked`; `text`: `NoText`, `TooLong`.
pub fn answer(doubt: &Doubt, _: &Permit<act::AnswerDoubt>, typed: &str) -> Result<String, Refusal> {
    open(doubt)?;
    if doubt.state != DoubtState::Asked {
        return Err(DoubtRefusal::NotAsked.into());
    }
    let text = short(typed)?;
    if text.is_empty() {
        return Err(Refusal::at("text", DoubtRefusal::NoText));
    }
    Ok(text)
}

/// Closes it with a reason: the explanation holds, or it is not worth asking.
///
/// # Errors
/// `NotOpen`; `text`: `NoReason`, `TooLong`.
pub fn settle(
    doubt: &Doubt,
    _: &Permit<act::HandleDoubts>,
    typed: &str,
) -> Result<String, Refusal> {
    open(doubt)?;
    let text = short(typed)?;
    if text.is_empty() {
        return Err(Refusal::at("text", DoubtRefusal::NoReason));
    }
    Ok(text)
}

fn open(doubt: &Doubt) -> Result<(), Refusal> {
    if doubt.state.is_open() {
        Ok(())
    } else {
        Err(DoubtRefusal::NotOpen { state: doubt.state }.into())
    }
}

fn short(typed: &str) -> Result<String, Refusal> {
    let text = as_kept(typed);
    let length = text.chars().count();
    if length > TEXT_AT_MOST {
        let most = TEXT_AT_MOST;
        return Err(Refusal::at("text", DoubtRefusal::TooLong { length, most }));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
