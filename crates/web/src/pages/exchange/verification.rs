//! An auditor of the city has everything checked: the job does what `jianjia verify` does.

use axum::extract::State;
use jianjia_app::{core::app::App, exchange::verification as verifications};
use jianjia_domain::core::policy::Act;

use crate::{
    form::{Form, Nothing},
    page::{PageResult, see_other},
    pages::core::address,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let act = Access::Act(Act::ReadAudit);
    vec![Route::post("/audit/verification", act, begin)]
}

async fn begin(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let job = verifications::begin(&app, &actor).await?;
    see_other(&address::job(&job))
}
