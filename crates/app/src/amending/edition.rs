//! Versions of the standard in force: proposed by one approver of the city and confirmed by another, with the rounds that they hold for and the day from which.
//! When its day comes a node lets it hold (`tend`), and the others follow within seconds. The public reads all of them, with what each changed.

mod beginning;

use std::sync::Arc;

use jianjia_domain::{
    amending::{
        amendment::{self, Amendment, AmendmentRefusal, AmendmentState, ProposalInput, Situation},
        edition::{self, Edition, EditionState},
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::AmendmentId,
        message::{APPROVERS, About, Kind, Message, Said, To},
        place::UnitPlace,
        policy::{Actor, act},
        refusal::General,
    },
    round::round,
};
use jianjia_standard::{
    Standard,
    compare::{Difference, Texts, compare},
    programme::RoundAct,
};
use jianjia_store::{
    amending::{amendment as amendments, edition as editions},
    core::{
        db::Tx,
        scope::{Scope, Scopes},
        standard::{self as standards, StandardTexts},
    },
    register::unit,
};
use jiff::civil::Date;
use serde_json::json;

pub use self::beginning::{begin_due, rejudge, tend, work};
use crate::{
    amending::amendment::{found, is_seen, keep, note},
    core::{
        app::App,
        error::{Error, Result},
        message::tell,
        standard::{Held, load, texts_of},
    },
    round::round as rounds,
};

fn scopes(id: &AmendmentId) -> Scopes {
    Scopes::from([Scope::Amendment(*id), Scope::Standards, Scope::Calendar])
}

/// What decides whether a version may hold from a year on, as it is now.
async fn situation(
    tx: &mut Tx,
    app: &App,
    amendment: &Amendment,
    from_year: i16,
) -> Result<Situation> {
    let years = (from_year, amendment.checked.last_year.max(from_year));
    let waiting = editions::waiting(tx).await?;
    let waits = waiting
        .into_iter()
        .find(|edition| edition.overlaps(years) && edition.amendment != amendment.id);
    let new = load(&texts(tx, &amendment.id).await?)?;
    Ok(Situation {
        today: app.clock.today(),
        begins_on: begins_on(tx, app, &new, from_year).await?,
        decided: editions::decided(tx, years).await?,
        waits: waits.map(|edition| edition.name),
        holds: holding_in(app, from_year)
            .map_or_else(String::new, |standard| standard.version.clone()),
    })
}

async fn texts(tx: &mut Tx, id: &AmendmentId) -> Result<StandardTexts> {
    let files = amendments::files(tx, id).await?;
    Ok(StandardTexts {
        standard_toml: files.standard_toml,
        facts_toml: files.facts_toml,
    })
}

/// The standard that holds for a year, if one does.
fn holding_in(app: &App, year: i16) -> Option<&Arc<Standard>> {
    let mut holding = app.standards.holding().iter();
    let held = holding.find(|held| (held.from..=held.last).contains(&year));
    held.map(|held| &held.standard)
}

/// The first day on which something can be handed in for the round of a year, by the days that are set for it or by the new version's own.
async fn begins_on(tx: &mut Tx, app: &App, new: &Standard, year: i16) -> Result<Option<Date>> {
    let first = |round: &round::Round| {
        let handing_in = round::window(round, RoundAct::Submit).from;
        handing_in.min(round.declaration.from)
    };
    let mut days = Vec::new();
    if holding_in(app, year).is_some() {
        days.push(first(&rounds::of_year(tx, app, year).await?));
    }
    if let Ok(round) = round::by_calendar(new, year) {
        days.push(first(&round));
    }
    Ok(days.into_iter().min())
}

