//! The draft that an application begins as.

use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::ids::{AccountId, ApplicationId},
    round::application::{ApplicantPerson, ApplicantUnit, Application, State},
};
use jiff::Timestamp;

use crate::{
    core::draw::Draw,
    round::{
        application::{Desk, story},
        filing::Filing,
    },
};

pub(super) fn drafted(desk: &Desk, filing: &Filing, at: Timestamp) -> Application {
    let unit = &desk.city.units[filing.unit];
    Application {
        id: ApplicationId(desk.ids.next()),
        year: desk.year,
        title: filing.title.key.clone(),
        unit: ApplicantUnit {
            id: unit.id,
            path: unit.path.clone(),
            name: unit.name.clone(),
            sort_key: sort_key(&unit.name),
        },
        person: filing.person.map(|index| {
            let person = &desk.city.people[index];
            ApplicantPerson {
                id: person.id,
                name: person.name.clone(),
            }
        }),
        story: story(desk.city, filing, desk.year),
        state: State::Draft,
        route: Vec::new(),
        rank: None,
        recommended_by: None,
        judgement: None,
        since_at: at,
        submitted_at: None,
        created_by: AccountId(desk.ids.next()),
        created_at: at,
        revision: 1,
    }
}

/// What was answered about the candidate of what is asked for the title: most say what the register doesn't, some forget to.
pub(super) fn answers(desk: &Desk, filing: &Filing) -> Vec<(String, String)> {
    let unit = &desk.city.units[filing.unit];
    let who = filing.person.map_or(filing.unit, |person| person) as i64;
    let asked = desk.standard.properties.iter().filter(|property| {
        property.question.is_some() && property.titles.contains(&filing.title.key)
    });
    let mut answers = Vec::new();
    for property in asked {
        let mut draw = Draw::of(&property.key, who << 12 | i64::from(desk.year));
        let registered = unit
            .employer_economic_type
            .filter(|_| property.from.is_some());
        let is_known = registered.is_some() && property.holds(None, registered).is_some();
        let (Some(first), false) = (property.choices.first(), is_known) else {
            continue;
        };
        if property.from.is_some() && registered.is_none() || draw.chance(15) {
            continue;
        }
        let choice = if draw.chance(70) {
            first
        } else {
            draw.pick(&property.choices)
        };
        answers.push((property.key.clone(), choice.key.clone()));
    }
    answers
}
