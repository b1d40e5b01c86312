//! People of the unions: a chair everywhere, workers of the bigger unions, officers of the federations.

use anyhow::{Context, Result};
use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::{ids::PersonId, place::UnitKind},
    register::person::{self, PersonDetails},
};
use jianjia_standard::kinds::Post;
use jiff::{Timestamp, civil::date};

use crate::core::{
    city::{City, Ids, Person},
    draw::Draw,
    pools::Pools,
};

pub fn people(city: &mut City, pools: &Pools, ids: &Ids) {
    let mut people = Vec::with_capacity(city.units.len() * 3 / 2);
    for (index, unit) in city.units.iter().enumerate() {
        let mut draw = Draw::of("people", unit.number);
        let mut add = |draw: &mut Draw, post, duty, since| {
            people.push(Person {
                id: PersonId(ids.next()),
                unit: index,
                name: pools.person(draw),
                post,
                duty,
                // 199 is no mobile network's: nobody answers these numbers.
                phone: format!("199{:08}", draw.below(100_000_000)),
                since,
            });
        };
        let duty = match unit.kind {
            UnitKind::Branch => "分会主席",
            kind if kind.is_federation() => "主席",
            _ => "工会主席",
        };
        add(&mut draw, Post::Chair, duty, unit.last_election);
        let (post, duty, count) = match unit.kind {
            UnitKind::City => (Post::Officer, "部长", 8),
            UnitKind::District | UnitKind::Industry => (Post::Officer, "干事", 3),
            UnitKind::Township | UnitKind::Zone => (Post::Social, "社会化工会工作者", 2),
            UnitKind::Village | UnitKind::Sector | UnitKind::Branch => (Post::Worker, "委员", 0),
            UnitKind::Grassroots | UnitKind::Direct => {
                let of_story = index == city.cast.union || index == city.cast.vetoed;
                (
                    Post::Worker,
                    "工会干事",
                    if of_story {
                        2
                    } else {
                        (unit.workers / 300).clamp(0, 3)
                    },
                )
            }
        };
        for _ in 0..count {
            let since = date(
                draw.between(2010, 2015) as i16,
                draw.between(1, 12) as i8,
                1,
            );
            add(&mut draw, post, duty, since);
        }
    }
    city.people = people;
}

/// The people as the register keeps them.
///
/// # Errors
/// When somebody has a post that the register doesn't know.
pub fn entered(city: &City, made_at: Timestamp) -> Result<Vec<person::Person>> {
    let people = city.people.iter();
    people
        .map(|invented| {
            let unit = &city.units[invented.unit];
            let post = person::Post::from_key(invented.post.key());
            Ok(person::Person {
                id: invented.id,
                unit_id: unit.id,
                unit_path: unit.path.clone(),
                details: PersonDetails {
                    name: invented.name.clone(),
                    post: post.context("a post of the register")?,
                    duty: invented.duty.to_owned(),
                    phone: Some(invented.phone.clone()),
                    since_on: Some(invented.since),
                },
                sort_key: sort_key(&invented.name),
                left_on: None,
                revision: 1,
                created_at: made_at,
                changed_at: made_at,
            })
        })
        .collect()
}
