//! What departments are asked in a round, and what they answer: lists, the units on them, answers.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{AccountId, AnswerId, DepartmentListId, UnitId},
    register::unit::Unit,
    round::department::{Answer, AnswerKind, Asked, DepartmentList},
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{
    core::{
        bulk::{self, Value},
        condition::Conditions,
        db::Tx,
        pinyin,
    },
    register::unit::{COLUMNS as UNIT_COLUMNS, unit_of},
};

/// Binds an account to the department that it answers for.
pub async fn bind(
    tx: &mut Tx,
    account: &AccountId,
    department: &str,
    now: Timestamp,
) -> Result<()> {
    let row = vec![
        account.to_string().into(),
        department.into(),
        now.to_string().into(),
    ];
    let columns = ["account_id", "department", "since_at"];
    bulk::insert(tx, "department_account", &columns, vec![row]).await
}

/// The department that an account answers for.
pub async fn of_account(tx: &mut Tx, account: &AccountId) -> Result<Option<String>> {
    let row = sqlx::query(
        "SELECT department
         FROM department_account
         WHERE account_id = $1",
    )
    .bind(account.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| row.try_get("department")).transpose()?)
}

/// The open accounts of all departments: department, account, name.
pub async fn accounts(tx: &mut Tx) -> Result<Vec<(String, AccountId, String)>> {
    let rows = sqlx::query(
        "SELECT DISTINCT d.department, a.id, a.name
         FROM department_account d
         JOIN account a ON a.id = d.account_id
         JOIN account_role r ON r.account_id = a.id AND r.role = 'department'
         WHERE a.state = 'active'
         ORDER BY d.department, a.name, a.id",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("id")?;
            Ok((
                row.try_get("department")?,
                id.parse()?,
                row.try_get("name")?,
            ))
        })
        .collect()
}

/// The units that apply in a year for one of these titles, or hold it by this year's round: of a branch and of a person the union above. In the order
/// of their names.
pub async fn concerned(tx: &mut Tx, year: i16, titles: &[String]) -> Result<Vec<Unit>> {
    let mut conditions = Conditions::default();
    conditions.equals("year", i64::from(year));
    conditions.among("title", titles.iter().map(String::as_str));
    conditions.among("state", ["under-review", "returned", "named"]);
    let columns: Vec<String> = UNIT_COLUMNS
        .split(',')
        .map(|column| format!("u.{}", column.trim()))
        .collect();
    let sql = format!(
        "WITH RECURSIVE over (id, kind, parent_id) AS (
           SELECT id, kind, parent_id FROM unit WHERE id IN (SELECT unit_id FROM application{})
           UNION
           SELECT u.id, u.kind, u.parent_id FROM unit u JOIN over o ON u.id = o.parent_id WHERE o.kind = 'branch'
         )
         SELECT {}
         FROM unit u
         JOIN over o ON o.id = u.id
         WHERE u.kind <> 'branch' AND u.state = 'active'
         ORDER BY u.sort_key, u.id",
        conditions.sql(),
        columns.join(", ")
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(unit_of).collect()
}

pub async fn insert_list(tx: &mut Tx, list: &DepartmentList, by: &AccountId) -> Result<()> {
    let columns = [
        "id",
        "year",
        "department",
        "number",
        "due_on",
        "sent_by",
        "sent_by_name",
        "sent_at",
    ];
    let row = vec![
        list.id.to_string().into(),
        i64::from(list.year).into(),
        list.department.clone().into(),
        list.number.into(),
        list.due_on.to_string().into(),
        by.to_string().into(),
        list.sent_by_name.clone().into(),
        list.sent_at.to_string().into(),
    ];
    bulk::insert(tx, "department_list", &columns, vec![row]).await
}

/// The lists of a year, by department and in the order in which they were sent.
pub async fn lists(tx: &mut Tx, year: i16) -> Result<Vec<DepartmentList>> {
    let rows = sqlx::query(
        "SELECT id, year, department, number, due_on, sent_by_name, sent_at
         FROM department_list
         WHERE year = $1
         ORDER BY department, number",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            Ok(DepartmentList {
                id: text("id")?.parse()?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                department: text("department")?,
                number: row.try_get("number")?,
                due_on: text("due_on")?.parse()?,
                sent_by_name: text("sent_by_name")?,
                sent_at: text("sent_at")?.parse()?,
            })
        })
        .collect()
}

/// Puts units on a list.
pub async fn ask(tx: &mut Tx, asked: &[Asked]) -> Result<()> {
    put(tx, asked.iter().map(|asked| (asked, String::new()))).await
}

/// Puts units on a list with what was answered for them, many at once; the ids are those of the answers.
pub async fn ask_answered(tx: &mut Tx, asked: &[(AnswerId, Asked)]) -> Result<()> {
    let mut answers = Vec::new();
    for (id, asked) in asked {
        let place = (asked.year, asked.department.as_str(), &asked.unit);
        let answer = asked.answer.as_ref();
        answers.extend(answer.map(|answer| answer_row(id, place, answer)));
    }
    bulk::insert(tx, "department_answer", &ANSWER_COLUMNS, answers).await?;
    let rows = asked.iter().map(|(id, asked)| match asked.answer {
        Some(_) => (asked, id.to_string()),
        None => (asked, String::new()),
    });
    put(tx, rows).await
}