/// An approver of the city proposes that a version is to hold for the rounds from a year on, from a day.
///
/// # Errors
/// Not found, `NotYourRole`, `ProofAsked`; `Stale`; as `amendment::propose`.
pub async fn propose(
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    input: &ProposalInput,
) -> Result<()> {
    let mut tx = app.db.write(scopes(id)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::PutInForce, &city)
        .await?;
    let mut one = found(&mut tx, id).await?;
    is_seen(&one, &input.seen)?;
    // What can't be proposed has no texts that load.
    let situation = match one.state {
        AmendmentState::Checked => {
            let year = amendment::year_of(input)?;
            situation(&mut tx, app, &one, year).await?
        }
        _ => nothing_known(app),
    };
    let proposal = amendment::propose(&one, &permit, actor, input, &situation, app.now())?;
    let words = format!("{}，{}", proposal.from_year, proposal.from_on);
    let detail = json!({
        "name": one.name,
        "version": one.checked.version,
        "year": proposal.from_year,
        "from": proposal.from_on,
    });
    let told = told(&city, &one, Kind::AmendmentProposed).says([
        actor.name.clone().into(),
        one.name.clone().into(),
        proposal.from_year.into(),
    ]);
    tell(app, &mut tx, actor, told.due(Some(proposal.from_on)));
    one.proposal = Some(proposal);
    one.state = AmendmentState::Proposed;
    keep(&mut tx, app, &mut one).await?;
    note(&mut tx, app, actor, id, Deed::ProposeAmendment, &words).await?;
    let object = Object::Amendment(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::ProposeAmendment,
        object,
        Some(&city),
        detail,
    )
    .await?;
    Ok(tx.commit().await?)
}

fn nothing_known(app: &App) -> Situation {
    Situation {
        today: app.clock.today(),
        begins_on: None,
        decided: None,
        waits: None,
        holds: String::new(),
    }
}

/// A message about a version, to the approvers of the city. Its revision tells it from others of its kind.
fn told(city: &UnitPlace, one: &Amendment, kind: Kind) -> Message {
    let about = About::of(&Object::Amendment(one.id), Some(city.id), 0);
    let to = To::Unit {
        unit: city.id,
        roles: APPROVERS,
    };
    Message::of(kind, about, one.revision, vec![to])
}

