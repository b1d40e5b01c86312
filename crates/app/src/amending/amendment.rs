//! New versions of the standard while they are prepared: drafted from the one in force, from the changes of a proposal or from a folder that was sent; checked
//! anew with every change; compared with the version that they were made from; and what they would change, worked out by a job.

mod effect;
mod upload;

use std::collections::BTreeMap;

use anyhow::Context;
use jianjia_domain::{
    amending::{
        amendment::{
            self, Amendment, AmendmentRefusal, AmendmentState, CasesRun, Checked, DraftInput,
            Files, Found, Origin, TOLD,
        },
        edition::Edition,
        what_if::Proposal,
    },
    core::{
        audit::{deed::Deed, object::Object},
        ids::{AmendmentId, ProposalId, UnitId},
        job::Job,
        place::UnitPlace,
        policy::{self, Act, Actor, may},
        refusal::General,
    },
    register::unit::list::UnitLine,
};
use jianjia_standard::{
    amendment::{Change, from_changes, with_questions},
    cases,
    compare::{Difference, Texts, compare},
};
use jianjia_store::{
    amending::{
        amendment::{self as amendments, EffectOf, Event},
        edition as editions,
    },
    core::{db::Tx, scope::Scope, standard::StandardTexts},
    register::unit,
};
use serde_json::json;

pub use self::{
    effect::{effect_key, work},
    upload::Sent,
};
use crate::{
    amending::what_if::proposal,
    core::{
        app::App,
        error::{Error, Result, refuses},
        job::{self as jobs, NewJob},
        standard::texts_of,
    },
};

refuses!(AmendmentRefusal);

/// The most versions on a page.
const PAGE: i64 = 50;

/// From what a new version is made.
#[derive(Clone, Debug)]
pub enum Source {
    /// The version that holds for the rounds of a year, as it is.
    InForce { year: i16 },
    /// The same with the changes of a proposal, which is known by its id.
    Proposal {
        year: i16,
        id: String,
        changes: Vec<Change>,
    },
    /// Files that were sent; what is not among them is as in the version that holds for the year.
    Upload { year: i16, sent: Vec<Sent> },
}

/// A proposal of what-if, to begin a new version from: its name and reason, and its changes.
///
/// # Errors
/// As `proposal::find`.
pub async fn of_proposal(app: &App, actor: &Actor, id: &ProposalId) -> Result<(Proposal, Source)> {
    let proposal = proposal::find(app, actor, id).await?.proposal;
    let changes = proposal.changes.iter().cloned().map(|change| Change {
        title: change.title,
        clause: change.clause,
        path: change.path,
        value: change.value,
    });
    let source = Source::Proposal {
        year: proposal.year,
        id: id.to_string(),
        changes: changes.collect(),
    };
    Ok((proposal, source))
}

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

