//! Titles that are due to be looked at again: the list, found to hold or withdrawn together through a preview; and the plaques that are to come back.

pub(crate) mod plaque;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    check::renewal::{self as renewals, DueFilter, DuePage, RenewalAct, RenewalInput},
    core::{app::App, standard::Standards},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    check::renewal::Due,
    core::{export::ExportKind, ids::HonourId, policy::Actor, refusal::Refusal},
    honour::honour::Honour,
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        check::address::RENEWALS,
        core::export::{Asker, Listed, Listing, Rows, download},
    },
    path, query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get(RENEWALS, Access::SignedIn, index),
        Route::get("/renewals/export", Access::SignedIn, download::<Asked>),
        Route::post("/renewals/preview", Access::SignedIn, preview),
        Route::post(RENEWALS, Access::SignedIn, carry_out),
    ];
    routes.extend(plaque::routes());
    routes
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    title: String,
    page: String,
}

impl Asked {
    /// The question without the page, by the names of its fields.
    fn fields(&self) -> [(&str, &str); 2] {
        [("q", &self.q), ("title", &self.title)]
    }

    fn filter(&self) -> DueFilter {
        DueFilter {
            title: self.title.clone(),
            name: self.q.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "check/renewal/index.html")]
struct Index {
    frame: Frame,
    standards: Standards,
    asked: Asked,
    due: DuePage,
    problems: Problems,
}

impl Index {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        (asked, problems): (Asked, Problems),
    ) -> Result<Index, PageError> {
        let page = asked.page.parse().unwrap_or(1);
        Ok(Index {
            due: renewals::due(app, actor, &asked.filter(), page).await?,
            frame,
            standards: app.standards.clone(),
            asked,
            problems,
        })
    }

    fn is_filtered(&self) -> bool {
        !(self.asked.q.is_empty() && self.asked.title.is_empty())
    }

    /// The titles that have a cycle, with their names.
    fn titles(&self) -> Vec<(String, String)> {
        let titles = self.due.titles.iter();
        titles
            .map(|key| {
                let name = title_name(&self.frame, &self.standards, self.due.year, key);
                (key.clone(), name)
            })
            .collect()
    }

    /// The address of a page of the same list, up to and with `page=`.
    fn base(&self) -> String {
        query::asked(RENEWALS, &self.asked.fields()) + "page="
    }

    fn export_href(&self) -> String {
        query::asked("/renewals/export", &self.asked.fields()) + "format=xlsx"
    }

    fn no_problems(&self) -> Problems {
        Problems::none()
    }

    fn title_name(&self, due: &Due) -> String {
        title_name(&self.frame, &self.standards, due.named_in, &due.title)
    }
}

fn title_name(frame: &Frame, standards: &Standards, year: i16, title: &str) -> String {
    standards.title(year, title).map_or_else(
        || title.to_owned(),
        |title| frame.text(&title.name).to_owned(),
    )
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let asked = (asked, Problems::none());
    page(&Index::of(&app, &actor, frame, asked).await?)
}

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Renewals;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = ["单位", "称号", "编号", "命名日期", "上次复核的年度"];
        Listed::of(frame, "到期复核", "renewals", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = renewals::export(app, actor, &self.filter(), portion).await?;
        let row = |due: &Due| {
            vec![
                Cell::Text(due.holder_name.clone()),
                Cell::Text(title_name(frame, &app.standards, due.named_in, &due.title)),
                Cell::Text(due.number.clone()),
                Cell::Text(due.begun_on.to_string()),
                Cell::Number(i64::from(due.looked_in)),
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
struct ChosenForm {
    chosen: Vec<String>,
    act: String,
    seen: Vec<String>,
    reason: String,
    document_number: String,
    /// The list that they were chosen from.
    q: String,
    title: String,
    page: String,
}

impl ChosenForm {
    fn asked(&self) -> Asked {
        Asked {
            q: self.q.clone(),
            title: self.title.clone(),
            page: self.page.clone(),
        }
    }

    /// The list that they were chosen from, as far as it was asked for.
    fn list(&self) -> String {
        let address = query::asked(RENEWALS, &self.asked().fields());
        address.trim_end_matches(['?', '&']).to_owned()
    }

    fn act(&self) -> RenewalAct {
        match self.act.as_str() {
            "withdraw" => RenewalAct::Withdraw,
            _ => RenewalAct::Renew,
        }
    }

    fn chosen(&self) -> Result<Vec<HonourId>, PageError> {
        let seen = self.seen.iter();
        let of_seen = seen.filter_map(|token| token.split_once('~').map(|(id, _)| id.to_owned()));
        let chosen = self.chosen.iter().cloned().chain(of_seen);
        chosen.map(|id| path::read(&id)).collect()
    }
}

#[derive(Template)]
#[template(path = "check/renewal/preview.html")]
struct Preview {
    frame: Frame,
    standards: Standards,
    lines: Vec<(Honour, Option<Refusal>)>,
    act: RenewalAct,
    form: ChosenForm,
    problems: Problems,
}

impl Preview {
    fn title_name(&self, honour: &Honour) -> String {
        title_name(&self.frame, &self.standards, honour.year, &honour.title)
    }

    fn is_withdrawal(&self) -> bool {
        self.act == RenewalAct::Withdraw
    }

    /// Back to the page of the list.
    fn back(&self) -> String {
        match self.form.page.as_str() {
            "" | "1" => self.form.list(),
            page => query::asked(RENEWALS, &self.form.asked().fields()) + "page=" + page,
        }
    }

    fn able(&self) -> usize {
        let able = self.lines.iter().filter(|(_, refusal)| refusal.is_none());
        able.count()
    }
}

async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<ChosenForm>,
) -> PageResult {
    let chosen = form.chosen()?;
    match told(
        renewals::preview(&app, &actor, form.act(), &chosen).await,
        &frame,
    )? {
        Ok(lines) => page(&Preview {
            frame,
            standards: app.standards,
            lines,
            act: form.act(),
            form,
            problems: Problems::none(),
        }),
        Err(problems) => {
            let again = (form.asked(), problems);
            unprocessable(&Index::of(&app, &actor, frame, again).await?)
        }
    }
}

async fn carry_out(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<ChosenForm>,
) -> PageResult {
    let input = RenewalInput {
        seen: form.seen.clone(),
        reason: form.reason.clone(),
        document_number: form.document_number.clone(),
    };
    match told(
        renewals::carry_out(&app, &actor, form.act(), &input).await,
        &frame,
    )? {
        Ok(done) => {
            let names = frame.first_names(done.iter().map(Honour::holder_in_words));
            let notice = match form.act() {
                RenewalAct::Renew => frame.t2("已复核 {} 个称号：{}。", done.len(), names),
                RenewalAct::Withdraw => {
                    frame.t2("已撤销 {} 个称号：{}。牌匾已要求交回。", done.len(), names)
                }
            };
            see_other_with(&form.list(), &notice)
        }
        Err(problems) => {
            let chosen = form.chosen()?;
            match told(
                renewals::preview(&app, &actor, form.act(), &chosen).await,
                &frame,
            )? {
                Ok(lines) => unprocessable(&Preview {
                    frame,
                    standards: app.standards,
                    lines,
                    act: form.act(),
                    form,
                    problems,
                }),
                Err(problems) => {
                    let again = (form.asked(), problems);
                    unprocessable(&Index::of(&app, &actor, frame, again).await?)
                }
            }
        }
    }
}
