//! The subsidies of a year: the list below the place that one sees, and a unit's own. `base` has what they start from, `reckoning` the city's act.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    money::subsidy::{self as subsidies, SubsidyFilter, SubsidyPage, Totals},
};
use jianjia_domain::{
    core::{ids::UnitId, policy::Act},
    money::subsidy::Subsidy,
};
use jianjia_standard::{
    Standard,
    programme::subsidy::{BaseRule, SubsidyScheme},
    subsidy::{Change, changes, yuan},
};
use serde::Deserialize;

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page, see_other},
    pages::{core::export::download, money::address},
    path::{self, Path},
    query,
    routes::{Access, Route},
    session::SignedIn,
};

pub mod base;
mod export;
mod reckoning;
mod unit;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/subsidies", Access::SignedIn, newest),
        Route::get("/subsidies/{year}", Access::SignedIn, index),
        Route::get(
            "/subsidies/{year}/export",
            Access::SignedIn,
            download::<Asked>,
        ),
        Route::get(
            "/subsidies/{year}/bases",
            Access::Act(Act::SeeSubsidyBases),
            base::index,
        ),
        Route::get(
            "/subsidies/{year}/bases/export",
            Access::Act(Act::SeeSubsidyBases),
            download::<base::Asked>,
        ),
        Route::get(
            "/subsidies/{year}/reckoning",
            Access::Act(Act::ReckonSubsidies),
            reckoning::show,
        ),
        Route::post(
            "/subsidies/{year}/reckoning",
            Access::Act(Act::ReckonSubsidies),
            reckoning::carry_out,
        ),
        Route::get("/units/{id}/subsidy", Access::Seen, unit::show),
        Route::post(
            "/units/{id}/subsidy/base",
            Access::Act(Act::RecordSubsidyBase),
            unit::record,
        ),
    ]
}

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Of the path.
    year: String,
    q: String,
    /// A district's id.
    district: String,
    scheme: String,
    /// The key of a change, or `unknown`.
    effect: String,
    /// `differs`, for those who were granted another amount than is reckoned by now.
    granted: String,
    page: String,
}

/// The choice of those whose amount is not known.
const UNKNOWN: &str = "unknown";

/// The choice of those who were granted another amount than is reckoned by now.
const DIFFERS: &str = "differs";

impl Asked {
    /// The question without year and page, by the names of its fields.
    fn fields(&self) -> [(&str, &str); 5] {
        [
            ("q", &self.q),
            ("district", &self.district),
            ("scheme", &self.scheme),
            ("effect", &self.effect),
            ("granted", &self.granted),
        ]
    }

    /// Whether what was granted stands beside what is reckoned.
    fn compares(&self) -> bool {
        self.granted == DIFFERS
    }

    fn filter(&self) -> Result<SubsidyFilter, PageError> {
        Ok(SubsidyFilter {
            year: path::read(&self.year)?,
            scheme: Some(self.scheme.clone()).filter(|scheme| !scheme.is_empty()),
            change: Change::from_key(&self.effect).map(Change::key),
            only_unknown: self.effect == UNKNOWN,
            only_differing: self.compares(),
            name: self.q.clone(),
            ..SubsidyFilter::default()
        })
    }

    fn district(&self) -> Result<Option<UnitId>, PageError> {
        match self.district.as_str() {
            "" => Ok(None),
            id => path::read(id).map(Some),
        }
    }
}

#[derive(Template)]
#[template(path = "money/subsidy/index.html")]
struct Index {
    frame: Frame,
    year: i16,
    years: Vec<i16>,
    asked: Asked,
    list: SubsidyPage,
}

impl Index {
    fn base(&self) -> String {
        query::asked(&address::subsidies(self.year), &self.asked.fields()) + "page="
    }

    fn export_href(&self) -> String {
        let path = format!("{}/export", address::subsidies(self.year));
        query::asked(&path, &self.asked.fields()) + "format=xlsx"
    }

    fn is_narrowed(&self) -> bool {
        self.asked
            .fields()
            .iter()
            .any(|(_, value)| !value.is_empty())
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }

    fn districts(&self) -> Vec<(String, String)> {
        let districts = self.list.districts.iter();
        districts
            .map(|district| (district.id.to_string(), district.name.clone()))
            .collect()
    }

    fn schemes(&self) -> Vec<(String, String)> {
        let schemes = schemes(&self.list.standard);
        schemes
            .map(|scheme| (scheme.key.clone(), self.frame.text(&scheme.name).to_owned()))
            .collect()
    }

    fn effects(&self) -> Vec<(String, String)> {
        let unknown = (UNKNOWN.to_owned(), self.frame.t("金额还不知道").to_owned());
        let known = Change::ALL.map(|change| {
            let word = self.frame.t_fixed(change.word());
            (change.key().to_owned(), word.to_owned())
        });
        known.into_iter().chain([unknown]).collect()
    }

