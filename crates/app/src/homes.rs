//! "My home": where a union, a small home or a person stands, what the next title asks, and what to do now.

use jianjia_domain::{
    application::Application,
    assessment,
    ids::{PersonId, UnitId},
    policy::{self, Act, Actor},
    rating::Rating,
    round::{self, Round},
    statement,
};
use jianjia_standard::judgement::Judgement;
use jianjia_store::{application, rating, round as rounds};
use jiff::civil::Date;

use crate::{
    app::App,
    assessments,
    error::Result,
    sheets::{self, Sheet},
};

/// Everything the page shows. The judgement is on the claims of the sheet's year, as of `as_of`.
#[derive(Clone, Debug)]
pub struct Home {
    pub sheet: Sheet,
    pub as_of: Date,
    pub judgement: Judgement,
    /// The year's calendar; none outside the programme's years.
    pub round: Option<Round>,
    pub rating: Option<Rating>,
    /// The year's own applications that still stand.
    pub applications: Vec<Application>,
    pub may_apply_here: bool,
}

pub async fn read(
    app: &App,
    actor: &Actor,
    unit: &UnitId,
    person: Option<&PersonId>,
    year: i16,
) -> Result<Home> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, unit).await?;
    let mut sheet = sheets::sheet_of(&mut tx, app, &place, person, year).await?;
    sheet.may_say = policy::may(actor, Act::SayFacts, &place)
        && statement::open_year(&app.standard, year, app.clock.today().year()).is_ok();
    let as_of = assessments::as_of(app, year);
    let judgement = assessment::judged(&app.standard, &sheet.subject, as_of, &Default::default());
    let round = match rounds::find(&mut tx, year).await? {
        Some(round) => Some(round),
        None => round::by_calendar(&app.standard, year).ok(),
    };
    let rating = match person {
        None => rating::of_year(&mut tx, unit, year).await?,
        Some(_) => None,
    };
    let mut applications = application::of_unit(&mut tx, unit).await?;
    applications.retain(|found| {
        let of_person = found.person.as_ref().map(|person| person.id);
        found.year == year && of_person.as_ref() == person
    });
    Ok(Home {
        may_apply_here: policy::may(actor, Act::DraftApplication, &place),
        sheet,
        as_of,
        judgement,
        round,
        rating,
        applications,
    })
}
