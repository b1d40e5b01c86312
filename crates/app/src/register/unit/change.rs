//! What happens to a unit: renaming, moving, merging, closing. Each has a preview, which decides by the same rules and changes nothing.

use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    policy::act,
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{self, Act, Actor, scopes},
        refusal::General,
        text::line,
    },
    register::unit::{
        Unit, UnitChange, UnitState,
        change::{self, Change, ChangeForm, Surroundings},
    },
};
use jianjia_store::{
    core::{db::Tx, place},
    register::{
        person,
        unit::{
            self,
            change::{applications_running, kinds_below, move_subtree, update},
            version,
        },
    },
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        sort_key::sort_key,
    },
    register::unit::keep_version,
};

jianjia_standard::keyed! {
    /// What may happen to a unit. The key is the noun in addresses: `/units/{id}/renaming`.
    pub enum Happening {
        Rename = "renaming",
        Move = "transfer",
        Merge = "merger",
        Close = "closure",
    }
}

/// The consequences of a change, shown before it is made.
#[derive(Clone, Debug)]
pub struct Preview {
    pub unit: Unit,
    pub change: Change,
    /// The new name.
    pub name: Option<String>,
    /// The new upper union or the successor.
    pub target: Option<Unit>,
    /// Active units anywhere below.
    pub units_below: i64,
    /// People in post at the unit itself.
    pub people: usize,
}

/// The consequences of the change as typed, or why it can't be made.
///
/// # Errors
/// As `App::permit`; as `change::rename`, `move_under`, `merge` or `close`; `target`: `NameTaken` at the new name or place; as `policy::permit` for
/// registering a unit at the new place.
pub async fn preview(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    happening: Happening,
    form: &ChangeForm,
) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    decide(app, &mut tx, actor, id, happening, form).await
}

/// Makes the change. `revision` is that of the record that the preview showed.
///
/// # Errors
/// As `preview`; `Stale` when somebody changed the record since.
pub async fn perform(
    app: &App,
    actor: &Actor,
    id: &UnitId,
    happening: Happening,
    form: &ChangeForm,
    revision: i64,
) -> Result<()> {
    // A move rewrites paths, which any other act may be copying into its rows at this moment.
    let mut tx = app.db.write_alone().await?;
    let decided = decide(app, &mut tx, actor, id, happening, form).await?;
    if decided.unit.revision != revision {
        return Err(General::Stale.into());
    }
    match happening {
        Happening::Rename => rename(app, &mut tx, actor, &decided).await?,
        Happening::Move => move_under(app, &mut tx, actor, &decided).await?,
        Happening::Merge => merge(app, &mut tx, actor, &decided).await?,
        Happening::Close => close(app, &mut tx, actor, &decided).await?,
    }
    tx.commit().await?;
    Ok(())
}

/// Decides by the present register, with what the preview shows beside.
async fn decide(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: &UnitId,
    happening: Happening,
    form: &ChangeForm,
) -> Result<Preview> {
    let permit = app.permit(tx, actor, act::MoveUnit, id).await?;
    let unit = unit::find(tx, id).await?.ok_or(Error::NotFound)?;
    let (kinds, living_below) = kinds_below(tx, id).await?;
    let surroundings = Surroundings {
        last_change_on: version::last_change_on(tx, id).await?,
        kinds_below: &kinds,
        living_below,
        applications_running: applications_running(tx, &unit.path).await?,
    };
    let today = app.clock.today();
    let mut name = None;
    let mut target = None;
    let change = match happening {
        Happening::Rename => {
            let (new, change) = change::rename(&unit, &permit, form, &surroundings, today)?;
            free_under_same(tx, &unit, &new).await?;
            name = Some(new);
            change
        }
        Happening::Move => {
            target = meant(tx, actor, &form.target).await?;
            let change =
                change::move_under(&unit, &permit, target.as_ref(), form, &surroundings, today)?;
            if let Some(upper) = &target {
                may_register_under(tx, actor, &unit, upper).await?;
            }
            change
        }
        Happening::Merge => {
            target = meant(tx, actor, &form.target).await?;
            change::merge(&unit, &permit, target.as_ref(), form, &surroundings, today)?
        }
        Happening::Close => change::close(&unit, &permit, form, &surroundings, today)?,
    };
    let units_below = unit::counts_below(tx, &unit.path)
        .await?
        .iter()
        .map(|(_, units)| units)
        .sum();
    let people = person::of_unit(tx, id)
        .await?
        .iter()
        .filter(|person| person.left_on.is_none())
        .count();
    Ok(Preview {
        unit,
        change,
        name,
        target,
        units_below,
        people,
    })
}

/// The new name is free beside the unit.
async fn free_under_same(tx: &mut Tx, unit: &Unit, name: &str) -> Result<()> {
    if let Some(upper) = &unit.parent_id
        && unit::of_name(tx, upper, name).await?.is_some()
    {
        let upper = place::find(tx, upper)
            .await?
            .map_or_else(String::new, |upper| upper.name);
        return Err(taken(name.to_owned(), upper));
    }
    Ok(())
}

