//! One clause, or all who lack one alone, by place, kind, employer, trade and size.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    insight::holding_back::{self as holding, Figure, Parted},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{ids::UnitId, place::UnitPlace},
    honour::target,
    year::shortfall::Facet,
};
use jianjia_standard::Standard;

use super::{Asked, value_name};
use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::{
        core::export::Listed,
        insight::{
            address,
            dashboard::{percent, title_name},
        },
    },
    query,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "insight/parted.html")]
struct PartedPage {
    frame: Frame,
    standard: Arc<Standard>,
    shown: Parted,
}

/// A line of a table: its name, its figures, and the list of its unions without how the clause stands.
struct Line {
    name: String,
    figure: Figure,
    list: String,
}

impl PartedPage {
    async fn of(app: &App, frame: Frame, asked: &Asked) -> Result<PartedPage, PageError> {
        let actor = frame.actor.as_ref().ok_or(PageError::NotFound)?;
        let under = asked.under()?;
        let (year, title, clause) = (asked.year(), asked.title.as_str(), asked.clause());
        let shown = holding::parted(app, actor, under.as_ref(), year, title, clause).await?;
        Ok(PartedPage {
            standard: app.standards.of(shown.year).clone(),
            shown,
            frame,
        })
    }

    fn place(&self) -> &UnitPlace {
        &self.shown.place.unit
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.shown.title)
    }

    fn clause(&self) -> &str {
        self.shown.clause.as_deref().unwrap_or_default()
    }

    fn has_clause(&self) -> bool {
        self.shown.clause.is_some()
    }

    fn heading(&self) -> String {
        match &self.shown.clause {
            Some(clause) => {
                let criterion = self.standard.criterion(clause);
                criterion.map_or_else(String::new, |criterion| {
                    self.frame.text(&criterion.name).to_owned()
                })
            }
            None => self.frame.t("只差一步的工会").to_owned(),
        }
    }

    /// What the clause says.
    fn words(&self) -> &str {
        let criterion = self.standard.criterion(self.clause());
        criterion.map_or("", |criterion| self.frame.text(&criterion.text))
    }

    fn facet_name(&self, facet: &Facet) -> &'static str {
        self.frame.t_fixed(facet.word())
    }

    /// The lists of a place, still without how the clause stands.
    fn list_of(&self, place: &UnitId) -> String {
        if self.has_clause() {
            let of = (self.clause(), "");
            address::lacking(place, self.shown.year, &self.shown.title, of)
        } else {
            address::one_step(place, self.shown.year, &self.shown.title, "")
        }
    }

    fn whole(&self) -> Line {
        Line {
            name: self.place().name.clone(),
            figure: self.shown.whole.clone(),
            list: self.list_of(&self.place().id),
        }
    }

    fn places(&self) -> Vec<Line> {
        let places = self.shown.places.iter().map(|(unit, figure)| Line {
            name: unit.name.clone(),
            figure: figure.clone(),
            list: self.list_of(&unit.id),
        });
        let others = &self.shown.others;
        let others = (others.asked > 0).then(|| Line {
            name: self.frame.t("本级直属的工会").to_owned(),
            figure: others.clone(),
            list: format!("{}&own=1", self.list_of(&self.place().id)),
        });
        places.chain(others).collect()
    }

    fn values(&self, facet: &Facet, figures: &[Figure]) -> Vec<Line> {
        let mut lines: Vec<Line> = figures
            .iter()
            .map(|figure| Line {
                name: value_name(&self.frame, &self.standard, *facet, &figure.value),
                figure: figure.clone(),
                list: address::narrowed(&self.list_of(&self.place().id), *facet, &figure.value),
            })
            .collect();
        lines.sort_by_key(|line| -(line.figure.unmet + line.figure.unknown));
        lines
    }

    fn list(&self, line: &Line, stands: &str) -> String {
        format!("{}&stands={stands}", line.list)
    }

    /// Everybody of whom the clause is asked, or who strives for the title.
    fn all(&self, line: &Line) -> String {
        if self.has_clause() {
            self.list(line, "asked")
        } else {
            line.list.replacen(address::ONE_STEP, address::LACKING, 1)
        }
    }

    fn share(&self, figure: &Figure) -> String {
        let share = target::basis_points(figure.unmet + figure.unknown, figure.asked);
        share.map_or_else(|| "—".to_owned(), percent)
    }

    fn bar(&self, figure: &Figure) -> i64 {
        let lacking = figure.unmet + figure.unknown;
        target::basis_points(lacking, figure.asked).unwrap_or(0) / 10
    }

    fn holding_back(&self) -> String {
        address::holding_back(&self.place().id, self.shown.year, &self.shown.title)
    }

    fn export_address(&self, format: &str) -> String {
        let (id, year) = (self.place().id.to_string(), self.shown.year.to_string());
        let parts = [
            ("under", id.as_str()),
            ("year", &year),
            ("title", &self.shown.title),
            ("clause", self.clause()),
            ("format", format),
        ];
        let address = query::asked("/insight/holding-back/parted/export", &parts);
        address.trim_end_matches('&').to_owned()
    }
}

pub(super) async fn show(
    State(app): State<App>,
    _: SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    page(&PartedPage::of(&app, frame, &asked).await?)
}

pub(super) async fn export(
    State(app): State<App>,
    _: SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let shown = PartedPage::of(&app, frame, &asked).await?;
    let frame = &shown.frame;
    let headings = ["分类", "单位或类别", "适用的工会", "未达到", "还不知道"];
    let listed = Listed::of(frame, "条目分布", "holding-back-parted", &headings);
    let row = |facet: &str, line: &Line| {
        vec![
            Cell::Text(facet.to_owned()),
            Cell::Text(line.name.clone()),
            Cell::Number(line.figure.asked),
            Cell::Number(line.figure.unmet),
            Cell::Number(line.figure.unknown),
        ]
    };
    let mut rows = vec![row(frame.t("合计"), &shown.whole())];
    let place = frame.t("下级单位");
    rows.extend(shown.places().iter().map(|line| row(place, line)));
    for (facet, figures) in &shown.shown.facets {
        let name = shown.facet_name(facet);
        let lines = shown.values(facet, figures);
        rows.extend(lines.iter().map(|line| row(name, line)));
    }
    listed.answer(rows, &asked.format).await
}
