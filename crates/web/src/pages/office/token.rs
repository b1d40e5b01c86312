//! Access tokens: the own ones, and for administrators those of the accounts below, which they revoke.

pub(crate) mod export;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::token::{self as tokens, Line, PAGE, TokenInput},
};
use jianjia_domain::{
    core::{
        ids::{AccessTokenId, AccountId},
        policy::{Act, Actor},
    },
    office::token::{AccessToken, LIFETIMES, Scope},
};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{core::export::download, office::address},
    path::{self, Path},
    routes::{Access, Route},
    session::SignedIn,
};

const TOKENS: &str = "/accounts/tokens";

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(TOKENS, Access::SignedIn, index),
        Route::post(TOKENS, Access::SignedIn, make),
        Route::post("/accounts/tokens/revocation", Access::SignedIn, revoke),
        Route::get(
            address::TOKENS_BELOW,
            Access::Act(Act::ManageAccounts),
            below,
        ),
        Route::get(
            "/accounts/tokens/below/export",
            Access::Act(Act::ManageAccounts),
            download::<export::TokensBelow>,
        ),
        Route::post(
            "/accounts/{id}/tokens/revocation",
            Access::Act(Act::ManageAccounts),
            revoke_of,
        ),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    name: String,
    scopes: Vec<String>,
    days: String,
    password: String,
}

#[derive(Template)]
#[template(path = "office/token/index.html")]
struct Index {
    frame: Frame,
    problems: Problems,
    tokens: Vec<AccessToken>,
    typed: Typed,
    now: Timestamp,
}

impl Index {
    /// Key, words, and whether it is ticked.
    fn scopes(&self) -> Vec<(&'static str, &str, bool)> {
        let all = Scope::ALL.into_iter();
        all.map(|scope| {
            let is_ticked = self.typed.scopes.iter().any(|key| key == scope.key());
            (scope.key(), self.frame.t_fixed(scope.word()), is_ticked)
        })
        .collect()
    }

    fn scope_words(&self, token: &AccessToken) -> String {
        scope_words(&self.frame, token)
    }

    fn lifetimes(&self) -> Vec<(String, String)> {
        let days = |days: i64| (days.to_string(), self.frame.t1("{} 天", days));
        LIFETIMES.into_iter().map(days).collect()
    }

    /// How a token stands.
    fn standing(&self, token: &AccessToken) -> String {
        match &token.revocation {
            Some(revoked) => self.frame.t2(
                "{} 由 {} 作废",
                self.frame.minute(revoked.at),
                &revoked.by_name,
            ),
            None if token.is_live(self.now) => self
                .frame
                .t1("有效期到 {}", self.frame.date_of(token.expires_at)),
            None => self
                .frame
                .t1("{} 已过期", self.frame.date_of(token.expires_at)),
        }
    }
}

/// What may be read with a token.
fn scope_words(frame: &Frame, token: &AccessToken) -> String {
    let words = token.scopes.iter().map(|scope| frame.t_fixed(scope.word()));
    let words: Vec<&str> = words.collect();
    words.join(frame.t("、"))
}

#[derive(Template)]
#[template(path = "office/token/below.html")]
struct Below {
    frame: Frame,
    lines: Vec<Line>,
    total: i64,
    page: i64,
}

impl Below {
    fn scope_words(&self, line: &Line) -> String {
        scope_words(&self.frame, &line.token)
    }

    fn pages(&self) -> i64 {
        (self.total + PAGE - 1) / PAGE
    }

    fn base(&self) -> String {
        format!("{}?page=", address::TOKENS_BELOW)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct At {
    page: String,
}

async fn below(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(at): Query<At>,
) -> PageResult {
    let number = at.page.parse().unwrap_or(1).max(1);
    let (lines, total) = tokens::below(&app, &actor, number).await?;
    page(&Below {
        frame,
        lines,
        total,
        page: number,
    })
}

/// A new token: it stands in this answer only.
#[derive(Template)]
#[template(path = "office/token/made.html")]
struct Made {
    frame: Frame,
    name: String,
    token: String,
}

async fn index(State(app): State<App>, SignedIn(actor): SignedIn, frame: Frame) -> PageResult {
    page(&listed(&app, &actor, frame, Problems::none(), Typed::default()).await?)
}

async fn listed(
    app: &App,
    actor: &Actor,
    frame: Frame,
    problems: Problems,
    typed: Typed,
) -> Result<Index, PageError> {
    Ok(Index {
        frame,
        problems,
        tokens: tokens::own(app, actor).await?,
        typed,
        now: app.now(),
    })
}

async fn make(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(typed): Form<Typed>,
) -> PageResult {
    let input = TokenInput {
        name: typed.name.clone(),
        scopes: typed.scopes.clone(),
        days: typed.days.clone(),
        password: typed.password.clone(),
    };
    match told(tokens::make(&app, &actor, &input).await, &frame)? {
        Ok(token) => page(&Made {
            frame,
            name: typed.name,
            token,
        }),
        Err(problems) => unprocessable(&listed(&app, &actor, frame, problems, typed).await?),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    token: String,
}

async fn revoke(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Form(which): Form<Which>,
) -> PageResult {
    let id: AccessTokenId = path::read(&which.token)?;
    tokens::revoke(&app, &actor, &id).await?;
    see_other_with(TOKENS, "令牌已经作废")
}

async fn revoke_of(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(account): Path<AccountId>,
    Form(which): Form<Which>,
) -> PageResult {
    let id: AccessTokenId = path::read(&which.token)?;
    tokens::revoke_of(&app, &actor, &account, &id).await?;
    see_other_with(&address::account(&account), "令牌已经作废")
}
