//! Invitations of one township: some chairs came, some did not, some are not invited yet.

use anyhow::{Context, Result};
use jianjia_app::{
    core::app::App,
    office::{
        invitation::{
            self as invitations, Filter,
            joining::{self, JoinInput},
            making, printing,
        },
        session::{self as sessions, Browser},
    },
};
use jianjia_domain::core::{
    ids::{AccountId, UnitId},
    policy::Actor,
};
use jiff::{ToSpan, civil::Date};

use crate::office::actor::told;

/// What those who came chose; nobody is told to try it.
const PASSWORD: &str = "梨花下的旧自行车铃声叮当响";

/// The day on which the township invited first.
pub fn begun_on(today: Date) -> Date {
    today.saturating_sub(21.days())
}

/// Three weeks ago: all chairs get accounts; of the first two the code has expired, of the next two it is still good, and two came.
///
/// # Errors
/// When an act is refused.
pub async fn begin(app: &App, approver: &Actor, under: &UnitId) -> Result<()> {
    let preview = told(making::preview(app, approver, under).await)?;
    if preview.made(true) == 0 {
        return Ok(());
    }
    let made = preview.made(true);
    told(making::make(app, approver, under, true, made).await)?;
    let accounts = uninvited(app, approver, under).await?;
    for (place, account) in accounts.iter().take(6).enumerate() {
        let days = [7, 7, 60, 60, 30, 30][place];
        let printed = told(printing::print_one(app, approver, account, days, false).await)?;
        if place >= 4 {
            let sheet = printed.sheets.first().context("a sheet")?;
            let input = JoinInput {
                code: sheet.code.clone(),
                name: "周敏".to_owned(),
                login: String::new(),
                chosen: PASSWORD.to_owned(),
                again: PASSWORD.to_owned(),
            };
            let browser = Browser {
                network: "demo".to_owned(),
                ..Browser::default()
            };
            let begun = told(joining::join(app, &browser, &input).await)?;
            told(sessions::sign_out(app, &begun.token).await)?;
        }
    }
    Ok(())
}

/// Today: two more are invited, and one code was handed to the wrong union.
///
/// # Errors
/// When an act is refused.
pub async fn go_on(app: &App, approver: &Actor, under: &UnitId) -> Result<()> {
    let accounts = uninvited(app, approver, under).await?;
    for (place, account) in accounts.iter().take(3).enumerate() {
        told(printing::print_one(app, approver, account, 30, false).await)?;
        if place == 2 {
            told(printing::revoke(app, approver, account).await)?;
        }
    }
    Ok(())
}

/// Who was never invited, in the order of the tree.
async fn uninvited(app: &App, approver: &Actor, under: &UnitId) -> Result<Vec<AccountId>> {
    let listed = invitations::list(app, approver, Some(under), Filter::New, None, 1).await;
    let lines = told(listed)?.lines.into_iter();
    Ok(lines.map(|line| line.invitation.account).collect())
}
