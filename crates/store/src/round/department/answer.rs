//! What departments answer, and how much of it there is.

use std::collections::HashMap;

use anyhow::Result;
use jianjia_domain::{
    core::ids::{AnswerId, DepartmentListId, UnitId},
    round::department::{Answer, AnswerKind},
};
use sqlx::Row;

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

/// Keeps answers of a department, each the newest of its unit from now on, the later of two of one unit; false when a unit is not on its list.
pub async fn answer(
    tx: &mut Tx,
    (year, department): (i16, &str),
    answers: &[(AnswerId, UnitId, Answer)],
) -> Result<bool> {
    let columns = [
        "id",
        "year",
        "department",
        "unit_id",
        "answer",
        "answered_by",
        "answered_by_name",
        "entered_by_name",
        "answered_at",
        "note",
    ];
    let rows = answers.iter().map(|(id, unit, answer)| -> Vec<Value> {
        let by = answer.by.map_or_else(String::new, |by| by.to_string());
        vec![
            id.to_string().into(),
            i64::from(year).into(),
            department.into(),
            unit.to_string().into(),
            answer.kind.key().into(),
            by.into(),
            answer.by_name.as_str().into(),
            answer.entered_by_name.as_str().into(),
            answer.at.to_string().into(),
            answer.note.as_str().into(),
        ]
    });
    bulk::insert(tx, "department_answer", &columns, rows.collect()).await?;
    let newest: HashMap<UnitId, (AnswerId, AnswerKind)> = answers
        .iter()
        .map(|(id, unit, answer)| (*unit, (*id, answer.kind)))
        .collect();
    let count = newest.len();
    let rows = newest.into_iter().map(|(unit, (id, kind))| {
        vec![
            unit.to_string().into(),
            id.to_string().into(),
            kind.key().into(),
        ]
    });
    let sql = "UPDATE department_asked
               SET answer_id = given.column2, answer = given.column3
               FROM (VALUES {rows}) AS given
               WHERE department_asked.year = $1 AND department_asked.department = $2 AND department_asked.unit_id = given.column1";
    let first = [i64::from(year).into(), department.into()];
    let changed = bulk::update(tx, sql, &first, rows.collect()).await?;
    Ok(usize::try_from(changed)? == count)
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
        "SELECT department, answer, CAST(COUNT(*) AS BIGINT) AS units
         FROM department_asked
         WHERE year = $1
         GROUP BY department, answer
         ORDER BY department",
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

/// How many units of each list of a year are not answered for: each list has its own last day.
pub async fn silent_by_list(tx: &mut Tx, year: i16) -> Result<Vec<(DepartmentListId, i64)>> {
    let rows = sqlx::query(
        "SELECT list_id, CAST(COUNT(*) AS BIGINT) AS units
         FROM department_asked
         WHERE year = $1 AND answer = ''
         GROUP BY list_id
         ORDER BY list_id",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let list: String = row.try_get("list_id")?;
            Ok((list.parse()?, row.try_get("units")?))
        })
        .collect()
}
