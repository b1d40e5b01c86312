//! What a unit spent, typed with its vouchers; and what the city takes back from it.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    money::{
        ledger::{self, Statement},
        spending::{self, TakingForm},
    },
};
use jianjia_domain::{
    core::{ids::UnitId, policy::Act},
    money::{
        amount::yuan,
        ledger::{Account, TakingBack},
        spending::{PayeeKind, SpendingForm},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told, upload::Upload},
    frame::Frame,
    page::{PageResult, page, see_other_linking, see_other_with, unprocessable},
    pages::{
        money::address,
        year::evidence::{ACCEPT, files_of},
    },
    path::Path,
    request_key,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let (spends, takes) = (
        Access::Act(Act::RecordSpending),
        Access::Act(Act::TakeMoneyBack),
    );
    vec![
        Route::get("/units/{id}/money/spending", spends, new),
        Route::post("/units/{id}/money/spending", spends, spend),
        Route::get("/units/{id}/money/taking-back", takes, ask),
        Route::post("/units/{id}/money/taking-back", takes, take_back),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    year: String,
}

#[derive(Template)]
#[template(path = "money/spending/new.html")]
struct New {
    frame: Frame,
    standards: Standards,
    of: Statement,
    form: SpendingForm,
    request_key: String,
    problems: Problems,
}

impl New {
    fn held(&self) -> String {
        yuan(self.of.balances.of(Account::Held))
    }

    fn purposes(&self) -> Vec<(String, String)> {
        let standard = self.standards.of(self.of.year);
        let purposes = standard.purposes.iter();
        let mut found: Vec<(String, String)> = purposes
            .map(|purpose| {
                (
                    purpose.key.clone(),
                    self.frame.text(&purpose.name).to_owned(),
                )
            })
            .collect();
        found.push((
            "other".to_owned(),
            self.frame.t("用途|其他，写在下面").to_owned(),
        ));
        found
    }

    /// What the standard says of it.
    fn clause(&self) -> String {
        let standard = self.standards.of(self.of.year);
        let clause = standard.money.as_ref().map(|rules| rules.clause.as_str());
        let mut rewards = standard.rewards.iter();
        let told = rewards.find(|reward| Some(reward.clause.as_str()) == clause);
        told.map_or_else(String::new, |reward| {
            format!("{} {}", reward.clause, self.frame.text(&reward.text))
        })
    }

    fn payees(&self) -> Vec<(String, String)> {
        let payees = PayeeKind::ALL.into_iter();
        payees
            .map(|payee| {
                (
                    payee.key().to_owned(),
                    self.frame.t(payee.word()).to_owned(),
                )
            })
            .collect()
    }

    fn accept(&self) -> &'static str {
        ACCEPT
    }

    /// No browser keeps a file when a form comes back.
    fn file_hint(&self) -> String {
        let hint = self.frame.t("发票、收据的照片或扫描件。");
        match self.problems.is_empty() {
            true => hint.to_owned(),
            false => format!("{hint} {}", self.frame.t("选过的文件要重新选。")),
        }
    }

    fn statement(&self) -> String {
        address::statement_of(&self.of.unit.id, self.of.year)
    }
}

async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let on = (&id, Act::RecordSpending);
    let of = ledger::statement_for(&app, &actor, on, asked.year.parse().ok()).await?;
    page(&New {
        request_key: request_key::fresh(&app),
        standards: app.standards.clone(),
        form: SpendingForm {
            spent_on: frame.today.to_string(),
            ..SpendingForm::default()
        },
        frame,
        of,
        problems: Problems::none(),
    })
}

async fn spend(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    upload: Upload,
) -> PageResult {
    let year: i16 = upload.field("year").parse().unwrap_or_else(|_| app.year());
    let key = upload.field("request_key").to_owned();
    let form = SpendingForm {
        spent_on: upload.field("spent_on").to_owned(),
        purpose: upload.field("purpose").to_owned(),
        named: upload.field("named").to_owned(),
        amount: upload.field("amount").to_owned(),
        payee: upload.field("payee").to_owned(),
        what: upload.field("what").to_owned(),
    };
    let done = match files_of(&upload) {
        Ok(files) => {
            let files = files.into_iter().filter(|file| !file.bytes.is_empty());
            let sent = (&form, files.collect());
            spending::spend(&app, &actor, (&id, year), sent, &key).await
        }
        Err(dropped) => Err(dropped),
    };
    match told(done, &frame)? {
        Ok(entry) => see_other_linking(
            &address::statement_of(&id, year),
            "支出已记账。",
            (&address::entry(&entry), "看这一笔"),
        ),
        Err(problems) => {
            let on = (&id, Act::RecordSpending);
            let of = ledger::statement_for(&app, &actor, on, Some(year)).await?;
            unprocessable(&New {
                standards: app.standards.clone(),
                frame,
                of,
                form,
                request_key: key,
                problems,
            })
        }
    }
}

#[derive(Template)]
#[template(path = "money/spending/taking_back.html")]
struct Taking {
    frame: Frame,
    of: Statement,
    how: String,
    form: TakingForm,
    request_key: String,
    problems: Problems,
}

impl Taking {
    fn there(&self) -> String {
        let balances = &self.of.balances;
        yuan(balances.of(Account::Held).max(0) + balances.of(Account::Due))
    }

    fn ways(&self) -> Vec<(String, String)> {
        vec![
            (
                "refunded".to_owned(),
                self.frame.t("单位主动退回").to_owned(),
            ),
            (
                "clawed-back".to_owned(),
                self.frame.t("市总工会追回").to_owned(),
            ),
        ]
    }

    fn statement(&self) -> String {
        address::statement_of(&self.of.unit.id, self.of.year)
    }
}

async fn ask(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let on = (&id, Act::TakeMoneyBack);
    let of = ledger::statement_for(&app, &actor, on, asked.year.parse().ok()).await?;
    page(&Taking {
        request_key: request_key::fresh(&app),
        form: TakingForm {
            happened_on: frame.today.to_string(),
            ..TakingForm::default()
        },
        how: "refunded".to_owned(),
        frame,
        of,
        problems: Problems::none(),
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct TakingInput {
    year: String,
    how: String,
    amount: String,
    happened_on: String,
    reason: String,
    request_key: String,
}

async fn take_back(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(input): Form<TakingInput>,
) -> PageResult {
    let year: i16 = input.year.parse().unwrap_or_else(|_| app.year());
    let how = match input.how.as_str() {
        "clawed-back" => TakingBack::ClawedBack,
        _ => TakingBack::Refunded,
    };
    let form = TakingForm {
        amount: input.amount,
        happened_on: input.happened_on,
        reason: input.reason,
    };
    let key = input.request_key;
    let done = spending::take_back(&app, &actor, (&id, year), how, &form, &key).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(&address::statement_of(&id, year), "已登记收回。"),
        Err(problems) => {
            let on = (&id, Act::TakeMoneyBack);
            let of = ledger::statement_for(&app, &actor, on, Some(year)).await?;
            unprocessable(&Taking {
                frame,
                of,
                how: input.how,
                form,
                request_key: key,
                problems,
            })
        }
    }
}
