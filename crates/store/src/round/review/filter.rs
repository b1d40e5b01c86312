//! Which applications a list of the reviewers' queue shows, and the conditions in SQL that say so.

use anyhow::Result;
use jianjia_domain::core::{
    ids::{AccountId, UnitId},
    text::form::of_name,
};

use super::Order;
use crate::{
    core::{
        condition::{Conditions, anywhere},
        db::Tx,
        pinyin,
    },
    register::unit::are_all_within,
};

/// Which applications a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub scope: Scope,
    pub year: Option<i16>,
    pub title: String,
    pub state: String,
    /// A step's act: endorse, decide, recommend, name.
    pub act: String,
    /// Part of a unit's or person's name, or of its pinyin.
    pub search: String,
    pub hands: Hands,
    /// Of what is at these units, files that their reviewer is through with are left out: they wait for the approver.
    pub unpassed_at: Vec<UnitId>,
    pub order: Order,
}

/// In whose hands a file is at the office that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hands {
    #[default]
    Any,
    Of(AccountId),
    Nobody,
    /// Its reviewer is through with it, and it waits for the approver.
    Passed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Under review at one of these units.
    At(Vec<UnitId>),
    /// Of units in these subtrees, drafts left out.
    Within(Vec<String>),
}

pub(super) async fn conditions(tx: &mut Tx, filter: &Filter) -> Result<Conditions> {
    let mut conditions = Conditions::default();
    match &filter.scope {
        Scope::At(units) => {
            at_units(&mut conditions, units);
            conditions.equals("state", "under-review");
        }
        Scope::Within(paths) => {
            if !are_all_within(tx, paths).await? {
                conditions.within("unit_path", paths);
            }
            conditions.and("state <> 'draft'".to_owned());
        }
    }
    if let Some(year) = filter.year {
        conditions.equals("year", i64::from(year));
    }
    for (column, value) in [
        ("title", &filter.title),
        ("state", &filter.state),
        ("step_act", &filter.act),
    ] {
        if !value.is_empty() {
            conditions.equals(column, value.as_str());
        }
    }
    if !filter.search.trim().is_empty() {
        let called = called(&mut conditions, &filter.search);
        conditions.and(called);
    }
    in_hands(&mut conditions, &filter.hands);
    unpassed(&mut conditions, &filter.unpassed_at);
    Ok(conditions)
}

/// By the unit's name or pinyin, or the person's.
fn called(conditions: &mut Conditions, typed: &str) -> String {
    let unit = pinyin::called(conditions, "unit_name", "unit_sort_key", typed);
    let part = conditions.value(anywhere(typed));
    let person = format!("person_name LIKE {part} ESCAPE '!'");
    match pinyin::matches(conditions, "person.sort_key", &of_name(typed)) {
        // The register has the person's key, looked up for the files of the list alone.
        Some(by_pinyin) => format!(
            "({unit} OR {person} OR EXISTS (
               SELECT 1 FROM person WHERE person.id = application.person_id AND {by_pinyin}))"
        ),
        None => format!("({unit} OR {person})"),
    }
}

/// Who has a file in hand at the office where it is.
const HELD: &str = "SELECT 1 FROM assignment
    WHERE assignment.application_id = application.id AND assignment.unit_id = application.at_unit_id";

/// Whether its reviewer is through with it as it is now.
pub(crate) fn passed() -> String {
    format!("EXISTS ({HELD} AND assignment.passed_since = application.since_at)")
}

fn in_hands(conditions: &mut Conditions, hands: &Hands) {
    match hands {
        Hands::Any => {}
        Hands::Nobody => conditions.and(format!("NOT EXISTS ({HELD})")),
        Hands::Passed => conditions.and(passed()),
        Hands::Of(account) => {
            let account = conditions.value(account.to_string());
            conditions.and(format!(
                "EXISTS ({HELD} AND assignment.account_id = {account})"
            ));
        }
    }
}

fn unpassed(conditions: &mut Conditions, units: &[UnitId]) {
    if units.is_empty() {
        return;
    }
    let units: Vec<String> = units
        .iter()
        .map(|unit| conditions.value(unit.to_string()))
        .collect();
    let (units, passed) = (units.join(", "), passed());
    conditions.and(format!("NOT (at_unit_id IN ({units}) AND {passed})"));
}

fn at_units(conditions: &mut Conditions, units: &[UnitId]) {
    let units: Vec<String> = units
        .iter()
        .map(|unit| conditions.value(unit.to_string()))
        .collect();
    conditions.and(if units.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("at_unit_id IN ({})", units.join(", "))
    });
}
