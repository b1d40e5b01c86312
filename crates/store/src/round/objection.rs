//! Objections to candidates. What was said and by whom, what was noted and what was answered are ciphertext here.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{AccountId, ApplicationId, ObjectionId},
    round::objection::{
        Assigned, Objection, ObjectionAnswer, ObjectionFile, ObjectionNote, ObjectionOutcome,
        Unconfirmed,
    },
};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{
    bulk,
    condition::{Conditions, one},
    db::Tx,
};

const COLUMNS: &str = "id, number, publication_id, application_id, sealed, code_hash, request_hash, network, received_at, confirmed_at, assigned_to, assigned_to_name, office_id, assigned_at, outcome, answer, answered_by, answered_by_name, answered_at";

pub async fn insert(tx: &mut Tx, objection: &Objection, files: &[ObjectionFile]) -> Result<()> {
    let columns = [
        "id",
        "number",
        "publication_id",
        "application_id",
        "sealed",
        "code_hash",
        "request_hash",
        "network",
        "received_at",
        "confirmed_at",
    ];
    let confirmed_at = objection.confirmed_at.map(|at| at.to_string());
    let row = vec![
        objection.id.to_string().into(),
        objection.number.into(),
        objection.publication.to_string().into(),
        objection.application.to_string().into(),
        objection.sealed.clone().into(),
        objection.code_hash.clone().into(),
        objection.request_hash.clone().into(),
        objection.network.clone().into(),
        objection.received_at.to_string().into(),
        confirmed_at.unwrap_or_default().into(),
    ];
    bulk::insert(tx, "objection", &columns, vec![row]).await?;
    let columns = ["objection_id", "place", "hash", "bytes"];
    let rows = files.iter().map(|file| {
        vec![
            objection.id.to_string().into(),
            file.place.into(),
            file.hash.clone().into(),
            file.bytes.into(),
        ]
    });
    bulk::insert(tx, "objection_file", &columns, rows.collect()).await
}

pub async fn find(tx: &mut Tx, id: &ObjectionId) -> Result<Option<Objection>> {
    let row = one(tx, (COLUMNS, "objection"), "id", id.to_string()).await?;
    row.as_ref().map(objection_of).transpose()
}

/// The objection that came with the same form and says the same.
pub async fn of_request(tx: &mut Tx, request_hash: &str) -> Result<Option<Objection>> {
    if request_hash.is_empty() {
        return Ok(None);
    }
    let row = one(tx, (COLUMNS, "objection"), "request_hash", request_hash).await?;
    row.as_ref().map(objection_of).transpose()
}

pub async fn of_number(tx: &mut Tx, number: i64) -> Result<Option<Objection>> {
    let row = one(tx, (COLUMNS, "objection"), "number", number).await?;
    row.as_ref().map(objection_of).transpose()
}

/// A page of all objections: open ones first, those that count before those that wait to be confirmed, the oldest first; then the closed ones, newest
/// first.
pub async fn page(tx: &mut Tx, limit: i64, offset: i64) -> Result<Vec<Objection>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM objection
         ORDER BY CASE WHEN answered_at <> '' THEN 2 WHEN confirmed_at = '' THEN 1 ELSE 0 END,
                  CASE WHEN answered_at = '' THEN number ELSE -number END
         LIMIT $1 OFFSET $2"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(limit)
        .bind(offset)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(objection_of).collect()
}

/// A page of those that are assigned to somebody, open ones first.
pub async fn assigned_to(
    tx: &mut Tx,
    account: &AccountId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Objection>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM objection
         WHERE assigned_to = $1
         ORDER BY CASE WHEN answered_at = '' THEN 0 ELSE 1 END, number DESC
         LIMIT $2 OFFSET $3"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(account.to_string())
        .bind(limit)
        .bind(offset)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(objection_of).collect()
}

