//! One payment run: its approval, its file for the bank, and what the bank says of it.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, error::Error},
    money::payment::{self as payments, RunView},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{ids::PaymentRunId, policy::Actor, refusal::Refusal},
    money::{
        amount::yuan,
        payment::{Bounced, PaymentRefusal, PaymentRow, RowState, RunState},
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
    session::SignedIn,
    table_file,
};

#[derive(Template)]
#[template(path = "money/payment/show.html")]
struct Show {
    frame: Frame,
    of: RunView,
    /// What stands in the form of returns, by the place of the row.
    bounced: Vec<Bounced>,
    /// Reasons that were typed without a tick.
    unticked: Vec<Bounced>,
    /// The list of the bank was read into the form.
    is_read: bool,
    /// What was typed of a payment that came back late.
    late: LateReturn,
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
            unticked: Vec::new(),
            is_read: false,
            late: LateReturn::default(),
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
        let mut typed = self.bounced.iter().chain(&self.unticked);
        let one = typed.find(|one| one.place == row.place);
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

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
) -> PageResult {
    let nothing = (Vec::new(), Problems::none());
    page(&Show::of(&app, &actor, frame, &id, nothing).await?)
}

pub(super) async fn rows_export(
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
        "依据",
    ];
    let row = |row: &PaymentRow| {
        vec![
            Cell::Number(row.place),
            Cell::Text(row.unit_name.clone()),
            Cell::Fen(row.amount_fen),
            Cell::Text(row.account_name.clone()),
            Cell::Text(row.bank.clone()),
            Cell::Text(row.tail.clone()),
            Cell::Text(frame.t_fixed(row.state.word()).to_owned()),
            Cell::Text(row.reason.clone()),
            Cell::Text(row.basis.clone()),
        ]
    };
    let rows = of.rows.iter().map(row).collect();
    let listed = Listed::of(&frame, "付款明细", "payment", &headings);
    listed.answer(rows, &wanted.format).await
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Revision {
    revision: String,
}

impl Revision {
    fn number(&self) -> i64 {
        self.revision.parse().unwrap_or(0)
    }
}

pub(super) async fn approve(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Form(form): Form<Revision>,
) -> PageResult {
    let done = payments::approve(&app, &actor, &id, form.number()).await;
    let notice = "已审批，可以下载付款文件送银行。";
    answered(&app, &actor, frame, &id, done, notice).await
}

pub(super) async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Form(form): Form<Revision>,
) -> PageResult {
    let done = payments::withdraw(&app, &actor, &id, form.number()).await;
    let notice = "批次已撤回，这些拨款可以重新制单。";
    answered(&app, &actor, frame, &id, done, notice).await
}

/// On to the run's page; or the same page with what is wrong.
async fn answered(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &PaymentRunId,
    done: Result<(), Error>,
    notice: &'static str,
) -> PageResult {
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::payment(id), notice),
        Err(problems) => {
            let again = (Vec::new(), problems);
            unprocessable(&Show::of(app, actor, frame, id, again).await?)
        }
    }
}

pub(super) async fn bank_file(
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

pub(super) async fn read_return(
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
            unticked: Vec::new(),
            is_read: true,
            late: LateReturn::default(),
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

/// Reasons that are written at rows that aren't ticked: whether these were returned can't be told.
fn unticked_of(fields: &Fields, bounced: &[Bounced]) -> Vec<Bounced> {
    let reasons = fields.beginning("reason_").filter_map(|(place, reason)| {
        let place: i64 = place.parse().ok()?;
        let is_ticked = bounced.iter().any(|one| one.place == place);
        let reason = reason.to_owned();
        (!is_ticked && !reason.trim().is_empty()).then_some(Bounced { place, reason })
    });
    reasons.collect()
}

pub(super) async fn settle(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PaymentRunId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let bounced = bounced_of(&fields);
    let unticked = unticked_of(&fields, &bounced);
    let revision = fields.first("revision").parse().unwrap_or(0);
    let is_read = fields.first("read") == "yes";
    let wrong = unticked.iter().map(|one| {
        let place = one.place;
        let refusal: Refusal = PaymentRefusal::NotTicked { place }.into();
        (format!("reason_{place}"), refusal)
    });
    let wrong: Vec<(String, Refusal)> = wrong.collect();
    let done = match wrong.is_empty() {
        true => payments::settle(&app, &actor, &id, &bounced, revision).await,
        false => Err(Refusal::Fields(wrong).into()),
    };
    match told(done, &frame)? {
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
            let shown = Show::of(&app, &actor, frame, &id, again).await?;
            unprocessable(&Show {
                unticked,
                is_read,
                ..shown
            })
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LateReturn {
    place: String,
    reason: String,
}

pub(super) async fn bounce_late(
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
            let shown = Show::of(&app, &actor, frame, &id, again).await?;
            unprocessable(&Show {
                late: form,
                ..shown
            })
        }
    }
}
