//! The rounds whose days the city has set. A year without a row follows the standard's calendar.

use anyhow::{Context, Result};
use jianjia_domain::round::round::{Days, Round};
use sqlx::{Row, any::AnyRow};

use crate::core::db::Tx;

/// The round of a programme, named by its standard's key, in a year.
pub async fn find(tx: &mut Tx, programme: &str, year: i16) -> Result<Option<Round>> {
    let row = sqlx::query(
        "SELECT year, standard_key, declaration_from, declaration_to, examination_from, examination_to,
                commendation_from, commendation_to, note, revision, changed_at
         FROM round
         WHERE standard_key = $1 AND year = $2",
    )
    .bind(programme.to_owned())
    .bind(i64::from(year))
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| round_of(&row)).transpose()
}

/// The rounds of two programmes, each named by its standard's key, that have days of their own.
pub async fn of_programmes(tx: &mut Tx, first: &str, second: &str) -> Result<Vec<Round>> {
    sqlx::query(
        "SELECT year, standard_key, declaration_from, declaration_to, examination_from, examination_to,
                commendation_from, commendation_to, note, revision, changed_at
         FROM round
         WHERE standard_key = $1 OR standard_key = $2
         ORDER BY year",
    )
    .bind(first.to_owned())
    .bind(second.to_owned())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(round_of)
    .collect()
}

/// Saves the days of a round. Returns false and changes nothing if somebody else saved it meanwhile.
pub async fn save(tx: &mut Tx, round: &Round) -> Result<bool> {
    let saved = sqlx::query(
        "INSERT INTO round (year, standard_key, declaration_from, declaration_to, examination_from, examination_to,
                            commendation_from, commendation_to, note, revision, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (standard_key, year) DO UPDATE SET
           declaration_from = excluded.declaration_from,
           declaration_to = excluded.declaration_to,
           examination_from = excluded.examination_from,
           examination_to = excluded.examination_to,
           commendation_from = excluded.commendation_from,
           commendation_to = excluded.commendation_to,
           note = excluded.note,
           revision = excluded.revision,
           changed_at = excluded.changed_at
         WHERE round.revision = excluded.revision - 1",
    )
    .bind(i64::from(round.year))
    .bind(&round.standard_key)
    .bind(round.declaration.from.to_string())
    .bind(round.declaration.to.to_string())
    .bind(round.examination.from.to_string())
    .bind(round.examination.to.to_string())
    .bind(round.commendation.from.to_string())
    .bind(round.commendation.to.to_string())
    .bind(&round.note)
    .bind(round.revision)
    .bind(round.changed_at.unwrap_or_default().to_string())
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(saved == 1)
}

fn round_of(row: &AnyRow) -> Result<Round> {
    let day = |column: &str| -> Result<jiff::civil::Date> {
        row.try_get::<String, _>(column)?
            .parse()
            .with_context(|| format!("the day in {column}"))
    };
    let days = |from, to| -> Result<Days> {
        Ok(Days {
            from: day(from)?,
            to: day(to)?,
        })
    };
    Ok(Round {
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        standard_key: row.try_get("standard_key")?,
        declaration: days("declaration_from", "declaration_to")?,
        examination: days("examination_from", "examination_to")?,
        commendation: days("commendation_from", "commendation_to")?,
        acts: Vec::new(),
        note: row.try_get("note")?,
        revision: row.try_get("revision")?,
        changed_at: Some(row.try_get::<String, _>("changed_at")?.parse()?),
    })
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::*;
    use crate::testing;

    fn round(revision: i64, declared_until: i8) -> Round {
        let days = |from, to| Days { from, to };
        Round {
            year: 2016,
            standard_key: "invented".to_owned(),
            declaration: days(date(2016, 10, 1), date(2016, 10, declared_until)),
            examination: days(date(2016, 11, 1), date(2016, 11, 30)),
            commendation: days(date(2017, 1, 1), date(2017, 12, 31)),
            acts: Vec::new(),
            note: "国庆顺延".to_owned(),
            revision,
            changed_at: Some(Timestamp::from_second(1_476_000_000).unwrap()),
        }
    }

    #[tokio::test]
    async fn a_round_is_kept_and_a_stale_one_is_not_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("round:2016").await.unwrap();
            assert_eq!(find(&mut tx, "invented", 2016).await.unwrap(), None);
            assert!(save(&mut tx, &round(1, 20)).await.unwrap());
            assert!(save(&mut tx, &round(2, 25)).await.unwrap());
            assert!(!save(&mut tx, &round(2, 31)).await.unwrap());
            let other = Round {
                standard_key: "other".to_owned(),
                ..round(1, 28)
            };
            assert!(save(&mut tx, &other).await.unwrap());
            let found = find(&mut tx, "invented", 2016).await.unwrap();
            assert_eq!(found, Some(round(2, 25)));
            let found = find(&mut tx, "other", 2016).await.unwrap();
            assert_eq!(found, Some(other.clone()));
            let own = of_programmes(&mut tx, "other", "other").await.unwrap();
            assert_eq!(own, [other]);
            let both = of_programmes(&mut tx, "invented", "other").await.unwrap();
            assert_eq!(both.len(), 2);
        }
    }
}
