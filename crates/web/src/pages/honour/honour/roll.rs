//! The honour roll, as a page and as a file.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::{app::App, standard::Standards},
    honour::honour::{self as honours, RollFilter, RollLine, RollPage, RollQuery, RollSort},
    register::division as divisions,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::{core::place::UnitKind, honour::honour};
use jianjia_standard::{kinds::HonourLevel, programme::RouteAct};
use jianjia_words::title;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::core::export::{self as exports, Listed, Rows},
    path, query,
};

/// What is asked for, as it stands in the address; what is left out narrows nothing.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// A part of a holder's name or of a number; a person is found by the whole name only
    #[param(required = false)]
    pub q: String,
    /// A title's key, such as `model-home`
    #[param(required = false)]
    pub title: String,
    /// `2016`, or `2016-2020`
    #[param(required = false)]
    pub year: String,
    /// A year at whose end they had begun
    #[param(ignore)]
    pub until: String,
    /// `county`, `city`, `province` or `nation`
    #[param(required = false)]
    pub level: String,
    /// A division's code: what lies in it
    #[param(required = false)]
    pub place: String,
    /// `grassroots`: only what grassroots and direct unions hold
    #[param(required = false)]
    pub kind: String,
    /// `living`: without what units hold that have ended
    #[param(ignore)]
    pub holders: String,
    /// A federation's id: what it and the unions below it hold
    #[param(required = false)]
    pub under: String,
    /// `oldest` or `name`; else the newest come first
    #[param(required = false)]
    pub sort: String,
    /// Counts from 1
    #[param(required = false)]
    pub page: String,
    /// Of the file, `xlsx` or else `csv`
    #[param(ignore)]
    pub format: String,
}

impl Asked {
    pub fn query(&self) -> Result<RollQuery, PageError> {
        let (from, to) = self
            .year
            .split_once('-')
            .unwrap_or((self.year.as_str(), self.year.as_str()));
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let under = match some(&self.under) {
            Some(id) => Some(path::read(&id)?),
            None => None,
        };
        Ok(RollQuery {
            filter: RollFilter {
                title: some(&self.title),
                level: self.level.parse().ok(),
                year_from: from.parse().ok(),
                year_to: to.parse().ok(),
                begun_by: self.until_day(),
                division: some(&self.place),
                kinds: if self.kind == "grassroots" {
                    vec![UnitKind::Grassroots, UnitKind::Direct]
                } else {
                    Vec::new()
                },
                of_living: self.holders == "living",
                name: self.q.clone(),
                sort: match self.sort.as_str() {
                    "oldest" => RollSort::Oldest,
                    "name" => RollSort::Name,
                    _ => RollSort::Newest,
                },
                ..RollFilter::default()
            },
            under,
            page: self.page.parse().unwrap_or(1),
        })
    }

    /// The last day of the year at whose end they had begun.
    fn until_day(&self) -> Option<Date> {
        Date::new(self.until.parse().ok()?, 12, 31).ok()
    }

    /// The address with the same question, up to what comes next.
    fn address(&self, path: &str) -> String {
        query::asked(
            path,
            &[
                ("q", &self.q),
                ("title", &self.title),
                ("year", &self.year),
                ("until", &self.until),
                ("level", &self.level),
                ("place", &self.place),
                ("kind", &self.kind),
                ("holders", &self.holders),
                ("under", &self.under),
                ("sort", &self.sort),
            ],
        )
    }
}

#[derive(Template)]
#[template(path = "honour/honour/index.html")]
struct Index {
    frame: Frame,
    standards: Standards,
    asked: Asked,
    /// Codes and names, to narrow the roll to.
    places: Vec<(String, String)>,
    roll: RollPage,
}

impl Index {
    fn pages_base(&self) -> String {
        format!("{}page=", self.asked.address("/honours"))
    }

    fn export_address(&self, format: &str) -> String {
        format!("{}format={format}", self.asked.address("/honours/export"))
    }

