//! A department's answers: some units alike, or one with what is known of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    round::department::{self as departments},
};
use jianjia_domain::{
    core::{ids::UnitId, policy::Actor},
    round::{
        department::{AnswerInput, AnswerKind, Asked},
        entry::Entry,
    },
};
use jianjia_standard::{Standard, programme::Department};
use serde::Deserialize;

use super::{Wanted, class, clause_name, shown, word};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path::{self, Path},
    session::SignedIn,
};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct AlikeForm {
    year: String,
    answer: String,
    chosen: Vec<String>,
    q: String,
    state: String,
    page: String,
}

pub(super) async fn alike(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<AlikeForm>,
) -> PageResult {
    let year: i16 = path::read(&form.year)?;
    let units = form.chosen.iter().map(|unit| path::read(unit));
    let units: Vec<UnitId> = units.collect::<Result<_, PageError>>()?;
    let done = departments::answer_alike(&app, &actor, year, &units, &form.answer).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(&address::own_department(year), "已答复。"),
        Err(problems) => {
            let asked = Wanted {
                q: form.q,
                year: form.year,
                state: form.state,
                page: form.page,
                ..Wanted::default()
            };
            let again = (form.chosen, problems);
            unprocessable(&shown(&app, &actor, frame, (Some(year), ""), asked, again).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "round/department/unit.html")]
struct One {
    frame: Frame,
    standard: Arc<Standard>,
    department: Department,
    asked: Asked,
    entries: Vec<Entry>,
    form: AnswerInput,
    problems: Problems,
}

impl One {
    fn answers(&self) -> Vec<(String, String)> {
        AnswerKind::ALL
            .into_iter()
            .map(|kind| {
                let word = self.frame.t_fixed(kind.word());
                (kind.key().to_owned(), word.to_owned())
            })
            .collect()
    }

    fn clauses(&self) -> Vec<(String, String)> {
        let clauses = self.standard.clauses_of(&self.department);
        clauses
            .map(|veto| {
                let name = format!("{} {}", veto.clause, self.frame.text(&veto.name));
                (veto.clause.clone(), name)
            })
            .collect()
    }

    /// Which years count, clause by clause.
    fn years(&self) -> Vec<(String, String)> {
        let clauses = self.standard.clauses_of(&self.department);
        clauses
            .map(|veto| {
                let years = jianjia_domain::round::department::years_of(veto, self.asked.year);
                let told = match years.start() == years.end() {
                    true => years.end().to_string(),
                    false => format!("{}—{}", years.start(), years.end()),
                };
                (veto.clause.clone(), told)
            })
            .collect()
    }

    fn clause_name(&self, clause: &str) -> String {
        clause_name(&self.frame, &self.standard, clause)
    }

    fn word(&self) -> &'static str {
        self.frame.t_fixed(word(&self.asked))
    }

    fn class(&self) -> &'static str {
        class(&self.asked)
    }

    fn back(&self) -> String {
        address::own_department(self.asked.year)
    }

    fn address(&self) -> String {
        address::asked(self.asked.year, &self.asked.unit)
    }
}

pub(super) async fn one(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, unit)): Path<(i16, UnitId)>,
) -> PageResult {
    let form = AnswerInput::default();
    page(&one_page(&app, &actor, frame, (year, &unit), (form, Problems::none())).await?)
}

async fn one_page(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (year, unit): (i16, &UnitId),
    (form, problems): (AnswerInput, Problems),
) -> Result<One, PageError> {
    let (department, asked, entries) = departments::asked(app, actor, year, unit).await?;
    Ok(One {
        standard: app.standards.of(year).clone(),
        frame,
        department,
        asked,
        entries,
        form,
        problems,
    })
}

pub(super) async fn keep(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((year, unit)): Path<(i16, UnitId)>,
    Form(form): Form<AnswerInput>,
) -> PageResult {
    let done = departments::answer(&app, &actor, year, &unit, &form).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::own_department(year), "已答复。"),
        Err(problems) => {
            let again = (form, problems);
            unprocessable(&one_page(&app, &actor, frame, (year, &unit), again).await?)
        }
    }
}