/// Those to candidates for a title that count and are open still, in their order.
pub async fn open_of_title(tx: &mut Tx, year: i16, title: &str) -> Result<Vec<Objection>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM objection
         WHERE answered_at = '' AND confirmed_at <> ''
           AND publication_id IN (SELECT id FROM publication WHERE year = $1 AND title = $2)
         ORDER BY number"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(i64::from(year))
        .bind(title.to_owned())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(objection_of).collect()
}

/// Which of these applications have an objection that holds their naming.
pub async fn held_among(tx: &mut Tx, applications: &[ApplicationId]) -> Result<Vec<ApplicationId>> {
    let mut conditions = Conditions::default();
    conditions.equals("answered_at", "");
    conditions.and("confirmed_at <> ''".to_owned());
    conditions.among(
        "application_id",
        applications.iter().map(ToString::to_string),
    );
    let sql = format!(
        "SELECT DISTINCT application_id
         FROM objection{}
         ORDER BY application_id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>(0)?.parse()?))
        .collect()
}

/// The objections to these applications that are open and that nobody confirmed yet.
pub async fn unconfirmed_among(
    tx: &mut Tx,
    applications: &[ApplicationId],
) -> Result<Vec<(ApplicationId, Unconfirmed)>> {
    let mut conditions = Conditions::default();
    conditions.equals("objection.answered_at", "");
    conditions.equals("objection.confirmed_at", "");
    conditions.among(
        "objection.application_id",
        applications.iter().map(ToString::to_string),
    );
    let sql = format!(
        "SELECT objection.application_id, CAST(COUNT(*) AS BIGINT) AS number, MAX(publication.to_on) AS to_on
         FROM objection
         JOIN publication ON publication.id = objection.publication_id{}
         GROUP BY objection.application_id
         ORDER BY objection.application_id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let unconfirmed = Unconfirmed {
                count: row.try_get("number")?,
                notice_to: row.try_get::<String, _>("to_on")?.parse()?,
            };
            let id = row.try_get::<String, _>("application_id")?.parse()?;
            Ok((id, unconfirmed))
        })
        .collect()
}

/// Lets it count; false when it did before.
pub async fn confirm(tx: &mut Tx, id: &ObjectionId, at: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE objection
         SET confirmed_at = $2
         WHERE id = $1 AND confirmed_at = '' AND answered_at = ''",
    )
    .bind(id.to_string())
    .bind(at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Assigns it; false when it was closed meanwhile.
pub async fn assign(tx: &mut Tx, id: &ObjectionId, assigned: &Assigned) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE objection
         SET assigned_to = $2, assigned_to_name = $3, office_id = $4, assigned_at = $5
         WHERE id = $1 AND answered_at = ''",
    )
    .bind(id.to_string())
    .bind(assigned.to.to_string())
    .bind(assigned.to_name.clone())
    .bind(assigned.office.to_string())
    .bind(assigned.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps the answer, which closes it; false when there is one already.
pub async fn answer(tx: &mut Tx, id: &ObjectionId, answer: &ObjectionAnswer) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE objection
         SET outcome = $2, answer = $3, answered_by = $4, answered_by_name = $5, answered_at = $6
         WHERE id = $1 AND answered_at = ''",
    )
    .bind(id.to_string())
    .bind(answer.outcome.key())
    .bind(answer.sealed.clone())
    .bind(answer.by.to_string())
    .bind(answer.by_name.clone())
    .bind(answer.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn files(tx: &mut Tx, id: &ObjectionId) -> Result<Vec<ObjectionFile>> {
    let rows = sqlx::query(
        "SELECT place, hash, bytes
         FROM objection_file
         WHERE objection_id = $1
         ORDER BY place",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ObjectionFile {
                place: row.try_get("place")?,
                hash: row.try_get("hash")?,
                bytes: row.try_get("bytes")?,
            })
        })
        .collect()
}

