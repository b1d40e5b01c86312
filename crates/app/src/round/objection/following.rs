//! Following an objection by its number and code, and confirming one of a flood.

use jianjia_domain::{
    core::{audit::deed::Deed, guess::Guessed},
    rating::poll::slip::{SLIP_CODE, read_code},
    round::{
        application::State,
        objection::{self, CONFIRM_AFTER, Objection, ObjectionRefusal},
    },
};
use jianjia_standard::working_days::Counted;
use jianjia_store::{
    core::scope::Scope,
    register::unit,
    round::{objection as objections, publication as publications},
};
use jiff::{Timestamp, civil::Date};
use serde_json::json;

use super::{
    Sealed, code_hash, content_of, open,
    receiving::{tell, trail},
    target,
};
use crate::core::{
    app::App,
    error::{Error, Result},
    guess as guesses,
};

/// An objection as whoever objected reads it: how far it is and what was answered, and not who looked into it.
#[derive(Clone, Debug)]
pub struct Followed {
    pub objection: Objection,
    /// Empty before it is answered.
    pub answer: String,
    /// From when on it can be confirmed, where it must be.
    pub confirm_from: Timestamp,
    /// Until when it holds the naming unconfirmed, where it must be confirmed.
    pub confirm_until: Option<Counted<Date>>,
    /// When its candidate was named in spite of it: it is looked into all the same.
    pub named_at: Option<Timestamp>,
}

/// The objection with a number, for whoever has its code.
///
/// # Errors
/// `NotFollowed` when they do not belong together; `Slowed` after many wrong codes from one network; `CantBeOpened`.
pub async fn follow(app: &App, network: &str, number: i64, code: &str) -> Result<Followed> {
    let objection = of_code(app, network, number, code).await?;
    let answer = match &objection.answer {
        None => String::new(),
        Some(answer) => {
            let id = objection.id.to_string();
            let opened = open(app, Sealed::Answer, &id, &answer.sealed);
            let opened = opened.ok_or(ObjectionRefusal::CantBeOpened)?;
            String::from_utf8_lossy(&opened).into_owned()
        }
    };
    let mut tx = app.db.read().await?;
    let application = target(&mut tx, &objection).await?;
    let notice = publications::find(&mut tx, &objection.publication).await?;
    let standard = app.standards.of(application.year);
    let days = standard.publication.unconfirmed_working_days;
    Ok(Followed {
        confirm_from: objection.received_at + CONFIRM_AFTER,
        confirm_until: notice.map(|notice| {
            let working_days = &standard.working_days;
            working_days.add_working_days(notice.days.to, days)
        }),
        named_at: match application.state {
            State::Named { at, .. } => Some(at),
            _ => None,
        },
        objection,
        answer,
    })
}

/// Lets one of a flood count, for whoever has its code, and tells those who handle it. One whose candidate was named meanwhile is taken as a complaint
/// about a title, which `follow` says.
///
/// # Errors
/// As `follow`; as `objection::confirm`.
pub async fn confirm(app: &App, network: &str, number: i64, code: &str) -> Result<()> {
    let of = of_code(app, network, number, code).await?;
    let scopes = [Scope::Objections, Scope::Application(of.application)];
    let mut tx = app.db.write(scopes).await?;
    let found = objections::find(&mut tx, &of.id).await?;
    let found = found.ok_or(Error::NotFound)?;
    let now = app.now();
    objection::confirm(&found, now)?;
    if !objections::confirm(&mut tx, &found.id, now).await? {
        return Err(ObjectionRefusal::ConfirmedBefore.into());
    }
    let city = unit::root(&mut tx).await?;
    let city = city.ok_or(ObjectionRefusal::NoReader)?;
    if let Some(content) = content_of(app, &found)? {
        tell(&mut tx, app, &city, &found, &content).await?;
    }
    let detail = json!({"number": number});
    trail(&mut tx, app, &city, Deed::ConfirmObjection, &found, detail).await?;
    Ok(tx.commit().await?)
}

async fn of_code(app: &App, network: &str, number: i64, code: &str) -> Result<Objection> {
    let now = app.now();
    let targets = [guesses::target(app, Guessed::ObjectionCode, network)];
    // Counted before it is looked up, so that many at once get no further than one after another.
    let mut tx = app.db.write(targets[0].scope()).await?;
    let slowed = guesses::count(&mut tx, &targets, now).await?;
    tx.commit().await?;
    if let Some(minutes) = slowed {
        return Err(ObjectionRefusal::Slowed { minutes }.into());
    }
    let code = read_code(code, SLIP_CODE).unwrap_or_default();
    let mut tx = app.db.read().await?;
    let found = objections::of_number(&mut tx, number).await?;
    tx.commit().await?;
    let hash = code_hash(app, number, &code);
    let found = found.filter(|objection| objection.code_hash == hash);
    let found = found.ok_or(ObjectionRefusal::NotFollowed)?;
    let mut tx = app.db.write(targets[0].scope()).await?;
    guesses::take_back(&mut tx, &targets).await?;
    tx.commit().await?;
    Ok(found)
}