/// A proposal goes back, with a reason: by whoever made it, or by another approver.
///
/// # Errors
/// Not found, `NotYourRole`, `ProofAsked`; `Stale`; as `amendment::send_back`, `amendment::why`.
pub async fn send_back(
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    (seen, why): (&str, &str),
) -> Result<()> {
    let mut tx = app.db.write(scopes(id)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::PutInForce, &city)
        .await?;
    let mut one = found(&mut tx, id).await?;
    amendment::send_back(&one, &permit)?;
    is_seen(&one, seen)?;
    let why = amendment::why(why)?;
    let told = told(&city, &one, Kind::AmendmentSentBack).says([
        one.name.clone().into(),
        actor.name.clone().into(),
        why.clone().into(),
    ]);
    tell(app, &mut tx, actor, told);
    one.state = AmendmentState::Checked;
    one.proposal = None;
    keep(&mut tx, app, &mut one).await?;
    note(&mut tx, app, actor, id, Deed::SendBackAmendment, &why).await?;
    let object = Object::Amendment(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::SendBackAmendment,
        object,
        Some(&city),
        json!({ "reason": why }),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Another approver confirms a proposal: the version becomes an edition, which holds from its day on. Where that is today, it holds at once.
///
/// # Errors
/// Not found, `NotYourRole`, `ProofAsked`; `Stale`; as `amendment::confirm`.
pub async fn confirm(app: &App, actor: &Actor, id: &AmendmentId, seen: &str) -> Result<Edition> {
    let mut tx = app.db.write(scopes(id)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::PutInForce, &city)
        .await?;
    let mut one = found(&mut tx, id).await?;
    let situation = match &one.proposal {
        Some(proposal) if one.state == AmendmentState::Proposed => {
            situation(&mut tx, app, &one, proposal.from_year).await?
        }
        _ => nothing_known(app),
    };
    let proposal = amendment::confirm(&one, &permit, actor, &situation)?;
    is_seen(&one, seen)?;
    let edition = edition::of(&one, proposal, actor, app.now());
    let texts = texts(&mut tx, id).await?;
    let standard = load(&texts)?;
    if standard.version != edition.version {
        return Err(General::Stale.into());
    }
    editions::insert(&mut tx, &edition).await?;
    standards::keep(
        &mut tx,
        &standard,
        &texts,
        &edition.confirmed_at.to_string(),
    )
    .await?;
    let told = told(&city, &one, Kind::EditionConfirmed).says([
        one.name.clone().into(),
        edition.from_year.into(),
        Said::Day {
            on: edition.from_on,
        },
    ]);
    tell(app, &mut tx, actor, told);
    one.state = AmendmentState::Confirmed;
    keep(&mut tx, app, &mut one).await?;
    let words = format!("{}，{}", edition.from_year, edition.from_on);
    note(&mut tx, app, actor, id, Deed::ConfirmEdition, &words).await?;
    let detail = json!({
        "name": edition.name,
        "version": edition.version,
        "year": edition.from_year,
        "from": edition.from_on,
        "proposed_by": edition.proposed_by_name,
    });
    let object = Object::Edition(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::ConfirmEdition,
        object,
        Some(&city),
        detail,
    )
    .await?;
    tx.commit().await?;
    if edition.is_due(app.clock.today()) {
        tend_to(app).await?;
    }
    Ok(edition)
}

/// Withdraws an edition before its day: the standard in force stays.
///
/// # Errors
/// Not found, `NotYourRole`, `ProofAsked`; as `edition::withdraw`, `amendment::why`.
pub async fn withdraw(app: &App, actor: &Actor, id: &AmendmentId, why: &str) -> Result<()> {
    let mut tx = app.db.write(scopes(id)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, act::PutInForce, &city)
        .await?;
    found(&mut tx, id).await?;
    // A draft has none yet.
    let edition = editions::find(&mut tx, id).await?;
    let edition = edition.ok_or(AmendmentRefusal::NotWaiting)?;
    edition::withdraw(&edition, &permit, app.clock.today())?;
    let why = amendment::why(why)?;
    let ended = editions::end(&mut tx, id, EditionState::Withdrawn, &why, app.now()).await?;
    if !ended {
        return Err(AmendmentRefusal::NotWaiting.into());
    }
    let mut one = found(&mut tx, id).await?;
    let told = told(&city, &one, Kind::EditionWithdrawn).says([
        one.name.clone().into(),
        actor.name.clone().into(),
        why.clone().into(),
    ]);
    tell(app, &mut tx, actor, told);
    one.state = AmendmentState::Withdrawn;
    keep(&mut tx, app, &mut one).await?;
    note(&mut tx, app, actor, id, Deed::WithdrawEdition, &why).await?;
    let object = Object::Edition(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::WithdrawEdition,
        object,
        Some(&city),
        json!({ "reason": why }),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// As `tend`, in the middle of an act: what fails is tried again by the node's own look.
async fn tend_to(app: &App) -> Result<()> {
    begin_due(app).await?;
    let mut tx = app.db.read().await?;
    crate::core::standard::refresh(&mut tx, &app.standards).await?;
    Ok(())
}

/// A version for the public: what it is, for which rounds it holds, and since when.
#[derive(Clone, Debug)]
pub struct Version {
    pub standard: Arc<Standard>,
    /// The rounds that it holds for, as long as none that goes before it takes them.
    pub from: i16,
    pub last: i16,
    /// Its edition, where it was confirmed here; those that the program was started with have none.
    pub edition: Option<Edition>,
    /// The version that it follows, by which it is compared.
    pub before: Option<Arc<Standard>>,
}

impl Version {
    /// Whether its day is still to come.
    pub fn is_waiting(&self) -> bool {
        let edition = self.edition.as_ref();
        edition.is_some_and(|edition| edition.state == EditionState::Waiting)
    }
}

/// All versions that hold or are about to, by their rounds, the last first.
///
/// # Errors
/// When the database fails.
pub async fn versions(app: &App) -> Result<Vec<Version>> {
    let mut tx = app.db.read().await?;
    let holding = app.standards.holding();
    let begun = editions::in_force(&mut tx).await?;
    let mut all = Vec::new();
    for edition in editions::waiting(&mut tx).await? {
        let standard = app.standards.of_version(&mut tx, &edition.version).await?;
        let Some(standard) = standard else { continue };
        all.push(Version {
            standard,
            from: edition.from_year,
            last: edition.last_year,
            before: nearest(holding, edition.from_year),
            edition: Some(edition),
        });
    }
    for (place, held) in holding.iter().enumerate() {
        let edition = begun.iter().find(|edition| {
            edition.version == held.standard.version && edition.from_year == held.from
        });
        let earlier = &holding[place + 1..];
        let before = match edition {
            Some(_) => nearest(earlier, held.from),
            None => earlier_plan(holding, held),
        };
        all.push(Version {
            standard: Arc::clone(&held.standard),
            from: held.from,
            last: held.last,
            edition: edition.cloned(),
            before,
        });
    }
    // The newest of those that begin with one round goes before.
    all.sort_by_key(|version| std::cmp::Reverse(version.from));
    Ok(all)
}

/// The one of these that would hold for a year.
fn nearest(holding: &[Held], year: i16) -> Option<Arc<Standard>> {
    let away = |held: &&Held| (held.from - year).max(year - held.last).max(0);
    let nearest = holding.iter().min_by_key(away);
    nearest.map(|held| Arc::clone(&held.standard))
}

/// The plan that was before one that the program was started with.
fn earlier_plan(holding: &[Held], held: &Held) -> Option<Arc<Standard>> {
    let earlier = holding.iter().filter(|other| other.last < held.from);
    let last = earlier.max_by_key(|other| other.last);
    last.map(|other| Arc::clone(&other.standard))
}

/// A version for the public, with what it says otherwise than the one before it; none where no texts of one of them are kept.
///
/// # Errors
/// Not found when no version that holds or is about to is this one.
pub async fn version(app: &App, wanted: &str) -> Result<(Version, Option<Vec<Difference>>)> {
    let mut all = versions(app).await?.into_iter();
    let version = all.find(|version| version.standard.version == wanted);
    let version = version.ok_or(Error::NotFound)?;
    let Some(before) = &version.before else {
        return Ok((version, None));
    };
    let mut tx = app.db.read().await?;
    let old = texts_of(&mut tx, app, &before.version).await?;
    let new = texts_of(&mut tx, app, wanted).await?;
    let differences = old.zip(new).map(|(old, new)| {
        let of = |texts: &StandardTexts| (texts.standard_toml.clone(), texts.facts_toml.clone());
        let (old, new) = (of(&old), of(&new));
        compare(
            Texts {
                standard_toml: &old.0,
                facts_toml: &old.1,
            },
            Texts {
                standard_toml: &new.0,
                facts_toml: &new.1,
            },
        )
    });
    Ok((version, differences))
}

/// What is wrong with the editions: each has its texts, which are what its version says.
///
/// # Errors
/// When the database fails.
pub async fn faults(tx: &mut Tx) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut all = editions::in_force(tx).await?;
    all.extend(editions::waiting(tx).await?);
    for edition in all {
        let (name, version) = (&edition.name, &edition.version);
        let texts = standards::find(tx, version).await?;
        let fault = match texts.map(|texts| load(&texts)) {
            None => format!("标准版本“{name}”（{version}）的文本没有留存。"),
            Some(Err(error)) => {
                format!("标准版本“{name}”（{version}）的文本有留存，但读不出来：{error:#}。")
            }
            Some(Ok(standard)) if standard.version != *version => {
                format!("标准版本“{name}”的文本有留存，但和它的校验值 {version} 不符。")
            }
            Some(Ok(_)) => continue,
        };
        faults.push(fault);
    }
    Ok(faults)
}
