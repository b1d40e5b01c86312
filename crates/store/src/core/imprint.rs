//! The imprints of official papers.

use anyhow::{Context, Result};
use jianjia_domain::core::{
    ids::UnitId,
    imprint::{Imprint, Official, Said},
};
use sqlx::{Row, any::AnyRow};

use crate::core::db::Tx;

/// Keeps what was said last. Returns false and changes nothing if somebody else said something meanwhile.
pub async fn save(tx: &mut Tx, imprint: &Imprint) -> Result<bool> {
    let said = &imprint.said;
    let saved = sqlx::query(
        "INSERT INTO imprint (kind, subject, office_id, year, number, addressees, copies, issued_on, said_by, said_by_name, said_at, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (kind, subject) DO UPDATE SET
           office_id = excluded.office_id,
           year = excluded.year,
           number = excluded.number,
           addressees = excluded.addressees,
           copies = excluded.copies,
           issued_on = excluded.issued_on,
           said_by = excluded.said_by,
           said_by_name = excluded.said_by_name,
           said_at = excluded.said_at,
           revision = excluded.revision
         WHERE imprint.revision = excluded.revision - 1",
    )
    .bind(imprint.kind.key())
    .bind(&imprint.subject)
    .bind(imprint.office.to_string())
    .bind(i64::from(imprint.year))
    .bind(said.number.clone().unwrap_or_default())
    .bind(said.addressees.clone().unwrap_or_default())
    .bind(said.copies.join("\n"))
    .bind(said.issued_on.map_or_else(String::new, |day| day.to_string()))
    .bind(imprint.said_by.to_string())
    .bind(&imprint.said_by_name)
    .bind(imprint.said_at.to_string())
    .bind(imprint.revision)
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(saved == 1)
}

/// What was said of a paper; none where nothing was.
pub async fn find(tx: &mut Tx, kind: Official, subject: &str) -> Result<Option<Imprint>> {
    let row = sqlx::query(
        "SELECT kind, subject, office_id, year, number, addressees, copies, issued_on, said_by, said_by_name, said_at, revision
         FROM imprint
         WHERE kind = $1 AND subject = $2",
    )
    .bind(kind.key())
    .bind(subject.to_owned())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| imprint_of(&row)).transpose()
}

/// The papers of an office that have this number.
pub async fn of_number(tx: &mut Tx, office: &UnitId, number: &str) -> Result<Vec<Imprint>> {
    sqlx::query(
        "SELECT kind, subject, office_id, year, number, addressees, copies, issued_on, said_by, said_by_name, said_at, revision
         FROM imprint
         WHERE office_id = $1 AND number = $2
         ORDER BY said_at, kind, subject",
    )
    .bind(office.to_string())
    .bind(number.to_owned())
    .fetch_all(&mut **tx)
    .await?
    .iter()
    .map(imprint_of)
    .collect()
}

fn imprint_of(row: &AnyRow) -> Result<Imprint> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let said = |column: &str| -> Result<Option<String>> {
        Ok(Some(text(column)?).filter(|text| !text.is_empty()))
    };
    let issued_on = said("issued_on")?;
    Ok(Imprint {
        kind: text("kind")?.parse()?,
        subject: text("subject")?,
        office: text("office_id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        said: Said {
            number: said("number")?,
            addressees: said("addressees")?,
            copies: text("copies")?.lines().map(str::to_owned).collect(),
            issued_on: issued_on
                .map(|day| day.parse().context("the day of issue"))
                .transpose()?,
        },
        said_by: text("said_by")?.parse()?,
        said_by_name: text("said_by_name")?,
        said_at: text("said_at")?.parse()?,
        revision: row.try_get("revision")?,
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::AccountId;
    use jiff::{Timestamp, civil::date};
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    fn imprint(subject: &str, number: &str, revision: i64) -> Imprint {
        Imprint {
            kind: Official::Decision,
            subject: subject.to_owned(),
            office: UnitId(Uuid::from_u128(1)),
            year: 2016,
            said: Said {
                number: Some(number.to_owned()).filter(|number| !number.is_empty()),
                addressees: None,
                copies: vec!["江苏省总工会".to_owned(), "市委办公室".to_owned()],
                issued_on: Some(date(2017, 4, 21)),
            },
            said_by: AccountId(Uuid::from_u128(2)),
            said_by_name: "钱主任".to_owned(),
            said_at: Timestamp::from_second(1_476_000_000).unwrap(),
            revision,
        }
    }

    #[tokio::test]
    async fn what_was_said_last_is_kept_and_found_by_its_number_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let none = find(&mut tx, Official::Decision, "b1").await.unwrap();
            assert_eq!(none, None);
            let number = "常工发〔2017〕12号";
            assert!(save(&mut tx, &imprint("b1", "", 1)).await.unwrap());
            assert!(save(&mut tx, &imprint("b1", number, 2)).await.unwrap());
            // Somebody else's form, made from what was said first.
            assert!(
                !save(&mut tx, &imprint("b1", "常工发〔2017〕13号", 2))
                    .await
                    .unwrap()
            );
            assert!(save(&mut tx, &imprint("b2", "", 1)).await.unwrap());
            let found = find(&mut tx, Official::Decision, "b1").await.unwrap();
            assert_eq!(found, Some(imprint("b1", number, 2)));
            let office = UnitId(Uuid::from_u128(1));
            let of_number = of_number(&mut tx, &office, number).await.unwrap();
            assert_eq!(of_number, [imprint("b1", number, 2)]);
        }
    }
}
