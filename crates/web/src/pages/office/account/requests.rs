//! What waits for a second administrator: confirmed or refused on the accounts page and on the account's.

use axum::extract::State;
use jianjia_app::{
    core::app::App,
    office::{account as accounts, request as account_requests},
};
use jianjia_domain::core::ids::AccountRequestId;

use crate::{
    form::{Form, Nothing, told},
    frame::Frame,
    page::{PageResult, page, see_other_with},
    pages::office::{
        account::{
            MANAGE,
            password_given::{Given, PasswordGiven},
        },
        address,
    },
    path::Path,
    routes::Route,
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::post("/accounts/requests/{request}/confirmation", MANAGE, confirm),
        Route::post("/accounts/requests/{request}/refusal", MANAGE, refuse),
    ]
}

async fn confirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountRequestId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    accounts::may_administer(&actor)?;
    let done = account_requests::confirm(&app, &actor, &id).await;
    let (account, second) = match told(done, &frame)? {
        Ok(done) => done,
        Err(problems) => return super::refused(&app, &actor, frame, problems).await,
    };
    let Some(once) = second else {
        return see_other_with(&address::account(&account), "已经确认");
    };
    page(&PasswordGiven {
        account: accounts::find(&app, &actor, &account).await?,
        frame,
        once,
        given: Given::SecondHalf,
    })
}

async fn refuse(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<AccountRequestId>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    accounts::may_administer(&actor)?;
    let done = account_requests::refuse(&app, &actor, &id).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with("/accounts", "已经撤销，没有办理"),
        Err(problems) => super::refused(&app, &actor, frame, problems).await,
    }
}
