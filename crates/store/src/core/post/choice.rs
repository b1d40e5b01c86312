//! Where people are reached, and what they want to be told there.

use anyhow::{Context, Result};
use jianjia_domain::core::{
    ids::AccountId,
    post::{Addresses, Channel, Wish},
};
use jianjia_standard::Lang;
use jiff::Timestamp;
use sqlx::Row;

use super::{channel_of, instant};
use crate::core::db::Tx;

/// What somebody chose for a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub channel: Channel,
    pub wish: Wish,
    /// In which language.
    pub lang: Lang,
    /// The address that the receiving side refused; empty where it refused none.
    pub refused_address: String,
}

/// Where somebody is reached.
pub async fn addresses(tx: &mut Tx, account: &AccountId) -> Result<Addresses> {
    let row = sqlx::query("SELECT mail, telephone FROM account WHERE id = $1")
        .bind(account.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(Addresses {
        mail: row.try_get("mail")?,
        telephone: row.try_get("telephone")?,
    })
}

pub async fn say_addresses(tx: &mut Tx, account: &AccountId, said: &Addresses) -> Result<()> {
    sqlx::query(
        "UPDATE account
         SET mail = $2, telephone = $3
         WHERE id = $1",
    )
    .bind(account.to_string())
    .bind(said.mail.clone())
    .bind(said.telephone.clone())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What somebody chose; the usual where nothing was chosen.
pub async fn choices(tx: &mut Tx, account: &AccountId) -> Result<Vec<Choice>> {
    let rows = sqlx::query(
        "SELECT channel, wish, lang, refused_address
         FROM post_choice
         WHERE account_id = $1",
    )
    .bind(account.to_string())
    .fetch_all(&mut **tx)
    .await?;
    let mut choices: Vec<Choice> = Channel::ALL
        .into_iter()
        .map(|channel| Choice {
            channel,
            wish: channel.usual(),
            lang: Lang::Zh,
            refused_address: String::new(),
        })
        .collect();
    for row in &rows {
        let channel = channel_of(row.try_get("channel")?)?;
        let wish: String = row.try_get("wish")?;
        if let Some(choice) = choices.iter_mut().find(|one| one.channel == channel) {
            choice.wish = Wish::from_key(&wish).with_context(|| format!("unknown wish {wish}"))?;
            if row.try_get::<String, _>("lang")? == "en" {
                choice.lang = Lang::En;
            }
            choice.refused_address = row.try_get("refused_address")?;
        }
    }
    Ok(choices)
}

/// Keeps what somebody chose, and the language in which it is written to them.
pub async fn choose(
    tx: &mut Tx,
    account: &AccountId,
    channel: Channel,
    wish: Wish,
    lang: Lang,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO post_choice (account_id, channel, wish, lang)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (account_id, channel) DO UPDATE SET wish = $3, lang = $4",
    )
    .bind(account.to_string())
    .bind(channel.key())
    .bind(wish.key())
    .bind(match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    })
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Ends what waits for somebody by a channel and is not wanted any more.
pub async fn unwanted(
    tx: &mut Tx,
    account: &AccountId,
    channel: Channel,
    wish: Wish,
    now: Timestamp,
) -> Result<()> {
    let least = match wish {
        Wish::All => return Ok(()),
        Wish::Urgent => 1_i64,
        Wish::Nothing => 2,
    };
    sqlx::query(
        "UPDATE outgoing
         SET state = 'unneeded', ended_at = $4
         WHERE account_id = $1 AND channel = $2 AND state = 'waiting' AND urgent < $3",
    )
    .bind(account.to_string())
    .bind(channel.key())
    .bind(least)
    .bind(instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that an address was refused for good: nothing goes there until another is given, or the same is given anew.
pub async fn refuse_address(
    tx: &mut Tx,
    account: &AccountId,
    channel: Channel,
    address: &str,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO post_choice (account_id, channel, wish, refused_address, refused_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, channel) DO UPDATE SET refused_address = $4, refused_at = $5",
    )
    .bind(account.to_string())
    .bind(channel.key())
    .bind(channel.usual().key())
    .bind(address.to_owned())
    .bind(instant(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The owner gave the addresses anew: they are tried again.
pub async fn forget_refusal(tx: &mut Tx, account: &AccountId) -> Result<()> {
    sqlx::query(
        "UPDATE post_choice
         SET refused_address = '', refused_at = ''
         WHERE account_id = $1",
    )
    .bind(account.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
