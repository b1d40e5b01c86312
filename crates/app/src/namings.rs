//! Naming the trusted titles (clause P4): the city reads the recommended candidates, sees beforehand what would happen to those chosen, and
//! confirms exactly that, in one transaction.

use std::collections::BTreeMap;

use jianjia_domain::{
    application::{self, Application, EventAct},
    assessment::Assessment,
    honour::{self, HonourRefusal},
    ids::{ApplicationId, UnitId},
    naming::{self, Candidate, Fate, Line, NamingRefusal},
    policy::{self, Act, Actor, Permit},
    refusal::Refusal,
    review::{self, Finding},
    round::{self, Days, RoundAct},
    target::Progress,
    unit::UnitPlace,
};
use jianjia_standard::{
    Lang, Text,
    programme::{RouteAct, Title},
};
pub use jianjia_store::honour::Batch;
use jianjia_store::{
    application as applications_store, conflict,
    db::{Tx, next_numbers},
    finding, honour as honours_store, recommendation, unit,
};

use crate::{
    app::App,
    applications::{self, Happened},
    assessments,
    error::{Error, Result},
    honours, progress, reviews, rounds,
};

/// How many candidates a page of the list has.
pub const PAGE: i64 = 30;

/// The candidates of a year and title, and what was named already.
#[derive(Clone, Debug)]
pub struct NamingList {
    pub year: i16,
    pub title: Title,
    /// When the city may name.
    pub window: Days,
    /// Why nothing can be named today.
    pub closed: Option<Refusal>,
    pub may_name: bool,
    /// A page of them, by federation and rank.
    pub candidates: Vec<Candidate>,
    /// How many candidates there are in all.
    pub total: i64,
    /// From 1.
    pub page: i64,
    pub pages: i64,
    /// What was named already, newest first.
    pub batches: Vec<Batch>,
    pub target: Option<Progress>,
}

/// What would happen to the candidates chosen.
#[derive(Clone, Debug)]
pub struct NamingPreview {
    pub year: i16,
    pub title: Title,
    pub lines: Vec<Line>,
    /// The title's target as it stands, and as it would stand then.
    pub target: Option<(Progress, Progress)>,
}

impl NamingPreview {
    /// How many would be named.
    pub fn named(&self) -> usize {
        self.lines
            .iter()
            .filter(|line| matches!(line.fate, Fate::Named { .. }))
            .count()
    }

    pub fn left(&self) -> usize {
        self.lines.len() - self.named()
    }
}

/// What a confirmation carries from its preview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfirmInput {
    /// The tokens of the preview's lines.
    pub seen: Vec<String>,
    /// The document by which the city names; may be empty.
    pub document_number: String,
    /// Made with the preview: sent twice, it names once.
    pub request_key: String,
}

/// One candidate of a rejection: the application and its revision on the page.
pub type Chosen = (ApplicationId, i64);

/// What a naming did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    pub batch: String,
    pub named: usize,
}

/// The titles that the city names.
pub fn titles(app: &App) -> Vec<&Title> {
    app.standard
        .titles
        .iter()
        .filter(|title| is_named(app, &title.key))
        .collect()
}

/// A line of the overview: a title, how many candidates wait and how many were named.
#[derive(Clone, Debug)]
pub struct NamingSummary {
    pub title: Title,
    pub waiting: i64,
    pub named: i64,
}

/// The titles to be named in a year, for people of the city.
pub async fn overview(app: &App, actor: &Actor, year: i16) -> Result<Vec<NamingSummary>> {
    let mut tx = app.db.read().await?;
    city_seen(&mut tx, app, actor).await?;
    let mut summaries = Vec::new();
    for title in titles(app) {
        let waiting = recommendation::count_for_naming(&mut tx, year, &title.key).await?;
        let batches = honours_store::batches(&mut tx, &title.key, year).await?;
        summaries.push(NamingSummary {
            title: title.clone(),
            waiting,
            named: batches.iter().map(|batch| batch.standing).sum(),
        });
    }
    Ok(summaries)
}

