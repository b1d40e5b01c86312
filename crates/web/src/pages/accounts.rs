//! Accounts: an administrator's list and what is done to one, and the own password.

use askama::Template;
use axum::extract::{Path, Query, State};
use jianjia_app::{
    accounts::{self, AccountInput},
    app::App,
};
use jianjia_domain::{
    account::{Account, AccountState},
    ids::{AccountId, UnitId},
    policy::{Act, Actor, Role},
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    routes::{Access, Route},
    session::{SignedIn, Token},
    visit::percent_encoded,
};

const MANAGE: Access = Access::Act(Act::ManageAccounts);

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/accounts", MANAGE, index),
        Route::post("/accounts", MANAGE, create),
        Route::get("/accounts/new", MANAGE, new),
        Route::get("/accounts/password", Access::SignedIn, own_password),
        Route::post("/accounts/password", Access::SignedIn, change_own_password),
        Route::get("/accounts/{id}", MANAGE, show),
        Route::post("/accounts/{id}/roles", MANAGE, give_role),
        Route::post("/accounts/{id}/roles/removal", MANAGE, take_role),
        Route::post("/accounts/{id}/lock", MANAGE, lock),
        Route::post("/accounts/{id}/unlock", MANAGE, unlock),
        Route::post("/accounts/{id}/password", MANAGE, reset_password),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Search {
    q: String,
    page: String,
}

#[derive(Template)]
#[template(path = "accounts/index.html")]
struct Index {
    frame: Frame,
    q: String,
    accounts: Vec<Account>,
    total: i64,
    page: i64,
    pages: i64,
}

