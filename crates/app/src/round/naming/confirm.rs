//! Naming exactly what the preview showed.

use jianjia_standard::programme::RoundAct;
use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{ApplicationId, UnitId},
        imprint,
        policy::{Act, Actor, act},
    },
    honour::honour::{self, Honour},
    round::naming::{self, Fate, Line},
    year::assessment::Assessment,
};
use jianjia_store::{
    core::{counter::next_numbers, db::Tx},
    honour::honour as honours_store,
    round::application as applications_store,
    year::subject,
};

use super::{city_seen, named_title, plan, request_key, structure};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        imprint as imprints,
    },
    honour::honour as honours,
    round::{application as applications, naming::title, round as rounds, scope as scopes},
    year::assessment as judgements,
};

/// What a confirmation carries from its preview.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfirmInput {
    /// The tokens of the preview's lines.
    pub seen: Vec<String>,
    /// The document by which the city names.
    pub document_number: String,
    /// Made with the preview: sent twice, it names once.
    pub request_key: String,
}

/// What a naming did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    pub batch: String,
    /// Who was named, in the order of their numbers.
    pub named: Vec<String>,
}

impl Naming {
    fn of(batch: String, mut honours: Vec<Honour>) -> Naming {
        // Those of one title and year differ in the number alone, so that the longer one is the later one.
        honours.sort_by_cached_key(|honour| (honour.number.len(), honour.number.clone()));
        let named = honours.iter().map(Honour::holder_in_words).collect();
        Naming { batch, named }
    }
}

/// Names what the preview showed: the titles begin with their numbers in one batch, the applications become named, the trail and the
/// standings follow. If anything changed since, nothing happens and every change is told.
///
/// # Errors
/// As `naming::preview`; `document_number`: `TooLong`, `DocumentMissing`, `NumberUsed` by a paper; `Changed`, with every change since the preview; `NobodyCanBeNamed`;
/// `StructureBroken` by a rule that bars a list (P3); `RoleTaken` when the role was taken meanwhile.
pub async fn confirm(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    input: &ConfirmInput,
) -> Result<Naming> {
    let chosen: Vec<ApplicationId> = input
        .seen
        .iter()
        .filter_map(|token| token.split('~').next()?.parse().ok())
        .collect();
    let scopes = scopes::of_candidates(app, year, title, &chosen).await?;
    let mut tx = app.db.write(scopes).await?;
    let city = city_seen(&mut tx, actor).await?;
    app.permit_at(&mut tx, actor, Act::NameApplications, &city)
        .await?;
    let title = named_title(app, year, title)?;
    if let Some(done) = done_before(&mut tx, &input.request_key, &chosen).await? {
        return Ok(done);
    }
    rounds::open(&mut tx, app, year, RoundAct::Name).await?;
    honour::checked_document_number(&input.document_number)?;
    naming::document_given(&input.document_number)?;
    let document_number = imprint::as_printed(&input.document_number);
    imprints::refuse_on_paper(&mut tx, &city.id, &document_number, year).await?;
    let (lines, mut assessments) = plan(&mut tx, app, actor, &city, year, title, &chosen).await?;
    naming::confirm(&lines, &input.seen)?;
    let lists = structure::named_lists(&mut tx, app, (year, &title.key), &lines).await?;
    if let Some(barred) = structure::barred(&lists) {
        return Err(barred.into());
    }
    let batch = app.entropy.id(app.now()).simple().to_string();
    let unanswered = lines.iter().filter(|line| {
        matches!(line.fate, Fate::Named { .. }) && !line.candidate.unanswered.is_empty()
    });
    let unanswered = unanswered.count();
    let input = ConfirmInput {
        document_number,
        ..input.clone()
    };
    let named = name_each(
        &mut tx,
        app,
        actor,
        &lines,
        &mut assessments,
        &batch,
        &input,
    )
    .await?;
    // The numbers that the plan gave out are taken now; whoever names the same title and year waits for the scope.
    let counter = honour::counter(&title.key, year);
    next_numbers(&mut tx, &counter, i64::try_from(named.len()).unwrap_or(0)).await?;
    honours::keep_named(&mut tx, app, actor, &named, &input.document_number).await?;
    honours::refresh_standings(&mut tx, app, &named).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::NameApplications,
        Object::Batch(batch.clone()),
        Some(&city),
        serde_json::json!({
            "title": title.key,
            "year": year,
            "named": named.len(),
            // Of so many not every department had answered.
            "unanswered": unanswered,
            "document_number": input.document_number,
        }),
    )
    .await?;
    tx.commit().await?;
    Ok(Naming::of(batch, named))
}

/// The applications that the plan names become named; gives the titles they are to begin.
async fn name_each(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    lines: &[Line],
    assessments: &mut BTreeMap<ApplicationId, Assessment>,
    batch: &str,
    input: &ConfirmInput,
) -> Result<Vec<Honour>> {
    let units: Vec<UnitId> = lines
        .iter()
        .map(|line| line.candidate.application.unit.id)
        .collect();
    let registers = subject::units(tx, &units).await?;
    let mut named = Vec::new();
    for line in lines {
        let Fate::Named { number } = &line.fate else {
            continue;
        };
        let application = line.candidate.application.clone();
        let register = registers
            .iter()
            .find(|register| register.id == application.unit.id)
            .ok_or(Error::NotFound)?;
        let number = number.clone();
        named.push(title::of_application(
            app,
            &application,
            register,
            number.clone(),
            batch,
        ));
        let permit = app
            .permit_at(tx, actor, act::NameApplications, &register.place())
            .await?;
        // The very judgement by which the plan names it.
        let assessment = assessments
            .get_mut(&application.id)
            .ok_or(Error::NotFound)?;
        let judgement = judgements::keep(tx, app, assessment).await?;
        let key = request_key(&input.request_key, &application.id);
        applications::mark_named(
            tx,
            app,
            actor,
            application,
            applications::Naming {
                permit: &permit,
                judgement: Some(judgement),
                opinion: &input.document_number,
                number: &number,
                request_key: &key,
            },
        )
        .await?;
    }
    Ok(named)
}

/// The batch of an earlier arrival of the same form.
async fn done_before(
    tx: &mut Tx,
    request: &str,
    chosen: &[ApplicationId],
) -> Result<Option<Naming>> {
    let keys: Vec<String> = chosen
        .iter()
        .map(|id| request_key(request, id))
        .filter(|key| !key.is_empty())
        .collect();
    let used = applications_store::requests(tx, &keys).await?;
    for id in chosen {
        if !used.contains(&request_key(request, id)) {
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
            let named = honours_store::of_batch(tx, &honour.batch).await?;
            return Ok(Some(Naming::of(honour.batch, named)));
        }
    }
    Ok(None)
}
