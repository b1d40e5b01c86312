//! Judging the candidates again on confirmed facts.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        place::UnitPlace,
        policy::Actor,
        refusal::Refusal,
    },
    honour::honour::HonourRefusal,
    round::{
        application::Application,
        naming::Candidate,
        objection::waits,
        publication::holds_naming,
        review::{self, Finding},
        round::Days,
    },
    year::assessment::Assessment,
};
use jianjia_standard::{Lang, Text, judgement::Reason, programme::Title};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    round::{conflict, finding, objection, publication},
};

use super::title;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::{
        application as applications, assessment as confirmed, department as departments,
        entry as entries,
    },
};

/// A candidate and the judgement that says so; none of a person who has left the union since.
pub(super) struct Judged {
    pub candidate: Candidate,
    pub assessment: Option<Assessment>,
}

/// Judges candidates, in their order: one query a table, however many they are.
pub(super) async fn judged(
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
    let findings = finding::of_applications(tx, &ids).await?;
    let held = title::held_numbers(tx, app, &title.key, &waiting).await?;
    let conflicts = conflict::of_account(tx, &actor.account, &ids).await?;
    let mut holds = holds(tx, app, title, year, &ids).await?;
    let mut dated = Vec::with_capacity(waiting.len());
    for application in waiting {
        let as_of = applications::as_of(tx, app, &application).await?;
        dated.push((application, as_of));
    }
    let waiting: Vec<Application> = dated.iter().map(|(one, _)| one.clone()).collect();
    let entries = entries::held(tx, app, year, &waiting).await?;
    let mut gaps = departments::gaps(tx, app, title, year, &waiting).await?;
    let assessed = confirmed::of_many(tx, app, &dated, &findings, year).await?;
    let mut all = Vec::with_capacity(dated.len());
    for ((application, _), assessment) in dated.into_iter().zip(assessed) {
        let assessment = match assessment {
            Ok(assessment) => Some(assessment),
            // The person left the union since.
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        };
        let (reasons, mut because) = match &assessment {
            Some(assessment) => judged_against(app, assessment, &application, &findings),
            None => (Vec::new(), vec![left()]),
        };
        let hold = holds.remove(&application.id).unwrap_or_default();
        because.extend(hold.because);
        if let Some(number) = held.get(&application.id).cloned() {
            because.push(both(&HonourRefusal::HeldAlready { number }.into()));
        }
        let waits = entries.iter().find(|(id, _)| *id == application.id);
        because.extend(waits.map(|(_, refusal)| both(&refusal.clone().into())));
        let (unanswered, holding) = gaps.remove(&application.id).unwrap_or_default();
        because.extend(holding.map(|refusal| both(&refusal.into())));
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
                unanswered,
                unconfirmed_objections: hold.unconfirmed_objections,
            },
            assessment,
        });
    }
    Ok(all)
}

/// What holds the naming of a candidate for now.
#[derive(Default)]
struct Hold {
    because: Vec<Text>,
    /// Those that hold nothing any more.
    unconfirmed_objections: i64,
}

/// What holds the naming of candidates: public notices that were not given or still hang, and objections. Who objected is not told.
async fn holds(
    tx: &mut Tx,
    app: &App,
    title: &Title,
    year: i16,
    ids: &[ApplicationId],
) -> Result<BTreeMap<ApplicationId, Hold>> {
    let standard = app.standards.of(year);
    let rules = &standard.publication;
    let rule = rules.of_candidates(&title.key);
    let today = app.clock.today();
    let shown = publication::days_of(tx, ids).await?;
    let objected = objection::held_among(tx, ids).await?;
    let unconfirmed = objection::unconfirmed_among(tx, ids).await?;
    let mut holds = BTreeMap::new();
    for id in ids {
        let of_id = shown.iter().filter(|(of, _)| of == id);
        let hung: Vec<Days> = of_id.map(|(_, days)| *days).collect();
        let notice = holds_naming(rule, &rules.clause, &hung, today);
        let mut hold = Hold::default();
        hold.because
            .extend(notice.map(|refusal| both(&refusal.into())));
        if objected.contains(id) {
            hold.because.push(under_objection());
        }
        if let Some((_, unconfirmed)) = unconfirmed.iter().find(|(of, _)| of == id) {
            match waits(unconfirmed, rules, &standard.working_days, today) {
                Some(refusal) => hold.because.push(both(&refusal.into())),
                None => hold.unconfirmed_objections = unconfirmed.count,
            }
        }
        holds.insert(*id, hold);
    }
    Ok(holds)
}

fn under_objection() -> Text {
    Text {
        zh: "有异议正在核实，办结以前不命名。".to_owned(),
        en: "An objection is being looked into: no naming before it is closed.".to_owned(),
    }
}

/// What the judgement says against naming: its reasons, and in words.
fn judged_against(
    app: &App,
    assessment: &Assessment,
    application: &Application,
    findings: &[Finding],
) -> (Vec<Reason>, Vec<Text>) {
    let title = &application.title;
    let findings: Vec<Finding> = findings
        .iter()
        .filter(|finding| finding.application == application.id)
        .cloned()
        .collect();
    let may_apply = assessment.judgement.may_apply.get(title);
    let reasons = may_apply.map_or_else(Vec::new, |may_apply| may_apply.because.clone());
    let because = review::because(
        app.standards.of(application.year),
        &assessment.subject,
        &assessment.judgement,
        title,
        &findings,
        assessment.as_of,
    );
    (reasons, because)
}

fn left() -> Text {
    Text {
        zh: "本人已不在申报时的工会。".to_owned(),
        en: "The person is no longer with the union that applied.".to_owned(),
    }
}

fn both(refusal: &Refusal) -> Text {
    Text {
        zh: refusal.sentence(Lang::Zh),
        en: refusal.sentence(Lang::En),
    }
}
