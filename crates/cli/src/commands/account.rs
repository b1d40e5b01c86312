//! `jianjia account NAME --role administrator`: the first account of an instance, created at its machine; and the second person of an instance with
//! a single administrator.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use jianjia_app::{
    core::{app::App, error::Error},
    exchange::founding,
    office::request as account_requests,
};
use jianjia_domain::{
    core::{ids::AccountRequestId, policy::Role},
    office::request::Proposed,
};
use jianjia_standard::Lang;

use crate::{
    instance::{self, Instance},
    output::{say, tell},
};

/// Creates an account at the city federation and prints its one-time password; the first step with a new instance
#[derive(Args)]
#[command(after_help = SECOND_PERSON)]
pub struct Account {
    /// User name to sign in with
    #[arg(required_unless_present_any = ["waiting", "confirm"])]
    login: Option<String>,
    /// clerk, chair, reviewer, approver, auditor or administrator
    #[arg(long, default_value = "administrator", value_parser = role)]
    role: Role,
    /// List the requests of administrators that another one has to confirm
    #[arg(long, conflicts_with_all = ["login", "confirm"])]
    waiting: bool,
    /// Confirm a request, and print the second half of the one-time password if there is one
    #[arg(long, value_name = "ID", conflicts_with = "login")]
    confirm: Option<AccountRequestId>,
    #[command(flatten)]
    instance: Instance,
}

/// Shown below the flags.
const SECOND_PERSON: &str = "\
Giving the role of approver, auditor or administrator, and resetting or unlocking an account that has one, is proposed by one administrator and
confirmed by another. If an instance has only one administrator, create a second one with this command, or confirm here with --waiting and --confirm.";

fn role(key: &str) -> Result<Role, String> {
    Role::at_units(key).ok_or_else(|| {
        let keys: Vec<&str> = Role::AT_UNITS.iter().map(|role| role.key()).collect();
        format!("one of {}", keys.join(", "))
    })
}

pub fn run(command: &Account) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open().await?;
        let done = match (&command.login, &command.confirm) {
            (Some(login), _) => found(&app, login, command.role).await,
            (None, Some(id)) => confirm(&app, id).await,
            (None, None) => list(&app).await,
        };
        match done {
            Ok(()) => Ok(ExitCode::SUCCESS),
            Err(Error::Refused(refusal)) => bail!("{}", refusal.sentence(Lang::En)),
            Err(Error::NotFound) => bail!("there is no such account"),
            Err(error) => Err(error.into()),
        }
    })
}

async fn found(app: &App, login: &str, role: Role) -> Result<(), Error> {
    let password = founding::found_account(app, login, role).await?;
    tell!(
        "{login} is {} of the city federation; the password below must be changed at the first sign-in",
        role.key()
    );
    Ok(say!("{password}")?)
}

async fn list(app: &App) -> Result<(), Error> {
    for waiting in account_requests::all_at_the_machine(app).await? {
        let request = &waiting.request;
        let what = match &request.proposed {
            Proposed::Role(at) => format!("{} of {}", at.role.key(), at.unit.name),
            Proposed::Password => "a new password".to_owned(),
            Proposed::Unlock => "unlocking".to_owned(),
            Proposed::Factor => "taking the second factor off".to_owned(),
        };
        say!(
            "{}\t{}\t{what}\tproposed by {} at {}",
            request.id,
            waiting.account.login,
            request.by_name,
            request.at
        )?;
    }
    Ok(())
}

async fn confirm(app: &App, id: &AccountRequestId) -> Result<(), Error> {
    match account_requests::confirm_at_the_machine(app, id).await? {
        Some(second) => {
            tell!(
                "confirmed; the account's one-time password is the half that its proposer has, a hyphen, and the half below"
            );
            Ok(say!("{second}")?)
        }
        None => {
            tell!("confirmed");
            Ok(())
        }
    }
}
