//! What is noted on a visit, clause by clause: whether it holds, the values found, a note, photos; and the unit's signature. Remarks are added, each with its
//! author, and never changed; their ids are made by whoever sends them, so that one sent again is known. Where two inspectors say different of one clause, both
//! stand until one of them settles it.

use std::collections::{BTreeMap, BTreeSet};

use jianjia_standard::{
    Standard,
    fact::{FactValue, impossible},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    check::visit::Visit,
    core::{
        ids::{AccountId, VisitId, VisitRemarkId, VisitSettlementId},
        refusal::Refusal,
        text,
    },
};

mod refusal;
mod standing;
pub use self::{
    refusal::RemarkRefusal,
    standing::{Noted, Standing, newest_of_each, settle, standing},
};

jianjia_standard::keyed! {
    /// What is noted. The keys stand in tables.
    pub enum RemarkKind {
        /// On one clause, by an inspector.
        Clause = "clause" / "记录|逐条核查",
        /// By the unit, on the inspector's phone or on paper.
        Signature = "signature" / "记录|单位签字",
        /// By the unit, from its own account.
        Comment = "comment" / "记录|单位意见",
    }
}

jianjia_standard::keyed! {
    /// What an inspector saw of a clause. The keys stand in tables.
    pub enum Seen {
        Holds = "holds" / "核查|属实",
        Fails = "fails" / "核查|达不到",
        /// It could not be seen: that is neither.
        Unseen = "unseen" / "核查|没能看到",
    }
}

/// A photo, kept by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitPhoto {
    pub hash: String,
    pub media_type: String,
    pub bytes: i64,
}

/// What a remark says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Clause {
        clause: String,
        seen: Seen,
        /// By the fact's key, as the year sheet has it.
        found: BTreeMap<String, Value>,
    },
    Signature {
        name: String,
        agrees: bool,
    },
    Comment {
        agrees: bool,
    },
}

impl Content {
    pub fn kind(&self) -> RemarkKind {
        match self {
            Content::Clause { .. } => RemarkKind::Clause,
            Content::Signature { .. } => RemarkKind::Signature,
            Content::Comment { .. } => RemarkKind::Comment,
        }
    }
}

/// One remark.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    pub id: VisitRemarkId,
    pub visit: VisitId,
    pub content: Content,
    pub note: String,
    pub photos: Vec<VisitPhoto>,
    pub account: AccountId,
    pub account_name: String,
    /// By the clock of whoever noted it.
    pub noted_at: Timestamp,
    pub received_at: Timestamp,
}

impl Remark {
    /// The clause that it is on.
    pub fn clause(&self) -> Option<&str> {
        match &self.content {
            Content::Clause { clause, .. } => Some(clause),
            _ => None,
        }
    }
}

/// Which of the remarks on a clause stands, where inspectors said different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub id: VisitSettlementId,
    pub visit: VisitId,
    pub clause: String,
    pub chosen: VisitRemarkId,
    /// Those that it was chosen among: what is noted later opens the question again.
    pub among: BTreeSet<VisitRemarkId>,
    pub reason: String,
    pub account: AccountId,
    pub account_name: String,
    pub at: Timestamp,
}

/// What was typed or sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemarkInput {
    pub id: String,
    pub kind: String,
    pub clause: String,
    pub seen: String,
    /// By the fact's key; empty is nothing found otherwise.
    pub found: BTreeMap<String, String>,
    pub note: String,
    pub name: String,
    pub agrees: String,
    /// An instant; empty for now.
    pub noted_at: String,
}

/// The most characters of a note, a comment or a reason.
pub const LONGEST: usize = 2_000;
/// The most characters of a signer's name.
const LONGEST_NAME: usize = 60;
/// The most photos of one remark.
pub const PHOTOS_AT_MOST: usize = 6;

/// Reads a remark. `asked` are the clauses of the file with their facts.
///
/// # Errors
/// A refusal for each field that can't be taken.
pub fn read(
    standard: &Standard,
    asked: &BTreeMap<String, Vec<String>>,
    input: &RemarkInput,
) -> Result<(Content, String), Refusal> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let note = input.note.trim().replace("\r\n", "\n");
    if note.chars().count() > LONGEST {
        let refusal = RemarkRefusal::TooLong { most: LONGEST };
        wrong.push(("note".to_owned(), refusal.into()));
    }
    let content = match RemarkKind::from_key(&input.kind) {
        Some(RemarkKind::Clause) => clause(standard, asked, input, &note, &mut wrong),
        Some(RemarkKind::Signature) => signature(input, &note, &mut wrong),
        Some(RemarkKind::Comment) => {
            agrees(input, &note, &mut wrong).map(|agrees| Content::Comment { agrees })
        }
        None => {
            wrong.push((String::new(), RemarkRefusal::NoKind.into()));
            None
        }
    };
    match content {
        Some(content) if wrong.is_empty() => Ok((content, note)),
        _ => Err(Refusal::Fields(wrong)),
    }
}

