//! Vetoes: recorded by a federation above the unit with their source, lifted with a reason, seen by the unit in plain words.

use std::collections::BTreeSet;

use jianjia_domain::core::{
    audit::{deed::Deed, object::Object},
    message::{self, About, Kind, Message, Said},
    policy::act,
};
use jianjia_domain::{
    core::{
        ids::{UnitId, VetoId},
        place::{UnitKind, UnitPlace},
        policy::{self, Act, Actor, Role},
        refusal::Refusal,
    },
    register::unit::Unit,
    round::{
        entry::Entry,
        veto::{self, Veto, VetoInput, VetoRefusal},
    },
};
pub use jianjia_store::round::veto::VetoFilter;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    register::unit,
    round::{entry as entries, veto as vetoes},
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        message::tell,
    },
    year::standing as standings,
};

mod foreseeing;
mod lifting;
pub(crate) use foreseeing::effects;
pub use foreseeing::{Foreseen, candidates, foresee};
pub use lifting::lift;
pub(crate) use lifting::lift_of_entry;

refuses!(VetoRefusal);

/// How many lines a page of the list has.
pub const LINES: i64 = 50;

/// Records that a unit is in the state of a veto clause. Sent twice, it is recorded once.
///
/// # Errors
/// As `App::permit`; as `veto::record`; `RecordedAlready` when it stands with another source, note or recorder.
pub async fn record(app: &App, actor: &Actor, unit: &UnitId, input: &VetoInput) -> Result<Veto> {
    let mut tx = app.db.write(Scope::Unit(*unit)).await?;
    let permit = app.permit(&mut tx, actor, act::RecordVeto, unit).await?;
    let this_year = app.clock.today().year();
    veto::record(app.standards.of(input.year), &permit, input, this_year)?;
    let now = app.now();
    let veto = Veto {
        id: VetoId(app.entropy.id(now)),
        unit: permit.unit.id,
        unit_path: permit.unit.path.clone(),
        unit_name: permit.unit.name.clone(),
        year: input.year,
        clause: input.clause.clone(),
        source: input.source.trim().to_owned(),
        note: input.note.trim().to_owned(),
        recorded_by: Some(actor.account),
        recorded_by_name: actor.name.clone(),
        recorded_at: now,
        entry: None,
        lifted: None,
    };
    if !vetoes::record(&mut tx, &veto).await? {
        let standing = vetoes::of_unit(&mut tx, unit, input.year).await?;
        let same = standing.into_iter().find(|standing| {
            standing.clause == veto.clause
                && standing.source == veto.source
                && standing.note == veto.note
                && standing.recorded_by == veto.recorded_by
        });
        return same.ok_or_else(|| {
            VetoRefusal::RecordedAlready {
                clause: veto.clause,
                year: veto.year,
            }
            .into()
        });
    }
    app.trail(
        &mut tx,
        actor,
        Deed::RecordVeto,
        Object::Veto(veto.id),
        Some(&permit.unit),
        json!({ "clause": veto.clause, "year": veto.year, "source": veto.source }),
    )
    .await?;
    tell_unit(&mut tx, app, actor, &permit.unit, &veto);
    standings::refresh(&mut tx, app, unit, veto.year).await?;
    tx.commit().await?;
    Ok(veto)
}

/// Records what a department said of a unit and was upheld; gives the veto, or the one that stands for the same clause and year already.
pub(crate) async fn record_upheld(tx: &mut Tx, app: &App, veto: Veto) -> Result<VetoId> {
    if vetoes::record(tx, &veto).await? {
        standings::refresh(tx, app, &veto.unit, veto.year).await?;
        return Ok(veto.id);
    }
    let standing = vetoes::of_unit(tx, &veto.unit, veto.year).await?;
    let same = standing.iter().find(|one| one.clause == veto.clause);
    Ok(same.map_or(veto.id, |one| one.id))
}

/// As `record`, for the unit that is meant by a full name or a credit code. What is wrong with the fields is told together with a unit that
/// is not found.
///
/// # Errors
/// As `unit_meant` and `record`.
pub async fn record_named(
    app: &App,
    actor: &Actor,
    typed: &str,
    input: &VetoInput,
) -> Result<Veto> {
    match unit_meant(app, actor, typed).await {
        Ok(unit) => record(app, actor, &unit.id, input).await,
        Err(Error::Refused(Refusal::Fields(mut wrong))) => {
            wrong.extend(wrong_with(app, input));
            Err(Refusal::Fields(wrong).into())
        }
        Err(error) => Err(error),
    }
}

