//! The numbers by which applications that were handed in are named on the telephone.

use anyhow::Result;
use jianjia_domain::core::ids::ApplicationId;
use sqlx::Row;

use crate::core::{counter, db::Tx};

/// Gives an application that is handed in for the first time the next number of its year.
pub async fn give(tx: &mut Tx, application: &ApplicationId, year: i16) -> Result<i64> {
    let number = counter::next_numbers(tx, &format!("receipt:{year}"), 1).await?;
    sqlx::query(
        "INSERT INTO receipt (application_id, year, number)
         VALUES ($1, $2, $3)",
    )
    .bind(application.to_string())
    .bind(i64::from(year))
    .bind(number)
    .execute(&mut **tx)
    .await?;
    Ok(number)
}

/// An application's number in its year; none where it was handed in before numbers were given.
pub async fn find(tx: &mut Tx, application: &ApplicationId) -> Result<Option<i64>> {
    let row = sqlx::query(
        "SELECT number
         FROM receipt
         WHERE application_id = $1",
    )
    .bind(application.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| Ok(row.try_get("number")?)).transpose()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn numbers_are_unique_in_a_year_and_stay_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let id = |number: u128| ApplicationId(Uuid::from_u128(number));
            assert_eq!(find(&mut tx, &id(1)).await.unwrap(), None);
            let mut given = Vec::new();
            for (number, year) in [(1, 2016), (2, 2016), (3, 2017)] {
                given.push(give(&mut tx, &id(number), year).await.unwrap());
            }
            assert_eq!(given, [1, 2, 1]);
            assert_eq!(find(&mut tx, &id(2)).await.unwrap(), Some(2));
        }
    }
}
