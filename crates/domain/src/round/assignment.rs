//! Who of an office has a file in hand, and what the offices note on it for themselves. It orders the work and bars nobody: whoever may review
//! the file may act on it.

use jianjia_standard::{Lang, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{AccountId, ApplicationId, OfficeNoteId, UnitId},
        policy::{Actor, Permit, act},
        refusal::Refuse,
    },
    round::application::{Application, ApplicationRefusal},
};

/// That somebody has a file in hand at an office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub application: ApplicationId,
    pub unit: UnitId,
    pub account: AccountId,
    pub account_name: String,
    pub assigned_by: AccountId,
    pub assigned_by_name: String,
    pub assigned_at: Timestamp,
    /// Since when the file had been there when its reviewer was through with it.
    pub passed_since: Option<Timestamp>,
}

impl Assignment {
    /// Its reviewer is through with it as it is now: what was returned and handed in again is looked at again.
    pub fn is_passed(&self, application: &Application) -> bool {
        self.passed_since == Some(application.since_at)
    }
}

/// What an office notes on a file; the applicant never reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficeNote {
    pub id: OfficeNoteId,
    pub application: ApplicationId,
    pub note: String,
    pub unit: UnitId,
    pub unit_name: String,
    pub account: AccountId,
    pub account_name: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignmentRefusal {
    /// A colleague has it in hand.
    HeldBy {
        applicant: String,
        name: String,
    },
    /// Who should get it reviews nothing for this office.
    NotAColleague {
        unit: String,
    },
    /// Who should get it declared a conflict.
    ColleagueBarred {
        applicant: String,
        name: String,
    },
    /// Criteria are left that nobody has found on.
    NotLookedThrough {
        applicant: String,
        criteria: Vec<Text>,
    },
    NoteMissing,
}

impl Refuse for AssignmentRefusal {
    fn key(&self) -> &'static str {
        match self {
            AssignmentRefusal::HeldBy { .. } => "assignment/held-by",
            AssignmentRefusal::NotAColleague { .. } => "assignment/not-a-colleague",
            AssignmentRefusal::ColleagueBarred { .. } => "assignment/colleague-barred",
            AssignmentRefusal::NotLookedThrough { .. } => "assignment/not-looked-through",
            AssignmentRefusal::NoteMissing => "assignment/note-missing",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        let names = |criteria: &[Text], and: &str| {
            let names: Vec<&str> = criteria.iter().map(|name| name.get(lang)).collect();
            names.join(and)
        };
        match (self, lang) {
            (AssignmentRefusal::HeldBy { applicant, name }, Lang::Zh) => format!(
                "“{applicant}”的申报正由{name}承办，一份申报由一人承办。请由{name}退还，或者请审批人改派。"
            ),
            (AssignmentRefusal::HeldBy { applicant, name }, Lang::En) => format!(
                "{name} has the application of {applicant} in hand, and a file is in one person's hands. Ask {name} to give it back, or an approver to give it to you."
            ),
            (AssignmentRefusal::NotAColleague { unit }, Lang::Zh) => {
                format!("选定的人在{unit}没有审核或审批的角色，不能承办。请从名单里另选一人。")
            }
            (AssignmentRefusal::NotAColleague { unit }, Lang::En) => format!(
                "The person chosen is no reviewer or approver of {unit} and can't have the file. Please choose another from the list."
            ),
            (AssignmentRefusal::ColleagueBarred { applicant, name }, Lang::Zh) => {
                format!("{name}已声明回避“{applicant}”的申报，按回避规定不能承办。请另选一人。")
            }
            (AssignmentRefusal::ColleagueBarred { applicant, name }, Lang::En) => format!(
                "{name} declared a conflict on the application of {applicant}, and by the rule on conflicts can't have it. Please choose another."
            ),
            (
                AssignmentRefusal::NotLookedThrough {
                    applicant,
                    criteria,
                },
                Lang::Zh,
            ) => format!(
                "“{applicant}”还有 {} 条只是自报、没有核实：{}。交审批前每一条都要认定属实或不认可，请先核完。",
                criteria.len(),
                names(criteria, "、")
            ),
            (
                AssignmentRefusal::NotLookedThrough {
                    applicant,
                    criteria,
                },
                Lang::En,
            ) => format!(
                "{applicant} still has {} claimed and looked at by nobody: {}. Before a file goes to the approver each criterion is confirmed or rejected. Please look at these first.",
                criteria.len(),
                names(criteria, ", ")
            ),
            (AssignmentRefusal::NoteMissing, Lang::Zh) => {
                "备注是空的，没有保存。请写明要提醒同事的事。".to_owned()
            }
            (AssignmentRefusal::NoteMissing, Lang::En) => {
                "The note is empty and was not saved. Please write what colleagues should know."
                    .to_owned()
            }
        }
    }
}

