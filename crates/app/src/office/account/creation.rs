//! Creating an account.

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::AccountId,
        place::UnitPlace,
        policy::{self, Act, Actor, Role, RoleAt},
        refusal::Refusal,
    },
    office::{
        account::{self, Account, AccountRefusal, AccountState, NameSource},
        request::Proposed,
    },
};
use jianjia_standard::programme::Department;
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    office::account as accounts,
    register::unit,
    round::department as departments,
};
use serde_json::json;

use super::{
    Outcome, may_administer,
    roles::{administered_unit, taken},
};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        sort_key::sort_key,
    },
    office::{
        invitation::joining::free_login, password as passwords, request as account_requests,
        session as sessions,
    },
};

/// The form for a new account.
#[derive(Clone, Debug, Default)]
pub struct AccountInput {
    pub login: String,
    pub name: String,
    /// The unit's name, number, credit code or id.
    pub unit: String,
    /// The role's key.
    pub role: String,
}

/// Creates an account with one role and a one-time password, which is not stored in plain text and must be changed. A role that decides waits for a
/// second person, and the account is locked until then.
///
/// # Errors
/// `NotYourRole` to those who are no administrators; `Crowded` when too many passwords are being hashed; by field: `login`: `LoginMalformed`,
/// `LoginTaken`; `name`: `NameMissing`; `role`: `RoleMissing`; `unit`: `UnitMissing`, or `UnitNotOne` when several are meant; as `App::permit` at
/// the unit.
pub async fn create(
    app: &App,
    actor: &Actor,
    input: &AccountInput,
) -> Result<(AccountId, Outcome)> {
    may_administer(actor)?;
    let once = passwords::one_time(app);
    let hash = sessions::hash(app, &once).await?;
    let mut tx = app.db.write(Scope::Accounts).await?;
    let (login, name, role, place) = read(&mut tx, actor, input).await?;
    let permit = app
        .permit(&mut tx, actor, Act::ManageAccounts, &place.id)
        .await?;
    let now = app.now();
    let at = RoleAt { role, unit: place };
    let is_guarded = policy::is_guarded(role);
    let made = Account {
        id: AccountId(app.entropy.id(now)),
        login,
        name,
        person: None,
        state: if is_guarded {
            AccountState::Locked
        } else {
            AccountState::Active
        },
        must_change: true,
        has_password: true,
        telephone: String::new(),
        mail: String::new(),
        name_source: NameSource::Given,
        created_at: now,
        roles: if is_guarded {
            Vec::new()
        } else {
            vec![at.clone()]
        },
    };
    accounts::insert(&mut tx, &made, &sort_key(&made.name), &hash).await?;
    let role = (!is_guarded).then(|| role.key());
    app.trail(
        &mut tx,
        actor,
        Deed::CreateAccount,
        Object::Account(made.id),
        Some(&permit.unit),
        json!({ "login": made.login, "role": role }),
    )
    .await?;
    let outcome = if is_guarded {
        account_requests::propose(app, &mut tx, actor, &made, Proposed::Role(at)).await?
    } else {
        Outcome::Done { once: Some(once) }
    };
    tx.commit().await?;
    Ok((made.id, outcome))
}

/// The department for which an account is to be made, for those who may.
///
/// # Errors
/// As `create_for_department`.
pub async fn department_of_account(app: &App, actor: &Actor, key: &str) -> Result<Department> {
    let mut tx = app.db.read().await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    app.permit(&mut tx, actor, Act::ManageAccounts, &city.id)
        .await?;
    let department = app.in_force().department(key);
    department.cloned().ok_or(Error::NotFound)
}

/// Creates an account that answers for a department and sees nothing but its list, with a one-time password as `create`.
///
/// # Errors
/// Not found when the standard in force has no such department; `Crowded`; `login`, `name` as `create`; as `App::permit` at the city.
pub async fn create_for_department(
    app: &App,
    actor: &Actor,
    key: &str,
    (login, name): (&str, &str),
) -> Result<(AccountId, String)> {
    may_administer(actor)?;
    let standard = app.in_force();
    standard.department(key).ok_or(Error::NotFound)?;
    let once = passwords::one_time(app);
    let hash = sessions::hash(app, &once).await?;
    let mut tx = app.db.write(Scope::Accounts).await?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let permit = app
        .permit(&mut tx, actor, Act::ManageAccounts, &city.id)
        .await?;
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let login = taken(account::login::read(login), "login", &mut wrong);
    let name = taken(account::name(name), "name", &mut wrong);
    if let Some(login) = &login {
        not_near(&mut tx, login, &mut wrong).await?;
    }
    let (Some(login), Some(name), true) = (login, name, wrong.is_empty()) else {
        return Err(Error::Refused(Refusal::Fields(wrong)));
    };
    let now = app.now();
    let made = Account {
        id: AccountId(app.entropy.id(now)),
        login,
        name,
        person: None,
        state: AccountState::Active,
        must_change: true,
        has_password: true,
        telephone: String::new(),
        mail: String::new(),
        name_source: NameSource::Given,
        created_at: now,
        roles: vec![RoleAt {
            role: Role::Department,
            unit: city,
        }],
    };
    accounts::insert(&mut tx, &made, &sort_key(&made.name), &hash).await?;
    departments::bind(&mut tx, &made.id, key, now).await?;
    app.trail(
        &mut tx,
        actor,
        Deed::BindDepartment,
        Object::Account(made.id),
        Some(&permit.unit),
        json!({ "login": made.login, "department": key }),
    )
    .await?;
    tx.commit().await?;
    Ok((made.id, once))
}

/// A login that is taken, or nearly, is wrong.
async fn not_near(tx: &mut Tx, login: &str, wrong: &mut Vec<(String, Refusal)>) -> Result<()> {
    if accounts::credentials_of_login(tx, login).await?.is_some() {
        let near = AccountRefusal::LoginNear {
            login: login.to_owned(),
            free: free_login(tx, login).await?,
        };
        wrong.push(("login".to_owned(), near.into()));
    }
    Ok(())
}

/// What the form says, checked: the login, the name, the role and its unit.
async fn read(
    tx: &mut Tx,
    actor: &Actor,
    input: &AccountInput,
) -> Result<(String, String, Role, UnitPlace)> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let login = taken(account::login::read(&input.login), "login", &mut wrong);
    let name = taken(account::name(&input.name), "name", &mut wrong);
    let role = taken(
        Role::at_units(&input.role).ok_or(AccountRefusal::RoleMissing),
        "role",
        &mut wrong,
    );
    let place = taken(
        administered_unit(tx, actor, &input.unit).await?,
        "unit",
        &mut wrong,
    );
    if let Some(login) = &login {
        not_near(tx, login, &mut wrong).await?;
    }
    match (login, name, role, place, wrong.is_empty()) {
        (Some(login), Some(name), Some(role), Some(place), true) => Ok((login, name, role, place)),
        _ => Err(Error::Refused(Refusal::Fields(wrong))),
    }
}
