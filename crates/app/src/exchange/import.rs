//! Importing workbooks: first checked, with a result for every row, then confirmed; all rows are imported or none. `plan` decides about the rows,
//! `apply` writes the plan, `templates` and `exports` are the workbooks to download.

pub mod again;
pub(super) mod apply;
pub mod exports;
pub mod job;
pub mod machine;
mod permission;
mod plan;
pub mod reading;
pub mod returned;
mod sheets;
pub mod templates;

pub use permission::{city_of_department, kinds};
use permission::{find_in, own_department, permitted};
use std::sync::Arc;

use bytes::Bytes;
use jianjia_documents::sheet;
use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::{ImportId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, POLICY, may, scopes},
        refusal::General,
    },
    exchange::import::{
        Import, ImportKind, ImportLine, ImportState,
        refusal::ImportRefusal,
        table::{HiddenRows, Taken},
    },
};
use jianjia_store::{
    core::{
        db::Tx,
        place,
        scope::{Scope, Scopes},
    },
    exchange::import,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    core::{
        app::App,
        counting,
        error::{Error, Result, refuses},
        job::running::Outcome,
        standard::Standards,
        turn::Turns,
    },
    exchange::import::{job::InJob, reading::Progress},
};

refuses!(ImportRefusal);

/// The size limit of an uploaded workbook, in bytes.
pub const BYTES_LIMIT: usize = sheet::BYTES_LIMIT;

/// Concurrent parses: a full workbook takes some hundred megabytes and seconds of CPU.
static READING: Turns = Turns::new(2);

/// Parses an uploaded workbook of a kind, off the async threads.
async fn read_in_turn(
    app: &App,
    kind: ImportKind,
    (bytes, file_name): (Bytes, &str),
    hidden_rows: HiddenRows,
    progress: Option<Arc<Progress>>,
) -> Result<Taken> {
    let (standards, this_year) = (app.standards.clone(), app.clock.today().year());
    let file_name = file_name.to_owned();
    let read = move || {
        let on_row = |row| {
            if let Some(progress) = &progress {
                progress.see(row);
            }
        };
        let file = (&*bytes, file_name.as_str());
        sheets::read(&standards, this_year, kind, file, hidden_rows, &on_row)
    };
    READING
        .take(read)
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
    let file = (bytes, file_name);
    sheets::read(standards, this_year, kind, file, hidden_rows, &|_| {})
}

/// Checks a workbook and stores it with the result of every row, to be confirmed. The register is not changed.
///
/// Rows are decided about on a snapshot, and the file is on disk before the transaction that names it, so that nobody waits for either: what changes
/// in the register meanwhile is found at the confirmation, as it is for what changes later.
///
/// # Errors
/// As `App::permit`, for the act that the kind takes; `Busy` when too many are being read; as `read`; `IdentityNumbers` when the file holds any,
/// and then nothing of it is kept.
pub async fn check(
    app: &App,
    actor: &Actor,
    kind: ImportKind,
    under: &UnitId,
    file_name: &str,
    bytes: Bytes,
) -> Result<ImportId> {
    check_telling(app, actor, (kind, under), (bytes, file_name), None).await
}

/// As `check`, telling how far it is.
async fn check_telling(
    app: &App,
    actor: &Actor,
    (kind, under): (ImportKind, &UnitId),
    (bytes, file_name): (Bytes, &str),
    progress: Option<Arc<Progress>>,
) -> Result<ImportId> {
    // Permission first, so that somebody who may not import does not take up a turn.
    let mut tx = app.db.read().await?;
    permitted(app, &mut tx, actor, kind, under).await?;
    tx.commit().await?;
    let hidden_rows = HiddenRows::default();
    let file = (bytes.clone(), file_name);
    let rows = read_in_turn(app, kind, file, hidden_rows, progress.clone()).await?;
    if !rows.identity_numbers.is_empty() {
        let places = rows.identity_numbers;
        return Err(ImportRefusal::IdentityNumbers { places }.into());
    }
    let mut tx = app.db.read().await?;
    let place = permitted(app, &mut tx, actor, kind, under).await?;
    if let Some(progress) = &progress {
        progress.begin_checking(rows.rows.len());
    }
    let own = own_department(&mut tx, kind, &actor.account.to_string()).await?;
    let of = (kind, own.as_deref());
    let planned = plan::plan(app, &mut tx, of, Some(&place), &rows, &[]).await?;
    tx.commit().await?;
    let report = planned.report().clone();
    let hash = app.files.put(bytes).await?;
    let mut tx = app.db.write(Scope::Imports).await?;
    let place = permitted(app, &mut tx, actor, kind, under).await?;
    let now = app.now();
    let import = Import {
        id: ImportId(app.entropy.id(now)),
        kind,
        unit_id: *under,
        unit_path: place.path.clone(),
        file_hash: hash,
        file_name: file_name.chars().take(120).collect(),
        state: ImportState::Checked,
        report,
        created_by: actor.account.to_string(),
        created_at: now,
        done_at: None,
    };
    import::insert(&mut tx, &import).await?;
    trail(app, &mut tx, actor, Deed::CheckImport, &place, &import).await?;
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
    confirm_rows(app, actor, id, Wanted::All, None).await?;
    Ok(())
}

/// Imports the rows of a checked workbook that can be imported; `returned` gives the others back.
///
/// # Errors
/// As `confirm`, without `RowsRefused`; `NoGoodRows` when no row would change anything.
pub async fn confirm_good(app: &App, actor: &Actor, id: &ImportId) -> Result<()> {
    confirm_rows(app, actor, id, Wanted::Good, None).await?;
    Ok(())
}

/// Which rows are imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// All, or none if one of them is refused.
    All,
    /// Those that are not refused.
    Good,
}

