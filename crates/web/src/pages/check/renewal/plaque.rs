//! The plaques that are to come back, as a page and as a table.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    check::renewal::{self as renewals, PlaquePage},
    core::{app::App, standard::Standards},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    check::renewal::Plaque,
    core::{export::ExportKind, ids::HonourId, policy::Actor},
};
use serde::Deserialize;

use super::title_name;
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        check::address::PLAQUES,
        core::export::{Asker, Listed, Listing, Rows, download},
    },
    path::Path,
    query,
    routes::{Access, Route},
    session::SignedIn,
};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(PLAQUES, Access::SignedIn, index),
        Route::get("/plaques/export", Access::SignedIn, download::<Plaques>),
        Route::post("/plaques/{honour}", Access::SignedIn, returned),
    ]
}

#[derive(Template)]
#[template(path = "check/renewal/plaques.html")]
struct Index {
    frame: Frame,
    standards: Standards,
    plaques: PlaquePage,
    problems: Problems,
}

impl Index {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        (page, problems): (&str, Problems),
    ) -> Result<Index, PageError> {
        let page = page.parse().unwrap_or(1);
        Ok(Index {
            frame,
            standards: app.standards.clone(),
            plaques: renewals::plaques(app, actor, page).await?,
            problems,
        })
    }

    fn title_name(&self, plaque: &Plaque) -> String {
        title_name(&self.frame, &self.standards, plaque.year, &plaque.title)
    }

    fn is_late(&self, plaque: &Plaque) -> bool {
        plaque.returned_on.is_none() && plaque.due_on < self.frame.today
    }

    /// The address of a page of the list, up to and with `page=`.
    fn base(&self) -> String {
        query::asked(PLAQUES, &[]) + "page="
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct At {
    page: String,
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(at): Query<At>,
) -> PageResult {
    let at = (at.page.as_str(), Problems::none());
    page(&Index::of(&app, &actor, frame, at).await?)
}

/// All of them, without a question.
#[derive(Debug, Deserialize)]
pub(crate) struct Plaques {}

impl Listing for Plaques {
    const KIND: ExportKind = ExportKind::Plaques;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["单位", "称号", "编号", "要求交回", "期限", "交回"];
        Listed::of(frame, "交回的牌匾", "plaques", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = renewals::export_plaques(app, actor, portion).await?;
        let row = |plaque: &Plaque| {
            let returned = plaque.returned_on.map(|day| {
                let by = plaque.returned_by_name.as_str();
                frame.t2("{} 交回，{}登记", day, by)
            });
            let title = title_name(frame, &app.standards, plaque.year, &plaque.title);
            vec![
                Cell::Text(plaque.holder_name.clone()),
                Cell::Text(title),
                Cell::from(plaque.number.as_str()),
                Cell::Text(plaque.asked_on.to_string()),
                Cell::Text(plaque.due_on.to_string()),
                Cell::Text(returned.unwrap_or_else(|| frame.t("还没有").to_owned())),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ReturnedForm {
    returned_on: String,
    /// Of the list that it was sent from.
    page: String,
}

async fn returned(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<HonourId>,
    Form(form): Form<ReturnedForm>,
) -> PageResult {
    let done = renewals::return_plaque(&app, &actor, &id, &form.returned_on).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(PLAQUES, "牌匾已登记交回。"),
        Err(problems) => {
            let at = (form.page.as_str(), problems);
            unprocessable(&Index::of(&app, &actor, frame, at).await?)
        }
    }
}
