//! What departments were asked and answered as tables to download: all of them, and the list of one under its filter.

use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::department::{self as departments, AskedPortion, DepartmentLine},
};
use jianjia_documents::workbook::{Cell, Table};
use jianjia_domain::{
    core::export::ExportKind,
    round::{department::Asked, entry::Entry},
};
use serde::Deserialize;

use super::{Index, Wanted, index, word};
use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult},
    pages::core::export::{Asker, Listed, Listing, Rows},
    path::{self, Path},
    session::SignedIn,
    table_file,
};

/// The overview, and in a workbook the units of which a department says something.
pub(super) async fn overview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let page = index(&app, &actor, frame, year, Problems::none()).await?;
    let tables = vec![counts(&page), entries(&page)];
    let name = format!("departments-{year}");
    table_file::answer(tables, &asked.format, &name).await
}

fn counts(page: &Index) -> Table {
    let frame = &page.frame;
    let headings = [
        "部门",
        "情形",
        "清单",
        "请答复",
        "部门答复|无情形",
        "部门答复|有情形",
        "部门答复|不清楚",
        "部门答复|未答复",
    ];
    let row = |line: &DepartmentLine| {
        let lists = line.lists.iter();
        let lists: Vec<String> = lists
            .map(|sent| frame.t1("{} 前答复", frame.day(sent.list.due_on)))
            .collect();
        let lists = if lists.is_empty() {
            frame.t("还没有发").to_owned()
        } else {
            lists.join(frame.t("；"))
        };
        vec![
            Cell::Text(frame.text(&line.department.name).to_owned()),
            Cell::Text(page.clauses(line)),
            Cell::Text(lists),
            Cell::Number(line.counts.asked),
            Cell::Number(line.counts.clear),
            Cell::Number(line.counts.in_state),
            Cell::Number(line.counts.unknown),
            Cell::Number(line.counts.silent()),
        ]
    };
    let rows = page.overview.lines.iter().map(row).collect();
    Listed::of(frame, "部门答复", "departments", &headings).table(rows)
}

fn entries(page: &Index) -> Table {
    let frame = &page.frame;
    let headings = ["单位", "部门", "情形", "状态", "说明期限"];
    let row = |entry: &Entry| {
        vec![
            Cell::Text(entry.unit_name.clone()),
            Cell::Text(page.department(entry)),
            Cell::Text(page.clause_name(&entry.clause)),
            Cell::from(frame.t_fixed(entry.state().word())),
            Cell::Text(entry.reply_by.to_string()),
        ]
    };
    let rows = page.overview.entries.iter().map(row).collect();
    Listed::of(frame, "部门认定有情形的单位", "entries", &headings).table(rows)
}

/// What is asked of a department's list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Answers {
    department: String,
    #[serde(flatten)]
    wanted: Wanted,
}

impl Listing for Answers {
    const KIND: ExportKind = ExportKind::Answers;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "表格|单位工会",
            "工会统一社会信用代码",
            "单位名称",
            "单位统一社会信用代码",
            "答复",
            "答复人",
            "答复时间",
            "说明",
            "认定的情形",
        ];
        Listed::of(frame, "部门答复", "answers", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let year: i16 = path::read(&self.wanted.year)?;
        let (place, filter) = ((year, self.department.as_str()), self.wanted.filter());
        let found = departments::export(app, actor, place, &filter, portion).await?;
        let rows = found.units.iter().map(|asked| row(frame, &found, asked));
        Ok(Rows {
            rows: rows.collect(),
            total: found.total,
        })
    }
}

fn row(frame: &Frame, found: &AskedPortion, asked: &Asked) -> Vec<Cell> {
    let answer = asked.answer.as_ref();
    let by = answer.map_or_else(String::new, |answer| {
        let entered = match answer.entered_by_name.as_str() {
            "" => String::new(),
            name => frame.t1("（{} 录入）", name),
        };
        format!("{}{entered}", answer.by_name)
    });
    let entries = found.entries.get(&asked.unit);
    let entries = entries.into_iter().flatten();
    let entries: Vec<String> = entries
        .map(|entry| format!("{} {}", entry.clause, frame.t_fixed(entry.state().word())))
        .collect();
    vec![
        Cell::Text(asked.name.clone()),
        Cell::from(asked.credit_code.as_str()),
        Cell::from(asked.employer_name.as_str()),
        Cell::from(asked.employer_code.as_str()),
        Cell::from(frame.t_fixed(word(asked))),
        Cell::from(by.as_str()),
        answer.map_or(Cell::Nothing, |answer| Cell::Text(frame.minute(answer.at))),
        Cell::from(answer.map_or("", |answer| answer.note.as_str())),
        Cell::from(entries.join(frame.t("；")).as_str()),
    ]
}
