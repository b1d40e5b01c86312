//! 申报审批表: what was applied for, what the union says of itself, and an opinion with a seal for each level of the route.

use jianjia_domain::{
    core::{day, policy::Actor},
    honour::honour::Honour,
    register::{
        person::Person,
        unit::{Unit, codes},
    },
    round::{
        application::{EventAct, State},
        posting::Posting,
        route::{self, Step},
    },
};
use jianjia_standard::{Lang, Standard};
use jianjia_store::{
    core::db::Tx,
    honour::honour,
    register::{person, unit},
    round::posting,
};
use jiff::civil::Date;
use serde::Serialize;

use super::{is_opinion, judged, plain, rated};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    round::application::{ApplicationView, ClauseRow},
};

#[derive(Serialize)]
struct Form {
    title: String,
    filled_on: Date,
    union: Union,
    chair: Chair,
    /// Whose title it is, where it is a person's.
    person: Option<Applicant>,
    contact: Contact,
    held: Option<String>,
    story: Option<String>,
    judged: String,
    rating: Option<String>,
    opinions: Vec<Opinion>,
    criteria: Vec<Criterion>,
}

#[derive(Serialize)]
struct Union {
    name: String,
    code: Option<String>,
    kind: String,
    founded_on: Option<Date>,
    workers: Option<i64>,
    members: Option<i64>,
}

#[derive(Serialize)]
struct Chair {
    name: Option<String>,
}

#[derive(Serialize)]
struct Applicant {
    name: String,
    post: String,
}

#[derive(Serialize)]
struct Contact {
    name: String,
    telephone: Option<String>,
}

#[derive(Serialize)]
struct Opinion {
    level: String,
    text: String,
    /// Where the union showed it before it applied: of its own opinion.
    posted: Option<Posted>,
    given_on: Option<Date>,
}

#[derive(Serialize)]
struct Posted {
    from_on: Date,
    until_on: Date,
    place: String,
}

#[derive(Serialize)]
struct Criterion {
    clause: String,
    text: String,
    outcome: &'static str,
    evidence: String,
}

/// The form of an application, for everybody who sees the application.
///
/// # Errors
/// When what stands in it can't be read.
pub async fn sheet(app: &App, _actor: &Actor, view: &ApplicationView) -> Result<Sheet> {
    let application = &view.application;
    let standard = app.standards.of(application.year);
    let mut tx = app.db.read().await?;
    let unit = unit::find(&mut tx, &application.unit.id).await?;
    let unit = unit.ok_or(Error::NotFound)?;
    let chair = person::chair_of(&mut tx, &unit.id).await?;
    let of_person = application.person.as_ref().map(|person| person.id);
    let applicant = match &of_person {
        Some(id) => person::find(&mut tx, id).await?,
        None => None,
    };
    let held = honour::held(&mut tx, &unit.id, of_person.as_ref()).await?;
    let posting = posting::find(&mut tx, &application.id).await?;
    let rated = rated(&mut tx, standard, view).await?;
    let way = if application.route.is_empty() {
        ahead(&mut tx, standard, view).await?
    } else {
        application.route.clone()
    };
    tx.commit().await?;
    let filled_on = application
        .submitted_at
        .map_or_else(|| app.clock.today(), day::day_of);
    let form = Form {
        title: view.title.zh.clone(),
        filled_on,
        contact: contact(view, &unit, chair.as_ref()),
        chair: Chair {
            name: chair.map(|chair| chair.details.name),
        },
        person: application.person.as_ref().map(|person| Applicant {
            name: person.name.clone(),
            post: applicant.map_or_else(String::new, |person| post(&person)),
        }),
        held: held_in_words(standard, &held),
        story: Some(application.story.clone()).filter(|story| !story.trim().is_empty()),
        judged: judged(&view.clauses),
        rating: rated,
        opinions: opinions(view, &unit, posting.as_ref(), &way),
        criteria: view.clauses.iter().map(criterion).collect(),
        union: union(unit),
    };
    Sheet::of("application", application.applicant_name(), &form)
}

fn union(unit: Unit) -> Union {
    let details = unit.details;
    let employer = details.employer.as_deref();
    let sort = employer.map(|key| codes::word_of(codes::EMPLOYERS, key, Lang::Zh));
    Union {
        kind: sort.unwrap_or(unit.kind.word()).to_owned(),
        name: details.name,
        code: details.credit_code,
        founded_on: details.founded_on,
        workers: details.workers,
        members: details.members,
    }
}

