//! Where applications were shown in their units before they were handed in.

use anyhow::Result;
use jianjia_domain::{core::ids::ApplicationId, round::posting::Posting};
use sqlx::Row;

use crate::core::db::Tx;

/// Keeps what the union says last.
pub async fn set(tx: &mut Tx, posting: &Posting) -> Result<()> {
    sqlx::query(
        "INSERT INTO posting (application_id, from_on, to_on, place, said_by, said_by_name, said_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (application_id) DO UPDATE
         SET from_on = excluded.from_on, to_on = excluded.to_on, place = excluded.place,
             said_by = excluded.said_by, said_by_name = excluded.said_by_name, said_at = excluded.said_at",
    )
    .bind(posting.application.to_string())
    .bind(posting.from_on.to_string())
    .bind(posting.to_on.to_string())
    .bind(posting.place.clone())
    .bind(posting.said_by.to_string())
    .bind(posting.said_by_name.clone())
    .bind(posting.said_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn find(tx: &mut Tx, application: &ApplicationId) -> Result<Option<Posting>> {
    let row = sqlx::query(
        "SELECT from_on, to_on, place, said_by, said_by_name, said_at
         FROM posting
         WHERE application_id = $1",
    )
    .bind(application.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let text = |column: &str| row.try_get::<String, _>(column);
        Ok(Posting {
            application: *application,
            from_on: text("from_on")?.parse()?,
            to_on: text("to_on")?.parse()?,
            place: text("place")?,
            said_by: text("said_by")?.parse()?,
            said_by_name: text("said_by_name")?,
            said_at: text("said_at")?.parse()?,
        })
    })
    .transpose()
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::AccountId;
    use jiff::{Timestamp, civil::date};
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn what_was_said_last_is_kept_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let id = ApplicationId(Uuid::from_u128(1));
            assert_eq!(find(&mut tx, &id).await.unwrap(), None);
            let said = |day: i8| Posting {
                application: id,
                from_on: date(2016, 10, day),
                to_on: date(2016, 10, day + 7),
                place: "厂门口".to_owned(),
                said_by: AccountId(Uuid::from_u128(2)),
                said_by_name: "陈主席".to_owned(),
                said_at: Timestamp::from_second(1_476_000_000).unwrap(),
            };
            for day in [10, 11] {
                set(&mut tx, &said(day)).await.unwrap();
            }
            assert_eq!(find(&mut tx, &id).await.unwrap(), Some(said(11)));
        }
    }
}
