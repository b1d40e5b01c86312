//! Public notices of candidates: put up by one act, seen by everybody for the days that the standard says, taken down by themselves, and kept as they were.

mod ending;

use anyhow::Context;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ApplicationId, PublicationId, UnitId},
        policy::{self, Act, Actor, Permit, act},
    },
    round::{
        application::Application,
        publication::{self, Publication, PublicationInput, PublicationRefusal, Shown, ToShow},
        round::Days,
    },
};
use jianjia_standard::{
    Text,
    programme::{PublicationRule, Title},
    working_days::Basis,
};
use jianjia_store::{
    core::{
        db::Tx,
        file::content_hash,
        scope::{Scope, Scopes},
    },
    register::unit,
    round::{publication as publications, recommendation},
};
use jiff::civil::Date;
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    round::{
        naming::{city_seen, named_title},
        telling,
    },
};

pub use self::ending::{take_down_over, withdraw, work};

refuses!(PublicationRefusal);

/// More candidates for one title are in no city.
const AT_MOST: i64 = 5_000;

/// What the city would show, and what it has shown of a title.
#[derive(Clone, Debug)]
pub struct ToPublish {
    pub year: i16,
    pub title: Title,
    /// Candidates that were not shown yet, in the order of the list of namings.
    pub candidates: Vec<ToShow>,
    /// How many wait to be named in all.
    pub waiting: usize,
    pub days: Days,
    /// How certain its last day is.
    pub basis: Basis,
    /// The digest of candidates and days, for the form that publishes them.
    pub seen: String,
    pub working_days: i64,
    pub is_asked: bool,
    pub clause: String,
    pub may_publish: bool,
    /// Newest first.
    pub before: Vec<Publication>,
    /// As it was filled in last.
    pub input: PublicationInput,
}

/// What could be shown of a title now, for people of the city.
///
/// # Errors
/// Not found to those who don't see the city, and for a title that the year's standard doesn't know; `NotNamed` when the city doesn't name it; `NoRule`.
pub async fn to_publish(app: &App, actor: &Actor, year: i16, title: &str) -> Result<ToPublish> {
    let mut tx = app.db.read().await?;
    let city = city_seen(&mut tx, actor).await?;
    let title = named_title(app, year, title)?;
    let rule = rule_of(app, year, title)?;
    let before = publications::of_title(&mut tx, year, &title.key).await?;
    let (candidates, waiting) = not_shown(&mut tx, year, title).await?;
    let input = match before.first() {
        Some(last) => {
            let shown = shown_of(last)?;
            PublicationInput {
                order: shown.order.key().to_owned(),
                telephone: shown.telephone,
                office: shown.office,
                seen: String::new(),
            }
        }
        None => PublicationInput::default(),
    };
    let (days, basis) = days(app, year, rule);
    Ok(ToPublish {
        year,
        title: title.clone(),
        seen: seen(&candidates, days),
        candidates,
        waiting,
        days,
        basis,
        working_days: rule.working_days,
        is_asked: rule.is_asked,
        clause: app.standards.of(year).publication.clause.clone(),
        may_publish: policy::may(actor, Act::PublishCandidates, &city),
        before,
        input,
    })
}

