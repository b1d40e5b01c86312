//! The draft that an application begins as.

use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::ids::{AccountId, ApplicationId},
    round::application::{ApplicantPerson, ApplicantUnit, Application, State},
};
use jiff::Timestamp;

use crate::round::{
    application::{Desk, story},
    filing::Filing,
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
