//! Keys by which names are sorted and found, kept beside the names: made anew when a release makes them otherwise.

use anyhow::Result;
use sqlx::{AssertSqlSafe, Row};

use crate::core::{changed::Changed, db::Tx};

/// Table, its key, the name, and the key made of the name.
const KEYS: &[[&str; 4]] = &[
    ["unit", "id", "name", "sort_key"],
    ["person", "id", "name", "sort_key"],
    ["account", "id", "name", "sort_key"],
    ["division", "code", "name", "sort_key"],
    ["honour", "id", "holder_name", "holder_sort_key"],
    ["application", "id", "unit_name", "unit_sort_key"],
    ["shared_case", "id", "title", "title_sort_key"],
    ["shared_case", "id", "unit_name", "unit_sort_key"],
];

/// The counter that holds the form in which all keys are.
const FORM: &str = "sort-key-form";

/// The form in which all keys are; 0 before there was one.
pub async fn form(tx: &mut Tx) -> Result<i64> {
    let row = sqlx::query(
        "SELECT value
         FROM counter
         WHERE name = $1",
    )
    .bind(FORM)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row
        .map(|row| row.try_get("value"))
        .transpose()?
        .unwrap_or(0))
}

/// Makes every key anew that is not what its name gives now, and notes the form. Returns how many were.
pub async fn renew(
    tx: &mut Tx,
    form: i64,
    key_of: &(dyn Fn(&str) -> String + Send + Sync),
) -> Result<u64> {
    let mut renewed = 0;
    for [table, id, name, key] in KEYS {
        let rows = sqlx::query(AssertSqlSafe(format!(
            "SELECT {id} AS id, {name} AS name, {key} AS sort_key
             FROM {table}"
        )))
        .fetch_all(&mut **tx)
        .await?;
        for row in rows {
            let (id_of, name): (String, String) = (row.try_get("id")?, row.try_get("name")?);
            let made = key_of(&name);
            if made == row.try_get::<String, _>("sort_key")? {
                continue;
            }
            sqlx::query(AssertSqlSafe(format!(
                "UPDATE {table}
                 SET {key} = $1
                 WHERE {id} = $2"
            )))
            .bind(made)
            .bind(id_of)
            .execute(&mut **tx)
            .await?;
            renewed += 1;
        }
    }
    if renewed > 0 {
        tx.changed = Changed::Everywhere;
    }
    sqlx::query(
        "INSERT INTO counter (name, value) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET value = $2",
    )
    .bind(FORM)
    .bind(form)
    .execute(&mut **tx)
    .await?;
    Ok(renewed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        register::division::{self, Division},
        testing,
    };

    #[tokio::test]
    async fn keys_of_an_earlier_form_are_made_anew_once_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            assert_eq!(form(&mut tx).await.unwrap(), 0);
            let known = |code: &str, sort_key: &str| Division {
                code: code.to_owned(),
                parent_code: String::new(),
                level: "district".to_owned(),
                name: code.to_owned(),
                sort_key: sort_key.to_owned(),
            };
            let divisions = [known("a", "old"), known("b", "key b")];
            division::set(&mut tx, &divisions).await.unwrap();
            let key_of = |name: &str| format!("key {name}");
            assert_eq!(renew(&mut tx, 2, &key_of).await.unwrap(), 1);
            assert_eq!(form(&mut tx).await.unwrap(), 2);
            assert_eq!(renew(&mut tx, 3, &key_of).await.unwrap(), 0);
            assert_eq!(form(&mut tx).await.unwrap(), 3);
            let all = division::all(&mut tx).await.unwrap();
            assert_eq!(all, [known("a", "key a"), known("b", "key b")]);
        }
    }
}
