//! What goes to people by mail and by text message: what each wants, what is sent next, what became of it. `jianjia-post` sends.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::DispatchId,
        job::JobError,
        policy::{Actor, Permit, act},
        post::{
            Addresses, Answer, BETWEEN_LETTERS, Channel, PostFailing, PostState, Wish, masked,
            pause_after,
        },
    },
    office::post::{self as addresses, PostRefusal},
};
use jianjia_standard::Lang;
use jianjia_store::{
    core::{
        db::Tx,
        post::{self, Choice},
        scope::Scope,
    },
    honour::target as figures,
};
use serde_json::json;

pub use jianjia_store::core::post::{Dispatch, Outgoing};

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
        job::running::Running,
    },
    office::password as passwords,
};

refuses!(PostRefusal);

/// What somebody sees of the own post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPost {
    pub addresses: Addresses,
    pub choices: Vec<Choice>,
    /// What is set up here.
    pub channels: &'static [Channel],
}

/// The actor's addresses and choices.
///
/// # Errors
/// When they can't be read.
pub async fn own(app: &App, actor: &Actor) -> Result<OwnPost> {
    let mut tx = app.db.read().await?;
    Ok(OwnPost {
        addresses: post::addresses(&mut tx, &actor.account).await?,
        choices: post::choices(&mut tx, &actor.account).await?,
        channels: app.post.channels(),
    })
}

/// What somebody typed on the page of the own post.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct OwnForm {
    pub mail: String,
    pub telephone: String,
    pub mail_wish: String,
    pub telephone_wish: String,
    /// Asked for where an address is another than before.
    pub password: String,
}

/// Keeps the actor's addresses and wishes, and the language to write in. What waits and is not wanted any more is not sent.
///
/// # Errors
/// A refusal for each field that can't be taken; at `password`, where an address is another than before: as `passwords::verify_in`.
pub async fn choose(
    app: &App,
    actor: &Actor,
    session: &str,
    form: &OwnForm,
    lang: Lang,
) -> Result<()> {
    let said = addresses::read(&form.mail, &form.telephone)?;
    let mut tx = app.db.read().await?;
    let is_other = said != post::addresses(&mut tx, &actor.account).await?;
    tx.commit().await?;
    if is_other {
        // A forgotten password is asked for by them: whoever finds a session left open must not take the account with it.
        passwords::verify_in(app, actor, session, "password", &form.password).await?;
    }
    let now = app.now();
    let mut tx = app.db.write(Scope::Account(actor.account)).await?;
    let before = post::addresses(&mut tx, &actor.account).await?;
    for (channel, wish) in [
        (Channel::Mail, &form.mail_wish),
        (Channel::Telephone, &form.telephone_wish),
    ] {
        let wish = Wish::from_key(wish).unwrap_or(channel.usual());
        post::choose(&mut tx, &actor.account, channel, wish, lang).await?;
        post::unwanted(&mut tx, &actor.account, channel, wish, now).await?;
    }
    post::forget_refusal(&mut tx, &actor.account).await?;
    if said != before {
        post::say_addresses(&mut tx, &actor.account, &said).await?;
        // Which, the trail keeps as a digest alone.
        let fields: Vec<&str> = [
            ("mail", said.mail != before.mail),
            ("telephone", said.telephone != before.telephone),
        ]
        .into_iter()
        .filter_map(|(field, is_other)| is_other.then_some(field))
        .collect();
        let object = Object::Account(actor.account);
        let detail = json!({"changed": fields});
        app.trail(&mut tx, actor, Deed::SayAddresses, object, None, detail)
            .await?;
    }
    Ok(tx.commit().await?)
}

/// Gathers the next dispatches that are due, at most so many, and commits that they are this job's to send. Whoever was written to within the hour
/// waits, unless something is urgent.
///
/// # Errors
/// When the job is no longer this node's, or the database fails.
pub async fn gather(
    app: &App,
    running: &Running,
    channels: &[Channel],
    limit: i64,
) -> Result<Vec<Dispatch>> {
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.now();
    let mut tx = app.db.write(Scope::Post).await?;
    post::drop_unneeded(&mut tx, now).await?;
    let mut ids = post::to_retry(&mut tx, channels, now, limit).await?;
    let left = limit - ids.len() as i64;
    for due in post::due(&mut tx, channels, now, left).await? {
        let next_at = due.last_at.map(|last| last + BETWEEN_LETTERS);
        match next_at.filter(|next| *next > now && !due.is_urgent) {
            Some(next) => post::put_off(&mut tx, &due, next).await?,
            None => {
                let id = DispatchId(app.entropy.id(now));
                post::gather(&mut tx, &due, &id).await?;
                ids.push(id);
            }
        }
    }
    let dispatches = post::contents(&mut tx, &ids).await?;
    running
        .commit_portion(tx, "", (0, dispatches.len() as i64))
        .await?;
    Ok(dispatches)
}

