//! The units of the register: what the actor sees of them, registering and correcting them. `change` has what happens to a unit later: renaming,
//! moving, merging, closing.

pub mod change;

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::{self, Act, Actor},
        refusal::{General, Refusal},
    },
    register::{
        election::Election,
        person::Person,
        unit::{
            Unit, UnitChange, UnitState, UnitVersion,
            change::{check_kind, check_living, check_upper},
            form::{self, UnitForm, differing},
            list::{UnitFilter, UnitLine},
            refusal::UnitRefusal,
        },
    },
};
use jianjia_store::{
    core::{counter::next_numbers, db::Tx, place, scope::Scope},
    register::{
        election, person,
        unit::{
            self,
            change::{insert, kinds_below, update},
            version::{self, NewVersion},
        },
    },
};
use jiff::civil::Date;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        sort_key::sort_key,
    },
    register::division as divisions,
};

refuses!(UnitRefusal);

/// Lines per page of the list.
pub const PER_PAGE: i64 = 50;

/// How many units directly below the page of a unit lists.
const BELOW_SHOWN: usize = 60;

/// Everything the page of a unit shows.
#[derive(Clone, Debug)]
pub struct UnitView {
    pub unit: Unit,
    /// From the city down to the unit directly above.
    pub uppers: Vec<UnitPlace>,
    /// The number of active units of each kind anywhere below.
    pub counts: Vec<(UnitKind, i64)>,
    /// The first of the active units directly below, and their total number.
    pub below: Vec<UnitPlace>,
    pub below_total: usize,
    pub division_name: String,
    pub head: Option<Person>,
    pub people: Vec<Person>,
    pub elections: Vec<Election>,
    pub successor: Option<UnitPlace>,
}

/// A page of the units that the actor sees, and their total number. `page` counts from 1.
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: UnitFilter,
    page: i64,
) -> Result<(Vec<UnitLine>, i64)> {
    let offset = (page.max(1) - 1).saturating_mul(PER_PAGE);
    export(app, actor, filter, (PER_PAGE, offset)).await
}

/// A portion (limit, offset) of the same units, for a file, and their total number.
///
/// # Errors
/// When they can't be read.
pub async fn export(
    app: &App,
    actor: &Actor,
    mut filter: UnitFilter,
    (limit, offset): (i64, i64),
) -> Result<(Vec<UnitLine>, i64)> {
    filter.scopes = policy::scopes(actor);
    let mut tx = app.db.read().await?;
    Ok(unit::list::list(&mut tx, &filter, limit, offset).await?)
}

/// The record of a unit that the actor sees, with everything on its page.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it.
pub async fn find(app: &App, actor: &Actor, id: &UnitId) -> Result<UnitView> {
    let mut tx = app.db.read().await?;
    view(&mut tx, app, actor, id).await
}

/// As `find`, for a reading that shows more of the unit.
pub(crate) async fn view(tx: &mut Tx, app: &App, actor: &Actor, id: &UnitId) -> Result<UnitView> {
    let unit = seen(app, tx, actor, id).await?;
    let mut uppers = unit::above(tx, &unit.path).await?;
    uppers.reverse();
    let people = person::of_unit(tx, id).await?;
    let successor = match unit.successor_id {
        Some(successor) => place::find(tx, &successor).await?,
        None => None,
    };
    let mut below = unit::below(tx, id).await?;
    let below_total = below.len();
    below.truncate(BELOW_SHOWN);
    Ok(UnitView {
        uppers,
        below,
        below_total,
        counts: unit::counts_below(tx, &unit.path).await?,
        division_name: divisions::full_name(tx, &unit.details.division).await?,
        head: people
            .iter()
            .find(|person| {
                person.left_on.is_none()
                    && person.details.post == jianjia_domain::register::person::Post::Chair
            })
            .cloned(),
        people,
        elections: election::of_unit(tx, id).await?,
        successor,
        unit,
    })
}

