//! The spot checks of the years: each December the city publishes the frame, and draws when the lottery has been.

use std::collections::BTreeSet;

use anyhow::{Context, Result, anyhow};
use jianjia_app::{
    check::spot_check::{self as checks, public},
    core::app::App,
};
use jianjia_domain::{
    check::{draw, spot_check::Publication},
    core::policy::Actor,
};
use jianjia_store::check::spot_check as kept;
use jiff::civil::{Date, date};

use crate::office::actor::told;

/// The lottery's numbers, invented as everything else here; those of a year stand at its place from the first.
const NUMBERS: [&str; 5] = [
    "03 07 15 19 22 31 + 08",
    "01 09 12 17 28 33 + 15",
    "05 06 14 20 23 29 + 02",
    "02 11 13 18 26 30 + 11",
    "04 08 10 21 25 32 + 06",
];

pub(super) const FIRST_YEAR: i16 = 2016;

fn published_on(year: i16) -> Date {
    date(year, 12, 5)
}

fn lottery_on(year: i16) -> Date {
    date(year, 12, 13)
}

fn drawn_on(year: i16) -> Date {
    date(year, 12, 14)
}

/// The days until today on which something is done for the checks.
pub fn days(today: Date) -> Vec<Date> {
    let years = FIRST_YEAR..=today.year();
    years
        .flat_map(|year| [published_on(year), drawn_on(year)])
        .filter(|day| *day <= today)
        .collect()
}

/// Does what is done on a day.
///
/// # Errors
/// When an act is refused.
pub async fn go(app: &App, approver: &Actor, day: Date) -> Result<()> {
    let year = day.year();
    let numbers = NUMBERS.get(usize::try_from(year - FIRST_YEAR).unwrap_or(0));
    if day == published_on(year) {
        app.clock.set(day);
        let preview = told(checks::preview(app, approver, year).await)?;
        let publication = Publication {
            lottery_name: "双色球（演示）".to_owned(),
            lottery_issue: format!("{year}146"),
            lottery_on: Some(lottery_on(year)),
            inspectors: preview
                .candidates
                .iter()
                .map(|candidate| candidate.account)
                .collect(),
            seen: preview.plan.seen,
        };
        told(checks::publish(app, approver, year, &publication).await)?;
    }
    if let Some(numbers) = numbers
        && day == drawn_on(year)
    {
        app.clock.set(day);
        told(checks::draw(app, approver, year, numbers).await)?;
    }
    Ok(())
}

/// The numbers of the units that the lottery will draw, once the frame of a year that is over is published: an invented lottery's numbers are known.
///
/// # Errors
/// When the frame can't be read.
pub async fn drawn_of_past(app: &App, day: Date, today: Date) -> Result<Option<BTreeSet<i64>>> {
    let year = day.year();
    if day != published_on(year) || year >= today.year() {
        return Ok(None);
    }
    let numbers = usize::try_from(year - FIRST_YEAR).map(|place| NUMBERS[place % NUMBERS.len()]);
    let text = told(public::frame_file(app, year).await)?;
    let refused = |refusal| anyhow!("the draw of {year}: {refusal:?}");
    let frame = draw::read_frame(&text).map_err(refused)?;
    let seed = draw::seed(numbers.context("a year of the programme")?).map_err(refused)?;
    let names = draw::draw(&frame, &seed)
        .into_iter()
        .map(|drawn| drawn.unit);
    let names: Vec<String> = names.collect();
    let mut tx = app.db.read().await?;
    let entries = kept::entries(&mut tx, &names).await?;
    Ok(Some(
        entries.iter().map(|entry| entry.unit_number).collect(),
    ))
}
