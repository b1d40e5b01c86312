//! The register of vetoes: the list, recording and lifting.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    round::veto::{self as vetoes, VetoFilter, VetoLine, VetoPage},
};
use jianjia_domain::{
    core::{
        ids::{UnitId, VetoId},
        place::UnitPlace,
        policy::{Act, sees},
    },
    round::veto::{Veto, VetoInput},
};
use jianjia_standard::{Standard, programme::Veto as StandardVeto};
use jianjia_words::{format, title};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path::{self, Path},
    query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/vetoes", Access::SignedIn, index),
        Route::get("/vetoes/new", Access::Act(Act::RecordVeto), new),
        Route::post("/vetoes", Access::Act(Act::RecordVeto), create),
        Route::get("/vetoes/{id}", Access::Seen, show),
        Route::post("/vetoes/{id}/lifting", Access::Act(Act::RecordVeto), lift),
    ]
}

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    year: String,
    clause: String,
    state: String,
    page: String,
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
        let asked = query::asked(
            "/vetoes",
            &[
                ("q", &self.asked.q),
                ("year", &self.asked.year),
                ("clause", &self.asked.clause),
                ("state", &self.asked.state),
            ],
        );
        asked + "page="
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
    let filter = VetoFilter {
        year: asked.year.parse().ok(),
        clause: Some(asked.clause.clone()).filter(|clause| !clause.is_empty()),
        lifted: match asked.state.as_str() {
            "standing" => Some(false),
            "lifted" => Some(true),
            _ => None,
        },
        name: asked.q.clone(),
        ..VetoFilter::default()
    };
    let wanted = asked.page.parse().unwrap_or(1);
    let vetoes = vetoes::list(&app, &actor, &filter, wanted).await?;
    page(&Index {
        standard: app.in_force().clone(),
        standards: app.standards,
        frame,
        asked,
        vetoes,
    })
}

/// What is typed into the form of a new veto. `unit` is a name or a credit code; `unit_id` comes from a unit's page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct NewForm {
    unit: String,
    unit_id: String,
    year: String,
    clause: String,
    source: String,
    note: String,
}

#[derive(Template)]
#[template(path = "round/veto/new.html")]
struct New {
    frame: Frame,
    standards: Standards,
    standard: Arc<Standard>,
    /// The unit, when it is known already.
    unit: Option<UnitPlace>,
    problems: Problems,
    form: NewForm,
}

impl New {
    fn years(&self) -> Vec<(String, String)> {
        years(&self.standards)
    }

    fn clauses(&self) -> Vec<(String, String)> {
        clauses(&self.frame, &self.standard)
    }

    fn barred(&self) -> String {
        format::list(self.frame.lang, &barred(&self.frame, &self.standard))
    }
}

async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(mut form): Query<NewForm>,
) -> PageResult {
    if !vetoes::may_record_any(&actor) {
        return Err(jianjia_domain::core::refusal::General::NotYourRole {
            act: Act::RecordVeto,
            roles: vec![
                jianjia_domain::core::policy::Role::Reviewer,
                jianjia_domain::core::policy::Role::Approver,
            ],
        })
        .map_err(|refusal| PageError::Refused(refusal.into()));
    }
    let unit = match read_unit(&form.unit_id)? {
        Some(id) => Some(vetoes::unit_for(&app, &actor, &id).await?),
        None => None,
    };
    if form.year.is_empty() {
        form.year = jianjia_app::round::round::current_year(&app).to_string();
    }
    page(&New {
        standard: standard_of(&app, &form.year),
        standards: app.standards,
        frame,
        unit,
        problems: Problems::none(),
        form,
    })
}

async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<NewForm>,
) -> PageResult {
    let known = match read_unit(&form.unit_id)? {
        Some(id) => Some(vetoes::unit_for(&app, &actor, &id).await?),
        None => None,
    };
    let input = VetoInput {
        year: form.year.parse().unwrap_or(0),
        clause: form.clause.clone(),
        source: form.source.clone(),
        note: form.note.clone(),
    };
    let done = match &known {
        Some(unit) => vetoes::record(&app, &actor, &unit.id, &input).await,
        None => vetoes::record_named(&app, &actor, &form.unit, &input).await,
    };
    match told(done, &frame)? {
        Ok(veto) => see_other_with(
            &address::veto(&veto.id),
            &frame.t1(
                "否决情形已登记，当年即限制该单位申报{}。",
                title::barred(frame.lang, app.standards.of(veto.year)),
            ),
        ),
        Err(problems) => unprocessable(&New {
            standard: standard_of(&app, &form.year),
            standards: app.standards,
            frame,
            unit: known,
            problems,
            form,
        }),
    }
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
    line: VetoLine,
    problems: Problems,
    form: LiftForm,
}

impl Show {
    fn clause_name(&self) -> String {
        let clause = &self.line.veto.clause;
        clause_name(&self.frame, self.standard.veto(clause), clause)
    }

    fn clause_text(&self) -> String {
        self.standard
            .veto(&self.line.veto.clause)
            .map_or_else(String::new, |veto| self.frame.text(&veto.text).to_owned())
    }

    fn year(&self) -> String {
        self.line.veto.year.to_string()
    }

    /// The titles that a veto bars.
    fn barred(&self) -> String {
        let names = barred(&self.frame, &self.standard);
        names.join(if self.frame.is_chinese() { "、" } else { ", " })
    }

    fn recorded_at(&self) -> String {
        self.frame.minute(self.line.veto.recorded_at)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<VetoId>,
) -> PageResult {
    let line = vetoes::find(&app, &actor, &id).await?;
    page(&Show {
        standard: app.standards.of(line.veto.year).clone(),
        frame,
        line,
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
            let line = vetoes::find(&app, &actor, &id).await?;
            unprocessable(&Show {
                standard: app.standards.of(line.veto.year).clone(),
                line,
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

/// The standard of the year that is typed, or else the one in force.
fn standard_of(app: &App, year: &str) -> Arc<Standard> {
    let standard = match year.parse() {
        Ok(year) => app.standards.of(year),
        Err(_) => app.in_force(),
    };
    standard.clone()
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

fn read_unit(id: &str) -> Result<Option<UnitId>, PageError> {
    if id.is_empty() {
        return Ok(None);
    }
    path::read(id).map(Some)
}
