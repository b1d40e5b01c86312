//! The years of the programme and their calendars.

use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    policy::act,
};
use jianjia_domain::{
    core::{
        policy::{Act, Actor},
        refusal::General,
    },
    round::round::{self, Round, RoundDays},
};
use jianjia_standard::programme::RoundAct;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::round as rounds,
};
use jiff::civil::Date;
use serde_json::json;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

refuses!(jianjia_domain::round::round::RoundRefusal);

/// The round of a year: with the days that the city set, or by the standard's calendar.
///
/// # Errors
/// `OutsideProgramme`.
pub async fn of_year(tx: &mut Tx, app: &App, year: i16) -> Result<Round> {
    let by_calendar = round::by_calendar(app.standards.of(year), year)?;
    let set = rounds::find(tx, &by_calendar.standard_key, year).await?;
    Ok(with_days_of(by_calendar, set))
}

/// The round with the days that the city set, if it did; which act has which window remains the standard's.
fn with_days_of(by_calendar: Round, set: Option<Round>) -> Round {
    match set {
        Some(set) => Round {
            acts: by_calendar.acts,
            ..set
        },
        None => by_calendar,
    }
}

/// A year's round and those after it: what an act's window is told by, read once for the whole act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rounds {
    pub this: Round,
    /// In the order of their years; none after the last year.
    pub later: Vec<Round>,
}

impl Rounds {
    /// Refuses an act outside its window, with the days that matter.
    ///
    /// # Errors
    /// `OutsideWindow`, with the days that matter (P6).
    pub fn open(&self, app: &App, act: RoundAct) -> Result<()> {
        Ok(round::open(
            &self.this,
            &self.later,
            act,
            app.clock.today(),
        )?)
    }

    /// Refuses what is only to be prepared for an act whose window has passed; before it, one may.
    ///
    /// # Errors
    /// `OutsideWindow`, with the days that matter (P6).
    pub fn not_over(&self, app: &App, act: RoundAct) -> Result<()> {
        match app.clock.today() <= round::window(&self.this, act).to {
            true => Ok(()),
            false => self.open(app, act),
        }
    }

    /// The year in whose round an act can be done today, from this one on.
    pub fn open_year(&self, app: &App, act: RoundAct) -> Option<i16> {
        let today = app.clock.today();
        [&self.this]
            .into_iter()
            .chain(&self.later)
            .find(|round| round::window(round, act).contains(today))
            .map(|round| round.year)
    }

    /// See `as_of`.
    pub fn as_of(&self, app: &App) -> Date {
        app.clock.today().min(self.this.examination.to)
    }
}

/// The round of a year and those after it.
///
/// # Errors
/// `OutsideProgramme`.
pub async fn around(tx: &mut Tx, app: &App, year: i16) -> Result<Rounds> {
    let this = round::by_calendar(app.standards.of(year), year)?;
    let years = app.standards.years().into_iter();
    let later: Vec<Round> = years
        .filter(|later| *later > year)
        .filter_map(|later| round::by_calendar(app.standards.of(later), later).ok())
        .collect();
    // What comes next is of the same programme, or of the one in force.
    let in_force = &app.in_force().key;
    let set = rounds::of_programmes(tx, &this.standard_key, in_force).await?;
    let or_set = |by_calendar: Round| {
        let key = (&by_calendar.standard_key, by_calendar.year);
        let set = set.iter().find(|set| (&set.standard_key, set.year) == key);
        with_days_of(by_calendar, set.cloned())
    };
    Ok(Rounds {
        later: later.into_iter().map(or_set).collect(),
        this: or_set(this),
    })
}

/// Refuses an act outside its window, with the days that matter.
///
/// # Errors
/// `OutsideProgramme`; `OutsideWindow`, with the days that matter (P6).
pub async fn open(tx: &mut Tx, app: &App, year: i16, act: RoundAct) -> Result<()> {
    around(tx, app, year).await?.open(app, act)
}

/// The day as of which an application of the round would be judged if it were handed in now: today, but never after the
/// examination, so that a look back still judges the round's own year. One that was handed in has its own: `applications::as_of`.
///
/// # Errors
/// `OutsideProgramme`.
pub async fn as_of(tx: &mut Tx, app: &App, year: i16) -> Result<Date> {
    let round = of_year(tx, app, year).await?;
    Ok(app.clock.today().min(round.examination.to))
}

/// The programme's year that today falls in, or the nearest.
pub fn current_year(app: &App) -> i16 {
    let programme = &app.in_force().programme;
    let first = programme.first_year;
    app.clock
        .today()
        .year()
        .clamp(first, programme.last_year.max(first))
}

/// One round, for everybody to read.
///
/// # Errors
/// `OutsideProgramme`.
pub async fn find(app: &App, year: i16) -> Result<Round> {
    let mut tx = app.db.read().await?;
    of_year(&mut tx, app, year).await
}

/// All rounds of the programmes, for everybody to read.
pub async fn list(app: &App) -> Result<Vec<Round>> {
    let mut tx = app.db.read().await?;
    let mut list = Vec::new();
    for year in app.standards.years() {
        list.push(of_year(&mut tx, app, year).await?);
    }
    Ok(list)
}

/// A round, for those who may move its days.
///
/// # Errors
/// As `App::permit` at the city; `OutsideProgramme`.
pub async fn to_set(app: &App, actor: &Actor, year: i16) -> Result<Round> {
    permitted(app, actor, Act::SetCalendar, year).await
}

/// A round, for those who read the notice that it goes out with.
///
/// # Errors
/// As `App::permit` at the city; `OutsideProgramme`.
pub async fn of_notice(app: &App, actor: &Actor, year: i16) -> Result<Round> {
    permitted(app, actor, Act::SeeNotice, year).await
}

async fn permitted(app: &App, actor: &Actor, act: Act, year: i16) -> Result<Round> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(&mut tx, actor, act, &city).await?;
    of_year(&mut tx, app, year).await
}

/// The city moves the days of a round.
///
/// # Errors
/// As `App::permit` at the city; `OutsideProgramme`; `Stale` when somebody saved in between; by field: `EndsBeforeItBegins`, `BeforeThePhaseAhead`.
pub async fn set_days(app: &App, actor: &Actor, year: i16, input: RoundDays) -> Result<Round> {
    let mut tx = app.db.write(Scope::Calendar).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit(&mut tx, actor, act::SetCalendar, &city.id)
        .await?;
    let before = of_year(&mut tx, app, year).await?;
    let round = round::set_days(before.clone(), &permit, input, app.now())?;
    if !rounds::save(&mut tx, &round).await? {
        return Err(General::Stale.into());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::SetCalendar,
        Object::Round(year),
        Some(&permit.unit),
        json!({ "before": before, "after": round }),
    )
    .await?;
    tx.commit().await?;
    Ok(round)
}