/// A portion of the unions that would gain or lose a title by a version, or of which it would be unknown.
///
/// # Errors
/// Not found, `NotYourRole`.
pub async fn affected(
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    of: (&str, &str),
    portion: (i64, i64),
) -> Result<(Vec<UnitLine>, i64)> {
    let mut tx = app.db.read().await?;
    city_for(&mut tx, actor, Act::SeeAmendments).await?;
    found(&mut tx, id).await?;
    let (ids, total) = amendments::affected(&mut tx, id, of, portion).await?;
    let mut lines: BTreeMap<UnitId, UnitLine> = unit::list::of(&mut tx, &ids)
        .await?
        .into_iter()
        .map(|line| (line.id, line))
        .collect();
    Ok((
        ids.iter().filter_map(|id| lines.remove(id)).collect(),
        total,
    ))
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

/// Drafts a new version, and checks it. What is sent twice makes one.
///
/// # Errors
/// Not found, `NotYourRole`; as `amendment::draft`; by field `file`: what can't be taken of what was sent; `Changes` of a proposal that can't be made.
pub async fn draft(
    app: &App,
    actor: &Actor,
    from: &Source,
    input: &DraftInput,
) -> Result<AmendmentId> {
    // Looking hundreds of cases through takes a while: no other act waits for it.
    let mut tx = app.db.read().await?;
    city_for(&mut tx, actor, Act::PrepareAmendment).await?;
    let (base, files) = begun(&mut tx, app, from).await?;
    tx.commit().await?;
    let checked = check(&files).await?;
    let id = AmendmentId(app.entropy.id(app.now()));
    // A form that is sent twice is somebody's own.
    let scopes = [Scope::Amendment(id), Scope::Account(actor.account)];
    let mut tx = app.db.write(scopes).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, policy::act::PrepareAmendment, &city)
        .await?;
    let made = amendments::of_request(&mut tx, &actor.account, &input.request_key).await?;
    if let Some(made) = made {
        return Ok(made);
    }
    let said = amendment::draft(&permit, input)?;
    let (origin, origin_id) = match from {
        Source::InForce { .. } => (Origin::InForce, String::new()),
        Source::Proposal { id, .. } => (Origin::Proposal, id.clone()),
        Source::Upload { .. } => (Origin::Upload, String::new()),
    };
    let now = app.now();
    let new = Amendment {
        id,
        name: said.name,
        reason: said.reason,
        state: checked.state(),
        base,
        origin,
        origin_id,
        made_by: actor.account,
        made_by_name: actor.name.clone(),
        made_at: now,
        changed_at: now,
        revision: 1,
        checked,
        proposal: None,
    };
    amendments::insert(&mut tx, &new, &files, &input.request_key).await?;
    note(&mut tx, app, actor, &id, Deed::DraftAmendment, &new.reason).await?;
    let detail = json!({
        "name": new.name,
        "reason": new.reason,
        "version": new.checked.version,
        "mistakes": new.checked.mistakes.len() + new.checked.more,
    });
    let object = Object::Amendment(id);
    app.trail(
        &mut tx,
        actor,
        Deed::DraftAmendment,
        object,
        Some(&city),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// The version that is taken as the base, and the files that the new one begins with.
async fn begun(tx: &mut Tx, app: &App, from: &Source) -> Result<(String, Files)> {
    let (Source::InForce { year } | Source::Proposal { year, .. } | Source::Upload { year, .. }) =
        from;
    let base = app.standards.of(*year);
    let texts = texts_of(tx, app, &base.version).await?;
    let cases = amendments::newest_cases(tx, &base.key).await?;
    let mut files = Files {
        cases: cases.into_iter().collect(),
        ..Files::default()
    };
    if let Some(texts) = texts {
        files.standard_toml = texts.standard_toml;
        files.facts_toml = texts.facts_toml;
    } else if !matches!(from, Source::Upload { .. }) {
        let missing = anyhow::anyhow!("no texts are kept of the standard {}", base.version);
        return Err(missing.into());
    }
    match from {
        Source::InForce { .. } => {}
        Source::Proposal { changes, .. } => {
            let (text, changes) = with_questions(&files.standard_toml, base, changes);
            files.standard_toml =
                from_changes(&text, &changes).map_err(AmendmentRefusal::Changes)?;
        }
        Source::Upload { sent, .. } => upload::put(&mut files, sent)?,
    }
    Ok((base.version.clone(), files))
}

/// Takes files that were sent in the place of those of their names, and checks the version anew. `seen` is the revision that the form was made from.
///
/// # Errors
/// Not found, `NotYourRole`; `Stale`; as `amendment::changeable`; by field `file`: what can't be taken of what was sent, `NothingChanged`.
pub async fn change(
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    seen: &str,
    sent: &[Sent],
) -> Result<Amendment> {
    let mut tx = app.db.read().await?;
    city_for(&mut tx, actor, Act::PrepareAmendment).await?;
    is_seen(&found(&mut tx, id).await?, seen)?;
    let before = amendments::files(&mut tx, id).await?;
    tx.commit().await?;
    let mut files = before.clone();
    upload::put(&mut files, sent)?;
    if files == before {
        return Err(upload::at_file(AmendmentRefusal::NothingChanged));
    }
    // The revision says that nothing else was kept while it was looked through.
    let checked = check(&files).await?;
    let mut tx = app.db.write(Scope::Amendment(*id)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, policy::act::PrepareAmendment, &city)
        .await?;
    let mut one = found(&mut tx, id).await?;
    is_seen(&one, seen)?;
    amendment::changeable(&one, &permit)?;
    one.checked = checked;
    one.state = one.checked.state();
    amendments::keep_files(&mut tx, id, &files).await?;
    keep(&mut tx, app, &mut one).await?;
    let names = sent.iter().map(|file| file.name.as_str());
    let names: Vec<&str> = names.collect();
    note(
        &mut tx,
        app,
        actor,
        id,
        Deed::ChangeAmendment,
        &names.join("、"),
    )
    .await?;
    let detail = json!({
        "file": names,
        "version": one.checked.version,
        "mistakes": one.checked.mistakes.len() + one.checked.more,
    });
    let object = Object::Amendment(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::ChangeAmendment,
        object,
        Some(&city),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(one)
}

/// Gives up a version that was not proposed.
///
/// # Errors
/// Not found, `NotYourRole`; `Stale`; as `amendment::changeable`, `amendment::why`.
pub async fn give_up(
    app: &App,
    actor: &Actor,
    id: &AmendmentId,
    (seen, why): (&str, &str),
) -> Result<()> {
    let mut tx = app.db.write(Scope::Amendment(*id)).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit_at(&mut tx, actor, policy::act::PrepareAmendment, &city)
        .await?;
    let mut one = found(&mut tx, id).await?;
    is_seen(&one, seen)?;
    amendment::changeable(&one, &permit)?;
    let why = amendment::why(why)?;
    one.state = AmendmentState::Withdrawn;
    keep(&mut tx, app, &mut one).await?;
    note(&mut tx, app, actor, id, Deed::WithdrawAmendment, &why).await?;
    let object = Object::Amendment(*id);
    app.trail(
        &mut tx,
        actor,
        Deed::WithdrawAmendment,
        object,
        Some(&city),
        json!({ "reason": why }),
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Has it worked out what a version would change.
///
/// # Errors
/// Not found, `NotYourRole`; `NotChecked` while it has mistakes of its own.
pub async fn ask_for_effect(app: &App, actor: &Actor, id: &AmendmentId) -> Result<()> {
    let mut tx = app.db.write([Scope::Amendment(*id), Scope::Jobs]).await?;
    let city = city_for(&mut tx, actor, Act::PrepareAmendment).await?;
    let one = found(&mut tx, id).await?;
    if one.checked.version.is_empty() {
        let mistakes = one.checked.mistakes.len();
        return Err(AmendmentRefusal::NotChecked { mistakes }.into());
    }
    let job = NewJob {
        kind: jianjia_domain::core::job::JobKind::Effect,
        key: effect_key(&one),
        name: one.name.clone(),
        payload: json!({ "amendment": id, "revision": one.revision }),
        by: actor,
        unit: &city,
    };
    jobs::enqueue(app, &mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// Looks the files of a version through, off the async threads: some hundred cases are judged.
async fn check(files: &Files) -> Result<Checked> {
    let files = files.clone();
    let examined = tokio::task::spawn_blocking(move || {
        cases::examine_texts(&files.standard_toml, &files.facts_toml, &files.cases)
    });
    let examined = examined.await.context("a version is checked")?;
    let found = |mistake: &jianjia_standard::load::Mistake| Found {
        file: mistake.file.clone(),
        line: mistake.line,
        column: mistake.column,
        message: mistake.message.clone(),
    };
    let mut checked = Checked {
        mistakes: examined.mistakes.iter().take(TOLD).map(found).collect(),
        more: examined.mistakes.len().saturating_sub(TOLD),
        cases: examined
            .files
            .into_iter()
            .map(|file| CasesRun {
                file: file.name,
                cases: file.cases,
                failed: file.failed,
            })
            .collect(),
        ..Checked::default()
    };
    if let Some(standard) = examined.standard {
        checked.first_year = standard.programme.first_year;
        checked.last_year = standard.programme.last_year;
        checked.version = standard.version;
        checked.key = standard.key;
    }
    Ok(checked)
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
