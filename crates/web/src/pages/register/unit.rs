//! The register's units: the list of those that somebody sees. `edit` registers and corrects, `change` renames, moves, merges and closes,
//! `history` looks back. The page of one shows its titles as well, and is `honour::unit`.

pub mod change;
pub mod edit;
pub mod history;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    register::{
        division as divisions,
        unit::{self as units, PER_PAGE},
    },
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        export::ExportKind,
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor},
    },
    register::unit::{
        UnitState,
        change::kinds_under,
        form,
        list::{UnitFilter, UnitLine, UnitSort},
    },
};
use jianjia_standard::Lang;
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::core::export::{Asker, Listed, Listing, Rows, download},
    path, query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/units", Access::SignedIn, index),
        Route::get("/units/export", Access::SignedIn, download::<Asked>),
        Route::get("/units/{id}/history", Access::Seen, history::show),
    ];
    routes.extend(edit::routes());
    routes.extend(change::routes());
    routes
}

/// The list's question, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    kind: String,
    division: String,
    state: String,
    sort: String,
    /// A unit's id: only what stands below it.
    under: String,
    /// A year: only what was founded, or ended, in it.
    founded: String,
    ended: String,
    page: String,
}

impl Asked {
    /// The question without the page, by the names of its fields.
    fn question(&self) -> [(&str, &str); 8] {
        [
            ("q", &self.q),
            ("kind", &self.kind),
            ("division", &self.division),
            ("state", &self.state),
            ("sort", &self.sort),
            ("under", &self.under),
            ("founded", &self.founded),
            ("ended", &self.ended),
        ]
    }

    /// What is asked, below `under` only where it is given; without a word on the state, units that are no more are left out.
    fn filter(&self, under: Option<String>) -> UnitFilter {
        UnitFilter {
            under,
            kind: UnitKind::from_key(&self.kind),
            division: self.division.clone(),
            state: match self.state.as_str() {
                "" => Some(UnitState::Active),
                "all" => None,
                key => UnitState::from_key(key),
            },
            founded_in: self.founded.parse().ok(),
            ended_in: self.ended.parse().ok(),
            search: self.q.clone(),
            sort: UnitSort::from_key(&self.sort).unwrap_or_default(),
            ..UnitFilter::default()
        }
    }
}

#[derive(Template)]
#[template(path = "register/unit/index.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    lines: Vec<UnitLine>,
    total: i64,
    page: i64,
    pages: i64,
    kinds: Vec<(String, String)>,
    divisions: Vec<(String, String)>,
    states: Vec<(String, String)>,
    sorts: Vec<(String, String)>,
    export: Option<UnitPlace>,
    create_below: Option<UnitPlace>,
}

impl Index {
    /// The address of a page of the same list, up to and with `page=`.
    fn base(&self) -> String {
        self.address("/units") + "page="
    }

    fn export_address(&self, format: &str) -> String {
        format!("{}format={format}", self.address("/units/export"))
    }

    /// The address with the same question, up to what comes next.
    fn address(&self, path: &str) -> String {
        query::asked(path, &self.asked.question())
    }

    fn is_filtered(&self) -> bool {
        let asked = &self.asked;
        let narrowing = [
            &asked.q,
            &asked.kind,
            &asked.division,
            &asked.founded,
            &asked.ended,
        ];
        narrowing.iter().any(|typed| !typed.is_empty())
    }
}

/// The path of the unit below which the list is; none where all are asked for.
async fn under(app: &App, actor: &Actor, asked: &Asked) -> Result<Option<String>, PageError> {
    Ok(match asked.under.as_str() {
        "" => None,
        id => Some(units::find(app, actor, &path::read(id)?).await?.unit.path),
    })
}

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Units;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "名称",
            "类型",
            "状态",
            "上级工会",
            "所在区划",
            "统一社会信用代码",
            "职工",
            "会员",
            "编号",
        ];
        Listed::of(frame, "工会名册", "units", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let under = under(app, actor, self).await?;
        let (lines, total) = units::export(app, actor, self.filter(under), portion).await?;
        Ok(Rows {
            rows: lines.iter().map(|line| row(frame, line)).collect(),
            total,
        })
    }

    fn unit(&self) -> Result<Option<UnitId>, PageError> {
        match self.under.as_str() {
            "" => Ok(None),
            id => Ok(Some(path::read(id)?)),
        }
    }
}

fn row(frame: &Frame, line: &UnitLine) -> Vec<Cell> {
    let number = |count: Option<i64>| count.map_or(Cell::Nothing, Cell::Number);
    let text = |text: &str| Cell::Text(text.to_owned());
    vec![
        text(&line.name),
        text(frame.t(line.kind.word())),
        text(frame.t(line.state.word())),
        text(&line.upper_name),
        text(&line.division_name),
        text(line.credit_code.as_deref().unwrap_or_default()),
        number(line.workers),
        number(line.members),
        Cell::Number(line.number),
    ]
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let under = under(&app, &actor, &asked).await?;
    let wanted = asked.page.parse().unwrap_or(1_i64).max(1);
    let (lines, total) = units::list(&app, &actor, asked.filter(under), wanted).await?;
    let main_unit = || actor.main_unit();
    page(&Index {
        kinds: UnitKind::ALL
            .into_iter()
            .map(|kind| option(&frame, kind.key(), kind.word()))
            .collect(),
        divisions: divisions::districts(&app)
            .await?
            .into_iter()
            .map(|division| (division.code, division.name))
            .collect(),
        states: [
            (UnitState::Merged.key(), UnitState::Merged.word()),
            (UnitState::Closed.key(), UnitState::Closed.word()),
            ("all", "全部状态"),
        ]
        .map(|(key, word)| option(&frame, key, word))
        .to_vec(),
        sorts: [
            (UnitSort::Number, "登记编号"),
            (UnitSort::Workers, "职工人数"),
            (UnitSort::Members, "会员人数"),
            (UnitSort::ChangedAt, "最近更新"),
        ]
        .map(|(sort, word)| option(&frame, sort.key(), word))
        .to_vec(),
        page: wanted,
        pages: (total + PER_PAGE - 1) / PER_PAGE,
        export: main_unit()
            .filter(|unit| frame.may(&Act::ImportUnits, unit))
            .cloned(),
        create_below: main_unit()
            .filter(|unit| frame.may(&Act::CreateUnit, unit) && !kinds_under(unit.kind).is_empty())
            .cloned(),
        frame,
        asked,
        lines,
        total,
    })
}

/// A choice of a filter: its key and its word.
fn option(frame: &Frame, key: &str, word: &'static str) -> (String, String) {
    (key.to_owned(), frame.t_fixed(word).to_owned())
}

/// The words of a field in the person's language.
pub(crate) fn label(frame: &Frame, field: &form::Field) -> &'static str {
    match frame.lang {
        Lang::Zh => field.zh,
        Lang::En => field.en,
    }
}
