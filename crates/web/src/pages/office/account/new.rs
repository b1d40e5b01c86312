//! Making an account.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::account::{self as accounts, AccountInput},
};

use super::{
    Typed,
    password_given::{Given, come_of},
    role_choices,
};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, unprocessable},
    session::SignedIn,
};

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

pub(super) async fn show(
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(typed): Query<Typed>,
) -> PageResult {
    accounts::may_administer(&actor)?;
    page(&New {
        frame,
        problems: Problems::none(),
        typed,
    })
}

pub(super) async fn create(
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
