//! Places that came back: late in each November the industry federation closes a list that it didn't fill, and the city moves a place on.

use anyhow::Result;
use jianjia_app::{
    core::{app::App, error::Error},
    round::{
        naming as namings,
        recommendation::{self as recommendations, MoveInput},
    },
};
use jianjia_domain::office::account::Account;
use jiff::civil::{Date, date};

use crate::{
    core::{city::City, day::working},
    office::actor::{actor, told},
    register::growth::FIRST_YEAR,
};

fn day_of(year: i16) -> Date {
    working(date(year, 11, 25))
}

/// The days until today on which something is done about places.
pub fn days(today: Date) -> Vec<Date> {
    let years = (FIRST_YEAR..=today.year()).map(day_of);
    years.filter(|day| *day < today).collect()
}

/// Does what is done on a day.
///
/// # Errors
/// When an act is refused that should not be.
pub async fn go(app: &App, city: &City, accounts: &[Account], day: Date) -> Result<()> {
    let year = day.year();
    if year < FIRST_YEAR || day != day_of(year) {
        return Ok(());
    }
    app.clock.set(day);
    let (closing, leading) = (
        actor(accounts, "demo.industry")?,
        actor(accounts, "demo.city")?,
    );
    let from = city.units[city.cast.industry].id;
    let to = city.units[city.cast.tianning].id;
    for title in namings::titles(app, year) {
        let of = (year, title.key.as_str());
        let list = recommendations::list(app, &closing, of.0, of.1, Some(&from)).await;
        if told(list)?.left() == 0 {
            continue;
        }
        match recommendations::close(app, &closing, of.0, of.1, &from).await {
            Ok(_) => {}
            // Its list is not made up as it should be: another one, then.
            Err(Error::Refused(_)) => continue,
            Err(error) => return told(Err(error)),
        }
        let input = MoveInput {
            title: of.1.to_owned(),
            from: Some(from),
            to: Some(to),
            places: "1".to_owned(),
            reason: "该单位候选多、名额少。".to_owned(),
        };
        let preview = told(recommendations::preview_move(app, &leading, year, &input).await)?;
        let moved = recommendations::move_places(app, &leading, year, &input, preview.seen());
        told(moved.await)?;
        break;
    }
    Ok(())
}