/// A page (from 1) of the candidates for a title in a year, for people of the city, each judged again on confirmed facts.
pub async fn list(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    page: i64,
) -> Result<NamingList> {
    let mut tx = app.db.read().await?;
    let city = city_seen(&mut tx, app, actor).await?;
    let title = named_title(app, title)?;
    let round = rounds::of_year(&mut tx, app, year).await?;
    let closed = match rounds::open(&mut tx, app, year, RoundAct::Name).await {
        Ok(()) => None,
        Err(Error::Refused(refusal)) => Some(refusal),
        Err(error) => return Err(error),
    };
    let total = recommendation::count_for_naming(&mut tx, year, &title.key).await?;
    let pages = (total + PAGE - 1) / PAGE;
    // Those of the last page may all have been named meanwhile.
    let page = page.clamp(1, pages.max(1));
    let offset = (page - 1) * PAGE;
    let waiting = recommendation::for_naming(&mut tx, year, &title.key, PAGE, offset).await?;
    let judged = judged(&mut tx, app, actor, &city, title, year, waiting).await?;
    let batches = honours_store::batches(&mut tx, &title.key, year).await?;
    let target = progress::target_with(&mut tx, app, &title.key, year, 0).await?;
    Ok(NamingList {
        year,
        title: title.clone(),
        window: round::window(&round, RoundAct::Name),
        closed,
        may_name: policy::may(actor, Act::NameApplications, &city),
        candidates: judged.into_iter().map(|one| one.candidate).collect(),
        total,
        page,
        pages,
        batches,
        target: target.map(|(before, _)| before),
    })
}

/// What naming these candidates would do. Nothing is changed.
pub async fn preview(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    chosen: &[ApplicationId],
) -> Result<NamingPreview> {
    let mut tx = app.db.read().await?;
    let city = city_seen(&mut tx, app, actor).await?;
    app.permit(&mut tx, actor, Act::NameApplications, &city.id)
        .await?;
    let title = named_title(app, title)?;
    rounds::open(&mut tx, app, year, RoundAct::Name).await?;
    if chosen.is_empty() {
        return Err(Refusal::from(NamingRefusal::NobodyChosen).into());
    }
    let (lines, _) = plan(&mut tx, app, actor, &city, year, title, chosen).await?;
    let named = lines
        .iter()
        .filter(|line| matches!(line.fate, Fate::Named { .. }))
        .count();
    let more = i64::try_from(named).unwrap_or(0);
    let target = progress::target_with(&mut tx, app, &title.key, year, more).await?;
    Ok(NamingPreview {
        year,
        title: title.clone(),
        lines,
        target,
    })
}

/// Names what the preview showed: the titles begin with their numbers in one batch, the applications become named, the trail and the
/// standings follow. If anything changed since, nothing happens and every change is told.
pub async fn confirm(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    input: &ConfirmInput,
) -> Result<Naming> {
    let mut tx = app.db.write(&format!("naming:{year}:{title}")).await?;
    let city = city_seen(&mut tx, app, actor).await?;
    app.permit(&mut tx, actor, Act::NameApplications, &city.id)
        .await?;
    let title = named_title(app, title)?;
    let chosen: Vec<ApplicationId> = input
        .seen
        .iter()
        .filter_map(|token| token.split('~').next()?.parse().ok())
        .collect();
    if let Some(done) = done_before(&mut tx, &input.request_key, &chosen).await? {
        return Ok(done);
    }
    rounds::open(&mut tx, app, year, RoundAct::Name).await?;
    honour::checked_document_number(&input.document_number)?;
    let (lines, mut assessments) = plan(&mut tx, app, actor, &city, year, title, &chosen).await?;
    naming::confirm(&lines, &input.seen).map_err(Refusal::from)?;
    let batch = app.entropy.id(app.now()).simple().to_string();
    let mut named = Vec::new();
    for line in &lines {
        let Fate::Named { number } = &line.fate else {
            continue;
        };
        let application = line.candidate.application.clone();
        named.push(
            honours::of_application(&mut tx, app, &application, number.clone(), &batch).await?,
        );
        let permit = permit_for(&mut tx, app, actor, &application).await?;
        // The very judgement by which the plan names it.
        let assessment = assessments
            .get_mut(&application.id)
            .ok_or(Error::NotFound)?;
        let judgement = assessments::keep(&mut tx, app, assessment).await?;
        let key = request_key(&input.request_key, &application.id);
        applications::mark_named(
            &mut tx,
            app,
            actor,
            application,
            applications::Naming {
                permit: &permit,
                judgement: Some(judgement),
                opinion: &input.document_number,
                request_key: &key,
            },
        )
        .await?;
    }
    // The numbers that the plan gave out are taken now; whoever names the same title and year waits for the scope.
    let counter = honour::counter(&title.key, year);
    next_numbers(&mut tx, &counter, i64::try_from(named.len()).unwrap_or(0)).await?;
    honours::keep_named(&mut tx, app, actor, &named, input.document_number.trim()).await?;
    honours::refresh_standings(&mut tx, app, &named).await?;
    app.trail(
        &mut tx,
        actor,
        "name-applications",
        ("batch", &batch),
        Some(&city),
        serde_json::json!({
            "title": title.key,
            "year": year,
            "named": named.len(),
            "document_number": input.document_number.trim(),
        }),
    )
    .await?;
    tx.commit().await?;
    Ok(Naming {
        batch,
        named: named.len(),
    })
}

