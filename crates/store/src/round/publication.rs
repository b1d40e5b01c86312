//! Public notices of candidates, and the copies of what was shown.

use anyhow::Result;
use jianjia_domain::{
    core::ids::{ApplicationId, PublicationId},
    round::{
        publication::{Publication, TakenDown},
        round::Days,
    },
};
use jiff::{Timestamp, civil::Date};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{bulk, condition::Conditions, db::Tx};

const COLUMNS: &str = "publication.id, publication.year, publication.title, publication.from_on, publication.to_on, publication.shown, publication.hash, publication.published_by, publication.published_by_name, publication.published_at, publication.taken_down_at, publication.reason";

/// Keeps a notice, with the applications that it shows in their order.
pub async fn insert(
    tx: &mut Tx,
    publication: &Publication,
    applications: &[ApplicationId],
) -> Result<()> {
    let columns = [
        "id",
        "year",
        "title",
        "from_on",
        "to_on",
        "shown",
        "hash",
        "published_by",
        "published_by_name",
        "published_at",
    ];
    let row = vec![
        publication.id.to_string().into(),
        i64::from(publication.year).into(),
        publication.title.clone().into(),
        publication.days.from.to_string().into(),
        publication.days.to.to_string().into(),
        publication.shown.clone().into(),
        publication.hash.clone().into(),
        publication.published_by.to_string().into(),
        publication.published_by_name.clone().into(),
        publication.published_at.to_string().into(),
    ];
    bulk::insert(tx, "publication", &columns, vec![row]).await?;
    let columns = ["publication_id", "application_id", "place"];
    let lines = (1_i64..).zip(applications).map(|(place, application)| {
        vec![
            publication.id.to_string().into(),
            application.to_string().into(),
            place.into(),
        ]
    });
    bulk::insert(tx, "publication_line", &columns, lines.collect()).await
}

pub async fn find(tx: &mut Tx, id: &PublicationId) -> Result<Option<Publication>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM publication
         WHERE id = $1"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(publication_of).transpose()
}

/// The notices of a title and year, newest first.
pub async fn of_title(tx: &mut Tx, year: i16, title: &str) -> Result<Vec<Publication>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM publication
         WHERE year = $1 AND title = $2
         ORDER BY published_at DESC, id DESC"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::from(year))
        .bind(title.to_owned())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(publication_of).collect()
}

/// A notice without what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InShort {
    pub id: PublicationId,
    pub year: i16,
    pub title: String,
    pub days: Days,
    /// How many it shows.
    pub candidates: i64,
}

/// Those that hang on a day, newest first, in short.
pub async fn hanging(tx: &mut Tx, today: Date) -> Result<Vec<InShort>> {
    let rows = sqlx::query(
        "SELECT publication.id, publication.year, publication.title, publication.from_on, publication.to_on,
                (SELECT CAST(COUNT(*) AS BIGINT)
                 FROM publication_line
                 WHERE publication_line.publication_id = publication.id) AS candidates
         FROM publication
         WHERE publication.taken_down_at = '' AND publication.from_on <= $1 AND publication.to_on >= $1
         ORDER BY publication.published_at DESC, publication.id DESC",
    )
    .bind(today.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            Ok(InShort {
                id: text("id")?.parse()?,
                year: i16::try_from(row.try_get::<i64, _>("year")?)?,
                title: text("title")?,
                days: Days {
                    from: text("from_on")?.parse()?,
                    to: text("to_on")?.parse()?,
                },
                candidates: row.try_get("candidates")?,
            })
        })
        .collect()
}

/// Those whose days are over and that were not taken down yet, the first of them first.
pub async fn over(tx: &mut Tx, today: Date) -> Result<Vec<Publication>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM publication
         WHERE taken_down_at = '' AND to_on < $1
         ORDER BY to_on, id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(today.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(publication_of).collect()
}

/// Takes a notice down; false when it was before.
pub async fn take_down(tx: &mut Tx, id: &PublicationId, taken_down: &TakenDown) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE publication
         SET taken_down_at = $2, reason = $3
         WHERE id = $1 AND taken_down_at = ''",
    )
    .bind(id.to_string())
    .bind(taken_down.at.to_string())
    .bind(taken_down.reason.clone())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The applications of a notice, by their place in it.
