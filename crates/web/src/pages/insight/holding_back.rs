//! What holds the unions of a place back most: the clauses by how often they are lacking, and one of them by place, kind, employer, trade and size.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    insight::holding_back::{self as holding, ClauseFigure, HoldingBack},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
    },
    honour::target,
    register::unit::codes,
    year::shortfall::Facet,
};
use jianjia_standard::{Lang, Standard};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::{
        core::export::Listed,
        insight::{
            address::{self, HOLDING_BACK, NOT_KNOWN},
            dashboard::{percent, title_name},
        },
    },
    path, query,
    routes::{Access, Route},
    session::SignedIn,
};

mod parted;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get(HOLDING_BACK, Access::SignedIn, index),
        Route::get("/insight/holding-back/export", Access::SignedIn, export),
        Route::get(
            "/insight/holding-back/parted",
            Access::SignedIn,
            parted::show,
        ),
        Route::get(
            "/insight/holding-back/parted/export",
            Access::SignedIn,
            parted::export,
        ),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// A federation's id.
    under: String,
    year: String,
    title: String,
    clause: String,
    /// Of the file, `xlsx` or else `csv`.
    format: String,
}

impl Asked {
    fn under(&self) -> Result<Option<UnitId>, PageError> {
        match self.under.as_str() {
            "" => Ok(None),
            id => Ok(Some(path::read(id)?)),
        }
    }

    fn year(&self) -> Option<i16> {
        self.year.trim().parse().ok()
    }

    fn clause(&self) -> Option<&str> {
        Some(self.clause.as_str()).filter(|clause| !clause.is_empty())
    }
}

/// The years that can be asked for: those of the programme in force that have begun, the newest first.
pub(super) fn years(frame: &Frame, standard: &Standard, shown: i16) -> Vec<(String, String)> {
    let programme = &standard.programme;
    let last = frame.today.year().min(programme.last_year).max(shown);
    (programme.first_year.min(shown)..=last)
        .rev()
        .map(|year| (year.to_string(), year.to_string()))
        .collect()
}

/// A value of a facet in words.
pub(super) fn value_name(frame: &Frame, standard: &Standard, facet: Facet, value: &str) -> String {
    let named = |list: &[codes::Code]| {
        let mut codes = list.iter();
        codes
            .find(|code| code.key == value)
            .map(|code| match frame.lang {
                Lang::Zh => code.zh.to_owned(),
                Lang::En => code.en.to_owned(),
            })
    };
    let name = match facet {
        Facet::All => None,
        Facet::Kind => UnitKind::from_key(value).map(|kind| frame.t_fixed(kind.word()).to_owned()),
        Facet::Employer => named(codes::EMPLOYERS),
        Facet::Trade => named(codes::INDUSTRIES),
        Facet::Size => standard
            .size(value)
            .map(|size| frame.text(&size.name).to_owned()),
    };
    name.unwrap_or_else(|| match value {
        "" => frame.t("不详").to_owned(),
        value => value.to_owned(),
    })
}

#[derive(Template)]
#[template(path = "insight/holding_back.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    shown: HoldingBack,
}

impl Index {
    async fn of(app: &App, frame: Frame, asked: &Asked) -> Result<Index, PageError> {
        let actor = frame.actor.as_ref().ok_or(PageError::NotFound)?;
        let under = asked.under()?;
        let shown =
            holding::overview(app, actor, under.as_ref(), asked.year(), &asked.title).await?;
        Ok(Index {
            standard: app.standards.of(shown.year).clone(),
            shown,
            frame,
        })
    }

    fn place(&self) -> &UnitPlace {
        &self.shown.place.unit
    }

    fn title_name(&self, title: &str) -> String {
        title_name(&self.frame, &self.standard, title)
    }

    fn criterion_name(&self, clause: &str) -> &str {
        let criterion = self.standard.criterion(clause);
        criterion.map_or("", |criterion| self.frame.text(&criterion.name))
    }

    fn years(&self) -> Vec<(String, String)> {
        years(&self.frame, &self.standard, self.shown.year)
    }

    fn is_year(&self, year: &str) -> bool {
        year.parse() == Ok(self.shown.year)
    }

    /// How many strive for the title that is shown.
    fn unions(&self) -> i64 {
        let mut striving = self.shown.striving.iter();
        let shown = striving.find(|one| one.title == self.shown.title);
        shown.map_or(0, |one| one.unions)
    }

    /// The width of a bar, out of 1000: unmet, then unknown.
    fn bars(&self, one: &ClauseFigure) -> (i64, i64) {
        let of = |part: i64| target::basis_points(part, one.asked).unwrap_or(0) / 10;
        (of(one.unmet), of(one.unknown))
    }

    fn share(&self, one: &ClauseFigure) -> String {
        let share = target::basis_points(one.unmet + one.unknown, one.asked);
        share.map_or_else(|| "—".to_owned(), percent)
    }

    fn tab(&self, title: &str) -> String {
        address::holding_back(&self.place().id, self.shown.year, title)
    }

    fn parted(&self, clause: &str) -> String {
        address::parted(&self.place().id, self.shown.year, &self.shown.title, clause)
    }

    fn list(&self, clause: &str, stands: &str) -> String {
        address::lacking(
            &self.place().id,
            self.shown.year,
            &self.shown.title,
            (clause, stands),
        )
    }

    fn one_step(&self, title: &str) -> String {
        address::one_step(&self.place().id, self.shown.year, title, "")
    }

    fn of_above(&self, place: &UnitPlace) -> String {
        address::of_place(HOLDING_BACK, &place.id)
    }

    fn dashboard(&self) -> String {
        address::of_place(address::DASHBOARD, &self.place().id)
    }

    fn export_address(&self, format: &str) -> String {
        let (id, year) = (self.place().id.to_string(), self.shown.year.to_string());
        let parts = [
            ("under", id.as_str()),
            ("year", &year),
            ("title", &self.shown.title),
            ("format", format),
        ];
        let address = query::asked("/insight/holding-back/export", &parts);
        address.trim_end_matches('&').to_owned()
    }
}

async fn index(
    State(app): State<App>,
    _: SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    page(&Index::of(&app, frame, &asked).await?)
}

async fn export(
    State(app): State<App>,
    _: SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let index = Index::of(&app, frame, &asked).await?;
    let headings = ["条款", "条目", "适用的工会", "未达到", "还不知道"];
    let listed = Listed::of(&index.frame, "欠缺最多的条目", "holding-back", &headings);
    let row = |one: &ClauseFigure| {
        vec![
            Cell::Text(one.clause.clone()),
            Cell::Text(index.criterion_name(&one.clause).to_owned()),
            Cell::Number(one.asked),
            Cell::Number(one.unmet),
            Cell::Number(one.unknown),
        ]
    };
    let rows = index.shown.clauses.iter().map(row).collect();
    listed.answer(rows, &asked.format).await
}

/// What a value of a facet is asked by, as it stands in an address.
pub(super) fn read_value(value: &str) -> Option<String> {
    match value {
        "" => None,
        NOT_KNOWN => Some(String::new()),
        value => Some(value.to_owned()),
    }
}
