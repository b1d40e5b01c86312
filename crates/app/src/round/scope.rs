//! The scopes of acts on applications, lists and vetoes: see the table in `core::scope`.

use jianjia_domain::core::ids::{ApplicationId, UnitId, VetoId};
use jianjia_store::{
    core::scope::{Scope, Scopes},
    round::{
        application::{self, Whose},
        recommendation, veto,
    },
};

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// An act on an application, which leaves what is known of its unit alone.
pub(crate) async fn of_application(app: &App, id: &ApplicationId) -> Result<Scopes> {
    let whose = whose(app, id).await?;
    Ok([
        Scope::Application(*id),
        Scope::UnitAsItIs(whose.unit),
        Scope::CalendarAsItIs,
    ]
    .into())
}

/// An opinion of an office: one more that it sends on within its share of the places, if it has one.
pub(crate) async fn of_endorsement(app: &App, id: &ApplicationId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let found = application::find(&mut tx, id).await?;
    let application = found.ok_or(Error::NotFound)?;
    // Where the turn changes before the locks are held, so does the revision that the act expects.
    let share = application.turn().map(|turn| Scope::List {
        year: application.year,
        title: application.title.clone(),
        federation: turn.unit.id,
    });
    Ok([
        Scope::Application(*id),
        Scope::UnitAsItIs(application.unit.id),
        Scope::CalendarAsItIs,
    ]
    .into_iter()
    .chain(share)
    .collect())
}

/// An act of a federation that gives shares of its places to some units.
pub(crate) fn of_shares(
    (year, title, federation): (i16, &str, &UnitId),
    units: impl Iterator<Item = UnitId>,
) -> Scopes {
    let list = |federation| Scope::List {
        year,
        title: title.to_owned(),
        federation,
    };
    [list(*federation), Scope::CalendarAsItIs]
        .into_iter()
        .chain(units.map(list))
        .collect()
}

/// An act of an office on whose hands some files are in.
pub(crate) async fn of_files(app: &App, files: &[ApplicationId]) -> Result<Scopes> {
    let each = each_of(app, files, Scope::UnitAsItIs).await?;
    Ok([Scope::CalendarAsItIs].into_iter().chain(each).collect())
}

/// An application at the step that decides: a title of its unit begins with it.
pub(crate) async fn of_decision(app: &App, id: &ApplicationId) -> Result<Scopes> {
    let Whose {
        unit, year, title, ..
    } = whose(app, id).await?;
    Ok([
        Scope::Application(*id),
        Scope::Unit(unit),
        Scope::CalendarAsItIs,
        Scope::Numbers { year, title },
    ]
    .into())
}

async fn whose(app: &App, id: &ApplicationId) -> Result<Whose> {
    let mut tx = app.db.read().await?;
    let found = application::whose(&mut tx, std::slice::from_ref(id)).await?;
    found.into_iter().next().ok_or(Error::NotFound)
}

/// An act of a federation that has recommended an application, on the list that it is in.
pub(crate) async fn of_recommended(
    app: &App,
    federation: &UnitId,
    id: &ApplicationId,
) -> Result<Scopes> {
    let Whose {
        unit, year, title, ..
    } = whose(app, id).await?;
    let list = Scope::List {
        year,
        title,
        federation: *federation,
    };
    Ok([
        list,
        Scope::Application(*id),
        Scope::UnitAsItIs(unit),
        Scope::CalendarAsItIs,
    ]
    .into())
}

/// The city's act on candidates for a title of a year, and on what is named of the lists that they are on. Who isn't there is told by the act.
pub(crate) async fn of_candidates(
    app: &App,
    year: i16,
    title: &str,
    chosen: &[ApplicationId],
) -> Result<Scopes> {
    let numbers = Scope::Numbers {
        year,
        title: title.to_owned(),
    };
    let each = each_of(app, chosen, Scope::Unit).await?;
    let mut tx = app.db.read().await?;
    let federations = recommendation::federations_of(&mut tx, chosen).await?;
    let lists = federations.into_iter().map(|federation| Scope::List {
        year,
        title: title.to_owned(),
        federation,
    });
    let shared = [Scope::CalendarAsItIs, Scope::ImprintsAsTheyAre];
    Ok([numbers]
        .into_iter()
        .chain(shared)
        .chain(each)
        .chain(lists)
        .collect())
}

/// A federation's act on its list, and on some applications of it.
pub(crate) async fn of_list(
    app: &App,
    (year, title, federation): (i16, &str, &UnitId),
    chosen: &[ApplicationId],
) -> Result<Scopes> {
    let list = Scope::List {
        year,
        title: title.to_owned(),
        federation: *federation,
    };
    let each = each_of(app, chosen, Scope::UnitAsItIs).await?;
    Ok([list, Scope::CalendarAsItIs]
        .into_iter()
        .chain(each)
        .collect())
}

/// PostgreSQL has room for some thousand locks in all; beyond so many applications an act takes all units, and with them all that is done to
/// their applications.
const AT_ONCE: usize = 300;

async fn each_of(
    app: &App,
    chosen: &[ApplicationId],
    unit: fn(UnitId) -> Scope,
) -> Result<Vec<Scope>> {
    if chosen.len() > AT_ONCE {
        return Ok(vec![Scope::Units]);
    }
    let mut tx = app.db.read().await?;
    let found = application::whose(&mut tx, chosen).await?;
    Ok(found
        .into_iter()
        .flat_map(|whose| [Scope::Application(whose.application), unit(whose.unit)])
        .collect())
}

/// Lifting a veto, which entries of departments may be on record as.
pub(crate) async fn of_veto(app: &App, id: &VetoId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let found = veto::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok([Scope::Departments, Scope::Unit(found.unit)].into())
}