/// The full record, if the actor may see the unit.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it.
pub async fn seen(app: &App, tx: &mut Tx, actor: &Actor, id: &UnitId) -> Result<Unit> {
    app.seen(tx, actor, id).await?;
    unit::find(tx, id).await?.ok_or(Error::NotFound)
}

/// Registers a unit below another.
///
/// # Errors
/// As `App::permit` at the upper unit; `UpperEnded`, `KindUnder`; by field as `form::read`, then `division`: `DivisionRefusal`, `credit_code`:
/// `CodeTaken` and `name`: `NameTaken`.
pub async fn create(
    app: &App,
    actor: &Actor,
    upper: &UnitId,
    kind: UnitKind,
    form: &UnitForm,
) -> Result<UnitId> {
    let mut tx = app
        .db
        .write([Scope::Register, Scope::UnitAsItIs(*upper)])
        .await?;
    app.permit(&mut tx, actor, Act::CreateUnit, upper).await?;
    let upper = unit::find(&mut tx, upper).await?.ok_or(Error::NotFound)?;
    check_upper(kind, &upper)?;
    let now = app.now();
    let id = UnitId(app.entropy.id(now));
    let details = read_form(app, &mut tx, form, &id, Some(&upper.place())).await?;
    let number = next_numbers(&mut tx, "unit", 1).await?;
    let unit = Unit {
        id,
        number,
        parent_id: Some(upper.id),
        path: format!("{}{number}/", upper.path),
        kind,
        sort_key: sort_key(&details.name),
        details,
        state: UnitState::Active,
        ended_on: None,
        successor_id: None,
        revision: 1,
        created_at: now,
        changed_at: now,
    };
    insert(&mut tx, std::slice::from_ref(&unit)).await?;
    keep_version(
        app,
        &mut tx,
        actor,
        &unit,
        UnitChange::Founded,
        app.clock.today(),
        "",
    )
    .await?;
    app.follow_unit(&mut tx, &unit.id).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::CreateUnit,
        Object::Unit(unit.id),
        Some(&unit.place()),
        json!({"kind": kind.key(), "name": unit.details.name, "upper": upper.id}),
    )
    .await?;
    tx.commit().await?;
    Ok(unit.id)
}

