//! Lists of cases, as pages and as files.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    sharing::case::{self as cases, CasePage, CaseQuery},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Act,
    },
    register::unit::codes::{INDUSTRIES, of_key, word_of},
    sharing::case::{Case, CaseState},
};
use jianjia_standard::Standard;
use serde::Deserialize;

use super::{clause_words, standard};
use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::{
        core::export::{Listed, Rows, streamed},
        sharing::address,
    },
    path::{self, Path},
    query,
    session::SignedIn,
};

/// What is asked for, as it stands in the address; what is left out narrows nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    clause: String,
    kind: String,
    trade: String,
    /// A union to whose likes come first.
    like: String,
    page: String,
    format: String,
}

impl Asked {
    fn query(&self) -> Result<CaseQuery, PageError> {
        let like: Option<UnitId> = match self.like.as_str() {
            "" => None,
            id => Some(path::read(id)?),
        };
        Ok(CaseQuery {
            words: self.q.clone(),
            clause: Some(self.clause.clone()).filter(|clause| !clause.is_empty()),
            kind: UnitKind::from_key(&self.kind),
            industry: of_key(INDUSTRIES, &self.trade).map(|code| code.key.to_owned()),
            like,
            page: self.page.trim().parse().unwrap_or(1),
        })
    }

    fn address(&self, path: &str) -> String {
        query::asked(
            path,
            &[
                ("q", &self.q),
                ("clause", &self.clause),
                ("kind", &self.kind),
                ("trade", &self.trade),
                ("like", &self.like),
            ],
        )
    }
}

/// A line of a list.
struct Line {
    id: String,
    title: String,
    unit_name: String,
    kind: &'static str,
    trade: String,
    day: String,
    state: &'static str,
    tag: &'static str,
    office: String,
    since: String,
}

fn line(frame: &Frame, case: &Case) -> Line {
    Line {
        id: case.id.to_string(),
        title: case.title.clone(),
        unit_name: case.unit_name.clone(),
        kind: frame.t_fixed(case.unit_kind.word()),
        trade: trade(frame, case),
        day: case
            .published_on
            .map_or_else(String::new, |day| day.to_string()),
        state: frame.t_fixed(case.state.word()),
        tag: super::show::tag(case.state),
        office: turn(case),
        since: frame.date_of(case.since_at),
    }
}

/// Whose turn it is.
fn turn(case: &Case) -> String {
    match (case.state, &case.at) {
        // It lies with the city, which waits for the union's word.
        (CaseState::Asked, _) => case.unit_name.clone(),
        (_, Some(at)) => at.name.clone(),
        (_, None) => String::new(),
    }
}

pub(super) fn trade(frame: &Frame, case: &Case) -> String {
    case.industry.as_deref().map_or_else(String::new, |key| {
        word_of(INDUSTRIES, key, frame.lang).to_owned()
    })
}

#[derive(Template)]
#[template(path = "sharing/case/list.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    lines: Vec<Line>,
    clauses: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    trades: Vec<(String, String)>,
    found: CasePage,
    /// The clause that was asked for, with its name.
    clause: String,
    pages_base: String,
    export: String,
    /// The cases of the reader's own union, where they write some.
    own: Option<String>,
}

