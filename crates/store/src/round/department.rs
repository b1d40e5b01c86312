//! What departments are asked in a round, and what they answer: lists, the units on them, answers.

use anyhow::Result;
use jianjia_domain::{core::ids::AccountId, round::department::DepartmentList};
use jiff::Timestamp;
use sqlx::Row;

use crate::core::{bulk, db::Tx};

mod answer;
mod asked;
mod concerned;
pub use answer::{AnswerCounts, answer, counts, silent_by_list};
pub use asked::{AskedFilter, AskedState, among, answered_of, ask, find, of_years, page};
pub use concerned::{ConcernedCounts, count_concerned, unasked};

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

#[cfg(test)]
mod tests;
