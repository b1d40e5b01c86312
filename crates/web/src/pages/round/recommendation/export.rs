//! A federation's list as a table to download: the candidates in their order, and what the list is made up of.

use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::recommendation::{self as recommendations, Answer, Candidate, RuleLine, Shown},
};
use jianjia_documents::workbook::{Cell, Column, Table};
use jianjia_domain::{
    core::ids::UnitId,
    round::structure::{Holding, Tally},
};
use jianjia_standard::programme::Holds;
use serde::Deserialize;

use super::{Show, show_page, structure};
use crate::{
    form::{Problems, named::Fields},
    frame::Frame,
    page::PageResult,
    path::{self, Path},
    session::SignedIn,
    table_file,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    of: String,
    /// `xlsx` or else `csv`, which holds the candidates alone.
    format: String,
}

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, title)): Path<(i16, String)>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let of: Option<UnitId> = match asked.of.as_str() {
        "" => None,
        id => Some(path::read(id)?),
    };
    let list = recommendations::list(&app, &actor, year, &title, of.as_ref()).await?;
    let page = show_page(&app, frame, list, Fields::default(), Problems::none());
    let mut tables = vec![candidates(&page)];
    if !page.list.structure.is_empty() {
        tables.push(rules(&page));
    }
    let name = format!("recommendations-{year}-{title}");
    table_file::answer(tables, &asked.format, &name).await
}

fn candidates(page: &Show) -> Table {
    let frame = &page.frame;
    let mut candidates = page.list.candidates.iter();
    // What is asked of one candidate for the title is asked of each; figures stand beside those alone that were judged.
    let first = page.list.candidates.first();
    let answers: &[Answer] = first.map_or(&[], |one| &one.answers);
    let judged = candidates.find(|one| !one.shown.is_empty());
    let figures: &[Shown] = judged.map_or(&[], |one| &one.shown);
    let before = ["名次", "候选单位（个人）"];
    let after = ["已有称号", "核实", "状态"];
    let headings = before
        .iter()
        .map(|word| frame.t(word).to_owned())
        .chain(
            answers
                .iter()
                .map(|answer| frame.text(&answer.name).to_owned()),
        )
        .chain(figures.iter().map(|one| frame.text(&one.name).to_owned()))
        .chain(after.iter().map(|word| frame.t(word).to_owned()));
    let row = |candidate: &Candidate| {
        let rank = candidate.application.rank;
        let answers = candidate.answers.iter().map(|answer| {
            let known = answer.holds.as_ref();
            let words = known.map_or_else(|| frame.t("不知道"), |(_, name)| frame.text(name));
            Cell::Text(words.to_owned())
        });
        let shown = figures.iter().map(|figure| {
            let mut own = candidate.shown.iter();
            let own = own.find(|one| one.clause == figure.clause);
            own.map_or(Cell::Nothing, |one| Cell::from(one.actual.as_str()))
        });
        let held = candidate.held.iter();
        let held: Vec<String> = held
            .map(|(title, year)| page.title_name(title, year))
            .collect();
        [
            rank.map_or(Cell::Nothing, Cell::Number),
            Cell::Text(candidate.application.applicant_name()),
        ]
        .into_iter()
        .chain(answers)
        .chain(shown)
        .chain([
            Cell::from(held.join(frame.t("、")).as_str()),
            Cell::Text(page.looked_at(&candidate.looked_at)),
            Cell::Text(state(page, candidate)),
        ])
        .collect()
    };
    Table {
        name: frame.t("推荐").to_owned(),
        columns: headings.map(|heading| Column::plain(&heading)).collect(),
        rows: page.list.candidates.iter().map(row).collect(),
    }
}

/// As the page has it: recommended and what became of it, which reserve, or waiting.
fn state(page: &Show, candidate: &Candidate) -> String {
    let frame = &page.frame;
    let state = candidate.application.state.word();
    match page.reserve(&candidate.application.id) {
        _ if candidate.is_undoable => frame.t("已推荐").to_owned(),
        _ if candidate.is_recommended => {
            frame.t2("{}；{}", frame.t("已推荐"), frame.t_fixed(state))
        }
        Some(number) => frame.t1("递补第 {} 名", number),
        None => frame.t("待推荐").to_owned(),
    }
}

fn rules(page: &Show) -> Table {
    let frame = &page.frame;
    let headings = [
        "要求",
        "条款",
        "已推荐的",
        "按现在的名次，名额以内的",
        "不符合时",
    ];
    let stands = |(tally, holding): &(Tally, Holding)| {
        let words = structure::tally(frame, tally);
        Cell::Text(frame.t2("{}；{}", frame.t_fixed(holding.word()), words))
    };
    let row = |line: &RuleLine| {
        let holds = match line.holds {
            Holds::Bar => "不符合的不能办结、递补和命名",
            Holds::Warn => "只提醒",
        };
        vec![
            Cell::Text(frame.text(&line.text).to_owned()),
            Cell::Text(line.clause.clone()),
            stands(&line.recommended),
            stands(&line.ranked),
            Cell::Text(frame.t(holds).to_owned()),
        ]
    };
    Table {
        name: frame.t("名单结构").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows: page.list.structure.iter().map(row).collect(),
    }
}
