//! What unions learn from each other: cases, topics, meetings.

pub mod case;
pub mod meeting;
pub mod personal;
pub mod topic;

use jianjia_standard::Lang;

use crate::core::{
    place::{UnitKind, is_within},
    policy::{Actor, Role, sees},
    refusal::Refuse,
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

/// Why somebody who sees a topic or a meeting does nothing about it: it is another unit's to do, or not for the union that they named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SharingRefusal {
    NotYours { unit: String },
    NotFor { unit: String },
}

impl Refuse for SharingRefusal {
    fn key(&self) -> &'static str {
        match self {
            SharingRefusal::NotYours { .. } => "sharing/not-yours",
            SharingRefusal::NotFor { .. } => "sharing/not-for",
        }
    }

    fn can_be_corrected(&self) -> bool {
        matches!(self, SharingRefusal::NotFor { .. })
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (SharingRefusal::NotYours { unit }, Lang::Zh) => {
                format!("这件事由{unit}办理，您所在的单位看得到，不能代办。要办的，请联系{unit}。")
            }
            (SharingRefusal::NotYours { unit }, Lang::En) => format!(
                "This is for {unit} to do: your unit sees it and can't do it in their place. Please ask {unit}."
            ),
            (SharingRefusal::NotFor { unit }, Lang::Zh) => format!(
                "不能代表{unit}办理：它不在对象范围内，或者您不在它任职。请选页面上列出的工会；都不对的，请联系发起的单位。"
            ),
            (SharingRefusal::NotFor { unit }, Lang::En) => format!(
                "This can't be done for {unit}: it is for other unions, or you have no office at that one. Choose a union that the page lists; if none is right, ask the federation that began it."
            ),
        }
    }
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
