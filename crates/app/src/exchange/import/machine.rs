//! Importing at the command line, where the operator needs no permission and no file is kept.

use jianjia_domain::core::proof::Proof;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::AccountId,
        place::UnitPlace,
        policy::{Actor, Role, RoleAt},
    },
    exchange::import::{
        ImportKind,
        fate::ImportReport,
        table::{HiddenRows, Taken},
    },
};
use jianjia_store::{core::db::Tx, register::unit};
use serde_json::json;

use crate::{
    core::{app::App, counting, error::Result},
    exchange::import::{
        Wanted, apply,
        plan::{self, Planned},
        scopes_of, sheets,
    },
};

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
    sheets::read(
        &app.standards,
        this_year,
        kind,
        file,
        asked.hidden_rows,
        &|_| {},
    )
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
    let checked = check_at_the_machine(app, kind, rows).await?;
    write_checked(app, checked, asked).await
}

/// Rows that were checked, with the transaction in which nothing else changes before they are written.
pub struct Checked {
    tx: Tx,
    kind: ImportKind,
    root: Option<UnitPlace>,
    planned: Planned,
}

/// Checks rows for the command line.
///
/// # Errors
/// When the register can't be read.
pub async fn check_at_the_machine(app: &App, kind: ImportKind, rows: &Taken) -> Result<Checked> {
    let mut tx = app.db.write(scopes_of(kind)).await?;
    let root = unit::root(&mut tx).await?;
    let planned = plan::plan(app, &mut tx, (kind, None), root.as_ref(), rows, &[]).await?;
    Ok(Checked {
        tx,
        kind,
        root,
        planned,
    })
}

/// Imports rows that were checked, as far as is asked for.
///
/// # Errors
/// As `apply::apply`.
pub async fn write_checked(
    app: &App,
    checked: Checked,
    asked: &AtTheMachine,
) -> Result<ImportReport> {
    let Checked {
        mut tx,
        kind,
        root,
        planned,
    } = checked;
    let report = planned.report();
    let (is_clean, counts) = (report.is_clean(), report.counts());
    let may_write = is_clean || (asked.wanted == Wanted::Good && report.changes());
    if asked.only_look || !may_write {
        return Ok(planned.into_report());
    }
    let actor = machine(root.as_ref());
    apply::apply(app, &mut tx, &actor, &planned).await?;
    app.trail(
        &mut tx,
        &actor,
        Deed::ConfirmImport,
        Object::Import(None),
        root.as_ref(),
        json!({"kind": kind.key(), "counts": counts}),
    )
    .await?;
    tx.commit().await?;
    counting::count_if_many(app, counts[0]).await;
    let mut report = planned.into_report();
    report.only_good = !is_clean;
    Ok(report)
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
        proof: Proof::Password,
    }
}