/// Records the vetoes of a table, in the import's transaction.
pub(crate) async fn record_imported(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    new: &[(usize, VetoInput)],
    units: &[Unit],
) -> Result<()> {
    let now = app.now();
    let recorded: Vec<Veto> = new
        .iter()
        .map(|(place, input)| {
            let unit = &units[*place];
            Veto {
                id: VetoId(app.entropy.id(now)),
                unit: unit.id,
                unit_path: unit.path.clone(),
                unit_name: unit.details.name.clone(),
                year: input.year,
                clause: input.clause.clone(),
                source: input.source.clone(),
                note: input.note.clone(),
                // Who runs the program at the machine has no account.
                recorded_by: Some(actor.account).filter(|id| !id.0.is_nil()),
                recorded_by_name: actor.name.clone(),
                recorded_at: now,
                entry: None,
                lifted: None,
            }
        })
        .collect();
    vetoes::record_many(tx, &recorded).await?;
    for ((place, _), veto) in new.iter().zip(&recorded) {
        // What is past stops nothing any more.
        if veto.year >= app.year() {
            tell_unit(tx, app, actor, &units[*place].place(), veto);
        }
    }
    // Before the programme nobody stands anywhere: a veto of those years is history.
    let years: BTreeSet<i16> = recorded
        .iter()
        .map(|veto| veto.year)
        .filter(|year| *year >= app.standards.of(*year).programme.first_year)
        .collect();
    for year in years {
        let barred = recorded.iter().filter(|veto| veto.year == year);
        standings::refresh_many(tx, app, barred.map(|veto| veto.unit), year).await?;
    }
    Ok(())
}

/// Tells the unit that a veto stands, with what it stops.
fn tell_unit(tx: &mut Tx, app: &App, actor: &Actor, unit: &UnitPlace, veto: &Veto) {
    let stops = veto::stops(app.standards.of(veto.year));
    let why = vec![veto.source.as_str().into(), Said::Both(stops)];
    tell_of(tx, app, actor, (unit, veto), Kind::Vetoed, why);
}

fn tell_of(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (unit, veto): (&UnitPlace, &Veto),
    kind: Kind,
    because: Vec<Said>,
) {
    let about = About::of(&Object::Veto(veto.id), Some(unit.id), veto.year);
    let name = app.standards.veto(veto.year, &veto.clause);
    let name = name.map_or_else(
        || Said::from(veto.clause.as_str()),
        |clause| Said::from(&clause.name),
    );
    let told = Message::of(kind, about, "", message::union_of(unit))
        .says([unit.name.as_str().into(), veto.year.into(), name])
        .because(because);
    tell(app, tx, actor, told);
}

/// One veto, with what the actor may do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VetoLine {
    pub veto: Veto,
    pub may_lift: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VetoPage {
    pub lines: Vec<VetoLine>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// Whether the actor may record any.
    pub may_record: bool,
}

/// A page of the vetoes of the units that the actor sees; `filter.within` is set here.
pub async fn list(app: &App, actor: &Actor, filter: &VetoFilter, page: i64) -> Result<VetoPage> {
    let mut tx = app.db.read().await?;
    let decides = decides(&mut tx, actor).await?;
    let page = page.max(1);
    let portion = (LINES, (page - 1).saturating_mul(LINES));
    let (found, total) = found(&mut tx, actor, filter, portion).await?;
    Ok(VetoPage {
        lines: found
            .into_iter()
            .map(|veto| VetoLine {
                may_lift: may_lift(actor, &veto, decides),
                veto,
            })
            .collect(),
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        may_record: may_record_any(actor),
    })
}

/// A portion (limit, offset) of the same vetoes, for a file, and their total number.
///
/// # Errors
/// When they can't be read.
pub async fn export(
    app: &App,
    actor: &Actor,
    filter: &VetoFilter,
    portion: (i64, i64),
) -> Result<(Vec<Veto>, i64)> {
    let mut tx = app.db.read().await?;
    found(&mut tx, actor, filter, portion).await
}