impl Index {
    fn base(&self) -> String {
        format!("/accounts?q={}&page=", percent_encoded(&self.q))
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(search): Query<Search>,
) -> PageResult {
    let number = search.page.parse().unwrap_or(1).max(1);
    let q = search.q.trim().to_owned();
    let (accounts, total) = accounts::list(&app, &actor, &q, number).await?;
    page(&Index {
        frame,
        q,
        accounts,
        total,
        page: number,
        pages: (total + accounts::PAGE - 1) / accounts::PAGE,
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    login: String,
    name: String,
    unit: String,
    role: String,
}

#[derive(Template)]
#[template(path = "accounts/new.html")]
struct New {
    frame: Frame,
    problems: Problems,
    typed: Typed,
}

impl New {
    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        role_choices(&self.frame)
    }
}

async fn new(SignedIn(actor): SignedIn, frame: Frame, Query(typed): Query<Typed>) -> PageResult {
    accounts::may_administer(&actor)?;
    page(&New {
        frame,
        problems: Problems::none(),
        typed,
    })
}

/// The one-time password stands in this answer only: it is kept nowhere, so there is no page to go on to.
#[derive(Template)]
#[template(path = "accounts/password_given.html")]
struct PasswordGiven {
    frame: Frame,
    account: Account,
    once: String,
    is_new: bool,
}

async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> PageResult {
    let input = AccountInput {
        login: typed.login.clone(),
        name: typed.name.clone(),
        unit: typed.unit.clone(),
        role: typed.role.clone(),
    };
    match told(accounts::create(&app, &actor, &input).await, &frame)? {
        Ok((id, once)) => page(&PasswordGiven {
            account: accounts::find(&app, &actor, &id).await?,
            frame,
            once,
            is_new: true,
        }),
        Err(problems) => unprocessable(&New {
            frame,
            problems,
            typed,
        }),
    }
}

#[derive(Template)]
#[template(path = "accounts/show.html")]
struct Show {
    frame: Frame,
    problems: Problems,
    account: Account,
    is_own: bool,
    typed: Typed,
}

impl Show {
    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        role_choices(&self.frame)
    }

    fn is_locked(&self) -> bool {
        self.account.state == AccountState::Locked
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    accounts::may_administer(&actor)?;
    let account = accounts::find(&app, &actor, &account_id(&id)?).await?;
    page(&shown(
        frame,
        Problems::none(),
        account,
        &actor,
        Typed::default(),
    ))
}

fn shown(frame: Frame, problems: Problems, account: Account, actor: &Actor, typed: Typed) -> Show {
    Show {
        is_own: account.id == actor.account,
        frame,
        problems,
        account,
        typed,
    }
}

async fn give_role(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let id = account_id(&id)?;
    let given = accounts::give_role(&app, &actor, &id, &typed.unit, &typed.role).await;
    answered(&app, &actor, frame, &id, given, typed, "角色已经增加").await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RoleAt {
    unit: String,
    role: String,
}

async fn take_role(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(at): Form<RoleAt>,
) -> PageResult {
    let id = account_id(&id)?;
    let unit: UnitId = at.unit.parse().map_err(|_| PageError::NotFound)?;
    let role = Role::from_key(&at.role).ok_or(PageError::NotFound)?;
    let taken = accounts::take_role(&app, &actor, &id, &unit, role).await;
    answered(
        &app,
        &actor,
        frame,
        &id,
        taken,
        Typed::default(),
        "角色已经取消",
    )
    .await
}

async fn lock(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let id = account_id(&id)?;
    let locked = accounts::lock(&app, &actor, &id).await;
    answered(
        &app,
        &actor,
        frame,
        &id,
        locked,
        Typed::default(),
        "账号已经停用，登录已经结束",
    )
    .await
}

async fn unlock(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let id = account_id(&id)?;
    let unlocked = accounts::unlock(&app, &actor, &id).await;
    answered(
        &app,
        &actor,
        frame,
        &id,
        unlocked,
        Typed::default(),
        "账号已经恢复",
    )
    .await
}

/// Back to the account with what was done, or with why not.
async fn answered(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &AccountId,
    result: jianjia_app::error::Result<()>,
    typed: Typed,
    notice: &str,
) -> PageResult {
    match told(result, &frame)? {
        // Without its last role here the account is out of the administrator's sight.
        Ok(()) if accounts::find(app, actor, id).await.is_err() => {
            see_other_with("/accounts", notice)
        }
        Ok(()) => see_other_with(&format!("/accounts/{id}"), notice),
        Err(problems) => {
            let account = accounts::find(app, actor, id).await?;
            unprocessable(&shown(frame, problems, account, actor, typed))
        }
    }
}

async fn reset_password(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let id = account_id(&id)?;
    let reset = accounts::reset_password(&app, &actor, &id).await;
    let account = accounts::find(&app, &actor, &id).await?;
    match told(reset, &frame)? {
        Ok(once) => page(&PasswordGiven {
            frame,
            account,
            once,
            is_new: false,
        }),
        Err(problems) => unprocessable(&shown(frame, problems, account, &actor, Typed::default())),
    }
}

#[derive(Template)]
#[template(path = "accounts/password.html")]
struct OwnPassword {
    frame: Frame,
    problems: Problems,
    must_change: bool,
}

async fn own_password(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
) -> PageResult {
    let account = accounts::find(&app, &actor, &actor.account).await?;
    page(&OwnPassword {
        frame,
        problems: Problems::none(),
        must_change: account.must_change,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Passwords {
    current: String,
    chosen: String,
    again: String,
}

async fn change_own_password(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Token(token): Token,
    frame: Frame,
    Form(typed): Form<Passwords>,
) -> PageResult {
    let changed = accounts::change_password(
        &app,
        &actor,
        &token,
        &typed.current,
        &typed.chosen,
        &typed.again,
    )
    .await;
    match told(changed, &frame)? {
        Ok(()) => see_other_with("/desk", "密码已经修改，其他设备上的登录已经结束"),
        Err(problems) => {
            let account = accounts::find(&app, &actor, &actor.account).await?;
            unprocessable(&OwnPassword {
                frame,
                problems,
                must_change: account.must_change,
            })
        }
    }
}

fn role_choices(frame: &Frame) -> Vec<(&'static str, &'static str)> {
    Role::ALL
        .into_iter()
        .map(|role| (role.key(), frame.t_fixed(role.word())))
        .collect()
}

fn account_id(id: &str) -> Result<AccountId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}
