//! Unusual sign-ins: in a browser that the account does not know while it knows others, or from a network that it was not in for three months. The
//! owner is told of it in other sessions than that one.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        day,
        ids::AccountId,
    },
    office::device,
};
use jianjia_store::{
    core::db::Tx,
    office::{account as accounts, browser as known_browser, network as networks},
};
use jiff::ToSpan;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    office::{notice as account_notices, session::Browser},
};

/// How long a network is known after a sign-in from it.
const KNOWN_DAYS: i64 = 90;

/// Remembers the network of a sign-in, and tells the owner when it is an unusual one; gives the notice's id then. `is_known`: the account signed in
/// before in this browser.
pub(crate) async fn tell(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    browser: &Browser,
    is_known: bool,
) -> Result<Option<String>> {
    let network = device::coarse(&browser.network);
    // The program itself, or a test of it, comes from nowhere; the demo's accounts are everybody's.
    if network.is_empty() || app.is_demo {
        return Ok(None);
    }
    let is_new_browser = !is_known && known_browser::is_any_known(tx, account, app.now()).await?;
    let today = day::day_of(app.now());
    let since = today.saturating_sub(KNOWN_DAYS.days());
    let hash = app
        .slip_key
        .digest(b"network of an account", &[&account.to_string(), &network]);
    let hash = hex::encode(&hash[..16]);
    let before = networks::known_since(tx, account, since).await?;
    let is_new_network = !before.is_empty() && !before.contains(&hash);
    networks::remember(tx, account, &hash, (since, today)).await?;
    if !is_new_browser && !is_new_network {
        return Ok(None);
    }
    let owner = accounts::find(tx, account).await?.ok_or(Error::NotFound)?;
    let words = ["", network.as_str(), browser.device.as_str()];
    let notice = account_notices::tell_of(app, tx, account, Deed::SignInElsewhere, words).await?;
    app.trail_by(
        tx,
        (&account.to_string(), &owner.name),
        Deed::SignInElsewhere,
        Object::Account(*account),
        owner.roles.first().map(|at| &at.unit),
        json!({ "device": browser.device, "new_browser": is_new_browser, "new_network": is_new_network }),
    )
    .await?;
    Ok(Some(notice))
}
