//! The scopes of acts on applications, lists and vetoes: see the table in `core::scope`.

use jianjia_domain::core::ids::{ApplicationId, UnitId, VetoId};
use jianjia_store::{
    core::scope::{Scope, Scopes},
    round::{application, veto},
};

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// An act on an application, which leaves what is known of its unit alone.
pub(crate) async fn of_application(app: &App, id: &ApplicationId) -> Result<Scopes> {
    let (unit, ..) = whose(app, id).await?;
    Ok([
        Scope::Application(*id),
        Scope::UnitAsItIs(unit),
        Scope::CalendarAsItIs,
    ]
    .into())
}

/// An application at the step that decides: a title of its unit begins with it.
pub(crate) async fn of_decision(app: &App, id: &ApplicationId) -> Result<Scopes> {
    let (unit, year, title) = whose(app, id).await?;
    Ok([
        Scope::Application(*id),
        Scope::Unit(unit),
        Scope::CalendarAsItIs,
        Scope::Numbers { year, title },
    ]
    .into())
}

async fn whose(app: &App, id: &ApplicationId) -> Result<(UnitId, i16, String)> {
    let mut tx = app.db.read().await?;
    let found = application::find(&mut tx, id).await?;
    let found = found.ok_or(Error::NotFound)?;
    Ok((found.unit.id, found.year, found.title))
}

/// The city's act on candidates for a title of a year. Who isn't there is told by the act.
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
    Ok([numbers, Scope::CalendarAsItIs]
        .into_iter()
        .chain(each)
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
    let mut scopes = Vec::with_capacity(chosen.len() * 2);
    for id in chosen {
        if let Some(found) = application::find(&mut tx, id).await? {
            scopes.push(Scope::Application(*id));
            scopes.push(unit(found.unit.id));
        }
    }
    Ok(scopes)
}

pub(crate) async fn of_veto(app: &App, id: &VetoId) -> Result<Scopes> {
    let mut tx = app.db.read().await?;
    let found = veto::find(&mut tx, id).await?;
    Ok(Scope::Unit(found.ok_or(Error::NotFound)?.unit).into())
}