pub async fn add_note(tx: &mut Tx, note: &ObjectionNote) -> Result<()> {
    let columns = [
        "id",
        "objection_id",
        "sealed",
        "by_id",
        "by_name",
        "at",
        "request_hash",
    ];
    let row = vec![
        note.id.to_string().into(),
        note.objection.to_string().into(),
        note.sealed.clone().into(),
        note.by.to_string().into(),
        note.by_name.clone().into(),
        note.at.to_string().into(),
        note.request_hash.clone().into(),
    ];
    bulk::insert(tx, "objection_note", &columns, vec![row]).await
}

/// What was noted, in its order.
pub async fn notes(tx: &mut Tx, id: &ObjectionId) -> Result<Vec<ObjectionNote>> {
    let rows = sqlx::query(
        "SELECT id, objection_id, sealed, by_id, by_name, at, request_hash
         FROM objection_note
         WHERE objection_id = $1
         ORDER BY id",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            Ok(ObjectionNote {
                id: text("id")?.parse()?,
                objection: text("objection_id")?.parse()?,
                sealed: text("sealed")?,
                by: text("by_id")?.parse()?,
                by_name: text("by_name")?,
                at: text("at")?.parse()?,
                request_hash: text("request_hash")?,
            })
        })
        .collect()
}

fn objection_of(row: &AnyRow) -> Result<Objection> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let instant = |column: &str| -> Result<Option<Timestamp>> {
        let at = text(column)?;
        Ok(if at.is_empty() {
            None
        } else {
            Some(at.parse()?)
        })
    };
    let assigned = match instant("assigned_at")? {
        None => None,
        Some(at) => Some(Assigned {
            to: text("assigned_to")?.parse()?,
            to_name: text("assigned_to_name")?,
            office: text("office_id")?.parse()?,
            at,
        }),
    };
    let answer = match instant("answered_at")? {
        None => None,
        Some(at) => {
            let outcome = text("outcome")?;
            Some(ObjectionAnswer {
                outcome: ObjectionOutcome::from_key(&outcome)
                    .with_context(|| format!("unknown outcome {outcome} of an objection"))?,
                sealed: text("answer")?,
                by: text("answered_by")?.parse()?,
                by_name: text("answered_by_name")?,
                at,
            })
        }
    };
    Ok(Objection {
        id: text("id")?.parse()?,
        number: row.try_get("number")?,
        publication: text("publication_id")?.parse()?,
        application: text("application_id")?.parse()?,
        sealed: text("sealed")?,
        code_hash: text("code_hash")?,
        request_hash: text("request_hash")?,
        network: text("network")?,
        received_at: text("received_at")?.parse()?,
        confirmed_at: instant("confirmed_at")?,
        assigned,
        answer,
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::{
        core::ids::{ObjectionNoteId, PublicationId, UnitId},
        round::{publication::Publication, round::Days},
    };
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::{round::publication, testing};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_480_000_000 + second).unwrap()
    }

    fn application(number: u128) -> ApplicationId {
        ApplicationId(Uuid::from_u128(number))
    }

    fn objection(number: i64, is_confirmed: bool) -> Objection {
        Objection {
            id: ObjectionId(Uuid::from_u128(number as u128)),
            number,
            publication: PublicationId(Uuid::from_u128(1)),
            application: application(number as u128),
            sealed: "ciphertext".to_owned(),
            code_hash: "y".to_owned(),
            request_hash: format!("request {number}"),
            network: "ab12".to_owned(),
            received_at: at(number),
            confirmed_at: is_confirmed.then(|| at(number)),
            assigned: None,
            answer: None,
        }
    }

    #[tokio::test]
    async fn an_objection_holds_its_candidate_until_it_is_answered_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let file = ObjectionFile {
                place: 1,
                hash: "h".to_owned(),
                bytes: 7,
            };
            for (number, is_confirmed) in [(1, true), (2, false), (3, true)] {
                let files = std::slice::from_ref(&file);
                let made = objection(number, is_confirmed);
                insert(&mut tx, &made, files).await.unwrap();
                assert_eq!(find(&mut tx, &made.id).await.unwrap(), Some(made));
            }
            let all = [1, 2, 3, 4].map(application);
            let held = held_among(&mut tx, &all).await.unwrap();
            assert_eq!(held, [application(1), application(3)]);
            let given = ObjectionAnswer {
                outcome: ObjectionOutcome::Unfounded,
                sealed: "answer".to_owned(),
                by: AccountId(Uuid::from_u128(8)),
                by_name: "李".to_owned(),
                at: at(100),
            };
            for expect in [true, false] {
                let id = objection(1, true).id;
                assert_eq!(answer(&mut tx, &id, &given).await.unwrap(), expect);
                assert!(!confirm(&mut tx, &id, at(101)).await.unwrap());
            }
            let second = objection(2, false).id;
            let notice_to = date(2016, 12, 12);
            let notice = Publication {
                id: PublicationId(Uuid::from_u128(1)),
                year: 2016,
                title: "trusted-home".to_owned(),
                days: Days {
                    from: date(2016, 12, 5),
                    to: notice_to,
                },
                shown: "{}".to_owned(),
                hash: "x".to_owned(),
                published_by: AccountId(Uuid::from_u128(9)),
                published_by_name: "李".to_owned(),
                published_at: at(0),
                taken_down: None,
            };
            publication::insert(&mut tx, &notice, &all).await.unwrap();
            let unconfirmed = unconfirmed_among(&mut tx, &all).await.unwrap();
            let one = Unconfirmed {
                count: 1,
                notice_to,
            };
            assert_eq!(unconfirmed, [(application(2), one)]);
            for expect in [true, false] {
                let done = confirm(&mut tx, &second, at(102)).await.unwrap();
                assert_eq!(done, expect);
            }
            let held = held_among(&mut tx, &all).await.unwrap();
            assert_eq!(held, [application(2), application(3)]);
            let open = open_of_title(&mut tx, 2016, "trusted-home").await.unwrap();
            let open: Vec<i64> = open.iter().map(|objection| objection.number).collect();
            assert_eq!(open, [2, 3]);
            let other = open_of_title(&mut tx, 2016, "trusted-kin").await.unwrap();
            assert_eq!(other, []);
            let unconfirmed = unconfirmed_among(&mut tx, &all).await.unwrap();
            assert!(unconfirmed.is_empty());
            let numbers: Vec<i64> = page(&mut tx, 9, 0)
                .await
                .unwrap()
                .iter()
                .map(|objection| objection.number)
                .collect();
            assert_eq!(numbers, [2, 3, 1]);
            assert_eq!(files(&mut tx, &second).await.unwrap(), [file]);
        }
    }

    #[tokio::test]
    async fn who_looks_into_it_finds_it_with_its_notes() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let made = objection(1, true);
            insert(&mut tx, &made, &[]).await.unwrap();
            let assigned = Assigned {
                to: AccountId(Uuid::from_u128(8)),
                to_name: "王".to_owned(),
                office: UnitId(Uuid::from_u128(5)),
                at: at(5),
            };
            assert!(assign(&mut tx, &made.id, &assigned).await.unwrap());
            let found = assigned_to(&mut tx, &assigned.to, 9, 0).await.unwrap();
            let expected = Objection {
                assigned: Some(assigned.clone()),
                ..made.clone()
            };
            assert_eq!(found, std::slice::from_ref(&expected));
            let note = |number: u128| ObjectionNote {
                id: ObjectionNoteId(Uuid::from_u128(number)),
                objection: made.id,
                sealed: format!("note {number}"),
                by: assigned.to,
                by_name: "王".to_owned(),
                at: at(9),
                request_hash: format!("request {number}"),
            };
            for number in [1, 2] {
                add_note(&mut tx, &note(number)).await.unwrap();
            }
            assert_eq!(notes(&mut tx, &made.id).await.unwrap(), [note(1), note(2)]);
            assert_eq!(of_number(&mut tx, 1).await.unwrap(), Some(expected.clone()));
            let of_form = of_request(&mut tx, "request 1").await.unwrap();
            assert_eq!(of_form, Some(expected));
            assert_eq!(of_request(&mut tx, "").await.unwrap(), None);
        }
    }
}
