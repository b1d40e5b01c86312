//! Lists of cases: the published ones as they are searched, a union's own, those that wait at an office, and what stands beside a criterion.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{CaseId, UnitId},
        place::UnitKind,
    },
    register::unit::codes::{INDUSTRIES, of_key},
    sharing::case::{Case, CaseState},
};
use sqlx::Row;

use super::{COLUMNS, FROM, case_of};
use crate::core::{
    condition::{Conditions, List, anywhere},
    db::Tx,
    pinyin::called,
};

/// What is asked for; what is left out narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    pub states: Vec<CaseState>,
    /// Words that all stand in title, name of the union or text, or pinyin of title or name.
    pub words: String,
    pub clause: Option<String>,
    pub kind: Option<UnitKind>,
    /// A key of `codes::INDUSTRIES`.
    pub industry: Option<String>,
    /// Those of a union, and of the unions that went into it.
    pub unit: Option<UnitId>,
    /// Those whose turn it is at one of these offices; empty: wherever they are.
    pub at: Vec<UnitId>,
    /// Those of unions like this one first, its own left out; else the newest first.
    pub like: Option<Likeness>,
}

/// By what unions are like each other: read from the register, never judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    pub unit: UnitId,
    pub kind: UnitKind,
    pub size: Option<i64>,
    pub industry: Option<String>,
}

impl Likeness {
    /// How unlike, smallest first: the same kind counts before the same class of size, that before the same trade. Made of keys of the program alone,
    /// so that it can stand in an `ORDER BY`.
    fn order(&self, alias: &str) -> String {
        let kind = self.kind.key();
        let size = self.size.unwrap_or(-1);
        let known = self.industry.as_deref();
        let trade = known.and_then(|key| of_key(INDUSTRIES, key));
        let of_trade = match trade {
            Some(trade) => format!(
                "CASE WHEN {alias}industry = '{}' THEN 0 ELSE 1 END",
                trade.key
            ),
            None => "1".to_owned(),
        };
        // What is not known is like nothing.
        let of_size = if size < 0 {
            "2".to_owned()
        } else {
            format!("CASE WHEN {alias}size = {size} THEN 0 ELSE 2 END")
        };
        format!("CASE WHEN {alias}unit_kind = '{kind}' THEN 0 ELSE 4 END + {of_size} + {of_trade}")
    }
}

/// A page of the cases that are asked for, and how many there are.
pub async fn list(
    tx: &mut Tx,
    filter: &CaseFilter,
    portion: (i64, i64),
) -> Result<(Vec<Case>, i64)> {
    let mut conditions = Conditions::default();
    if !filter.states.is_empty() {
        conditions.among("state", filter.states.iter().map(|state| state.key()));
    }
    if let Some(clause) = &filter.clause {
        let clause = conditions.value(clause.as_str());
        conditions.and(format!(
            "id IN (SELECT case_id FROM case_clause WHERE clause = {clause})"
        ));
    }
    if let Some(kind) = filter.kind {
        conditions.equals("unit_kind", kind.key());
    }
    if let Some(industry) = &filter.industry {
        conditions.equals("industry", industry.as_str());
    }
    if let Some(unit) = &filter.unit {
        let own = conditions.value(unit.to_string());
        let merged = conditions.value(unit.to_string());
        conditions.and(format!(
            "(unit_id = {own} OR unit_id IN (
               SELECT told.unit_id
               FROM shared_case AS told
               JOIN unit AS ended ON ended.id = told.unit_id
               WHERE ended.successor_id = {merged}))"
        ));
    }
    if !filter.at.is_empty() {
        conditions.among("at_unit_id", filter.at.iter().map(UnitId::to_string));
    }
    for word in filter.words.split_whitespace() {
        let by_title = called(&mut conditions, "title", "title_sort_key", word);
        let by_name = called(&mut conditions, "unit_name", "unit_sort_key", word);
        let within = conditions.value(anywhere(&word.to_lowercase()));
        conditions.search(format!(
            "({by_title} OR {by_name} OR search_text LIKE {within} ESCAPE '!')"
        ));
    }
    let (mut order, mut from_order) = if filter.at.is_empty() {
        (
            "published_on DESC, id DESC".to_owned(),
            "listed.published_on DESC, listed.id DESC".to_owned(),
        )
    } else {
        // Who waits longest comes first.
        (
            "since_at, id".to_owned(),
            "listed.since_at, listed.id".to_owned(),
        )
    };
    if let Some(like) = &filter.like {
        let but = conditions.value(like.unit.to_string());
        conditions.and(format!("unit_id <> {but}"));
        order = format!("{}, {order}", like.order(""));
        from_order = format!("{}, {from_order}", like.order("listed."));
    }
    let list = List {
        table: "shared_case",
        key: "id",
        order: &order,
        columns: COLUMNS,
        from: FROM,
        from_key: "listed.id",
        from_order: &from_order,
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let cases = rows.iter().map(case_of).collect::<Result<_>>()?;
    Ok((cases, total))
}

/// How many cases wait at these offices.
pub async fn waiting_at(tx: &mut Tx, offices: &[UnitId]) -> Result<i64> {
    let filter = CaseFilter {
        states: vec![
            CaseState::Recommended,
            CaseState::Editing,
            CaseState::Declined,
            CaseState::Agreed,
        ],
        at: offices.to_vec(),
        ..CaseFilter::default()
    };
    if offices.is_empty() {
        return Ok(0);
    }
    Ok(list(tx, &filter, (1, 0)).await?.1)
}

/// A case beside a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    pub clause: String,
    pub case: CaseId,
    pub title: String,
    pub unit_name: String,
    /// So many there are for the clause.
    pub total: i64,
}

/// For each of these clauses the first `most` cases of other unions, of those like this one first.
pub async fn beside(
    tx: &mut Tx,
    like: &Likeness,
    clauses: &[String],
    most: i64,
) -> Result<Vec<Beside>> {
    if clauses.is_empty() {
        return Ok(Vec::new());
    }
    let mut conditions = Conditions::default();
    conditions.among("tied.clause", clauses.iter().map(String::as_str));
    let but = conditions.value(like.unit.to_string());
    conditions.and(format!("tied.unit_id <> {but}"));
    let found = conditions.sql();
    let most = conditions.value(most);
    let order = like.order("tied.");
    let sql = format!(
        "SELECT clause, case_id, title, unit_name, total
         FROM (SELECT tied.clause AS clause, tied.case_id AS case_id, told.title AS title, told.unit_name AS unit_name,
                      CAST(COUNT(*) OVER (PARTITION BY tied.clause) AS BIGINT) AS total,
                      ROW_NUMBER() OVER (PARTITION BY tied.clause ORDER BY {order}, tied.published_on DESC, tied.case_id DESC) AS place
               FROM case_clause AS tied
               JOIN shared_case AS told ON told.id = tied.case_id{found}) AS ranked
         WHERE place <= {most}
         ORDER BY clause, place"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            Ok(Beside {
                clause: row.try_get("clause")?,
                case: row.try_get::<String, _>("case_id")?.parse()?,
                title: row.try_get("title")?,
                unit_name: row.try_get("unit_name")?,
                total: row.try_get("total")?,
            })
        })
        .collect()
}
