//! Writing a case, and editing one for the city.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    sharing::case::{self as cases, CaseView},
};
use jianjia_domain::{
    core::{
        ids::{ApplicationId, CaseId, UnitId},
        place::UnitPlace,
    },
    sharing::case::CaseForm,
};
use serde::Deserialize;

use super::{clause_words, standard};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::sharing::address,
    path::{self, Path},
    request_key,
    session::SignedIn,
};

/// A criterion to tie a case to.
struct Choice {
    clause: String,
    words: String,
    is_chosen: bool,
}

fn choices(app: &App, frame: &Frame, place: &UnitPlace, form: &CaseForm) -> Vec<Choice> {
    let standard = standard(app);
    let clauses = cases::clauses_for(&standard, place.kind).into_iter();
    clauses
        .map(|clause| Choice {
            words: clause_words(frame, &standard, &clause),
            is_chosen: form.clauses.contains(&clause),
            clause,
        })
        .collect()
}

#[derive(Template)]
#[template(path = "sharing/case/edit.html")]
struct Edit {
    frame: Frame,
    problems: Problems,
    unit: UnitPlace,
    /// Where it is sent to, and where one goes back.
    action: String,
    back: String,
    form: CaseForm,
    choices: Vec<Choice>,
    /// Empty for a new one.
    id: String,
    is_city: bool,
    application: String,
    request_key: String,
    revision: i64,
}

impl Edit {
    fn are_names_agreed(&self) -> bool {
        !self.form.names_agreed.is_empty()
    }
}

/// What a new case begins with, besides its text.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Beginning {
    application: String,
}

impl Beginning {
    fn read(&self) -> Result<Option<ApplicationId>, PageError> {
        match self.application.as_str() {
            "" => Ok(None),
            id => Ok(Some(path::read(id)?)),
        }
    }
}

pub(super) async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(unit): Path<UnitId>,
    Query(from): Query<Beginning>,
) -> PageResult {
    let application = from.read()?;
    let begun = cases::begun(&app, &actor, &unit, application.as_ref()).await?;
    page(&Edit {
        problems: Problems::none(),
        action: address::own(&unit),
        back: address::own(&unit),
        choices: choices(&app, &frame, &begun.unit, &begun.form),
        form: begun.form,
        unit: begun.unit,
        id: String::new(),
        is_city: false,
        application: from.application,
        request_key: request_key::fresh(&app),
        revision: 0,
        frame,
    })
}

/// All that the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    title: String,
    problem: String,
    method: String,
    effect: String,
    clauses: Vec<String>,
    names_agreed: String,
    application: String,
    request_key: String,
    revision: String,
}

impl Sent {
    fn form(&self) -> CaseForm {
        CaseForm {
            title: self.title.clone(),
            problem: self.problem.clone(),
            method: self.method.clone(),
            effect: self.effect.clone(),
            clauses: self.clauses.clone(),
            names_agreed: self.names_agreed.clone(),
        }
    }
}

pub(super) async fn begin(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(unit): Path<UnitId>,
    Form(sent): Form<Sent>,
) -> PageResult {
    let from = Beginning {
        application: sent.application.clone(),
    };
    let application = from.read()?;
    let form = sent.form();
    let known = (application.as_ref(), sent.request_key.as_str());
    let done = cases::begin(&app, &actor, &unit, &form, known).await;
    match told(done, &frame)? {
        Ok(id) => see_other_with(
            &address::case(&id),
            "已存成草稿。可以加照片，再由主席报送。",
        ),
        Err(problems) => {
            let begun = cases::begun(&app, &actor, &unit, None).await?;
            unprocessable(&Edit {
                problems,
                action: address::own(&unit),
                back: address::own(&unit),
                choices: choices(&app, &frame, &begun.unit, &form),
                form,
                unit: begun.unit,
                id: String::new(),
                is_city: false,
                application: sent.application,
                request_key: sent.request_key,
                revision: 0,
                frame,
            })
        }
    }
}

fn edit_page(
    app: &App,
    frame: Frame,
    view: CaseView,
    (problems, form, revision): (Problems, CaseForm, i64),
) -> Edit {
    let id = view.case.id;
    Edit {
        problems,
        action: format!("{}/edit", address::case(&id)),
        back: address::case(&id),
        choices: choices(app, &frame, &view.unit, &form),
        form,
        id: id.to_string(),
        is_city: view.may.edit,
        application: String::new(),
        request_key: String::new(),
        revision,
        unit: view.unit,
        frame,
    }
}

pub(super) async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<CaseId>,
) -> PageResult {
    let view = cases::to_write(&app, &actor, &id).await?;
    let form = CaseForm::of(&view.text.written);
    let revision = view.case.revision;
    let what = (Problems::none(), form, revision);
    page(&edit_page(&app, frame, view, what))
}

pub(super) async fn save(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<CaseId>,
    Form(sent): Form<Sent>,
) -> PageResult {
    let form = sent.form();
    let revision = sent.revision.trim().parse().unwrap_or(0);
    let done = cases::save(&app, &actor, &id, &form, revision).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::case(&id), "已保存。"),
        Err(problems) => {
            let view = cases::view(&app, Some(&actor), &id).await?;
            let revision = view.case.revision;
            if !view.may.write && !view.may.edit {
                let typed = super::show::Typed::default();
                return super::show::again(&app, frame, &id, (problems, typed)).await;
            }
            let what = (problems, form, revision);
            unprocessable(&edit_page(&app, frame, view, what))
        }
    }
}
