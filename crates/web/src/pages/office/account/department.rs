//! An account for a person of a department: one purpose, one page.

use askama::Template;
use axum::extract::State;
use jianjia_app::{core::app::App, office::account as accounts};
use jianjia_standard::Text;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, unprocessable},
    pages::round::address,
    path::Path,
    session::SignedIn,
};

/// From the city's overview of a round, to which one comes back.
pub(super) const ADDRESS: &str = "/departments/{year}/{department}/account";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AccountForm {
    login: String,
    name: String,
}

#[derive(Template)]
#[template(path = "office/account/department.html")]
struct New {
    frame: Frame,
    year: i16,
    key: String,
    department: Text,
    /// The one-time password of the account that was made.
    once: Option<String>,
    form: AccountForm,
    problems: Problems,
}

impl New {
    fn back(&self) -> String {
        address::departments(self.year)
    }

    fn address(&self) -> String {
        format!("{}/account", address::department(self.year, &self.key))
    }
}

pub(super) async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, key)): Path<(i16, String)>,
) -> PageResult {
    let department = accounts::department_of_account(&app, &actor, &key).await?;
    page(&New {
        frame,
        year,
        key,
        department: department.name,
        once: None,
        form: AccountForm::default(),
        problems: Problems::none(),
    })
}

/// The one-time password stands in this answer only: it is kept nowhere, so there is no page to go on to.
pub(super) async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, key)): Path<(i16, String)>,
    Form(form): Form<AccountForm>,
) -> PageResult {
    let department = accounts::department_of_account(&app, &actor, &key).await?;
    let typed = (form.login.as_str(), form.name.as_str());
    let made = accounts::create_for_department(&app, &actor, &key, typed).await;
    let mut shown = New {
        department: department.name,
        frame,
        year,
        key,
        once: None,
        form: form.clone(),
        problems: Problems::none(),
    };
    match told(made, &shown.frame)? {
        Ok((_, once)) => {
            shown.once = Some(once);
            page(&shown)
        }
        Err(problems) => {
            shown.problems = problems;
            unprocessable(&shown)
        }
    }
}
