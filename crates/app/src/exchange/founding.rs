//! The first account of a new instance: without it nobody could sign in to create others. `city` founds a whole demo city.

pub mod city;

use jianjia_domain::core::audit::{deed::Deed, object::Object};
use jianjia_domain::core::proof::Proof;
use jianjia_domain::{
    core::{
        ids::{AccountId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role, RoleAt},
    },
    office::account::{self, Account, AccountRefusal, AccountState, NameSource},
    register::unit::{Unit, UnitChange, UnitDetails, UnitState},
};
use jianjia_store::{
    core::{counter::next_numbers, db::Tx, scope::Scope},
    office::account as accounts,
    register::unit,
};
use serde_json::json;

use crate::{
    core::{
        app::App,
        error::{Error, Result},
        sort_key::sort_key,
    },
    office::{password as passwords, session as sessions},
};

/// Creates an account at the city federation, which is entered in the register if missing, and returns its one-time password. For the operator at
/// the command line: no permission is checked, and the trail says so.
///
/// # Errors
/// Refused if the login is not valid or not free.
pub async fn found_account(app: &App, login: &str, role: Role) -> Result<String> {
    let login = account::login::read(login)?;
    let once = passwords::one_time(app);
    let hash = sessions::hash(app, &once).await?;
    let mut tx = app.db.write([Scope::Accounts, Scope::Register]).await?;
    if accounts::credentials_of_login(&mut tx, &login)
        .await?
        .is_some()
    {
        return Err(Error::Refused(AccountRefusal::LoginTaken.into()));
    }
    let now = app.now();
    let actor = Actor {
        account: AccountId(app.entropy.id(now)),
        person: None,
        name: login.clone(),
        roles: Vec::new(),
        proof: Proof::Password,
    };
    let city = match unit::root(&mut tx).await? {
        Some(city) => city,
        None => found_city(&mut tx, app, &actor).await?,
    };
    let made = Account {
        id: actor.account,
        login: login.clone(),
        name: login.clone(),
        person: None,
        state: AccountState::Active,
        must_change: true,
        has_password: true,
        telephone: String::new(),
        mail: String::new(),
        name_source: NameSource::Given,
        created_at: now,
        roles: vec![RoleAt {
            role,
            unit: city.clone(),
        }],
    };
    accounts::insert(&mut tx, &made, &sort_key(&made.name), &hash).await?;
    let detail = json!({ "login": login, "role": role.key(), "by": "command-line" });
    app.trail(
        &mut tx,
        &actor,
        Deed::CreateAccount,
        Object::Account(made.id),
        Some(&city),
        detail,
    )
    .await?;
    tx.commit().await?;
    Ok(once)
}

/// The federation that runs the programme, at the root of the register.
async fn found_city(tx: &mut Tx, app: &App, actor: &Actor) -> Result<UnitPlace> {
    let now = app.now();
    let number = next_numbers(tx, "unit", 1).await?;
    let name = app.in_force().programme.approving_body.zh.clone();
    let city = Unit {
        id: UnitId(app.entropy.id(now)),
        number,
        parent_id: None,
        path: format!("/{number}/"),
        kind: UnitKind::City,
        sort_key: sort_key(&name),
        details: UnitDetails {
            name,
            form: Some("general".to_owned()),
            ..UnitDetails::default()
        },
        state: UnitState::Active,
        ended_on: None,
        successor_id: None,
        revision: 1,
        created_at: now,
        changed_at: now,
    };
    unit::change::insert(tx, std::slice::from_ref(&city)).await?;
    let version = unit::version::NewVersion {
        id: app.entropy.id(now).simple().to_string(),
        unit: &city,
        valid_from: app.clock.today(),
        change: UnitChange::Founded,
        note: "",
        recorded_by: None,
    };
    unit::version::insert(tx, &[version]).await?;
    let place = city.place();
    app.trail(
        tx,
        actor,
        Deed::CreateUnit,
        Object::Unit(place.id),
        Some(&place),
        json!({ "name": place.name }),
    )
    .await?;
    Ok(place)
}
