//! Messages: a transaction collects whom it tells what, and its commit writes all of it in one statement a hundred. One that is rolled back tells
//! nobody.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jianjia_domain::core::{
    ids::{AccountId, MessageId},
    message::{About, Kind, Message, Received, To},
    policy::Role,
    post::Channel,
};
use jiff::Timestamp;
use sqlx::{Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    db::Tx,
    post,
};

/// A message on its way, with its id and instant.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    id: MessageId,
    at: Timestamp,
    message: Message,
    /// By what it also goes out.
    channels: &'static [Channel],
}

/// Tells it when the transaction is committed, and has it go out by the channels as well to those who want it.
pub fn tell(
    tx: &mut Tx,
    id: MessageId,
    at: Timestamp,
    message: Message,
    channels: &'static [Channel],
) {
    tx.told.push(Told {
        id,
        at,
        message,
        channels,
    });
}

/// The columns of a message, in the order of `row`; whose it is comes last.
const COLUMNS: &str =
    "id, kind, noun, noun_id, unit_id, year, detail, due_on, tally, at, told_key, account_id";

/// What the same message finds in an inbox already: a counted one is counted on and unread again, of others one is enough.
const AGAIN: &str = "ON CONFLICT (account_id, told_key) DO UPDATE SET
       tally = message.tally + excluded.tally, at = excluded.at, read_at = ''
     WHERE excluded.tally > 0";

/// Whatever roles somebody has.
const NO_ROLE: &[Role] = &[];

/// Writes what a transaction tells, before its commit.
pub(crate) async fn settle(tx: &mut Tx) -> Result<()> {
    if tx.told.is_empty() {
        return Ok(());
    }
    let told = std::mem::take(&mut tx.told);
    // All of a transaction are told by one program, with one setting of its channels.
    let (at, channels) = told
        .first()
        .map_or((Timestamp::UNIX_EPOCH, &[][..]), |one| {
            (one.at, one.channels)
        });
    let mut rows: [Vec<Vec<Value>>; 4] = Default::default();
    for (to, one) in each(told) {
        let (place, whom, roles) = match &to {
            To::Unit { unit, roles } => (0, unit.to_string(), *roles),
            To::Path { path, roles } => (1, path.clone(), *roles),
            To::Account(account) => (2, account.to_string(), NO_ROLE),
            To::Person(person) => (3, person.to_string(), NO_ROLE),
        };
        let role_keys = roles.iter().map(|role| Some(role.key()));
        let whatever_role = roles.is_empty().then_some(None);
        for role in role_keys.chain(whatever_role) {
            let mut row = row(&one)?;
            row.push(whom.as_str().into());
            row.extend(role.map(Value::from));
            rows[place].push(row);
        }
    }
    let with_role =
        "account_role.role = told.column14 JOIN account ON account.id = account_role.account_id";
    let whom = [
        format!("JOIN account_role ON account_role.unit_id = told.column13 AND {with_role}"),
        format!("JOIN account_role ON account_role.unit_path = told.column13 AND {with_role}"),
        "JOIN account ON account.id = told.column13".to_owned(),
        "JOIN account ON account.person_id = told.column13".to_owned(),
    ];
    for (rows, whom) in rows.into_iter().zip(whom) {
        if rows.is_empty() {
            continue;
        }
        // Each once, whatever roles somebody has; in the order of the keys, so that two transactions don't wait for each other's rows.
        let sql = format!(
            "INSERT INTO message ({COLUMNS})
             SELECT DISTINCT told.column1, told.column2, told.column3, told.column4, told.column5, told.column6, told.column7, told.column8,
                    told.column9, told.column10, told.column11, account.id
             FROM (VALUES {{rows}}) AS told
             {whom}
             WHERE account.state = 'active' AND account.id <> told.column12
             ORDER BY 12, 11
             {AGAIN}"
        );
        for channel in channels {
            post::settle(tx, *channel, rows.clone(), &whom, at).await?;
        }
        bulk::update(tx, &sql, &[], rows).await?;
    }
    Ok(())
}

/// The messages of a transaction by whom they are told, each once: what is counted is counted together. PostgreSQL changes no row twice in one
/// statement.
fn each(told: Vec<Told>) -> Vec<(To, Told)> {
    let mut by_key: BTreeMap<(String, To), Told> = BTreeMap::new();
    for one in told {
        let key = one.message.key();
        for to in &one.message.to {
            match by_key.get_mut(&(key.clone(), to.clone())) {
                Some(before) => before.message.tally += one.message.tally,
                None => {
                    by_key.insert((key.clone(), to.clone()), one.clone());
                }
            }
        }
    }
    by_key
        .into_iter()
        .map(|((_, to), told)| (to, told))
        .collect()
}

