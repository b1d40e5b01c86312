//! Accounts: an administrator's list and what is done to one, and the own password.

mod own;
mod requests;

use askama::Template;
use axum::extract::{Path, Query, State};
use jianjia_app::{
    core::app::App,
    office::{
        account::{self as accounts, AccountInput, Outcome},
        request::{self as account_requests, Waiting},
    },
};
use jianjia_domain::{
    core::{
        ids::{AccountId, UnitId},
        policy::{self, Act, Actor, Role},
    },
    office::account::{Account, AccountState},
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

const MANAGE: Access = Access::Act(Act::ManageAccounts);

pub fn routes() -> Vec<Route> {
    let rest = vec![
        Route::get("/accounts", MANAGE, index),
        Route::post("/accounts", MANAGE, create),
        Route::get("/accounts/new", MANAGE, new),
        Route::get("/accounts/{id}", MANAGE, show),
        Route::post("/accounts/{id}/roles", MANAGE, give_role),
        Route::post("/accounts/{id}/roles/removal", MANAGE, take_role),
        Route::post("/accounts/{id}/lock", MANAGE, lock),
        Route::post("/accounts/{id}/unlock", MANAGE, unlock),
        Route::post("/accounts/{id}/password", MANAGE, reset_password),
    ];
    [own::routes(), requests::routes(), rest].concat()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Search {
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
#[template(path = "office/account/new.html")]
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

/// What somebody is told who has a one-time password, or a half of one, to hand over. It stands in this answer only: it is kept nowhere, so there
/// is no page to go on to.
#[derive(Template)]
#[template(path = "office/account/password_given.html")]
struct PasswordGiven {
    frame: Frame,
    account: Account,
    once: String,
    given: Given,
}

/// How much of a one-time password it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    ForNew,
    Whole,
    /// The proposer's; nothing is done yet.
    FirstHalf,
    /// The confirmer's.
    SecondHalf,
}

impl PasswordGiven {
    fn title(&self) -> &str {
        self.frame.t_fixed(match self.given {
            Given::ForNew => "账号已经建好",
            Given::Whole => "密码已经重置",
            Given::FirstHalf => "已经提出，等另一位管理员确认",
            Given::SecondHalf => "已经确认",
        })
    }

    fn label(&self) -> &str {
        self.frame.t_fixed(match self.given {
            Given::ForNew | Given::Whole => "一次性密码",
            Given::FirstHalf => "一次性密码的前半",
            Given::SecondHalf => "一次性密码的后半",
        })
    }

    fn advice(&self) -> &str {
        self.frame.t_fixed(match self.given {
            Given::ForNew | Given::Whole => {
                "这个密码只显示这一次，系统不保存。请现在就当面或打电话告诉本人，不要用群消息；本人登录后会马上要求改密码。"
            }
            Given::FirstHalf => {
                "这是本人将来登录用的一次性密码的前半，只显示这一次。请当面或打电话告诉本人；另一位管理员确认以后告诉本人后半，两半之间加一个横线，才能登录。两位管理员谁也不要把自己的一半告诉对方。"
            }
            Given::SecondHalf => {
                "这是一次性密码的后半，只显示这一次。请当面或打电话告诉本人：先输提出的管理员给的前半，加一个横线，再输后半。前半不要问，也不要代为登录；本人登录后会马上要求改密码。"
            }
        })
    }
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
        Ok((id, outcome)) => {
            let account = accounts::find(&app, &actor, &id).await?;
            come_of(frame, account, outcome, Given::ForNew, "账号已经建好")
        }
        Err(problems) => unprocessable(&New {
            frame,
            problems,
            typed,
        }),
    }
}

/// The page of what came of an act: a password to hand over, or back to the account with a notice.
fn come_of(
    frame: Frame,
    account: Account,
    outcome: Outcome,
    given: Given,
    notice: &str,
) -> PageResult {
    let (once, given) = match outcome {
        Outcome::Done { once: Some(once) } => (once, given),
        Outcome::Proposed { half: Some(half) } => (half, Given::FirstHalf),
        Outcome::Done { once: None } => {
            return see_other_with(&format!("/accounts/{}", account.id), notice);
        }
        Outcome::Proposed { half: None } => {
            let notice = "已经提出，等另一位管理员确认";
            return see_other_with(&format!("/accounts/{}", account.id), notice);
        }
    };
    page(&PasswordGiven {
        frame,
        account,
        once,
        given,
    })
}

#[derive(Template)]
#[template(path = "office/account/show.html")]
struct Show {
    frame: Frame,
    problems: Problems,
    account: Account,
    waiting: Vec<Waiting>,
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

    /// Whether it takes two people to reset or unlock it.
    fn is_guarded(&self) -> bool {
        policy::holds_guarded(&self.account.roles)
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
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let id = account_id(&id)?;
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
    Path(id): Path<String>,
    Form(at): Form<RoleAt>,
) -> PageResult {
    let id = account_id(&id)?;
    let unit: UnitId = at.unit.parse().map_err(|_| PageError::NotFound)?;
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
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let id = account_id(&id)?;
    let locked = accounts::lock(&app, &actor, &id).await;
    let locked = locked.map(|()| Outcome::Done { once: None });
    let to = Answer::of(&id, Given::Whole, "账号已经停用，登录已经结束");
    answered(&app, &actor, frame, locked, Typed::default(), to).await
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
    let to = Answer::of(&id, Given::Whole, "账号已经恢复");
    answered(&app, &actor, frame, unlocked, Typed::default(), to).await
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
    let to = Answer::of(&id, Given::Whole, "密码已经重置");
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
    result: jianjia_app::core::error::Result<Outcome>,
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
    Role::ALL
        .into_iter()
        .map(|role| (role.key(), frame.t_fixed(role.word())))
        .collect()
}

fn account_id(id: &str) -> Result<AccountId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}
