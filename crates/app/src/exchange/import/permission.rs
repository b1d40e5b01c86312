//! Who may import what, and whose tables somebody finds: the offices those of the units below them, a department its own answers alone.

use jianjia_domain::{
    core::{
        ids::{AccountId, ImportId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, act, may},
    },
    exchange::import::{Import, ImportKind},
};
use jianjia_store::{core::db::Tx, exchange::import, register::unit, round::department as lists};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::department as departments,
};

/// The act that importing a kind requires. Divisions and titles already held are imported by the city; vetoes by whoever may record them below the
/// unit.
fn act_of(kind: ImportKind) -> Act {
    match kind {
        ImportKind::Divisions => Act::ImportDivisions,
        ImportKind::Unions | ImportKind::People | ImportKind::Sheets => Act::ImportUnits,
        ImportKind::Titles => Act::ImportTitles,
        ImportKind::Vetoes => Act::ImportVetoes,
        ImportKind::Answers => Act::ImportAnswers,
        ImportKind::SubsidyBases => Act::RecordSubsidyBase,
        ImportKind::Accounts => Act::ManageAccounts,
    }
}

/// The kinds that the actor may import under one of these units.
pub fn kinds(actor: &Actor, units: &[UnitPlace]) -> Vec<ImportKind> {
    ImportKind::ALL
        .into_iter()
        .filter(|kind| units.iter().any(|unit| may(actor, act_of(*kind), unit)))
        .collect()
}

pub(super) async fn find_in(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    id: &ImportId,
) -> Result<Import> {
    let import = import::find(tx, id).await?.ok_or(Error::NotFound)?;
    if actor.is_department() {
        // Its own tables, and no other's.
        if import.created_by != actor.account.to_string() {
            return Err(Error::NotFound);
        }
        permitted(app, tx, actor, import.kind, &import.unit_id).await?;
        return Ok(import);
    }
    let act = match import.kind {
        // Telephone numbers and logins are for those who administer them.
        ImportKind::Accounts => Act::ManageAccounts,
        // What departments say of units is the city's to read.
        ImportKind::Answers => Act::ImportAnswers,
        // What is paid is the city's.
        ImportKind::SubsidyBases => Act::RecordSubsidyBase,
        _ => Act::ImportUnits,
    };
    app.permit(tx, actor, act, &import.unit_id).await?;
    Ok(import)
}

/// The unit below which somebody may import a kind: a department its own answers, at the city, and nothing else.
pub(super) async fn permitted(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    kind: ImportKind,
    under: &UnitId,
) -> Result<UnitPlace> {
    if !actor.is_department() {
        return Ok(app.permit(tx, actor, act_of(kind), under).await?.unit);
    }
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    if kind != ImportKind::Answers || city.id != *under {
        return Err(Error::NotFound);
    }
    app.permit_at(tx, actor, act::AnswerList, &city).await?;
    departments::own(tx, actor).await?;
    Ok(city)
}

/// The department whose own table of answers it is, by the account that sent it; none where the city sent it.
pub(super) async fn own_department(
    tx: &mut Tx,
    kind: ImportKind,
    created_by: &str,
) -> Result<Option<String>> {
    let account = created_by.parse::<AccountId>();
    match (kind, account) {
        (ImportKind::Answers, Ok(account)) => Ok(lists::of_account(tx, &account).await?),
        _ => Ok(None),
    }
}

/// The city, under which a department sends its own table.
///
/// # Errors
/// Not found to those who answer for no department.
pub async fn city_of_department(app: &App, actor: &Actor) -> Result<UnitId> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    if !actor.is_department() {
        return Err(Error::NotFound);
    }
    permitted(app, &mut tx, actor, ImportKind::Answers, &city.id).await?;
    Ok(city.id)
}
