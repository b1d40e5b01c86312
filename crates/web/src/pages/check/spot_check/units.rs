//! The frame unit by unit, the riskiest first, with why.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    check::spot_check::{self as checks, FramePage},
    core::app::App,
};
use jianjia_documents::workbook::{Cell, Column, Table};
use jianjia_domain::check::{
    risk::{Found, Reason},
    spot_check::FrameUnit,
};
use jianjia_standard::Standard;
use serde::Deserialize;

use super::super::strata::class_name;
use crate::{
    form::Problems,
    frame::Frame,
    page::{PageResult, page},
    pages::check::address,
    path::Path,
    query,
    session::SignedIn,
    table_file,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::pages::check) struct Asked {
    stratum: String,
    pub page: String,
    pub format: String,
}

#[derive(Template)]
#[template(path = "check/spot_check/units.html")]
struct Units {
    frame: Frame,
    standard: Arc<Standard>,
    of: FramePage,
    asked: Asked,
}

impl Units {
    fn class(&self, unit: &FrameUnit) -> String {
        class_name(&self.frame, &self.standard, &unit.class)
    }

    fn reasons(&self, unit: &FrameUnit) -> Vec<String> {
        let reasons = unit.reasons.iter();
        reasons.map(|reason| told(&self.frame, reason)).collect()
    }

    fn strata(&self) -> Vec<(String, String)> {
        let strata = self.of.strata.iter();
        strata
            .map(|stratum| {
                let class = class_name(&self.frame, &self.standard, &stratum.class);
                (
                    stratum.name.clone(),
                    format!("{} · {class}", stratum.district_name),
                )
            })
            .collect()
    }

    fn pages_base(&self) -> String {
        let path = address::frame(self.of.check.year, "");
        query::asked(&path, &[("stratum", &self.asked.stratum)]) + "page="
    }

    fn office(&self) -> String {
        address::office(self.of.check.year)
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let stratum = Some(asked.stratum.as_str()).filter(|stratum| !stratum.is_empty());
    let number = asked.page.trim().parse().unwrap_or(1);
    let of = checks::frame(&app, &actor, year, stratum, number).await?;
    page(&Units {
        standard: app.standards.of(year).clone(),
        frame,
        of,
        asked,
    })
}

pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let (_, units) = checks::whole_frame(&app, &actor, year).await?;
    let standard = app.standards.of(year);
    let headings = [
        "层",
        "风险",
        "得分",
        "编号",
        "单位",
        "依据",
        "抽样框里的名称",
    ];
    let row = |unit: &FrameUnit| {
        let reasons = unit.reasons.iter().map(|reason| told(&frame, reason));
        let reasons: Vec<String> = reasons.collect();
        vec![
            Cell::Text(unit.stratum.clone()),
            Cell::Text(class_name(&frame, standard, &unit.class)),
            Cell::Number(unit.score),
            Cell::Number(unit.unit_number),
            Cell::Text(unit.unit_name.clone()),
            Cell::Text(reasons.join(frame.t("；"))),
            Cell::Text(unit.id.clone()),
        ]
    };
    let table = Table {
        name: frame.t("抽样框").to_owned(),
        columns: headings.map(|word| Column::plain(frame.t(word))).into(),
        rows: units.iter().map(row).collect(),
    };
    table_file::answer(vec![table], &asked.format, &format!("frame-{year}")).await
}

/// A sign that was found, with its figures.
fn told(frame: &Frame, reason: &Reason) -> String {
    let name = frame.t2("{}（{} 分）", frame.text(&reason.name), reason.weight);
    let figures = match &reason.found {
        Found::NothingSaid => frame.t("年度表一项也没有填").to_owned(),
        Found::Unanswered { answered, asked } => frame.t2("年度表填了 {}/{}", answered, asked),
        Found::Jump { fact, before, now } => frame.t3(
            "{}：上年 {}，今年 {}",
            frame.text(fact),
            frame.count(before),
            frame.count(now),
        ),
        Found::SharedPhotos { photos } => frame.t1("{} 张照片", photos),
        Found::FirstTimer => return name,
        Found::EarlierFinding { year, colour } => {
            frame.t2("{} 年度：{}", year, frame.t_fixed(colour.word()))
        }
    };
    format!("{name}{}{figures}", frame.t("："))
}
