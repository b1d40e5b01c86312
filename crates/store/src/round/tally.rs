//! The applications of a year by where their units stand and for what: for the report on a year.

use anyhow::Result;
use sqlx::Row;

use crate::core::db::Tx;

/// The applications of a unit and its people for one title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    pub unit_path: String,
    pub title: String,
    pub applications: i64,
    /// How many of them a federation recommended to the city.
    pub recommended: i64,
}

/// What was handed in for a year; drafts and what was withdrawn left out.
pub async fn of_year(tx: &mut Tx, year: i16) -> Result<Vec<Tally>> {
    sqlx::query(
        "SELECT unit_path, title, CAST(COUNT(*) AS BIGINT) AS applications,
           CAST(COUNT(recommended_by) AS BIGINT) AS recommended
         FROM application
         WHERE year = $1 AND state NOT IN ('draft', 'withdrawn')
         GROUP BY unit_path, title
         ORDER BY unit_path, title",
    )
    .bind(i64::from(year))
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(|row| {
        Ok(Tally {
            unit_path: row.try_get("unit_path")?,
            title: row.try_get("title")?,
            applications: row.try_get("applications")?,
            recommended: row.try_get("recommended")?,
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use jianjia_domain::round::application::State;
    use jiff::Timestamp;

    use super::*;
    use crate::{
        round::application::{self, tests::example},
        testing,
    };

    #[tokio::test]
    async fn what_was_handed_in_counts_by_unit_and_title_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let recommended = {
                let mut application = example(1);
                application.recommended_by = Some(application.route[0].unit.id);
                application
            };
            let mut draft = example(2);
            draft.state = State::Draft;
            let mut withdrawn = example(3);
            withdrawn.state = State::Withdrawn {
                at: Timestamp::UNIX_EPOCH,
            };
            let mut earlier = example(4);
            earlier.year = 2015;
            for application in [&recommended, &draft, &withdrawn, &earlier] {
                assert!(application::insert(&mut tx, application).await.unwrap());
            }
            let tallied = of_year(&mut tx, recommended.year).await.unwrap();
            let expected = Tally {
                unit_path: recommended.unit.path.clone(),
                title: recommended.title.clone(),
                applications: 1,
                recommended: 1,
            };
            assert_eq!(tallied, [expected]);
        }
    }
}
