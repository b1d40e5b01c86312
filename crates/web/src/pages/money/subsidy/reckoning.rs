//! What reckoning a year would do today, line by line with the sum before and after, and the act.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::subsidy::reckoning::{self as reckonings, Line, Preview, ReckonInput},
};
use jianjia_domain::money::subsidy::Subsidy;
use jianjia_standard::subsidy::yuan;
use serde::Deserialize;

use super::amount;
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::money::address,
    path::Path,
    query,
    session::SignedIn,
};

/// How many lines a page shows.
const LINES: usize = 50;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    page: String,
}

/// What is sent with the act.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    seen: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "money/subsidy/reckoning.html")]
struct Show {
    frame: Frame,
    preview: Preview,
    at: usize,
    problems: Problems,
    typed: Typed,
}

impl Show {
    fn lines(&self) -> impl Iterator<Item = &Line> {
        let passed = (self.at - 1).saturating_mul(LINES);
        self.preview.lines.iter().skip(passed).take(LINES)
    }

    fn pages(&self) -> usize {
        self.preview.lines.len().div_ceil(LINES)
    }

    fn base(&self) -> String {
        query::asked(&address::subsidy_reckoning(self.preview.year), &[]) + "page="
    }

    fn before(&self, line: &Line) -> String {
        match &line.before {
            Some(before) => amount(&self.frame, before.amount_fen()),
            None => self.frame.t("还没有核定").to_owned(),
        }
    }

    fn sum_before(&self, before: &Subsidy) -> String {
        self.frame.text(&before.entitlement.sum).to_owned()
    }

    fn after(&self, line: &Line) -> String {
        amount(&self.frame, line.now.reckoned.amount_fen)
    }

    fn sum_after(&self, line: &Line) -> String {
        self.frame.text(&line.now.sum).to_owned()
    }

    fn unit_href(&self, line: &Line) -> String {
        address::subsidy_of(&line.unit.id)
    }

    fn totals(&self) -> (String, String) {
        (yuan(self.preview.before_fen), yuan(self.preview.after_fen))
    }
}

pub(super) async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let preview = match told(reckonings::preview(&app, &actor, year).await, &frame)? {
        Ok(preview) => preview,
        // A year without subsidies has nothing to reckon, as its list says.
        Err(_) => return Err(PageError::NotFound),
    };
    let wanted: usize = asked.page.parse().unwrap_or(1);
    page(&Show {
        frame,
        preview,
        at: wanted.max(1),
        problems: Problems::none(),
        typed: Typed::default(),
    })
}

pub(super) async fn carry_out(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Form(typed): Form<Typed>,
) -> PageResult {
    let input = ReckonInput {
        seen: typed.seen.clone(),
        reason: typed.reason.clone(),
    };
    match told(reckonings::reckon(&app, &actor, year, &input).await, &frame)? {
        Ok(reckoning) => {
            let words = frame.t2(
                "{} 年的补贴已核定，{} 个单位有新的结果。",
                year,
                frame.count(reckoning.units),
            );
            see_other_with(&address::subsidies(year), &words)
        }
        Err(problems) => {
            let preview = match told(reckonings::preview(&app, &actor, year).await, &frame)? {
                Ok(preview) => preview,
                Err(_) => return Err(PageError::NotFound),
            };
            unprocessable(&Show {
                frame,
                preview,
                at: 1,
                problems,
                typed,
            })
        }
    }
}
