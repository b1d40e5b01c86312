//! What was answered about candidates, of what the rules on a list's structure count.

use std::collections::BTreeMap;

use anyhow::Result;
use jianjia_domain::core::ids::ApplicationId;
use jiff::Timestamp;
use sqlx::Row;

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

/// The answers of these applications, by application: the property's key and the choice's.
pub async fn of_applications(
    tx: &mut Tx,
    applications: &[ApplicationId],
) -> Result<BTreeMap<ApplicationId, Vec<(String, String)>>> {
    let sql = "SELECT application_id, property, choice
               FROM application_property
               WHERE application_id IN ({words})";
    let ids = applications.iter().map(ToString::to_string);
    let mut found: BTreeMap<ApplicationId, Vec<(String, String)>> = BTreeMap::new();
    for row in bulk::select(tx, sql, &[], ids).await? {
        let id: ApplicationId = row.try_get::<String, _>("application_id")?.parse()?;
        let answer = (row.try_get("property")?, row.try_get("choice")?);
        found.entry(id).or_default().push(answer);
    }
    for answers in found.values_mut() {
        answers.sort();
    }
    Ok(found)
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub application: ApplicationId,
    pub property: String,
    pub choice: String,
    pub account: String,
    pub name: String,
    pub at: Timestamp,
}

const COLUMNS: [&str; 6] = [
    "application_id",
    "property",
    "choice",
    "said_by",
    "said_by_name",
    "said_at",
];

fn values(said: &Said) -> Vec<Value> {
    vec![
        said.application.to_string().into(),
        said.property.as_str().into(),
        said.choice.as_str().into(),
        said.account.as_str().into(),
        said.name.as_str().into(),
        said.at.to_string().into(),
    ]
}

/// Keeps answers that nobody gave before.
pub async fn insert_many(tx: &mut Tx, said: &[Said]) -> Result<()> {
    let rows = said.iter().map(values).collect();
    bulk::insert(tx, "application_property", &COLUMNS, rows).await
}

/// Keeps answers about an application; an empty choice takes one back.
pub async fn say(
    tx: &mut Tx,
    application: &ApplicationId,
    answers: &[(String, String)],
    (account, name): (&str, &str),
    at: Timestamp,
) -> Result<()> {
    let rows = |kept: bool| {
        answers
            .iter()
            .filter(move |(_, choice)| choice.is_empty() != kept)
    };
    let said = rows(true).map(|(property, choice)| {
        values(&Said {
            application: *application,
            property: property.clone(),
            choice: choice.clone(),
            account: account.to_owned(),
            name: name.to_owned(),
            at,
        })
    });
    let (table, keys) = ("application_property", ["application_id", "property"]);
    bulk::upsert(tx, table, &keys, &COLUMNS, said.collect()).await?;
    for (property, _) in rows(false) {
        sqlx::query(
            "DELETE FROM application_property
             WHERE application_id = $1 AND property = $2",
        )
        .bind(application.to_string())
        .bind(property.clone())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn answers_are_kept_changed_and_taken_back_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let [one, other] = [1, 2].map(|number| ApplicationId(Uuid::from_u128(number)));
            let answer = |property: &str, choice: &str| (property.to_owned(), choice.to_owned());
            let by = ("a", "王主席");
            let now = Timestamp::UNIX_EPOCH;
            let first = [answer("ownership", "private"), answer("work", "front-line")];
            say(&mut tx, &one, &first, by, now).await.unwrap();
            let second = [answer("ownership", "state"), answer("work", "")];
            say(&mut tx, &one, &second, by, now).await.unwrap();
            let found = of_applications(&mut tx, &[one, other]).await.unwrap();
            let of_one = (one, vec![answer("ownership", "state")]);
            assert_eq!(found, BTreeMap::from([of_one.clone()]));
            let said = Said {
                application: other,
                property: "work".to_owned(),
                choice: "leader".to_owned(),
                account: String::new(),
                name: String::new(),
                at: now,
            };
            insert_many(&mut tx, &[said]).await.unwrap();
            let found = of_applications(&mut tx, &[one, other]).await.unwrap();
            let of_other = (other, vec![answer("work", "leader")]);
            assert_eq!(found, BTreeMap::from([of_one, of_other]));
        }
    }
}