    fn titles(&self) -> Vec<(String, String)> {
        let mut titles: Vec<(String, String)> = Vec::new();
        let all = self.standards.all();
        for title in all.iter().rev().flat_map(|standard| &standard.titles) {
            if titles.iter().all(|(key, _)| *key != title.key) {
                titles.push((title.key.clone(), self.frame.text(&title.name).to_owned()));
            }
        }
        titles
    }

    fn levels(&self) -> Vec<(String, String)> {
        HonourLevel::ALL
            .iter()
            .map(|level| {
                let name = honour::level_name(*level, self.frame.lang);
                (level.key().to_owned(), name.to_owned())
            })
            .collect()
    }

    /// Each programme's years together and one by one, the newest first, and those before all.
    fn years(&self) -> Vec<(String, String)> {
        let mut years = Vec::new();
        let mut begin = self.frame.today.year();
        for standard in self.standards.all().into_iter().rev() {
            let programme = &standard.programme;
            let (first, last) = (programme.first_year, programme.last_year);
            begin = first;
            years.push((format!("{first}-{last}"), format!("{first}—{last}")));
            years.extend(
                (first..=self.frame.today.year().min(last))
                    .rev()
                    .map(|year| (year.to_string(), year.to_string())),
            );
        }
        years.push((
            format!("1949-{}", begin - 1),
            self.frame.t1("{} 年以前", begin),
        ));
        years
    }

    fn sorts(&self) -> Vec<(String, String)> {
        [("", "新的在前"), ("oldest", "早的在前"), ("name", "按名称")]
            .map(|(key, word)| (key.to_owned(), self.frame.t(word).to_owned()))
            .into()
    }

    fn is_narrowed(&self) -> bool {
        self.asked.address("") != "?"
    }

    /// The titles of this year's plan that such a step gives, as they are called.
    fn given_by(&self, act: RouteAct) -> String {
        let standard = self.standards.of(self.frame.today.year());
        let given = |title: &_| title::takes(standard, title, act);
        title::called(self.frame.lang, standard, given)
    }

    fn title_name(&self, year: &i16, key: &str) -> String {
        title_name(&self.frame, &self.standards, *year, key)
    }

    fn level_name(&self, level: &HonourLevel) -> &'static str {
        honour::level_name(*level, self.frame.lang)
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }
}

pub(super) async fn index(
    State(app): State<App>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let roll = honours::roll(&app, frame.actor.as_ref(), &asked.query()?).await?;
    let places = divisions::choices(&app).await?;
    page(&Index {
        standards: app.standards.clone(),
        frame,
        asked,
        places,
        roll,
    })
}

pub(super) async fn export(
    State(app): State<App>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let headings = [
        "名称",
        "个人",
        "称号",
        "年度",
        "级别",
        "编号",
        "地区",
        "起始日期",
    ];
    let listed = Listed::of(&frame, "光荣册", "honours", &headings);
    let query = asked.query()?;
    let read = |portion| rows(&app, &frame, &query, portion);
    exports::streamed(listed, &asked.format, read).await
}

async fn rows(
    app: &App,
    frame: &Frame,
    query: &RollQuery,
    portion: (i64, i64),
) -> Result<Rows, PageError> {
    let (lines, total) = honours::export(app, frame.actor.as_ref(), query, portion).await?;
    let rows = lines.iter().map(|line| row(frame, &app.standards, line));
    Ok(Rows {
        rows: rows.collect(),
        total,
    })
}

fn row(frame: &Frame, standards: &Standards, line: &RollLine) -> Vec<Cell> {
    let entry = &line.entry;
    vec![
        Cell::Text(entry.holder_name.clone()),
        Cell::Text(entry.person_name.clone()),
        Cell::Text(title_name(frame, standards, entry.year, &entry.title)),
        Cell::Number(entry.year.into()),
        Cell::Text(honour::level_name(entry.level, frame.lang).to_owned()),
        Cell::Text(entry.number.clone()),
        Cell::Text(line.place.clone()),
        Cell::Text(entry.begun_on.to_string()),
    ]
}

/// As the programme of the year named it.
fn title_name(frame: &Frame, standards: &Standards, year: i16, key: &str) -> String {
    standards.title(year, key).map_or_else(
        || key.to_owned(),
        |title| frame.text(&title.name).to_owned(),
    )
}
