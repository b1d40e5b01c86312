//! The library of cases (O3, O4): a union's experience, recommended upward level by level, edited by the city, and published with the union's consent to the
//! very text that is published. It goes up as files do: township, district or industry federation, city.

mod refusal;
mod writing;

use jiff::{Timestamp, civil::Date};

pub use self::{
    refusal::CaseRefusal,
    writing::{CaseForm, CaseText, LONGEST_CAPTION, MOST_PHOTOS, Side, Written, caption, read},
};
use super::lines;
use crate::core::{
    ids::{AccountId, ApplicationId, CaseEventId, CaseId, EvidenceId, UnitId},
    place::{UnitKind, UnitPlace},
    policy::{Permit, act},
    refusal::Refusal,
};

jianjia_standard::keyed! {
    /// The keys stand in tables.
    pub enum CaseState {
        /// With its union.
        Draft = "draft" / "案例|草稿",
        /// At an office below the city.
        Recommended = "recommended" / "案例|逐级推荐中",
        /// With its union again, with a reason.
        Returned = "returned" / "案例|已退回修改",
        /// An office did not take it up.
        Left = "left" / "案例|未采用",
        /// With the city, which edits it.
        Editing = "editing" / "案例|市总工会编辑中",
        /// The union compares and answers.
        Asked = "asked" / "案例|待报送单位同意",
        /// The union did not agree: with the city again.
        Declined = "declined" / "案例|报送单位未同意",
        Agreed = "agreed" / "案例|已同意，待发布",
        Published = "published" / "案例|已发布",
        TakenDown = "taken-down" / "案例|已撤下",
    }
}

impl CaseState {
    /// Whether its union writes on it.
    pub fn is_with_union(self) -> bool {
        matches!(self, CaseState::Draft | CaseState::Returned)
    }

    /// Whether the city writes on it.
    pub fn is_with_editors(self) -> bool {
        matches!(self, CaseState::Editing | CaseState::Declined)
    }

    /// Whether nothing more becomes of it.
    pub fn is_over(self) -> bool {
        matches!(self, CaseState::Left | CaseState::TakenDown)
    }
}

jianjia_standard::keyed! {
    /// What happened to a case. The keys stand in tables.
    pub enum CaseAct {
        Written = "written" / "案例经过|写成草稿",
        HandedIn = "handed-in" / "案例经过|报送",
        Recommended = "recommended" / "案例经过|推荐",
        Returned = "returned" / "案例经过|退回修改",
        Left = "left" / "案例经过|不采用",
        Asked = "asked" / "案例经过|请报送单位对照编辑稿",
        Agreed = "agreed" / "案例经过|同意发布",
        Declined = "declined" / "案例经过|不同意编辑稿",
        Published = "published" / "案例经过|发布",
        TakenDown = "taken-down" / "案例经过|撤下",
    }
}

/// A case, without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub id: CaseId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub unit_kind: UnitKind,
    /// The class of size, by the standard; none where nobody knows how many work there.
    pub size: Option<i64>,
    /// A key of `codes::INDUSTRIES`.
    pub industry: Option<String>,
    pub year: i16,
    /// The file that it was written with.
    pub application: Option<ApplicationId>,
    pub state: CaseState,
    /// The office whose turn it is.
    pub at: Option<UnitPlace>,
    /// The newest text.
    pub text: i64,
    /// The newest text that left the hands of whoever wrote it: it is not changed any more.
    pub fixed: i64,
    /// The text that the union agreed to; 0 for none.
    pub agreed: i64,
    /// The title of the newest text, for lists.
    pub title: String,
    pub published_on: Option<Date>,
    pub since_at: Timestamp,
    pub created_by: AccountId,
    pub created_at: Timestamp,
    pub revision: i64,
}

impl Case {
    /// The text that may be shown to everybody: the one that the union agreed to, while it is published.
    pub fn shown(&self) -> Option<i64> {
        (self.state == CaseState::Published && self.agreed > 0).then_some(self.agreed)
    }
}

/// Of what happened to a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEvent {
    pub id: CaseEventId,
    pub case: CaseId,
    pub act: CaseAct,
    /// Of the unit that acted.
    pub unit_name: String,
    pub account_name: String,
    /// The reason, where there is one.
    pub note: String,
    pub at: Timestamp,
}

/// A photo of a case: a piece of the union's evidence, cleaned as all of it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasePhoto {
    pub case: CaseId,
    pub place: i64,
    pub evidence: EvidenceId,
    pub caption: String,
    /// Who said that the people in it agree to its being shown.
    pub agreed_by_name: String,
    pub agreed_at: Timestamp,
}

