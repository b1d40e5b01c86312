//! The visits that somebody may know of, as a page and as a file.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    check::report::{self as reports, VisitFilter, VisitPage},
    core::{app::App, standard::Standards},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    check::visit::{Colour, Visit, VisitState},
    core::{export::ExportKind, ids::VisitId},
};
use serde::Deserialize;

use super::words::colour_tag;
use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::core::export::{Asker, Listed, Listing, Rows},
    query,
    session::SignedIn,
};

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    year: String,
    colour: String,
    state: String,
    page: String,
}

impl Asked {
    fn filter(&self) -> VisitFilter {
        VisitFilter {
            year: self.year.parse().ok(),
            colour: Colour::from_key(&self.colour),
            state: VisitState::from_key(&self.state),
            name: self.q.clone(),
            ..VisitFilter::default()
        }
    }
}

#[derive(Template)]
#[template(path = "check/visit/index.html")]
struct Index {
    frame: Frame,
    standards: Standards,
    asked: Asked,
    visits: VisitPage,
}

impl Index {
    fn base(&self, path: &str) -> String {
        query::asked(
            path,
            &[
                ("q", &self.asked.q),
                ("year", &self.asked.year),
                ("colour", &self.asked.colour),
                ("state", &self.asked.state),
            ],
        )
    }

    fn pages_base(&self) -> String {
        self.base("/visits") + "page="
    }

    fn export_href(&self) -> String {
        self.base("/visits/export") + "format=xlsx"
    }

    fn is_narrowed(&self) -> bool {
        self.pages_base() != "/visits?page="
    }

    fn years(&self) -> Vec<(String, String)> {
        let years = self.standards.years().into_iter();
        years
            .map(|year| (year.to_string(), year.to_string()))
            .collect()
    }

    fn colours(&self) -> Vec<(String, String)> {
        let colours = Colour::ALL.into_iter();
        colours
            .map(|colour| {
                (
                    colour.key().to_owned(),
                    self.frame.t(colour.word()).to_owned(),
                )
            })
            .collect()
    }

    fn states(&self) -> Vec<(String, String)> {
        let states = VisitState::ALL.into_iter();
        states
            .map(|state| {
                (
                    state.key().to_owned(),
                    self.frame.t(state.word()).to_owned(),
                )
            })
            .collect()
    }

    /// Whether it looks if what another visit found was mended.
    fn is_recheck(&self, visit: &Visit) -> bool {
        self.visits.rechecked.contains_key(&visit.id)
    }

    fn tag(&self, colour: &Colour) -> &'static str {
        colour_tag(*colour)
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let wanted = asked.page.parse().unwrap_or(1);
    let visits = reports::list(&app, &actor, &asked.filter(), wanted).await?;
    page(&Index {
        standards: app.standards,
        frame,
        asked,
        visits,
    })
}

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Visits;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["年度", "单位", "种类", "检查期限", "现在", "结果"];
        Listed::of(frame, "抽查检查", "visits", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = reports::export(app, actor, &self.filter(), portion).await?;
        let row = |(visit, of): &(Visit, Option<VisitId>)| {
            let kind = match of {
                Some(_) => frame.t("检查|复查"),
                None => frame.t("检查|抽查"),
            };
            let colour = visit
                .colour
                .map_or("", |colour| frame.t_fixed(colour.word()));
            vec![
                Cell::Number(i64::from(visit.year)),
                Cell::Text(visit.unit_name.clone()),
                Cell::from(kind),
                Cell::Text(visit.due_on.to_string()),
                Cell::Text(frame.t_fixed(visit.state.word()).to_owned()),
                Cell::Text(colour.to_owned()),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