/// Whoever moves a unit must also be allowed to register it at its new place, and its name must be free there.
async fn may_register_under(tx: &mut Tx, actor: &Actor, unit: &Unit, upper: &Unit) -> Result<()> {
    policy::permit(actor, Act::CreateUnit, &upper.place())?;
    let name = &unit.details.name;
    if unit::of_name(tx, &upper.id, name).await?.is_some() {
        return Err(taken(name.clone(), upper.details.name.clone()));
    }
    Ok(())
}

async fn rename(app: &App, tx: &mut Tx, actor: &Actor, decided: &Preview) -> Result<()> {
    let Some(name) = &decided.name else {
        return Err(Error::NotFound);
    };
    let mut unit = decided.unit.clone();
    let before = std::mem::replace(&mut unit.details.name, name.clone());
    unit.sort_key = sort_key(name);
    keep(
        app,
        tx,
        actor,
        &mut unit,
        UnitChange::Renamed,
        &decided.change,
    )
    .await?;
    trail(
        app,
        tx,
        actor,
        Deed::RenameUnit,
        &unit,
        json!({"from": before, "to": name}),
    )
    .await
}

async fn move_under(app: &App, tx: &mut Tx, actor: &Actor, decided: &Preview) -> Result<()> {
    let Some(upper) = &decided.target else {
        return Err(Error::NotFound);
    };
    let mut unit = decided.unit.clone();
    let from = unit.parent_id;
    put_under(app, tx, actor, &mut unit, upper, &decided.change).await?;
    trail(
        app,
        tx,
        actor,
        Deed::MoveUnit,
        &unit,
        json!({"from": from, "to": upper.id}),
    )
    .await
}

async fn merge(app: &App, tx: &mut Tx, actor: &Actor, decided: &Preview) -> Result<()> {
    let Some(successor) = &decided.target else {
        return Err(Error::NotFound);
    };
    let mut unit = decided.unit.clone();
    let mut moved = Vec::new();
    for below in unit::below(tx, &unit.id).await? {
        let mut below = unit::find(tx, &below.id).await?.ok_or(Error::NotFound)?;
        put_under(app, tx, actor, &mut below, successor, &decided.change).await?;
        moved.push(below.id);
    }
    let people = person::follow(tx, &unit.id, (&successor.id, &successor.path), app.now()).await?;
    unit.state = UnitState::Merged;
    unit.ended_on = Some(decided.change.on);
    unit.successor_id = Some(successor.id);
    keep(
        app,
        tx,
        actor,
        &mut unit,
        UnitChange::Merged,
        &decided.change,
    )
    .await?;
    app.follow_unit(tx, &successor.id).await?;
    let detail = json!({"successor": successor.id, "moved": moved, "people": people});
    trail(app, tx, actor, Deed::MergeUnit, &unit, detail).await
}

async fn close(app: &App, tx: &mut Tx, actor: &Actor, decided: &Preview) -> Result<()> {
    let mut unit = decided.unit.clone();
    unit.state = UnitState::Closed;
    unit.ended_on = Some(decided.change.on);
    let people = person::leave_all(tx, &unit.id, decided.change.on, app.now()).await?;
    keep(
        app,
        tx,
        actor,
        &mut unit,
        UnitChange::Closed,
        &decided.change,
    )
    .await?;
    trail(
        app,
        tx,
        actor,
        Deed::CloseUnit,
        &unit,
        json!({"people": people}),
    )
    .await
}

/// Moves a unit and everything below it under another upper union.
async fn put_under(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    unit: &mut Unit,
    upper: &Unit,
    change: &Change,
) -> Result<()> {
    let from = std::mem::replace(&mut unit.path, format!("{}{}/", upper.path, unit.number));
    unit.parent_id = Some(upper.id);
    move_subtree(tx, &from, &unit.path).await?;
    keep(app, tx, actor, unit, UnitChange::Moved, change).await
}

/// Saves the changed record and appends it to the history.
async fn keep(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    unit: &mut Unit,
    kind: UnitChange,
    change: &Change,
) -> Result<()> {
    unit.changed_at = app.now();
    if !update(tx, unit).await? {
        return Err(General::Stale.into());
    }
    unit.revision += 1;
    keep_version(app, tx, actor, unit, kind, change.on, &change.note).await
}

async fn trail(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    deed: Deed,
    unit: &Unit,
    detail: serde_json::Value,
) -> Result<()> {
    let object = Object::Unit(unit.id);
    app.trail(tx, actor, deed, object, Some(&unit.place()), detail)
        .await
}

/// The only active unit with this name, number or credit code that the actor sees.
pub(crate) async fn meant(tx: &mut Tx, actor: &Actor, typed: &str) -> Result<Option<Unit>> {
    let typed = line(typed);
    if typed.is_empty() {
        return Ok(None);
    }
    let mut found: Vec<Unit> = Vec::new();
    for scope in scopes(actor) {
        for unit in unit::meant(tx, &scope, &typed).await? {
            if found.iter().all(|known| known.id != unit.id) {
                found.push(unit);
            }
        }
    }
    Ok(match found.len() {
        1 => found.pop(),
        _ => None,
    })
}

fn taken(name: String, upper: String) -> Error {
    use jianjia_domain::{core::refusal::Refusal, register::unit::refusal::UnitRefusal};
    Refusal::at("target", UnitRefusal::NameTaken { name, upper }).into()
}
