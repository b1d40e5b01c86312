//! What departments say of units: entries, the units' replies, what was decided.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::ids::{EntryId, UnitId, VetoId},
    round::entry::{Decider, Decision, Entry, Lifting, Outcome, Reply},
};
use jiff::civil::Date;
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

use crate::core::{bulk, condition::Conditions, db::Tx};

const COLUMNS: &str = "id, year, department, unit_id, unit_path, unit_name, clause, state_on, document, note, made_by_name, made_at, reply_by, \
     reply, replied_by_name, replied_at, outcome, decider, reason, decided_by, decided_by_name, decided_at, veto_id, \
     lifted_decider, lift_reason, lifted_by, lifted_by_name, lifted_at";

/// Keeps a new entry; false where the department says the same state of the unit already.
pub async fn insert(tx: &mut Tx, entry: &Entry) -> Result<bool> {
    let columns = [
        "id",
        "year",
        "department",
        "unit_id",
        "unit_path",
        "unit_name",
        "clause",
        "state_on",
        "document",
        "note",
        "made_by_name",
        "made_at",
        "reply_by",
    ];
    let row = vec![
        entry.id.to_string().into(),
        i64::from(entry.year).into(),
        entry.department.as_str().into(),
        entry.unit.to_string().into(),
        entry.unit_path.as_str().into(),
        entry.unit_name.as_str().into(),
        entry.clause.as_str().into(),
        entry.on.to_string().into(),
        entry.document.as_str().into(),
        entry.note.as_str().into(),
        entry.made_by_name.as_str().into(),
        entry.made_at.to_string().into(),
        entry.reply_by.to_string().into(),
    ];
    bulk::insert_new(tx, "veto_entry", &columns, row).await
}

pub async fn find(tx: &mut Tx, id: &EntryId) -> Result<Option<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM veto_entry WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    row.as_ref().map(entry_of).transpose()
}

/// Keeps the unit's reply; false when there is one, or it was decided.
pub async fn reply(tx: &mut Tx, id: &EntryId, reply: &Reply) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE veto_entry
         SET reply = $2, replied_by_name = $3, replied_at = $4
         WHERE id = $1 AND replied_at = '' AND decided_at = ''",
    )
    .bind(id.to_string())
    .bind(reply.text.clone())
    .bind(reply.by_name.clone())
    .bind(reply.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what was decided; false when it was decided before.
pub async fn decide(tx: &mut Tx, id: &EntryId, decision: &Decision) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE veto_entry
         SET outcome = $2, decider = $3, reason = $4, decided_by = $5, decided_by_name = $6, decided_at = $7, veto_id = $8
         WHERE id = $1 AND decided_at = ''",
    )
    .bind(id.to_string())
    .bind(decision.outcome.key().to_owned())
    .bind(decision.decider.key().to_owned())
    .bind(decision.reason.clone())
    .bind(decision.by.map_or_else(String::new, |by| by.to_string()))
    .bind(decision.by_name.clone())
    .bind(decision.at.to_string())
    .bind(decision.veto.map_or_else(String::new, |veto| veto.to_string()))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps that an upheld one was lifted; false when it isn't upheld, or was lifted before.
