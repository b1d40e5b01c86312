//! What unions learn from each other: cases, topics, meetings.

pub mod case;
pub mod meeting;
pub mod personal;
pub mod topic;

use crate::core::{
    place::{UnitKind, is_within},
    policy::{Actor, Role, sees},
};

/// Whether what a federation offers to the unions below it is for the actor: for those above, whose work it is; for the offices below; and for the
/// unions of these kinds below it, or of any where none is named.
pub fn is_for(actor: &Actor, path: &str, kinds: &[UnitKind]) -> bool {
    let mut roles = actor.roles.iter();
    sees(actor, path)
        || roles.any(|at| {
            let answers = matches!(at.role, Role::Chair | Role::Clerk);
            at.role != Role::Department
                && is_within(&at.unit.path, path)
                && (!answers || kinds.is_empty() || kinds.contains(&at.unit.kind))
        })
}

/// Several lines as they were typed: line ends made alike, blanks around them dropped.
pub(crate) fn lines(typed: &str) -> String {
    typed.trim().replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::core::{
        ids::{AccountId, UnitId},
        place::UnitPlace,
        policy::RoleAt,
        proof::Proof,
    };

    #[test]
    fn what_a_district_offers_is_for_those_below_and_above_it() {
        let check = |role, kind, path: &str, kinds: &[UnitKind]| {
            let unit = UnitPlace {
                id: UnitId(Uuid::from_u128(9)),
                kind,
                name: String::new(),
                path: path.to_owned(),
            };
            let actor = Actor {
                account: AccountId(Uuid::from_u128(1)),
                person: None,
                name: String::new(),
                roles: vec![RoleAt { role, unit }],
                proof: Proof::Password,
            };
            is_for(&actor, "/1/2/", kinds)
        };
        let villages = [UnitKind::Village];
        assert!(check(Role::Chair, UnitKind::Grassroots, "/1/2/3/4/", &[]));
        assert!(!check(
            Role::Chair,
            UnitKind::Grassroots,
            "/1/2/3/4/",
            &villages
        ));
        assert!(check(
            Role::Clerk,
            UnitKind::Village,
            "/1/2/3/5/",
            &villages
        ));
        assert!(check(
            Role::Reviewer,
            UnitKind::Township,
            "/1/2/3/",
            &villages
        ));
        assert!(check(Role::Approver, UnitKind::City, "/1/", &villages));
        assert!(!check(Role::Chair, UnitKind::Grassroots, "/1/20/4/", &[]));
        assert!(!check(Role::Department, UnitKind::City, "/1/", &[]));
    }
}
