//! The report on a year's spot check: figures for everybody, all of them for the city's office. No unit is named.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    check::report::{self as reports, Report, Row},
    core::app::App,
};
use jianjia_documents::workbook::{Cell, Column, Table};
use jianjia_domain::core::{
    imprint::Official,
    policy::{Act, Role},
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    imprint,
    page::{PageResult, page},
    pages::check::address,
    paper::{self, Link},
    path::Path,
    routes::{Access, Route},
    table_file,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/check-reports/{year}", Access::Public, show),
        Route::get("/check-reports/{year}/export", Access::Public, export),
    ]
}

#[derive(Template)]
#[template(path = "check/report/show.html")]
struct Show {
    frame: Frame,
    report: Report,
}

impl Show {
    /// The circular, for those who see the city's checks, once all visits were made.
    fn papers(&self) -> Vec<Link> {
        let mut sees = [Role::Reviewer, Role::Approver, Role::Auditor].into_iter();
        let is_there = self.report.is_whole && self.report.is_over;
        let kinds: &[&str] = match is_there && sees.any(|role| self.frame.has(role)) {
            true => &["spot-check-report"],
            false => &[],
        };
        paper::links(&address::office(self.report.year), kinds)
    }

    /// Where number and day of issue of the circular are said, for those who hold spot checks.
    fn imprint(&self) -> Option<String> {
        let mut roles = self.frame.roles().iter();
        let holds = roles.any(|at| self.frame.may(&Act::HoldSpotCheck, &at.unit));
        let is_there = holds && !self.papers().is_empty();
        let year = self.report.year.to_string();
        is_there.then(|| imprint::address(Official::SpotCheckReport, &year))
    }

    /// A figure; a dash stands for one that is not told.
    fn figure(&self, count: &Option<u64>) -> String {
        figure(&self.frame, *count)
    }
}

fn figure(frame: &Frame, count: Option<u64>) -> String {
    count.map_or_else(|| "—".to_owned(), |count| frame.count(count))
}

async fn show(State(app): State<App>, frame: Frame, Path(year): Path<i16>) -> PageResult {
    let report = reports::report(&app, frame.actor.as_ref(), year).await?;
    page(&Show { frame, report })
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    format: String,
}

async fn export(
    State(app): State<App>,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let report = reports::report(&app, frame.actor.as_ref(), year).await?;
    let row = |row: &Row, name: &str| {
        let cells = [row.visits, row.green, row.amber, row.red];
        let mut line = vec![Cell::Text(name.to_owned())];
        line.extend(cells.map(|count| Cell::Text(figure(&frame, count))));
        line
    };
    let mut rows = vec![row(&report.total, frame.t("全市"))];
    rows.extend(
        report
            .districts
            .iter()
            .map(|district| match district.name.as_str() {
                "" => row(district, frame.t("市直属单位")),
                name => row(district, name),
            }),
    );
    let headings = ["地区或产业", "检查", "绿", "黄", "红"];
    let table = Table {
        name: frame.t("抽查结果").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows,
    };
    table_file::answer(vec![table], &asked.format, "check-report").await
}