pub async fn applications(tx: &mut Tx, id: &PublicationId) -> Result<Vec<ApplicationId>> {
    let rows = sqlx::query(
        "SELECT application_id
         FROM publication_line
         WHERE publication_id = $1
         ORDER BY place",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect()
}

/// On which days each of these applications was shown or is; a notice that was withdrawn counts as none.
pub async fn days_of(
    tx: &mut Tx,
    applications: &[ApplicationId],
) -> Result<Vec<(ApplicationId, Days)>> {
    let mut conditions = Conditions::default();
    conditions.equals("publication.reason", "");
    conditions.among(
        "publication_line.application_id",
        applications.iter().map(ToString::to_string),
    );
    let sql = format!(
        "SELECT publication_line.application_id, publication.from_on, publication.to_on
         FROM publication_line
         JOIN publication ON publication.id = publication_line.publication_id{}
         ORDER BY publication.from_on, publication.id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            let days = Days {
                from: text("from_on")?.parse()?,
                to: text("to_on")?.parse()?,
            };
            Ok((text("application_id")?.parse()?, days))
        })
        .collect()
}

fn publication_of(row: &AnyRow) -> Result<Publication> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let taken_down_at = text("taken_down_at")?;
    Ok(Publication {
        id: text("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        title: text("title")?,
        days: Days {
            from: text("from_on")?.parse()?,
            to: text("to_on")?.parse()?,
        },
        shown: text("shown")?,
        hash: text("hash")?,
        published_by: text("published_by")?.parse()?,
        published_by_name: text("published_by_name")?,
        published_at: text("published_at")?.parse()?,
        taken_down: match taken_down_at.parse::<Timestamp>() {
            Ok(at) => Some(TakenDown {
                at,
                reason: text("reason")?,
            }),
            Err(_) => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::AccountId;
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    fn publication(number: u128, to: Date) -> Publication {
        Publication {
            id: PublicationId(Uuid::from_u128(number)),
            year: 2016,
            title: "trusted-home".to_owned(),
            days: Days {
                from: date(2016, 12, 5),
                to,
            },
            shown: "{}".to_owned(),
            hash: "x".to_owned(),
            published_by: AccountId(Uuid::from_u128(9)),
            published_by_name: "李".to_owned(),
            published_at: Timestamp::from_second(1_480_000_000 + number as i64).unwrap(),
            taken_down: None,
        }
    }

    #[tokio::test]
    async fn notices_hang_until_they_are_taken_down_and_withdrawn_ones_count_as_none() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let application = |number: u128| ApplicationId(Uuid::from_u128(number));
            let early = publication(1, date(2016, 12, 12));
            let late = publication(2, date(2016, 12, 20));
            let shown = [application(7), application(5)];
            insert(&mut tx, &early, &shown).await.unwrap();
            insert(&mut tx, &late, &[application(6)]).await.unwrap();
            assert_eq!(applications(&mut tx, &early.id).await.unwrap(), shown);
            let today = date(2016, 12, 13);
            let in_short = InShort {
                id: late.id,
                year: 2016,
                title: "trusted-home".to_owned(),
                days: late.days,
                candidates: 1,
            };
            assert_eq!(hanging(&mut tx, today).await.unwrap(), [in_short]);
            assert_eq!(
                over(&mut tx, today).await.unwrap(),
                std::slice::from_ref(&early)
            );
            let of_title = of_title(&mut tx, 2016, "trusted-home").await.unwrap();
            assert_eq!(of_title, [late.clone(), early.clone()]);
            let all = [application(5), application(6), application(8)];
            let days = days_of(&mut tx, &all).await.unwrap();
            assert_eq!(
                days,
                [(application(5), early.days), (application(6), late.days)]
            );
            let at = Timestamp::from_second(1_481_000_000).unwrap();
            let down = |reason: &str| TakenDown {
                at,
                reason: reason.to_owned(),
            };
            for expect in [true, false] {
                let done = take_down(&mut tx, &early.id, &down("")).await.unwrap();
                assert_eq!(done, expect);
            }
            take_down(&mut tx, &late.id, &down("名单有误"))
                .await
                .unwrap();
            assert_eq!(over(&mut tx, today).await.unwrap(), []);
            let days = days_of(&mut tx, &all).await.unwrap();
            assert_eq!(days, [(application(5), early.days)]);
            let found = find(&mut tx, &late.id).await.unwrap().unwrap();
            assert_eq!(found.taken_down, Some(down("名单有误")));
        }
    }
}