pub async fn lift(tx: &mut Tx, id: &EntryId, lifting: &Lifting) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE veto_entry
         SET lifted_decider = $2, lift_reason = $3, lifted_by = $4, lifted_by_name = $5, lifted_at = $6
         WHERE id = $1 AND outcome = 'upheld' AND lifted_at = ''",
    )
    .bind(id.to_string())
    .bind(lifting.decider.key().to_owned())
    .bind(lifting.reason.clone())
    .bind(lifting.by.map_or_else(String::new, |by| by.to_string()))
    .bind(lifting.by_name.clone())
    .bind(lifting.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The entries that are on record as a veto, those that were lifted since too, in the order in which they were made.
pub async fn of_veto(tx: &mut Tx, veto: &VetoId) -> Result<Vec<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM veto_entry
         WHERE veto_id = $1
         ORDER BY made_at, id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(veto.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(entry_of).collect()
}

/// The entries that still stand on one veto are on record as another from now on.
pub async fn pass_on(tx: &mut Tx, from: &VetoId, to: &VetoId) -> Result<()> {
    sqlx::query(
        "UPDATE veto_entry
         SET veto_id = $2
         WHERE veto_id = $1 AND outcome = 'upheld' AND lifted_at = ''",
    )
    .bind(from.to_string())
    .bind(to.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What is wanted of the entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    pub years: Vec<i16>,
    /// Empty for all departments.
    pub department: String,
    /// Empty for all units.
    pub units: Vec<UnitId>,
    /// Only those that were not decided.
    pub only_open: bool,
}

/// The entries, those that were not decided first, the oldest of them first.
pub async fn list(tx: &mut Tx, filter: &EntryFilter) -> Result<Vec<Entry>> {
    let mut conditions = Conditions::default();
    conditions.among("year", filter.years.iter().map(|year| i64::from(*year)));
    if !filter.department.is_empty() {
        conditions.equals("department", filter.department.as_str());
    }
    if !filter.units.is_empty() {
        conditions.among("unit_id", filter.units.iter().map(ToString::to_string));
    }
    if filter.only_open {
        conditions.equals("outcome", "");
    }
    let sql = format!(
        "SELECT {COLUMNS}
         FROM veto_entry{}
         ORDER BY CASE WHEN outcome = '' THEN 0 ELSE 1 END, id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(entry_of).collect()
}

/// Those that nobody replied to and whose period was over before this day.
pub async fn overdue(tx: &mut Tx, today: Date) -> Result<Vec<Entry>> {
    let sql = format!(
        "SELECT {COLUMNS}
         FROM veto_entry
         WHERE outcome = '' AND replied_at = '' AND reply_by < $1
         ORDER BY id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(today.to_string())
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(entry_of).collect()
}

fn entry_of(row: &AnyRow) -> Result<Entry> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let replied_at = text("replied_at")?;
    let reply = match replied_at.as_str() {
        "" => None,
        at => Some(Reply {
            text: text("reply")?,
            by_name: text("replied_by_name")?,
            at: at.parse()?,
        }),
    };
    let decided_at = text("decided_at")?;
    let decision = match decided_at.as_str() {
        "" => None,
        at => {
            let (outcome, decider) = (text("outcome")?, text("decider")?);
            let (by, veto) = (text("decided_by")?, text("veto_id")?);
            Some(Decision {
                outcome: Outcome::from_key(&outcome)
                    .with_context(|| format!("unknown outcome {outcome}"))?,
                decider: Decider::from_key(&decider)
                    .with_context(|| format!("unknown decider {decider}"))?,
                reason: text("reason")?,
                by: if by.is_empty() {
                    None
                } else {
                    Some(by.parse()?)
                },
                by_name: text("decided_by_name")?,
                at: at.parse()?,
                veto: if veto.is_empty() {
                    None
                } else {
                    Some(veto.parse()?)
                },
            })
        }
    };
    let lifted_at = text("lifted_at")?;
    let lifting = match lifted_at.as_str() {
        "" => None,
        at => {
            let (decider, by) = (text("lifted_decider")?, text("lifted_by")?);
            Some(Lifting {
                decider: Decider::from_key(&decider)
                    .with_context(|| format!("unknown decider {decider}"))?,
                reason: text("lift_reason")?,
                by: if by.is_empty() {
                    None
                } else {
                    Some(by.parse()?)
                },
                by_name: text("lifted_by_name")?,
                at: at.parse()?,
            })
        }
    };
    Ok(Entry {
        id: text("id")?.parse()?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        department: text("department")?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        clause: text("clause")?,
        on: text("state_on")?.parse()?,
        document: text("document")?,
        note: text("note")?,
        made_by_name: text("made_by_name")?,
        made_at: text("made_at")?.parse()?,
        reply_by: text("reply_by")?.parse()?,
        reply,
        decision,
        lifting,
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::VetoId;
    use jiff::{Timestamp, civil::date};
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    fn entry(number: u128, unit: u128, reply_by: i8) -> Entry {
        Entry {
            id: EntryId(Uuid::from_u128(number)),
            year: 2016,
            department: "tax".to_owned(),
            unit: UnitId(Uuid::from_u128(unit)),
            unit_path: format!("/1/{unit}/"),
            unit_name: "第一纺织厂工会".to_owned(),
            clause: "V2".to_owned(),
            on: date(2016, 5, 3),
            document: "12号".to_owned(),
            note: "三个月".to_owned(),
            made_by_name: "赵".to_owned(),
            made_at: Timestamp::from_second(1_476_000_000).unwrap(),
            reply_by: date(2016, 11, reply_by),
            reply: None,
            decision: None,
            lifting: None,
        }
    }

    #[tokio::test]
    async fn an_entry_is_made_replied_to_and_decided_once() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let (first, second) = (entry(1, 7, 8), entry(2, 8, 4));
            assert!(insert(&mut tx, &first).await.unwrap());
            assert!(insert(&mut tx, &second).await.unwrap());
            assert!(!insert(&mut tx, &entry(3, 7, 9)).await.unwrap());
            let said = Reply {
                text: "已补缴".to_owned(),
                by_name: "钱".to_owned(),
                at: Timestamp::from_second(1_476_000_100).unwrap(),
            };
            assert!(reply(&mut tx, &first.id, &said).await.unwrap());
            assert!(!reply(&mut tx, &first.id, &said).await.unwrap());
            let late = overdue(&mut tx, date(2016, 11, 20)).await.unwrap();
            assert_eq!(late, std::slice::from_ref(&second));
            assert_eq!(overdue(&mut tx, date(2016, 11, 4)).await.unwrap(), []);
            let decision = Decision {
                outcome: Outcome::Lifted,
                decider: Decider::Department,
                reason: "已核实".to_owned(),
                by: None,
                by_name: "赵".to_owned(),
                at: Timestamp::from_second(1_476_000_200).unwrap(),
                veto: Some(VetoId(Uuid::from_u128(9))),
            };
            assert!(decide(&mut tx, &first.id, &decision).await.unwrap());
            assert!(!decide(&mut tx, &first.id, &decision).await.unwrap());
            let decided = Entry {
                reply: Some(said),
                decision: Some(decision),
                ..first.clone()
            };
            assert_eq!(
                find(&mut tx, &first.id).await.unwrap().as_ref(),
                Some(&decided)
            );
            // Lifted, it may be said anew.
            assert!(insert(&mut tx, &entry(3, 7, 9)).await.unwrap());
            let mut filter = EntryFilter {
                years: vec![2016],
                ..EntryFilter::default()
            };
            let found = list(&mut tx, &filter).await.unwrap();
            assert_eq!(found, [second.clone(), entry(3, 7, 9), decided]);
            filter.only_open = true;
            filter.units = vec![second.unit];
            assert_eq!(list(&mut tx, &filter).await.unwrap(), [second]);
        }
    }

    #[tokio::test]
    async fn an_upheld_entry_is_lifted_once_and_those_that_stand_pass_to_the_next_veto() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let (first, second) = (
                entry(1, 7, 8),
                Entry {
                    department: "labour-inspection".to_owned(),
                    ..entry(2, 7, 8)
                },
            );
            let (old, new) = (VetoId(Uuid::from_u128(9)), VetoId(Uuid::from_u128(10)));
            let decision = Decision {
                outcome: Outcome::Upheld,
                decider: Decider::City,
                reason: "仍欠缴".to_owned(),
                by: None,
                by_name: "赵".to_owned(),
                at: Timestamp::from_second(1_476_000_200).unwrap(),
                veto: Some(old),
            };
            let lifting = Lifting {
                decider: Decider::Department,
                reason: "已补缴".to_owned(),
                by: None,
                by_name: "赵".to_owned(),
                at: Timestamp::from_second(1_476_000_300).unwrap(),
            };
            for made in [&first, &second] {
                assert!(insert(&mut tx, made).await.unwrap());
                // What was not upheld can't be lifted as if it were.
                assert!(!lift(&mut tx, &made.id, &lifting).await.unwrap());
                assert!(decide(&mut tx, &made.id, &decision).await.unwrap());
            }
            assert!(lift(&mut tx, &first.id, &lifting).await.unwrap());
            assert!(!lift(&mut tx, &first.id, &lifting).await.unwrap());
            pass_on(&mut tx, &old, &new).await.unwrap();
            let lifted = Entry {
                decision: Some(decision.clone()),
                lifting: Some(lifting),
                ..first
            };
            let standing = Entry {
                decision: Some(Decision {
                    veto: Some(new),
                    ..decision
                }),
                ..second
            };
            assert_eq!(of_veto(&mut tx, &old).await.unwrap(), [lifted]);
            assert_eq!(of_veto(&mut tx, &new).await.unwrap(), [standing]);
            // Lifted, it may be said anew.
            assert!(insert(&mut tx, &entry(3, 7, 9)).await.unwrap());
        }
    }
}
