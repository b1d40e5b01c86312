//! Who of an office has a file in hand.

use anyhow::Result;
use jianjia_domain::{
    core::ids::{ApplicationId, UnitId},
    round::assignment::Assignment,
};
use sqlx::{Row, any::AnyRow};

use crate::core::{condition::Conditions, db::Tx};

const COLUMNS: &str = "application_id, unit_id, account_id, account_name, assigned_by, assigned_by_name, assigned_at, passed_since";

/// Keeps who has a file at an office, instead of whoever had it.
pub async fn save(tx: &mut Tx, held: &Assignment) -> Result<()> {
    sqlx::query(
        "INSERT INTO assignment (application_id, unit_id, account_id, account_name, assigned_by, assigned_by_name, assigned_at, passed_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (application_id, unit_id) DO UPDATE SET
           account_id = $3, account_name = $4, assigned_by = $5, assigned_by_name = $6, assigned_at = $7, passed_since = $8",
    )
    .bind(held.application.to_string())
    .bind(held.unit.to_string())
    .bind(held.account.to_string())
    .bind(&held.account_name)
    .bind(held.assigned_by.to_string())
    .bind(&held.assigned_by_name)
    .bind(held.assigned_at.to_string())
    .bind(held.passed_since.map_or_else(String::new, |at| at.to_string()))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nobody has the file at this office any more.
pub async fn remove(tx: &mut Tx, application: &ApplicationId, unit: &UnitId) -> Result<()> {
    sqlx::query(
        "DELETE FROM assignment
         WHERE application_id = $1 AND unit_id = $2",
    )
    .bind(application.to_string())
    .bind(unit.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who has a file at an office.
pub async fn find(
    tx: &mut Tx,
    application: &ApplicationId,
    unit: &UnitId,
) -> Result<Option<Assignment>> {
    let all = of_applications(tx, &[*application]).await?;
    Ok(all.into_iter().find(|held| held.unit == *unit))
}

/// Who has these files, at whichever office.
pub async fn of_applications(tx: &mut Tx, ids: &[ApplicationId]) -> Result<Vec<Assignment>> {
    let mut conditions = Conditions::default();
    conditions.among("application_id", ids.iter().map(ToString::to_string));
    let sql = format!(
        "SELECT {COLUMNS}
         FROM assignment{}
         ORDER BY application_id, unit_id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(assignment_of).collect()
}

fn assignment_of(row: &AnyRow) -> Result<Assignment> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let passed_since = text("passed_since")?;
    Ok(Assignment {
        application: text("application_id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        account: text("account_id")?.parse()?,
        account_name: text("account_name")?,
        assigned_by: text("assigned_by")?.parse()?,
        assigned_by_name: text("assigned_by_name")?,
        assigned_at: text("assigned_at")?.parse()?,
        passed_since: match passed_since.as_str() {
            "" => None,
            at => Some(at.parse()?),
        },
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::AccountId;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn a_file_is_in_one_person_s_hands_at_an_office_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let held = |unit: u128, name: &str, passed: Option<i64>| Assignment {
                application: ApplicationId(Uuid::from_u128(1)),
                unit: UnitId(Uuid::from_u128(unit)),
                account: AccountId(Uuid::from_u128(7)),
                account_name: name.to_owned(),
                assigned_by: AccountId(Uuid::from_u128(8)),
                assigned_by_name: "区里赵部长".to_owned(),
                assigned_at: Timestamp::from_second(1_476_000_000).unwrap(),
                passed_since: passed.map(|second| Timestamp::from_second(second).unwrap()),
            };
            let (first, other) = (held(2, "周审核", None), held(3, "李审核", None));
            for one in [&first, &other] {
                save(&mut tx, one).await.unwrap();
            }
            let later = held(2, "吴审核", Some(1_476_000_100));
            save(&mut tx, &later).await.unwrap();
            let id = first.application;
            let found = of_applications(&mut tx, &[id]).await.unwrap();
            assert_eq!(found, [later.clone(), other.clone()]);
            let at = find(&mut tx, &id, &later.unit).await.unwrap();
            assert_eq!(at, Some(later.clone()));
            remove(&mut tx, &id, &later.unit).await.unwrap();
            assert_eq!(of_applications(&mut tx, &[id]).await.unwrap(), [other]);
            assert_eq!(of_applications(&mut tx, &[]).await.unwrap(), []);
        }
    }
}
