//! The departments of the running round: asked, mostly answered, one silent; one entry replied to and lifted, one upheld.

use anyhow::Result;
use jianjia_app::{
    core::{app::App, error::Error},
    round::{
        department::{self as departments, AskedFilter, DepartmentRefusal},
        entry as entries,
    },
};
use jianjia_domain::{
    core::{ids::UnitId, policy::Actor},
    office::account::Account,
    round::department::AnswerInput,
};
use jianjia_standard::programme::Department;
use jiff::civil::{Date, date};

use crate::{
    core::city::City,
    office::{
        account::login_of,
        actor::{actor, chair_of, told},
    },
};

/// It says nothing of its list.
const SILENT: &str = "petitions";

/// Whose entry is lifted, and whose is upheld.
const LIFTED: &str = "tax";
const UPHELD: &str = "labour-inspection";

/// The city asks every department, and all but one answer.
///
/// # Errors
/// When an act is refused that should not be.
pub async fn desk(app: &App, city: &City, accounts: &[Account], today: Date) -> Result<()> {
    let leader = actor(accounts, "demo.city")?;
    let year = app.year();
    let standard = app.standards.of(year).clone();
    for department in &standard.departments {
        match departments::send(app, &leader, year, &department.key).await {
            Ok(_) => {}
            // Nobody has applied yet: early in the year.
            Err(Error::Refused(refusal)) if refusal.of::<DepartmentRefusal>().is_some() => {
                return Ok(());
            }
            other => {
                told(other)?;
            }
        }
        if department.key != SILENT {
            answer(app, city, (accounts, &leader), department, today).await?;
        }
    }
    Ok(())
}

async fn answer(
    app: &App,
    city: &City,
    (accounts, leader): (&[Account], &Actor),
    department: &Department,
    today: Date,
) -> Result<()> {
    let year = app.year();
    let answerer = actor(accounts, &login_of(&department.key))?;
    let mut units = asked(app, &answerer, year).await?;
    let known = |unit: &UnitId| city.units.iter().position(|known| known.id == *unit);
    let is_of_story = |unit: &UnitId| {
        known(unit).is_none_or(|unit| unit == city.cast.union || unit == city.cast.vetoed)
    };
    let place = match department.key.as_str() {
        LIFTED => units.iter().position(|unit| !is_of_story(unit)),
        UPHELD => units.iter().rposition(|unit| !is_of_story(unit)),
        _ => None,
    };
    if let Some(unit) = place
        .filter(|_| units.len() > 1)
        .map(|place| units.remove(place))
    {
        let clause = department.clauses.first().cloned().unwrap_or_default();
        let state = AnswerInput {
            answer: "in-state".to_owned(),
            clause,
            on: date(year, 3, 18).min(today).to_string(),
            document: format!("〔{year}〕27号"),
            note: String::new(),
        };
        told(departments::answer(app, &answerer, year, &unit, &state).await)?;
        decide(app, city, (&answerer, leader), &unit, &department.key).await?;
    }
    told(departments::answer_alike(app, &answerer, year, &units, "clear").await)?;
    Ok(())
}

/// The unit replies; the tax office finds that it was mended, the city that it was not.
async fn decide(
    app: &App,
    city: &City,
    (answerer, leader): (&Actor, &Actor),
    unit: &UnitId,
    key: &str,
) -> Result<()> {
    let (_, _, said) = told(departments::asked(app, answerer, app.year(), unit).await)?;
    let place = city.units.iter().position(|known| known.id == *unit);
    let (Some(entry), Some(place)) = (said.first(), place) else {
        return Ok(());
    };
    let chair = chair_of(city, place);
    let reply = "三月已整改到位，完税证明和整改报告在税务、人社部门都有备案，请核实。";
    told(entries::reply(app, &chair, &entry.id, reply, Vec::new()).await)?;
    let (who, outcome, reason) = match key {
        LIFTED => (answerer, "lifted", "经核实，欠缴已于四月补齐，不再认定。"),
        _ => (
            leader,
            "upheld",
            "经与部门核对，处罚决定仍在执行，予以维持。",
        ),
    };
    told(entries::decide(app, who, &entry.id, outcome, reason).await)?;
    Ok(())
}

/// All units on a department's list.
async fn asked(app: &App, answerer: &Actor, year: i16) -> Result<Vec<UnitId>> {
    let mut units = Vec::new();
    for page in 1.. {
        let filter = AskedFilter::default();
        let list = told(departments::list(app, answerer, (Some(year), ""), &filter, page).await)?;
        units.extend(list.units.into_iter().map(|asked| asked.unit));
        if page >= list.pages {
            break;
        }
    }
    Ok(units)
}
