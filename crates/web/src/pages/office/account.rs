//! Accounts: an administrator's list and what is done to one, and the own password.

mod department;
mod export;
mod new;
mod own;
mod password_given;
mod requests;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, error::Result as Done},
    office::{
        account::{self as accounts, Outcome},
        factor as factors,
        request::{self as account_requests, Waiting},
        token as tokens,
    },
};
use jianjia_domain::{
    core::{
        ids::{AccountId, UnitId},
        policy::{self, Act, Actor, Role},
    },
    office::{
        account::{Account, AccountState, login},
        token::AccessToken,
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::core::export::download,
    path::{self, Path},
    query,
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

use password_given::{Given, come_of};

const MANAGE: Access = Access::Act(Act::ManageAccounts);

pub fn routes() -> Vec<Route> {
    let rest = vec![
        Route::get("/accounts", MANAGE, index),
        Route::get("/accounts/export", MANAGE, download::<Search>),
        Route::post("/accounts", MANAGE, new::create),
        Route::get("/accounts/new", MANAGE, new::show),
        Route::get("/accounts/{id}", MANAGE, show),
        Route::post("/accounts/{id}/roles", MANAGE, give_role),
        Route::post("/accounts/{id}/roles/removal", MANAGE, take_role),
        Route::post("/accounts/{id}/lock", MANAGE, lock),
        Route::post("/accounts/{id}/unlock", MANAGE, unlock),
        Route::post("/accounts/{id}/password", MANAGE, reset_password),
        Route::post("/accounts/{id}/factor", MANAGE, reset_factor),
        Route::get(department::ADDRESS, MANAGE, department::new),
        Route::post(department::ADDRESS, MANAGE, department::create),
    ];
    [own::routes(), requests::routes(), rest].concat()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    q: String,
    page: String,
}

#[derive(Template)]
#[template(path = "office/account/index.html")]
struct Index {
    frame: Frame,
    problems: Problems,
    q: String,
    waiting: Vec<Waiting>,
    accounts: Vec<Account>,
    total: i64,
    page: i64,
    pages: i64,
}

impl Index {
    fn base(&self) -> String {
        format!("/accounts?q={}&page=", percent_encoded(&self.q))
    }

    fn export_href(&self) -> String {
        query::asked("/accounts/export", &[("q", &self.q)]) + "format=xlsx"
    }

    fn login(&self, account: &Account) -> String {
        login::shown(&account.login)
    }

    fn manages_certificate_keys(&self) -> bool {
        let mut roles = self.frame.roles().iter();
        roles.any(|at| self.frame.may(&Act::ManageCertificateKeys, &at.unit))
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(search): Query<Search>,
) -> PageResult {
    page(&listed(&app, &actor, frame, Problems::none(), search).await?)
}

async fn listed(
    app: &App,
    actor: &Actor,
    frame: Frame,
    problems: Problems,
    search: Search,
) -> Result<Index, PageError> {
    let number = search.page.parse().unwrap_or(1).max(1);
    let q = search.q.trim().to_owned();
    let (accounts, total) = accounts::list(app, actor, &q, number).await?;
    Ok(Index {
        waiting: account_requests::waiting(app, actor).await?,
        frame,
        problems,
        q,
        accounts,
        total,
        page: number,
        pages: (total + accounts::PAGE - 1) / accounts::PAGE,
    })
}

/// The list with why a request could not be decided.
async fn refused(app: &App, actor: &Actor, frame: Frame, problems: Problems) -> PageResult {
    unprocessable(&listed(app, actor, frame, problems, Search::default()).await?)
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
#[template(path = "office/account/show.html")]
struct Show {
    frame: Frame,
    problems: Problems,
    account: Account,
    waiting: Vec<Waiting>,
    is_own: bool,
    has_factor: bool,
    /// Those that hold; the own ones have a page of their own.
    tokens: Vec<AccessToken>,
    typed: Typed,
}

impl Show {
    fn login(&self) -> String {
        login::shown(&self.account.login)
    }

    fn roles(&self) -> Vec<(&'static str, &'static str)> {
        role_choices(&self.frame)
    }

    fn is_locked(&self) -> bool {
        self.account.state == AccountState::Locked
    }

    /// Whether it takes two people to reset or unlock it.
    fn is_guarded(&self) -> bool {
        policy::holds_guarded(&self.account.roles)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountId>,
) -> PageResult {
    accounts::may_administer(&actor)?;
    let account = accounts::find(&app, &actor, &id).await?;
    page(
        &shown(
            &app,
            frame,
            Problems::none(),
            account,
            &actor,
            Typed::default(),
        )
        .await?,
    )
}

async fn shown(
    app: &App,
    frame: Frame,
    problems: Problems,
    account: Account,
    actor: &Actor,
    typed: Typed,
) -> Result<Show, PageError> {
    let is_own = account.id == actor.account;
    let waiting = if is_own {
        Vec::new()
    } else {
        account_requests::of_account(app, actor, &account.id).await?
    };
    Ok(Show {
        has_factor: factors::is_on(app, &account.id).await?,
        tokens: if is_own {
            Vec::new()
        } else {
            tokens::live_of(app, actor, &account.id).await?
        },
        frame,
        problems,
        waiting,
        is_own,
        account,
        typed,
    })
}

async fn give_role(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountId>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let given = accounts::give_role(&app, &actor, &id, &typed.unit, &typed.role).await;
    let to = Answer::of(&id, Given::Whole, "角色已经增加");
    answered(&app, &actor, frame, given, typed, to).await
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
    Path(id): Path<AccountId>,
    Form(at): Form<RoleAt>,
) -> PageResult {
    let unit: UnitId = path::read(&at.unit)?;
    let role = Role::from_key(&at.role).ok_or(PageError::NotFound)?;
    let taken = accounts::take_role(&app, &actor, &id, &unit, role).await;
    let taken = taken.map(|()| Outcome::Done { once: None });
    let to = Answer::of(&id, Given::Whole, "角色已经取消");
    answered(&app, &actor, frame, taken, Typed::default(), to).await
}

async fn lock(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let locked = accounts::lock(&app, &actor, &id).await;
    let locked = locked.map(|()| Outcome::Done { once: None });
    let to = Answer::of(&id, Given::Whole, "账号已经停用，登录已经结束");
    answered(&app, &actor, frame, locked, Typed::default(), to).await
}

async fn unlock(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let unlocked = accounts::unlock(&app, &actor, &id).await;
    let to = Answer::of(&id, Given::Whole, "账号已经恢复");
    answered(&app, &actor, frame, unlocked, Typed::default(), to).await
}

async fn reset_password(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let reset = accounts::reset_password(&app, &actor, &id).await;
    let to = Answer::of(&id, Given::Whole, "密码已经重置");
    answered(&app, &actor, frame, reset, Typed::default(), to).await
}

async fn reset_factor(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let reset = factors::reset(&app, &actor, &id).await;
    let to = Answer::of(&id, Given::Whole, "两步验证已经解除，登录已经结束");
    answered(&app, &actor, frame, reset, Typed::default(), to).await
}

/// What an act on an account is answered with when it was done.
struct Answer<'a> {
    id: &'a AccountId,
    given: Given,
    notice: &'a str,
}

impl Answer<'_> {
    fn of<'a>(id: &'a AccountId, given: Given, notice: &'a str) -> Answer<'a> {
        Answer { id, given, notice }
    }
}

/// The account with what was done, or with why not.
async fn answered(
    app: &App,
    actor: &Actor,
    frame: Frame,
    result: Done<Outcome>,
    typed: Typed,
    Answer { id, given, notice }: Answer<'_>,
) -> PageResult {
    match told(result, &frame)? {
        Ok(outcome) => match accounts::find(app, actor, id).await {
            Ok(account) => come_of(frame, account, outcome, given, notice),
            // Without its last role here the account is out of the administrator's sight; the city's still see it.
            Err(_) => see_other_with("/accounts", notice),
        },
        Err(problems) => {
            let account = accounts::find(app, actor, id).await?;
            unprocessable(&shown(app, frame, problems, account, actor, typed).await?)
        }
    }
}

fn role_choices(frame: &Frame) -> Vec<(&'static str, &'static str)> {
    Role::AT_UNITS
        .into_iter()
        .map(|role| (role.key(), frame.t_fixed(role.word())))
        .collect()
}
