//! Letters of the public.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::LetterId,
    office::letter::{Letter, LetterAnswer, LetterKind},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{bulk, condition::one, db::Tx};

const COLUMNS: &str = "id, number, kind, about, text, sealed, code_hash, request_hash, received_at, answer, answered_by, answered_by_name, answered_at";

pub async fn insert(tx: &mut Tx, letter: &Letter) -> Result<()> {
    let columns = [
        "id",
        "number",
        "kind",
        "about",
        "text",
        "sealed",
        "code_hash",
        "request_hash",
        "received_at",
    ];
    let row = vec![
        letter.id.to_string().into(),
        letter.number.into(),
        letter.kind.key().into(),
        letter.about.clone().into(),
        letter.text.clone().into(),
        letter.sealed.clone().into(),
        letter.code_hash.clone().into(),
        letter.request_hash.clone().into(),
        letter.received_at.to_string().into(),
    ];
    bulk::insert(tx, "letter", &columns, vec![row]).await
}

pub async fn find(tx: &mut Tx, id: &LetterId) -> Result<Option<Letter>> {
    let row = one(tx, (COLUMNS, "letter"), "id", id.to_string()).await?;
    row.as_ref().map(letter_of).transpose()
}

/// The letter that came with the same form and says the same.
pub async fn of_request(tx: &mut Tx, request_hash: &str) -> Result<Option<Letter>> {
    if request_hash.is_empty() {
        return Ok(None);
    }
    let row = one(tx, (COLUMNS, "letter"), "request_hash", request_hash).await?;
    row.as_ref().map(letter_of).transpose()
}

pub async fn of_number(tx: &mut Tx, number: i64) -> Result<Option<Letter>> {
    let row = one(tx, (COLUMNS, "letter"), "number", number).await?;
    row.as_ref().map(letter_of).transpose()
}

/// A page of the letters: those without an answer first, the longest-waiting of them first; then the newest. Gives how many there are, too.
pub async fn page(tx: &mut Tx, limit: i64, offset: i64) -> Result<(Vec<Letter>, i64)> {
    let sql = format!(
        "SELECT {COLUMNS}, CAST(COUNT(*) OVER () AS BIGINT) AS total
         FROM letter
         ORDER BY CASE WHEN answered_at = '' THEN 0 ELSE 1 END,
                  CASE WHEN answered_at = '' THEN number ELSE -number END
         LIMIT $1 OFFSET $2"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(limit)
        .bind(offset)
        .fetch_all(&mut **tx)
        .await?;
    let total = match rows.first() {
        Some(row) => row.try_get("total")?,
        None => 0,
    };
    let letters = rows.iter().map(letter_of).collect::<Result<_>>()?;
    Ok((letters, total))
}

/// Keeps the answer; false when there is one already.
pub async fn answer(tx: &mut Tx, id: &LetterId, answer: &LetterAnswer) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE letter
         SET answer = $2, answered_by = $3, answered_by_name = $4, answered_at = $5
         WHERE id = $1 AND answered_at = ''",
    )
    .bind(id.to_string())
    .bind(answer.text.clone())
    .bind(answer.by.clone())
    .bind(answer.by_name.clone())
    .bind(answer.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

fn letter_of(row: &AnyRow) -> Result<Letter> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let (kind, answered_at) = (text("kind")?, text("answered_at")?);
    Ok(Letter {
        id: text("id")?.parse()?,
        number: row.try_get("number")?,
        kind: LetterKind::from_key(&kind)
            .with_context(|| format!("unknown kind of letter {kind}"))?,
        about: text("about")?,
        text: text("text")?,
        sealed: text("sealed")?,
        code_hash: text("code_hash")?,
        request_hash: text("request_hash")?,
        received_at: text("received_at")?.parse()?,
        answer: match answered_at.as_str() {
            "" => None,
            at => Some(LetterAnswer {
                text: text("answer")?,
                by: text("answered_by")?,
                by_name: text("answered_by_name")?,
                at: at.parse()?,
            }),
        },
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::testing;

    fn letter(number: i64) -> Letter {
        Letter {
            id: LetterId(uuid::Uuid::from_u128(number as u128)),
            number,
            kind: LetterKind::Complaint,
            about: String::new(),
            text: "食堂".to_owned(),
            sealed: "x".to_owned(),
            code_hash: "y".to_owned(),
            request_hash: format!("request {number}"),
            received_at: Timestamp::from_second(1_476_000_000 + number).unwrap(),
            answer: None,
        }
    }

    #[tokio::test]
    async fn unanswered_letters_come_first_and_an_answer_is_given_once() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            for number in 1..=4 {
                insert(&mut tx, &letter(number)).await.unwrap();
            }
            let given = LetterAnswer {
                text: "已改".to_owned(),
                by: "1".to_owned(),
                by_name: "李".to_owned(),
                at: Timestamp::from_second(1_476_100_000).unwrap(),
            };
            for (number, expect) in [(2, true), (1, true), (2, false)] {
                let done = answer(&mut tx, &letter(number).id, &given).await.unwrap();
                assert_eq!(done, expect, "{number}");
            }
            let (found, total) = page(&mut tx, 3, 0).await.unwrap();
            let numbers: Vec<i64> = found.iter().map(|letter| letter.number).collect();
            assert_eq!((numbers, total), (vec![3, 4, 2], 4));
            let found = of_number(&mut tx, 1).await.unwrap().unwrap();
            assert_eq!(found.answer, Some(given));
            assert_eq!(of_number(&mut tx, 9).await.unwrap(), None);
            let waiting = find(&mut tx, &letter(3).id).await.unwrap();
            assert_eq!(waiting, Some(letter(3)));
        }
    }
}
