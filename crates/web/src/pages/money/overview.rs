//! What a year comes to, place by place, and the units behind each sum.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::ledger::{self, LINES, Overview, PlaceTotal, TotalFilter, UnitTotal},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{export::ExportKind, ids::UnitId},
    money::{amount::yuan, ledger::YearSums},
};
use serde::Deserialize;

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page, see_other},
    pages::{
        core::export::{Asker, Listed, Listing, Rows, download},
        money::address,
    },
    path::{self, Path},
    query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/money", Access::SignedIn, this_year),
        Route::get("/money/{year}", Access::SignedIn, show),
        Route::get("/money/{year}/export", Access::SignedIn, export),
        Route::get("/money/{year}/units", Access::SignedIn, units),
        Route::get(
            "/money/{year}/units/export",
            Access::SignedIn,
            download::<Asked>,
        ),
    ]
}

async fn this_year(State(app): State<App>, SignedIn(_): SignedIn) -> PageResult {
    see_other(&address::year(app.year()))
}

/// A place that a question names; none where it names none.
pub(super) fn place_of(typed: &str) -> Result<Option<UnitId>, PageError> {
    match typed {
        "" => Ok(None),
        id => Ok(Some(path::read(id)?)),
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    place: String,
    format: String,
}

#[derive(Template)]
#[template(path = "money/overview/show.html")]
struct Show {
    frame: Frame,
    of: Overview,
    /// Whether the year's standard has subsidies, from which grants are made.
    has_subsidies: bool,
}

impl Show {
    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    /// The same place in another year.
    fn of_year(&self, year: &i16) -> String {
        let address = address::year(*year);
        if self.of.above.is_empty() {
            return address;
        }
        format!("{address}?place={}", self.of.place.unit.id)
    }

    /// The units behind a sum.
    fn behind(&self, place: &PlaceTotal, state: &str) -> String {
        let id = place.unit.id.to_string();
        let list = format!("/money/{}/units", self.of.year);
        let address = query::asked(&list, &[("place", &id), ("state", state)]);
        address.trim_end_matches(['?', '&']).to_owned()
    }

    /// Entries of a kind at a place.
    fn entries(&self, place: &PlaceTotal, kind: &str) -> String {
        let id = place.unit.id.to_string();
        let list = format!("/money/{}/entries", self.of.year);
        let address = query::asked(&list, &[("place", &id), ("kind", kind)]);
        address.trim_end_matches(['?', '&']).to_owned()
    }

    fn inside(&self, place: &PlaceTotal) -> String {
        if place.unit.kind.is_federation() {
            format!("/money/{}?place={}", self.of.year, place.unit.id)
        } else {
            address::statement_of(&place.unit.id, self.of.year)
        }
    }

    fn export_href(&self) -> String {
        let id = self.of.place.unit.id;
        format!("/money/{}/export?place={id}&format=xlsx", self.of.year)
    }

    fn is_closed(&self) -> bool {
        self.of
            .closed_until
            .is_some_and(|closed| self.of.year <= closed)
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    let place = place_of(&wanted.place)?;
    let of = ledger::overview(&app, &actor, year, place).await?;
    let standards = &app.standards;
    let is_of_a_standard = standards.years().contains(&year);
    page(&Show {
        has_subsidies: is_of_a_standard && standards.of(year).subsidy.is_some(),
        frame,
        of,
    })
}

/// The sums of a year as cells, in the order of `SUMS`.
fn cells(sums: &YearSums) -> Vec<Cell> {
    [
        sums.opening_fen,
        sums.granted_fen,
        sums.unpaid_fen,
        sums.paid_fen,
        sums.spent_fen,
        sums.returned_fen,
        sums.closing_fen,
    ]
    .map(Cell::Fen)
    .to_vec()
}

async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(wanted): Query<Wanted>,
) -> PageResult {
    let place = place_of(&wanted.place)?;
    let of = ledger::overview(&app, &actor, year, place).await?;
    let headings = [
        "单位",
        "家数",
        "上年结转",
        "下达",
        "未付",
        "已付",
        "支出",
        "退回",
        "结存",
    ];
    let listed = Listed::of(&frame, "经费总览", "money", &headings);
    let row = |place: &PlaceTotal| {
        let mut row = vec![
            Cell::Text(place.unit.name.clone()),
            Cell::Number(place.units),
        ];
        row.extend(cells(&place.sums));
        row
    };
    let rows = of.below.iter().chain([&of.place]).map(row).collect();
    listed.answer(rows, &wanted.format).await
}

/// What is asked of the units of a year.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    year: String,
    place: String,
    state: String,
    q: String,
    page: String,
}

impl Asked {
    fn fields(&self) -> [(&str, &str); 3] {
        [
            ("place", &self.place),
            ("state", &self.state),
            ("q", &self.q),
        ]
    }

    fn filter(&self, year: i16) -> TotalFilter {
        TotalFilter {
            year,
            name: self.q.clone(),
            state: self.state.clone(),
            ..TotalFilter::default()
        }
    }
}

#[derive(Template)]
#[template(path = "money/overview/units.html")]
struct Units {
    frame: Frame,
    year: i16,
    asked: Asked,
    lines: Vec<UnitTotal>,
    total: i64,
    page: i64,
}

impl Units {
    fn sum(&self, fen: &i64) -> String {
        yuan(*fen)
    }

    fn pages(&self) -> i64 {
        (self.total + LINES - 1) / LINES
    }

    fn base(&self) -> String {
        query::asked(&format!("/money/{}/units", self.year), &self.asked.fields()) + "page="
    }

    fn export_href(&self) -> String {
        let list = format!("/money/{}/units/export", self.year);
        query::asked(&list, &self.asked.fields()) + "format=xlsx"
    }

    fn states(&self) -> Vec<(String, String)> {
        let states = [
            ("unpaid", "还有没付的"),
            ("left", "还有结存"),
            ("over", "支出超过"),
            ("unspent", "还没有支出"),
        ];
        states
            .map(|(key, word)| (key.to_owned(), self.frame.t(word).to_owned()))
            .to_vec()
    }

    fn is_narrowed(&self) -> bool {
        !(self.asked.state.is_empty() && self.asked.q.is_empty())
    }

    fn no_problems(&self) -> Problems {
        Problems::none()
    }
}

async fn units(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.parse::<i64>().unwrap_or(1).max(1);
    let place = place_of(&asked.place)?;
    let portion = (LINES, (number - 1).saturating_mul(LINES));
    let filter = asked.filter(year);
    let (lines, total) = ledger::units(&app, &actor, (&filter, place), portion).await?;
    page(&Units {
        frame,
        year,
        asked,
        lines,
        total,
        page: number,
    })
}

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::UnitMoney;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "单位",
            "上年结转",
            "下达",
            "未付",
            "已付",
            "支出",
            "退回",
            "结存",
        ];
        Listed::of(frame, "各单位经费", "unit-money", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let year: i16 = path::read(&self.year)?;
        let place = place_of(&self.place)?;
        let filter = self.filter(year);
        let (found, total) =
            ledger::units(asker.app, asker.actor, (&filter, place), portion).await?;
        let row = |line: &UnitTotal| {
            let mut row = vec![Cell::Text(line.unit.name.clone())];
            row.extend(cells(&line.sums));
            row
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
