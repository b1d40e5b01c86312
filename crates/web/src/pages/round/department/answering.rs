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

use super::{Wanted, class, clause_name, clauses, shown, word};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path::{self, Path},
    query,
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
    let units = form.units()?;
    let done = departments::answer_alike(&app, &actor, year, &units, &form.answer).await;
    match told(done, &frame)? {
        Ok(number) => {
            let told = frame.t1("已答复 {} 家。", frame.count(number));
            // Whoever is answered for leaves a list that is narrowed by its answers, and its last page may be gone.
            let page = if form.state.is_empty() {
                form.page.as_str()
            } else {
                ""
            };
            see_other_with(&form.list(page), &told)
        }
        Err(problems) => {
            let asked = form.wanted();
            let again = (form.chosen, problems);
            unprocessable(&shown(&app, &actor, frame, (Some(year), ""), asked, again).await?)
        }
    }
}

impl AlikeForm {
    fn units(&self) -> Result<Vec<UnitId>, PageError> {
        let units = self.chosen.iter().map(|unit| path::read(unit));
        units.collect()
    }

    /// The list that the form was sent from.
    fn wanted(&self) -> Wanted {
        Wanted {
            q: self.q.clone(),
            year: self.year.clone(),
            state: self.state.clone(),
            page: self.page.clone(),
            ..Wanted::default()
        }
    }

    /// A page of that list.
    fn list(&self, page: &str) -> String {
        let asked = query::asked(
            address::OWN_DEPARTMENT,
            &[
                ("year", &self.year),
                ("q", &self.q),
                ("state", &self.state),
                ("page", page),
            ],
        );
        asked.trim_end_matches('&').to_owned()
    }
}

/// What answering for all silent units of a page alike would write, before it is done.
#[derive(Template)]
#[template(path = "round/department/alike.html")]
struct Alike {
    frame: Frame,
    standard: Arc<Standard>,
    department: Department,
    units: Vec<Asked>,
    form: AlikeForm,
}

impl Alike {
    fn clauses(&self) -> String {
        clauses(&self.frame, &self.standard, &self.department)
    }

    /// Who signs.
    fn signer(&self) -> &str {
        let actor = self.frame.actor.as_ref();
        actor.map_or("", |actor| actor.name.as_str())
    }

    /// The list again.
    fn back(&self) -> String {
        self.form.list(&self.form.page)
    }
}

pub(super) async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<AlikeForm>,
) -> PageResult {
    let year: i16 = path::read(&form.year)?;
    let found = departments::silent_among(&app, &actor, year, &form.units()?).await;
    match told(found, &frame)? {
        Ok((department, units)) => page(&Alike {
            standard: app.standards.of(year).clone(),
            frame,
            department,
            units,
            form,
        }),
        Err(problems) => {
            let again = (Vec::new(), problems);
            let asked = form.wanted();
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
