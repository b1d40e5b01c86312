//! The round of the year, with the days of the standard's calendar, and the places that the federations have in it.

use anyhow::Result;
use jianjia_app::{core::app::App, round::round as rounds};
use jianjia_domain::{
    core::place::UnitKind,
    round::{recommendation::Quota, round::Round},
};
use jianjia_standard::programme::Standard;
use jiff::civil::{Date, date};

use crate::core::{
    city::City,
    day::{morning, working},
};

/// # Errors
/// When the standard has no such year.
pub async fn round(app: &App, year: i16) -> Result<Round> {
    Ok(Round {
        revision: 1,
        changed_at: Some(morning(set_on(year))),
        ..rounds::find(app, year).await?
    })
}

/// The day on which the city goes through the year's days and gives the places.
pub fn set_on(year: i16) -> Date {
    working(date(year, 4, 1))
}

/// How many a federation may recommend for a title.
pub fn places(kind: UnitKind) -> i64 {
    match kind {
        UnitKind::District => 18,
        UnitKind::City => 5,
        _ => 6,
    }
}

/// Every federation that recommends has places for each title that has a quota.
pub fn quotas(city: &City, standard: &Standard, year: i16) -> Vec<Quota> {
    let mut quotas = Vec::new();
    for route in &standard.routes {
        for step in route.steps.iter().filter(|step| step.quota) {
            let has_places = |kind: UnitKind| {
                step.at
                    .iter()
                    .chain(&step.otherwise)
                    .any(|key| key == kind.key())
            };
            for unit in city.units.iter().filter(|unit| has_places(unit.kind)) {
                quotas.extend(route.titles.iter().map(|title| Quota {
                    year,
                    title: title.clone(),
                    unit: unit.id,
                    unit_path: unit.path.clone(),
                    places: places(unit.kind),
                    returned: 0,
                    moved: 0,
                    closed_at: None,
                    revision: 1,
                }));
            }
        }
    }
    quotas
}
