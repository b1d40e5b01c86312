//! `jianjia account NAME --role administrator`: the first account of an instance, made where the machine is.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use jianjia_app::{error::Error, founding};
use jianjia_domain::policy::Role;
use jianjia_standard::Lang;

use crate::{
    instance::{self, Instance},
    output::{say, tell},
};

/// Makes an account at the city federation and prints its one-time password; so a fresh instance is begun
#[derive(Args)]
pub struct Account {
    /// The name to sign in with
    login: String,
    /// clerk, chair, reviewer, approver, auditor or administrator
    #[arg(long, default_value = "administrator", value_parser = role)]
    role: Role,
    #[command(flatten)]
    instance: Instance,
}

fn role(key: &str) -> Result<Role, String> {
    Role::from_key(key).ok_or_else(|| {
        let keys: Vec<&str> = Role::ALL.iter().map(|role| role.key()).collect();
        format!("one of {}", keys.join(", "))
    })
}

pub fn run(command: &Account) -> Result<ExitCode> {
    instance::run(async {
        let app = command.instance.open().await?;
        match founding::found_account(&app, &command.login, command.role).await {
            Ok(password) => {
                tell!(
                    "{} is {} of the city federation; the password below must be changed at the first sign-in",
                    command.login,
                    command.role.key()
                );
                say!("{password}")?;
                Ok(ExitCode::SUCCESS)
            }
            Err(Error::Refused(refusal)) => bail!("{}", refusal.sentence(Lang::En)),
            Err(error) => Err(error.into()),
        }
    })
}
