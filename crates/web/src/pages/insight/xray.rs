//! The x-ray of the data: the list with its filters, dealt with one by one or many at once through a preview; the page of one; what a union was asked about.

mod acts;
mod doubt;
mod figures;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    insight::doubt::{self as doubts, DoubtPage, DoubtQuery, StateWanted},
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{
    core::{export::ExportKind, policy::Actor},
    insight::doubt::{Doubt, DoubtState},
};
use jianjia_standard::Standard;
use serde::Deserialize;

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::{
        core::{
            address::job,
            export::{Asker, Listed, Listing, Rows, download},
            job::Bar,
        },
        insight::address::{self, XRAY},
    },
    path, query,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get(XRAY, Access::SignedIn, index),
        Route::get("/insight/x-ray/export", Access::SignedIn, download::<Asked>),
        Route::post("/insight/x-ray/run", Access::SignedIn, acts::run),
        Route::post("/insight/x-ray/preview", Access::SignedIn, acts::preview),
        Route::post(XRAY, Access::SignedIn, acts::carry_out),
    ];
    routes.extend(doubt::routes());
    routes
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    year: String,
    rule: String,
    state: String,
    under: String,
    page: String,
}

/// What `state` asks for besides the states themselves.
const ANY: &str = "all";
const ANSWERED: &str = "answered";

impl Asked {
    /// The question without the page, by the names of its fields.
    fn fields(&self) -> [(&str, &str); 5] {
        [
            ("q", &self.q),
            ("year", &self.year),
            ("rule", &self.rule),
            ("state", &self.state),
            ("under", &self.under),
        ]
    }

    fn query(&self) -> Result<DoubtQuery, PageError> {
        Ok(DoubtQuery {
            // A year that is none is asked of as if none was.
            year: self.year.parse().ok(),
            rule: self.rule.clone(),
            state: match self.state.as_str() {
                ANY => StateWanted::Any,
                ANSWERED => StateWanted::Answered,
                key => DoubtState::from_key(key).map_or(StateWanted::Open, StateWanted::Only),
            },
            under: match self.under.as_str() {
                "" => None,
                unit => Some(path::read(unit)?),
            },
            name: self.q.clone(),
        })
    }

    /// The list, as far as it was asked for.
    fn list(&self) -> String {
        let address = query::asked(XRAY, &self.fields());
        address.trim_end_matches(['?', '&']).to_owned()
    }
}

/// A rule with how many of its contradictions are in which state.
struct RuleLine {
    key: String,
    name: String,
    open: i64,
    all: i64,
}

#[derive(Template)]
#[template(path = "insight/xray/index.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    asked: Asked,
    found: DoubtPage,
    bar: Option<(Bar, String)>,
    problems: Problems,
}

impl Index {
    async fn of(
        app: &App,
        actor: &Actor,
        frame: Frame,
        (asked, problems): (Asked, Problems),
    ) -> Result<Index, PageError> {
        let page = asked.page.parse().unwrap_or(1);
        let found = doubts::page(app, actor, &asked.query()?, page).await?;
        let open = found.job.as_ref().filter(|job| job.state.is_open());
        Ok(Index {
            bar: open.map(|open| (Bar::of(&frame, open), job(&open.id))),
            standard: app.standards.of(found.filter.year).clone(),
            frame,
            asked,
            found,
            problems,
        })
    }

    fn is_filtered(&self) -> bool {
        let Asked {
            q,
            rule,
            state,
            under,
            ..
        } = &self.asked;
        [q, rule, state, under]
            .iter()
            .any(|field| !field.is_empty())
    }

    fn years(&self) -> Vec<(String, String)> {
        let years = self.found.years.iter();
        years
            .map(|year| (year.to_string(), year.to_string()))
            .collect()
    }

    fn year(&self) -> String {
        self.found.filter.year.to_string()
    }

    fn rules(&self) -> Vec<(String, String)> {
        let rules = self.standard.xray.iter();
        rules
            .map(|rule| (rule.key.clone(), self.frame.text(&rule.name).to_owned()))
            .collect()
    }

