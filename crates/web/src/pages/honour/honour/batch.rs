//! The titles given in one act, and their withdrawal together.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, error::Result, export::Made, job::running::Running},
    honour::{
        certificate::paper as certificates,
        honour::{self as honours, ChangeInput},
        paper as papers,
    },
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{export::Export, ids::UnitId, imprint::Official, policy::Actor},
    honour::honour::{Honour, HonourState},
};
use jianjia_standard::Standard;
use serde::Deserialize;

use super::title_name;
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    imprint,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::{Listed, Wanted},
        honour::address,
    },
    paper::{self, Link},
    path::Path,
    session::SignedIn,
};

/// What the withdrawal of a batch brings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WithdrawForm {
    seen: Vec<String>,
    reason: String,
    document_number: String,
}

/// The titles given in one act: a list to show and to print.
#[derive(Template)]
#[template(path = "honour/honour/batch.html")]
struct List {
    frame: Frame,
    standard: Arc<Standard>,
    batch: String,
    honours: Vec<Honour>,
    document_number: String,
    /// The federation that named them.
    by: String,
    may_withdraw: bool,
    /// Where the certificates are asked for: a unit that the actor sees.
    at: Option<UnitId>,
    papers: Vec<Link>,
}

impl List {
    /// How many certificates there are to make.
    fn certificates(&self) -> usize {
        certificates::certifiable(&self.honours).count()
    }

    fn title_name(&self, honour: &Honour) -> String {
        title_name(&self.frame, &self.standard, &honour.title)
    }

    fn standing(&self) -> Vec<&Honour> {
        standing(&self.honours)
    }

    /// Where number and day of issue of the decision are said.
    fn imprint(&self) -> Option<String> {
        let is_there = self.may_withdraw && !self.papers.is_empty();
        is_there.then(|| imprint::address(Official::Decision, &self.batch))
    }
}

/// Those that can be withdrawn.
fn standing(honours: &[Honour]) -> Vec<&Honour> {
    let honours = honours.iter();
    honours
        .filter(|honour| matches!(honour.state, HonourState::InForce | HonourState::Suspended))
        .collect()
}

#[derive(Template)]
#[template(path = "honour/honour/withdrawal.html")]
struct Batch {
    frame: Frame,
    standard: Arc<Standard>,
    batch: String,
    honours: Vec<Honour>,
    problems: Problems,
    form: WithdrawForm,
}

impl Batch {
    fn title_name(&self, honour: &Honour) -> String {
        title_name(&self.frame, &self.standard, &honour.title)
    }

    /// Those that would be withdrawn.
    fn standing(&self) -> Vec<&Honour> {
        standing(&self.honours)
    }

    fn goes(&self, honour: &Honour) -> bool {
        matches!(honour.state, HonourState::InForce | HonourState::Suspended)
    }

    fn token(&self, honour: &Honour) -> String {
        honours::batch_token(honour)
    }
}

pub(super) async fn batch(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(batch): Path<String>,
) -> PageResult {
    let named = honours::named_together(&app, &actor, &batch).await?;
    page(&List {
        standard: standard_of(&app, &named.honours),
        frame,
        papers: paper::links(&address::batch(&batch), &papers::of_batch(&named.honours)),
        batch,
        honours: named.honours,
        document_number: named.document_number,
        by: named.by.map(|unit| unit.name).unwrap_or_default(),
        may_withdraw: named.may_withdraw,
        at: actor.main_unit().map(|unit| unit.id),
    })
}

/// The list as a table.
pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(batch): Path<String>,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let named = honours::named_together(&app, &actor, &batch).await?;
    let standard = standard_of(&app, &named.honours);
    let headings = ["序号", "名称", "个人", "称号", "编号", "现在"];
    let row = |(place, honour): (i64, &Honour)| {
        vec![
            Cell::Number(place),
            Cell::Text(honour.holder_name.clone()),
            Cell::from(honour.person_name.as_str()),
            Cell::Text(title_name(&frame, &standard, &honour.title)),
            Cell::from(honour.number.as_str()),
            Cell::from(frame.t_fixed(honour.state.word())),
        ]
    };
    let rows = (1..).zip(&named.honours).map(row).collect();
    let listed = Listed::of(&frame, "命名名单", "named", &headings);
    listed.answer(rows, &asked.format).await
}

/// The certificates of a batch, in the background.
///
/// # Errors
/// As `certificates::of_batch`.
pub(in crate::pages) async fn made(
    app: &App,
    actor: &Actor,
    export: &Export,
    running: &Running,
) -> Result<Made> {
    let batch = export.asked.get("batch").map_or("", String::as_str);
    certificates::of_batch(app, actor, batch, running).await
}

pub(super) async fn withdrawal(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(batch): Path<String>,
) -> PageResult {
    let honours = honours::batch(&app, &actor, &batch).await?;
    page(&Batch {
        standard: standard_of(&app, &honours),
        frame,
        batch,
        honours,
        problems: Problems::none(),
        form: WithdrawForm::default(),
    })
}

pub(super) async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(batch): Path<String>,
    Form(form): Form<WithdrawForm>,
) -> PageResult {
    let input = ChangeInput {
        reason: form.reason.clone(),
        document_number: form.document_number.clone(),
        revision: 0,
    };
    let done = honours::withdraw_batch(&app, &actor, &batch, &form.seen, &input).await;
    match told(done, &frame)? {
        Ok(withdrawn) => see_other_with(
            &address::batch(&batch),
            &frame.t2(
                "已收回 {} 个称号：{}。每个称号的经过里都有记录。",
                withdrawn.len(),
                frame.first_names(withdrawn.iter().map(Honour::holder_in_words)),
            ),
        ),
        Err(problems) => {
            let honours = honours::batch(&app, &actor, &batch).await?;
            unprocessable(&Batch {
                standard: standard_of(&app, &honours),
                honours,
                frame,
                batch,
                problems,
                form,
            })
        }
    }
}

/// A batch is of one year.
fn standard_of(app: &App, honours: &[Honour]) -> Arc<Standard> {
    let standard = match honours.first() {
        Some(honour) => app.standards.of(honour.year),
        None => app.in_force(),
    };
    standard.clone()
}
