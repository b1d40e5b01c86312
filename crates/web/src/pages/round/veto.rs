//! The register of vetoes: the list, recording and lifting.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    round::veto::{self as vetoes, VetoFilter, VetoPage, VetoView},
};
use jianjia_domain::{
    core::{
        ids::VetoId,
        policy::{Act, sees},
    },
    round::{entry::Entry, veto::Veto},
};
use jianjia_standard::{Standard, programme::Veto as StandardVeto};
use jianjia_words::title;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::{core::export::download, round::address},
    path::Path,
    query,
    routes::{Access, Route},
    session::SignedIn,
};

mod export;
mod recording;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/vetoes", Access::SignedIn, index),
        Route::get("/vetoes/export", Access::SignedIn, download::<Asked>),
        Route::get("/vetoes/new", Access::Act(Act::RecordVeto), recording::new),
        Route::post("/vetoes", Access::Act(Act::RecordVeto), recording::create),
        Route::get("/vetoes/{id}", Access::Seen, show),
        Route::post("/vetoes/{id}/lifting", Access::Act(Act::RecordVeto), lift),
    ]
}

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    year: String,
    clause: String,
    state: String,
    page: String,
}

impl Asked {
    /// The question without the page, by the names of its fields.
    fn fields(&self) -> [(&str, &str); 4] {
        [
            ("q", &self.q),
            ("year", &self.year),
            ("clause", &self.clause),
            ("state", &self.state),
        ]
    }

    fn filter(&self) -> VetoFilter {
        VetoFilter {
            year: self.year.parse().ok(),
            clause: Some(self.clause.clone()).filter(|clause| !clause.is_empty()),
            lifted: match self.state.as_str() {
                "standing" => Some(false),
                "lifted" => Some(true),
                _ => None,
            },
            name: self.q.clone(),
            ..VetoFilter::default()
        }
    }
}

#[derive(Template)]
#[template(path = "round/veto/index.html")]
struct Index {
    frame: Frame,
    standards: Standards,
    /// Whose clauses the list is narrowed by.
    standard: Arc<Standard>,
    asked: Asked,
    vetoes: VetoPage,
}

impl Index {
    fn pages_base(&self) -> String {
        query::asked("/vetoes", &self.asked.fields()) + "page="
    }

    fn export_href(&self) -> String {
        query::asked("/vetoes/export", &self.asked.fields()) + "format=xlsx"
    }

    fn is_narrowed(&self) -> bool {
        self.pages_base() != "/vetoes?page="
    }

    fn years(&self) -> Vec<(String, String)> {
        years(&self.standards)
    }

    fn clauses(&self) -> Vec<(String, String)> {
        clauses(&self.frame, &self.standard)
    }

    /// The titles that a veto bars, together.
    fn barred(&self) -> String {
        title::barred(self.frame.lang, &self.standard)
    }

    fn states(&self) -> Vec<(String, String)> {
        [("standing", "现在限制申报"), ("lifted", "已解除")]
            .map(|(key, word)| (key.to_owned(), self.frame.t(word).to_owned()))
            .into()
    }

    fn clause_name(&self, year: &i16, clause: &str) -> String {
        clause_name(&self.frame, self.standards.veto(*year, clause), clause)
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let wanted = asked.page.parse().unwrap_or(1);
    let vetoes = vetoes::list(&app, &actor, &asked.filter(), wanted).await?;
    page(&Index {
        standard: app.in_force().clone(),
        standards: app.standards,
        frame,
        asked,
        vetoes,
    })
}

/// What is typed into the form that lifts a veto.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct LiftForm {
    reason: String,
}

#[derive(Template)]
#[template(path = "round/veto/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    view: VetoView,
    problems: Problems,
    form: LiftForm,
}

impl Show {
    fn clause_name(&self) -> String {
        let clause = &self.view.veto.clause;
        clause_name(&self.frame, self.standard.veto(clause), clause)
    }

