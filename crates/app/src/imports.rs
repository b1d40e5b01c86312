//! Importing tables: checked first, every row's fate told, then confirmed; all of a table or nothing of it. `read` makes rows of a
//! file, `apply` writes what was planned, `tables` are templates and exports.

pub mod apply;
#[cfg(test)]
mod held;
pub mod tables;

use std::collections::{HashMap, HashSet};

use anyhow::Context;
use bytes::Bytes;
use jianjia_documents::sheet::{self, SheetProblem};
use jianjia_domain::{
    ids::{AccountId, ImportId, UnitId},
    import::{
        self as imports, Import, ImportKind, ImportLine, ImportRow, ImportState,
        fate::ImportReport,
        people,
        refusal::ImportRefusal,
        titles, unions, vetoes,
    },
    policy::{Act, Actor, Permit, Role, RoleAt, scopes},
    refusal::Refusal,
    unit::{Unit, UnitPlace},
};
use jianjia_store::{db::Tx, honour, import, person, unit, veto};
use serde_json::json;

use crate::{
    app::App,
    divisions::Known,
    error::{Error, Result},
};

/// Reads an uploaded table of a kind.
pub fn read(kind: ImportKind, bytes: &[u8], file_name: &str) -> Result<Vec<ImportRow>> {
    let sheet = sheet::read(bytes, file_name).map_err(|problem| Refusal::from(told(&problem)))?;
    let rows: Vec<(usize, Vec<String>)> = sheet
        .rows
        .into_iter()
        .map(|row| (row.number, row.cells))
        .collect();
    Ok(imports::rows_of(kind, &rows).map_err(Refusal::from)?)
}

/// Checks a table and keeps it with the fate of every row, to be confirmed. Nothing of the register changes.
pub async fn check(
    app: &App,
    actor: &Actor,
    kind: ImportKind,
    under: &UnitId,
    file_name: &str,
    bytes: Bytes,
) -> Result<ImportId> {
    let rows = {
        let (bytes, file_name) = (bytes.clone(), file_name.to_owned());
        tokio::task::spawn_blocking(move || read(kind, &bytes, &file_name))
            .await
            .map_err(anyhow::Error::from)??
    };
    let mut tx = app.db.write("imports").await?;
    let permit = permitted(app, &mut tx, actor, kind, under).await?;
    let planned = plan(app, &mut tx, kind, Some(&permit.unit), &rows).await?;
    let hash = app.files.put(bytes).await?;
    let now = app.now();
    let import = Import {
        id: ImportId(app.entropy.id(now)),
        kind,
        unit_id: *under,
        unit_path: permit.unit.path.clone(),
        file_hash: hash,
        file_name: file_name.chars().take(120).collect(),
        state: ImportState::Checked,
        report: planned.report().clone(),
        created_by: actor.account.to_string(),
        created_at: now,
        done_at: None,
    };
    import::insert(&mut tx, &import).await?;
    app.trail(
        &mut tx,
        actor,
        "check-import",
        ("import", &import.id.to_string()),
        Some(&permit.unit),
        json!({"kind": kind.key(), "file": import.file_hash, "counts": import.report.counts()}),
    )
    .await?;
    tx.commit().await?;
    Ok(import.id)
}