/// Keeps what became of an attempt. It does not ask for the job's lease: what was sent was sent, whoever has the job now.
///
/// # Errors
/// When it can't be written: then the dispatch is sent once more, as the same letter.
pub async fn mark(app: &App, dispatch: &Dispatch, answer: &Answer) -> Result<()> {
    let now = app.now();
    let mut tx = app.db.write(Scope::Post).await?;
    match answer {
        Answer::Sent => {
            post::end(&mut tx, &dispatch.id, PostState::Sent, None, now).await?;
        }
        Answer::Later(error) => {
            log(dispatch, error);
            match pause_after(dispatch.attempts + 1) {
                Some(pause) => post::postpone(&mut tx, &dispatch.id, now + pause, error).await?,
                None => {
                    let expired = PostFailing::Expired.told(error.detail.clone());
                    give_up(&mut tx, app, dispatch, &expired).await?;
                }
            }
        }
        Answer::Never(error) => {
            log(dispatch, error);
            give_up(&mut tx, app, dispatch, error).await?;
        }
        Answer::NoSuchAddress(error) => {
            log(dispatch, error);
            give_up(&mut tx, app, dispatch, error).await?;
            post::refuse_address(
                &mut tx,
                &dispatch.account,
                dispatch.channel,
                &dispatch.address,
                now,
            )
            .await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn give_up(tx: &mut Tx, app: &App, dispatch: &Dispatch, error: &JobError) -> Result<()> {
    post::end(tx, &dispatch.id, PostState::GivenUp, Some(error), app.now()).await?;
    Ok(())
}

fn log(dispatch: &Dispatch, error: &JobError) {
    tracing::warn!(
        channel = dispatch.channel.key(),
        to = masked(&dispatch.address),
        attempt = dispatch.attempts + 1,
        said = error.detail,
        "a letter was not sent"
    );
}

/// What the city's administrators look over.
pub struct Overview {
    pub channels: &'static [Channel],
    /// Messages by channel, state, and whether the last attempt failed.
    pub figures: Vec<(Channel, PostState, bool, i64)>,
    pub waiting: Vec<Outgoing>,
    pub given_up: Vec<Outgoing>,
    pub sent: Vec<Outgoing>,
}

/// Dispatches listed of each sort.
const LISTED: i64 = 50;

/// What waits, failed and was sent, with addresses masked.
///
/// # Errors
/// As `App::permit`, for looking after the post.
pub async fn overview(app: &App, actor: &Actor) -> Result<Overview> {
    let mut tx = app.db.read().await?;
    permit(app, &mut tx, actor).await?;
    let mut lists = Vec::new();
    for state in [PostState::Waiting, PostState::GivenUp, PostState::Sent] {
        let list = post::listed(&mut tx, &[state], (LISTED, 0)).await?;
        lists.push(with_masked_addresses(list));
    }
    let mut lists = lists.into_iter();
    let mut next = || lists.next().unwrap_or_default();
    Ok(Overview {
        channels: app.post.channels(),
        figures: post::figures(&mut tx).await?,
        waiting: next(),
        given_up: next(),
        sent: next(),
    })
}

/// A portion (limit, offset) of all of it, the newest first, and how many there are.
///
/// # Errors
/// As `overview`.
pub async fn export(app: &App, actor: &Actor, portion: (i64, i64)) -> Result<(Vec<Outgoing>, i64)> {
    let mut tx = app.db.read().await?;
    permit(app, &mut tx, actor).await?;
    let list = post::listed(&mut tx, &PostState::ALL, portion).await?;
    let total = post::count(&mut tx).await?;
    Ok((with_masked_addresses(list), total))
}

fn with_masked_addresses(mut list: Vec<Outgoing>) -> Vec<Outgoing> {
    for one in &mut list {
        one.address = masked(&one.address);
    }
    list
}

async fn permit(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Permit<act::ManagePost>> {
    let city = figures::city(tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(tx, actor, act::ManagePost, &city).await
}

/// Has a dispatch tried again at once.
///
/// # Errors
/// As `overview`; `NotFailed` when it was sent, or is not there.
pub async fn try_again(app: &App, actor: &Actor, id: &DispatchId) -> Result<()> {
    let mut tx = app.db.write(Scope::Post).await?;
    let permit = permit(app, &mut tx, actor).await?;
    let account = post::try_again(&mut tx, id, app.now()).await?;
    let account = account.ok_or(PostRefusal::NotFailed)?;
    let object = Object::Account(account);
    app.trail(
        &mut tx,
        actor,
        Deed::RetryPost,
        object,
        Some(&permit.unit),
        json!({}),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// The name under which letters go: the city federation's.
pub async fn sender(app: &App) -> Result<String> {
    let mut tx = app.db.read().await?;
    let city = figures::city(&mut tx).await?;
    Ok(city.map_or_else(String::new, |city| city.name))
}
