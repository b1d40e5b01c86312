//! The spot checks of the years: each December the city publishes the frame, and draws when the lottery has been.

use anyhow::Result;
use jianjia_app::{check::spot_check as checks, core::app::App};
use jianjia_domain::{check::spot_check::Publication, core::policy::Actor};
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