    fn comparisons(&self) -> Vec<(&'static str, String)> {
        vec![(DIFFERS, self.frame.t("与现在核定的不同").to_owned())]
    }

    /// Where the unit's money of the year stands.
    fn statement(&self, line: &Subsidy) -> String {
        address::statement_of(&line.unit, self.year)
    }

    /// The amount that a unit was granted.
    fn granted(&self, line: &Subsidy) -> String {
        let granted = self.list.granted.get(&line.unit);
        amount(&self.frame, granted.map(|granted| granted.fen))
    }

    /// What is to be done about the difference, with its amount.
    fn difference(&self, line: &Subsidy) -> String {
        let granted = self.list.granted.get(&line.unit);
        match granted.and_then(|granted| granted.difference_fen) {
            None => self.frame.t("还不知道").to_owned(),
            Some(fen) if fen < 0 => self.frame.t1("多下达 {}", yuan(-fen)),
            Some(fen) => self.frame.t1("少下达 {}", yuan(fen)),
        }
    }

    /// A scheme's name, rule and effects, for whoever wants to know by what is reckoned.
    fn rules(&self) -> Vec<Rule> {
        schemes(&self.list.standard)
            .map(|scheme| rule(&self.frame, &self.list.standard, scheme))
            .collect()
    }

    fn has_subsidies(&self) -> bool {
        self.list.standard.subsidy.is_some()
    }

    /// The address of the list narrowed to what a change did.
    fn of_change(&self, change: &Change) -> String {
        let mut asked = self.asked.clone();
        change.key().clone_into(&mut asked.effect);
        let address = query::asked(&address::subsidies(self.year), &asked.fields());
        address.trim_end_matches(['&', '?']).to_owned()
    }

    fn scheme_name(&self, line: &Subsidy) -> String {
        scheme_name(&self.frame, &self.list.standard, &line.entitlement.scheme)
    }

    fn amount(&self, line: &Subsidy) -> String {
        amount(&self.frame, line.amount_fen())
    }

    fn sum(&self) -> Totals {
        self.list.sum()
    }

    fn yuan(&self, fen: &i64) -> String {
        yuan(*fen)
    }
}

/// A scheme as people read it.
struct Rule {
    name: String,
    clause: String,
    text: String,
    effects: Vec<String>,
}

fn rule(frame: &Frame, standard: &Standard, scheme: &SubsidyScheme) -> Rule {
    Rule {
        name: frame.text(&scheme.name).to_owned(),
        clause: scheme.clause.clone(),
        text: frame.text(&scheme.text).to_owned(),
        effects: changes(standard, scheme, frame.lang),
    }
}

fn schemes(standard: &Standard) -> impl Iterator<Item = &SubsidyScheme> {
    let rules = standard.subsidy.iter();
    rules.flat_map(|rules| &rules.schemes)
}

/// Whether the standard has any base that the city records.
fn records_bases(standard: &Standard) -> bool {
    schemes(standard).any(|scheme| scheme.base == BaseRule::Recorded)
}

fn scheme_name(frame: &Frame, standard: &Standard, key: &str) -> String {
    standard.scheme(key).map_or_else(
        || key.to_owned(),
        |scheme| frame.text(&scheme.name).to_owned(),
    )
}

/// Yuan, or that nobody knows.
fn amount(frame: &Frame, fen: Option<i64>) -> String {
    fen.map_or_else(|| frame.t("还不知道").to_owned(), yuan)
}

/// The class of the tag of what titles and findings did.
pub(crate) fn change_class(change: Change) -> &'static str {
    match change {
        Change::Plain => "tag-na",
        Change::Increase => "tag-met",
        Change::Cut => "tag-unmet",
        Change::Both => "tag-unknown",
    }
}

async fn newest(State(app): State<App>, SignedIn(_): SignedIn) -> PageResult {
    see_other(&address::subsidies(subsidies::current_year(&app)))
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(year): Path<i16>,
    Query(mut asked): Query<Asked>,
) -> PageResult {
    asked.year = year.to_string();
    let wanted = asked.page.parse().unwrap_or(1);
    let district = asked.district()?;
    let filter = asked.filter()?;
    let list = subsidies::list(&app, &actor, &filter, district.as_ref(), wanted).await?;
    page(&Index {
        years: years(&app),
        year,
        frame,
        asked,
        list,
    })
}

/// The years until this one that a standard holds for, the newest first.
fn years(app: &App) -> Vec<i16> {
    let this_year = subsidies::current_year(app);
    let years = app.standards.years().into_iter();
    years.rev().filter(|year| *year <= this_year).collect()
}

/// The standard of a year, for pages that show no list.
fn standard_of(app: &App, year: i16) -> Arc<Standard> {
    app.standards.of(year).clone()
}
