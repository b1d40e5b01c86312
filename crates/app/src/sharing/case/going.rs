//! The way of a case: handed in, recommended upward, sent back or left, put to its union, agreed to or not, published, taken down.

use jianjia_domain::{
    core::{
        audit::deed::Deed,
        ids::CaseId,
        message::{Kind, Said},
        place::UnitPlace,
        policy::{self, Act, Actor, act},
    },
    sharing::case::{self, Case, CaseAct, CaseRefusal, CaseState},
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    sharing::case as cases,
};

use super::{
    Done, beside::register_of, inside, keep, office_side, say, union_side, writing::levels,
};
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// The union hands a case in; the office above is told.
///
/// # Errors
/// Not found when the actor doesn't see it; `NotYours` to those who read it from outside; as `App::permit`; as `case::hand_in`; `Stale`.
pub async fn hand_in(app: &App, actor: &Actor, id: &CaseId) -> Result<()> {
    let mut tx = app.db.write(Scope::Case(*id)).await?;
    let (case, unit) = inside(&mut tx, actor, id).await?;
    let permit = app
        .permit_at(&mut tx, actor, act::AnswerForCase, &unit)
        .await?;
    let levels = levels(&mut tx, &unit).await?;
    let case = case::hand_in(case, &permit, &levels, app.now())?;
    let done = Done::of(CaseAct::HandedIn, Deed::HandInCase, &unit);
    arrive(&mut tx, app, actor, &case, (&unit, done)).await?;
    Ok(tx.commit().await?)
}

/// Keeps a case that goes on to an office, and tells the office.
async fn arrive(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    case: &Case,
    (unit, done): (&UnitPlace, Done<'_>),
) -> Result<()> {
    let by = done.by.clone();
    let was_recommended = done.act == CaseAct::Recommended;
    let event = keep(tx, app, actor, case, done).await?;
    let at = case.at.as_ref().map_or("", |at| at.name.as_str());
    let says: [Said; 3] = [unit.name.as_str().into(), title(case), at.into()];
    let context = (&mut *tx, app, actor);
    say(
        context,
        case,
        Kind::CaseArrived,
        event,
        office_side(case),
        says,
    );
    if was_recommended {
        let says: [Said; 3] = [title(case), by.name.as_str().into(), at.into()];
        let context = (&mut *tx, app, actor);
        say(
            context,
            case,
            Kind::CaseRecommended,
            event,
            union_side(unit),
            says,
        );
    }
    Ok(())
}

fn title(case: &Case) -> Said {
    case.title.as_str().into()
}

/// What an office does with a case whose turn it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    Recommend,
    SendBack,
    Leave,
    /// The city puts its text to the union.
    Ask,
    Publish,
}

impl Review {
    pub fn from_key(key: &str) -> Option<Review> {
        match key {
            "recommend" => Some(Review::Recommend),
            "return" => Some(Review::SendBack),
            "leave" => Some(Review::Leave),
            "ask" => Some(Review::Ask),
            "publish" => Some(Review::Publish),
            _ => None,
        }
    }
}

/// An office acts on a case. `how`: a key of `Review`; `reason`: where it is sent back or left.
///
/// # Errors
/// Not found when the actor doesn't see it; `NotYours` to those who read it from outside; as `App::permit` and the act's own decision; `NoSuchAct`; `Stale`.
pub async fn review(
    app: &App,
    actor: &Actor,
    id: &CaseId,
    (how, reason): (&str, &str),
) -> Result<()> {
    let mut tx = app.db.write(Scope::Case(*id)).await?;
    let (case, unit) = inside(&mut tx, actor, id).await?;
    let Some(how) = Review::from_key(how) else {
        app.permit_at(&mut tx, actor, act::RecommendCase, &unit)
            .await?;
        return Err(CaseRefusal::NoSuchAct.into());
    };
    match how {
        Review::Recommend | Review::SendBack | Review::Leave => {
            pass(&mut tx, app, actor, (case, &unit), (how, reason)).await?;
        }
        Review::Ask => ask(&mut tx, app, actor, case, &unit).await?,
        Review::Publish => publish(&mut tx, app, actor, case, &unit).await?,
    }
    Ok(tx.commit().await?)
}

async fn pass(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    (case, unit): (Case, &UnitPlace),
    (how, reason): (Review, &str),
) -> Result<()> {
    // Of several offices that somebody works for, the one whose turn it is.
    let here = case.at.as_ref().map(|at| actor.at(&at.id));
    let here = here.filter(|here| policy::may(here, Act::RecommendCase, unit));
    let acting = here.as_ref().unwrap_or(actor);
    let permit = app.permit_at(tx, acting, act::RecommendCase, unit).await?;
    let by = permit.as_role.unit.clone();
    let now = app.now();
    let (case, done, kind) = match how {
        Review::Recommend => {
            let levels = levels(tx, unit).await?;
            let case = case::recommend(case, &permit, &levels, now)?;
            let done = Done::of(CaseAct::Recommended, Deed::RecommendCase, &by);
            return arrive(tx, app, actor, &case, (unit, done)).await;
        }
        Review::SendBack => {
            let (case, reason) = case::send_back(case, &permit, reason, now)?;
            let done = Done::of(CaseAct::Returned, Deed::ReturnCase, &by);
            (case, done.because(reason), Kind::CaseReturned)
        }
        _ => {
            let (case, reason) = case::leave(case, &permit, reason, now)?;
            let done = Done::of(CaseAct::Left, Deed::LeaveCase, &by);
            (case, done.because(reason), Kind::CaseLeft)
        }
    };
    let event = keep(tx, app, actor, &case, done).await?;
    let says: [Said; 2] = [title(&case), by.name.as_str().into()];
    say((tx, app, actor), &case, kind, event, union_side(unit), says);
    Ok(())
}

