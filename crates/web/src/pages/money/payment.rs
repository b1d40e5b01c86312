//! Payment runs: what would be paid, the runs of a year, one run with its approval, its file for the bank and what the bank says.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::payment::{self as payments, LINES, Preview, RunView},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::PaymentRunId,
        policy::{Act, Actor},
    },
    money::{
        amount::{plain, yuan},
        payment::{Bounced, LeftOut, PaymentRow, PaymentRun, RowState, RunState},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, named::Fields, told, upload::Upload},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::{Listed, Wanted},
        money::address,
        year::evidence::files_of,
    },
    path::Path,
    request_key,
    routes::{Access, Route},
    session::SignedIn,
    table_file,
};

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
        Route::get("/payments/{run}", Access::SignedIn, show),
        Route::get("/payments/{run}/export", Access::SignedIn, rows_export),
        Route::post("/payments/{run}/approval", approves, approve),
        Route::post("/payments/{run}/withdrawal", prepares, withdraw),
        Route::post("/payments/{run}/file", approves, bank_file),
        Route::post("/payments/{run}/returns", prepares, read_return),
        Route::post("/payments/{run}/results", prepares, settle),
        Route::post("/payments/{run}/late-return", prepares, bounce_late),
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
            Cell::Text(plain(run.total_fen)),
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

#[derive(Template)]
#[template(path = "money/payment/show.html")]
struct Show {
    frame: Frame,
    of: RunView,
    /// What stands in the form of returns, by the place of the row.
    bounced: Vec<Bounced>,
    /// The list of the bank was read into the form.
    is_read: bool,
    problems: Problems,
}

impl Show {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        id: &PaymentRunId,
        (bounced, problems): (Vec<Bounced>, Problems),
    ) -> Result<Show, PageError> {
        Ok(Show {
            of: payments::view(app, actor, id).await?,
            frame,
            bounced,
            is_read: false,
            problems,
        })
    }

    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn waits(&self) -> bool {
        self.of.run.state == RunState::Prepared
    }

    fn is_sent(&self) -> bool {
        self.of.run.state == RunState::Approved
    }

    fn has_file(&self) -> bool {
        !self.of.run.csv_digest.is_empty()
    }

    fn is_bounced(&self, row: &PaymentRow) -> bool {
        self.bounced.iter().any(|one| one.place == row.place)
    }

    fn reason(&self, row: &PaymentRow) -> &str {
        let one = self.bounced.iter().find(|one| one.place == row.place);
        one.map_or("", |one| one.reason.as_str())
    }

    fn can_return(&self, row: &PaymentRow) -> bool {
        self.of.may_prepare && row.state == RowState::Paid
    }

    fn has_paid(&self) -> bool {
        self.of.rows.iter().any(|row| self.can_return(row))
    }

    fn paid_rows(&self) -> Vec<(String, String)> {
        let rows = self.of.rows.iter().filter(|row| self.can_return(row));
        rows.map(|row| {
            let name = format!("{} {} {}", row.place, row.unit_name, yuan(row.amount_fen));
            (row.place.to_string(), name)
        })
        .collect()
    }

    fn statement(&self, row: &PaymentRow) -> String {
        address::statement_of(&row.unit, self.of.run.year)
    }

    fn error(&self, row: &PaymentRow) -> Option<&str> {
        self.problems.of(&format!("reason_{}", row.place))
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
) -> PageResult {
    let nothing = (Vec::new(), Problems::none());
    page(&Show::of(&app, &actor, frame, &id, nothing).await?)
}

async fn rows_export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    let of = payments::view(&app, &actor, &id).await?;
    let headings = [
        "序号",
        "单位",
        "金额",
        "户名",
        "开户行",
        "账号尾号",
        "进度",
        "退回原因",
    ];
    let row = |row: &PaymentRow| {
        vec![
            Cell::Number(row.place),
            Cell::Text(row.unit_name.clone()),
            Cell::Text(plain(row.amount_fen)),
            Cell::Text(row.account_name.clone()),
            Cell::Text(row.bank.clone()),
            Cell::Text(row.tail.clone()),
            Cell::Text(frame.t_fixed(row.state.word()).to_owned()),
            Cell::Text(row.reason.clone()),
        ]
    };
    let rows = of.rows.iter().map(row).collect();
    let listed = Listed::of(&frame, "付款明细", "payment", &headings);
    listed.answer(rows, &wanted.format).await
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Revision {
    revision: String,
}

