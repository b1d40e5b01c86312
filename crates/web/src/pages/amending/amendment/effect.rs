//! The unions, or for their titles the people, that would gain or lose a title by a new version, or of which it would be unknown: the list behind each number,
//! and its table.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    amending::amendment::{self as amendments, AffectedLine},
    core::app::App,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{export::ExportKind, ids::AmendmentId};
use jianjia_standard::{kinds::Kind, programme::Title};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::{
        amending::address,
        core::export::{Asker, Listed, Listing, Rows},
    },
    path::{self, Path},
    session::SignedIn,
};

/// What is asked for: a title of a version and what becomes of it, by the names in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Affected {
    id: String,
    title: String,
    change: String,
}

impl Listing for Affected {
    const KIND: ExportKind = ExportKind::AmendmentEffect;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "单位",
            "姓名",
            "新版标准|单位类型",
            "上级工会",
            "职工人数",
            "会员人数",
        ];
        let file = format!("effect-{}-{}", self.title, self.change);
        Listed::of(frame, "受新版标准影响的单位", &file, &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let id: AmendmentId = path::read(&self.id)?;
        let of = (self.title.as_str(), self.change.as_str());
        let (found, total) = amendments::affected(app, actor, &id, of, portion).await?;
        let count = |number: Option<i64>| number.map_or(Cell::Text(String::new()), Cell::Number);
        let row = |line: &AffectedLine| {
            let unit = &line.unit;
            vec![
                Cell::Text(unit.name.clone()),
                Cell::Text(line.person.clone().unwrap_or_default()),
                Cell::from(frame.t_fixed(unit.kind.word())),
                Cell::Text(unit.upper_name.clone()),
                count(unit.workers),
                count(unit.members),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}

/// Units on a page.
const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "amending/amendment/effect.html")]
struct List {
    frame: Frame,
    id: AmendmentId,
    name: String,
    title: String,
    title_name: String,
    change: String,
    /// Whether people hold the title.
    is_of_people: bool,
    lines: Vec<AffectedLine>,
    total: i64,
    page: i64,
    pages: i64,
}

impl List {
    fn heading(&self) -> String {
        let words = match (self.change.as_str(), self.is_of_people) {
            ("gain", false) => "会新达到{}的单位",
            ("lose", false) => "不再达到{}的单位",
            (_, false) => "{}会变成还不知道的单位",
            ("gain", true) => "会新达到{}的人",
            ("lose", true) => "不再达到{}的人",
            (_, true) => "{}会变成还不知道的人",
        };
        self.frame.t1(words, &self.title_name)
    }

    fn base(&self) -> String {
        format!(
            "{}/effect/{}/{}",
            address::amendment(&self.id),
            self.title,
            self.change
        )
    }

    fn pages_base(&self) -> String {
        self.base() + "?page="
    }
}

/// Which page of the list is wanted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WantedPage {
    page: String,
}

pub(super) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, title, change)): Path<(AmendmentId, String, String)>,
    Query(wanted): Query<WantedPage>,
) -> PageResult {
    let known = ["gain", "lose", "unclear"];
    let view = amendments::view(&app, &actor, &id).await?;
    let is_judged = view.effect.iter().any(|effect| effect.title == title);
    if !is_judged || !known.contains(&change.as_str()) {
        return Err(PageError::NotFound);
    }
    let at = wanted.page.parse().unwrap_or(1).max(1);
    let portion = (PAGE, (at - 1) * PAGE);
    let of = (title.as_str(), change.as_str());
    let (lines, total) = amendments::affected(&app, &actor, &id, of, portion).await?;
    let found = app.standards.title(app.year(), &title);
    let title_name = found.map_or(title.as_str(), |found| frame.text(&found.name));
    let of_people = |found: &Title| found.kinds.iter().all(|kind| *kind == Kind::Person);
    let is_of_people =
        found.is_some_and(of_people) || lines.iter().any(|line| line.person.is_some());
    page(&List {
        is_of_people,
        title_name: title_name.to_owned(),
        name: view.amendment.name,
        frame,
        id,
        title,
        change,
        lines,
        total,
        page: at,
        pages: ((total + PAGE - 1) / PAGE).max(1),
    })
}
