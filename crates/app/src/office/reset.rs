//! A forgotten password without the federation above: a one-time code to the owner's own telephone or mail address, by which the owner joins again
//! (`invitation::joining`). Whether what was typed names an account is found out by a job, so that neither the page nor its time tells anything.

use anyhow::Context;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        guess::Guessed,
        ids::{AccountId, InvitationId},
        job::JobKind,
        post::{Channel, masked},
        text::{address::is_mail, line},
    },
    office::{
        account::{Account, AccountRefusal, login},
        invitation::{self as domain, Invitation, InvitationRefusal, InvitationState, RESET},
        provider::ProviderRefusal,
    },
};
use jianjia_standard::Lang;
use jianjia_store::{
    core::{
        db::Tx,
        file::content_hash,
        post,
        scope::{Scope, Scopes},
    },
    office::{
        account::{self as accounts, By},
        browser as known_browser, factor as factors, invitation as invitations,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        guess::{self as guesses, Target},
        job as jobs,
    },
    office::{invitation::printing, session::Browser, sign_in as tries},
};

/// What is typed is kept no longer than this.
const TYPED: usize = 120;

const PURPOSE: &str = "forgotten password";

/// What a job is handed, encrypted.
#[derive(Serialize, Deserialize)]
struct Asked {
    typed: String,
    network: String,
    /// The tokens of the accounts that the browser knows.
    known: String,
}