/// The federations that a case passes, nearest first: those above its unit, village and trade unions left out, as files pass them.
pub fn levels(above: &[UnitPlace]) -> Vec<UnitPlace> {
    const LEVELS: [UnitKind; 5] = [
        UnitKind::Township,
        UnitKind::Zone,
        UnitKind::District,
        UnitKind::Industry,
        UnitKind::City,
    ];
    let above = above.iter();
    above
        .filter(|place| LEVELS.contains(&place.kind))
        .cloned()
        .collect()
}

/// Whose turn it is after an office, or after the union where none is named.
fn next(levels: &[UnitPlace], after: Option<&UnitId>) -> Result<UnitPlace, CaseRefusal> {
    let passed = match after {
        None => 0,
        Some(after) => {
            let place = levels.iter().position(|level| level.id == *after);
            place.map_or(0, |place| place + 1)
        }
    };
    levels.get(passed).cloned().ok_or(CaseRefusal::NobodyAbove)
}

/// At an office: with the city it is edited, elsewhere recommended on.
fn arrived(mut case: Case, at: UnitPlace, now: Timestamp) -> Case {
    case.state = if at.kind == UnitKind::City {
        CaseState::Editing
    } else {
        CaseState::Recommended
    };
    case.at = Some(at);
    moved(case, now)
}

fn moved(mut case: Case, now: Timestamp) -> Case {
    case.since_at = now;
    case
}

fn in_state(case: &Case, states: &[CaseState]) -> Result<(), CaseRefusal> {
    if states.contains(&case.state) {
        Ok(())
    } else {
        Err(CaseRefusal::WrongState { state: case.state })
    }
}

/// Whether the union may write on it.
///
/// # Errors
/// `NotEditable` once it is on its way.
pub fn may_write(case: &Case, _permit: &Permit<act::WriteCase>) -> Result<(), CaseRefusal> {
    editable(case, Side::Union, case.state.is_with_union())
}

/// Whether the city may write on it.
///
/// # Errors
/// `NotEditable` while it is not with the city.
pub fn may_edit(case: &Case, _permit: &Permit<act::EditCase>) -> Result<(), CaseRefusal> {
    editable(case, Side::City, case.state.is_with_editors())
}

fn editable(case: &Case, side: Side, is_in_hand: bool) -> Result<(), CaseRefusal> {
    match is_in_hand {
        true => Ok(()),
        false => Err(CaseRefusal::NotEditable {
            side,
            state: case.state,
            at: case
                .at
                .as_ref()
                .map_or_else(String::new, |at| at.name.clone()),
        }),
    }
}

/// The number of the text that is written next: over the newest one as long as it never left the writer's hands.
pub fn next_text(case: &Case) -> i64 {
    if case.text > case.fixed {
        case.text
    } else {
        case.text + 1
    }
}

/// The union hands it in, to the office above.
///
/// # Errors
/// `WrongState`; `NobodyAbove`.
pub fn hand_in(
    case: Case,
    _permit: &Permit<act::AnswerForCase>,
    levels: &[UnitPlace],
    now: Timestamp,
) -> Result<Case, CaseRefusal> {
    in_state(&case, &[CaseState::Draft, CaseState::Returned])?;
    let to = next(levels, None)?;
    let mut case = arrived(case, to, now);
    case.fixed = case.text;
    Ok(case)
}

/// The office whose turn it is; an act by another is not its own.
fn turn<'a>(
    case: &'a Case,
    permit: &Permit<act::RecommendCase>,
) -> Result<&'a UnitPlace, CaseRefusal> {
    in_state(
        case,
        &[
            CaseState::Recommended,
            CaseState::Editing,
            CaseState::Declined,
        ],
    )?;
    match &case.at {
        Some(at) if at.id == permit.as_role.unit.id => Ok(at),
        Some(at) => Err(CaseRefusal::NotYourTurn {
            at: at.name.clone(),
        }),
        None => Err(CaseRefusal::WrongState { state: case.state }),
    }
}

/// An office recommends it upward.
///
/// # Errors
/// `WrongState`; `NotYourTurn`; `NobodyAbove` at the city, where it is edited.
pub fn recommend(
    case: Case,
    permit: &Permit<act::RecommendCase>,
    levels: &[UnitPlace],
    now: Timestamp,
) -> Result<Case, CaseRefusal> {
    let here = turn(&case, permit)?.id;
    in_state(&case, &[CaseState::Recommended])?;
    let to = next(levels, Some(&here))?;
    Ok(arrived(case, to, now))
}

