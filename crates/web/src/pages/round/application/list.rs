//! A unit's applications of a year: what may be applied for, where each application is, and beginning one.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    round::{
        application::{self as applications, DraftInput, UnitApplications},
        round as rounds,
    },
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::ids::{PersonId, UnitId},
    round::{application::Application, veto::Veto},
};
use jianjia_standard::Standard;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::Listed,
        round::{
            address,
            veto::{InForce, in_force},
        },
    },
    path::{self, Path},
    request_key,
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    year: String,
    person: String,
    /// Of the file, `xlsx` or else `csv`.
    format: String,
}

#[derive(Template)]
#[template(path = "round/application/list.html")]
struct List {
    frame: Frame,
    standard: Arc<Standard>,
    list: UnitApplications,
    year: i16,
    years: Vec<i16>,
    person: String,
    people: Vec<(String, String)>,
    /// What each application is for, in words.
    titles: Vec<String>,
    closed: Option<String>,
    request_key: String,
    problems: Problems,
}

impl List {
    /// Name, clause and year of a veto.
    fn in_force(&self, veto: &Veto) -> InForce {
        in_force(&self.frame, &self.standard, veto)
    }
}

pub(super) async fn of_unit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(unit): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let (year, person) = read_asked(&app, &asked)?;
    let list = applications::of_unit(&app, &actor, &unit, year, person.as_ref()).await?;
    page(&list_page(
        &app,
        frame,
        list,
        year,
        person,
        Problems::none(),
    ))
}

/// The applications so far as a table.
pub(super) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(unit): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let (year, person) = read_asked(&app, &asked)?;
    let list = applications::of_unit(&app, &actor, &unit, year, person.as_ref()).await?;
    let headings = ["年度", "称号", "申报人", "状态", "到达时间"];
    let row = |application: &Application| {
        let person = application.person.as_ref();
        vec![
            Cell::Number(application.year.into()),
            Cell::Text(title(&app, &frame, application)),
            Cell::from(person.map_or(frame.t("本单位"), |person| person.name.as_str())),
            Cell::from(frame.t_fixed(application.state.word())),
            Cell::Text(frame.minute(application.since_at)),
        ]
    };
    let rows = list.applications.iter().map(row).collect();
    let listed = Listed::of(&frame, "申报记录", "applications", &headings);
    listed.answer(rows, &asked.format).await
}

fn read_asked(app: &App, asked: &Asked) -> Result<(i16, Option<PersonId>), PageError> {
    let year = match asked.year.trim() {
        "" => rounds::current_year(app),
        typed => path::read(typed)?,
    };
    let person = match asked.person.trim() {
        "" => None,
        typed => Some(path::read(typed)?),
    };
    Ok((year, person))
}

fn list_page(
    app: &App,
    frame: Frame,
    list: UnitApplications,
    year: i16,
    person: Option<PersonId>,
    problems: Problems,
) -> List {
    let current = rounds::current_year(app);
    List {
        standard: app.standards.of(year).clone(),
        years: app
            .standards
            .years()
            .into_iter()
            .filter(|year| *year <= current)
            .collect(),
        people: list
            .people
            .iter()
            .map(|person| (person.id.to_string(), person.details.name.clone()))
            .collect(),
        titles: list
            .applications
            .iter()
            .map(|application| title(app, &frame, application))
            .collect(),
        person: person.map_or_else(String::new, |person| person.to_string()),
        closed: list
            .closed
            .as_ref()
            .map(|refusal| refusal.sentence(frame.lang)),
        request_key: request_key::fresh(app),
        list,
        year,
        problems,
        frame,
    }
}

/// As the standard of the application's own year names its title.
fn title(app: &App, frame: &Frame, application: &Application) -> String {
    let title = app.standards.title(application.year, &application.title);
    title.map_or_else(
        || application.title.clone(),
        |title| frame.text(&title.name).to_owned(),
    )
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DraftForm {
    year: String,
    title: String,
    person: String,
    request_key: String,
}

pub(super) async fn draft(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(unit): Path<UnitId>,
    Form(form): Form<DraftForm>,
) -> PageResult {
    let asked = Asked {
        year: form.year.clone(),
        person: form.person.clone(),
        ..Asked::default()
    };
    let (year, person) = read_asked(&app, &asked)?;
    let input = DraftInput {
        year,
        title: form.title,
        person,
        story: String::new(),
        request_key: form.request_key,
    };
    match told(
        applications::draft(&app, &actor, &unit, &input).await,
        &frame,
    )? {
        Ok(id) => see_other_with(&address::application(&id), "草稿已建立，核对以后再提交。"),
        Err(problems) => {
            let list = applications::of_unit(&app, &actor, &unit, year, person.as_ref()).await?;
            unprocessable(&list_page(&app, frame, list, year, person, problems))
        }
    }
}
