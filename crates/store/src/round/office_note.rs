//! What the offices note on a file for themselves: appended, never changed.

use anyhow::Result;
use jianjia_domain::{core::ids::ApplicationId, round::assignment::OfficeNote};
use sqlx::Row;

use crate::core::db::Tx;

pub async fn insert(tx: &mut Tx, note: &OfficeNote) -> Result<()> {
    sqlx::query(
        "INSERT INTO office_note (id, application_id, note, unit_id, unit_name, account_id, account_name, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(note.id.to_string())
    .bind(note.application.to_string())
    .bind(&note.note)
    .bind(note.unit.to_string())
    .bind(&note.unit_name)
    .bind(note.account.to_string())
    .bind(&note.account_name)
    .bind(note.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The notes on an application, in the order in which they were written.
pub async fn of_application(tx: &mut Tx, application: &ApplicationId) -> Result<Vec<OfficeNote>> {
    let rows = sqlx::query(
        "SELECT id, application_id, note, unit_id, unit_name, account_id, account_name, at
         FROM office_note
         WHERE application_id = $1
         ORDER BY id",
    )
    .bind(application.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            Ok(OfficeNote {
                id: text("id")?.parse()?,
                application: text("application_id")?.parse()?,
                note: text("note")?,
                unit: text("unit_id")?.parse()?,
                unit_name: text("unit_name")?,
                account: text("account_id")?.parse()?,
                account_name: text("account_name")?,
                at: text("at")?.parse()?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::{AccountId, OfficeNoteId, UnitId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn notes_are_added_and_come_back_in_order_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let note = |number: u128, application: u128| OfficeNote {
                id: OfficeNoteId(Uuid::from_u128(number)),
                application: ApplicationId(Uuid::from_u128(application)),
                note: format!("第 {number} 条"),
                unit: UnitId(Uuid::from_u128(2)),
                unit_name: "天宁区总工会".to_owned(),
                account: AccountId(Uuid::from_u128(3)),
                account_name: "周审核".to_owned(),
                at: Timestamp::from_second(1_476_000_000).unwrap(),
            };
            let (first, second) = (note(1, 10), note(2, 10));
            for one in [&second, &note(3, 11), &first] {
                insert(&mut tx, one).await.unwrap();
            }
            let found = of_application(&mut tx, &first.application).await.unwrap();
            assert_eq!(found, [first, second]);
        }
    }
}
