//! Who may do what, where: the one policy file. Every act asks `permit` inside its transaction; pages ask `may` only to
//! decide what to offer. A unit that `sees` denies is *not found*.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use crate::core::{
    ids::{AccountId, PersonId, UnitId},
    place::{UnitKind, UnitPlace, is_within},
    proof::Proof,
};

jianjia_standard::keyed! {
    /// What an account may be at a unit.
    pub enum Role {
        Clerk = "clerk" / "经办人",
        Chair = "chair" / "工会主席",
        Reviewer = "reviewer" / "审核人",
        Approver = "approver" / "审批人",
        Auditor = "auditor" / "审计员",
        Administrator = "administrator" / "管理员",
        /// Answers for one department, which the account is bound to, and sees nothing but its list.
        Department = "department" / "部门答复人",
    }
}

impl Role {
    /// The roles that are given at any unit. A department's is bound to its department, and given with it.
    pub const AT_UNITS: [Role; 6] = [
        Role::Clerk,
        Role::Chair,
        Role::Reviewer,
        Role::Approver,
        Role::Auditor,
        Role::Administrator,
    ];

    /// A role that is given at any unit, by its key.
    pub fn at_units(key: &str) -> Option<Role> {
        let mut roles = Role::AT_UNITS.into_iter();
        roles.find(|role| role.key() == key)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAt {
    pub role: Role,
    pub unit: UnitPlace,
}

/// Somebody who is signed in: the account, the person behind it, and the roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub account: AccountId,
    pub person: Option<PersonId>,
    pub name: String,
    pub roles: Vec<RoleAt>,
    /// What stands behind it besides the password.
    pub proof: Proof,
}

impl Actor {
    /// Whether the account belongs to the unit itself (or to a branch of it): such a person never reviews it.
    pub fn belongs_to(&self, unit_path: &str) -> bool {
        self.roles
            .iter()
            .any(|at| !at.unit.kind.is_federation() && is_within(unit_path, &at.unit.path))
            || self.roles.iter().any(|at| at.unit.path == unit_path)
    }

    /// The same person with the roles held at this unit alone: what they may do for it, whatever they are elsewhere.
    pub fn at(&self, unit: &UnitId) -> Actor {
        Actor {
            roles: self
                .roles
                .iter()
                .filter(|held| held.unit.id == *unit)
                .cloned()
                .collect(),
            ..self.clone()
        }
    }

    /// Whether it is an account of a department and nothing else: such a one sees its own list alone.
    pub fn is_department(&self) -> bool {
        let mut roles = self.roles.iter();
        !self.roles.is_empty() && roles.all(|at| at.role == Role::Department)
    }

