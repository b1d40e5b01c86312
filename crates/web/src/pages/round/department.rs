//! The departments' desk: the city's overview of a round, what a department was asked and answered, and the department's own page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::department::{
        self as departments, AskedFilter, AskedState, DepartmentLine, DepartmentPage, Overview,
        SentList,
    },
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{Act, Actor},
    },
    round::{
        department::{AnswerKind, Asked, SILENT},
        entry::Entry,
    },
};
use jianjia_standard::{Standard, programme::Department};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other, see_other_with, unprocessable},
    pages::{core::export::download, round::address},
    path::{self, Path},
    query,
    routes::{Access, Route},
    session::SignedIn,
};

mod answering;
pub(crate) mod export;

pub fn routes() -> Vec<Route> {
    let send = Access::Act(Act::SendLists);
    let see = Access::Act(Act::SeeLists);
    let answer = Access::Act(Act::AnswerList);
    vec![
        Route::get("/departments", see, newest),
        Route::get("/departments/{year}", see, overview),
        Route::get("/departments/{year}/export", see, export::overview),
        Route::get("/departments/{year}/{department}", see, show),
        Route::get(
            "/departments/{year}/{department}/export",
            see,
            download::<export::Answers>,
        ),
        Route::post("/departments/{year}/{department}/list", send, send_list),
        Route::get(address::OWN_DEPARTMENT, answer, own),
        Route::post("/department/answers", answer, answering::alike),
        Route::post("/department/answers/preview", answer, answering::preview),
        Route::get("/department/{year}/{unit}", answer, answering::one),
        Route::post("/department/{year}/{unit}", answer, answering::keep),
    ]
}

async fn newest(frame: Frame, SignedIn(actor): SignedIn) -> PageResult {
    let mut roles = actor.roles.iter();
    if !roles.any(|at| frame.may(&Act::SeeLists, &at.unit)) {
        return Err(crate::page::PageError::NotFound);
    }
    see_other(&address::departments(frame.year))
}

#[derive(Template)]
#[template(path = "round/department/index.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    years: Vec<i16>,
    overview: Overview,
    problems: Problems,
}

impl Index {
    /// The clauses of a department, with their names.
    fn clauses(&self, line: &DepartmentLine) -> String {
        clauses(&self.frame, &self.standard, &line.department)
    }

    /// Whether the period of a list is over and not all of it is answered.
    fn is_late(&self, sent: &SentList) -> bool {
        sent.silent > 0 && sent.list.due_on < self.frame.today
    }

    fn department(&self, entry: &Entry) -> String {
        let found = self.standard.department(&entry.department);
        found.map_or_else(
            || entry.department.clone(),
            |found| self.frame.text(&found.name).to_owned(),
        )
    }

    fn clause_name(&self, clause: &str) -> String {
        clause_name(&self.frame, &self.standard, clause)
    }
}

async fn overview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
) -> PageResult {
    page(&index(&app, &actor, frame, year, Problems::none()).await?)
}

async fn index(
    app: &App,
    actor: &Actor,
    frame: Frame,
    year: i16,
    problems: Problems,
) -> Result<Index, crate::page::PageError> {
    Ok(Index {
        overview: departments::overview(app, actor, year).await?,
        standard: app.standards.of(year).clone(),
        // Of a year to come nobody asks yet.
        years: app
            .standards
            .years()
            .into_iter()
            .filter(|one| *one <= app.year())
            .collect(),
        frame,
        problems,
    })
}

async fn send_list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, key)): Path<(i16, String)>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    match told(departments::send(&app, &actor, year, &key).await, &frame)? {
        Ok(list) => {
            let day = frame.day(list.due_on);
            let notice = frame.t1("清单已发出，请在 {} 前答复。", day);
            see_other_with(&address::departments(year), &notice)
        }
        Err(problems) => unprocessable(&index(&app, &actor, frame, year, problems).await?),
    }
}

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    q: String,
    year: String,
    state: String,
    page: String,
    /// Of the file, `xlsx` or else `csv`.
    format: String,
}

impl Wanted {
    fn filter(&self) -> AskedFilter {
        AskedFilter {
            state: match self.state.as_str() {
                "silent" => AskedState::Silent,
                key => AnswerKind::from_key(key).map_or(AskedState::Any, AskedState::Answered),
            },
            name: self.q.clone(),
            ..AskedFilter::default()
        }
    }
}

/// A department's list: the city's and the department's own.
#[derive(Template)]
#[template(path = "round/department/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    list: DepartmentPage,
    asked: Wanted,
    chosen: Vec<String>,
    problems: Problems,
}

impl Show {
    fn address(&self) -> String {
        match self.list.may_answer {
            true => address::OWN_DEPARTMENT.to_owned(),
            false => address::department(self.list.year, &self.list.department.key),
        }
    }