impl Index {
    fn is_narrowed(&self) -> bool {
        self.asked.address("") != "?"
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let found = cases::search(&app, frame.actor.as_ref(), &asked.query()?).await?;
    let standard: Arc<Standard> = standard(&app);
    let words = |clause: &str| clause_words(&frame, &standard, clause);
    let clauses = standard.criteria.iter();
    let clauses = clauses
        .map(|criterion| (criterion.clause.clone(), words(&criterion.clause)))
        .collect();
    let mut roles = frame.roles().iter();
    let writes = roles.find(|at| frame.may(&Act::WriteCase, &at.unit));
    let own = writes.map(|at| address::own(&at.unit.id));
    let without = [UnitKind::City, UnitKind::District, UnitKind::Branch];
    let kinds = UnitKind::ALL.into_iter();
    let kinds = kinds
        .filter(|kind| !without.contains(kind))
        .map(|kind| (kind.key().to_owned(), frame.t_fixed(kind.word()).to_owned()))
        .collect();
    let trades = INDUSTRIES.iter();
    let trades = trades
        .map(|code| (code.key.to_owned(), code.word(frame.lang).to_owned()))
        .collect();
    page(&Index {
        lines: found.cases.iter().map(|case| line(&frame, case)).collect(),
        clause: if asked.clause.is_empty() {
            String::new()
        } else {
            words(&asked.clause)
        },
        pages_base: format!("{}page=", asked.address("/cases")),
        export: format!("{}format=xlsx", asked.address("/cases/export")),
        own,
        clauses,
        kinds,
        trades,
        found,
        asked,
        frame,
    })
}

const PUBLIC: [&str; 5] = ["案例", "工会", "工会类型", "行业", "发布日期"];

fn public_row(frame: &Frame, case: &Case) -> Vec<Cell> {
    let line = line(frame, case);
    vec![
        Cell::Text(line.title),
        Cell::Text(line.unit_name),
        Cell::from(line.kind),
        Cell::Text(line.trade),
        Cell::Text(line.day),
    ]
}

pub(super) async fn export(
    State(app): State<App>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let listed = Listed::of(&frame, "案例库", "cases", &PUBLIC);
    let query = asked.query()?;
    let (app, frame, query) = (&app, &frame, &query);
    let read = |portion| async move {
        let (found, total) = cases::export(app, frame.actor.as_ref(), query, portion).await?;
        let rows = found.iter().map(|case| public_row(frame, case));
        Ok::<_, PageError>(Rows {
            rows: rows.collect(),
            total,
        })
    };
    streamed(listed, &asked.format, read).await
}

/// Which page, and of the file its format.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    page: String,
    format: String,
}

#[derive(Template)]
#[template(path = "sharing/case/own.html")]
struct Own {
    frame: Frame,
    unit: UnitPlace,
    lines: Vec<Line>,
    found: CasePage,
    may_write: bool,
    pages_base: String,
}

pub(super) async fn own(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(which): Query<Which>,
) -> PageResult {
    let number = which.page.trim().parse().unwrap_or(1);
    let found = cases::own(&app, &actor, &id, number).await?;
    let unit = found.unit.clone().ok_or(PageError::NotFound)?;
    page(&Own {
        lines: found.cases.iter().map(|case| line(&frame, case)).collect(),
        may_write: frame.may(&Act::WriteCase, &unit),
        pages_base: format!("/units/{id}/cases?page="),
        found,
        unit,
        frame,
    })
}

const INSIDE: [&str; 6] = ["案例", "工会", "状态", "当前环节", "到达时间", "发布日期"];

fn inside_row(frame: &Frame, case: &Case) -> Vec<Cell> {
    let line = line(frame, case);
    vec![
        Cell::Text(line.title),
        Cell::Text(line.unit_name),
        Cell::from(line.state),
        Cell::Text(line.office),
        Cell::Text(line.since),
        Cell::Text(line.day),
    ]
}

pub(super) async fn export_own(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(which): Query<Which>,
) -> PageResult {
    let listed = Listed::of(&frame, "我的案例", "own-cases", &INSIDE);
    let (app, actor, frame, unit) = (&app, &actor, &frame, &id);
    let read = |portion| async move {
        let (found, total) = cases::export_own(app, actor, unit, portion).await?;
        let rows = found.iter().map(|case| inside_row(frame, case));
        Ok::<_, PageError>(Rows {
            rows: rows.collect(),
            total,
        })
    };
    // Who does not see the union gets no file, not even an empty one.
    cases::own(app, actor, unit, 1).await?;
    streamed(listed, &which.format, read).await
}

#[derive(Template)]
#[template(path = "sharing/case/queue.html")]
struct Queue {
    frame: Frame,
    lines: Vec<Line>,
    found: CasePage,
}

pub(super) async fn queue(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(which): Query<Which>,
) -> PageResult {
    let number = which.page.trim().parse().unwrap_or(1);
    let found = cases::queue(&app, &actor, number).await?;
    page(&Queue {
        lines: found.cases.iter().map(|case| line(&frame, case)).collect(),
        found,
        frame,
    })
}

pub(super) async fn export_queue(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(which): Query<Which>,
) -> PageResult {
    let listed = Listed::of(&frame, "案例推荐", "case-queue", &INSIDE);
    let (app, actor, frame) = (&app, &actor, &frame);
    let read = |portion| async move {
        let (found, total) = cases::export_queue(app, actor, portion).await?;
        let rows = found.iter().map(|case| inside_row(frame, case));
        Ok::<_, PageError>(Rows {
            rows: rows.collect(),
            total,
        })
    };
    streamed(listed, &which.format, read).await
}
