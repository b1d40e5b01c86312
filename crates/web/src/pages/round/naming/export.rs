//! The candidates for a title as a table to download, and what was named as the roster for whoever makes the plaques.

use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::{naming as namings, review::LookedAt},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{core::export::ExportKind, honour::honour::Honour, round::naming::Candidate};
use jianjia_standard::Standard;
use serde::Deserialize;

use super::{Asked, unanswered_words};
use crate::{
    frame::Frame,
    page::{PageError, PageResult},
    pages::{
        core::export::{Asker, Listed, Listing, Rows},
        round::review::looked_at_words,
    },
    path::{self, Path},
    session::SignedIn,
};

/// Of which title the candidates are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Candidates {
    year: String,
    title: String,
}

impl Listing for Candidates {
    const KIND: ExportKind = ExportKind::Candidates;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "推荐单位",
            "名次",
            "候选",
            "核实",
            "能否命名",
            "原因",
            "说明",
        ];
        Listed::of(frame, "待命名的候选", "candidates", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let year: i16 = path::read(&self.year)?;
        let (found, total) = namings::export(app, actor, (year, &self.title), portion).await?;
        let standard = app.standards.of(year);
        let rows = found.iter().map(|one| row(frame, standard, one));
        Ok(Rows {
            rows: rows.collect(),
            total,
        })
    }
}

fn row(
    frame: &Frame,
    standard: &Standard,
    (candidate, looked_at): &(Candidate, LookedAt),
) -> Vec<Cell> {
    let because = candidate.because.iter();
    let because: Vec<&str> = because.map(|because| frame.text(because)).collect();
    let mut beside = unanswered_words(frame, candidate, standard);
    if candidate.unconfirmed_objections > 0 {
        let count = frame.count(candidate.unconfirmed_objections);
        beside.push(frame.t1("还有 {} 件异议过期没有人确认，不影响命名", count));
    }
    let may_be_named = if candidate.may_be_named() {
        "可以命名"
    } else {
        "不能命名"
    };
    let federation = match candidate.federation_name.as_str() {
        "" => frame.t("市总工会直接受理"),
        name => name,
    };
    let rank = candidate.application.rank;
    vec![
        Cell::from(federation),
        rank.map_or(Cell::Nothing, Cell::Number),
        Cell::Text(candidate.application.applicant_name()),
        Cell::Text(looked_at_words(frame, *looked_at)),
        Cell::from(frame.t(may_be_named)),
        Cell::from(because.join(frame.t("；")).as_str()),
        Cell::from(beside.join(frame.t("；")).as_str()),
    ]
}

/// What was named and stands, a line for each plaque.
pub(super) async fn plaques(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let roster = namings::plaques(&app, &actor, (year, &title)).await?;
    let headings = [
        "序号",
        "获得者",
        "所在工会",
        "称号",
        "年度",
        "编号",
        "命名日期",
        "授予单位",
        "牌匾尺寸",
    ];
    let size = roster.title.plaque_size.as_deref().unwrap_or_default();
    let row = |(place, honour): (i64, &Honour)| {
        // A person's title has the union beside it.
        let (holder, union) = match honour.person_name.as_str() {
            "" => (&honour.holder_name, ""),
            _ => (&honour.person_name, honour.holder_name.as_str()),
        };
        vec![
            Cell::Number(place),
            Cell::Text(holder.clone()),
            Cell::from(union),
            Cell::Text(frame.text(&roster.title.name).to_owned()),
            Cell::Number(honour.year.into()),
            Cell::from(honour.number.as_str()),
            Cell::Text(honour.begun_on.to_string()),
            Cell::Text(roster.by.name.clone()),
            Cell::from(size),
        ]
    };
    let rows = (1..).zip(&roster.honours).map(row).collect();
    let file = format!("plaques-{year}-{title}");
    let listed = Listed::of(&frame, "牌匾制作清单", &file, &headings);
    listed.answer(rows, &asked.format).await
}
