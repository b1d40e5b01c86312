//! Addresses of the figures, and of the lists behind them.

use jianjia_domain::{
    core::{
        ids::{DoubtId, UnitId},
        place::UnitPlace,
    },
    honour::target::{LineYear, Progress},
    year::shortfall::Facet,
};

use crate::{pages::honour, query};

pub const DASHBOARD: &str = "/dashboard";
pub const HOLDING_BACK: &str = "/insight/holding-back";
pub const LACKING: &str = "/insight/unions";
pub const ONE_STEP: &str = "/insight/one-step";
pub const CHANGES: &str = "/insight/changes";
pub const CHANGED_TITLES: &str = "/insight/changes/titles";

/// What in the data contradicts itself.
pub const XRAY: &str = "/insight/x-ray";

/// In an address, for a value of a facet that is not known.
pub const NOT_KNOWN: &str = "-";

/// A page of a place.
pub fn of_place(path: &str, place: &UnitId) -> String {
    format!("{path}?under={place}")
}

/// The clauses that hold back, of a title: in a place and a year.
pub fn holding_back(place: &UnitId, year: i16, title: &str) -> String {
    with(HOLDING_BACK, place, year, &[("title", title)])
}

/// A clause of them, or all who strive for the title, by place and facet.
pub fn parted(place: &UnitId, year: i16, title: &str, clause: &str) -> String {
    let fields = [("title", title), ("clause", clause)];
    with("/insight/holding-back/parted", place, year, &fields)
}

/// The unions with whom a clause stands so; an empty clause and an empty state for all who strive for the title.
pub fn lacking(place: &UnitId, year: i16, title: &str, (clause, stands): (&str, &str)) -> String {
    let fields = [("title", title), ("clause", clause), ("stands", stands)];
    with(LACKING, place, year, &fields)
}

/// The unions that lack one clause alone.
pub fn one_step(place: &UnitId, year: i16, title: &str, stands: &str) -> String {
    with(
        ONE_STEP,
        place,
        year,
        &[("title", title), ("stands", stands)],
    )
}

/// What narrows a list to one value of a facet.
pub fn narrowed(list: &str, facet: Facet, value: &str) -> String {
    let value = if value.is_empty() { NOT_KNOWN } else { value };
    format!("{list}&{}={value}", facet.key())
}

/// The titles that were gained or lost in a year.
pub fn changed_titles(place: &UnitId, year: i16, turn: &str, title: &str) -> String {
    with(
        CHANGED_TITLES,
        place,
        year,
        &[("turn", turn), ("title", title)],
    )
}

/// The register's list of units that were founded, or ended, in a year.
pub fn units(place: &UnitId, what: &str, year: i16) -> String {
    format!("/units?under={place}&state=all&{what}={year}")
}

fn with(path: &str, place: &UnitId, year: i16, fields: &[(&str, &str)]) -> String {
    let (place, year) = (place.to_string(), year.to_string());
    let mut parts = vec![("under", place.as_str()), ("year", year.as_str())];
    parts.extend(fields);
    let address = query::asked(path, &parts);
    address.trim_end_matches('&').to_owned()
}

/// The roll's list behind a figure of a target: its titles of these years in a place.
pub fn titles(target: &Progress, place: &UnitPlace, (from, to): (i16, i16)) -> String {
    let years = if from == to {
        from.to_string()
    } else {
        format!("{from}-{to}")
    };
    // A share is of the grassroots unions.
    let kind = if target.of.is_some() {
        "&kind=grassroots"
    } else {
        ""
    };
    let roll = honour::address::roll(&target.title, &years);
    format!("{roll}{kind}&holders=living&under={}", place.id)
}

/// As `titles`, for all that had begun by the end of a year.
pub fn titles_until(
    target: &Progress,
    place: &UnitPlace,
    years: (i16, i16),
    year: &LineYear,
) -> String {
    format!("{}&until={}", titles(target, place, years), year.year)
}

/// One contradiction.
pub fn doubt(doubt: &DoubtId) -> String {
    format!("{XRAY}/{doubt}")
}

/// What a union was asked about.
pub fn asked(unit: &UnitId) -> String {
    format!("/units/{unit}/x-ray")
}
