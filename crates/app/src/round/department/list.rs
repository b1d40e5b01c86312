//! A department's list as it is read: by the city, and by the department itself.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{ids::UnitId, policy::Actor, refusal::Refusal},
    round::{department::Asked, entry::Entry},
};
use jianjia_standard::programme::Department;
use jianjia_store::core::db::Tx;
use jianjia_store::round::department::{self as departments, AnswerCounts, AskedFilter};

use super::{DepartmentRefusal, SentList, own, permitted, said, said_of, sent, standard_of, whose};
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// How many units a page of a list has.
pub const LINES: i64 = 50;

/// A page of a department's list.
#[derive(Clone, Debug)]
pub struct DepartmentPage {
    pub year: i16,
    pub department: Department,
    /// The rounds in which it was asked, the newest first.
    pub years: Vec<i16>,
    pub lists: Vec<SentList>,
    pub counts: AnswerCounts,
    pub units: Vec<Asked>,
    /// What it said of the page's units in the round, by unit.
    pub entries: BTreeMap<UnitId, Vec<Entry>>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// Whether the actor answers for it.
    pub may_answer: bool,
}

/// A department's list, for the city and for the department itself; `key` is empty for the actor's own department, `year` for its newest round.
///
/// # Errors
/// Not found to others, and when there is no such department.
pub async fn list(
    app: &App,
    actor: &Actor,
    (year, key): (Option<i16>, &str),
    filter: &AskedFilter,
    page: i64,
) -> Result<DepartmentPage> {
    let mut tx = app.db.read().await?;
    let (key, may_answer) = whose(app, &mut tx, actor, key).await?;
    let years = departments::years(&mut tx, &key).await?;
    let newest = years.first().copied();
    let year = year.or(newest).unwrap_or_else(|| app.year());
    let standard = standard_of(app, year)?;
    let department = standard.department(&key).ok_or(Error::NotFound)?.clone();
    let filter = AskedFilter {
        year,
        department: key.clone(),
        ..filter.clone()
    };
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (units, total) = departments::page(&mut tx, &filter, LINES, offset).await?;
    let mut lists = sent(&mut tx, year).await?;
    lists.retain(|sent| sent.list.department == key);
    let counts = departments::counts(&mut tx, year).await?;
    let counts = counts.into_iter().find(|(of, _)| *of == key);
    let entries = said_by_unit(&mut tx, year, &key, &units).await?;
    Ok(DepartmentPage {
        year,
        department,
        years,
        lists,
        counts: counts.map(|(_, counts)| counts).unwrap_or_default(),
        units,
        entries,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        may_answer,
    })
}

/// Which of some units on the department's own list nobody answered for yet: what answering for them alike would write.
///
/// # Errors
/// Not found when the actor answers for no department, or a unit is not on its list; `NothingChosen` when there is none such.
pub async fn silent_among(
    app: &App,
    actor: &Actor,
    year: i16,
    units: &[UnitId],
) -> Result<(Department, Vec<Asked>)> {
    let mut tx = app.db.read().await?;
    let (_, key) = permitted(app, &mut tx, actor).await?;
    let standard = standard_of(app, year)?;
    let department = standard.department(&key).ok_or(Error::NotFound)?;
    let mut asked = departments::among(&mut tx, (year, key.as_str()), units).await?;
    if units
        .iter()
        .any(|unit| asked.iter().all(|asked| asked.unit != *unit))
    {
        return Err(Error::NotFound);
    }
    asked.retain(|asked| asked.answer.is_none());
    if asked.is_empty() {
        return Err(Refusal::at("chosen", DepartmentRefusal::NothingChosen).into());
    }
    asked.sort_by(|one, other| one.sort_key.cmp(&other.sort_key));
    Ok((department.clone(), asked))
}

/// Units on a department's list, for a file.
#[derive(Clone, Debug)]
pub struct AskedPortion {
    pub units: Vec<Asked>,
    /// What it said of units in the round, by unit.
    pub entries: BTreeMap<UnitId, Vec<Entry>>,
    pub total: i64,
}

/// A portion (limit, offset) of the units that a department was asked about, for a file.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    (year, key): (i16, &str),
    filter: &AskedFilter,
    (limit, offset): (i64, i64),
) -> Result<AskedPortion> {
    let mut tx = app.db.read().await?;
    let (key, _) = whose(app, &mut tx, actor, key).await?;
    standard_of(app, year)?
        .department(&key)
        .ok_or(Error::NotFound)?;
    let filter = AskedFilter {
        year,
        department: key.clone(),
        ..filter.clone()
    };
    let (units, total) = departments::page(&mut tx, &filter, limit, offset).await?;
    Ok(AskedPortion {
        entries: said_by_unit(&mut tx, year, &key, &units).await?,
        units,
        total,
    })
}

async fn said_by_unit(
    tx: &mut Tx,
    year: i16,
    key: &str,
    asked: &[Asked],
) -> Result<BTreeMap<UnitId, Vec<Entry>>> {
    let mut by_unit: BTreeMap<UnitId, Vec<Entry>> = BTreeMap::new();
    let units: Vec<UnitId> = asked.iter().map(|asked| asked.unit).collect();
    for entry in said_of(tx, year, key, units).await? {
        by_unit.entry(entry.unit).or_default().push(entry);
    }
    Ok(by_unit)
}

/// One unit on the actor's own list, with what was said of it, for answering.
///
/// # Errors
/// Not found to those who answer for no department, and when the unit is not on its list.
pub async fn asked(
    app: &App,
    actor: &Actor,
    year: i16,
    unit: &UnitId,
) -> Result<(Department, Asked, Vec<Entry>)> {
    let mut tx = app.db.read().await?;
    let key = own(&mut tx, actor).await?;
    let department = standard_of(app, year)?.department(&key);
    let department = department.ok_or(Error::NotFound)?.clone();
    let asked = departments::find(&mut tx, year, &key, unit).await?;
    let asked = asked.ok_or(Error::NotFound)?;
    let said = said_of(&mut tx, year, &key, vec![*unit]).await?;
    Ok((department, asked, said))
}

/// Everything that a department was asked in a round: for the sheet that is sent to it, or that it downloads itself; `key` is empty for the actor's own
/// department.
///
/// # Errors
/// As `App::permit` at the city, to those who answer for no department; not found when there is no such department, or it is another one.
pub async fn sheet(
    app: &App,
    actor: &Actor,
    year: i16,
    key: &str,
) -> Result<(Department, Vec<Asked>, Vec<Entry>)> {
    let mut tx = app.db.read().await?;
    let (key, _) = whose(app, &mut tx, actor, key).await?;
    let key = key.as_str();
    let department = standard_of(app, year)?.department(key);
    let department = department.ok_or(Error::NotFound)?.clone();
    let mut asked = departments::of_years(&mut tx, &[year]).await?;
    asked.retain(|asked| asked.department == key);
    let said = said(&mut tx, year, key).await?;
    Ok((department, asked, said))
}

/// The newest round in which the actor's own department was asked.
///
/// # Errors
/// Not found to those who answer for no department, and when it was never asked.
pub async fn newest_year(app: &App, actor: &Actor) -> Result<i16> {
    let mut tx = app.db.read().await?;
    let key = own(&mut tx, actor).await?;
    let years = departments::years(&mut tx, &key).await?;
    years.first().copied().ok_or(Error::NotFound)
}