impl Revision {
    fn number(&self) -> i64 {
        self.revision.parse().unwrap_or(0)
    }
}

async fn approve(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Form(form): Form<Revision>,
) -> PageResult {
    match told(
        payments::approve(&app, &actor, &id, form.number()).await,
        &frame,
    )? {
        Ok(()) => see_other_with(&address::payment(&id), "已审批，可以下载付款文件送银行。"),
        Err(problems) => {
            let again = (Vec::new(), problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}

async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Form(form): Form<Revision>,
) -> PageResult {
    match told(
        payments::withdraw(&app, &actor, &id, form.number()).await,
        &frame,
    )? {
        Ok(()) => see_other_with(&address::payment(&id), "批次已撤回，这些拨款可以重新制单。"),
        Err(problems) => {
            let again = (Vec::new(), problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}

async fn bank_file(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Form(form): Form<Wanted>,
) -> PageResult {
    match told(payments::bank_file(&app, &actor, &id).await, &frame)? {
        Ok((number, file)) => Ok(match form.format.as_str() {
            "csv" => {
                let name = format!("payment-{number}.csv");
                table_file::attached(&name, "text/csv; charset=utf-8", file.csv)
            }
            _ => {
                let name = format!("payment-{number}.xlsx");
                let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                table_file::attached(&name, kind, file.xlsx)
            }
        }),
        Err(problems) => {
            let again = (Vec::new(), problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}

async fn read_return(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    upload: Upload,
) -> PageResult {
    let done = async {
        let file = files_of(&upload)?.into_iter().next();
        let (bytes, name) = file.map_or_else(Default::default, |file| (file.bytes, file.name));
        payments::read_return(&app, &actor, &id, (bytes, &name)).await
    };
    match told(done.await, &frame)? {
        Ok((of, bounced)) => page(&Show {
            frame,
            of,
            bounced,
            is_read: true,
            problems: Problems::none(),
        }),
        Err(problems) => {
            let again = (Vec::new(), problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}

/// The rows that are ticked as returned, with their reasons.
fn bounced_of(fields: &Fields) -> Vec<Bounced> {
    let ticked = fields.all("bounced").filter_map(|place| place.parse().ok());
    ticked
        .map(|place: i64| Bounced {
            place,
            reason: fields.first(&format!("reason_{place}")).to_owned(),
        })
        .collect()
}

async fn settle(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let bounced = bounced_of(&fields);
    let revision = fields.first("revision").parse().unwrap_or(0);
    match told(
        payments::settle(&app, &actor, &id, &bounced, revision).await,
        &frame,
    )? {
        Ok(run) => {
            let back = bounced.len();
            let notice = frame.t2(
                "已登记：到账 {} 笔，银行退回 {} 笔。退回的可以在下一批再付。",
                run.rows - i64::try_from(back).unwrap_or(0),
                back,
            );
            see_other_with(&address::payment(&id), &notice)
        }
        Err(problems) => {
            let again = (bounced, problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct LateReturn {
    place: String,
    reason: String,
}

async fn bounce_late(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Form(form): Form<LateReturn>,
) -> PageResult {
    let at = form.place.parse().unwrap_or(0);
    match told(
        payments::bounce_late(&app, &actor, (&id, at), &form.reason).await,
        &frame,
    )? {
        Ok(()) => see_other_with(&address::payment(&id), "已登记银行退回，可以在下一批再付。"),
        Err(problems) => {
            let again = (Vec::new(), problems);
            unprocessable(&Show::of(&app, &actor, frame, &id, again).await?)
        }
    }
}
