//! Importing workbooks: first checked, with a result for every row, then confirmed; all rows are imported or none. `plan` decides about the rows,
//! `apply` writes the plan, `templates` and `exports` are the workbooks to download.

pub(super) mod apply;
pub mod exports;

refuses!(ImportRefusal);
mod plan;
pub mod returned;
mod sheets;
pub mod templates;

use bytes::Bytes;
use jianjia_documents::sheet;
use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{AccountId, ImportId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, Role, RoleAt, may, scopes},
        refusal::General,
    },
    exchange::import::{
        Import, ImportKind, ImportLine, ImportState,
        fate::ImportReport,
        refusal::ImportRefusal,
        table::{HiddenRows, Taken},
    },
};
use jianjia_store::{
    core::{db::Tx, file::Kept, scope::Scope},
    exchange::import,
    register::unit,
};
use serde_json::json;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
    standard::Standards,
    turn::Turns,
};

/// The size limit of an uploaded workbook, in bytes.
pub const BYTES_LIMIT: usize = sheet::BYTES_LIMIT;

/// Concurrent parses: a full workbook takes some hundred megabytes and seconds of CPU.
static READING: Turns = Turns::new(2);

/// Parses an uploaded workbook of a kind, off the async threads.
async fn read_in_turn(
    app: &App,
    kind: ImportKind,
    bytes: Bytes,
    file_name: &str,
    hidden_rows: HiddenRows,
) -> Result<Taken> {
    let (standards, this_year) = (app.standards.clone(), app.clock.today().year());
    let file_name = file_name.to_owned();
    READING
        .take(move || {
            sheets::read(
                &standards,
                this_year,
                kind,
                (&bytes, &file_name),
                hidden_rows,
            )
        })
        .await?
        .unwrap_or_else(|_| Err(ImportRefusal::Busy.into()))
}

/// Parses an uploaded workbook of a kind, its rows by the standards of their years.
///
/// # Errors
/// As `sheets::read`.
pub fn read(
    standards: &Standards,
    this_year: i16,
    kind: ImportKind,
    bytes: &[u8],
    file_name: &str,
) -> Result<Taken> {
    let hidden_rows = HiddenRows::default();
    sheets::read(standards, this_year, kind, (bytes, file_name), hidden_rows)
}

/// Checks a workbook and stores it with the result of every row, to be confirmed. The register is not changed.
///
/// Rows are decided about on a snapshot, and the file is on disk before the transaction that names it, so that nobody waits for either: what changes
/// in the register meanwhile is found at the confirmation, as it is for what changes later.
///
/// # Errors
/// As `App::permit`, for the act that the kind takes; `Busy` when too many are being read; as `read`.
pub async fn check(
    app: &App,
    actor: &Actor,
    kind: ImportKind,
    under: &UnitId,
    file_name: &str,
    bytes: Bytes,
) -> Result<ImportId> {
    // Permission first, so that somebody who may not import does not take up a turn.
    let mut tx = app.db.read().await?;
    app.permit(&mut tx, actor, act_of(kind), under).await?;
    tx.commit().await?;
    let hidden_rows = HiddenRows::default();
    let rows = read_in_turn(app, kind, bytes.clone(), file_name, hidden_rows).await?;
    let mut tx = app.db.read().await?;
    let permit = app.permit(&mut tx, actor, act_of(kind), under).await?;
    let planned = plan::plan(app, &mut tx, kind, Some(&permit.unit), &rows).await?;
    tx.commit().await?;
    let report = planned.report().clone();
    let hash = app.files.put(bytes).await?;
    let mut tx = app.db.write(Scope::Imports).await?;
    let permit = app.permit(&mut tx, actor, act_of(kind), under).await?;
    let now = app.now();
    let import = Import {
        id: ImportId(app.entropy.id(now)),
        kind,
        unit_id: *under,
        unit_path: permit.unit.path.clone(),
        file_hash: hash,
        file_name: file_name.chars().take(120).collect(),
        state: ImportState::Checked,
        report,
        created_by: actor.account.to_string(),
        created_at: now,
        done_at: None,
    };
    import::insert(&mut tx, &import).await?;
    trail(
        app,
        &mut tx,
        actor,
        Deed::CheckImport,
        &permit.unit,
        &import,
    )
    .await?;
    tx.commit().await?;
    Ok(import.id)
}

/// Imports a checked workbook. If the register has changed so that the results would differ from those shown, nothing is imported and the new
/// results are stored to be shown.
///
/// # Errors
/// Not found when it isn't there; as `App::permit`, for importing units and for the act that the kind takes; `Busy` when too many are being read;
/// `Damaged` when the uploaded file is; `NewlyChecked` when the results are not those shown; `RowsRefused` while one row is; `Stale` when what it
/// changes was changed in between.
pub async fn confirm(app: &App, actor: &Actor, id: &ImportId) -> Result<()> {
    confirm_rows(app, actor, id, Wanted::All).await
}

