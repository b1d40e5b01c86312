//! Quotas: how many candidates a federation may recommend for a title in a year, and how many it has recommended.

use anyhow::Result;
use jianjia_domain::{core::ids::UnitId, round::recommendation::Quota};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{condition::Conditions, db::Tx};

pub mod moving;
pub mod sharing;

pub async fn find(tx: &mut Tx, year: i16, title: &str, unit: &UnitId) -> Result<Option<Quota>> {
    let row = sqlx::query(
        "SELECT year, title, unit_id, unit_path, places, returned, moved, closed_at, revision
         FROM quota
         WHERE year = $1 AND title = $2 AND unit_id = $3",
    )
    .bind(i64::from(year))
    .bind(title.to_owned())
    .bind(unit.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| quota_of(&row)).transpose()
}

/// All quotas of a year, by title and path.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<Quota>> {
    sqlx::query(
        "SELECT year, title, unit_id, unit_path, places, returned, moved, closed_at, revision
         FROM quota
         WHERE year = $1
         ORDER BY title, unit_path",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(quota_of)
    .collect()
}

/// Saves a quota. Returns false and changes nothing if somebody else saved it meanwhile.
pub async fn save(tx: &mut Tx, quota: &Quota) -> Result<bool> {
    let saved = sqlx::query(
        "INSERT INTO quota (year, title, unit_id, unit_path, places, returned, moved, closed_at, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (year, title, unit_id) DO UPDATE SET
           places = excluded.places,
           returned = excluded.returned,
           moved = excluded.moved,
           closed_at = excluded.closed_at,
           revision = excluded.revision
         WHERE quota.revision = excluded.revision - 1",
    )
    .bind(i64::from(quota.year))
    .bind(&quota.title)
    .bind(quota.unit.to_string())
    .bind(&quota.unit_path)
    .bind(quota.places)
    .bind(quota.returned)
    .bind(quota.moved)
    .bind(quota.closed_at.map(|at| at.to_string()))
    .bind(quota.revision)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(saved == 1)
}

/// The number of applications that a federation currently recommends for a title and year; a recommendation that was undone does not count.
pub async fn used(tx: &mut Tx, year: i16, title: &str, unit: &UnitId) -> Result<i64> {
    let row = sqlx::query(
        "SELECT CAST(COUNT(*) AS BIGINT) AS used
         FROM application
         WHERE recommended_by = $1 AND year = $2 AND title = $3",
    )
    .bind(unit.to_string())
    .bind(i64::from(year))
    .bind(title.to_owned())
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get("used")?)
}

/// What applications take no place any more that their federation recommended.
const TAKE_NONE: &str = "'rejected', 'withdrawn'";

/// The number of applications that take one of a federation's places for a title and year: those it recommends that nobody turned down.
pub async fn taken(tx: &mut Tx, year: i16, title: &str, unit: &UnitId) -> Result<i64> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT CAST(COUNT(*) AS BIGINT) AS taken
         FROM application
         WHERE recommended_by = $1 AND year = $2 AND title = $3 AND state NOT IN ({TAKE_NONE})"
    )))
    .bind(unit.to_string())
    .bind(i64::from(year))
    .bind(title.to_owned())
    .fetch_one(&mut **tx)
    .await?;
    Ok(row.try_get("taken")?)
}

/// The same for all federations and titles of a year: title, federation, number.
pub async fn taken_of_year(tx: &mut Tx, year: i16) -> Result<Vec<(String, UnitId, i64)>> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT title, recommended_by, CAST(COUNT(*) AS BIGINT) AS number
         FROM application
         WHERE recommended_by IS NOT NULL AND year = $1 AND state NOT IN ({TAKE_NONE})
         GROUP BY title, recommended_by
         ORDER BY title, recommended_by"
    )))
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(number_of).collect()
}

/// How many applications each federation recommends in a year: title, federation, number.
pub async fn used_of_year(tx: &mut Tx, year: i16) -> Result<Vec<(String, UnitId, i64)>> {
    sqlx::query(
        "SELECT title, recommended_by, CAST(COUNT(*) AS BIGINT) AS number
         FROM application
         WHERE recommended_by IS NOT NULL AND year = $1
         GROUP BY title, recommended_by
         ORDER BY title, recommended_by",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(number_of)
    .collect()
}

fn number_of(row: &AnyRow) -> Result<(String, UnitId, i64)> {
    Ok((
        row.try_get("title")?,
        row.try_get::<String, _>("recommended_by")?.parse()?,
        row.try_get("number")?,
    ))
}

/// A unit that counts for the proposal of places: where it stands, and what the register says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub path: String,
    pub workers: Option<i64>,
    pub members: Option<i64>,
}

