//! The elections of every union's committee: the one before the city was invented, and those since.

use jianjia_domain::{
    core::{ids::ElectionId, place::UnitKind},
    register::election::Election,
};
use jianjia_standard::kinds::Post;

use crate::core::{
    city::{City, Ids},
    day::morning,
};

/// `begun` is the city as it was invented, `city` as it has become.
pub fn elections(begun: &City, city: &City, ids: &Ids) -> Vec<Election> {
    let mut chairs = vec![None; city.units.len()];
    for person in city.people.iter().rev() {
        if person.post == Post::Chair {
            chairs[person.unit] = Some(person);
        }
    }
    let first = begun
        .units
        .iter()
        .enumerate()
        .map(|(index, unit)| (index, unit.last_election));
    first
        .chain(city.reelected.iter().copied())
        .filter(|(index, _)| city.units[*index].kind != UnitKind::Branch)
        .filter_map(|(index, held_on)| Some((index, held_on, chairs[index]?)))
        .map(|(index, held_on, person)| {
            let unit = &city.units[index];
            Election {
                id: ElectionId(ids.next()),
                unit_id: unit.id,
                unit_path: unit.path.clone(),
                held_on,
                term_years: unit.term_years,
                chair_id: Some(person.id),
                chair_name: person.name.clone(),
                note: String::new(),
                recorded_by: None,
                recorded_at: morning(held_on),
                removed_at: None,
            }
        })
        .collect()
}
