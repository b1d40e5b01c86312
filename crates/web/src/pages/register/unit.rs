//! The register's units: the list of those that somebody sees, and the page of one. `edit` registers and corrects, `change` renames,
//! moves, merges and closes, `history` looks back.

pub mod change;
pub mod edit;
pub mod history;

use askama::Template;
use axum::extract::{Path, Query, State};
use jianjia_app::{
    core::app::App,
    register::{
        division as divisions,
        unit::{self as units, PER_PAGE, UnitView, change::Happening},
    },
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
            list::{UnitFilter, UnitLine, UnitSort},
        },
    },
};
use jianjia_standard::Lang;
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/units", Access::SignedIn, index),
        Route::get("/units/{id}", Access::Seen, show),
        Route::get("/units/{id}/history", Access::Seen, history::show),
    ];
    routes.extend(edit::routes());
    routes.extend(change::routes());
    routes
}

/// The id in an address; anything else is not found.
pub(crate) fn id_of<T: std::str::FromStr>(text: &str) -> Result<T, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// The list's question, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    kind: String,
    division: String,
    state: String,
    sort: String,
    /// A unit's id: only what stands below it.
    under: String,
    page: String,
}

#[derive(Template)]
#[template(path = "register/unit/index.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    lines: Vec<UnitLine>,
    total: i64,
    page: i64,
    pages: i64,
    kinds: Vec<(String, String)>,
    divisions: Vec<(String, String)>,
    states: Vec<(String, String)>,
    sorts: Vec<(String, String)>,
    export: Option<UnitPlace>,
    create_below: Option<UnitPlace>,
}

impl Index {
    /// The address of a page of the same list, up to and with `page=`.
    fn base(&self) -> String {
        let asked = [
            ("q", &self.asked.q),
            ("kind", &self.asked.kind),
            ("division", &self.asked.division),
            ("state", &self.asked.state),
            ("sort", &self.asked.sort),
            ("under", &self.asked.under),
        ];
        let mut base = "/units?".to_owned();
        for (name, value) in asked {
            if !value.is_empty() {
                base.push_str(&format!("{name}={}&", percent_encoded(value)));
            }
        }
        base.push_str("page=");
        base
    }

    fn is_filtered(&self) -> bool {
        !(self.asked.q.is_empty() && self.asked.kind.is_empty() && self.asked.division.is_empty())
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let state = match asked.state.as_str() {
        "" => Some(UnitState::Active),
        "all" => None,
        key => UnitState::from_key(key),
    };
    let under = match asked.under.as_str() {
        "" => None,
        id => Some(units::find(&app, &actor, &id_of(id)?).await?.unit.path),
    };
    let filter = UnitFilter {
        under,
        kind: UnitKind::from_key(&asked.kind),
        division: asked.division.clone(),
        state,
        search: asked.q.clone(),
        sort: UnitSort::from_key(&asked.sort).unwrap_or_default(),
        ..UnitFilter::default()
    };
    let asked_page = asked.page.parse().unwrap_or(1_i64).max(1);
    let (lines, total) = units::list(&app, &actor, filter, asked_page).await?;
    let pages = (total + PER_PAGE - 1) / PER_PAGE;
    let word = |word: &'static str| frame.t_fixed(word).to_owned();
    let export = actor
        .main_unit()
        .filter(|unit| frame.may(&Act::ImportUnits, unit))
        .cloned();
    let create_below = actor
        .main_unit()
        .filter(|unit| frame.may(&Act::CreateUnit, unit) && !kinds_under(unit.kind).is_empty())
        .cloned();
    let index = Index {
        kinds: UnitKind::ALL
            .into_iter()
            .map(|kind| (kind.key().to_owned(), word(kind.word())))
            .collect(),
        divisions: divisions::districts(&app)
            .await?
            .into_iter()
            .map(|division| (division.code, division.name))
            .collect(),
        states: [
            (UnitState::Merged.key(), word(UnitState::Merged.word())),
            (UnitState::Closed.key(), word(UnitState::Closed.word())),
            ("all", word("全部状态")),
        ]
        .map(|(key, word)| (key.to_owned(), word))
        .to_vec(),
        sorts: [
            (UnitSort::Number, "登记编号"),
            (UnitSort::Workers, "职工人数"),
            (UnitSort::Members, "会员人数"),
            (UnitSort::ChangedAt, "最近更新"),
        ]
        .map(|(sort, text)| (sort.key().to_owned(), word(text)))
        .to_vec(),
        page: asked_page,
        pages,
        frame,
        asked,
        lines,
        total,
        export,
        create_below,
    };
    page(&index)
}

#[derive(Template)]
#[template(path = "register/unit/show.html")]
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
    may_export: bool,
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

/// The words of a field in the person's language.
pub(crate) fn label(frame: &Frame, field: &form::Field) -> &'static str {
    match frame.lang {
        Lang::Zh => field.zh,
        Lang::En => field.en,
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    let id: UnitId = id_of(&id)?;
    let view = units::find(&app, &actor, &id).await?;
    let place = view.unit.place();
    let titles = view
        .honours
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
        year: frame.today.year(),
        may_edit: is_living && frame.may(&Act::EditUnit, &place),
        may_create: is_living
            && frame.may(&Act::CreateUnit, &place)
            && !kinds_under(place.kind).is_empty(),
        may_change: is_living && view.unit.parent_id.is_some() && frame.may(&Act::MoveUnit, &place),
        may_edit_people: is_living && frame.may(&Act::EditPeople, &place),
        may_export: frame.may(&Act::ImportUnits, &place),
        frame,
        place,
        titles,
        view,
    })
}