/// Ends the applications of candidates that the city doesn't name, with one reason. If any was handled since, nothing happens.
pub async fn reject(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    chosen: &[Chosen],
    reason: &str,
    request: &str,
) -> Result<usize> {
    let mut tx = app.db.write(&format!("naming:{year}:{title}")).await?;
    let city = city_seen(&mut tx, app, actor).await?;
    app.permit(&mut tx, actor, Act::NameApplications, &city.id)
        .await?;
    let title = named_title(app, title)?;
    if let Some((first, _)) = chosen.first() {
        let key = request_key(request, first);
        if applications_store::of_request(&mut tx, &key)
            .await?
            .is_some()
        {
            return Ok(chosen.len());
        }
    } else {
        return Err(Refusal::from(NamingRefusal::NobodyChosen).into());
    }
    rounds::open(&mut tx, app, year, RoundAct::Name).await?;
    let reason = naming::reason(reason)
        .map_err(|refusal| Refusal::Fields(vec![("reason".to_owned(), refusal.into())]))?;
    let ids: Vec<ApplicationId> = chosen.iter().map(|(id, _)| *id).collect();
    let waiting = waiting_among(&mut tx, year, title, &ids).await?;
    let mut changes = Vec::new();
    let mut rejected = Vec::new();
    for (id, revision) in chosen {
        match waiting.iter().find(|application| application.id == *id) {
            None => changes.push(naming::Change::Gone),
            Some(application) if application.revision != *revision => {
                changes.push(naming::Change::Handled {
                    name: application.applicant_name(),
                });
            }
            Some(application) => rejected.push(application.clone()),
        }
    }
    if !changes.is_empty() {
        return Err(Refusal::from(NamingRefusal::Changed { changes }).into());
    }
    for application in rejected {
        let barred = barred(&mut tx, actor, &city, &application).await?;
        if let Some(refusal) = barred {
            return Err(refusal.into());
        }
        let permit = permit_for(&mut tx, app, actor, &application).await?;
        let step = application.state.step();
        let judgement = match reviews::assess_confirmed(&mut tx, app, &application).await {
            Ok(mut assessment) => Some(assessments::keep(&mut tx, app, &mut assessment).await?),
            // The person left the union since: there is nothing to judge.
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        let ended =
            application::reject(application, judgement, app.now()).map_err(Refusal::from)?;
        applications::keep(&mut tx, &ended).await?;
        let key = request_key(request, &ended.id);
        let happened = Happened {
            act: EventAct::Rejected,
            opinion: &reason,
            reasons: &[],
            judgement,
            request_key: &key,
        };
        applications::record(&mut tx, app, actor, &permit, &ended, step, happened).await?;
    }
    tx.commit().await?;
    Ok(chosen.len())
}

/// A candidate and the judgement that says so; none of a person who has left the union since.
struct Judged {
    candidate: Candidate,
    assessment: Option<Assessment>,
}

/// What would happen to those chosen, in the order of the list, and the judgements on which it would.
async fn plan(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    city: &UnitPlace,
    year: i16,
    title: &Title,
    chosen: &[ApplicationId],
) -> Result<(Vec<Line>, BTreeMap<ApplicationId, Assessment>)> {
    let waiting = waiting_among(tx, year, title, chosen).await?;
    let mut candidates = Vec::with_capacity(waiting.len());
    let mut assessments = BTreeMap::new();
    for judged in judged(tx, app, actor, city, title, year, waiting).await? {
        if let Some(assessment) = judged.assessment {
            assessments.insert(judged.candidate.application.id, assessment);
        }
        candidates.push(judged.candidate);
    }
    let counter = honour::counter(&title.key, year);
    let last_number = honours_store::last_number(tx, &counter).await?;
    let lines = naming::plan(title, year, candidates, last_number);
    Ok((lines, assessments))
}

/// Those chosen that wait to be named still, in the order of the list.
async fn waiting_among(
    tx: &mut Tx,
    year: i16,
    title: &Title,
    chosen: &[ApplicationId],
) -> Result<Vec<Application>> {
    naming::few_enough(chosen.len()).map_err(Refusal::from)?;
    Ok(recommendation::for_naming_among(tx, year, &title.key, chosen).await?)
}

/// Judges candidates, in their order: one query a table, however many they are.
async fn judged(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    city: &UnitPlace,
    title: &Title,
    year: i16,
    waiting: Vec<Application>,
) -> Result<Vec<Judged>> {
    let ids: Vec<ApplicationId> = waiting.iter().map(|application| application.id).collect();
    let federations: Vec<UnitId> = waiting
        .iter()
        .filter_map(|application| application.recommended_by)
        .collect();
    let federations = unit::places(tx, &federations).await?;
    let as_of = rounds::as_of(tx, app, year).await?;
    let findings = finding::of_applications(tx, &ids).await?;
    let assessed = assessments::assess_confirmed(tx, app, &waiting, &findings, year, as_of).await?;
    let held = honours::held_numbers(tx, app, &title.key, &waiting).await?;
    let conflicts = conflict::of_account(tx, &actor.account, &ids).await?;
    let mut all = Vec::with_capacity(waiting.len());
    for (application, assessment) in waiting.into_iter().zip(assessed) {
        let mut because = Vec::new();
        let mut reasons = Vec::new();
        let assessment = match assessment {
            Ok(assessment) => Some(assessment),
            // The person left the union since.
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        match &assessment {
            Some(assessment) => {
                let findings: Vec<Finding> = findings
                    .iter()
                    .filter(|finding| finding.application == application.id)
                    .cloned()
                    .collect();
                if let Some(may_apply) = assessment.judgement.may_apply.get(&title.key) {
                    reasons = may_apply.because.clone();
                }
                because = review::because(
                    &app.standard,
                    &assessment.subject,
                    &assessment.judgement,
                    &title.key,
                    &findings,
                    assessment.as_of,
                );
            }
            None => because.push(Text {
                zh: "本人已不在申报时的工会。".to_owned(),
                en: "The person is no longer with the union that applied.".to_owned(),
            }),
        }
        if let Some(number) = held.get(&application.id).cloned() {
            because.push(both(&HonourRefusal::HeldAlready { number }.into()));
        }
        let declared = conflicts
            .iter()
            .find(|conflict| conflict.application == application.id);
        if let Err(refusal) = review::may_review(actor, &application, &city.id, declared) {
            because.push(both(&refusal.into()));
        }
        let federation = federations
            .iter()
            .find(|place| Some(place.id) == application.recommended_by);
        all.push(Judged {
            candidate: Candidate {
                federation_name: federation.map_or_else(String::new, |place| place.name.clone()),
                application,
                reasons,
                because,
            },
            assessment,
        });
    }
    Ok(all)
}

/// Why the actor must keep out of an application.
async fn barred(
    tx: &mut Tx,
    actor: &Actor,
    city: &UnitPlace,
    application: &Application,
) -> Result<Option<Refusal>> {
    let declared = conflict::find(tx, &application.id, &actor.account).await?;
    Ok(
        review::may_review(actor, application, &city.id, declared.as_ref())
            .err()
            .map(Refusal::from),
    )
}

fn both(refusal: &Refusal) -> Text {
    Text {
        zh: refusal.sentence(Lang::Zh),
        en: refusal.sentence(Lang::En),
    }
}

async fn permit_for(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: &Application,
) -> Result<Permit> {
    app.permit(tx, actor, Act::NameApplications, &application.unit.id)
        .await
}

/// The batch of an earlier arrival of the same form.
async fn done_before(
    tx: &mut Tx,
    request: &str,
    chosen: &[ApplicationId],
) -> Result<Option<Naming>> {
    for id in chosen {
        let key = request_key(request, id);
        if key.is_empty() || applications_store::of_request(tx, &key).await?.is_none() {
            continue;
        }
        let application = applications_store::find(tx, id)
            .await?
            .ok_or(Error::NotFound)?;
        let person = application.person.as_ref().map(|person| &person.id);
        let held = honours_store::of_holder(tx, &application.unit.id, person).await?;
        let honour = held
            .into_iter()
            .find(|honour| honour.application == Some(*id));
        if let Some(honour) = honour {
            let named = honours_store::of_batch(tx, &honour.batch).await?.len();
            let batch = honour.batch;
            return Ok(Some(Naming { batch, named }));
        }
    }
    Ok(None)
}

/// The key of one application's part in a bulk act; empty without one.
fn request_key(request: &str, id: &ApplicationId) -> String {
    if request.is_empty() {
        String::new()
    } else {
        format!("{request}:{id}")
    }
}

async fn city_seen(tx: &mut Tx, app: &App, actor: &Actor) -> Result<UnitPlace> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    app.seen(tx, actor, &city.id).await
}

fn named_title<'a>(app: &'a App, key: &str) -> Result<&'a Title> {
    let title = app.standard.title(key).ok_or(Error::NotFound)?;
    if is_named(app, key) {
        Ok(title)
    } else {
        Err(Refusal::from(NamingRefusal::NotNamed {
            title: title.name.clone(),
        })
        .into())
    }
}

fn is_named(app: &App, title: &str) -> bool {
    app.standard.route(title).is_some_and(|route| {
        route
            .steps
            .last()
            .is_some_and(|step| step.act == RouteAct::Name)
    })
}

#[cfg(test)]
mod tests;
