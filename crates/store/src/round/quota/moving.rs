//! Places that moved on from one federation to another.

use anyhow::Result;
use jianjia_domain::round::quota::QuotaMove;
use sqlx::{Row, any::AnyRow};

use crate::core::db::Tx;

pub async fn insert(tx: &mut Tx, moved: &QuotaMove) -> Result<()> {
    sqlx::query(
        "INSERT INTO quota_move (id, year, title, from_unit_id, to_unit_id, places, reason, moved_by, moved_by_name, moved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(moved.id.to_string())
    .bind(i64::from(moved.year))
    .bind(&moved.title)
    .bind(moved.from.to_string())
    .bind(moved.to.to_string())
    .bind(moved.places)
    .bind(&moved.reason)
    .bind(&moved.moved_by)
    .bind(&moved.moved_by_name)
    .bind(moved.moved_at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The moves of a year, the newest first.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<QuotaMove>> {
    sqlx::query(
        "SELECT id, year, title, from_unit_id, to_unit_id, places, reason, moved_by, moved_by_name, moved_at
         FROM quota_move
         WHERE year = $1
         ORDER BY moved_at DESC, id DESC",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(move_of)
    .collect()
}

fn move_of(row: &AnyRow) -> Result<QuotaMove> {
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(QuotaMove {
        id: text("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        title: text("title")?,
        from: text("from_unit_id")?.parse()?,
        to: text("to_unit_id")?.parse()?,
        places: row.try_get("places")?,
        reason: text("reason")?,
        moved_by: text("moved_by")?,
        moved_by_name: text("moved_by_name")?,
        moved_at: text("moved_at")?.parse()?,
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::{QuotaMoveId, UnitId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn moves_are_read_newest_first_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let moved = |number: u128| QuotaMove {
                id: QuotaMoveId(Uuid::from_u128(number)),
                year: 2016,
                title: "trusted-home".to_owned(),
                from: UnitId(Uuid::from_u128(1)),
                to: UnitId(Uuid::from_u128(2)),
                places: 2,
                reason: "候选多".to_owned(),
                moved_by: "a".to_owned(),
                moved_by_name: "钱主任".to_owned(),
                moved_at: Timestamp::from_second(1_479_000_000 + i64::try_from(number).unwrap())
                    .unwrap(),
            };
            for number in [1, 2] {
                insert(&mut tx, &moved(number)).await.unwrap();
            }
            let found = of_year(&mut tx, 2016).await.unwrap();
            assert_eq!(found, [moved(2), moved(1)]);
            assert_eq!(of_year(&mut tx, 2017).await.unwrap(), []);
        }
    }
}
