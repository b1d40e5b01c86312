//! A unit's money: its statement year by year, and where it is paid.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    money::{
        bank::{self, BankView},
        books,
        ledger::{self, EntryLine, Statement},
    },
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{Act, Actor},
    },
    money::{amount::yuan, bank::BankForm},
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::Listed,
        money::{
            address,
            entry::{basis_of, purpose_name},
        },
    },
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/units/{id}/money", Access::Seen, show),
        Route::get("/units/{id}/money/export", Access::Seen, export),
        Route::post(
            "/units/{id}/money/handing-over",
            Access::Act(Act::GrantMoney),
            hand_over,
        ),
        Route::get("/units/{id}/bank", Access::Seen, show_bank),
        Route::post(
            "/units/{id}/bank",
            Access::Act(Act::SayBankDetails),
            say_bank,
        ),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    year: String,
    format: String,
}

impl Asked {
    fn year(&self) -> Option<i16> {
        self.year.parse().ok()
    }
}

#[derive(Template)]
#[template(path = "money/unit/show.html")]
struct Show {
    frame: Frame,
    standards: Standards,
    of: Statement,
    problems: Problems,
}

impl Show {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        (id, year): (&UnitId, Option<i16>),
        problems: Problems,
    ) -> Result<Show, PageError> {
        Ok(Show {
            of: ledger::statement(app, actor, id, year).await?,
            standards: app.standards.clone(),
            frame,
            problems,
        })
    }

    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn purpose(&self, key: &str) -> String {
        purpose_name(&self.frame, &self.standards, self.of.year, key)
    }

    fn basis(&self, line: &EntryLine) -> String {
        basis_of(&self.frame, &line.kept)
    }

    fn of_year(&self, year: &i16) -> String {
        address::statement_of(&self.of.unit.id, *year)
    }

    fn entry(&self, line: &EntryLine) -> String {
        address::entry(&line.kept.entry.id)
    }

    fn is_over(&self) -> bool {
        self.of.sums.closing_fen < 0
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let on = (&id, asked.year());
    page(&Show::of(&app, &actor, frame, on, Problems::none()).await?)
}

async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let of = ledger::statement(&app, &actor, &id, asked.year()).await?;
    let headings = ["序号", "日期", "事项", "金额", "用途", "依据", "记账人"];
    let row = |line: &EntryLine| {
        let entry = &line.kept.entry;
        let purpose = &line.kept.purpose;
        vec![
            Cell::Number(entry.number),
            Cell::Text(entry.happened_on.to_string()),
            Cell::Text(frame.t_fixed(entry.kind.word()).to_owned()),
            Cell::Fen(entry.amount_fen),
            Cell::Text(purpose_name(&frame, &app.standards, of.year, purpose)),
            Cell::Text(basis_of(&frame, &line.kept)),
            Cell::Text(entry.recorded_by_name.clone()),
        ]
    };
    let rows = of.entries.iter().map(row).collect();
    let listed = Listed::of(&frame, "经费对账单", "statement", &headings);
    listed.answer(rows, &asked.format).await
}

async fn hand_over(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(form): Form<Asked>,
) -> PageResult {
    let year = form.year().unwrap_or_else(|| app.year());
    match told(books::hand_over(&app, &actor, (&id, year)).await, &frame)? {
        Ok(left) => {
            let notice = frame.t1("已移交 {} 元。", yuan(left));
            see_other_with(&address::statement_of(&id, year), &notice)
        }
        Err(problems) => {
            let on = (&id, Some(year));
            unprocessable(&Show::of(&app, &actor, frame, on, problems).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "money/unit/bank.html")]
struct Bank {
    frame: Frame,
    of: BankView,
    form: BankForm,
    problems: Problems,
}

impl Bank {
    fn revision(&self) -> i64 {
        self.of
            .details
            .as_ref()
            .map_or(0, |details| details.revision)
    }

    fn statement(&self) -> String {
        address::statement(&self.of.unit.id)
    }
}

async fn show_bank(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    let of = bank::view(&app, &actor, &id).await?;
    let form = of
        .details
        .as_ref()
        .map_or_else(BankForm::default, |details| BankForm {
            account_name: details.account_name.clone(),
            bank: details.bank.clone(),
            account: String::new(),
        });
    page(&Bank {
        frame,
        of,
        form,
        problems: Problems::none(),
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct BankInput {
    account_name: String,
    bank: String,
    account: String,
    revision: String,
}

async fn say_bank(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(input): Form<BankInput>,
) -> PageResult {
    let revision = input.revision.parse().unwrap_or(0);
    let form = BankForm {
        account_name: input.account_name,
        bank: input.bank,
        account: input.account,
    };
    match told(bank::say(&app, &actor, &id, &form, revision).await, &frame)? {
        Ok(()) => see_other_with(&address::bank(&id), "银行账号已登记。"),
        Err(problems) => unprocessable(&Bank {
            of: bank::view(&app, &actor, &id).await?,
            frame,
            form,
            problems,
        }),
    }
}
