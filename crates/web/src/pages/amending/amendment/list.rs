//! The list of new versions, and its table.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    amending::amendment::{self as amendments, Listed as Line, Overview},
    core::app::App,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::amending::amendment::AmendmentState;
use serde::Deserialize;

use super::{class, state, years};
use crate::{
    form::Problems,
    frame::Frame,
    page::{PageResult, page},
    pages::{amending::address, core::export::Listed},
    query,
    session::SignedIn,
};

/// What the list is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    page: String,
    format: String,
}

impl Asked {
    fn state(&self) -> Option<AmendmentState> {
        AmendmentState::from_key(&self.state)
    }

    fn page(&self) -> i64 {
        self.page.parse().unwrap_or(1).max(1)
    }
}

#[derive(Template)]
#[template(path = "amending/amendment/index.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    overview: Overview,
    page: i64,
    pages: i64,
}

impl Index {
    fn pages_base(&self) -> String {
        query::asked(address::AMENDMENTS, &[("state", &self.asked.state)]) + "page="
    }

    fn export_href(&self) -> String {
        query::asked("/amendments/export", &[("state", &self.asked.state)]) + "format=xlsx"
    }

    fn states(&self) -> Vec<(String, String)> {
        let states = AmendmentState::ALL.into_iter();
        states
            .map(|state| {
                let word = self.frame.t_fixed(state.word()).to_owned();
                (state.key().to_owned(), word)
            })
            .collect()
    }

    fn state(&self, line: &Line) -> String {
        state(&self.frame, &line.amendment, line.edition.as_ref())
    }

    fn class(&self, line: &Line) -> &'static str {
        class(&line.amendment, line.edition.as_ref())
    }

    fn years(&self, line: &Line) -> String {
        years(&self.frame, &line.amendment, line.edition.as_ref())
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let wanted = asked.page();
    let overview = amendments::list(&app, &actor, asked.state(), wanted).await?;
    page(&Index {
        pages: amendments::pages(overview.total),
        page: wanted,
        frame,
        asked,
        overview,
    })
}

/// More new versions than any city makes.
const AT_MOST: i64 = 2_000;

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let overview = amendments::export(&app, &actor, asked.state(), (AT_MOST, 0)).await?;
    let headings = [
        "名称",
        "状态",
        "适用年度",
        "执行日期",
        "起草人",
        "起草时间",
        "提交人",
        "确认人",
        "理由",
    ];
    let row = |line: &Line| {
        let (one, edition) = (&line.amendment, line.edition.as_ref());
        let proposal = one.proposal.as_ref();
        vec![
            Cell::Text(one.name.clone()),
            Cell::Text(state(&frame, one, edition)),
            Cell::Text(years(&frame, one, edition)),
            Cell::Text(proposal.map_or_else(String::new, |of| of.from_on.to_string())),
            Cell::Text(one.made_by_name.clone()),
            Cell::Text(frame.minute(one.made_at)),
            Cell::Text(proposal.map_or_else(String::new, |of| of.by_name.clone())),
            Cell::Text(edition.map_or_else(String::new, |of| of.confirmed_by_name.clone())),
            Cell::Text(one.reason.clone()),
        ]
    };
    let rows = overview.lines.iter().map(row).collect();
    let listed = Listed::of(&frame, "新版标准", "amendments", &headings);
    listed.answer(rows, &asked.format).await
}