async fn put<'a>(tx: &mut Tx, asked: impl Iterator<Item = (&'a Asked, String)>) -> Result<()> {
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
        "answer_id",
    ];
    let rows = asked.map(|(asked, answer)| {
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
            answer.into(),
        ]
    });
    bulk::insert(tx, "department_asked", &columns, rows.collect()).await
}

/// Keeps an answer, which is the newest from now on; false when the unit is not on the list.
pub async fn answer(
    tx: &mut Tx,
    id: &AnswerId,
    (year, department, unit): (i16, &str, &UnitId),
    answer: &Answer,
) -> Result<bool> {
    let row = answer_row(id, (year, department, unit), answer);
    bulk::insert(tx, "department_answer", &ANSWER_COLUMNS, vec![row]).await?;
    let done = sqlx::query(
        "UPDATE department_asked
         SET answer_id = $4
         WHERE year = $1 AND department = $2 AND unit_id = $3",
    )
    .bind(i64::from(year))
    .bind(department.to_owned())
    .bind(unit.to_string())
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

const ANSWER_COLUMNS: [&str; 9] = [
    "id",
    "year",
    "department",
    "unit_id",
    "answer",
    "answered_by",
    "answered_by_name",
    "entered_by_name",
    "answered_at",
];

fn answer_row(
    id: &AnswerId,
    (year, department, unit): (i16, &str, &UnitId),
    answer: &Answer,
) -> Vec<Value> {
    let by = answer.by.map_or_else(String::new, |by| by.to_string());
    vec![
        id.to_string().into(),
        i64::from(year).into(),
        department.into(),
        unit.to_string().into(),
        answer.kind.key().into(),
        by.into(),
        answer.by_name.clone().into(),
        answer.entered_by_name.clone().into(),
        answer.at.to_string().into(),
    ]
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
     q.list_id, a.answer, a.answered_by, a.answered_by_name, a.entered_by_name, a.answered_at";

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
        AskedState::Silent => conditions.equals("q.answer_id", ""),
        AskedState::Answered(kind) => conditions.equals("a.answer", kind.key()),
    }
    if !filter.name.trim().is_empty() {
        let called = pinyin::called(&mut conditions, "q.unit_name", "q.sort_key", &filter.name);
        conditions.and(called);
    }
    let from = "department_asked q LEFT JOIN department_answer a ON a.id = q.answer_id";
    let where_sql = conditions.sql();
    let count = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {from}{where_sql}");
    let total: i64 = conditions
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let limit = conditions.value(limit);
    let offset = conditions.value(offset);
    let sql = format!(
        "SELECT {COLUMNS}
         FROM {from}{where_sql}
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

/// How many units a department was asked about and how it answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnswerCounts {
    pub asked: i64,
    pub clear: i64,
    pub in_state: i64,
    pub unknown: i64,
}

impl AnswerCounts {
    /// What it said nothing of.
    pub fn silent(&self) -> i64 {
        self.asked - self.clear - self.in_state - self.unknown
    }
}

/// The counts of a year by department.
pub async fn counts(tx: &mut Tx, year: i16) -> Result<Vec<(String, AnswerCounts)>> {
    let rows = sqlx::query(
        "SELECT q.department, COALESCE(a.answer, '') AS answer, CAST(COUNT(*) AS BIGINT) AS units
         FROM department_asked q
         LEFT JOIN department_answer a ON a.id = q.answer_id
         WHERE q.year = $1
         GROUP BY q.department, COALESCE(a.answer, '')
         ORDER BY q.department",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    let mut found: Vec<(String, AnswerCounts)> = Vec::new();
    for row in &rows {
        let (department, answer): (String, String) =
            (row.try_get("department")?, row.try_get("answer")?);
        let units: i64 = row.try_get("units")?;
        if found.last().is_none_or(|(last, _)| *last != department) {
            found.push((department, AnswerCounts::default()));
        }
        let Some((_, counts)) = found.last_mut() else {
            continue;
        };
        counts.asked += units;
        match AnswerKind::from_key(&answer) {
            Some(AnswerKind::Clear) => counts.clear += units,
            Some(AnswerKind::InState) => counts.in_state += units,
            Some(AnswerKind::Unknown) => counts.unknown += units,
            None => {}
        }
    }
    Ok(found)
}

/// The units on a department's lists of a year.
pub async fn units(tx: &mut Tx, year: i16) -> Result<Vec<(String, UnitId)>> {
    let rows = sqlx::query(
        "SELECT department, unit_id
         FROM department_asked
         WHERE year = $1",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let unit: String = row.try_get("unit_id")?;
            Ok((row.try_get("department")?, unit.parse()?))
        })
        .collect()
}

/// The years in which a department was asked, the newest first.
pub async fn years(tx: &mut Tx, department: &str) -> Result<Vec<i16>> {
    let rows = sqlx::query(
        "SELECT DISTINCT year
         FROM department_list
         WHERE department = $1
         ORDER BY year DESC",
    )
    .bind(department.to_owned())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(i16::try_from(row.try_get::<i64, _>("year")?)?))
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

#[cfg(test)]
mod tests;