async fn found(
    tx: &mut Tx,
    actor: &Actor,
    filter: &VetoFilter,
    (limit, offset): (i64, i64),
) -> Result<(Vec<Veto>, i64)> {
    let filter = VetoFilter {
        within: policy::scopes(actor),
        ..filter.clone()
    };
    Ok(vetoes::list(tx, &filter, limit, offset).await?)
}

/// The vetoes of a year over a unit that the actor sees: its own, and for a branch those of its union.
///
/// # Errors
/// Not found when the actor doesn't see the unit.
pub async fn of_unit(app: &App, actor: &Actor, id: &UnitId, year: i16) -> Result<Vec<Veto>> {
    let mut tx = app.db.read().await?;
    app.seen(&mut tx, actor, id).await?;
    Ok(vetoes::of_unit(&mut tx, id, year).await?)
}

/// A veto with what departments say that is on record as it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VetoView {
    pub veto: Veto,
    pub may_lift: bool,
    pub entries: Vec<Entry>,
}

/// One veto of a unit that the actor sees.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see its unit.
pub async fn find(app: &App, actor: &Actor, id: &VetoId) -> Result<VetoView> {
    let mut tx = app.db.read().await?;
    let veto = vetoes::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    app.seen(&mut tx, actor, &veto.unit).await?;
    let decides = decides(&mut tx, actor).await?;
    Ok(VetoView {
        may_lift: may_lift(actor, &veto, decides),
        entries: entries::of_veto(&mut tx, id).await?,
        veto,
    })
}

/// Whether the actor decides on what departments say.
async fn decides(tx: &mut Tx, actor: &Actor) -> Result<bool> {
    let city = unit::root(tx).await?;
    Ok(city.is_some_and(|city| policy::may(actor, Act::DecideEntry, &city)))
}

fn may_lift(actor: &Actor, veto: &Veto, decides: bool) -> bool {
    veto.lifted.is_none() && may_record(actor, &place(veto)) && (decides || veto.entry.is_none())
}

/// The unit that somebody who records vetoes means by a full name or a credit code.
///
/// # Errors
/// `unit`: `NoSuchUnit` when it is none that the actor sees, or may be several.
pub async fn unit_meant(app: &App, actor: &Actor, typed: &str) -> Result<UnitPlace> {
    let mut tx = app.db.read().await?;
    let typed = typed.trim();
    let no_such_unit = || {
        Error::from(Refusal::at(
            "unit",
            VetoRefusal::NoSuchUnit {
                given: typed.to_owned(),
            },
        ))
    };
    if typed.is_empty() {
        return Err(no_such_unit());
    }
    for scope in policy::scopes(actor) {
        let mut meant = unit::meant(&mut tx, &scope, typed).await?;
        if meant.len() == 1
            && let Some(unit) = meant.pop()
        {
            return Ok(unit.place());
        }
    }
    Err(no_such_unit())
}

/// By field: as `veto::wrong_fields`, today.
fn wrong_with(app: &App, input: &VetoInput) -> Vec<(String, Refusal)> {
    let this_year = app.clock.today().year();
    veto::wrong_fields(app.standards.of(input.year), input, this_year)
}

/// What is wrong with the fields besides the unit.
pub fn wrong_fields(app: &App, input: &VetoInput) -> Refusal {
    Refusal::Fields(wrong_with(app, input))
}

/// The unit for which a veto is to be recorded, if the actor may.
///
/// # Errors
/// As `App::permit`.
pub async fn unit_for(app: &App, actor: &Actor, id: &UnitId) -> Result<UnitPlace> {
    let mut tx = app.db.read().await?;
    Ok(app.permit(&mut tx, actor, Act::RecordVeto, id).await?.unit)
}

fn may_record(actor: &Actor, unit: &UnitPlace) -> bool {
    policy::may(actor, Act::RecordVeto, unit)
}

/// Whether the actor reviews or approves for any federation.
pub fn may_record_any(actor: &Actor) -> bool {
    actor.roles.iter().any(|at| {
        matches!(at.role, Role::Reviewer | Role::Approver) && at.unit.kind.is_federation()
    })
}

fn place(veto: &Veto) -> UnitPlace {
    UnitPlace {
        id: veto.unit,
        // A branch has no vetoes of its own; whatever else the unit is makes no difference to who may lift.
        kind: UnitKind::Grassroots,
        name: veto.unit_name.clone(),
        path: veto.unit_path.clone(),
    }
}