/// Asks for a code for whoever has this user name, telephone number or mail address. The answer is the same whether anybody has. What strangers asked for
/// slows neither another network nor a browser in which somebody signed in before.
///
/// # Errors
/// `Slowed` after too many for the same from this network, from this network in all, or from this browser; `NoPasswords`.
pub async fn ask(app: &App, browser: &Browser, typed: &str) -> Result<()> {
    if !app.takes_passwords() {
        return Err(ProviderRefusal::NoPasswords.into());
    }
    let now = app.now();
    let typed: String = line(typed).chars().take(TYPED).collect();
    let mut tx = app.db.read().await?;
    let targets = targets(app, &mut tx, browser, &typed).await?;
    // A flood costs no writes.
    tries::check(&mut tx, &targets, now).await.map_err(slowed)?;
    tx.commit().await?;
    let asked = Asked {
        typed,
        network: browser.network.clone(),
        known: browser.known.clone(),
    };
    let asked = serde_json::to_vec(&asked).context("what was asked")?;
    let sealed = app.slip_key.seal(PURPOSE, "", &app.entropy, &asked)?;
    let by_target = targets.iter().map(Target::scope);
    let scopes: Scopes = by_target.chain([Scope::Jobs]).collect();
    let mut tx = app.db.write(scopes).await?;
    let minutes = guesses::count(&mut tx, &targets, now).await?;
    if let Some(minutes) = minutes {
        tx.commit().await?;
        return Err(InvitationRefusal::ResetSlowed { minutes }.into());
    }
    let key = format!("reset:{}", app.entropy.id(now).simple());
    jobs::enqueue_own(
        app,
        &mut tx,
        JobKind::Reset,
        key,
        json!({ "asked": sealed }),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// By what requests are counted.
async fn targets(app: &App, tx: &mut Tx, browser: &Browser, typed: &str) -> Result<Vec<Target>> {
    for token in browser.tokens() {
        let hash = content_hash(token.as_bytes());
        if known_browser::is_known_to_any(tx, &hash, app.now()).await? {
            let known = format!("browser {token}");
            return Ok(vec![guesses::target(app, Guessed::Reset, &known)]);
        }
    }
    let network = &browser.network;
    let from_there = format!("{network} {}", login::form(typed));
    Ok(vec![
        guesses::target(app, Guessed::Reset, &from_there),
        guesses::target(app, Guessed::ResetNetwork, network),
    ])
}

/// A code to be sent.
pub struct Code {
    pub channel: Channel,
    pub address: String,
    pub lang: Lang,
    pub code: String,
    /// By which a repeated letter is known as the same.
    pub id: InvitationId,
    counted: Vec<Target>,
}

/// The code for whoever a job's payload names, kept as a hash before it is sent; none where nobody gets one. Codes that were sent before stay good, so
/// that nobody takes an owner's code away by asking for another.
///
/// # Errors
/// When it can't be read or written.
pub async fn prepare(app: &App, payload: &Value) -> Result<Option<Code>> {
    let sealed = payload.get("asked").and_then(Value::as_str);
    // With another instance's key, as after a restore, nobody knows what was asked.
    let opened = sealed.and_then(|sealed| app.slip_key.open(PURPOSE, "", sealed).ok());
    let asked = opened.and_then(|asked| serde_json::from_slice::<Asked>(&asked).ok());
    let Some(asked) = asked else {
        return Ok(None);
    };
    let mut tx = app.db.read().await?;
    let found = named(&mut tx, &asked.typed).await?;
    tx.commit().await?;
    match found {
        Some(id) => make(app, &id, &asked).await,
        None => Ok(None),
    }
}

/// The one account that has this user name, telephone number or mail address.
async fn named(tx: &mut Tx, typed: &str) -> Result<Option<AccountId>> {
    let form = login::form(typed);
    let mut found = accounts::open_by(tx, By::Login, &form).await?;
    if found.is_empty() {
        found = match login::telephone(typed) {
            Some(telephone) => accounts::open_by(tx, By::Telephone, &telephone).await?,
            None if is_mail(typed) => accounts::open_by(tx, By::Mail, typed).await?,
            None => found,
        };
    }
    Ok(match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    })
}

async fn make(app: &App, id: &AccountId, asked: &Asked) -> Result<Option<Code>> {
    let now = app.now();
    let mut tx = app.db.read().await?;
    let Some((channel, address)) = reached(app, &mut tx, id, &asked.typed).await? else {
        return Ok(None);
    };
    let limits = limits(app, &mut tx, id, &address, asked).await?;
    tx.commit().await?;
    let by_target = limits.iter().map(|(target, _)| target.scope());
    let scopes: Scopes = by_target.chain([Scope::Account(*id)]).collect();
    let mut tx = app.db.write(scopes).await?;
    let has_factor = factors::ways(&mut tx, id).await?.any();
    let account = accounts::find(&mut tx, id).await?;
    let Some(account) = account.filter(|account| domain::resettable(account, has_factor)) else {
        tx.commit().await?;
        return Ok(None);
    };
    for (target, a_day) in &limits {
        if guesses::failed(&mut tx, target).await? >= *a_day {
            tracing::info!(to = masked(&address), "no more codes go there today");
            tx.commit().await?;
            return Ok(None);
        }
    }
    let targets: Vec<Target> = limits.into_iter().map(|(target, _)| target).collect();
    if guesses::count(&mut tx, &targets, now).await?.is_some() {
        tx.commit().await?;
        return Ok(None);
    }
    let lang = post::choices(&mut tx, id)
        .await?
        .into_iter()
        .find(|choice| choice.channel == channel)
        .map_or(Lang::Zh, |choice| choice.lang);
    let code = printing::fresh(app);
    let Some(invitation) = invitation(app, &account, printing::hash(app, &code)) else {
        return Err(Error::NotFound);
    };
    let id = invitation.id;
    invitations::insert(&mut tx, &[invitation]).await?;
    let detail = json!({ "channel": channel.key() });
    let unit = account.roles.first().map(|at| &at.unit);
    let (by, object) = (("", ""), Object::Account(account.id));
    app.trail_by(&mut tx, by, Deed::SendResetCode, object, unit, detail)
        .await?;
    tx.commit().await?;
    Ok(Some(Code {
        channel,
        address,
        lang,
        code,
        id,
        counted: targets,
    }))
}

/// By what codes that are sent are counted, each with how many of a day go out. A browser that the account knows has a counter of its own: whatever
/// strangers asked for, the owner gets through.
async fn limits(
    app: &App,
    tx: &mut Tx,
    id: &AccountId,
    address: &str,
    asked: &Asked,
) -> Result<Vec<(Target, i64)>> {
    let target = |what: &str| guesses::target(app, Guessed::ResetSent, what);
    let browser = Browser {
        known: asked.known.clone(),
        ..Browser::default()
    };
    if let Some(token) = browser.known_for(tx, id, app.now()).await? {
        let known = target(&format!("{id} browser {token}"));
        return Ok(vec![(known, domain::RESETS_A_DAY)]);
    }
    let from_there = target(&format!("{id} {}", asked.network));
    Ok(vec![
        (from_there, domain::RESETS_FROM_NETWORK),
        (target(&id.to_string()), domain::RESETS_A_DAY),
        (target(address), domain::RESETS_A_DAY),
    ])
}

/// Uncounts a code that did not go out.
///
/// # Errors
/// When it can't be written.
pub async fn not_sent(app: &App, code: &Code) -> Result<()> {
    let scopes: Scopes = code.counted.iter().map(Target::scope).collect();
    let mut tx = app.db.write(scopes).await?;
    guesses::take_back(&mut tx, &code.counted).await?;
    Ok(tx.commit().await?)
}

fn invitation(app: &App, account: &Account, code_hash: String) -> Option<Invitation> {
    let (now, at) = (app.now(), account.roles.first()?);
    Some(Invitation {
        id: InvitationId(app.entropy.id(now)),
        account: account.id,
        unit: at.unit.id,
        unit_path: at.unit.path.clone(),
        role: at.role,
        state: InvitationState::Reset,
        code_hash,
        made_by_name: account.name.clone(),
        made_from: None,
        made_at: now,
        expires_at: Some(now + RESET),
        used_at: None,
    })
}

/// By what the account's owner is reached here: by mail who typed the mail address, otherwise by telephone first. An address that was refused for good
/// is none.
async fn reached(
    app: &App,
    tx: &mut Tx,
    id: &AccountId,
    typed: &str,
) -> Result<Option<(Channel, String)>> {
    let (addresses, choices) = (post::addresses(tx, id).await?, post::choices(tx, id).await?);
    let order = if is_mail(typed) {
        [Channel::Mail, Channel::Telephone]
    } else {
        [Channel::Telephone, Channel::Mail]
    };
    let is_refused = |channel: Channel, address: &str| {
        let mut choices = choices.iter();
        choices.any(|choice| choice.channel == channel && choice.refused_address == address)
    };
    Ok(order
        .into_iter()
        .filter(|channel| app.post.channels().contains(channel))
        .map(|channel| match channel {
            Channel::Mail => (channel, addresses.mail.clone()),
            Channel::Telephone => (channel, addresses.telephone.clone()),
        })
        .find(|(channel, address)| !address.is_empty() && !is_refused(*channel, address)))
}

/// Forgets how many codes went to an account, once one of them was used.
pub(crate) async fn used(app: &App, tx: &mut Tx, id: &AccountId) -> Result<()> {
    let target = guesses::target(app, Guessed::ResetSent, &id.to_string());
    guesses::forget(tx, &target).await
}

/// The brake's refusal in the words of this page.
fn slowed(error: Error) -> Error {
    let minutes = match &error {
        Error::Refused(refusal) => match refusal.of::<AccountRefusal>() {
            Some(AccountRefusal::Slowed { minutes }) => *minutes,
            _ => return error,
        },
        _ => return error,
    };
    InvitationRefusal::ResetSlowed { minutes }.into()
}
