//! The register's units: the list of those that somebody sees. `edit` registers and corrects, `change` renames, moves, merges and closes,
//! `history` looks back. The page of one shows its titles as well, and is `honour::unit`.

pub mod change;
pub mod edit;
pub mod history;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    register::{
        division as divisions,
        unit::{self as units, PER_PAGE},
    },
};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::Act,
    },
    register::unit::{
        UnitState,
        change::kinds_under,
        form,
        list::{UnitFilter, UnitLine, UnitSort},
    },
};
use jianjia_standard::Lang;
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageResult, page},
    path, query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/units", Access::SignedIn, index),
        Route::get("/units/{id}/history", Access::Seen, history::show),
    ];
    routes.extend(edit::routes());
    routes.extend(change::routes());
    routes
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

impl Asked {
    /// What is asked, below `under` only where it is given; without a word on the state, units that are no more are left out.
    fn filter(&self, under: Option<String>) -> UnitFilter {
        UnitFilter {
            under,
            kind: UnitKind::from_key(&self.kind),
            division: self.division.clone(),
            state: match self.state.as_str() {
                "" => Some(UnitState::Active),
                "all" => None,
                key => UnitState::from_key(key),
            },
            search: self.q.clone(),
            sort: UnitSort::from_key(&self.sort).unwrap_or_default(),
            ..UnitFilter::default()
        }
    }
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
        let asked = query::asked(
            "/units",
            &[
                ("q", &self.asked.q),
                ("kind", &self.asked.kind),
                ("division", &self.asked.division),
                ("state", &self.asked.state),
                ("sort", &self.asked.sort),
                ("under", &self.asked.under),
            ],
        );
        asked + "page="
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
    let under = match asked.under.as_str() {
        "" => None,
        id => Some(units::find(&app, &actor, &path::read(id)?).await?.unit.path),
    };
    let wanted = asked.page.parse().unwrap_or(1_i64).max(1);
    let (lines, total) = units::list(&app, &actor, asked.filter(under), wanted).await?;
    let main_unit = || actor.main_unit();
    page(&Index {
        kinds: UnitKind::ALL
            .into_iter()
            .map(|kind| option(&frame, kind.key(), kind.word()))
            .collect(),
        divisions: divisions::districts(&app)
            .await?
            .into_iter()
            .map(|division| (division.code, division.name))
            .collect(),
        states: [
            (UnitState::Merged.key(), UnitState::Merged.word()),
            (UnitState::Closed.key(), UnitState::Closed.word()),
            ("all", "全部状态"),
        ]
        .map(|(key, word)| option(&frame, key, word))
        .to_vec(),
        sorts: [
            (UnitSort::Number, "登记编号"),
            (UnitSort::Workers, "职工人数"),
            (UnitSort::Members, "会员人数"),
            (UnitSort::ChangedAt, "最近更新"),
        ]
        .map(|(sort, word)| option(&frame, sort.key(), word))
        .to_vec(),
        page: wanted,
        pages: (total + PER_PAGE - 1) / PER_PAGE,
        export: main_unit()
            .filter(|unit| frame.may(&Act::ImportUnits, unit))
            .cloned(),
        create_below: main_unit()
            .filter(|unit| frame.may(&Act::CreateUnit, unit) && !kinds_under(unit.kind).is_empty())
            .cloned(),
        frame,
        asked,
        lines,
        total,
    })
}

/// A choice of a filter: its key and its word.
fn option(frame: &Frame, key: &str, word: &'static str) -> (String, String) {
    (key.to_owned(), frame.t_fixed(word).to_owned())
}

/// The words of a field in the person's language.
pub(crate) fn label(frame: &Frame, field: &form::Field) -> &'static str {
    match frame.lang {
        Lang::Zh => field.zh,
        Lang::En => field.en,
    }
}