fn row(told: &Told) -> Result<Vec<Value>> {
    let Message {
        kind,
        about,
        detail,
        due_on,
        tally,
        but,
        ..
    } = &told.message;
    Ok(vec![
        told.id.to_string().into(),
        kind.key().into(),
        about.noun.key().into(),
        about.id.as_str().into(),
        about
            .unit
            .map_or_else(String::new, |id| id.to_string())
            .into(),
        i64::from(about.year).into(),
        serde_json::to_string(detail)?.into(),
        due_on
            .map_or_else(String::new, |day| day.to_string())
            .into(),
        (*tally).into(),
        told.at.to_string().into(),
        told.message.key().into(),
        but.map_or_else(String::new, |id| id.to_string()).into(),
    ])
}

/// A page of somebody's messages: unread ones first, then by their instant, the newest first. Gives how many there are, too.
pub async fn page(
    tx: &mut Tx,
    account: &AccountId,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Received>, i64)> {
    let rows = sqlx::query(
        "SELECT id, kind, noun, noun_id, unit_id, year, detail, due_on, tally, at, read_at,
                CAST(COUNT(*) OVER () AS BIGINT) AS total
         FROM message
         WHERE account_id = $1
         ORDER BY CASE WHEN read_at = '' THEN 0 ELSE 1 END, at DESC, id DESC
         LIMIT $2 OFFSET $3",
    )
    .bind(account.to_string())
    .bind(limit)
    .bind(offset)
    .fetch_all(&mut **tx)
    .await?;
    let total = match rows.first() {
        Some(row) => row.try_get("total")?,
        None => 0,
    };
    let messages = rows.iter().map(received).collect::<Result<_>>()?;
    Ok((messages, total))
}

pub async fn find(tx: &mut Tx, account: &AccountId, id: &MessageId) -> Result<Option<Received>> {
    let row = sqlx::query(
        "SELECT id, kind, noun, noun_id, unit_id, year, detail, due_on, tally, at, read_at
         FROM message
         WHERE account_id = $1 AND id = $2",
    )
    .bind(account.to_string())
    .bind(id.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    row.as_ref().map(received).transpose()
}

/// Marks one of somebody's messages as read; whether it was unread.
pub async fn read_one(
    tx: &mut Tx,
    account: &AccountId,
    id: &MessageId,
    now: Timestamp,
) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE message
         SET read_at = $3
         WHERE account_id = $1 AND id = $2 AND read_at = ''",
    )
    .bind(account.to_string())
    .bind(id.to_string())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Marks those of somebody's messages as read that had come by an instant; gives how many were unread.
