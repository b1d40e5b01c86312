//! Who may do what, where; the acts, and the one table of them, stand in files of their own. Every act asks `permit` inside its transaction; pages ask
//! `may` only to decide what to offer. A unit that `sees` denies is *not found*.

mod acts;
mod table;

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

pub use self::{
    acts::{Act, Permitted, act},
    table::{GUARDED, OF_UNIT_MONEY, POLICY, STEP_UP},
};
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
/// `NotFound` when the actor doesn't see the unit, or not its money and the act is one on that; `Forbidden` when no role of the actor's may do it there.
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
            let is_hidden = OF_UNIT_MONEY.contains(&act)
                && (act == Act::SeeUnitMoney || !may(actor, Act::SeeUnitMoney, unit));
            if is_hidden || !sees(actor, &unit.path) {
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
        Reach::Own => {
            held_at.id == unit.id
                || (!held_at.kind.is_federation() && is_within(&unit.path, &held_at.path))
        }
        Reach::Within => is_within(&unit.path, &held_at.path),
        Reach::Above => held_at.id != unit.id && is_within(&unit.path, &held_at.path),
        Reach::City => held_at.kind == UnitKind::City && is_within(&unit.path, &held_at.path),
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
    fn acts_on_money_that_one_does_not_read_are_not_there() {
        let union = any_permit(act::SayBankDetails).unit;
        for role in Role::ALL {
            let actor = Actor {
                account: AccountId(uuid::Uuid::from_u128(2)),
                person: None,
                name: "赵".to_owned(),
                roles: vec![RoleAt {
                    role,
                    unit: union.clone(),
                }],
                proof: Proof::Password,
            };
            let reads = may(&actor, Act::SeeUnitMoney, &union);
            for act in [Act::SayBankDetails, Act::RecordSpending, Act::TakeMoneyBack] {
                let denied = permit(&actor, act, &union).err();
                let is_hidden = denied == Some(Denial::NotFound);
                assert_eq!(is_hidden, !reads, "{act:?} as {role:?}");
            }
        }
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
