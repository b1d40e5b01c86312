//! Registering a unit below another, and correcting a record.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    register::{division as divisions, unit as units},
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Act,
        refusal::Refusal,
    },
    register::unit::{
        change::kinds_under,
        form::{self, FIELDS, UnitForm, list_of},
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::register::{address, unit::label},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let create = Access::Act(Act::CreateUnit);
    let edit = Access::Act(Act::EditUnit);
    vec![
        Route::get("/units/{id}/units/new", create, new),
        Route::post("/units/{id}/units", create, make),
        Route::get("/units/{id}/edit", edit, show),
        Route::post("/units/{id}/edit", edit, save),
    ]
}

/// What the form sends.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    kind: String,
    revision: String,
    #[serde(flatten)]
    record: UnitForm,
}

#[derive(Template)]
#[template(path = "register/unit/edit.html")]
struct Edit {
    frame: Frame,
    /// The unit that is corrected, or the one that the new unit will stand under.
    unit: UnitPlace,
    is_new: bool,
    /// Whether name, kind and division may be changed.
    is_whole: bool,
    kinds: Vec<(String, String)>,
    divisions: Vec<(String, String)>,
    sent: Sent,
    problems: Problems,
}

impl Edit {
    fn action(&self) -> String {
        if self.is_new {
            address::units_below(&self.unit.id)
        } else {
            address::edit(&self.unit.id)
        }
    }

    fn label(&self, key: &str) -> &'static str {
        FIELDS
            .iter()
            .find(|field| field.key == key)
            .map_or("", |field| label(&self.frame, field))
    }

    fn options(&self, key: &str) -> Vec<(String, String)> {
        list_of(key)
            .unwrap_or_default()
            .iter()
            .map(|code| (code.key.to_owned(), code.word(self.frame.lang).to_owned()))
            .collect()
    }

    /// Whether the kind has an employer. A new unit's kind is not known yet, so it is asked.
    fn has_employer(&self) -> bool {
        self.is_new || !self.unit.kind.is_federation()
    }
}

async fn new(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    let view = units::find(&app, &actor, &id).await?;
    let upper = view.unit.place();
    jianjia_domain::core::policy::permit(&actor, Act::CreateUnit, &upper)
        .map_err(jianjia_app::core::error::Error::from)?;
    let sent = Sent {
        kind: kinds_under(upper.kind)
            .last()
            .map_or_else(String::new, |kind| kind.key().to_owned()),
        record: UnitForm {
            division: view.unit.details.division.clone(),
            ..UnitForm::default()
        },
        ..Sent::default()
    };
    page(&new_page(&app, frame, upper, sent, Problems::none()).await?)
}

async fn make(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(upper): Path<UnitId>,
    Form(sent): Form<Sent>,
) -> PageResult {
    let kind = UnitKind::from_key(&sent.kind).unwrap_or(UnitKind::Grassroots);
    match told(
        units::create(&app, &actor, &upper, kind, &sent.record).await,
        &frame,
    )? {
        Ok(unit) => see_other_with(&address::unit(&unit), "已登记。"),
        Err(problems) => {
            let upper = units::find(&app, &actor, &upper).await?.unit.place();
            unprocessable(&new_page(&app, frame, upper, sent, problems).await?)
        }
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    let unit = units::find(&app, &actor, &id).await?.unit;
    jianjia_domain::core::policy::permit(&actor, Act::EditUnit, &unit.place())
        .map_err(jianjia_app::core::error::Error::from)?;
    jianjia_domain::register::unit::change::check_living(&unit).map_err(Refusal::from)?;
    let sent = Sent {
        kind: unit.kind.key().to_owned(),
        revision: unit.revision.to_string(),
        record: form::of(&unit.details),
    };
    page(&edit_page(&app, frame, unit.place(), sent, Problems::none()).await?)
}

async fn save(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(mut sent): Form<Sent>,
) -> PageResult {
    let kind = UnitKind::from_key(&sent.kind);
    let revision = sent.revision.parse().unwrap_or(0);
    let done = units::edit(&app, &actor, &id, kind, &sent.record, revision).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&address::unit(&id), "已保存。"),
        Err(problems) => {
            // The form goes on from the newest record, with what was typed: sent again, it replaces what is newer.
            let unit = units::find(&app, &actor, &id).await?.unit;
            sent.revision = unit.revision.to_string();
            unprocessable(&edit_page(&app, frame, unit.place(), sent, problems).await?)
        }
    }
}

async fn new_page(
    app: &App,
    frame: Frame,
    upper: UnitPlace,
    sent: Sent,
    problems: Problems,
) -> Result<Edit, PageError> {
    let kinds = kinds_under(upper.kind);
    form_page(app, frame, upper, kinds, sent, problems, true).await
}

async fn edit_page(
    app: &App,
    frame: Frame,
    unit: UnitPlace,
    sent: Sent,
    problems: Problems,
) -> Result<Edit, PageError> {
    let kinds = UnitKind::ALL.to_vec();
    form_page(app, frame, unit, kinds, sent, problems, false).await
}

async fn form_page(
    app: &App,
    frame: Frame,
    unit: UnitPlace,
    kinds: Vec<UnitKind>,
    sent: Sent,
    problems: Problems,
    is_new: bool,
) -> Result<Edit, PageError> {
    let mut choices = divisions::choices(app).await?;
    let chosen = &sent.record.division;
    if !chosen.is_empty() && choices.iter().all(|(code, _)| code != chosen) {
        // A village is not offered in the list, but kept when it is recorded.
        let name = divisions::name(app, chosen).await?;
        choices.insert(0, (chosen.clone(), name));
    }
    Ok(Edit {
        is_whole: is_new || frame.may(&Act::CorrectUnit, &unit),
        kinds: kinds
            .into_iter()
            .map(|kind| (kind.key().to_owned(), frame.t_fixed(kind.word()).to_owned()))
            .collect(),
        divisions: choices,
        frame,
        unit,
        is_new,
        sent,
        problems,
    })
}
