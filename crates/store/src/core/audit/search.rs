//! Searching the trail: by union, person, title and day.

use anyhow::Result;
use jianjia_domain::core::audit::AuditLine;

use super::line_of;
use crate::core::{
    condition::{Conditions, anywhere},
    db::Tx,
    pinyin::called,
};

/// What an auditor filters by. An empty text matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub act: String,
    pub noun_id: String,
    /// Part of the name of the union that the line is about, its pinyin, or its credit code.
    pub union: String,
    /// Part of the name of who did it, or whom it is about, or its pinyin.
    pub person: String,
    /// Key of the title that the line is about.
    pub title: String,
    /// First and last day, inclusive, as the instants that bound them.
    pub from: String,
    pub until: String,
}

/// A page of a subtree's trail, newest first (keyset pagination): `before` is the id of the last line of the previous page, or empty.
pub async fn page(
    tx: &mut Tx,
    path: &str,
    filter: &AuditFilter,
    before: &str,
    limit: i64,
) -> Result<Vec<AuditLine>> {
    let mut conditions = Conditions::default();
    conditions.within("unit_path", &[path.to_owned()]);
    for (column, value) in [("act", &filter.act), ("noun_id", &filter.noun_id)] {
        if !value.is_empty() {
            conditions.equals(column, value.as_str());
        }
    }
    for (compare, value) in [
        ("at >=", filter.from.as_str()),
        ("at <", filter.until.as_str()),
        ("id <", before),
    ] {
        if !value.is_empty() {
            let value = conditions.value(value);
            conditions.and(format!("{compare} {value}"));
        }
    }
    about_union(&mut conditions, &filter.union);
    about_person(&mut conditions, &filter.person);
    about_title(&mut conditions, &filter.title);
    let limit = conditions.value(limit);
    let sql = format!(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail
         FROM audit{}
         ORDER BY id DESC
         LIMIT {limit}",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(line_of).collect()
}

/// By the unit's name, its pinyin, or its code.
fn about_union(conditions: &mut Conditions, typed: &str) {
    let typed = typed.trim();
    if typed.is_empty() {
        return;
    }
    let called = called(conditions, "unit.name", "unit.sort_key", typed);
    let code = conditions.value(typed.to_uppercase());
    conditions.and(format!(
        "unit_id IN (SELECT unit.id FROM unit WHERE {called} OR unit.credit_code = {code})"
    ));
}

/// By who did it, or by whom it is about: somebody of the register, an applicant, a holder, an account. Names that stand with the record itself are
/// those of its day.
fn about_person(conditions: &mut Conditions, typed: &str) {
    if typed.trim().is_empty() {
        return;
    }
    let mut ids_of = |table: &str| {
        let (name, key) = (format!("{table}.name"), format!("{table}.sort_key"));
        let called = called(conditions, &name, &key, typed);
        format!("SELECT {table}.id FROM {table} WHERE {called}")
    };
    let (people, accounts) = (ids_of("person"), ids_of("account"));
    let part = conditions.value(anywhere(typed));
    let of = |table: &str| {
        format!(
            "noun_id IN (
               SELECT {table}.id FROM {table}
               WHERE {table}.person_name LIKE {part} ESCAPE '!' OR {table}.person_id IN ({people}))"
        )
    };
    conditions.and(format!(
        "(account_name LIKE {part} ESCAPE '!' OR account_id IN ({accounts})
          OR noun_id IN ({accounts}) OR noun_id IN ({people}) OR {} OR {})",
        of("application"),
        of("honour"),
    ));
}

/// Applications and titles, and what is told by year and title.
fn about_title(conditions: &mut Conditions, title: &str) {
    if title.is_empty() {
        return;
    }
    let key = conditions.value(title);
    let part = conditions.value(anywhere(&format!("/{title}")));
    conditions.and(format!(
        "(noun_id IN (SELECT application.id FROM application WHERE application.title = {key})
          OR noun_id IN (SELECT honour.id FROM honour WHERE honour.title = {key})
          OR noun_id LIKE {part} ESCAPE '!')"
    ));
}