/// Corrects a record. `kind` and the fields that only an upper union may change are ignored for others; `revision` is that of the record the form
/// was made from.
///
/// # Errors
/// As `App::permit`; `Ended`; by field as `create`, and `kind`: `KindUnder`, `KindAboveUnits`; `Stale` when somebody changed the record since.
pub async fn edit(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    kind: Option<UnitKind>,
    form: &UnitForm,
    revision: i64,
) -> Result<()> {
    let mut tx = app.db.write([Scope::Register, Scope::Unit(*id)]).await?;
    app.permit(&mut tx, actor, Act::EditUnit, id).await?;
    let before = unit::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    check_living(&before)?;
    let mut unit = corrected(app, &mut tx, actor, &before, kind, form).await?;
    if before.revision != revision {
        return Err(General::Stale.into());
    }
    let changed = differing(&before.details, &unit.details);
    if changed.is_empty() && unit.kind == before.kind {
        return Ok(());
    }
    unit.sort_key = sort_key(&unit.details.name);
    unit.changed_at = app.now();
    if !update(&mut tx, &unit).await? {
        return Err(General::Stale.into());
    }
    unit.revision += 1;
    keep_version(
        app,
        &mut tx,
        actor,
        &unit,
        UnitChange::Corrected,
        app.clock.today(),
        "",
    )
    .await?;
    app.follow_unit(&mut tx, &unit.id).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::EditUnit,
        Object::Unit(*id),
        Some(&unit.place()),
        json!({"fields": changed.iter().map(|field| field.key).collect::<Vec<_>>(), "kind": unit.kind.key()}),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// The record as the form corrects it, with what only an upper union may change left as it was for others.
async fn corrected(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    before: &Unit,
    kind: Option<UnitKind>,
    form: &UnitForm,
) -> Result<Unit> {
    let upper = match before.parent_id {
        Some(upper) => unit::find(tx, &upper).await?,
        None => None,
    };
    let upper_place = upper.as_ref().map(Unit::place);
    let mut unit = before.clone();
    if policy::may(actor, Act::CorrectUnit, &before.place()) {
        unit.details = read_form(app, tx, form, &before.id, upper_place.as_ref()).await?;
        if let Some(kind) = kind.filter(|kind| *kind != before.kind) {
            let (below, _) = kinds_below(tx, &before.id).await?;
            check_kind(kind, upper.as_ref(), &below)
                .map_err(|refusal| Refusal::at("kind", refusal))?;
            unit.kind = kind;
        }
    } else {
        let mut own = form.clone();
        own.name.clone_from(&before.details.name);
        own.division.clone_from(&before.details.division);
        unit.details = read_form(app, tx, &own, &before.id, upper_place.as_ref()).await?;
    }
    Ok(unit)
}

/// The history of a unit, newest first.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it.
pub async fn history(app: &App, actor: &Actor, id: &UnitId) -> Result<(Unit, Vec<UnitVersion>)> {
    let mut tx = app.db.read().await?;
    let unit = seen(app, &mut tx, actor, id).await?;
    let versions = version::history(&mut tx, id).await?;
    Ok((unit, versions))
}

/// The record as of a day; `None` if the unit was not in the register yet.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see it.
pub async fn as_of(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    day: Date,
) -> Result<Option<UnitVersion>> {
    let mut tx = app.db.read().await?;
    app.seen(&mut tx, actor, id).await?;
    Ok(version::as_of(&mut tx, id, day).await?)
}

/// The record as typed, checked against the rest of the register: divisions must exist, names and codes must be free.
async fn read_form(
    app: &App,
    tx: &mut Tx,
    typed: &UnitForm,
    id: &UnitId,
    upper: Option<&UnitPlace>,
) -> Result<jianjia_domain::register::unit::UnitDetails> {
    let mut refused = Vec::new();
    let details = match form::read(typed, app.clock.today()) {
        Ok(details) => Some(details),
        Err(Refusal::Fields(fields)) => {
            refused = fields;
            None
        }
        Err(other) => return Err(other.into()),
    };
    let words = &app.in_force().divisions;
    let division = match divisions::read(tx, words, &typed.division).await? {
        Ok(code) => code,
        Err(refusal) => {
            refused.push(("division".to_owned(), refusal));
            String::new()
        }
    };
    let Some(mut details) = details.filter(|_| refused.is_empty()) else {
        return Err(Refusal::Fields(refused).into());
    };
    details.division = division;
    if let Some(code) = &details.credit_code
        && let Some(holder) = unit::of_credit_code(tx, code).await?
        && holder.id != *id
    {
        let refusal = UnitRefusal::CodeTaken {
            holder: holder.name,
        };
        refused.push(("credit_code".to_owned(), refusal.into()));
    }
    if let Some(upper) = upper
        && let Some(holder) = unit::of_name(tx, &upper.id, &details.name).await?
        && holder.id != *id
    {
        let refusal = UnitRefusal::NameTaken {
            name: details.name.clone(),
            upper: upper.name.clone(),
        };
        refused.push(("name".to_owned(), refusal.into()));
    }
    if refused.is_empty() {
        Ok(details)
    } else {
        Err(Refusal::Fields(refused).into())
    }
}

/// Appends the present record to the unit's history.
pub(crate) async fn keep_version(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    unit: &Unit,
    change: UnitChange,
    valid_from: Date,
    note: &str,
) -> Result<()> {
    let version = NewVersion {
        id: app.entropy.id(app.now()).simple().to_string(),
        unit,
        valid_from,
        change,
        note,
        recorded_by: Some(actor.account.to_string()),
    };
    Ok(version::insert(tx, &[version]).await?)
}