/// The active units of these kinds, in no order.
pub async fn counted(tx: &mut Tx, kinds: &[&str]) -> Result<Vec<Counted>> {
    let mut conditions = Conditions::default();
    conditions.equals("state", "active");
    conditions.among("kind", kinds.iter().copied());
    let sql = format!(
        "SELECT path, workers, members
         FROM unit{}",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            Ok(Counted {
                path: row.try_get("path")?,
                workers: row.try_get("workers")?,
                members: row.try_get("members")?,
            })
        })
        .collect()
}

fn quota_of(row: &AnyRow) -> Result<Quota> {
    let closed_at: Option<String> = row.try_get("closed_at")?;
    Ok(Quota {
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        title: row.try_get("title")?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        places: row.try_get("places")?,
        returned: row.try_get("returned")?,
        moved: row.try_get("moved")?,
        closed_at: closed_at.map(|at| at.parse()).transpose()?,
        revision: row.try_get("revision")?,
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::round::application::State;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        round::application::{self, tests::example},
        testing,
    };

    fn quota(revision: i64, places: i64) -> Quota {
        Quota {
            year: 2016,
            title: "trusted-home".to_owned(),
            unit: UnitId(Uuid::from_u128(2)),
            unit_path: "/1/2/".to_owned(),
            places,
            returned: 0,
            moved: 0,
            closed_at: None,
            revision,
        }
    }

    #[tokio::test]
    async fn quotas_are_kept_and_stale_ones_are_not_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            assert!(save(&mut tx, &quota(1, 3)).await.unwrap());
            let closed = Quota {
                returned: 2,
                moved: 1,
                closed_at: Some(Timestamp::from_second(1_479_000_000).unwrap()),
                ..quota(2, 3)
            };
            assert!(save(&mut tx, &closed).await.unwrap());
            assert!(!save(&mut tx, &quota(2, 9)).await.unwrap());
            let unit = quota(1, 3).unit;
            let found = find(&mut tx, 2016, "trusted-home", &unit).await.unwrap();
            assert_eq!(found.as_ref(), Some(&closed));
            assert_eq!(of_year(&mut tx, 2016).await.unwrap(), [closed]);
            assert_eq!(of_year(&mut tx, 2017).await.unwrap(), []);
        }
    }

    #[tokio::test]
    async fn units_are_counted_with_what_the_register_says_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let columns = [
                "id",
                "number",
                "kind",
                "path",
                "name",
                "sort_key",
                "members",
                "created_at",
                "changed_at",
            ];
            let unit = |number: i64, kind: &str, members: Option<i64>| {
                vec![
                    number.to_string().into(),
                    number.into(),
                    kind.into(),
                    format!("/1/{number}/").into(),
                    "".into(),
                    "".into(),
                    members.into(),
                    "".into(),
                    "".into(),
                ]
            };
            let rows = vec![
                unit(2, "grassroots", Some(90)),
                unit(3, "grassroots", None),
                unit(4, "district", Some(5)),
            ];
            crate::core::bulk::insert(&mut tx, "unit", &columns, rows)
                .await
                .unwrap();
            let mut found = counted(&mut tx, &["grassroots"]).await.unwrap();
            found.sort_by(|one, other| one.path.cmp(&other.path));
            let of = |path: &str, members| Counted {
                path: path.to_owned(),
                workers: None,
                members,
            };
            assert_eq!(found, [of("/1/2/", Some(90)), of("/1/3/", None)]);
        }
    }

    #[tokio::test]
    async fn only_what_the_federation_recommended_uses_its_places_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let federation = UnitId(Uuid::from_u128(2));
            for number in 0..5 {
                let mut application = example(100 + number);
                application.title = "trusted-home".to_owned();
                application.recommended_by = (number < 3).then_some(federation);
                if number == 2 {
                    application.state = State::Rejected {
                        step: 1,
                        at: Timestamp::UNIX_EPOCH,
                    };
                }
                application::insert(&mut tx, &application).await.unwrap();
            }
            let used_now = used(&mut tx, 2016, "trusted-home", &federation)
                .await
                .unwrap();
            assert_eq!(used_now, 3);
            assert_eq!(
                used_of_year(&mut tx, 2016).await.unwrap(),
                [("trusted-home".to_owned(), federation, 3)]
            );
            // Whom the city turned down takes no place.
            let taken_now = taken(&mut tx, 2016, "trusted-home", &federation).await;
            assert_eq!(taken_now.unwrap(), 2);
            assert_eq!(
                taken_of_year(&mut tx, 2016).await.unwrap(),
                [("trusted-home".to_owned(), federation, 2)]
            );
        }
    }
}
