//! The departments' desk (clauses V1-V11): the city sends each department one list a round, with later additions; the department answers unit by unit,
//! on its page or in the sheet that was sent to it. What it says of a unit is an entry (`entry`).

use std::collections::HashMap;

pub use jianjia_domain::round::department::DepartmentRefusal;
use jianjia_domain::{
    core::{
        audit::object::Object,
        ids::{DepartmentListId, UnitId},
        message::To,
        policy::{self, Act, Actor, Permit, act},
    },
    round::{department::DepartmentList, entry::Entry},
};
use jianjia_standard::{Standard, programme::Department};
pub use jianjia_store::round::department::{AnswerCounts, AskedFilter, AskedState};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    round::{
        department as departments,
        entry::{self as entries, EntryFilter},
    },
};

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

mod answering;
mod gap;
mod list;
mod sending;
pub(crate) use answering::keep_imported;
pub use answering::{answer, answer_alike};
pub(crate) use gap::gaps;
pub use list::{
    AskedPortion, DepartmentPage, LINES, asked, export, list, newest_year, sheet, silent_among,
};
pub(crate) use sending::asked_of;
pub use sending::send;

refuses!(DepartmentRefusal);

/// The departments of a round, for those who ask them.
#[derive(Clone, Debug)]
pub struct Overview {
    pub year: i16,
    pub lines: Vec<DepartmentLine>,
    pub entries: Vec<Entry>,
    /// Whether the actor may make accounts for departments.
    pub may_send: bool,
    pub may_open_accounts: bool,
}

/// A department and how far it is.
#[derive(Clone, Debug)]
pub struct DepartmentLine {
    pub department: Department,
    pub lists: Vec<SentList>,
    pub counts: AnswerCounts,
    /// So many units apply and are not on the list yet.
    pub fresh: i64,
    /// Who answers for it on the web.
    pub people: Vec<String>,
}

/// A list, or an addition to it, and for how many of its units nobody answered yet: each has its own last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentList {
    pub list: DepartmentList,
    pub silent: i64,
}

/// How far the departments of a round are.
///
/// # Errors
/// As `App::permit` at the city, for looking over lists.
pub async fn overview(app: &App, actor: &Actor, year: i16) -> Result<Overview> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.permit(&mut tx, actor, Act::SeeLists, &city.id).await?;
    let standard = standard_of(app, year)?;
    let lists = sent(&mut tx, year).await?;
    let counts: HashMap<String, AnswerCounts> = departments::counts(&mut tx, year)
        .await?
        .into_iter()
        .collect();
    let concerned = departments::count_concerned(&mut tx, year, &barred(standard)).await?;
    let accounts = departments::accounts(&mut tx).await?;
    let entries = entries::list(
        &mut tx,
        &EntryFilter {
            years: vec![year],
            ..EntryFilter::default()
        },
    )
    .await?;
    let lines = standard.departments.iter().map(|department| {
        let key = &department.key;
        DepartmentLine {
            lists: lists
                .iter()
                .filter(|sent| sent.list.department == *key)
                .cloned()
                .collect(),
            counts: counts.get(key).copied().unwrap_or_default(),
            fresh: concerned.fresh(key),
            people: accounts
                .iter()
                .filter(|(of, ..)| of == key)
                .map(|(.., name)| name.clone())
                .collect(),
            department: department.clone(),
        }
    });
    Ok(Overview {
        year,
        lines: lines.collect(),
        entries,
        may_send: policy::may(actor, Act::SendLists, &city),
        may_open_accounts: policy::may(actor, Act::ManageAccounts, &city),
    })
}

/// The lists of a year, by department and in the order in which they were sent.
pub(crate) async fn sent(tx: &mut Tx, year: i16) -> Result<Vec<SentList>> {
    let silent: HashMap<DepartmentListId, i64> = departments::silent_by_list(tx, year)
        .await?
        .into_iter()
        .collect();
    let lists = departments::lists(tx, year).await?.into_iter();
    Ok(lists
        .map(|list| SentList {
            silent: silent.get(&list.id).copied().unwrap_or_default(),
            list,
        })
        .collect())
}

/// Everything that a department said in a round.
async fn said(tx: &mut Tx, year: i16, key: &str) -> Result<Vec<Entry>> {
    let filter = EntryFilter {
        years: vec![year],
        department: key.to_owned(),
        ..EntryFilter::default()
    };
    Ok(entries::list(tx, &filter).await?)
}

/// What a department said of some units; nothing of none.
async fn said_of(tx: &mut Tx, year: i16, key: &str, units: Vec<UnitId>) -> Result<Vec<Entry>> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let filter = EntryFilter {
        years: vec![year],
        department: key.to_owned(),
        units,
        ..EntryFilter::default()
    };
    Ok(entries::list(tx, &filter).await?)
}

/// The department that somebody answers for.
///
/// # Errors
/// Not found to those who answer for none.
pub(crate) async fn own(tx: &mut Tx, actor: &Actor) -> Result<String> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    if !policy::may(actor, Act::AnswerList, &city) {
        return Err(Error::NotFound);
    }
    departments::of_account(tx, &actor.account)
        .await?
        .ok_or(Error::NotFound)
}

/// The department whose list is asked for, and whether the actor answers for it.
async fn whose(app: &App, tx: &mut Tx, actor: &Actor, key: &str) -> Result<(String, bool)> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    if policy::may(actor, Act::AnswerList, &city) {
        let own = own(tx, actor).await?;
        return match key.is_empty() || key == own {
            true => Ok((own, true)),
            false => Err(Error::NotFound),
        };
    }
    app.permit(tx, actor, Act::SeeLists, &city.id).await?;
    Ok((key.to_owned(), false))
}

async fn permitted(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
) -> Result<(Permit<act::AnswerList>, String)> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    let permit = app.permit(tx, actor, act::AnswerList, &city.id).await?;
    let key = own(tx, actor).await?;
    Ok((permit, key))
}

/// Those who answer for a department on the web.
pub(crate) async fn people_of(tx: &mut Tx, key: &str) -> Result<Vec<To>> {
    let accounts = departments::accounts(tx).await?;
    Ok(accounts
        .into_iter()
        .filter(|(of, ..)| of == key)
        .map(|(_, account, _)| To::Account(account))
        .collect())
}

/// The standard of a year of its programme.
fn standard_of(app: &App, year: i16) -> Result<&Standard> {
    let standard = app.standards.of(year);
    match standard.programme.outside(year) {
        None => Ok(standard),
        Some(_) => Err(Error::NotFound),
    }
}

/// The titles that vetoes bar.
pub(crate) fn barred(standard: &Standard) -> Vec<String> {
    let titles = standard.titles.iter();
    let barred = titles.filter(|title| title.barred_by_vetoes);
    barred.map(|title| title.key.clone()).collect()
}

pub(crate) fn object(year: i16, key: &str) -> Object {
    Object::Department {
        year,
        department: key.to_owned(),
    }
}