/// Shows all candidates of a title that were not shown yet, from today on, and tells their unions: exactly those that were seen.
///
/// # Errors
/// As `to_publish`; `NotYourRole`; `ListChanged`; as `publication::publish`.
pub async fn publish(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    input: &PublicationInput,
) -> Result<PublicationId> {
    let mut tx = app.db.write(scopes(year, title)).await?;
    let city = city_seen(&mut tx, actor).await?;
    let permit = app
        .permit_at(&mut tx, actor, act::PublishCandidates, &city)
        .await?;
    let title = named_title(app, year, title)?;
    let (candidates, _) = not_shown(&mut tx, year, title).await?;
    let (days, _) = days(app, year, rule_of(app, year, title)?);
    if !candidates.is_empty() && seen(&candidates, days) != input.seen {
        return Err(PublicationRefusal::ListChanged.into());
    }
    let id = keep(
        &mut tx,
        app,
        actor,
        &permit,
        (title, year),
        candidates,
        input,
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Keeps a notice of these candidates that hangs from today on, and tells their unions.
///
/// # Errors
/// `NoRule`; as `publication::publish`.
pub async fn keep(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    permit: &Permit<act::PublishCandidates>,
    (title, year): (&Title, i16),
    candidates: Vec<ToShow>,
    input: &PublicationInput,
) -> Result<PublicationId> {
    let city = &permit.unit;
    let (days, _) = days(app, year, rule_of(app, year, title)?);
    let of = candidates.iter().map(|one| one.application.clone());
    let of_whom: Vec<Application> = of.collect();
    let of_city = (title, year, city.name.as_str());
    let (shown, order) = publication::publish(permit, of_city, days, candidates, input)?;
    let json = serde_json::to_string(&shown).context("what is shown")?;
    let now = app.now();
    let made = Publication {
        id: PublicationId(app.entropy.id(now)),
        year,
        title: title.key.clone(),
        days,
        hash: content_hash(json.as_bytes()),
        shown: json,
        published_by: actor.account,
        published_by_name: actor.name.clone(),
        published_at: now,
        taken_down: None,
    };
    publications::insert(tx, &made, &order).await?;
    let units: Vec<UnitId> = of_whom.iter().map(|of| of.unit.id).collect();
    let places = unit::places(tx, &units).await?;
    for application in &of_whom {
        let place = places.iter().find(|place| place.id == application.unit.id);
        if let Some(place) = place {
            let what = (made.id, days.to);
            telling::published(tx, app, actor, place, application, what);
        }
    }
    let detail = json!({
        "title": made.title,
        "year": year,
        "shown": order.len(),
        "from": days.from.to_string(),
        "to": days.to.to_string(),
        "hash": made.hash,
    });
    let object = Object::Publication(made.id);
    let deed = Deed::PublishCandidates;
    app.trail(tx, actor, deed, object, Some(city), detail)
        .await?;
    Ok(made.id)
}

/// A notice as the public sees it.
#[derive(Clone, Debug)]
pub struct Notice {
    pub publication: Publication,
    /// What it shows; none once it came down.
    pub shown: Option<Shown>,
    /// Its candidates, in the order of its lines; none once it came down.
    pub applications: Vec<ApplicationId>,
}

/// A notice that hangs, in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hanging {
    pub id: PublicationId,
    pub year: i16,
    pub title: Text,
    pub to: Date,
    pub candidates: i64,
}

/// The notices that hang today, for everybody.
pub async fn hanging(app: &App) -> Result<Vec<Hanging>> {
    let mut tx = app.db.read().await?;
    let found = publications::hanging(&mut tx, app.clock.today()).await?;
    let lines = found.into_iter().map(|one| Hanging {
        title: app
            .standards
            .title(one.year, &one.title)
            .map_or_else(Text::default, |title| title.name.clone()),
        id: one.id,
        year: one.year,
        to: one.days.to,
        candidates: one.candidates,
    });
    Ok(lines.collect())
}

/// A notice, for everybody: after its days it says only that it ended.
///
/// # Errors
/// Not found when it isn't there.
pub async fn notice(app: &App, id: &PublicationId) -> Result<Notice> {
    let mut tx = app.db.read().await?;
    let publication = publications::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    if !publication.hangs(app.clock.today()) {
        return Ok(Notice {
            publication,
            shown: None,
            applications: Vec::new(),
        });
    }
    Ok(Notice {
        shown: Some(shown_of(&publication)?),
        applications: publications::applications(&mut tx, id).await?,
        publication,
    })
}

/// The copy of what was shown, as it was, for people of the city.
///
/// # Errors
/// Not found when it isn't there, and to those who don't see the city; an internal error when it is not what was shown.
pub async fn copy(app: &App, actor: &Actor, id: &PublicationId) -> Result<Publication> {
    let mut tx = app.db.read().await?;
    city_seen(&mut tx, actor).await?;
    let publication = publications::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound)?;
    if content_hash(publication.shown.as_bytes()) != publication.hash {
        return Err(anyhow::anyhow!("the copy of public notice {id} is not what was shown").into());
    }
    Ok(publication)
}

/// What hangs is decided on by whoever names the title, so both take turns.
fn scopes(year: i16, title: &str) -> Scopes {
    let numbers = Scope::Numbers {
        year,
        title: title.to_owned(),
    };
    Scopes::from([Scope::Publications, numbers])
}

fn rule_of<'a>(app: &'a App, year: i16, title: &Title) -> Result<&'a PublicationRule> {
    let rules = &app.standards.of(year).publication;
    let rule = rules.of_candidates(&title.key);
    Ok(publication::rule_of(rule, title)?)
}

/// The days of a notice that is put up today, and how certain the last of them is.
fn days(app: &App, year: i16, rule: &PublicationRule) -> (Days, Basis) {
    let (working_days, from) = (&app.standards.of(year).working_days, app.clock.today());
    let counted = working_days.add_working_days(from, rule.working_days);
    let days = Days {
        from,
        to: counted.value,
    };
    (days, counted.basis)
}

fn seen(candidates: &[ToShow], days: Days) -> String {
    content_hash(publication::seen(candidates, days).as_bytes())
}

/// The candidates of a title that no notice shows or showed, and how many wait to be named in all.
async fn not_shown(tx: &mut Tx, year: i16, title: &Title) -> Result<(Vec<ToShow>, usize)> {
    let waiting = recommendation::for_naming(tx, year, &title.key, AT_MOST, 0).await?;
    let ids: Vec<ApplicationId> = waiting.iter().map(|application| application.id).collect();
    let shown = publications::days_of(tx, &ids).await?;
    let federations: Vec<UnitId> = waiting
        .iter()
        .filter_map(|one| one.recommended_by)
        .collect();
    let federations = unit::places(tx, &federations).await?;
    let in_all = waiting.len();
    let left = waiting.into_iter();
    let left = left.filter(|one| !shown.iter().any(|(id, _)| *id == one.id));
    let left = left.map(|application| {
        let federation = federations
            .iter()
            .find(|place| Some(place.id) == application.recommended_by);
        ToShow {
            federation: federation.map_or_else(String::new, |place| place.name.clone()),
            application,
        }
    });
    Ok((left.collect(), in_all))
}

/// What a notice shows.
pub(crate) fn shown_of(publication: &Publication) -> Result<Shown> {
    let shown = serde_json::from_str(&publication.shown);
    Ok(shown.with_context(|| format!("what public notice {} showed", publication.id))?)
}
