//! The year sheet: an overview with the state of every group, and one page a group.

use jianjia_app::year::sheet::SayInput;
use jianjia_domain::{core::policy::Act, year::statement::Confirm};

use crate::{
    form::named::Fields,
    routes::{Access, Route},
};

mod group;
mod overview;
mod question;

pub fn routes() -> Vec<Route> {
    const SHEET: &str = "/units/{id}/sheet/{year}";
    const GROUP: &str = "/units/{id}/sheet/{year}/{group}";
    vec![
        Route::get(SHEET, Access::Seen, overview::show),
        Route::post(SHEET, Access::Act(Act::SayFacts), overview::confirm_all),
        Route::get(GROUP, Access::Seen, group::show),
        Route::post(GROUP, Access::Act(Act::SayFacts), group::say),
    ]
}

/// What a form of the sheet says: its own fields, and an answer in every other one.
fn input_of(group: Option<String>, fields: &Fields) -> SayInput {
    let own = ["csrf", "request_key", "seen", "confirm", "then"];
    SayInput {
        group,
        typed: fields
            .0
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()))
            .cloned()
            .collect(),
        confirm: match fields.first("confirm") {
            "" => Confirm::None,
            "*" => Confirm::All,
            key => Confirm::One(key.to_owned()),
        },
        seen: fields.first("seen").parse().ok(),
        request_key: fields.first("request_key").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_form_tells_answers_from_its_own_fields() {
        let fields = [
            ("csrf", "x"),
            ("seen", ""),
            ("confirm", "members"),
            ("request_key", "k"),
            ("workers", "200"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let input = input_of(Some("basics".to_owned()), &Fields(fields.to_vec()));
        assert_eq!(input.confirm, Confirm::One("members".to_owned()));
        assert_eq!(input.request_key, "k");
        assert_eq!(
            input.typed,
            BTreeMap::from([("workers".to_owned(), "200".to_owned())])
        );
    }
}