/// Imports the rows of a checked workbook that can be imported; `returned` gives the others back.
///
/// # Errors
/// As `confirm`, without `RowsRefused`; `NoGoodRows` when no row would change anything.
pub async fn confirm_good(app: &App, actor: &Actor, id: &ImportId) -> Result<()> {
    confirm_rows(app, actor, id, Wanted::Good).await
}

/// Which rows are imported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All, or none if one of them is refused.
    All,
    /// Those that are not refused.
    Good,
}

/// Checks a workbook again, with the hidden rows or without them.
///
/// # Errors
/// As `confirm`, but for its results: they are stored to be shown.
pub async fn choose_hidden(
    app: &App,
    actor: &Actor,
    id: &ImportId,
    hidden_rows: HiddenRows,
) -> Result<()> {
    let Some((parsed, taken)) = read_again(app, actor, id, Some(hidden_rows)).await? else {
        return Ok(());
    };
    let mut tx = app.db.write([Scope::Register, Scope::Units]).await?;
    let mut import = find_in(app, &mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, act_of(import.kind), &import.unit_id)
        .await?;
    if import.state == ImportState::Done || import.file_hash != parsed.file_hash {
        return Err(General::Stale.into());
    }
    let planned = plan::plan(app, &mut tx, import.kind, Some(&permit.unit), &taken).await?;
    import.report = planned.report().clone();
    keep(&mut tx, &import).await?;
    let (deed, under) = (Deed::CheckImport, &permit.unit);
    trail(app, &mut tx, actor, deed, under, &import).await?;
    tx.commit().await?;
    Ok(())
}

async fn confirm_rows(app: &App, actor: &Actor, id: &ImportId, wanted: Wanted) -> Result<()> {
    let Some((parsed, rows)) = read_again(app, actor, id, None).await? else {
        // A second click: it is done.
        return Ok(());
    };
    let mut tx = app.db.write([Scope::Register, Scope::Units]).await?;
    let mut import = find_in(app, &mut tx, actor, id).await?;
    let permit = app
        .permit(&mut tx, actor, act_of(import.kind), &import.unit_id)
        .await?;
    if import.state == ImportState::Done {
        // A second click: it is done.
        return Ok(());
    }
    if (import.kind, &import.file_hash) != (parsed.kind, &parsed.file_hash) {
        return Err(General::Stale.into());
    }
    let planned = plan::plan(app, &mut tx, import.kind, Some(&permit.unit), &rows).await?;
    if *planned.report() != import.report {
        import.report = planned.report().clone();
        keep(&mut tx, &import).await?;
        trail(
            app,
            &mut tx,
            actor,
            Deed::CheckImport,
            &permit.unit,
            &import,
        )
        .await?;
        tx.commit().await?;
        return Err(ImportRefusal::NewlyChecked.into());
    }
    if !import.report.is_clean() {
        if wanted == Wanted::All {
            let count = import.report.counts()[4];
            return Err(ImportRefusal::RowsRefused { count }.into());
        }
        if !import.report.changes() {
            return Err(ImportRefusal::NoGoodRows.into());
        }
        import.report.only_good = true;
    }
    apply::apply(app, &mut tx, actor, &planned).await?;
    import.state = ImportState::Done;
    import.done_at = Some(app.now());
    keep(&mut tx, &import).await?;
    trail(
        app,
        &mut tx,
        actor,
        Deed::ConfirmImport,
        &permit.unit,
        &import,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// A checked workbook and its rows, read before anybody has to wait for the register: what was uploaded never changes. None once it is imported.
async fn read_again(
    app: &App,
    actor: &Actor,
    id: &ImportId,
    hidden_rows: Option<HiddenRows>,
) -> Result<Option<(Import, Taken)>> {
    let mut tx = app.db.read().await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    app.permit(&mut tx, actor, act_of(import.kind), &import.unit_id)
        .await?;
    tx.commit().await?;
    if import.state == ImportState::Done {
        return Ok(None);
    }
    let hidden_rows = hidden_rows.unwrap_or_else(|| import.report.hidden_rows());
    let taken = taken_of(app, &import, hidden_rows).await?;
    Ok(Some((import, taken)))
}

/// The rows of the file that was uploaded.
async fn taken_of(app: &App, import: &Import, hidden_rows: HiddenRows) -> Result<Taken> {
    let Some(Kept::Whole(bytes)) = app.files.get(&import.file_hash).await? else {
        return Err(ImportRefusal::Damaged.into());
    };
    read_in_turn(app, import.kind, bytes, &import.file_name, hidden_rows).await
}

async fn trail(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    deed: Deed,
    under: &UnitPlace,
    import: &Import,
) -> Result<()> {
    let detail = json!({"kind": import.kind.key(), "file": import.file_hash, "counts": import.report.counts()});
    let object = Object::Import(Some(import.id));
    app.trail(tx, actor, deed, object, Some(under), detail)
        .await
}

async fn keep(tx: &mut Tx, import: &Import) -> Result<()> {
    if import::update(tx, import).await? {
        Ok(())
    } else {
        Err(General::Stale.into())
    }
}

/// An import with the results of its rows, if the actor may see the unit it was made under.
///
/// # Errors
/// Not found when it isn't there; as `App::permit`, for importing units.
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
        if units.iter().all(|unit| unit.id != at.unit.id) && may(actor, Act::ImportUnits, &at.unit)
        {
            units.push(at.unit.clone());
        }
    }
    Ok((lines, units))
}