/// Somebody takes a file in hand that nobody else has.
///
/// # Errors
/// When a colleague has it.
pub fn take(
    before: Option<&Assignment>,
    permit: &Permit<act::TakeFile>,
    application: &Application,
    actor: &Actor,
    now: Timestamp,
) -> Result<Assignment, AssignmentRefusal> {
    if let Some(other) = before.filter(|held| held.account != actor.account) {
        return Err(AssignmentRefusal::HeldBy {
            applicant: application.applicant_name(),
            name: other.account_name.clone(),
        });
    }
    let to = (actor.account, actor.name.clone());
    Ok(assigned(
        permit.as_role.unit.id,
        before,
        application,
        to,
        actor,
        now,
    ))
}

/// An approver gives a file to a colleague, or to themselves, whoever had it.
pub fn give(
    before: Option<&Assignment>,
    permit: &Permit<act::GiveFile>,
    application: &Application,
    to: (AccountId, String),
    actor: &Actor,
    now: Timestamp,
) -> Assignment {
    assigned(permit.as_role.unit.id, before, application, to, actor, now)
}

fn assigned(
    unit: UnitId,
    before: Option<&Assignment>,
    application: &Application,
    (account, account_name): (AccountId, String),
    actor: &Actor,
    now: Timestamp,
) -> Assignment {
    Assignment {
        application: application.id,
        unit,
        account,
        account_name,
        assigned_by: actor.account,
        assigned_by_name: actor.name.clone(),
        assigned_at: now,
        passed_since: before.and_then(|before| before.passed_since),
    }
}

/// The reviewer is through with a file: the approver may go on. `unconfirmed` are the criteria that nobody has found on.
///
/// # Errors
/// When there are any; when a colleague has it.
pub fn pass(
    before: Option<&Assignment>,
    permit: &Permit<act::TakeFile>,
    application: &Application,
    unconfirmed: Vec<Text>,
    actor: &Actor,
    now: Timestamp,
) -> Result<Assignment, AssignmentRefusal> {
    if !unconfirmed.is_empty() {
        return Err(AssignmentRefusal::NotLookedThrough {
            applicant: application.applicant_name(),
            criteria: unconfirmed,
        });
    }
    let taken = take(before, permit, application, actor, now)?;
    Ok(Assignment {
        passed_since: Some(application.since_at),
        ..taken
    })
}

/// Whether the actor may read what the offices noted: those who may write it, unless the file is their own union's, names them, or they
/// declared a conflict.
///
/// # Errors
/// As `review::may_review`.
pub fn may_read_notes(
    permit: &Permit<act::NoteFile>,
    actor: &Actor,
    application: &Application,
    conflict: Option<&crate::round::review::Conflict>,
) -> Result<(), ApplicationRefusal> {
    let office = &permit.as_role.unit;
    if !office.kind.is_federation() {
        return Err(ApplicationRefusal::OwnUnion);
    }
    crate::round::review::may_review(actor, application, &office.id, conflict)
}