    fn pages_base(&self) -> String {
        let asked = query::asked(
            &self.address(),
            &[
                ("year", &self.asked.year),
                ("q", &self.asked.q),
                ("state", &self.asked.state),
            ],
        );
        asked + "page="
    }

    fn clauses(&self) -> String {
        clauses(&self.frame, &self.standard, &self.list.department)
    }

    fn years(&self) -> Vec<(String, String)> {
        let years = self.list.years.iter();
        years
            .map(|year| (year.to_string(), year.to_string()))
            .collect()
    }

    fn states(&self) -> Vec<(String, String)> {
        let answers = AnswerKind::ALL.into_iter();
        let answers = answers.map(|kind| (kind.key(), kind.word()));
        std::iter::once(("silent", SILENT))
            .chain(answers)
            .map(|(key, word)| (key.to_owned(), self.frame.t_fixed(word).to_owned()))
            .collect()
    }

    fn export_href(&self) -> String {
        let path = format!("{}/export", self.address());
        let parts = [
            ("q", self.asked.q.as_str()),
            ("state", &self.asked.state),
            ("format", "xlsx"),
        ];
        query::asked(&path, &parts).trim_end_matches('&').to_owned()
    }

    fn word(&self, asked: &Asked) -> &'static str {
        self.frame.t_fixed(word(asked))
    }

    fn class(&self, asked: &Asked) -> &'static str {
        class(asked)
    }

    fn entries(&self, asked: &Asked) -> &[Entry] {
        self.list
            .entries
            .get(&asked.unit)
            .map_or(&[], Vec::as_slice)
    }

    /// The units of the page that nobody answered for yet.
    fn silent(&self) -> Vec<&Asked> {
        let units = self.list.units.iter();
        units.filter(|asked| asked.answer.is_none()).collect()
    }

    fn is_chosen(&self, asked: &Asked) -> bool {
        self.chosen.contains(&asked.unit.to_string())
    }

    fn no_problems(&self) -> Problems {
        Problems::none()
    }

    fn asked_at(&self, unit: &UnitId) -> String {
        address::asked(self.list.year, unit)
    }
}

/// The word of what was answered, or of silence.
fn word(asked: &Asked) -> &'static str {
    let answer = asked.answer.as_ref();
    answer.map_or(SILENT, |answer| answer.kind.word())
}

fn class(asked: &Asked) -> &'static str {
    match asked.answer.as_ref().map(|answer| answer.kind) {
        None => "tag-na",
        Some(AnswerKind::Clear) => "tag-met",
        Some(AnswerKind::InState) => "tag-unmet",
        Some(AnswerKind::Unknown) => "tag-unknown",
    }
}

fn clauses(frame: &Frame, standard: &Standard, department: &Department) -> String {
    let each = standard.clauses_of(department);
    let names: Vec<String> = each
        .map(|veto| format!("{} {}", veto.clause, frame.text(&veto.name)))
        .collect();
    names.join(if frame.is_chinese() { "、" } else { ", " })
}

fn clause_name(frame: &Frame, standard: &Standard, clause: &str) -> String {
    standard.veto(clause).map_or_else(
        || clause.to_owned(),
        |veto| format!("{clause} {}", frame.text(&veto.name)),
    )
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, key)): Path<(i16, String)>,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let place = (Some(year), key.as_str());
    let shown = shown(
        &app,
        &actor,
        frame,
        place,
        asked,
        (Vec::new(), Problems::none()),
    );
    page(&shown.await?)
}

async fn own(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Wanted>,
) -> PageResult {
    let year = match asked.year.as_str() {
        "" => None,
        year => Some(path::read(year)?),
    };
    let nothing = (Vec::new(), Problems::none());
    page(&shown(&app, &actor, frame, (year, ""), asked, nothing).await?)
}

/// The department's page again, with what is wrong about a sheet that it sent.
pub(in crate::pages) async fn own_again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    problems: Problems,
) -> PageResult {
    let again = (Vec::new(), problems);
    let asked = Wanted::default();
    unprocessable(&shown(app, actor, frame, (None, ""), asked, again).await?)
}

async fn shown(
    app: &App,
    actor: &Actor,
    frame: Frame,
    place: (Option<i16>, &str),
    asked: Wanted,
    (chosen, problems): (Vec<String>, Problems),
) -> Result<Show, crate::page::PageError> {
    let wanted = asked.page.parse().unwrap_or(1);
    let list = departments::list(app, actor, place, &asked.filter(), wanted).await?;
    let asked = Wanted {
        year: list.year.to_string(),
        ..asked
    };
    Ok(Show {
        standard: app.standards.of(list.year).clone(),
        frame,
        list,
        asked,
        chosen,
        problems,
    })
}
