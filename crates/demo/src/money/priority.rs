//! Who was put forward for higher honours: each April the first of every list, and in May what came of it.

use anyhow::Result;
use jianjia_app::{
    core::app::App,
    money::priority::{self as priorities, ForwardInput},
};
use jianjia_domain::{
    core::policy::Actor,
    money::priority::{CameInput, Outcome},
};
use jiff::civil::{Date, date};

use crate::{core::day::working, office::actor::told, register::growth::FIRST_YEAR};

/// So many are put forward for an honour in a year.
const EACH: usize = 2;

fn put_on(year: i16) -> Date {
    working(date(year, 4, 10))
}

/// About the first of May the awards are given.
fn came_on(year: i16) -> Date {
    working(date(year, 5, 4))
}

/// The days until today on which something is put forward or comes of it.
pub fn days(today: Date) -> Vec<Date> {
    let years = FIRST_YEAR + 1..=today.year();
    years
        .flat_map(|year| [put_on(year), came_on(year)])
        .filter(|day| *day <= today)
        .collect()
}

/// Does what is done on a day.
///
/// # Errors
/// When an act is refused.
pub async fn go(app: &App, approver: &Actor, day: Date) -> Result<()> {
    let year = day.year();
    if year <= FIRST_YEAR {
        return Ok(());
    }
    if day == put_on(year) {
        app.clock.set(day);
        put_forward(app, approver, year).await?;
    }
    if day == came_on(year) {
        app.clock.set(day);
        record(app, approver, day).await?;
    }
    Ok(())
}

async fn put_forward(app: &App, approver: &Actor, year: i16) -> Result<()> {
    for honour in app.standards.of(year).higher_honours.clone() {
        let list = told(priorities::list(app, approver, &honour.key).await)?;
        let first = list.places.iter().filter(|place| place.place.is_some());
        let chosen: Vec<String> = first
            .filter(|place| !place.holder.is_forward_in(year))
            .take(EACH)
            .map(|place| place.holder.token())
            .collect();
        if chosen.is_empty() {
            continue;
        }
        let input = ForwardInput {
            chosen,
            reason: String::new(),
        };
        told(priorities::put_forward(app, approver, &honour.key, &input).await)?;
    }
    Ok(())
}

/// Of each pair the first is awarded; of the second it is not, or nothing has come yet.
async fn record(app: &App, approver: &Actor, day: Date) -> Result<()> {
    let year = day.year();
    for (place, honour) in app
        .standards
        .of(year)
        .higher_honours
        .clone()
        .iter()
        .enumerate()
    {
        let list = told(priorities::list(app, approver, &honour.key).await)?;
        let of_year = list.forwards.iter();
        let of_year = of_year.filter(|forward| forward.year == year);
        for (number, forward) in of_year.enumerate() {
            let outcome = match number {
                0 => Outcome::Awarded,
                _ if place % 2 == 0 => Outcome::NotAwarded,
                _ => continue,
            };
            let input = CameInput {
                outcome: outcome.key().to_owned(),
                on: day.to_string(),
                document_number: format!("常工发〔{year}〕{}号", 20 + place),
                note: String::new(),
            };
            told(priorities::record(app, approver, &forward.id, &input).await)?;
        }
    }
    Ok(())
}