    fn states(&self) -> Vec<(String, String)> {
        let frame = &self.frame;
        let mut states = vec![(ANSWERED.to_owned(), frame.t("工会已答复").to_owned())];
        for state in DoubtState::ALL {
            states.push((
                state.key().to_owned(),
                frame.t_fixed(state.word()).to_owned(),
            ));
        }
        states.push((ANY.to_owned(), frame.t("全部疑点").to_owned()));
        states
    }

    /// The rules with their counts; those of which there are none, too: they were looked by.
    fn lines(&self) -> Vec<RuleLine> {
        let rules = self.standard.xray.iter();
        rules
            .map(|rule| {
                let of_rule = self
                    .found
                    .counts
                    .iter()
                    .filter(|(key, ..)| *key == rule.key);
                let (mut open, mut all) = (0, 0);
                for (_, state, count) in of_rule {
                    all += count;
                    open += if state.is_open() { *count } else { 0 };
                }
                RuleLine {
                    key: rule.key.clone(),
                    name: self.frame.text(&rule.name).to_owned(),
                    open,
                    all,
                }
            })
            .collect()
    }

    /// The list of a rule, in some state.
    fn rule_href(&self, rule: &str, state: &str) -> String {
        let asked = Asked {
            rule: rule.to_owned(),
            state: state.to_owned(),
            page: String::new(),
            ..self.asked.clone()
        };
        asked.list()
    }

    /// The address of a page of the same list, up to and with `page=`.
    fn base(&self) -> String {
        query::asked(XRAY, &self.asked.fields()) + "page="
    }

    fn export_href(&self) -> String {
        query::asked("/insight/x-ray/export", &self.asked.fields()) + "format=xlsx"
    }

    fn no_problems(&self) -> Problems {
        Problems::none()
    }

    fn rule_name(&self, doubt: &Doubt) -> String {
        figures::rule_name(&self.frame, &self.standard, doubt)
    }

    fn sentence(&self, doubt: &Doubt) -> String {
        figures::sentence(&self.frame, &self.standard, doubt)
    }

    fn href(&self, doubt: &Doubt) -> String {
        address::doubt(&doubt.id)
    }

    fn state(&self, doubt: &Doubt) -> String {
        figures::state_words(&self.frame, doubt)
    }

    fn class(&self, doubt: &Doubt) -> &'static str {
        figures::state_class(doubt.state)
    }

    fn may_run(&self) -> bool {
        !self.found.runs_at.is_empty() && !self.standard.xray.is_empty() && self.bar.is_none()
    }

    fn places(&self) -> Vec<(String, String)> {
        let units = self.found.runs_at.iter();
        units
            .map(|unit| (unit.id.to_string(), unit.name.clone()))
            .collect()
    }

    fn first_place(&self) -> String {
        let first = self.found.runs_at.first();
        first.map_or_else(String::new, |unit| unit.id.to_string())
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let asked = (asked, Problems::none());
    page(&Index::of(&app, &actor, frame, asked).await?)
}

impl Listing for Asked {
    const KIND: ExportKind = ExportKind::Doubts;

    fn listed(&self, frame: &Frame) -> Listed {
        let headings = [
            "单位",
            "年度",
            "疑点",
            "数据",
            "状态",
            "发现日期",
            "答复期限",
        ];
        Listed::of(frame, "数据疑点", "doubts", &headings)
    }

    async fn rows(&self, asker: Asker<'_>, portion: (i64, i64)) -> Result<Rows, PageError> {
        let Asker { app, actor, frame } = asker;
        let (found, total) = doubts::export(app, actor, &self.query()?, portion).await?;
        let row = |doubt: &Doubt| {
            let standard = app.standards.of(doubt.year);
            let answer_by = doubt.answer_by.map(|day| day.to_string());
            vec![
                Cell::Text(doubt.unit_name.clone()),
                Cell::Number(i64::from(doubt.year)),
                Cell::Text(figures::rule_name(frame, standard, doubt)),
                Cell::Text(figures::sentence(frame, standard, doubt)),
                Cell::Text(figures::state_words(frame, doubt)),
                Cell::Text(frame.date_of(doubt.raised_at)),
                Cell::Text(answer_by.unwrap_or_default()),
            ]
        };
        Ok(Rows {
            rows: found.iter().map(row).collect(),
            total,
        })
    }
}
