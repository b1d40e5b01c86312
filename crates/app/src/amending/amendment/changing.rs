//! Changing a version that was not proposed yet, and giving it up.

use jianjia_domain::{
    amending::amendment::{self, Amendment, AmendmentRefusal, AmendmentState},
    core::{
        audit::{deed::Deed, object::Object},
        ids::AmendmentId,
        policy::{self, Act, Actor},
    },
};
use jianjia_store::{amending::amendment as amendments, core::scope::Scope, register::unit};
use serde_json::json;

use super::{
    checking::check,
    city_for, found, is_seen, keep, note,
    upload::{self, Sent},
};
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// Takes files that were sent in the place of those of their names, and checks the version anew. `seen` is the revision that the form was made from.
///
/// # Errors
/// Not found, `NotYourRole`; `Stale`; as `amendment::changeable`; by field `file`: what can't be taken of what was sent, `NothingChanged`.
pub async fn change(
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    seen: &str,
    sent: &[Sent],
) -> Result<Amendment> {
    let mut tx = app.db.read().await?;
    city_for(&mut tx, actor, Act::PrepareAmendment).await?;
    is_seen(&found(&mut tx, id).await?, seen)?;
    let before = amendments::files(&mut tx, id).await?;
    tx.commit().await?;
    let mut files = before.clone();
    upload::put(&mut files, sent)?;
    if files == before {
        return Err(upload::at_file(AmendmentRefusal::NothingChanged));
    }
    // The revision says that nothing else was kept while it was looked through.
    let checked = check(&files).await?;
    let mut tx = app.db.write(Scope::Amendment(*id)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, policy::act::PrepareAmendment, &city)
        .await?;
    let mut one = found(&mut tx, id).await?;
    is_seen(&one, seen)?;
    amendment::changeable(&one, &permit)?;
    one.checked = checked;
    one.state = one.checked.state();
    amendments::keep_files(&mut tx, id, &files).await?;
    keep(&mut tx, app, &mut one).await?;
    let names = sent.iter().map(|file| file.name.as_str());
    let names: Vec<&str> = names.collect();
    note(
        &mut tx,
        app,
        actor,
        id,
        Deed::ChangeAmendment,
        &names.join("、"),
    )
    .await?;
    let detail = json!({
        "file": names,
        "version": one.checked.version,
        "mistakes": one.checked.mistakes.len() + one.checked.more,
    });
    let object = Object::Amendment(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::ChangeAmendment,
        object,
        Some(&city),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(one)
}

/// Gives up a version that was not proposed.
///
/// # Errors
/// Not found, `NotYourRole`; `Stale`; as `amendment::changeable`, `amendment::why`.
pub async fn give_up(
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    (seen, why): (&str, &str),
) -> Result<()> {
    let mut tx = app.db.write(Scope::Amendment(*id)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, policy::act::PrepareAmendment, &city)
        .await?;
    let mut one = found(&mut tx, id).await?;
    is_seen(&one, seen)?;
    amendment::changeable(&one, &permit)?;
    let why = amendment::why(why)?;
    one.state = AmendmentState::Withdrawn;
    keep(&mut tx, app, &mut one).await?;
    note(&mut tx, app, actor, id, Deed::WithdrawAmendment, &why).await?;
    let object = Object::Amendment(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::WithdrawAmendment,
        object,
        Some(&city),
        json!({ "reason": why }),
    )
    .await?;
    Ok(tx.commit().await?)
}