    /// The unit whose work this account mainly does: the first role's.
    pub fn main_unit(&self) -> Option<&UnitPlace> {
        self.roles.first().map(|at| &at.unit)
    }
}

/// Where a role must be held, seen from the unit that the act is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At the unit itself, or at the grassroots union of a branch.
    Own,
    /// At the unit itself or at any unit above it.
    Within,
    /// At a unit strictly above it.
    Above,
    /// At the city.
    City,
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Everything that somebody may do. What was done under it stands in the trail as a `Deed`, often by the same name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Act {
            $($(#[$doc])* $name,)*
        }

        /// The same as types, for the permits that deciding functions take.
        pub mod act {
            use super::{Act, Permitted};

            $(
                $(#[$doc])*
                #[derive(Clone, Copy, Debug)]
                pub struct $name;

                impl Permitted for $name {
                    fn act(self) -> Act {
                        Act::$name
                    }
                }
            )*
        }
    };
}

acts! {
    // the register
    /// Registers a unit below the unit.
    CreateUnit,
    /// Corrects the fields that are the union's own.
    EditUnit,
    /// Corrects the other fields, too: name, kind, division.
    CorrectUnit,
    MoveUnit,
    ImportUnits,
    EditPeople,
    // the year sheet
    SayFacts,
    LogActivity,
    AttachEvidence,
    /// Prepares and holds the members' rating of the union.
    HoldPoll,
    /// Makes the slips where that is asked for, and declares a poll void.
    SupervisePoll,
    /// Agrees that the union holds a second poll, which replaces the year's result.
    ConsentToPoll,
    // the round
    DraftApplication,
    SubmitApplication,
    WithdrawApplication,
    DeclareConflict,
    RecordFinding,
    /// Takes a file in hand, gives it back, or says that one is through with it.
    TakeFile,
    /// Gives a file to a colleague of the office.
    GiveFile,
    /// Notes something on a file for the offices alone.
    NoteFile,
    EndorseApplication,
    ReturnApplication,
    RejectApplication,
    DecideApplication,
    RecommendApplication,
    /// Recommends the next reserve when a place came free.
    TakeUpReserve,
    CloseRecommendation,
    /// Shows the candidates for a title in public, and takes them down.
    PublishCandidates,
    /// Gives shares of a federation's places on to the townships below it.
    SplitQuota,
    NameApplications,
    /// Assigns objections and answers them.
    HandleObjection,
    /// Looks into the objections that were assigned to one.
    LookIntoObjection,
    SetCalendar,
    SetQuota,
    RecordVeto,
    /// Asks the departments about the units of a round.
    SendLists,
    /// Looks over what the departments were asked, and what they answer.
    SeeLists,
    /// Answers for a department.
    AnswerList,
    /// Says something against what a department says of the unit.
    ReplyToEntry,
    /// Upholds or lifts what a department said of a unit.
    DecideEntry,
    /// Decides on a visit that found a unit short, and takes such a decision back.
    DecideVisit,
    /// Answers for the unit that was visited: comments, states its view, says that it mended.
    AnswerVisit,
    /// Records that the plaque of a title that was taken came back.
    ReturnPlaque,
    /// Finds that titles still hold when they are looked at again.
    RenewHonours,
    /// Reminds the units below a federation of what they have not done.
    RemindBelow,
    ChangeHonour,
    ReconfirmHonour,
    // spot checks
    /// Publishes the frame of a spot check, and enters the number that it is drawn by.
    HoldSpotCheck,
    /// Sees who is in the frame, who was drawn and who inspects.
    SeeSpotCheck,
    /// Inspects homes of other districts for which one was drawn: asked for at the federation that one comes from.
    InspectHome,
    // the office
    ManageAccounts,
    /// Looks over what runs in the background, stops it, has it tried again.
    ManageJobs,
    /// Makes accounts for chairs and clerks of the unit, gives them one-time codes, and hands a chair's over.
    InviteBelow,
    /// Looks over what goes out by mail and text message, has it tried again.
    ManagePost,
    /// Reads and answers what the public writes.
    AnswerLetter,
    ReadAudit,
    ImportDivisions,
    ImportTitles,
    ImportVetoes,
    ImportAnswers,
}

/// What a permit can be for: one act by its type, or an `Act` that is known only when the program runs.
pub trait Permitted: Copy {
    fn act(self) -> Act;
}

impl Permitted for Act {
    fn act(self) -> Act {
        self
    }
}

use Act::*;
use Reach::{Above, City, Own, Within};
use Role::{Administrator, Approver, Auditor, Chair, Clerk, Department, Reviewer};

/// The policy: for each act, the roles that may do it and where the role must be held. One line an act.
pub const POLICY: &[(Act, &[(Role, Reach)])] = &[
    (
        CreateUnit,
        &[
            (Administrator, Within),
            (Reviewer, Within),
            (Approver, Within),
        ],
    ),
    (
        CorrectUnit,
        &[
            (Administrator, Within),
            (Reviewer, Above),
            (Approver, Above),
        ],
    ),
    (
        EditUnit,
        &[
            (Clerk, Own),
            (Chair, Own),
            (Administrator, Within),
            (Reviewer, Above),
            (Approver, Above),
        ],
    ),
    (MoveUnit, &[(Administrator, Above), (Approver, Above)]),
    (
        ImportUnits,
        &[
            (Administrator, Within),
            (Reviewer, Within),
            (Approver, Within),
        ],
    ),
    (
        EditPeople,
        &[(Clerk, Own), (Chair, Own), (Administrator, Within)],
    ),
    (SayFacts, &[(Clerk, Own), (Chair, Own)]),
    (LogActivity, &[(Clerk, Own), (Chair, Own)]),
    (AttachEvidence, &[(Clerk, Own), (Chair, Own)]),
    (HoldPoll, &[(Clerk, Own), (Chair, Own)]),
    (SupervisePoll, &[(Reviewer, Above), (Approver, Above)]),
    (ConsentToPoll, &[(Reviewer, Above), (Approver, Above)]),
    (DraftApplication, &[(Clerk, Own), (Chair, Own)]),
    (SubmitApplication, &[(Chair, Own)]),
    (WithdrawApplication, &[(Chair, Own)]),
    (
        DeclareConflict,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (
        RecordFinding,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (
        TakeFile,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (GiveFile, &[(Approver, Above)]),
    (NoteFile, &[(Reviewer, Above), (Approver, Above)]),
    (
        EndorseApplication,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (
        ReturnApplication,
        &[(Reviewer, Above), (Approver, Above), (Chair, Above)],
    ),
    (RejectApplication, &[(Approver, Above)]),
    (DecideApplication, &[(Approver, Above)]),
    (RecommendApplication, &[(Approver, Above)]),
    (TakeUpReserve, &[(Approver, Above)]),
    (CloseRecommendation, &[(Approver, Own)]),
    (PublishCandidates, &[(Approver, City)]),
    (SplitQuota, &[(Approver, Own)]),
    (NameApplications, &[(Approver, City)]),
    (HandleObjection, &[(Approver, City), (Administrator, City)]),
    (LookIntoObjection, &[(Reviewer, Within), (Approver, Within)]),
    (SetCalendar, &[(Approver, City), (Administrator, City)]),
    (SetQuota, &[(Approver, City)]),
    (RecordVeto, &[(Reviewer, Above), (Approver, Above)]),
    (SendLists, &[(Reviewer, City), (Approver, City)]),
    (
        SeeLists,
        &[(Reviewer, City), (Approver, City), (Auditor, City)],
    ),
    (AnswerList, &[(Department, City)]),
    (ReplyToEntry, &[(Clerk, Own), (Chair, Own)]),
    (DecideEntry, &[(Approver, City), (Department, City)]),
    (DecideVisit, &[(Approver, City)]),
    (AnswerVisit, &[(Clerk, Own), (Chair, Own)]),
    (ReturnPlaque, &[(Reviewer, Above), (Approver, Above)]),
    (RenewHonours, &[(Approver, Above)]),
    (RemindBelow, &[(Reviewer, Within), (Approver, Within)]),
    (ChangeHonour, &[(Approver, Above)]),
    (ReconfirmHonour, &[(Approver, Above)]),
    (HoldSpotCheck, &[(Approver, City)]),
    (
        SeeSpotCheck,
        &[(Reviewer, City), (Approver, City), (Auditor, City)],
    ),
    (InspectHome, &[(Reviewer, Own), (Approver, Own)]),
    (ManageAccounts, &[(Administrator, Within)]),
    (ManageJobs, &[(Administrator, Within)]),
    (
        InviteBelow,
        &[
            (Administrator, Within),
            (Reviewer, Above),
            (Approver, Above),
        ],
    ),
    (ManagePost, &[(Administrator, City)]),
    (AnswerLetter, &[(Approver, City), (Administrator, City)]),
    (ReadAudit, &[(Auditor, Within)]),
    (ImportDivisions, &[(Administrator, City), (Approver, City)]),
    (ImportTitles, &[(Administrator, City), (Approver, City)]),
    (ImportVetoes, &[(Reviewer, Within), (Approver, Within)]),
    (ImportAnswers, &[(Reviewer, City), (Approver, City)]),
];

/// Acts that settle something or watch over those who do: no one person alone hands out a role that may do one of them.
pub const GUARDED: &[Act] = &[
    RejectApplication,
    DecideApplication,
    RecommendApplication,
    TakeUpReserve,
    CloseRecommendation,
    SplitQuota,
    NameApplications,
    SetCalendar,
    SetQuota,
    DecideVisit,
    RenewHonours,
    ChangeHonour,
    ReconfirmHonour,
    HoldSpotCheck,
    ManageAccounts,
    ReadAudit,
    ImportDivisions,
    ImportTitles,
];

/// Acts before which somebody whose account has a second factor gives it anew. Confirming a table of vetoes or titles asks for it too
/// (`exchange::import`); checking one does not.
pub const STEP_UP: &[Act] = &[
    NameApplications,
    SetCalendar,
    SetQuota,
    RecordVeto,
    DecideVisit,
    DecideEntry,
    ChangeHonour,
    HoldSpotCheck,
    ManageAccounts,
    InviteBelow,
];

/// Whether a role decides, so that it takes two people to give it to somebody.
pub fn is_guarded(role: Role) -> bool {
    POLICY
        .iter()
        .filter(|(act, _)| GUARDED.contains(act))
        .any(|(_, roles)| roles.iter().any(|(named, _)| *named == role))
}

/// Whether one of the roles decides.
pub fn holds_guarded(roles: &[RoleAt]) -> bool {
    roles.iter().any(|at| is_guarded(at.role))
}

/// Proof that the actor may do an act on `unit`, which the function that decides on the act takes as a parameter: a `Permit<act::SetQuota>` is for
/// that act and no other. Made only by `permit`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Permit<A = Act> {
    pub act: Act,
    pub unit: UnitPlace,
    pub as_role: RoleAt,
    of: PhantomData<A>,
}

/// Why somebody may not: the unit is out of sight (tell "not found"), or the role is another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    NotFound,
    /// The roles that may do it.
    Forbidden {
        act: Act,
        roles: Vec<Role>,
    },
}

/// Whether the actor sees the inside of the unit at `path`: a role there or above it. A department's role is at the city and shows nothing of it.
pub fn sees(actor: &Actor, path: &str) -> bool {
    let mut roles = actor.roles.iter();
    roles.any(|at| at.role != Role::Department && is_within(path, &at.unit.path))
}

/// Whether the actor looks files through at a unit and decides none there.
pub fn only_reviews(actor: &Actor, unit: &UnitId) -> bool {
    let held = |role| {
        let mut roles = actor.roles.iter();
        roles.any(|at| at.unit.id == *unit && at.role == role)
    };
    held(Role::Reviewer) && !held(Role::Approver) && !held(Role::Chair)
}

/// The paths whose subtrees the actor sees.
pub fn scopes(actor: &Actor) -> Vec<String> {
    let seeing = actor.roles.iter().filter(|at| at.role != Role::Department);
    let mut paths: Vec<String> = seeing.map(|at| at.unit.path.clone()).collect();
    paths.sort();
    paths.dedup_by(|longer, shorter| is_within(longer, shorter));
    paths
}

/// Permission for an act on a unit, or why not.
///
/// # Errors
/// `NotFound` when the actor doesn't see the unit; `Forbidden` when no role of the actor's may do it there.
pub fn permit<A: Permitted>(actor: &Actor, act: A, unit: &UnitPlace) -> Result<Permit<A>, Denial> {
    let act = act.act();
    let allowed = POLICY
        .iter()
        .find(|(named, _)| *named == act)
        .map_or(&[][..], |(_, roles)| roles);
    actor
        .roles
        .iter()
        .find(|at| {
            allowed
                .iter()
                .any(|(role, reach)| at.role == *role && reaches(&at.unit, *reach, unit))
        })
        .map(|at| Permit {
            act,
            unit: unit.clone(),
            as_role: at.clone(),
            of: PhantomData,
        })
        .ok_or_else(|| {
            // What one may not see is not there, whatever roles it takes.
            if !sees(actor, &unit.path) {
                return Denial::NotFound;
            }
            Denial::Forbidden {
                act,
                roles: allowed.iter().map(|(role, _)| *role).collect(),
            }
        })
}

/// Whether the act would be permitted; for pages that decide what to offer.
pub fn may(actor: &Actor, act: Act, unit: &UnitPlace) -> bool {
    permit(actor, act, unit).is_ok()
}

fn reaches(held_at: &UnitPlace, reach: Reach, unit: &UnitPlace) -> bool {
    match reach {
        Own => {
            held_at.id == unit.id
                || (!held_at.kind.is_federation() && is_within(&unit.path, &held_at.path))
        }
        Within => is_within(&unit.path, &held_at.path),
        Above => held_at.id != unit.id && is_within(&unit.path, &held_at.path),
        City => held_at.kind == UnitKind::City && is_within(&unit.path, &held_at.path),
    }
}

/// A permit for a test of what is decided with it: the city's, on itself, as whichever role may.
#[cfg(test)]
pub(crate) fn any_permit<A: Permitted>(act: A) -> Permit<A> {
    let unit = UnitPlace {
        id: crate::core::ids::UnitId(uuid::Uuid::from_u128(1)),
        kind: UnitKind::City,
        name: "市总工会".to_owned(),
        path: "/1/".to_owned(),
    };
    Permit {
        act: act.act(),
        as_role: RoleAt {
            role: Role::Approver,
            unit: unit.clone(),
        },
        unit,
        of: PhantomData,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::proof::Proof;

    #[test]
    fn a_department_answers_its_list_and_sees_nothing_of_the_city() {
        let city = any_permit(act::SetQuota).unit;
        let union = UnitPlace {
            id: UnitId(uuid::Uuid::from_u128(9)),
            kind: UnitKind::Grassroots,
            name: String::new(),
            path: "/1/9/".to_owned(),
        };
        let department = Actor {
            account: AccountId(uuid::Uuid::from_u128(2)),
            person: None,
            name: "赵".to_owned(),
            roles: vec![RoleAt {
                role: Role::Department,
                unit: city.clone(),
            }],
            proof: Proof::Password,
        };
        let may: Vec<Act> = POLICY
            .iter()
            .map(|(act, _)| *act)
            .filter(|act| may(&department, *act, &city) || may(&department, *act, &union))
            .collect();
        assert_eq!(may, [Act::AnswerList, Act::DecideEntry]);
        assert!(!sees(&department, &city.path) && scopes(&department).is_empty());
        let denied = permit(&department, Act::RecordVeto, &union).unwrap_err();
        assert_eq!(denied, Denial::NotFound);
    }

    #[test]
    fn the_roles_that_decide_follow_from_the_policy() {
        let guarded: Vec<&str> = Role::ALL
            .into_iter()
            .filter(|role| is_guarded(*role))
            .map(Role::key)
            .collect();
        assert_eq!(guarded, ["approver", "auditor", "administrator"]);
    }
}
