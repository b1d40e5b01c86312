//! The units on departments' lists, with the newest answer of each.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{DepartmentListId, UnitId},
    round::department::{Answer, AnswerKind, Asked},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{bulk, condition::Conditions, db::Tx, pinyin};

/// Puts units on a list.
pub async fn ask(tx: &mut Tx, asked: &[Asked]) -> Result<()> {
    let columns = [
        "year",
        "department",
        "unit_id",
        "unit_path",
        "unit_name",
        "sort_key",
        "credit_code",
        "employer_name",
        "employer_code",
        "list_id",
    ];
    let rows = asked.iter().map(|asked| {
        vec![
            i64::from(asked.year).into(),
            asked.department.as_str().into(),
            asked.unit.to_string().into(),
            asked.unit_path.as_str().into(),
            asked.name.as_str().into(),
            asked.sort_key.as_str().into(),
            asked.credit_code.as_str().into(),
            asked.employer_name.as_str().into(),
            asked.employer_code.as_str().into(),
            asked.list.to_string().into(),
        ]
    });
    bulk::insert(tx, "department_asked", &columns, rows.collect()).await
}

/// What is wanted of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedFilter {
    pub year: i16,
    /// Empty for all departments.
    pub department: String,
    pub state: AskedState,
    /// Part of a name, or its pinyin.
    pub name: String,
}

/// How a unit was answered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskedState {
    #[default]
    Any,
    Silent,
    Answered(AnswerKind),
}

const COLUMNS: &str = "q.year, q.department, q.unit_id, q.unit_path, q.unit_name, q.sort_key, q.credit_code, q.employer_name, q.employer_code, \
     q.list_id, a.answer, a.answered_by, a.answered_by_name, a.entered_by_name, a.answered_at, a.note";

/// A page of the units on a list, in the order of their names, with how many there are.
pub async fn page(
    tx: &mut Tx,
    filter: &AskedFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Asked>, i64)> {
    let mut conditions = Conditions::default();
    conditions.equals("q.year", i64::from(filter.year));
    if !filter.department.is_empty() {
        conditions.equals("q.department", filter.department.as_str());
    }
    match filter.state {
        AskedState::Any => {}
        AskedState::Silent => conditions.equals("q.answer", ""),
        AskedState::Answered(kind) => conditions.equals("q.answer", kind.key()),
    }
    if !filter.name.trim().is_empty() {
        let called = pinyin::called(&mut conditions, "q.unit_name", "q.sort_key", &filter.name);
        conditions.and(called);
    }
    let where_sql = conditions.sql();
    let count = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM department_asked q{where_sql}");
    let total: i64 = conditions
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let limit = conditions.value(limit);
    let offset = conditions.value(offset);
    let sql = format!(
        "SELECT {COLUMNS}
         FROM department_asked q
         LEFT JOIN department_answer a ON a.id = q.answer_id{where_sql}
         ORDER BY q.department, q.sort_key, q.unit_id
         LIMIT {limit} OFFSET {offset}"
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    Ok((rows.iter().map(asked_of).collect::<Result<_>>()?, total))
}

/// Everything that was asked in these years: for tables.
pub async fn of_years(tx: &mut Tx, years: &[i16]) -> Result<Vec<Asked>> {
    let mut conditions = Conditions::default();
    conditions.among("q.year", years.iter().map(|year| i64::from(*year)));
    let sql = format!(
        "SELECT {COLUMNS}
         FROM department_asked q
         LEFT JOIN department_answer a ON a.id = q.answer_id{}
         ORDER BY q.year, q.department, q.sort_key, q.unit_id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(asked_of).collect()
}

/// One unit on a department's list.
pub async fn find(
    tx: &mut Tx,
    year: i16,
    department: &str,
    unit: &UnitId,
) -> Result<Option<Asked>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM department_asked q
         LEFT JOIN department_answer a ON a.id = q.answer_id
         WHERE q.year = $1 AND q.department = $2 AND q.unit_id = $3"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::from(year))
        .bind(department.to_owned())
        .bind(unit.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(asked_of).transpose()
}

/// Some units of a department's list, in no order.
pub async fn among(
    tx: &mut Tx,
    (year, department): (i16, &str),
    units: &[UnitId],
) -> Result<Vec<Asked>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM department_asked q
         LEFT JOIN department_answer a ON a.id = q.answer_id
         WHERE q.year = $1 AND q.department = $2 AND q.unit_id IN ({{words}})"
    );
    let first = [i64::from(year).into(), department.into()];
    let units = units.iter().map(UnitId::to_string);
    let rows = bulk::select(tx, &sql, &first, units).await?;
    rows.iter().map(asked_of).collect()
}

/// What departments answered of units in a year: department, unit and the newest answer, which is none where it was silent. What is not there was not
/// asked.
pub async fn answered_of(
    tx: &mut Tx,
    year: i16,
    units: &[UnitId],
) -> Result<Vec<(String, UnitId, Option<AnswerKind>)>> {
    let sql = "SELECT q.department, q.unit_id, a.answer
               FROM department_asked q
               LEFT JOIN department_answer a ON a.id = q.answer_id
               WHERE q.year = $1 AND q.unit_id IN ({words})";
    let units = units.iter().map(UnitId::to_string);
    let rows = bulk::select(tx, sql, &[i64::from(year).into()], units).await?;
    rows.iter()
        .map(|row| {
            let unit: String = row.try_get("unit_id")?;
            let answer: Option<String> = row.try_get("answer")?;
            let kind = answer.map(|answer| {
                AnswerKind::from_key(&answer).with_context(|| format!("unknown answer {answer}"))
            });
            Ok((row.try_get("department")?, unit.parse()?, kind.transpose()?))
        })
        .collect()
}

fn asked_of(row: &AnyRow) -> Result<Asked> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let kind: Option<String> = row.try_get("answer")?;
    let answer = match kind {
        None => None,
        Some(kind) => {
            let by = text("answered_by")?;
            Some(Answer {
                kind: AnswerKind::from_key(&kind)
                    .with_context(|| format!("unknown answer {kind}"))?,
                by: if by.is_empty() {
                    None
                } else {
                    Some(by.parse()?)
                },
                by_name: text("answered_by_name")?,
                entered_by_name: text("entered_by_name")?,
                note: text("note")?,
                at: text("answered_at")?.parse()?,
            })
        }
    };
    Ok(Asked {
        list: text("list_id")?.parse::<DepartmentListId>()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        department: text("department")?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        name: text("unit_name")?,
        sort_key: text("sort_key")?,
        credit_code: text("credit_code")?,
        employer_name: text("employer_name")?,
        employer_code: text("employer_code")?,
        answer,
    })
}
