//! Checking a table again: with the hidden rows or without them, or with what its names mean.

use std::{collections::HashMap, sync::Arc};

use jianjia_domain::{
    core::{audit::deed::Deed, ids::ImportId, policy::Actor, refusal::General},
    exchange::import::{
        Import, ImportState,
        pair::{Choice, Pair},
        refusal::ImportRefusal,
        table::{HiddenRows, Taken},
    },
};
use jianjia_store::core::{file::Kept, scope::Scope};

use crate::{
    core::{app::App, error::Result},
    exchange::import::{
        find_in, keep, own_department, permitted, plan, read_in_turn, reading::Progress, trail,
    },
};

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
    let Some((parsed, taken)) = read_again(app, actor, id, Some(hidden_rows), None).await? else {
        return Ok(());
    };
    check_again(app, actor, (&parsed, &taken), &parsed.report.pairs).await
}

/// Checks a workbook again with what somebody says that its names mean: by the name's place among the report's questions.
///
/// # Errors
/// As `choose_hidden`; `Stale` when a choice is none that was offered.
pub async fn pair(
    app: &App,
    actor: &Actor,
    id: &ImportId,
    choices: &HashMap<usize, Choice>,
) -> Result<()> {
    let Some((parsed, taken)) = read_again(app, actor, id, None, None).await? else {
        return Ok(());
    };
    let asks = parsed.report.asks();
    let mut pairs = parsed.report.pairs.clone();
    for (place, choice) in choices {
        let ask = asks.get(*place).ok_or(General::Stale)?.0;
        let pair = ask.answered(*choice).ok_or(General::Stale)?;
        pairs.retain(|known| (&known.key, &known.typed) != (&pair.key, &pair.typed));
        pairs.push(pair);
    }
    pairs.sort_by(|one, other| (&one.key, &one.typed).cmp(&(&other.key, &other.typed)));
    check_again(app, actor, (&parsed, &taken), &pairs).await
}

async fn check_again(
    app: &App,
    actor: &Actor,
    (parsed, taken): (&Import, &Taken),
    pairs: &[Pair],
) -> Result<()> {
    let mut tx = app
        .db
        .write([Scope::Register, Scope::Units, Scope::Accounts])
        .await?;
    let mut import = find_in(app, &mut tx, actor, &parsed.id).await?;
    let under = permitted(app, &mut tx, actor, import.kind, &import.unit_id).await?;
    if import.state == ImportState::Done || import.file_hash != parsed.file_hash {
        return Err(General::Stale.into());
    }
    let own = own_department(&mut tx, import.kind, &import.created_by).await?;
    let of = (import.kind, own.as_deref());
    let planned = plan::plan(app, &mut tx, of, Some(&under), taken, pairs).await?;
    import.report = planned.report().clone();
    keep(&mut tx, &import).await?;
    trail(app, &mut tx, actor, Deed::CheckImport, &under, &import).await?;
    tx.commit().await?;
    Ok(())
}

/// A checked workbook and its rows, read before anybody has to wait for the register: what was uploaded never changes. None once it is imported.
pub(super) async fn read_again(
    app: &App,
    actor: &Actor,
    id: &ImportId,
    hidden_rows: Option<HiddenRows>,
    progress: Option<Arc<Progress>>,
) -> Result<Option<(Import, Taken)>> {
    let mut tx = app.db.read().await?;
    let import = find_in(app, &mut tx, actor, id).await?;
    permitted(app, &mut tx, actor, import.kind, &import.unit_id).await?;
    tx.commit().await?;
    if import.state == ImportState::Done {
        return Ok(None);
    }
    let hidden_rows = hidden_rows.unwrap_or_else(|| import.report.hidden_rows());
    let taken = taken_of(app, &import, hidden_rows, progress).await?;
    Ok(Some((import, taken)))
}

/// The rows of the file that was uploaded.
pub(super) async fn taken_of(
    app: &App,
    import: &Import,
    hidden_rows: HiddenRows,
    progress: Option<Arc<Progress>>,
) -> Result<Taken> {
    let Some(Kept::Whole(bytes)) = app.files.get(&import.file_hash).await? else {
        return Err(ImportRefusal::Damaged.into());
    };
    let file = (bytes, import.file_name.as_str());
    read_in_turn(app, import.kind, file, hidden_rows, progress).await
}
