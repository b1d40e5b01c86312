//! New versions of the standard while they are prepared: drafted from the one in force, from the changes of a proposal or from a folder that was sent; checked
//! anew with every change; compared with the version that they were made from; and what they would change, worked out by a job.

mod changing;
mod checking;
mod drafting;
mod effect;
mod upload;

use std::collections::{BTreeMap, BTreeSet};

use jianjia_domain::{
    amending::{
        amendment::{Amendment, AmendmentRefusal, AmendmentState, Files},
        edition::Edition,
    },
    core::{
        audit::deed::Deed,
        ids::{AmendmentId, UnitId},
        job::Job,
        place::UnitPlace,
        policy::{self, Act, Actor, may},
        refusal::General,
    },
    register::unit::list::UnitLine,
};
use jianjia_standard::compare::{Difference, Texts, compare};
use jianjia_store::{
    amending::{
        amendment::{self as amendments, EffectOf, Event},
        edition as editions,
    },
    core::{db::Tx, standard::StandardTexts},
    register::unit,
};

pub use self::{
    changing::{change, give_up},
    drafting::{Source, draft, of_proposal},
    effect::{ask_for_effect, effect_key, work},
    upload::Sent,
};
use crate::core::{
    app::App,
    error::{Error, Result, refuses},
    job as jobs,
    standard::texts_of,
};

refuses!(AmendmentRefusal);

/// The most versions on a page.
const PAGE: i64 = 50;

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub amendment: Amendment,
    /// What became of it once it was confirmed.
    pub edition: Option<Edition>,
}

/// The office's list of new versions.
#[derive(Clone, Debug)]
pub struct Overview {
    pub lines: Vec<Listed>,
    pub total: i64,
    pub may_prepare: bool,
}

/// Everything of one version.
#[derive(Clone, Debug)]
pub struct View {
    pub amendment: Amendment,
    pub edition: Option<Edition>,
    /// Names and sizes of its files.
    pub files: Vec<(String, usize)>,
    /// What it says otherwise than the version that it was made from; none where no texts of that are kept.
    pub differences: Option<Vec<Difference>>,
    /// What it would change, where that was worked out; titles in the order of the standard.
    pub effect: Vec<EffectOf>,
    /// The job that works it out.
    pub job: Option<Job>,
    pub history: Vec<Event>,
    pub may_prepare: bool,
    /// Whether the actor may propose, confirm and withdraw.
    pub may_decide: bool,
    /// Whether it waits for another person than the actor.
    pub is_own: bool,
}

/// The city, if the actor may do the act there.
async fn city_for(tx: &mut Tx, actor: &Actor, act: Act) -> Result<UnitPlace> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    policy::permit(actor, act, &city)?;
    Ok(city)
}

/// A page of the new versions, the newest first, of a state or of all.
///
/// # Errors
/// Not found, `NotYourRole`.
pub async fn list(
    app: &App,
    actor: &Actor,
    state: Option<AmendmentState>,
    page: i64,
) -> Result<Overview> {
    export(app, actor, state, (PAGE, (page.max(1) - 1) * PAGE)).await
}

/// A portion of the list.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    state: Option<AmendmentState>,
    portion: (i64, i64),
) -> Result<Overview> {
    let mut tx = app.db.read().await?;
    let city = city_for(&mut tx, actor, Act::SeeAmendments).await?;
    let (found, total) = amendments::list(&mut tx, state, portion).await?;
    let mut lines = Vec::with_capacity(found.len());
    for amendment in found {
        let edition = match amendment.state {
            AmendmentState::Confirmed | AmendmentState::Withdrawn => {
                editions::find(&mut tx, &amendment.id).await?
            }
            _ => None,
        };
        lines.push(Listed { amendment, edition });
    }
    Ok(Overview {
        lines,
        total,
        may_prepare: may(actor, Act::PrepareAmendment, &city),
    })
}

/// How many pages so many versions take.
pub fn pages(total: i64) -> i64 {
    ((total + PAGE - 1) / PAGE).max(1)
}

/// Whether the actor may prepare one, for the page that begins it.
///
/// # Errors
/// Not found, `NotYourRole`.
pub async fn may_begin(app: &App, actor: &Actor) -> Result<()> {
    let mut tx = app.db.read().await?;
    city_for(&mut tx, actor, Act::PrepareAmendment).await?;
    Ok(())
}