fn clause(
    standard: &Standard,
    asked: &BTreeMap<String, Vec<String>>,
    input: &RemarkInput,
    note: &str,
    wrong: &mut Vec<(String, Refusal)>,
) -> Option<Content> {
    let Some(facts) = asked.get(&input.clause) else {
        let clause = input.clause.clone();
        wrong.push((
            "clause".to_owned(),
            RemarkRefusal::NotAsked { clause }.into(),
        ));
        return None;
    };
    let mut found = BTreeMap::new();
    let mut values = BTreeMap::new();
    for key in facts {
        let words = input.found.get(key).map_or("", |words| words.trim());
        let Some(fact) = standard.fact(key).filter(|_| !words.is_empty()) else {
            continue;
        };
        match FactValue::from_words(fact, words) {
            Ok(value) => {
                found.insert(key.clone(), value.to_json());
                values.insert(key.clone(), value);
            }
            Err(reason) => {
                let refusal = RemarkRefusal::NotUnderstood {
                    fact: fact.name.clone(),
                    reason,
                };
                wrong.push((format!("found_{key}"), refusal.into()));
            }
        }
    }
    for problem in impossible(standard, &values) {
        let fact = standard.fact(&problem.key).map(|fact| fact.name.clone());
        let refusal = RemarkRefusal::NotUnderstood {
            fact: fact.unwrap_or_default(),
            reason: problem.reason,
        };
        wrong.push((format!("found_{}", problem.key), refusal.into()));
    }
    let Some(seen) = Seen::from_key(&input.seen) else {
        wrong.push(("seen".to_owned(), RemarkRefusal::NotSaid.into()));
        return None;
    };
    if seen == Seen::Fails && note.is_empty() {
        wrong.push(("note".to_owned(), RemarkRefusal::NoteMissing.into()));
    }
    Some(Content::Clause {
        clause: input.clause.clone(),
        seen,
        found,
    })
}

fn signature(
    input: &RemarkInput,
    note: &str,
    wrong: &mut Vec<(String, Refusal)>,
) -> Option<Content> {
    let name = text::line(&input.name);
    if name.is_empty() {
        wrong.push(("name".to_owned(), RemarkRefusal::NameMissing.into()));
    }
    if name.chars().count() > LONGEST_NAME {
        let refusal = RemarkRefusal::TooLong { most: LONGEST_NAME };
        wrong.push(("name".to_owned(), refusal.into()));
    }
    agrees(input, note, wrong).map(|agrees| Content::Signature { name, agrees })
}

/// Whoever does not agree says why.
fn agrees(input: &RemarkInput, note: &str, wrong: &mut Vec<(String, Refusal)>) -> Option<bool> {
    match input.agrees.as_str() {
        "yes" => Some(true),
        "no" => {
            if note.is_empty() {
                wrong.push(("note".to_owned(), RemarkRefusal::CommentMissing.into()));
            }
            Some(false)
        }
        _ => {
            wrong.push(("agrees".to_owned(), RemarkRefusal::AgreementMissing.into()));
            None
        }
    }
}

/// A reason as it was typed.
///
/// # Errors
/// At its field: `ReasonMissing`, `TooLong`.
pub fn reasoned(field: &str, typed: &str) -> Result<String, Refusal> {
    let reason = typed.trim().replace("\r\n", "\n");
    if reason.is_empty() {
        return Err(Refusal::at(field, RemarkRefusal::ReasonMissing));
    }
    if reason.chars().count() > LONGEST {
        return Err(Refusal::at(field, RemarkRefusal::TooLong { most: LONGEST }));
    }
    Ok(reason)
}

/// Whether a remark that came again says what the first one said: then it is acknowledged again.
///
/// # Errors
/// `IdTaken` when the id is another remark's.
pub fn known_again(kept: &Remark, again: &Remark) -> Result<(), RemarkRefusal> {
    let same = kept.visit == again.visit
        && kept.account == again.account
        && kept.content == again.content
        && kept.note == again.note
        && kept.photos.len() == again.photos.len();
    if same {
        Ok(())
    } else {
        Err(RemarkRefusal::IdTaken)
    }
}

/// Inspectors note while the visit is open.
///
/// # Errors
/// `Concluded`.
pub fn may_conclude(visit: &Visit, open: &[String], noted: usize) -> Result<(), RemarkRefusal> {
    if !visit.state.is_open() {
        return Err(RemarkRefusal::Concluded);
    }
    if !open.is_empty() {
        return Err(RemarkRefusal::Contradictory {
            clauses: open.to_vec(),
        });
    }
    if noted == 0 {
        return Err(RemarkRefusal::NothingNoted);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
