//! The reviewers' queue: applications by who holds them, filtered, counted, paged.

mod filter;

use anyhow::Result;
use jianjia_domain::{core::ids::ApplicationId, round::application::Application};
use sqlx::Row;

use self::filter::conditions;
pub(crate) use self::filter::passed;
pub use self::filter::{Filter, Hands, Scope};
use crate::{
    core::db::Tx,
    round::application::{COLUMNS, application_of},
};

jianjia_standard::keyed! {
    #[derive(Default)]
    pub enum Order {
        /// Who has waited longest comes first.
        #[default]
        Waiting = "waiting",
        Name = "name",
        Newest = "newest",
    }
}

impl Order {
    fn sql(self) -> &'static str {
        match self {
            Order::Waiting => "since_at, id",
            Order::Name => "unit_sort_key, person_name, id",
            Order::Newest => "since_at DESC, id DESC",
        }
    }
}

/// The number of applications of one title, state and step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub title: String,
    pub state: String,
    pub act: String,
    pub applications: i64,
}

/// One page of the list.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<Vec<Application>> {
    let mut conditions = conditions(tx, filter).await?;
    let offset = conditions.value(offset);
    let limit = conditions.value(limit);
    let sql = format!(
        "SELECT {COLUMNS}
         FROM application{}
         ORDER BY {}
         LIMIT {limit} OFFSET {offset}",
        conditions.sql(),
        filter.order.sql()
    );
    conditions
        .query(sql)
        .fetch_all(&mut **tx)
        .await?
        .iter()
        .map(application_of)
        .collect()
}

/// The numbers of the whole list by title, state and step.
pub async fn counts(tx: &mut Tx, filter: &Filter) -> Result<Vec<Count>> {
    let conditions = conditions(tx, filter).await?;
    let sql = format!(
        "SELECT title, state, step_act, CAST(COUNT(*) AS BIGINT) AS applications
         FROM application{}
         GROUP BY title, state, step_act
         ORDER BY title, state, step_act",
        conditions.sql()
    );
    conditions
        .query(sql)
        .fetch_all(&mut **tx)
        .await?
        .iter()
        .map(|row| {
            Ok(Count {
                title: row.try_get("title")?,
                state: row.try_get("state")?,
                act: row.try_get("step_act")?,
                applications: row.try_get("applications")?,
            })
        })
        .collect()
}

/// The previous and the next application in a list, in its order.
pub async fn neighbours(
    tx: &mut Tx,
    filter: &Filter,
    application: &Application,
) -> Result<(Option<ApplicationId>, Option<ApplicationId>)> {
    let (before, after) = match filter.order {
        Order::Waiting | Order::Name => ("<", ">"),
        Order::Newest => (">", "<"),
    };
    let before = beside(tx, filter, application, before).await?;
    let after = beside(tx, filter, application, after).await?;
    Ok((before, after))
}

/// The nearest one whose place compares so with the application's.
async fn beside(
    tx: &mut Tx,
    filter: &Filter,
    application: &Application,
    compare: &str,
) -> Result<Option<ApplicationId>> {
    let person = application.person.as_ref();
    let place = match filter.order {
        Order::Waiting | Order::Newest => vec![("since_at", application.since_at.to_string())],
        Order::Name => vec![
            ("unit_sort_key", application.unit.sort_key.clone()),
            (
                "person_name",
                person.map_or_else(String::new, |person| person.name.clone()),
            ),
        ],
    };
    let mut conditions = conditions(tx, filter).await?;
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for (column, value) in place
        .into_iter()
        .chain([("id", application.id.to_string())])
    {
        columns.push(column);
        values.push(conditions.value(value));
    }
    conditions.and(format!(
        "({}) {compare} ({})",
        columns.join(", "),
        values.join(", ")
    ));
    let way = if compare == "<" { " DESC" } else { "" };
    let order: Vec<String> = columns
        .iter()
        .map(|column| format!("{column}{way}"))
        .collect();
    let sql = format!(
        "SELECT id
         FROM application{}
         ORDER BY {}
         LIMIT 1",
        conditions.sql(),
        order.join(", ")
    );
    let row = conditions.query(sql).fetch_optional(&mut **tx).await?;
    row.map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .transpose()
}

#[cfg(test)]
mod tests;