/// Everything of one version.
///
/// # Errors
/// Not found when it isn't there, and to those who don't see the city; `NotYourRole`.
pub async fn view(app: &App, actor: &Actor, id: &AmendmentId) -> Result<View> {
    let mut tx = app.db.read().await?;
    let city = city_for(&mut tx, actor, Act::SeeAmendments).await?;
    let amendment = found(&mut tx, id).await?;
    let files = amendments::files(&mut tx, id).await?;
    let base = texts_of(&mut tx, app, &amendment.base).await?;
    let effect = amendments::effect(&mut tx, id).await?;
    let job = jobs::of_key(app, &mut tx, &effect_key(&amendment)).await?;
    let proposal = amendment.proposal.as_ref();
    Ok(View {
        edition: editions::find(&mut tx, id).await?,
        differences: base.map(|base| differences(&base, &files)),
        files: files
            .all()
            .into_iter()
            .map(|(name, text)| (name.to_owned(), text.len()))
            .collect(),
        effect,
        job,
        history: amendments::history(&mut tx, id).await?,
        may_prepare: may(actor, Act::PrepareAmendment, &city),
        may_decide: may(actor, Act::PutInForce, &city),
        is_own: proposal.is_some_and(|proposal| {
            proposal.by == actor.account
                || (actor.person.is_some() && proposal.by_person == actor.person)
        }),
        amendment,
    })
}

/// A file of a version, to be edited elsewhere and sent again.
///
/// # Errors
/// Not found, `NotYourRole`.
pub async fn file(app: &App, actor: &Actor, id: &AmendmentId, name: &str) -> Result<String> {
    let mut tx = app.db.read().await?;
    city_for(&mut tx, actor, Act::SeeAmendments).await?;
    found(&mut tx, id).await?;
    let files = amendments::files(&mut tx, id).await?;
    let mut all = files.all().into_iter();
    let file = all.find(|(other, _)| *other == name);
    file.map(|(_, text)| text.to_owned()).ok_or(Error::NotFound)
}

/// A union that would gain or lose a title by a version, or of which it would be unknown; for a title that people hold somebody of it.
#[derive(Clone, Debug)]
pub struct AffectedLine {
    pub unit: UnitLine,
    /// Their name.
    pub person: Option<String>,
}

/// A portion of the unions, or of the people, that would gain or lose a title by a version, or of which it would be unknown.
///
/// # Errors
/// Not found, `NotYourRole`.
pub async fn affected(
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    of: (&str, &str),
    portion: (i64, i64),
) -> Result<(Vec<AffectedLine>, i64)> {
    let mut tx = app.db.read().await?;
    city_for(&mut tx, actor, Act::SeeAmendments).await?;
    found(&mut tx, id).await?;
    // A title is of unions or of people.
    let (ids, total) = amendments::affected(&mut tx, id, of, portion).await?;
    let (people, total) = match total {
        0 => amendments::affected_people(&mut tx, id, of, portion).await?,
        _ => (Vec::new(), total),
    };
    let of_people = people.into_iter().map(|one| (one.unit, Some(one.name)));
    let of_unions = ids.into_iter().map(|unit| (unit, None));
    let all: Vec<(UnitId, Option<String>)> = of_unions.chain(of_people).collect();
    let units: BTreeSet<UnitId> = all.iter().map(|(unit, _)| *unit).collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let lines: BTreeMap<UnitId, UnitLine> = unit::list::of(&mut tx, &units)
        .await?
        .into_iter()
        .map(|line| (line.id, line))
        .collect();
    let line = |(unit, person): (UnitId, Option<String>)| {
        let unit = lines.get(&unit)?.clone();
        Some(AffectedLine { unit, person })
    };
    Ok((all.into_iter().filter_map(line).collect(), total))
}

fn differences(base: &StandardTexts, files: &Files) -> Vec<Difference> {
    let old = Texts {
        standard_toml: &base.standard_toml,
        facts_toml: &base.facts_toml,
    };
    let new = Texts {
        standard_toml: &files.standard_toml,
        facts_toml: &files.facts_toml,
    };
    compare(old, new)
}

pub(super) async fn found(tx: &mut Tx, id: &AmendmentId) -> Result<Amendment> {
    amendments::find(tx, id).await?.ok_or(Error::NotFound)
}

/// Refuses a form that was made from an older state.
pub(super) fn is_seen(one: &Amendment, seen: &str) -> Result<()> {
    match seen.parse() == Ok(one.revision) {
        true => Ok(()),
        false => Err(General::Stale.into()),
    }
}

/// Keeps what became of a version, under its next revision.
pub(super) async fn keep(tx: &mut Tx, app: &App, one: &mut Amendment) -> Result<()> {
    one.revision += 1;
    one.changed_at = app.now();
    match amendments::update(tx, one).await? {
        true => Ok(()),
        false => Err(General::Stale.into()),
    }
}

/// Notes what was done with a version in its history.
pub(super) async fn note(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    deed: Deed,
    words: &str,
) -> Result<()> {
    note_by(tx, app, &actor.name, (id, deed, words)).await
}

/// As `note`, where nobody did it.
pub(super) async fn note_by(
    tx: &mut Tx,
    app: &App,
    by_name: &str,
    (id, deed, words): (&AmendmentId, Deed, &str),
) -> Result<()> {
    app.follow(tx, "amendment_event").await?;
    let at = app.now();
    let event = Event {
        deed,
        note: words.to_owned(),
        by_name: by_name.to_owned(),
        at,
    };
    let event_id = app.entropy.id(at).simple().to_string();
    Ok(amendments::note(tx, id, &event_id, &event).await?)
}
