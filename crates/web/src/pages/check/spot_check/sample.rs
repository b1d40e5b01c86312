//! Who was drawn, and who inspects.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    check::spot_check::{self as checks, Sample, SampleLine},
    core::app::App,
};
use jianjia_documents::workbook::{Cell, Column, Table};
use jianjia_domain::check::visit::{Visit, VisitInspector};
use jianjia_standard::Standard;

use super::{super::strata::class_name, units::Asked};
use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::check::address,
    paper::{self, Link},
    path::Path,
    session::SignedIn,
    table_file,
};

#[derive(Template)]
#[template(path = "check/spot_check/sample.html")]
struct Page {
    frame: Frame,
    standard: Arc<Standard>,
    of: Sample,
    total: i64,
    page: i64,
    pages: i64,
}

impl Page {
    fn pages_base(&self) -> String {
        format!("{}/sample?page=", self.office())
    }

    fn stratum(&self, visit: &Visit) -> String {
        stratum(&self.frame, &self.standard, &self.of, visit)
    }

    fn papers(&self) -> Vec<Link> {
        paper::links(&self.office(), &["spot-check"])
    }

    fn office(&self) -> String {
        address::office(self.of.check.year)
    }

    fn short<'a>(&self, ticket: &'a str) -> &'a str {
        ticket.get(..12).unwrap_or(ticket)
    }
}

fn stratum(frame: &Frame, standard: &Standard, of: &Sample, visit: &Visit) -> String {
    let named = of.strata.iter().find(|known| known.name == visit.stratum);
    named.map_or_else(
        || visit.stratum.clone(),
        |stratum| {
            let class = class_name(frame, standard, &stratum.class);
            format!("{} · {class}", stratum.district_name)
        },
    )
}

pub(super) async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.trim().parse().unwrap_or(1);
    let of = checks::sample_page(&app, &actor, year, number).await?;
    page(&Page {
        standard: app.standards.of(year).clone(),
        frame,
        of: of.sample,
        total: of.total,
        page: of.page,
        pages: of.pages,
    })
}

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let of = checks::sample(&app, &actor, year).await?;
    let standard = app.standards.of(year);
    let headings = [
        "地区和风险",
        "次序",
        "单位",
        "检查人员",
        "检查期限",
        "状态",
        "抽签码",
        "抽样框里的名称",
    ];
    let going = |inspector: &&VisitInspector| inspector.left.is_none();
    let row = |line: &SampleLine| {
        let inspectors = line.inspectors.iter().filter(going);
        let names: Vec<String> = inspectors
            .map(|one| frame.t2("{}（{}）", &one.name, &one.unit_name))
            .collect();
        vec![
            Cell::Text(stratum(&frame, standard, &of, &line.visit)),
            Cell::Number(line.visit.place),
            Cell::Text(line.visit.unit_name.clone()),
            Cell::Text(names.join(frame.t("、"))),
            Cell::Text(line.visit.due_on.to_string()),
            Cell::Text(frame.t_fixed(line.visit.state.word()).to_owned()),
            Cell::Text(line.visit.ticket.clone()),
            Cell::Text(line.visit.entry.clone()),
        ]
    };
    let table = Table {
        name: frame.t("抽查样本").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows: of.lines.iter().map(row).collect(),
    };
    table_file::answer(vec![table], &asked.format, &format!("sample-{year}")).await
}
