//! The city's acts of naming: all that is named for a title in a year is named in one of them, on one day, by one document.

use std::collections::HashMap;

use jianjia_standard::programme::{RouteAct, Standard};
use jiff::{Timestamp, ToSpan, civil::date};

use crate::{
    core::{
        city::Ids,
        day::{office_hour, working},
        draw::Draw,
    },
    round::application::Walk,
};

/// One act of naming.
pub(super) struct Naming {
    pub batch: String,
    pub document_number: String,
    at: Timestamp,
}

/// Those of a year, in the middle of December, when everything that was recommended in November has come: by title.
pub(super) fn of_year(standard: &Standard, ids: &Ids, year: i16) -> HashMap<String, Naming> {
    let titles = standard
        .routes
        .iter()
        .filter(|route| route.steps.iter().any(|step| step.act == RouteAct::Name))
        .flat_map(|route| &route.titles);
    let mut draw = Draw::of("namings", i64::from(year));
    let first = draw.between(41, 58);
    let namings = titles.zip(0_i64..).map(|(title, place)| {
        let day = working(date(year, 12, 14).saturating_add((place * 2).days()));
        let naming = Naming {
            batch: ids.next().simple().to_string(),
            document_number: format!("常工发〔{year}〕{}号", first + place),
            at: office_hour(day, &mut draw),
        };
        (title.clone(), naming)
    });
    namings.collect()
}

impl Walk<'_, '_> {
    /// The city's act that names this application; none where a federation below decides.
    pub(super) fn naming(&self) -> Option<&Naming> {
        self.way.application.recommended_by?;
        self.desk.namings.get(&self.filing.title.key)
    }

    /// When the city names it.
    pub(super) fn named_at(&self) -> Option<Timestamp> {
        let at = self.naming().map(|naming| naming.at);
        at.filter(|at| *at > self.at)
    }
}
