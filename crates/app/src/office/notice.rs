//! What others did to somebody's account: written in the transaction of the act, shown after signing in until it is read.

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::{
    core::{
        ids::AccountId,
        message::{About, Kind, Message, Said, To},
        policy::{Actor, RoleAt},
    },
    office::{device::Device, notice::AccountNotice},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::notice as notices,
};
use serde_json::json;

use crate::core::{app::App, error::Result, message::tell_all_but};

/// How many are shown, read ones included, so that an intruder can't make the owner miss them by reading them.
const SHOWN: i64 = 20;

/// Tells the owner of an account what `by_name` did to it.
pub(crate) async fn tell(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    deed: Deed,
    role: Option<&RoleAt>,
    by_name: &str,
) -> Result<()> {
    let role_key = role.map_or("", |at| at.role.key());
    let unit_name = role.map_or("", |at| at.unit.name.as_str());
    tell_of(app, tx, account, deed, [role_key, unit_name, by_name]).await?;
    Ok(())
}

/// Tells of something with words of its own: a role's key, a name of a place, a name of who did it; gives the notice's id.
pub(crate) async fn tell_of(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    deed: Deed,
    [role, unit_name, by_name]: [&str; 3],
) -> Result<String> {
    let at = app.now();
    let notice = AccountNotice {
        id: app.entropy.id(at).simple().to_string(),
        act: deed.into(),
        role: role.to_owned(),
        unit_name: unit_name.to_owned(),
        by_name: by_name.to_owned(),
        at,
        is_read: false,
    };
    notices::insert(tx, account, &notice).await?;
    message(app, tx, account, deed, by_name, &notice.id);
    Ok(notice.id)
}

/// Tells by a message alone of what the owner did: nothing is shown before the first page.
pub(crate) fn tell_by_message(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    deed: Deed,
    by_name: &str,
) {
    let once = app.entropy.id(app.now()).simple().to_string();
    message(app, tx, account, deed, by_name, &once);
}

fn message(app: &App, tx: &mut Tx, account: &AccountId, deed: Deed, by_name: &str, once: &str) {
    let about = About::of(&Object::Account(*account), None, 0);
    let told = Message::of(Kind::Account, about, once, vec![To::Account(*account)]);
    let word = deed.word().to_owned();
    let by: Said = match deed {
        // Not a name, but the browser in which somebody signed in.
        Deed::SignInElsewhere => Said::Word {
            word: Device::read(by_name).program.word().to_owned(),
        },
        _ => by_name.into(),
    };
    let told = told.says([Said::Word { word }, by]);
    tell_all_but(app, tx, None, told);
}

/// The latest changes to the actor's account, newest first.
pub async fn newest(app: &App, actor: &Actor) -> Result<Vec<AccountNotice>> {
    let mut tx = app.db.read().await?;
    Ok(notices::newest(&mut tx, &actor.account, SHOWN).await?)
}

/// Marks the actor's notices up to this id as read.
pub async fn read(app: &App, actor: &Actor, last: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    let count = notices::mark_read(&mut tx, &actor.account, last, app.now()).await?;
    if count == 0 {
        return Ok(());
    }
    app.trail(
        &mut tx,
        actor,
        Deed::ReadAccountNotices,
        Object::Account(actor.account),
        actor.main_unit(),
        json!({ "notices": count }),
    )
    .await?;
    Ok(tx.commit().await?)
}
