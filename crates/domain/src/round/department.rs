//! The departments' desk (clauses V1-V11): once a round each department is asked about the units that apply for a title which vetoes bar, and
//! answers unit by unit. Who says nothing has not said that there is nothing.

pub mod gap;
mod refusal;

use jianjia_standard::{
    Standard,
    programme::{Department, Veto},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use self::refusal::DepartmentRefusal;
use crate::{
    core::{
        day,
        ids::{AccountId, DepartmentListId, UnitId},
        policy::{Permit, act},
        refusal::Refusal,
        text::{form::of_name, line},
    },
    round::entry::Entry,
};

jianjia_standard::keyed! {
    /// What a department says of a unit and its clauses. The keys stand in tables.
    pub enum AnswerKind {
        Clear = "clear" / "部门答复|无情形",
        InState = "in-state" / "部门答复|有情形",
        Unknown = "unknown" / "部门答复|不清楚",
    }
}

/// How a unit stands on a department's list where it was not answered for.
pub const SILENT: &str = "部门答复|未答复";

/// What is sent to a department at one time: the list, and later additions to it. The units on it stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentList {
    pub id: DepartmentListId,
    pub year: i16,
    /// The department's key in the standard.
    pub department: String,
    /// 1 is the list, the others are additions.
    pub number: i64,
    pub due_on: Date,
    pub sent_at: Timestamp,
    pub sent_by_name: String,
}

/// A unit on a department's list: as it was called when it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub list: DepartmentListId,
    pub year: i16,
    pub department: String,
    pub unit: UnitId,
    pub unit_path: String,
    pub name: String,
    pub sort_key: String,
    pub credit_code: String,
    pub employer_name: String,
    pub employer_code: String,
    /// The newest answer; none is silence.
    pub answer: Option<Answer>,
}

/// What was answered of a unit, and who stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub kind: AnswerKind,
    /// Whose account it was given with.
    pub by: Option<AccountId>,
    /// The person of the department who signs.
    pub by_name: String,
    /// Who typed in a sheet of the department; else empty.
    pub entered_by_name: String,
    /// What is written beside it; beside a state it stands with the entry.
    pub note: String,
    pub at: Timestamp,
}

/// What somebody typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnswerInput {
    /// The key of an `AnswerKind`.
    pub answer: String,
    pub clause: String,
    pub on: String,
    pub document: String,
    pub note: String,
}

/// An answer that can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Clear { note: String },
    Unknown { note: String },
    InState(StateSaid),
}

impl Said {
    pub fn kind(&self) -> AnswerKind {
        match self {
            Said::Clear { .. } => AnswerKind::Clear,
            Said::Unknown { .. } => AnswerKind::Unknown,
            Said::InState(_) => AnswerKind::InState,
        }
    }

    /// What is written beside the answer.
    pub fn note(&self) -> &str {
        match self {
            Said::Clear { note } | Said::Unknown { note } => note,
            Said::InState(state) => &state.note,
        }
    }
}

/// An answer of a sheet that a department filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetAnswer {
    pub year: i16,
    pub department: String,
    pub unit: UnitId,
    pub said: Said,
    /// The person of the department who signs.
    pub by_name: String,
}

/// In which state a unit is or was, by which document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateSaid {
    pub clause: String,
    pub on: Date,
    pub document: String,
    pub note: String,
}

/// The most characters of a document's number, and of what is said besides.
pub const DOCUMENT_AT_MOST: usize = 80;
const NOTE_AT_MOST: usize = 500;

