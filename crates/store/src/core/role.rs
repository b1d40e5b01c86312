//! The roles that accounts have, as a permission asks for them.

use anyhow::Result;
use jianjia_domain::core::{
    ids::{AccountId, UnitId},
    place::UnitPlace,
    policy::Role,
};
use sqlx::Row;

use crate::core::{condition::Conditions, db::Tx, place::place_of};

/// Whether an account is open and has a role at a unit; none: there is no such account.
pub async fn is_held(
    tx: &mut Tx,
    id: &AccountId,
    role: Role,
    unit: &UnitId,
) -> Result<Option<bool>> {
    let row = sqlx::query(
        "SELECT account.state, account_role.role
         FROM account
         LEFT JOIN account_role
           ON account_role.account_id = account.id AND account_role.unit_id = $2 AND account_role.role = $3
         WHERE account.id = $1",
    )
    .bind(id.to_string())
    .bind(unit.to_string())
    .bind(role.key())
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let state: String = row.try_get("state")?;
        let held: Option<String> = row.try_get("role")?;
        Ok(state == "active" && held.is_some())
    })
    .transpose()
}

/// The open accounts that have one of these roles at a unit, with their names, each once.
pub async fn holders(
    tx: &mut Tx,
    unit: &UnitId,
    roles: &[Role],
) -> Result<Vec<(AccountId, String)>> {
    let mut conditions = Conditions::default();
    conditions.equals("account_role.unit_id", unit.to_string());
    conditions.equals("account.state", "active");
    conditions.among(
        "account_role.role",
        roles.iter().map(|role| role.key().to_owned()),
    );
    let sql = format!(
        "SELECT DISTINCT account.id, account.name
         FROM account
         JOIN account_role ON account_role.account_id = account.id{}
         ORDER BY account.name, account.id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("id")?;
            Ok((id.parse()?, row.try_get("name")?))
        })
        .collect()
}

/// Where an account has a role, whatever it is; a place with several roles stands there once.
pub async fn places(tx: &mut Tx, id: &AccountId) -> Result<Vec<UnitPlace>> {
    let rows = sqlx::query(
        "SELECT DISTINCT unit.id, unit.kind, unit.name, unit.path
         FROM account_role
         JOIN unit ON unit.id = account_role.unit_id
         WHERE account_role.account_id = $1
         ORDER BY unit.path",
    )
    .bind(id.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(place_of).collect()
}
