//! What subsidies start from where the city records it: typed for a unit, or brought in by a table.

use std::sync::Arc;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{SubsidyBaseId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, act, may, scopes},
        refusal::General,
    },
    money::subsidy::{Base, BaseInput, BaseSource, NewBase, open_year, record_base},
    register::unit::Unit,
};
use jianjia_standard::{Standard, programme::subsidy::BaseRule};
pub use jianjia_store::money::subsidy::base::Due;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    money::subsidy::base::{self as bases, DueFilter},
    register::unit,
};
use serde_json::json;

use super::LINES;
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// Records what a unit's subsidy of a year starts from; a correction is a new record. Sent twice, it is recorded once.
///
/// # Errors
/// Not found when the unit isn't there; as `App::permit`; as `record_base`.
pub async fn record(app: &App, actor: &Actor, id: &UnitId, input: &BaseInput) -> Result<()> {
    let mut tx = app.db.write(Scope::Unit(*id)).await?;
    let permit = app
        .permit(&mut tx, actor, act::RecordSubsidyBase, id)
        .await?;
    let register = unit::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let standard = app.standards.of(input.year);
    let standing = bases::of_units(&mut tx, input.year, &[*id]).await?;
    let standing = standing.first();
    let Some(new) = record_base(standard, &permit, &register, input, standing)? else {
        return Ok(());
    };
    let base = made(app, actor, &register, &new, BaseSource::Typed);
    if !bases::record(&mut tx, &base).await? {
        return Err(General::Stale.into());
    }
    let detail = json!({
        "year": new.year,
        "number": new.number,
        "amount_fen": new.amount_fen,
        "before_fen": standing.map(|base| base.amount_fen),
        "note": new.note,
    });
    app.trail(
        &mut tx,
        actor,
        Deed::RecordSubsidyBase,
        Object::Unit(*id),
        Some(&permit.unit),
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Records the bases of a table, in the import's transaction.
pub(crate) async fn record_imported(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    new: &[(usize, NewBase)],
    units: &[Unit],
) -> Result<()> {
    let bases: Vec<Base> = new
        .iter()
        .map(|(place, new)| made(app, actor, &units[*place], new, BaseSource::Imported))
        .collect();
    Ok(bases::insert_many(tx, &bases).await?)
}

fn made(app: &App, actor: &Actor, unit: &Unit, new: &NewBase, source: BaseSource) -> Base {
    let now = app.now();
    Base {
        id: SubsidyBaseId(app.entropy.id(now)),
        unit: unit.id,
        unit_path: unit.path.clone(),
        year: new.year,
        number: new.number,
        amount_fen: new.amount_fen,
        source,
        note: new.note.clone(),
        // Who runs the program at the machine has no account.
        recorded_by: Some(actor.account).filter(|id| !id.0.is_nil()),
        recorded_by_name: actor.name.clone(),
        recorded_at: now,
    }
}

/// What is asked of the list of a year's bases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasesAsked {
    pub year: i16,
    pub only_missing: bool,
    pub name: String,
}

/// A page of the units whose bases the city records.
pub struct BasesPage {
    pub standard: Arc<Standard>,
    pub lines: Vec<Due>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// How many of all have none for the year.
    pub missing: i64,
    pub may_record: bool,
}

/// The units whose bases the city records for a year, with what holds.
///
/// # Errors
/// As `App::permit`, for looking bases over; as `open_year`.
pub async fn list(app: &App, actor: &Actor, asked: &BasesAsked, page: i64) -> Result<BasesPage> {
    let mut tx = app.db.read().await?;
    let (city, filter) = permitted(app, &mut tx, actor, asked).await?;
    let page = page.max(1);
    let portion = (LINES, (page - 1).saturating_mul(LINES));
    let (lines, total) = bases::due(&mut tx, &filter, portion).await?;
    let missing = DueFilter {
        only_missing: true,
        name: String::new(),
        ..filter
    };
    let (_, missing) = bases::due(&mut tx, &missing, (1, 0)).await?;
    Ok(BasesPage {
        standard: app.standards.of(asked.year).clone(),
        lines,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        missing,
        may_record: may(actor, Act::RecordSubsidyBase, &city),
    })
}

/// A portion (limit, offset) of the same units, for a file, and their total number.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    asked: &BasesAsked,
    portion: (i64, i64),
) -> Result<(Vec<Due>, i64)> {
    let mut tx = app.db.read().await?;
    let (_, filter) = permitted(app, &mut tx, actor, asked).await?;
    Ok(bases::due(&mut tx, &filter, portion).await?)
}

/// The city, whose bases they are, and what is found of them.
async fn permitted(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    asked: &BasesAsked,
) -> Result<(UnitPlace, DueFilter)> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(tx, actor, act::SeeSubsidyBases, &city)
        .await?;
    let standard = app.standards.of(asked.year);
    open_year(standard, asked.year)?;
    let rules = standard.subsidy.iter();
    let kinds = rules.clone().flat_map(|rules| &rules.kinds);
    let recorded: Vec<_> = rules
        .flat_map(|rules| &rules.schemes)
        .filter(|scheme| scheme.base == BaseRule::Recorded)
        .collect();
    let is_everywhere = recorded.iter().any(|scheme| scheme.divisions.is_empty());
    let divisions = recorded.iter().flat_map(|scheme| &scheme.divisions);
    let filter = DueFilter {
        year: asked.year,
        // Where none is recorded, no unit is asked for.
        within: match recorded.is_empty() {
            true => Vec::new(),
            false => scopes(actor),
        },
        kinds: kinds.map(|kind| kind.key()).collect(),
        divisions: match is_everywhere {
            true => Vec::new(),
            false => divisions.cloned().collect(),
        },
        only_missing: asked.only_missing,
        name: asked.name.clone(),
    };
    Ok((city, filter))
}
