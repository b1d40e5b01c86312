//! Payment runs: what would be paid, and the runs of a year. `run` has one of them.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::payment::{self as payments, LINES, Preview},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::policy::{Act, Actor},
    money::{
        amount::yuan,
        payment::{LeftOut, PaymentRun},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::{Listed, Wanted},
        money::address,
    },
    path::Path,
    request_key,
    routes::{Access, Route},
    session::SignedIn,
};

mod run;

pub fn routes() -> Vec<Route> {
    let (prepares, approves) = (
        Access::Act(Act::PreparePayment),
        Access::Act(Act::ApprovePayment),
    );
    vec![
        Route::get("/money/{year}/payments", Access::SignedIn, index),
        Route::get("/money/{year}/payments/export", Access::SignedIn, export),
        Route::get("/money/{year}/payments/new", prepares, new),
        Route::post("/money/{year}/payments", prepares, prepare),
        Route::get("/payments/{run}", Access::SignedIn, run::show),
        Route::get("/payments/{run}/export", Access::SignedIn, run::rows_export),
        Route::post("/payments/{run}/approval", approves, run::approve),
        Route::post("/payments/{run}/withdrawal", prepares, run::withdraw),
        Route::post("/payments/{run}/file", approves, run::bank_file),
        Route::post("/payments/{run}/returns", prepares, run::read_return),
        Route::post("/payments/{run}/results", prepares, run::settle),
        Route::post("/payments/{run}/late-return", prepares, run::bounce_late),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    page: String,
}

#[derive(Template)]
#[template(path = "money/payment/index.html")]
struct Index {
    frame: Frame,
    year: i16,
    lines: Vec<PaymentRun>,
    total: i64,
    page: i64,
}

impl Index {
    fn may_prepare(&self) -> bool {
        self.frame.roles_may(Act::PreparePayment)
    }

    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn pages(&self) -> i64 {
        (self.total + LINES - 1) / LINES
    }

    fn base(&self) -> String {
        address::payments(self.year) + "?page="
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.parse::<i64>().unwrap_or(1).max(1);
    let portion = (LINES, (number - 1).saturating_mul(LINES));
    let (lines, total) = payments::of_year(&app, &actor, year, portion).await?;
    page(&Index {
        frame,
        year,
        lines,
        total,
        page: number,
    })
}

async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    let (runs, _) = payments::of_year(&app, &actor, year, (1_000, 0)).await?;
    let headings = ["批次", "笔数", "金额", "进度", "制单", "审批", "文件校验值"];
    let row = |run: &PaymentRun| {
        vec![
            Cell::Number(run.number),
            Cell::Number(run.rows),
            Cell::Fen(run.total_fen),
            Cell::Text(frame.t_fixed(run.state.word()).to_owned()),
            Cell::Text(run.prepared_by_name.clone()),
            Cell::Text(run.approved_by_name.clone()),
            Cell::Text(run.csv_digest.clone()),
        ]
    };
    let rows = runs.iter().map(row).collect();
    let listed = Listed::of(&frame, "付款批次", "payments", &headings);
    listed.answer(rows, &wanted.format).await
}

#[derive(Template)]
#[template(path = "money/payment/new.html")]
struct New {
    frame: Frame,
    of: Preview,
    request_key: String,
    problems: Problems,
}

impl New {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        (year, key): (i16, String),
        problems: Problems,
    ) -> Result<New, PageError> {
        Ok(New {
            of: payments::preview(app, actor, year).await?,
            frame,
            request_key: key,
            problems,
        })
    }

    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn why(&self, why: &LeftOut) -> &'static str {
        match why {
            LeftOut::NoBankDetails => self.frame.t_fixed("没有登记银行账号"),
            LeftOut::UnitEnded => self
                .frame
                .t_fixed("单位已合并或者撤销：请更正这笔拨款，再下达给承接的单位"),
        }
    }

    fn bank(&self, id: &jianjia_domain::core::ids::UnitId) -> String {
        address::bank(id)
    }
}

async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    let key = request_key::fresh(&app);
    page(&New::of(&app, &actor, frame, (year, key), Problems::none()).await?)
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Prepared {
    digest: String,
    request_key: String,
}

async fn prepare(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(form): Form<Prepared>,
) -> PageResult {
    let done = payments::prepare(&app, &actor, year, &form.digest, &form.request_key).await;
    match told(done, &frame)? {
        Ok(id) => see_other_with(&address::payment(&id), "已制单，等另一位审批人审批。"),
        Err(problems) => {
            let key = (year, form.request_key);
            unprocessable(&New::of(&app, &actor, frame, key, problems).await?)
        }
    }
}
