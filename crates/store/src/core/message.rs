//! Messages: a transaction collects whom it tells what, and its commit writes all of it in one statement a hundred. One that is rolled back tells
//! nobody. What then lies in somebody's inbox is `inbox`.

pub mod inbox;

use std::collections::BTreeMap;

use anyhow::Result;
use jianjia_domain::core::{
    ids::MessageId,
    message::{Message, To},
    policy::Role,
    post::Channel,
};
use jiff::Timestamp;

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

#[cfg(test)]
mod tests;