    fn clause_text(&self) -> String {
        self.standard
            .veto(&self.view.veto.clause)
            .map_or_else(String::new, |veto| self.frame.text(&veto.text).to_owned())
    }

    fn year(&self) -> String {
        self.view.veto.year.to_string()
    }

    /// The titles that a veto bars.
    fn barred(&self) -> String {
        let names = barred(&self.frame, &self.standard);
        names.join(if self.frame.is_chinese() { "、" } else { ", " })
    }

    fn recorded_at(&self) -> String {
        self.frame.minute(self.view.veto.recorded_at)
    }

    fn department(&self, entry: &Entry) -> String {
        let found = self.standard.department(&entry.department);
        found.map_or_else(
            || entry.department.clone(),
            |found| self.frame.text(&found.name).to_owned(),
        )
    }

    /// Others that still uphold the state: lifted, the unit is barred on by them.
    fn bars_on(&self) -> bool {
        let veto = &self.view.veto;
        let mut entries = self.view.entries.iter();
        entries.any(|entry| entry.upholds(&veto.id) && veto.entry != Some(entry.id))
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VetoId>,
) -> PageResult {
    let view = vetoes::find(&app, &actor, &id).await?;
    page(&Show {
        standard: app.standards.of(view.veto.year).clone(),
        frame,
        view,
        problems: Problems::none(),
        form: LiftForm::default(),
    })
}

async fn lift(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VetoId>,
    Form(form): Form<LiftForm>,
) -> PageResult {
    match told(vetoes::lift(&app, &actor, &id, &form.reason).await, &frame)? {
        Ok(_) => see_other_with(
            &address::veto(&id),
            "否决情形已解除，登记和理由都保留在案。",
        ),
        Err(problems) => {
            let view = vetoes::find(&app, &actor, &id).await?;
            unprocessable(&Show {
                standard: app.standards.of(view.veto.year).clone(),
                view,
                frame,
                problems,
                form,
            })
        }
    }
}

/// The names of the titles that a veto bars.
fn barred<'a>(frame: &Frame, standard: &'a Standard) -> Vec<&'a str> {
    let titles = standard
        .titles
        .iter()
        .filter(|title| title.barred_by_vetoes);
    titles.map(|title| title.name.get(frame.lang)).collect()
}

fn years(standards: &Standards) -> Vec<(String, String)> {
    standards
        .years()
        .into_iter()
        .map(|year| (year.to_string(), year.to_string()))
        .collect()
}

/// A veto in force as its unit reads it: what it is, until when it bars and who says so.
pub struct InForce {
    pub words: String,
    /// The record, for those who see the unit that it is of: a branch's is its union.
    pub href: Option<String>,
}

pub fn in_force(frame: &Frame, standard: &Standard, veto: &Veto) -> InForce {
    let name = standard
        .veto(&veto.clause)
        .map_or("", |meaning| frame.text(&meaning.name));
    let what = frame.t3("{}（{}，{}年度）", name, &veto.clause, veto.year);
    let until = frame.t2("{}，到 {} 为止。", what, frame.day(veto.bars_until()));
    let (source, colon, stop) = (frame.t("来源"), frame.t("："), frame.t("。"));
    let actor = frame.actor.as_ref();
    InForce {
        words: format!("{until} {source}{colon}{}{stop}", veto.source),
        href: actor
            .filter(|actor| sees(actor, &veto.unit_path))
            .map(|_| address::veto(&veto.id)),
    }
}

fn clauses(frame: &Frame, standard: &Standard) -> Vec<(String, String)> {
    standard
        .vetoes
        .iter()
        .map(|veto| {
            let name = format!("{} {}", veto.clause, frame.text(&veto.name));
            (veto.clause.clone(), name)
        })
        .collect()
}

fn clause_name(frame: &Frame, veto: Option<&StandardVeto>, clause: &str) -> String {
    veto.map_or_else(
        || clause.to_owned(),
        |veto| format!("{clause} {}", frame.text(&veto.name)),
    )
}
