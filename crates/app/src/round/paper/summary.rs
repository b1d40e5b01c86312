//! 汇总表: what a federation hands up of a title in a year. Where it recommends the title that is its list, by rank; elsewhere everything that was handed in
//! below it.

use std::collections::HashMap;

use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Actor,
    },
    register::unit::Unit,
    round::application::Application,
};
use jianjia_standard::{Standard, programme::RouteAct};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    round::{
        recommendation as lists,
        review::{self, Filter, Hands, Order, Scope},
    },
};
use jianjia_words::format;
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::Sheet,
    },
    round::{
        application::title_of,
        recommendation::{self as recommendations, Shown},
        review::{self as reviews, LookedAt},
        round as rounds,
    },
};

/// More are in no federation's year; a table of so many is still set.
const AT_MOST: i64 = 5_000;

#[derive(Serialize)]
struct Table {
    /// The title that it is about.
    name: String,
    year: i16,
    /// Whether the federation recommends: then it is its list.
    is_ranked: bool,
    office: String,
    made_on: Date,
    /// What the standard has shown beside each.
    figures: Vec<String>,
    rows: Vec<Row>,
    /// None where the title is for people, of whom several may be of one union.
    sums: Option<Sums>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    workers: Option<String>,
    members: Option<String>,
    /// None where it is not known.
    figures: Vec<Option<String>>,
    held: Option<String>,
    confirmed: String,
    state: String,
}

/// Unknown as soon as one of them is.
#[derive(Serialize)]
struct Sums {
    workers: Option<String>,
    members: Option<String>,
}

/// The table of a federation, a year and a title, for everybody who sees the federation.
///
/// # Errors
/// Not found when it isn't there, is no federation or the actor doesn't see it, and for a title that the year's standard doesn't know;
/// `OutsideProgramme`.
pub async fn sheet(
    app: &App,
    actor: &Actor,
    (federation, year, title): &(UnitId, i16, String),
) -> Result<Sheet> {
    let (year, title) = (*year, title_of(app, *year, title)?);
    let standard = app.standards.of(year);
    let mut tx = app.db.read().await?;
    let office = app.seen(&mut tx, actor, federation).await?;
    if !office.kind.is_federation() {
        return Err(Error::NotFound);
    }
    rounds::of_year(&mut tx, app, year).await?;
    let ranks = recommends(standard, &title.key, office.kind);
    let applications = match ranks {
        true => lists::of_federation(&mut tx, year, &title.key, &office.id).await?,
        false => handed_in(&mut tx, &office, year, &title.key).await?,
    };
    let judged = reviews::judged(&mut tx, &applications).await?;
    let looked_at = reviews::looked_at_in(&mut tx, app, &applications, year, &judged).await?;
    let beside = recommendations::beside(&mut tx, app, &applications, year, &judged).await?;
    let units: Vec<UnitId> = applications.iter().map(|one| one.unit.id).collect();
    let units = unit::find_many(&mut tx, &units).await?;
    tx.commit().await?;
    let units: HashMap<UnitId, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
    // Figures stand beside those alone that were judged, the same beside each.
    let judged = beside.iter().find(|(shown, _)| !shown.is_empty());
    let figures: &[Shown] = judged.map_or(&[], |(shown, _)| shown);
    let rows = applications.iter().zip(looked_at.iter().zip(&beside));
    let rows = rows.map(|(application, (looked_at, (shown, held)))| {
        let unit = units.get(&application.unit.id);
        let people = |number: Option<i64>| number.map(|number| format::count(&number.to_string()));
        Row {
            name: application.applicant_name(),
            workers: people(unit.and_then(|unit| unit.details.workers)),
            members: people(unit.and_then(|unit| unit.details.members)),
            figures: figures.iter().map(|figure| actual(shown, figure)).collect(),
            held: held_in_words(standard, held),
            confirmed: confirmed(*looked_at),
            state: state(application, &office, ranks),
        }
    });
    let is_of_people = applications.iter().any(|one| one.person.is_some());
    let whose = format!("{} {year}年{}", office.name, title.name.zh);
    let table = Table {
        name: title.name.zh.clone(),
        year,
        is_ranked: ranks,
        made_on: app.clock.today(),
        figures: figures.iter().map(|one| one.name.zh.clone()).collect(),
        rows: rows.collect(),
        sums: (!is_of_people).then(|| sums(&applications, &units)),
        office: office.name,
    };
    Sheet::of("summary", whose, &table)
}

/// Whether units of a kind recommend a title.
fn recommends(standard: &Standard, title: &str, kind: UnitKind) -> bool {
    let steps = standard.route(title).into_iter();
    let mut steps = steps.flat_map(|route| &route.steps);
    steps.any(|step| {
        let mut kinds = step.at.iter().chain(&step.otherwise);
        step.act == RouteAct::Recommend && kinds.any(|key| key == kind.key())
    })
}

/// What was handed in below a federation, by name; drafts and what was withdrawn left out.
async fn handed_in(
    tx: &mut Tx,
    office: &UnitPlace,
    year: i16,
    title: &str,
) -> Result<Vec<Application>> {
    let filter = Filter {
        scope: Scope::Within(vec![office.path.clone()]),
        year: Some(year),
        title: title.to_owned(),
        state: String::new(),
        act: String::new(),
        search: String::new(),
        hands: Hands::Any,
        unpassed_at: Vec::new(),
        order: Order::Name,
    };
    let mut found = review::list(tx, &filter, 0, AT_MOST).await?;
    found.retain(|application| application.state.key() != "withdrawn");
    Ok(found)
}

fn actual(shown: &[Shown], figure: &Shown) -> Option<String> {
    let own = shown.iter().find(|one| one.clause == figure.clause)?;
    Some(own.actual.clone()).filter(|actual| !actual.is_empty())
}

fn held_in_words(standard: &Standard, held: &[(String, i16)]) -> Option<String> {
    let words = held.iter().map(|(key, year)| {
        let title = standard.title(key);
        let name = title.map_or(key.as_str(), |title| title.name.zh.as_str());
        format!("{name}（{year}年）")
    });
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join("、"))
}

/// `23/25`: so many of the criteria were confirmed.
fn confirmed(looked_at: LookedAt) -> String {
    format!("{}/{}", looked_at.confirmed, looked_at.asked)
}

/// How it stands: in a list first whether it is recommended, and at which rank.
fn state(application: &Application, office: &UnitPlace, ranks: bool) -> String {
    let word = application.state.word();
    if !ranks {
        return word.to_owned();
    }
    let is_recommended = application.recommended_by == Some(office.id);
    let mut words = vec![
        if is_recommended {
            "推荐"
        } else {
            "待推荐"
        }
        .to_owned(),
    ];
    words.extend(application.rank.map(|rank| format!("第 {rank} 名")));
    if application.state.closed_at().is_some() {
        words.push(word.to_owned());
    }
    words.join("，")
}

fn sums(applications: &[Application], units: &HashMap<UnitId, &Unit>) -> Sums {
    let sum = |of: fn(&Unit) -> Option<i64>| {
        let known = applications.iter().map(|one| of(units.get(&one.unit.id)?));
        let sum: Option<i64> = known.sum();
        sum.map(|sum| format::count(&sum.to_string()))
    };
    Sums {
        workers: sum(|unit| unit.details.workers),
        members: sum(|unit| unit.details.members),
    }
}
