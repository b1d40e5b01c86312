//! The page of a unit: its record in the register, the units below it, and the titles that it holds.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    honour::unit as units,
    register::unit::{UnitView, change::Happening},
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        place::{UnitKind, UnitPlace},
        policy::Act,
    },
    honour::honour::Honour,
    register::{
        person::masked_phone,
        unit::{
            UnitState,
            change::kinds_under,
            codes::word_of,
            form::{self, FIELDS, list_of},
        },
    },
};

use crate::{
    frame::Frame,
    page::{PageResult, page},
    pages::register::unit::{change, label},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![Route::get("/units/{id}", Access::Seen, show)]
}

#[derive(Template)]
#[template(path = "honour/unit/show.html")]
struct Show {
    frame: Frame,
    view: UnitView,
    place: UnitPlace,
    titles: Vec<TitleLine>,
    year: i16,
    may_edit: bool,
    may_create: bool,
    may_change: bool,
    may_edit_people: bool,
    may_invite: bool,
    may_export: bool,
    /// Whether a unit of its kind may get a yearly subsidy.
    has_subsidy: bool,
    reads_money: bool,
}

struct TitleLine {
    honour: Honour,
    title: String,
    state: &'static str,
}

impl Show {
    /// The record's fields with their words, in the order of the form.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let typed = form::of(&self.view.unit.details);
        FIELDS
            .iter()
            .filter(|field| field.key != "name" && !self.is_idle(field.key))
            .filter(|field| field.key != "code_reason" || !typed.code_reason.is_empty())
            .map(|field| {
                let value = typed.get(field.key).unwrap_or_default();
                (label(&self.frame, field), self.shown(field.key, value))
            })
            .collect()
    }

    /// A federation has no employer of its own.
    fn is_idle(&self, key: &str) -> bool {
        self.view.unit.kind.is_federation() && key.starts_with("employer")
    }

    fn shown(&self, key: &str, value: &str) -> String {
        match key {
            _ if value.is_empty() => String::new(),
            "founded_on" => self.frame.day(value),
            "division" => self.view.division_name.clone(),
            "workers" | "members" => self.frame.count(value),
            "phone" if !self.may_edit => masked_phone(value),
            _ => list_of(key)
                .map_or(value, |list| word_of(list, value, self.frame.lang))
                .to_owned(),
        }
    }

    fn state_word(&self) -> &str {
        self.frame.t_fixed(self.view.unit.state.word())
    }

    fn is_living(&self) -> bool {
        self.view.unit.state == UnitState::Active
    }

    fn happenings(&self) -> Vec<(&'static str, &str)> {
        Happening::ALL
            .into_iter()
            .map(|happening| (happening.key(), self.frame.t_fixed(change::word(happening))))
            .collect()
    }

    fn in_post(&self) -> usize {
        self.view
            .people
            .iter()
            .filter(|person| person.left_on.is_none())
            .count()
    }

    fn holds_titles(&self) -> bool {
        !matches!(self.view.unit.kind, UnitKind::City | UnitKind::District)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
) -> PageResult {
    let (view, honours) = units::find(&app, &actor, &id).await?;
    let place = view.unit.place();
    let titles = honours
        .iter()
        .map(|honour| TitleLine {
            title: app.standards.title(honour.year, &honour.title).map_or_else(
                || honour.title.clone(),
                |title| frame.text(&title.name).to_owned(),
            ),
            state: frame.t_fixed(honour.state.word()),
            honour: honour.clone(),
        })
        .collect();
    let is_living = view.unit.state == UnitState::Active;
    page(&Show {
        year: frame.year,
        may_edit: is_living && frame.may(&Act::EditUnit, &place),
        may_create: is_living
            && frame.may(&Act::CreateUnit, &place)
            && !kinds_under(place.kind).is_empty(),
        may_change: is_living && view.unit.parent_id.is_some() && frame.may(&Act::MoveUnit, &place),
        may_edit_people: is_living && frame.may(&Act::EditPeople, &place),
        may_invite: is_living && frame.may(&Act::InviteBelow, &place),
        may_export: frame.may(&Act::ImportUnits, &place),
        has_subsidy: app.in_force().subsidises(place.kind.key()),
        reads_money: frame.may(&Act::SeeUnitMoney, &place),
        frame,
        place,
        titles,
        view,
    })
}
