//! Who of an office has a file in hand, and what the offices note on it for themselves. It orders the work and bars nobody: whoever may review
//! the file may act on it.

use jianjia_standard::{Lang, Text, programme::RouteAct};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{AccountId, ApplicationId, OfficeNoteId, UnitId},
        policy::{Act, Actor, Permit, act, may},
        refusal::Refuse,
    },
    round::{
        application::{Application, ApplicationRefusal},
        review::{self, Conflict},
        route::act_text,
    },
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
    /// Who would hand it on may end the step alone.
    DecidesThemselves {
        applicant: String,
        unit: String,
        act: RouteAct,
    },
    /// The office has no approver who could go on with it.
    NoApproverNext {
        applicant: String,
        unit: String,
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
            AssignmentRefusal::DecidesThemselves { .. } => "assignment/decides-themselves",
            AssignmentRefusal::NoApproverNext { .. } => "assignment/no-approver-next",
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
                AssignmentRefusal::DecidesThemselves {
                    applicant,
                    unit,
                    act,
                },
                Lang::Zh,
            ) => format!(
                "“{applicant}”的申报不用交出去：现在由{unit}{}，按权限规定您自己就能办。请直接办理。",
                act_text(*act).zh
            ),
            (
                AssignmentRefusal::DecidesThemselves {
                    applicant,
                    unit,
                    act,
                },
                Lang::En,
            ) => format!(
                "The application of {applicant} need not be handed on: it is for {unit} to {} now, and by the permission rules you may do that yourself. Please go ahead.",
                act_text(*act).en
            ),
            (AssignmentRefusal::NoApproverNext { applicant, unit }, Lang::Zh) => format!(
                "“{applicant}”的申报现在交不出去：按权限规定下一步由审批人办理，{unit}没有能接着办的审批人（没有设，或者都已声明回避）。请管理员先为{unit}设一位审批人，再交。"
            ),
            (AssignmentRefusal::NoApproverNext { applicant, unit }, Lang::En) => format!(
                "The application of {applicant} can't be handed on: by the permission rules an approver is next, and {unit} has none who could go on with it (none is set up, or all have declared a conflict). Please ask an administrator to set one up for {unit}, then hand it on."
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

/// Whether a file may be handed on to the approver of the office that has it. `next` are its approvers who declared no conflict.
///
/// # Errors
/// When the actor may end the step alone; when there is no approver to hand it to.
pub fn may_pass(
    permit: &Permit<act::TakeFile>,
    application: &Application,
    actor: &Actor,
    next: &[AccountId],
) -> Result<(), AssignmentRefusal> {
    let office = &permit.as_role.unit;
    let (applicant, unit) = (application.applicant_name(), office.name.clone());
    let there = actor.at(&office.id);
    let turn = application.turn().map(|turn| turn.act);
    if let Some(act) = turn.filter(|act| may(&there, ending(*act), &permit.unit)) {
        return Err(AssignmentRefusal::DecidesThemselves {
            applicant,
            unit,
            act,
        });
    }
    if next.is_empty() {
        return Err(AssignmentRefusal::NoApproverNext { applicant, unit });
    }
    Ok(())
}

/// The act that ends a step in the applicant's favour.
fn ending(step: RouteAct) -> Act {
    match step {
        RouteAct::Endorse => Act::EndorseApplication,
        RouteAct::Decide => Act::DecideApplication,
        RouteAct::Recommend => Act::RecommendApplication,
        RouteAct::Name => Act::NameApplications,
    }
}

/// The reviewer is through with a file: the approver, one of `next`, may go on. `unconfirmed` are the criteria that nobody has found on.
///
/// # Errors
/// As `may_pass`; when a criterion is unconfirmed; when a colleague has it.
pub fn pass(
    before: Option<&Assignment>,
    permit: &Permit<act::TakeFile>,
    application: &Application,
    (next, unconfirmed): (&[AccountId], Vec<Text>),
    actor: &Actor,
    now: Timestamp,
) -> Result<Assignment, AssignmentRefusal> {
    may_pass(permit, application, actor, next)?;
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
    conflict: Option<&Conflict>,
) -> Result<(), ApplicationRefusal> {
    let office = &permit.as_role.unit;
    if !office.kind.is_federation() {
        return Err(ApplicationRefusal::OwnUnion);
    }
    review::may_review(actor, application, &office.id, conflict)
}
