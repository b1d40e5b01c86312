//! The notice that a union puts up in its own unit before it applies: what it says, where it hung and when.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::ApplicationId,
        place::UnitPlace,
        policy::{Act, Actor, act, may},
    },
    round::{
        application::{Application, State},
        posting::{self, Asked, Posting, PostingInput, PostingRefusal},
    },
};
use jianjia_standard::{Text, working_days::Counted};
use jianjia_store::{core::db::Tx, register::unit, round::posting as postings};
use jiff::civil::Date;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    round::{
        application::{self as applications, title_of},
        scope as scopes,
    },
};

refuses!(PostingRefusal);

/// The notice of an application, and what is recorded of it.
#[derive(Clone, Debug)]
pub struct PostingView {
    pub application: Application,
    pub unit: UnitPlace,
    /// The telephone of the federation above, for whoever would rather object there.
    pub upper_phone: Option<String>,
    pub title: Text,
    pub posting: Option<Posting>,
    pub working_days: i64,
    pub is_asked: bool,
    pub clause: String,
    /// Until when it hangs if it is put up today.
    pub until: Counted<Date>,
    pub may_record: bool,
}

/// What the standard says of the notice of an application in its unit; none where it says nothing.
pub(crate) fn asked<'a>(app: &'a App, application: &Application) -> Option<Asked<'a>> {
    let standard = app.standards.of(application.year);
    Some(Asked {
        rule: standard.publication.in_unit(&application.title)?,
        clause: &standard.publication.clause,
        working_days: &standard.working_days,
    })
}

/// Whether an application was shown as the standard asks.
///
/// # Errors
/// `Missing`, `StillUp`.
pub(crate) async fn may_submit(tx: &mut Tx, app: &App, application: &Application) -> Result<()> {
    let Some(asked) = asked(app, application).filter(|asked| asked.rule.is_asked) else {
        return Ok(());
    };
    let found = postings::find(tx, &application.id).await?;
    Ok(posting::may_submit(
        asked,
        found.as_ref(),
        app.clock.today(),
    )?)
}

/// The notice of an application, for everybody who sees the application.
///
/// # Errors
/// Not found when it isn't there, the actor doesn't see it, or the standard knows no notice of it.
pub async fn view(app: &App, actor: &Actor, id: &ApplicationId) -> Result<PostingView> {
    let mut tx = app.db.read().await?;
    let application = applications::seen(&mut tx, actor, id).await?;
    let asked = asked(app, &application).ok_or(Error::NotFound)?;
    let unit = unit::find(&mut tx, &application.unit.id).await?;
    let unit = unit.ok_or(Error::NotFound)?.place();
    let above = unit::above(&mut tx, &unit.path).await?;
    let upper_phone = match above.iter().find(|place| place.id != unit.id) {
        Some(upper) => unit::find(&mut tx, &upper.id).await?,
        None => None,
    };
    let is_with_applicant = matches!(application.state, State::Draft | State::Returned { .. });
    Ok(PostingView {
        title: title_of(app, application.year, &application.title)?
            .name
            .clone(),
        posting: postings::find(&mut tx, id).await?,
        working_days: asked.rule.working_days,
        is_asked: asked.rule.is_asked,
        clause: asked.clause.to_owned(),
        until: asked.until(app.clock.today()),
        may_record: is_with_applicant && may(actor, Act::DraftApplication, &unit),
        upper_phone: upper_phone.and_then(|upper| upper.details.phone),
        unit,
        application,
    })
}

/// Records where the notice hung and from when to when. While the application is with its union, what is said last holds.
///
/// # Errors
/// As `view`; as `App::permit`; as `posting::record`.
pub async fn record(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    input: &PostingInput,
) -> Result<()> {
    let mut tx = app.db.write(scopes::of_application(app, id).await?).await?;
    let application = applications::seen(&mut tx, actor, id).await?;
    let asked = asked(app, &application).ok_or(Error::NotFound)?;
    let unit = application.unit.id;
    let permit = app
        .permit(&mut tx, actor, act::DraftApplication, &unit)
        .await?;
    let (from_on, to_on, place) =
        posting::record(&application, &permit, asked, input, app.clock.today())?;
    let said = Posting {
        application: *id,
        from_on,
        to_on,
        place,
        said_by: actor.account,
        said_by_name: actor.name.clone(),
        said_at: app.now(),
    };
    postings::set(&mut tx, &said).await?;
    let detail = json!({
        "from": said.from_on.to_string(),
        "to": said.to_on.to_string(),
        "note": said.place,
    });
    let object = Object::Application(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::RecordPosting,
        object,
        Some(&permit.unit),
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}