/// An office sends it back to its union, with what is to be changed.
///
/// # Errors
/// `WrongState`; `NotYourTurn`; `NoReason`, `LongReason`.
pub fn send_back(
    mut case: Case,
    permit: &Permit<act::RecommendCase>,
    typed: &str,
    now: Timestamp,
) -> Result<(Case, String), Refusal> {
    turn(&case, permit)?;
    let reason = reason(typed)?;
    case.state = CaseState::Returned;
    case.at = None;
    Ok((moved(case, now), reason))
}

/// An office does not take it up, and says why.
///
/// # Errors
/// As `send_back`.
pub fn leave(
    mut case: Case,
    permit: &Permit<act::RecommendCase>,
    typed: &str,
    now: Timestamp,
) -> Result<(Case, String), Refusal> {
    turn(&case, permit)?;
    let reason = reason(typed)?;
    case.state = CaseState::Left;
    case.at = None;
    Ok((moved(case, now), reason))
}

/// The city asks the union to compare and to answer. From now on the text stays as it is.
///
/// # Errors
/// `WrongState`; `SameAgain` when the union declined this very text.
pub fn ask(
    mut case: Case,
    _permit: &Permit<act::EditCase>,
    now: Timestamp,
) -> Result<Case, CaseRefusal> {
    in_state(&case, &[CaseState::Editing, CaseState::Declined])?;
    if case.state == CaseState::Declined && case.text == case.fixed {
        return Err(CaseRefusal::SameAgain);
    }
    case.state = CaseState::Asked;
    case.fixed = case.text;
    Ok(moved(case, now))
}

/// The union agrees to the text with this number.
///
/// # Errors
/// `WrongState`; `OtherText` when what was shown is not what is asked about.
pub fn agree(
    mut case: Case,
    _permit: &Permit<act::AnswerForCase>,
    number: i64,
    now: Timestamp,
) -> Result<Case, CaseRefusal> {
    in_state(&case, &[CaseState::Asked])?;
    if number != case.fixed || case.fixed != case.text {
        return Err(CaseRefusal::OtherText);
    }
    case.state = CaseState::Agreed;
    case.agreed = number;
    Ok(moved(case, now))
}

/// The union does not agree, and says what is wrong.
///
/// # Errors
/// `WrongState`; `NoReason`, `LongReason`.
pub fn decline(
    mut case: Case,
    _permit: &Permit<act::AnswerForCase>,
    typed: &str,
    now: Timestamp,
) -> Result<(Case, String), Refusal> {
    in_state(&case, &[CaseState::Asked])?;
    let reason = reason(typed)?;
    case.state = CaseState::Declined;
    Ok((moved(case, now), reason))
}

/// The city publishes it: the text that the union agreed to, and no other.
///
/// # Errors
/// `WrongState`; `NoConsent` when the newest text is not the one that was agreed to.
pub fn publish(
    mut case: Case,
    _permit: &Permit<act::PublishCase>,
    today: Date,
    now: Timestamp,
) -> Result<Case, CaseRefusal> {
    in_state(&case, &[CaseState::Agreed])?;
    if case.agreed == 0 || case.agreed != case.text || case.agreed != case.fixed {
        return Err(CaseRefusal::NoConsent);
    }
    case.state = CaseState::Published;
    case.published_on = Some(today);
    case.at = None;
    Ok(moved(case, now))
}

/// The union takes it back, in whatever state it is: from now on nobody else reads it. A union need not say why.
///
/// # Errors
/// `WrongState` once it is over.
pub fn take_back(
    mut case: Case,
    _permit: &Permit<act::AnswerForCase>,
    now: Timestamp,
) -> Result<Case, CaseRefusal> {
    if case.state.is_over() {
        return Err(CaseRefusal::WrongState { state: case.state });
    }
    case.state = CaseState::TakenDown;
    case.at = None;
    Ok(moved(case, now))
}

/// The city takes a published case down, and says why.
///
/// # Errors
/// `WrongState`; `NoReason`, `LongReason`.
pub fn take_down(
    mut case: Case,
    _permit: &Permit<act::PublishCase>,
    typed: &str,
    now: Timestamp,
) -> Result<(Case, String), Refusal> {
    in_state(&case, &[CaseState::Published])?;
    let reason = reason(typed)?;
    case.state = CaseState::TakenDown;
    Ok((moved(case, now), reason))
}

/// The most characters of a reason.
const LONGEST_REASON: usize = 500;

fn reason(typed: &str) -> Result<String, Refusal> {
    let reason = lines(typed);
    if reason.is_empty() {
        return Err(Refusal::at("reason", CaseRefusal::NoReason));
    }
    if reason.chars().count() > LONGEST_REASON {
        let most = LONGEST_REASON;
        return Err(Refusal::at("reason", CaseRefusal::TooLong { most }));
    }
    Ok(reason)
}

#[cfg(test)]
mod tests;
