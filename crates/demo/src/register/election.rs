//! The last election of every union's committee.

use jianjia_domain::{
    core::{ids::ElectionId, place::UnitKind},
    register::election::Election,
};
use jianjia_standard::kinds::Post;

use crate::core::{
    city::{City, Ids},
    day::morning,
};

pub fn elections(city: &City, ids: &Ids) -> Vec<Election> {
    city.people
        .iter()
        .filter(|person| {
            person.post == Post::Chair && city.units[person.unit].kind != UnitKind::Branch
        })
        .map(|person| {
            let unit = &city.units[person.unit];
            Election {
                id: ElectionId(ids.next()),
                unit_id: unit.id,
                unit_path: unit.path.clone(),
                held_on: unit.last_election,
                term_years: unit.term_years,
                chair_id: Some(person.id),
                chair_name: person.name.clone(),
                note: String::new(),
                recorded_by: None,
                recorded_at: morning(unit.last_election),
                removed_at: None,
            }
        })
        .collect()
}