/// Checks a workbook for the command line, and imports it unless only a check was asked for: the operator needs no permission. The first import
/// into an empty register may begin with the city itself.
///
/// # Errors
/// As `read`.
pub async fn at_the_machine(
    app: &App,
    kind: ImportKind,
    file_name: &str,
    bytes: &[u8],
    only_look: bool,
) -> Result<ImportReport> {
    let asked = AtTheMachine {
        only_look,
        wanted: Wanted::All,
        hidden_rows: HiddenRows::default(),
    };
    let taken = read_for_the_machine(app, kind, file_name, bytes, &asked)?;
    write_at_the_machine(app, kind, &taken, &asked).await
}

/// What the operator asks for.
pub struct AtTheMachine {
    pub only_look: bool,
    pub wanted: Wanted,
    pub hidden_rows: HiddenRows,
}

/// The rows of a file, for the command line.
///
/// # Errors
/// As `sheets::read`.
pub fn read_for_the_machine(
    app: &App,
    kind: ImportKind,
    file_name: &str,
    bytes: &[u8],
    asked: &AtTheMachine,
) -> Result<Taken> {
    let this_year = app.clock.today().year();
    let file = (bytes, file_name);
    sheets::read(&app.standards, this_year, kind, file, asked.hidden_rows)
}

/// Imports rows for the command line, as far as is asked for. The report says whether refused rows were left out.
///
/// # Errors
/// As `apply::apply`.
pub async fn write_at_the_machine(
    app: &App,
    kind: ImportKind,
    rows: &Taken,
    asked: &AtTheMachine,
) -> Result<ImportReport> {
    let mut tx = app.db.write([Scope::Register, Scope::Units]).await?;
    let root = unit::root(&mut tx).await?;
    let planned = plan::plan(app, &mut tx, kind, root.as_ref(), rows).await?;
    let mut report = planned.report().clone();
    let may_write = report.is_clean() || (asked.wanted == Wanted::Good && report.changes());
    if asked.only_look || !may_write {
        return Ok(report);
    }
    report.only_good = !report.is_clean();
    let actor = machine(root.as_ref());
    apply::apply(app, &mut tx, &actor, &planned).await?;
    app.trail(
        &mut tx,
        &actor,
        Deed::ConfirmImport,
        Object::Import(None),
        root.as_ref(),
        json!({"kind": kind.key(), "counts": report.counts()}),
    )
    .await?;
    tx.commit().await?;
    Ok(report)
}

/// The act that importing a kind requires. Divisions and titles already held are imported by the city; vetoes by whoever may record them below the
/// unit.
fn act_of(kind: ImportKind) -> Act {
    match kind {
        ImportKind::Divisions => Act::ImportDivisions,
        ImportKind::Unions | ImportKind::People | ImportKind::Sheets => Act::ImportUnits,
        ImportKind::Titles => Act::ImportTitles,
        ImportKind::Vetoes => Act::ImportVetoes,
    }
}

/// The kinds that the actor may import under one of these units.
pub fn kinds(actor: &Actor, units: &[UnitPlace]) -> Vec<ImportKind> {
    ImportKind::ALL
        .into_iter()
        .filter(|kind| units.iter().any(|unit| may(actor, act_of(*kind), unit)))
        .collect()
}

async fn find_in(app: &App, tx: &mut Tx, actor: &Actor, id: &ImportId) -> Result<Import> {
    let import = import::find(tx, id).await?.ok_or(Error::NotFound)?;
    app.permit(tx, actor, Act::ImportUnits, &import.unit_id)
        .await?;
    Ok(import)
}

/// The operator at the command line: the nil account.
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