/// What decides about titles is asked for a code of the second factor.
fn proved(app: &App, actor: &Actor, kind: ImportKind) -> Result<()> {
    match kind {
        // A department answers on its page without one, too.
        ImportKind::Answers if actor.is_department() => Ok(()),
        ImportKind::Titles
        | ImportKind::Vetoes
        | ImportKind::Answers
        | ImportKind::SubsidyBases => app.proved(actor),
        _ => Ok(()),
    }
}

/// What a table of a kind changes.
fn scopes_of(kind: ImportKind) -> Scopes {
    let answers = (kind == ImportKind::Answers).then_some(Scope::Departments);
    [Scope::Register, Scope::Units, Scope::Accounts]
        .into_iter()
        .chain(answers)
        .collect()
}

async fn confirm_rows(
    app: &App,
    actor: &Actor,
    id: &ImportId,
    wanted: Wanted,
    job: Option<&InJob<'_>>,
) -> Result<Outcome> {
    let mut tx = app.db.read().await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    proved(app, actor, import.kind)?;
    tx.commit().await?;
    let done = || Ok(Outcome::Told(Value::Null));
    let progress = job.map(InJob::reading);
    let Some((parsed, rows)) = again::read_again(app, actor, id, None, progress).await? else {
        // A second click: it is done.
        return done();
    };
    if let Some(job) = job {
        job.check(&parsed)?;
    }
    let mut tx = app.db.write(scopes_of(import.kind)).await?;
    let mut import = find_in(app, &mut tx, actor, id).await?;
    let place = permitted(app, &mut tx, actor, import.kind, &import.unit_id).await?;
    if import.state == ImportState::Done {
        // A second click: it is done.
        return done();
    }
    if let Some(job) = job {
        job.check(&import)?;
    }
    if (import.kind, &import.file_hash) != (parsed.kind, &parsed.file_hash) {
        return Err(General::Stale.into());
    }
    let (under, pairs) = (Some(&place), &parsed.report.pairs);
    let own = own_department(&mut tx, import.kind, &import.created_by).await?;
    let of = (import.kind, own.as_deref());
    let planned = plan::plan(app, &mut tx, of, under, &rows, pairs).await?;
    if *planned.report() != import.report {
        import.report = planned.report().clone();
        keep(&mut tx, &import).await?;
        trail(app, &mut tx, actor, Deed::CheckImport, &place, &import).await?;
        tx.commit().await?;
        return Err(ImportRefusal::NewlyChecked.into());
    }
    may_write(&import, wanted)?;
    import.report.only_good = !import.report.is_clean();
    if let Some(job) = job {
        job.begin_writing(&mut tx);
    }
    apply::apply(app, &mut tx, actor, &planned).await?;
    let written = import.report.counts()[0];
    import.state = ImportState::Done;
    import.done_at = Some(app.now());
    keep(&mut tx, &import).await?;
    trail(app, &mut tx, actor, Deed::ConfirmImport, &place, &import).await?;
    let outcome = match job {
        Some(job) => {
            job.running
                .commit(app, tx, &json!({"written": written}))
                .await?
        }
        None => {
            tx.commit().await?;
            Outcome::Committed
        }
    };
    counting::count_if_many(app, written).await;
    Ok(outcome)
}

/// # Errors
/// `RowsRefused` while a row of all that are wanted is; `NoGoodRows` when those that can be imported change nothing.
fn may_write(import: &Import, wanted: Wanted) -> Result<()> {
    if import.report.is_clean() {
        return Ok(());
    }
    if wanted == Wanted::All {
        let count = import.report.counts()[4];
        return Err(ImportRefusal::RowsRefused { count }.into());
    }
    if !import.report.changes() {
        return Err(ImportRefusal::NoGoodRows.into());
    }
    Ok(())
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
    // Who finds the table knows under which unit it was made.
    let under = place::find(&mut tx, &import.unit_id).await?;
    Ok((import, under.ok_or(Error::NotFound)?))
}

/// Imports that the page lists.
const LISTED: i64 = 20;

/// The newest imports that the actor may see, and the units that the actor may import under.
///
/// # Errors
/// `NotYourRole` to whoever may import nowhere.
pub async fn list(app: &App, actor: &Actor) -> Result<(Vec<ImportLine>, Vec<UnitPlace>)> {
    let units = importing(actor)?;
    let mut tx = app.db.read().await?;
    let (lines, _) = import::portion(&mut tx, &scopes(actor), (LISTED, 0)).await?;
    Ok((lines, units))
}

/// A portion (limit, offset) of the imports that the actor may see, the newest first, and how many there are.
///
/// # Errors
/// As `list`.
pub async fn lines(
    app: &App,
    actor: &Actor,
    portion: (i64, i64),
) -> Result<(Vec<ImportLine>, i64)> {
    importing(actor)?;
    let mut tx = app.db.read().await?;
    Ok(import::portion(&mut tx, &scopes(actor), portion).await?)
}

/// The units that the actor may import under.
fn importing(actor: &Actor) -> Result<Vec<UnitPlace>> {
    let act = Act::ImportUnits;
    let mut units: Vec<UnitPlace> = Vec::new();
    for at in &actor.roles {
        if units.iter().all(|unit| unit.id != at.unit.id) && may(actor, act, &at.unit) {
            units.push(at.unit.clone());
        }
    }
    if units.is_empty() {
        let roles = POLICY.iter().find(|(named, _)| *named == act);
        let roles = roles.map_or(&[][..], |(_, roles)| roles);
        let roles = roles.iter().map(|(role, _)| *role).collect();
        return Err(General::NotYourRole { act, roles }.into());
    }
    Ok(units)
}