/// Imports a table that was checked. When the register changed since, so that other things would happen than were shown,
/// nothing is imported and the new fates are kept to be shown.
pub async fn confirm(app: &App, actor: &Actor, id: &ImportId) -> Result<()> {
    let mut tx = app.db.write("register").await?;
    let mut import = find_in(app, &mut tx, actor, id).await?;
    let permit = permitted(app, &mut tx, actor, import.kind, &import.unit_id).await?;
    if import.state == ImportState::Done {
        // A second click: it is done.
        return Ok(());
    }
    let bytes = app
        .files
        .get(&import.file_hash)
        .await?
        .context("the file of the import is gone")?;
    let rows = read(import.kind, &bytes, &import.file_name)?;
    let planned = plan(app, &mut tx, import.kind, Some(&permit.unit), &rows).await?;
    if *planned.report() != import.report {
        import.report = planned.report().clone();
        import::update(&mut tx, &import).await?;
        tx.commit().await?;
        return Err(Refusal::from(ImportRefusal::NewlyChecked).into());
    }
    if !import.report.is_clean() {
        let count = import.report.counts()[4];
        return Err(Refusal::from(ImportRefusal::RowsRefused { count }).into());
    }
    apply::apply(app, &mut tx, actor, &planned).await?;
    import.state = ImportState::Done;
    import.done_at = Some(app.now());
    import::update(&mut tx, &import).await?;
    app.trail(
        &mut tx,
        actor,
        "confirm-import",
        ("import", &id.to_string()),
        Some(&permit.unit),
        json!({"kind": import.kind.key(), "file": import.file_hash, "counts": import.report.counts()}),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// An import, with the fates of its rows, if the actor sees the unit that it was made under.
pub async fn find(app: &App, actor: &Actor, id: &ImportId) -> Result<(Import, UnitPlace)> {
    let mut tx = app.db.read().await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    let under = app.seen(&mut tx, actor, &import.unit_id).await?;
    Ok((import, under))
}

/// The newest imports that the actor may see, newest first, and the units that the actor may import under.
pub async fn list(app: &App, actor: &Actor) -> Result<(Vec<ImportLine>, Vec<UnitPlace>)> {
    let mut tx = app.db.read().await?;
    let mut lines = Vec::new();
    for scope in scopes(actor) {
        lines.extend(import::newest(&mut tx, &scope, 20).await?);
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.created_at));
    lines.truncate(20);
    let mut units: Vec<UnitPlace> = Vec::new();
    for at in &actor.roles {
        if units.iter().all(|unit| unit.id != at.unit.id)
            && jianjia_domain::policy::may(actor, Act::ImportUnits, &at.unit)
        {
            units.push(at.unit.clone());
        }
    }
    Ok((lines, units))
}

/// Checks a table for the command line, and imports it unless told only to look: who runs the program on the machine may.
/// The table may begin an empty register with the city itself.
pub async fn at_the_machine(
    app: &App,
    kind: ImportKind,
    file_name: &str,
    bytes: &[u8],
    only_look: bool,
) -> Result<ImportReport> {
    let rows = read(kind, bytes, file_name)?;
    let mut tx = app.db.write("register").await?;
    let root = unit::root(&mut tx).await?;
    let planned = plan(app, &mut tx, kind, root.as_ref(), &rows).await?;
    let report = planned.report().clone();
    if only_look || !report.is_clean() {
        return Ok(report);
    }
    let actor = machine(root.as_ref());
    apply::apply(app, &mut tx, &actor, &planned).await?;
    app.trail(
        &mut tx,
        &actor,
        "confirm-import",
        ("import", ""),
        root.as_ref(),
        json!({"kind": kind.key(), "counts": report.counts()}),
    )
    .await?;
    tx.commit().await?;
    Ok(report)
}

/// What importing the rows does, by kind.
pub(crate) enum Planned {
    Unions {
        plan: unions::Plan,
        units: Vec<Unit>,
    },
    People {
        plan: people::Plan,
        units: Vec<Unit>,
        people: Vec<jianjia_domain::person::Person>,
    },
    Titles {
        plan: titles::Plan,
        units: Vec<Unit>,
        people: Vec<jianjia_domain::person::Person>,
    },
    Vetoes {
        plan: vetoes::Plan,
        units: Vec<Unit>,
    },
}

/// The permission to import a table of a kind under a unit. Titles already held are the city's to bring in; vetoes are for whoever may
/// record them below the unit.
async fn permitted(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    kind: ImportKind,
    under: &UnitId,
) -> Result<Permit> {
    let permit = app.permit(tx, actor, Act::ImportUnits, under).await?;
    match kind {
        ImportKind::Unions | ImportKind::People => Ok(permit),
        ImportKind::Titles => app.permit(tx, actor, Act::ImportTitles, under).await,
        ImportKind::Vetoes => {
            if actor.roles.iter().any(|at| {
                matches!(at.role, Role::Reviewer | Role::Approver)
                    && jianjia_domain::unit::is_within(&permit.unit.path, &at.unit.path)
            }) {
                Ok(permit)
            } else {
                Err(jianjia_domain::refusal::General::NotYourRole {
                    act: Act::RecordVeto,
                    roles: vec![Role::Reviewer, Role::Approver],
                }
                .into())
            }
        }
    }
}

impl Planned {
    fn report(&self) -> &ImportReport {
        match self {
            Planned::Unions { plan, .. } => &plan.report,
            Planned::People { plan, .. } => &plan.report,
            Planned::Titles { plan, .. } => &plan.report,
            Planned::Vetoes { plan, .. } => &plan.report,
        }
    }
}

async fn plan(
    app: &App,
    tx: &mut Tx,
    kind: ImportKind,
    under: Option<&UnitPlace>,
    rows: &[ImportRow],
) -> Result<Planned> {
    let path = under.map_or("/", |under| under.path.as_str());
    let units = unit::within(tx, path).await?;
    let today = app.clock.today();
    match kind {
        ImportKind::Unions => {
            let divisions = Known::load(tx).await?;
            let mut codes = unions::codes(rows);
            codes.sort();
            codes.dedup();
            let here: HashSet<UnitId> = units.iter().map(|unit| unit.id).collect();
            let codes_elsewhere: HashMap<String, String> = import::holders_of_codes(tx, &codes)
                .await?
                .into_iter()
                .filter(|(_, (id, _))| !here.contains(id))
                .map(|(code, (_, name))| (code, name))
                .collect();
            let chairs = import::chairs_within(tx, path).await?;
            let register = unions::Register {
                under: under.map(|under| under.id),
                units: &units,
                chairs: &chairs,
                codes_elsewhere: &codes_elsewhere,
                division: &|typed| divisions.read(typed),
            };
            let plan = unions::plan(rows, &register, today);
            Ok(Planned::Unions { plan, units })
        }
        ImportKind::People => {
            let people = person::within(tx, path).await?;
            let plan = people::plan(rows, &units, &people, today);
            Ok(Planned::People {
                plan,
                units,
                people,
            })
        }
        ImportKind::Titles => {
            let people = person::within(tx, path).await?;
            let held = honour::all(tx).await?;
            let register = titles::Register {
                standard: &app.standard,
                units: &units,
                people: &people,
                held: &held,
            };
            let plan = titles::plan(rows, &register, today);
            Ok(Planned::Titles {
                plan,
                units,
                people,
            })
        }
        ImportKind::Vetoes => {
            // A federation records vetoes of the units below it, not its own.
            let below: Vec<Unit> = units.into_iter().filter(|unit| unit.path != path).collect();
            let standing = veto::within(tx, path).await?;
            let plan = vetoes::plan(rows, &app.standard, &below, &standing);
            Ok(Planned::Vetoes { plan, units: below })
        }
    }
}

async fn find_in(app: &App, tx: &mut Tx, actor: &Actor, id: &ImportId) -> Result<Import> {
    let import = import::find(tx, id).await?.ok_or(Error::NotFound)?;
    app.permit(tx, actor, Act::ImportUnits, &import.unit_id)
        .await?;
    Ok(import)
}

/// Who runs the program on the machine: nobody's account.
fn machine(root: Option<&UnitPlace>) -> Actor {
    Actor {
        account: AccountId(uuid::Uuid::nil()),
        person: None,
        name: "命令行".to_owned(),
        roles: root
            .map(|root| RoleAt {
                role: Role::Administrator,
                unit: root.clone(),
            })
            .into_iter()
            .collect(),
    }
}

fn told(problem: &SheetProblem) -> ImportRefusal {
    match problem {
        SheetProblem::TooLarge { limit } => ImportRefusal::TooLarge {
            megabytes: limit / (1024 * 1024),
        },
        SheetProblem::TooManyRows { limit } => ImportRefusal::TooManyRows { limit: *limit },
        SheetProblem::NotATable { found } => ImportRefusal::NotATable { found },
        SheetProblem::FalseName { found } => ImportRefusal::FalseName { found },
        SheetProblem::OldOrLocked => ImportRefusal::OldOrLocked,
        SheetProblem::Damaged => ImportRefusal::Damaged,
        SheetProblem::Encoding => ImportRefusal::Encoding,
        SheetProblem::Empty => ImportRefusal::Empty,
    }
}
