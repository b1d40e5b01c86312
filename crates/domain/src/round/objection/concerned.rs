//! Whom an objection concerns: nobody of them reads it or looks into it.

use super::ObjectionRefusal;
use crate::core::{
    place::{UnitKind, UnitPlace, is_within},
    policy::Actor,
    text,
};

/// Whom an objection concerns: nobody of these learns of it.
#[derive(Clone, Debug)]
pub struct Concerned<'a> {
    /// Where the unit stands that it is about.
    pub unit_path: &'a str,
    /// The person that it is about, if it is one.
    pub person: Option<&'a str>,
    /// Those whom whoever objected named.
    pub keep_from: &'a [String],
}

impl Concerned<'_> {
    /// Whether it is about this person, or must not reach them.
    pub fn names(&self, name: &str) -> bool {
        let plain = |of: &str| text::line(of).replace(' ', "");
        let name = plain(name);
        let mut named = self.keep_from.iter().map(String::as_str).chain(self.person);
        // Blanks stand within names, and between two on one line: it rather reaches too few.
        named.any(|of| plain(of) == name || text::line(of).split(' ').any(|piece| piece == name))
    }

    /// Whether somebody may read it, by what they are everywhere: it is not about them or kept from them, and they are neither of the unit nor of a
    /// federation that it stands below, other than the city.
    pub fn lets(&self, actor: &Actor) -> bool {
        let places = actor.roles.iter().map(|held| &held.unit);
        self.lets_holder(&actor.name, places) && !actor.belongs_to(self.unit_path)
    }

    /// The same of somebody who is not there, by the name and the places of their account's roles.
    pub fn lets_holder<'p>(
        &self,
        name: &str,
        mut places: impl Iterator<Item = &'p UnitPlace>,
    ) -> bool {
        let is_of_its_federation = places
            .any(|place| place.kind != UnitKind::City && is_within(self.unit_path, &place.path));
        !self.names(name) && !is_of_its_federation
    }

    /// Whether somebody of an office may look into it.
    ///
    /// # Errors
    /// `OwnFederation` for one that the unit stands below, other than the city; `NamedInIt`.
    pub fn may_look(&self, office: &UnitPlace, name: &str) -> Result<(), ObjectionRefusal> {
        let is_own = is_within(self.unit_path, &office.path);
        if is_own && office.kind != UnitKind::City {
            return Err(ObjectionRefusal::OwnFederation {
                office: office.name.clone(),
            });
        }
        if self.names(name) {
            return Err(ObjectionRefusal::NamedInIt {
                name: name.to_owned(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::core::{ids::UnitId, refusal::Refuse};

    #[test]
    fn nobody_whom_it_concerns_looks_into_it() {
        let keep_from = ["李 审核".to_owned()];
        let concerned = Concerned {
            unit_path: "/1/12/345/",
            person: Some("赵刚"),
            keep_from: &keep_from,
        };
        let check = |kind, path: &str, name: &str| {
            let office = UnitPlace {
                id: UnitId(Uuid::from_u128(9)),
                kind,
                name: "某总工会".to_owned(),
                path: path.to_owned(),
            };
            let looked = concerned.may_look(&office, name);
            looked.map_or_else(|refusal| refusal.key(), |()| "may")
        };
        assert_eq!(check(UnitKind::District, "/1/13/", "王审核"), "may");
        assert_eq!(check(UnitKind::City, "/1/", "王审核"), "may");
        assert_eq!(
            check(UnitKind::District, "/1/12/", "王审核"),
            "objection/own-federation"
        );
        assert_eq!(
            check(UnitKind::City, "/1/", "李  审核"),
            "objection/named-in-it"
        );
        let on_one_line = ["张三 李四".to_owned()];
        let concerned = Concerned {
            keep_from: &on_one_line,
            ..concerned
        };
        assert!(concerned.names("张三") && concerned.names("李四") && !concerned.names("李"));
        assert_eq!(
            check(UnitKind::City, "/1/", "赵刚"),
            "objection/named-in-it"
        );
    }
}
