//! Who acts while the city is made: the demo's accounts, and the chairs of unions that have none.

use anyhow::{Context, Result, anyhow};
use jianjia_app::core::error::{self, Error};
use jianjia_domain::core::proof::Proof;
use jianjia_domain::{
    core::{
        ids::AccountId,
        policy::{Actor, Role, RoleAt},
    },
    office::account::Account,
};
use jianjia_standard::{Lang, kinds::Post};

use crate::core::city::City;

/// A demo account as it acts.
///
/// # Errors
/// When no account has the login.
pub fn actor(accounts: &[Account], login: &str) -> Result<Actor> {
    let account = accounts
        .iter()
        .find(|account| account.login == login)
        .context("an account of the demo")?;
    Ok(Actor {
        account: account.id,
        person: account.person,
        name: account.name.clone(),
        roles: account.roles.clone(),
        proof: Proof::Password,
    })
}

/// The chair of a union without an account of the demo, as one acts.
pub fn chair_of(city: &City, unit: usize) -> Actor {
    let person = city
        .people
        .iter()
        .find(|person| person.unit == unit && person.post == Post::Chair);
    Actor {
        account: AccountId(city.units[unit].id.0),
        person: person.map(|person| person.id),
        name: person.map_or_else(String::new, |person| person.name.clone()),
        roles: vec![RoleAt {
            role: Role::Chair,
            unit: city.units[unit].place(),
        }],
        proof: Proof::Password,
    }
}

/// A refusal while the city is made is a mistake of the making: it says which.
///
/// # Errors
/// What the act answered when it was not done.
pub fn told<T>(answer: error::Result<T>) -> Result<T> {
    answer.map_err(|error| match error {
        Error::Refused(refusal) => anyhow!("refused: {}", refusal.sentence(Lang::En)),
        other => anyhow::Error::from(other),
    })
}