async fn ask(tx: &mut Tx, app: &App, actor: &Actor, case: Case, unit: &UnitPlace) -> Result<()> {
    let permit = app.permit_at(tx, actor, act::EditCase, unit).await?;
    let by = permit.as_role.unit.clone();
    let case = case::ask(case, &permit, app.now())?;
    let done = Done::of(CaseAct::Asked, Deed::AskConsentToCase, &by);
    let event = keep(tx, app, actor, &case, done).await?;
    let says: [Said; 2] = [by.name.as_str().into(), title(&case)];
    let to = union_side(unit);
    say((tx, app, actor), &case, Kind::CaseAsked, event, to, says);
    Ok(())
}

/// Publishes the text that the union agreed to, as the register has the union today.
async fn publish(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    case: Case,
    unit: &UnitPlace,
) -> Result<()> {
    let permit = app.permit_at(tx, actor, act::PublishCase, unit).await?;
    let by = permit.as_role.unit.clone();
    let mut case = case::publish(case, &permit, app.clock.today(), app.now())?;
    let texts = cases::texts(tx, &case.id).await?;
    let text = texts.iter().find(|text| text.number == case.agreed);
    let text = text.ok_or(CaseRefusal::NoConsent)?;
    (case.size, case.industry) = register_of(tx, app, &case.unit).await?;
    let mut done = Done::of(CaseAct::Published, Deed::PublishCase, &by);
    let all = format!("{}\n{}", case.unit_name, text.written.all());
    done.found_by = all.to_lowercase();
    let event = keep(tx, app, actor, &case, done).await?;
    cases::list_beside(tx, &case, &text.written.clauses).await?;
    let to = union_side(unit);
    let says: [Said; 1] = [title(&case)];
    say(
        (tx, app, actor),
        &case,
        Kind::CasePublished,
        event,
        to,
        says,
    );
    Ok(())
}

/// The union answers what it was asked: `agree` to the text with this number, or `decline` with a reason.
///
/// # Errors
/// Not found when the actor doesn't see it; `NotYours` to those who read it from outside; as `App::permit`; as `case::agree` and `case::decline`; `NoSuchAct`; `Stale`.
pub async fn answer(
    app: &App,
    actor: &Actor,
    id: &CaseId,
    (how, number, reason): (&str, i64, &str),
) -> Result<()> {
    let mut tx = app.db.write(Scope::Case(*id)).await?;
    let (case, unit) = inside(&mut tx, actor, id).await?;
    let permit = app
        .permit_at(&mut tx, actor, act::AnswerForCase, &unit)
        .await?;
    let now = app.now();
    let deed = Deed::AnswerForCase;
    let (case, done, word) = match how {
        "agree" => {
            let case = case::agree(case, &permit, number, now)?;
            let done = Done::of(CaseAct::Agreed, deed, &unit);
            (case, done, "案例答复|同意")
        }
        "decline" => {
            let (case, reason) = case::decline(case, &permit, reason, now)?;
            let done = Done::of(CaseAct::Declined, deed, &unit);
            (case, done.because(reason), "案例答复|不同意")
        }
        _ => return Err(CaseRefusal::NoSuchAct.into()),
    };
    let event = keep(&mut tx, app, actor, &case, done).await?;
    let says: [Said; 3] = [
        unit.name.as_str().into(),
        title(&case),
        Said::Word {
            word: word.to_owned(),
        },
    ];
    let context = (&mut tx, app, actor);
    say(
        context,
        &case,
        Kind::CaseAnswered,
        event,
        office_side(&case),
        says,
    );
    Ok(tx.commit().await?)
}

/// Takes a case down: its union at any time and without a reason, the city a published one and with a reason. From now on nobody else reads it.
///
/// # Errors
/// Not found when the actor doesn't see it; `NotYours` to those who read it from outside; as `App::permit`; as `case::take_back` and `case::take_down`; `Stale`.
pub async fn withdraw(app: &App, actor: &Actor, id: &CaseId, reason: &str) -> Result<()> {
    let mut tx = app.db.write(Scope::Case(*id)).await?;
    let (case, unit) = inside(&mut tx, actor, id).await?;
    let is_own = policy::may(actor, Act::AnswerForCase, &unit);
    let office = office_side(&case);
    let was_published = case.state == CaseState::Published;
    let now = app.now();
    let (case, by, reason) = if is_own {
        let permit = app
            .permit_at(&mut tx, actor, act::AnswerForCase, &unit)
            .await?;
        (
            case::take_back(case, &permit, now)?,
            unit.clone(),
            String::new(),
        )
    } else {
        let permit = app
            .permit_at(&mut tx, actor, act::PublishCase, &unit)
            .await?;
        let (case, reason) = case::take_down(case, &permit, reason, now)?;
        (case, permit.as_role.unit, reason)
    };
    let done = Done::of(CaseAct::TakenDown, Deed::TakeDownCase, &by).because(reason);
    let event = keep(&mut tx, app, actor, &case, done).await?;
    cases::list_beside(&mut tx, &case, &[]).await?;
    let mut to = union_side(&unit);
    if was_published && is_own {
        let levels = levels(&mut tx, &unit).await?;
        let city = levels.last().ok_or(Error::NotFound)?;
        to.extend(jianjia_domain::core::message::office(city.id));
    } else {
        to.extend(office);
    }
    let says: [Said; 2] = [title(&case), by.name.as_str().into()];
    let context = (&mut tx, app, actor);
    say(context, &case, Kind::CaseTakenDown, event, to, says);
    Ok(tx.commit().await?)
}