fn post(person: &Person) -> String {
    let details = &person.details;
    if details.duty.is_empty() {
        details.post.word().to_owned()
    } else {
        details.duty.clone()
    }
}

/// Who handed it in, or as long as nobody did the chair, with the union's telephone.
fn contact(view: &ApplicationView, unit: &Unit, chair: Option<&Person>) -> Contact {
    let mut events = view.events.iter().rev();
    let handed_in = [EventAct::Submitted, EventAct::Resubmitted];
    let event = events.find(|event| handed_in.contains(&event.act));
    let name = event.map(|event| event.account_name.clone());
    let chair = || chair.map(|chair| chair.details.name.clone());
    Contact {
        name: name.or_else(chair).unwrap_or_default(),
        telephone: unit.details.phone.clone(),
    }
}

/// `常州市模范职工之家（2014年）、…`.
fn held_in_words(standard: &Standard, held: &[Honour]) -> Option<String> {
    let words: Vec<String> = held
        .iter()
        .map(|honour| {
            let title = standard.title(&honour.title);
            let title = title.map_or(honour.title.as_str(), |title| title.name.zh.as_str());
            format!("{title}（{}年）", honour.year)
        })
        .collect();
    (!words.is_empty()).then(|| words.join("、"))
}

/// The steps that lie ahead of a draft; none where the standard's route finds nobody.
async fn ahead(tx: &mut Tx, standard: &Standard, view: &ApplicationView) -> Result<Vec<Step>> {
    let application = &view.application;
    if application.state != State::Draft {
        return Ok(Vec::new());
    }
    let above = unit::above(tx, &application.unit.path).await?;
    let above: Vec<_> = above
        .into_iter()
        .filter(|place| place.id != application.unit.id)
        .collect();
    let way = standard.route(&application.title);
    Ok(way
        .and_then(|way| route::resolve(way, &above).ok())
        .unwrap_or_default())
}

/// The union's own, and then each step's: what was given stands there, what is to be given is left to be written.
fn opinions(
    view: &ApplicationView,
    unit: &Unit,
    posting: Option<&Posting>,
    way: &[Step],
) -> Vec<Opinion> {
    let application = &view.application;
    let own = Opinion {
        level: unit.kind.word().to_owned(),
        text: String::new(),
        posted: posting.map(|posting| Posted {
            from_on: posting.from_on,
            until_on: posting.to_on,
            place: posting.place.clone(),
        }),
        given_on: application.submitted_at.map(day::day_of),
    };
    let here = application.state.step();
    let is_over = application.state.closed_at().is_some();
    let steps = way.iter().enumerate().map(|(place, step)| {
        let is_done = here.is_some_and(|here| place < here || (place == here && is_over));
        let mut events = view.events.iter().rev();
        let given =
            events.find(|event| is_done && event.step == Some(place) && is_opinion(event.act));
        Opinion {
            level: step.unit.kind.word().to_owned(),
            text: given.map_or_else(String::new, |event| match event.opinion.trim() {
                "" => format!("{}。", plain(event.act.word())),
                opinion => opinion.to_owned(),
            }),
            posted: None,
            given_on: given.map(|event| day::day_of(event.at)),
        }
    });
    std::iter::once(own).chain(steps).collect()
}

fn criterion(row: &ClauseRow) -> Criterion {
    let mut evidence: Vec<String> = row
        .figures
        .iter()
        .map(|figure| match figure.required.as_str() {
            "" => format!("{}：{}", figure.what.zh, figure.actual),
            required => format!("{}：{}（要求 {required}）", figure.what.zh, figure.actual),
        })
        .collect();
    if evidence.is_empty() {
        let facts = row.facts.iter();
        evidence = facts
            .map(|(fact, said)| format!("{}：{}", fact.zh, said.zh))
            .collect();
    }
    if let Some(shortage) = &row.shortage {
        evidence.push(shortage.zh.clone());
    }
    if let Some(finding) = row.finding() {
        let word = plain(finding.outcome.word());
        let note = match finding.note.as_str() {
            "" => String::new(),
            note => format!("，{note}"),
        };
        evidence.push(format!("{}认定{word}{note}。", finding.unit_name));
    }
    Criterion {
        clause: row.clause.clone(),
        text: row.text.zh.clone(),
        outcome: row.status.name(Lang::Zh),
        evidence: evidence.join("\n"),
    }
}
