//! Recording a veto: the unit that is meant, what the veto would hit, and the act.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    round::veto::{self as vetoes, Foreseen},
};
use jianjia_domain::{
    core::{ids::UnitId, place::UnitPlace, policy::Act},
    register::unit::list::UnitLine,
    round::veto::VetoInput,
};
use jianjia_standard::Standard;
use jianjia_words::{format, title};
use serde::Deserialize;

use super::{barred, clause_name, clauses, years};
use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::round::address,
    path,
    session::SignedIn,
};

/// What is typed into the form of a new veto. `unit` is a name or a credit code; `unit_id` comes from a unit's page.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewForm {
    unit: String,
    unit_id: String,
    year: String,
    clause: String,
    source: String,
    note: String,
    /// `1`: what it hits was seen.
    sure: String,
}

#[derive(Template)]
#[template(path = "round/veto/new.html")]
struct New {
    frame: Frame,
    standards: Standards,
    standard: Arc<Standard>,
    /// The unit, when it is known already.
    unit: Option<UnitPlace>,
    /// Those that may be meant by what was typed: id, name, the union above.
    candidates: Vec<UnitLine>,
    problems: Problems,
    form: NewForm,
}

/// What a veto would hit, before it is recorded.
#[derive(Template)]
#[template(path = "round/veto/confirm.html")]
struct Confirm {
    frame: Frame,
    standard: Arc<Standard>,
    foreseen: Foreseen,
    form: NewForm,
}

impl Confirm {
    fn barred(&self) -> String {
        format::list(self.frame.lang, &barred(&self.frame, &self.standard))
    }

    fn clause_name(&self) -> String {
        let clause = &self.form.clause;
        clause_name(&self.frame, self.standard.veto(clause), clause)
    }

    fn title_name(&self, key: &str) -> String {
        let title = self.standard.title(key);
        title.map_or_else(
            || key.to_owned(),
            |title| self.frame.text(&title.name).to_owned(),
        )
    }
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

pub(super) async fn new(
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
        candidates: Vec::new(),
        problems: Problems::none(),
        form,
    })
}

/// Finds the unit that is meant, shows what the veto would hit, and records it once that was seen.
pub(super) async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Form(form): Form<NewForm>,
) -> PageResult {
    let input = VetoInput {
        year: form.year.parse().unwrap_or(0),
        clause: form.clause.clone(),
        source: form.source.clone(),
        note: form.note.clone(),
    };
    let unit = match read_unit(&form.unit_id)? {
        Some(id) => Some(vetoes::unit_for(&app, &actor, &id).await?),
        None => match told(vetoes::unit_meant(&app, &actor, &form.unit).await, &frame)? {
            Ok(unit) => Some(unit),
            Err(problems) => {
                let found = vetoes::candidates(&app, &actor, &form.unit).await?;
                if found.is_empty() {
                    let wrong = vetoes::wrong_fields(&app, &input);
                    let problems = problems.and(Problems::new(&wrong, frame.lang));
                    return again(&app, frame, form, None, Vec::new(), problems);
                }
                return again(&app, frame, form, None, found, Problems::none());
            }
        },
    };
    let Some(unit) = unit else {
        return Err(PageError::NotFound);
    };
    if form.sure != "1" {
        let foreseen = vetoes::foresee(&app, &actor, &unit.id, &input).await;
        return match told(foreseen, &frame)? {
            Ok(foreseen) => page(&Confirm {
                standard: standard_of(&app, &form.year),
                foreseen,
                frame,
                form,
            }),
            Err(problems) => again(&app, frame, form, Some(unit), Vec::new(), problems),
        };
    }
    let done = vetoes::record(&app, &actor, &unit.id, &input).await;
    match told(done, &frame)? {
        Ok(veto) => see_other_with(
            &address::veto(&veto.id),
            &frame.t1(
                "否决情形已登记，当年即限制该单位申报{}。",
                title::barred(frame.lang, app.standards.of(veto.year)),
            ),
        ),
        Err(problems) => again(&app, frame, form, Some(unit), Vec::new(), problems),
    }
}

/// The form again: with what is wrong, or with the units that may be meant.
fn again(
    app: &App,
    frame: Frame,
    form: NewForm,
    unit: Option<UnitPlace>,
    candidates: Vec<UnitLine>,
    problems: Problems,
) -> PageResult {
    unprocessable(&New {
        standard: standard_of(app, &form.year),
        standards: app.standards.clone(),
        frame,
        unit,
        candidates,
        problems,
        form,
    })
}

/// The standard of the year that is typed, or else the one in force.
fn standard_of(app: &App, year: &str) -> Arc<Standard> {
    let standard = match year.parse() {
        Ok(year) => app.standards.of(year),
        Err(_) => app.in_force(),
    };
    standard.clone()
}

fn read_unit(id: &str) -> Result<Option<UnitId>, PageError> {
    if id.is_empty() {
        return Ok(None);
    }
    path::read(id).map(Some)
}