/// Reads what a department answers of a unit in a round.
///
/// # Errors
/// A refusal for each field that can't be taken.
pub fn read(
    standard: &Standard,
    department: &Department,
    year: i16,
    input: &AnswerInput,
    today: Date,
) -> Result<Said, Refusal> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: DepartmentRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let Some(kind) = AnswerKind::from_key(&input.answer) else {
        return Err(Refusal::at("answer", DepartmentRefusal::NoAnswer));
    };
    let typed = line(&input.clause);
    if kind != AnswerKind::InState {
        // Nothing and a clause contradict each other: one of them was typed by mistake.
        if !typed.is_empty() || !input.on.trim().is_empty() || !input.document.trim().is_empty() {
            return Err(Refusal::at(
                "answer",
                DepartmentRefusal::NothingYetSomething,
            ));
        }
        let note = line(&input.note);
        let length = note.chars().count();
        if length > NOTE_AT_MOST {
            let most = NOTE_AT_MOST;
            return Err(Refusal::at(
                "note",
                DepartmentRefusal::TooLong { length, most },
            ));
        }
        return Ok(match kind {
            AnswerKind::Clear => Said::Clear { note },
            _ => Said::Unknown { note },
        });
    }
    let clause = match clause_of(standard, department, &typed) {
        Ok(veto) => Some(veto),
        Err(refusal) => {
            refuse("clause", refusal);
            None
        }
    };
    let on = day::read(&input.on);
    match (on, clause) {
        (None, _) if input.on.trim().is_empty() => refuse("on", DepartmentRefusal::NoDay),
        (None, _) => refuse(
            "on",
            DepartmentRefusal::DayUnread {
                typed: line(&input.on),
            },
        ),
        (Some(on), _) if on > today => refuse("on", DepartmentRefusal::NotYet { on }),
        (Some(on), Some(veto)) if !years_of(veto, year).contains(&on.year()) => {
            let years = years_of(veto, year);
            refuse(
                "on",
                DepartmentRefusal::OtherYear {
                    on,
                    clause: veto.clause.clone(),
                    first: *years.start(),
                    last: *years.end(),
                },
            );
        }
        _ => {}
    }
    let (document, note) = (line(&input.document), line(&input.note));
    if document.is_empty() {
        refuse("document", DepartmentRefusal::NoDocument);
    }
    for (field, text, most) in [
        ("document", &document, DOCUMENT_AT_MOST),
        ("note", &note, NOTE_AT_MOST),
    ] {
        let length = text.chars().count();
        if length > most {
            refuse(field, DepartmentRefusal::TooLong { length, most });
        }
    }
    match (clause, on) {
        (Some(veto), Some(on)) if wrong.is_empty() => Ok(Said::InState(StateSaid {
            clause: veto.clause.clone(),
            on,
            document,
            note,
        })),
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// The years in which what a clause names counts for a round.
pub fn years_of(veto: &Veto, year: i16) -> std::ops::RangeInclusive<i16> {
    year - veto.years_back..=year
}

/// The clause that a department means by its id, its name, a word of the standard, or an id with a name; the only one where it has but one.
fn clause_of<'a>(
    standard: &'a Standard,
    department: &'a Department,
    typed: &str,
) -> Result<&'a Veto, DepartmentRefusal> {
    let own: Vec<&Veto> = standard.clauses_of(department).collect();
    let known = || {
        let each = own.iter();
        each.map(|veto| (veto.clause.clone(), veto.name.clone()))
            .collect()
    };
    if typed.is_empty() {
        return match own.as_slice() {
            [only] => Ok(only),
            _ => Err(DepartmentRefusal::NoClause { known: known() }),
        };
    }
    let form = of_name(typed);
    let is_meant = |veto: &Veto| {
        let clause = of_name(&veto.clause);
        let mut names = [&veto.clause, &veto.name.zh, &veto.name.en]
            .into_iter()
            .chain(&veto.words);
        let with_name = form.strip_prefix(&clause).is_some_and(|rest| {
            let rest = rest.trim_start_matches([':', '-', '、', '·', ',', '(']);
            rest.trim_end_matches(')') == of_name(&veto.name.zh)
        });
        names.any(|name| of_name(name) == form) || with_name
    };
    if let Some(veto) = own.iter().find(|veto| is_meant(veto)) {
        return Ok(veto);
    }
    match standard.vetoes.iter().find(|veto| is_meant(veto)) {
        Some(veto) => Err(DepartmentRefusal::NotItsClause {
            clause: veto.clause.clone(),
            department: department.name.clone(),
            known: known(),
        }),
        None => Err(DepartmentRefusal::UnknownClause {
            typed: typed.to_owned(),
            known: known(),
        }),
    }
}

/// What becomes of an answer beside what was said of the unit before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// It is kept.
    New,
    /// It says what the newest said already.
    Same,
}

/// Whether an answer can stand beside what the department said before: `entries` are those that it made of the unit in the round.
///
/// # Errors
/// `StandsInState` where it said that the unit is in a state and has not lifted that; `SaidOtherwise` where the same state stands with another day
/// or document.
pub fn beside(asked: &Asked, said: &Said, entries: &[Entry]) -> Result<Beside, DepartmentRefusal> {
    let mut standing = entries.iter().filter(|entry| !entry.is_lifted());
    match said {
        Said::InState(state) => match standing.find(|entry| entry.clause == state.clause) {
            Some(entry)
                if entry.on == state.on
                    && entry.document == state.document
                    && (state.note.is_empty() || state.note == entry.note) =>
            {
                Ok(Beside::Same)
            }
            Some(entry) => Err(DepartmentRefusal::SaidOtherwise {
                clause: entry.clause.clone(),
                on: entry.on,
                document: entry.document.clone(),
            }),
            None => Ok(Beside::New),
        },
        Said::Clear { note } | Said::Unknown { note } => match standing.next() {
            Some(entry) => Err(DepartmentRefusal::StandsInState {
                clause: entry.clause.clone(),
            }),
            None => {
                // Nothing written beside it says nothing else than before.
                let is_same = asked.answer.as_ref().is_some_and(|before| {
                    before.kind == said.kind() && (note.is_empty() || *note == before.note)
                });
                Ok(if is_same { Beside::Same } else { Beside::New })
            }
        },
    }
}

/// The next list of a department: what is sent now with the units that it does not have yet.
///
/// # Errors
/// `NothingToAsk` when there are none.
pub fn send(
    standard: &Standard,
    department: &Department,
    _: &Permit<act::SendLists>,
    (sent, units): (i64, usize),
    today: Date,
) -> Result<(i64, Date), DepartmentRefusal> {
    if units == 0 {
        return Err(DepartmentRefusal::NothingToAsk {
            department: department.name.clone(),
            is_first: sent == 0,
        });
    }
    let days = &standard.working_days;
    let due_on = days.add_working_days(today, department.days_to_answer);
    Ok((sent + 1, due_on.value))
}

#[cfg(test)]
mod tests;
