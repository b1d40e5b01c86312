//! Shares of a federation's places that townships have, and for which titles the city opened that.

use anyhow::Result;
use jianjia_domain::{
    core::{ids::UnitId, place::subtree},
    round::{application::Application, quota::QuotaShare},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::{
    core::db::Tx,
    round::application::{COLUMNS, application_of},
};

/// The titles of a year whose places may be split, with the revision of that setting.
pub async fn openings(tx: &mut Tx, year: i16) -> Result<Vec<(String, bool, i64)>> {
    sqlx::query(
        "SELECT title, is_open, revision
         FROM quota_opening
         WHERE year = $1
         ORDER BY title",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(|row| {
        let is_open: i64 = row.try_get("is_open")?;
        Ok((
            row.try_get("title")?,
            is_open == 1,
            row.try_get("revision")?,
        ))
    })
    .collect()
}

pub async fn is_open(tx: &mut Tx, year: i16, title: &str) -> Result<bool> {
    let openings = openings(tx, year).await?;
    Ok(openings
        .iter()
        .any(|(opened, is_open, _)| opened == title && *is_open))
}

/// Opens the places of a title for splitting, or ends that.
pub async fn open(tx: &mut Tx, year: i16, title: &str, is_open: bool) -> Result<()> {
    sqlx::query(
        "INSERT INTO quota_opening (year, title, is_open, revision)
         VALUES ($1, $2, $3, 1)
         ON CONFLICT (year, title) DO UPDATE SET
           is_open = excluded.is_open,
           revision = quota_opening.revision + 1",
    )
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(i64::from(is_open))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

const SHARE: &str = "year, title, unit_id, unit_path, federation_id, places, revision";

pub async fn find(
    tx: &mut Tx,
    year: i16,
    title: &str,
    unit: &UnitId,
) -> Result<Option<QuotaShare>> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {SHARE}
         FROM quota_share
         WHERE year = $1 AND title = $2 AND unit_id = $3"
    )))
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(unit.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| share_of(&row)).transpose()
}

/// All shares of a year.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<QuotaShare>> {
    sqlx::query(AssertSqlSafe(format!(
        "SELECT {SHARE}
         FROM quota_share
         WHERE year = $1
         ORDER BY title, unit_path"
    )))
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(share_of)
    .collect()
}

/// Saves a share. Returns false and changes nothing if somebody else saved it meanwhile.
pub async fn save(tx: &mut Tx, share: &QuotaShare) -> Result<bool> {
    let saved = sqlx::query(
        "INSERT INTO quota_share (year, title, unit_id, unit_path, federation_id, places, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (year, title, unit_id) DO UPDATE SET
           unit_path = excluded.unit_path,
           federation_id = excluded.federation_id,
           places = excluded.places,
           revision = excluded.revision
         WHERE quota_share.revision = excluded.revision - 1",
    )
    .bind(i64::from(share.year))
    .bind(&share.title)
    .bind(share.unit.to_string())
    .bind(&share.unit_path)
    .bind(share.federation.to_string())
    .bind(share.places)
    .bind(share.revision)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(saved == 1)
}

/// A share is taken back: the unit is limited no more.
pub async fn remove(tx: &mut Tx, year: i16, title: &str, unit: &UnitId) -> Result<()> {
    sqlx::query(
        "DELETE FROM quota_share
         WHERE year = $1 AND title = $2 AND unit_id = $3",
    )
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(unit.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The applications for a title and year from the subtree of `path` that are on their way or through it.
pub async fn handed_in_below(
    tx: &mut Tx,
    year: i16,
    title: &str,
    path: &str,
) -> Result<Vec<Application>> {
    let (lower, upper) = subtree(path);
    sqlx::query(AssertSqlSafe(format!(
        "SELECT {COLUMNS}
         FROM application
         WHERE year = $1 AND title = $2 AND unit_path >= $3 AND unit_path < $4 AND state NOT IN ('draft', 'withdrawn')
         ORDER BY id"
    )))
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(lower)
    .bind(upper)
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(application_of)
    .collect()
}

fn share_of(row: &AnyRow) -> Result<QuotaShare> {
    Ok(QuotaShare {
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        title: row.try_get("title")?,
        federation: row.try_get::<String, _>("federation_id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        places: row.try_get("places")?,
        revision: row.try_get("revision")?,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        round::application::{self, tests::example},
        testing,
    };

    fn share(revision: i64, places: i64) -> QuotaShare {
        QuotaShare {
            year: 2016,
            title: "trusted-home".to_owned(),
            federation: UnitId(Uuid::from_u128(2)),
            unit: UnitId(Uuid::from_u128(3)),
            unit_path: "/1/2/3/".to_owned(),
            places,
            revision,
        }
    }

    #[tokio::test]
    async fn shares_are_kept_changed_and_taken_back_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            assert!(save(&mut tx, &share(1, 2)).await.unwrap());
            assert!(!save(&mut tx, &share(1, 4)).await.unwrap());
            assert!(save(&mut tx, &share(2, 3)).await.unwrap());
            let unit = share(1, 0).unit;
            let found = find(&mut tx, 2016, "trusted-home", &unit).await.unwrap();
            assert_eq!(found, Some(share(2, 3)));
            assert_eq!(of_year(&mut tx, 2016).await.unwrap(), [share(2, 3)]);
            remove(&mut tx, 2016, "trusted-home", &unit).await.unwrap();
            let found = find(&mut tx, 2016, "trusted-home", &unit).await.unwrap();
            assert_eq!(found, None);
        }
    }

    #[tokio::test]
    async fn a_title_is_opened_for_splitting_and_closed_again_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            assert!(!is_open(&mut tx, 2016, "trusted-home").await.unwrap());
            open(&mut tx, 2016, "trusted-home", true).await.unwrap();
            assert!(is_open(&mut tx, 2016, "trusted-home").await.unwrap());
            assert!(!is_open(&mut tx, 2017, "trusted-home").await.unwrap());
            open(&mut tx, 2016, "trusted-home", false).await.unwrap();
            let openings = openings(&mut tx, 2016).await.unwrap();
            assert_eq!(openings, [("trusted-home".to_owned(), false, 2)]);
        }
    }

    #[tokio::test]
    async fn what_was_handed_in_below_a_unit_is_found_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let mut one = example(7);
            one.title = "trusted-home".to_owned();
            application::insert(&mut tx, &one).await.unwrap();
            let below = async |tx: &mut Tx, path: &str| {
                let found = handed_in_below(tx, 2016, "trusted-home", path).await;
                found.unwrap().len()
            };
            assert_eq!(below(&mut tx, &one.unit.path).await, 1);
            assert_eq!(below(&mut tx, "/999/").await, 0);
        }
    }
}