pub async fn read_until(
    tx: &mut Tx,
    account: &AccountId,
    until: Timestamp,
    now: Timestamp,
) -> Result<u64> {
    let done = sqlx::query(
        "UPDATE message
         SET read_at = $3
         WHERE account_id = $1 AND read_at = '' AND at <= $2",
    )
    .bind(account.to_string())
    .bind(until.to_string())
    .bind(now.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Removes the messages of before an instant; gives how many.
pub async fn remove_before(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM message WHERE at < $1")
        .bind(before.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

pub(crate) fn received(row: &AnyRow) -> Result<Received> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let unit = text("unit_id")?;
    let due_on = text("due_on")?;
    Ok(Received {
        id: text("id")?.parse()?,
        kind: Kind::from_key(&text("kind")?),
        about: About {
            noun: text("noun")?.parse()?,
            id: text("noun_id")?,
            unit: match unit.as_str() {
                "" => None,
                id => Some(id.parse()?),
            },
            year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        },
        detail: serde_json::from_str(&text("detail")?).context("the detail of a message")?,
        due_on: match due_on.as_str() {
            "" => None,
            day => Some(day.parse()?),
        },
        tally: row.try_get("tally")?,
        at: text("at")?.parse()?,
        is_read: !text("read_at")?.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::{
        audit::object::Object,
        ids::UnitId,
        message::{OFFICE, UNION},
    };

    use super::*;
    use crate::testing;

    const UNIT: UnitId = UnitId(uuid::Uuid::from_u128(7));

    /// A chair who is also clerk, a reviewer, a locked chair; by number.
    async fn people(tx: &mut Tx) -> [AccountId; 3] {
        let ids = [1, 2, 3].map(|number| AccountId(uuid::Uuid::from_u128(number)));
        let account = |place: usize, state: &str| -> Vec<Value> {
            vec![
                ids[place].to_string().into(),
                format!("login{place}").into(),
                "张".into(),
                format!("{:032}", place + 50).into(),
                "x".into(),
                state.into(),
                "2016".into(),
                "2016".into(),
            ]
        };
        let columns = [
            "id",
            "login",
            "name",
            "person_id",
            "password_hash",
            "state",
            "created_at",
            "changed_at",
        ];
        let accounts = vec![
            account(0, "active"),
            account(1, "active"),
            account(2, "locked"),
        ];
        bulk::insert(tx, "account", &columns, accounts)
            .await
            .unwrap();
        let role = |place: usize, role: &str| -> Vec<Value> {
            let id = ids[place].to_string();
            vec![
                id.into(),
                UNIT.to_string().into(),
                "/1/7/".into(),
                role.into(),
                "2016".into(),
            ]
        };
        let columns = ["account_id", "unit_id", "unit_path", "role", "since_at"];
        let roles = vec![
            role(0, "chair"),
            role(0, "clerk"),
            role(1, "reviewer"),
            role(2, "chair"),
        ];
        bulk::insert(tx, "account_role", &columns, roles)
            .await
            .unwrap();
        ids
    }

    fn message(kind: Kind, once: &str, to: To) -> Message {
        let about = About::of(&Object::Unit(UNIT), Some(UNIT), 2016);
        Message::of(kind, about, once, vec![to])
    }

    fn told(tx: &mut Tx, number: u128, message: Message) {
        let at = Timestamp::from_second(1_476_000_000).unwrap();
        let id = MessageId(uuid::Uuid::from_u128(number));
        tell(tx, id, at, message, &[]);
    }

    async fn kinds(tx: &mut Tx, account: &AccountId) -> Vec<(Option<Kind>, i64, bool)> {
        let (found, total) = page(tx, account, 10, 0).await.unwrap();
        assert_eq!(total, found.len() as i64);
        let each = found.iter();
        each.map(|one| (one.kind, one.tally, one.is_read)).collect()
    }

    #[tokio::test]
    async fn each_is_told_once_whatever_their_roles_and_what_is_counted_is_unread_again() {
        for database in testing::both().await {
            let db = &database.db;
            let now = Timestamp::from_second(1_476_000_500).unwrap();
            let to = |roles| To::Unit { unit: UNIT, roles };
            let mut tx = db.uncovered().write("test").await.unwrap();
            let [chair, reviewer, locked] = people(&mut tx).await;
            told(&mut tx, 1, message(Kind::Returned, "a", to(UNION)));
            told(&mut tx, 2, message(Kind::Arrived, "day", to(OFFICE)));
            told(&mut tx, 3, message(Kind::Arrived, "day", to(OFFICE)));
            let path = To::Path {
                path: "/1/7/".to_owned(),
                roles: UNION,
            };
            told(&mut tx, 4, message(Kind::Endorsed, "a", path));
            let person = To::Person(format!("{:032}", 51).parse().unwrap());
            told(&mut tx, 5, message(Kind::Named, "a", person));
            told(&mut tx, 6, message(Kind::Account, "a", To::Account(chair)));
            // The same to different people, and one more of what is counted to one of them.
            for (number, account) in [(11, chair), (12, reviewer), (13, reviewer)] {
                let given = message(Kind::FileGiven, "day", To::Account(account));
                told(&mut tx, number, given);
            }
            let own = Message {
                but: Some(chair),
                ..message(Kind::Rejected, "a", to(UNION))
            };
            told(&mut tx, 7, own);
            tx.commit().await.unwrap();
            let mut tx = db.uncovered().write("test").await.unwrap();
            let mut of_chair = kinds(&mut tx, &chair).await;
            of_chair.sort();
            assert_eq!(
                of_chair,
                [
                    (Some(Kind::Returned), 0, false),
                    (Some(Kind::Endorsed), 0, false),
                    (Some(Kind::FileGiven), 1, false),
                    (Some(Kind::Account), 0, false)
                ]
            );
            assert_eq!(kinds(&mut tx, &locked).await, []);
            let of_reviewer = kinds(&mut tx, &reviewer).await;
            assert!(of_reviewer.contains(&(Some(Kind::Arrived), 2, false)));
            assert!(of_reviewer.contains(&(Some(Kind::Named), 0, false)));
            assert!(of_reviewer.contains(&(Some(Kind::FileGiven), 2, false)));
            let read = read_until(&mut tx, &reviewer, now, now).await.unwrap();
            assert_eq!(read, 3);
            told(&mut tx, 8, message(Kind::Arrived, "day", to(OFFICE)));
            told(&mut tx, 9, message(Kind::Returned, "a", to(UNION)));
            tx.commit().await.unwrap();
            let mut tx = db.uncovered().write("test").await.unwrap();
            assert_eq!(
                kinds(&mut tx, &reviewer).await[0],
                (Some(Kind::Arrived), 3, false)
            );
            assert_eq!(kinds(&mut tx, &chair).await.len(), 4);
            // One that is rolled back tells nobody.
            told(&mut tx, 10, message(Kind::Returned, "b", to(UNION)));
            drop(tx);
            let mut tx = db.uncovered().write("test").await.unwrap();
            assert_eq!(kinds(&mut tx, &chair).await.len(), 4);
            let first = MessageId(uuid::Uuid::from_u128(1));
            assert!(!read_one(&mut tx, &reviewer, &first, now).await.unwrap());
            assert!(read_one(&mut tx, &chair, &first, now).await.unwrap());
            assert!(find(&mut tx, &reviewer, &first).await.unwrap().is_none());
            assert!(
                find(&mut tx, &chair, &first)
                    .await
                    .unwrap()
                    .unwrap()
                    .is_read
            );
            assert_eq!(remove_before(&mut tx, now).await.unwrap(), 7);
        }
    }
}
