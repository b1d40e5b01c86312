//! The honour roll, an honour with its story, and what its federation can do with it.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::IntoResponse,
};
use jianjia_app::{
    app::App,
    honours::{
        self, ChangeInput, HonourPlace, HonourView, RollFilter, RollLine, RollPage, RollQuery,
        RollSort,
    },
};
use jianjia_documents::workbook::{self, Cell, Column, Table};
use jianjia_domain::{
    honour::{self, Honour, HonourAct, HonourEvent, HonourState},
    ids::HonourId,
    policy::Act,
    unit::UnitKind,
};
use jianjia_standard::{Standard, kinds::HonourLevel};
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    routes::{Access, Route},
    session::SignedIn,
    visit::percent_encoded,
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/honours", Access::Public, index),
        Route::get("/honours/export", Access::Public, export),
        Route::get("/honours/{id}", Access::Public, show),
        Route::get(
            "/honours/{id}/change",
            Access::Act(Act::ChangeHonour),
            change,
        ),
        Route::post(
            "/honours/{id}/change",
            Access::Act(Act::ChangeHonour),
            make_change,
        ),
        Route::get(
            "/honours/{id}/reconfirmation",
            Access::Act(Act::ReconfirmHonour),
            reconfirmation,
        ),
        Route::post(
            "/honours/{id}/reconfirmation",
            Access::Act(Act::ReconfirmHonour),
            reconfirm,
        ),
        Route::get(
            "/honours/batches/{batch}",
            Access::Act(Act::ChangeHonour),
            batch,
        ),
        Route::post(
            "/honours/batches/{batch}",
            Access::Act(Act::ChangeHonour),
            withdraw,
        ),
    ]
}

/// What is asked for, as it stands in the address. A year is `2016`, or `2016-2020`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub q: String,
    pub title: String,
    pub year: String,
    pub level: String,
    pub place: String,
    pub kind: String,
    pub under: String,
    pub sort: String,
    pub page: String,
    pub format: String,
}

impl Asked {
    fn query(&self) -> Result<RollQuery, PageError> {
        let (from, to) = self
            .year
            .split_once('-')
            .unwrap_or((self.year.as_str(), self.year.as_str()));
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let under = match some(&self.under) {
            Some(id) => Some(id.parse().map_err(|_| PageError::NotFound)?),
            None => None,
        };
        Ok(RollQuery {
            filter: RollFilter {
                title: some(&self.title),
                level: self.level.parse().ok(),
                year_from: from.parse().ok(),
                year_to: to.parse().ok(),
                division: some(&self.place),
                kinds: if self.kind == "grassroots" {
                    vec![UnitKind::Grassroots, UnitKind::Direct]
                } else {
                    Vec::new()
                },
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

    /// The address with the same question, up to what comes next.
    fn address(&self, path: &str) -> String {
        let parts = [
            ("q", &self.q),
            ("title", &self.title),
            ("year", &self.year),
            ("level", &self.level),
            ("place", &self.place),
            ("kind", &self.kind),
            ("under", &self.under),
            ("sort", &self.sort),
        ];
        let mut address = format!("{path}?");
        for (name, value) in parts {
            if !value.is_empty() {
                address.push_str(&format!("{name}={}&", percent_encoded(value)));
            }
        }
        address
    }
}

#[derive(Template)]
#[template(path = "honours/index.html")]
struct Index {
    frame: Frame,
    standard: Arc<Standard>,
    asked: Asked,
    places: Vec<HonourPlace>,
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
        self.standard
            .titles
            .iter()
            .map(|title| (title.key.clone(), self.frame.text(&title.name).to_owned()))
            .collect()
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

    /// The programme's years together and one by one, and those before.
    fn years(&self) -> Vec<(String, String)> {
        let programme = &self.standard.programme;
        let (first, last) = (programme.first_year, programme.last_year);
        let mut years = vec![(format!("{first}-{last}"), format!("{first}—{last}"))];
        years.extend(
            (first..=self.frame.today.year().min(last))
                .rev()
                .map(|year| (year.to_string(), year.to_string())),
        );
        years.push((
            format!("1949-{}", first - 1),
            self.frame.t1("{} 年以前", first),
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

    fn title_name(&self, key: &str) -> String {
        title_name(&self.frame, &self.standard, key)
    }

    fn level_name(&self, honour: &Honour) -> &'static str {
        honour::level_name(honour.level, self.frame.lang)
    }

    fn offered_places(&self) -> Vec<(String, String)> {
        self.places
            .iter()
            .map(|place| (place.code.clone(), place.name.clone()))
            .collect()
    }

    fn problems(&self) -> Problems {
        Problems::none()
    }
}

async fn index(State(app): State<App>, frame: Frame, Query(asked): Query<Asked>) -> PageResult {
    let roll = honours::roll(&app, frame.actor.as_ref(), &asked.query()?).await?;
    let places = honours::places(&app).await?;
    page(&Index {
        standard: app.standard.clone(),
        frame,
        asked,
        places,
        roll,
    })
}

async fn export(State(app): State<App>, frame: Frame, Query(asked): Query<Asked>) -> PageResult {
    let lines = honours::export(&app, frame.actor.as_ref(), &asked.query()?).await?;
    let table = Table {
        name: frame.t("光荣册").to_owned(),
        columns: [
            "名称",
            "个人",
            "称号",
            "年度",
            "级别",
            "编号",
            "地区",
            "起始日期",
        ]
        .map(|word| Column::plain(frame.t(word)))
        .into(),
        rows: lines
            .iter()
            .map(|line| row(&frame, &app.standard, line))
            .collect(),
    };
    // A workbook of the whole city takes a while: not on the threads that answer pages.
    let as_workbook = asked.format == "xlsx";
    let bytes = tokio::task::spawn_blocking(move || {
        if as_workbook {
            workbook::workbook(&[table], &[])
        } else {
            workbook::csv(&table)
        }
    })
    .await
    .map_err(anyhow::Error::from)?
    .map_err(|error| anyhow::anyhow!("the honour roll as a file: {error}"))?;
    let (kind, name) = if as_workbook {
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "honours.xlsx",
        )
    } else {
        ("text/csv; charset=utf-8", "honours.csv")
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}

fn row(frame: &Frame, standard: &Standard, line: &RollLine) -> Vec<Cell> {
    let honour = &line.honour;
    vec![
        Cell::Text(honour.holder_name.clone()),
        Cell::Text(honour.person_name.clone()),
        Cell::Text(title_name(frame, standard, &honour.title)),
        Cell::Number(honour.year.into()),
        Cell::Text(honour::level_name(honour.level, frame.lang).to_owned()),
        Cell::Text(honour.number.clone()),
        Cell::Text(line.place.clone()),
        Cell::Text(honour.begun_on.to_string()),
    ]
}

#[derive(Template)]
#[template(path = "honours/show.html")]
struct Show {
    frame: Frame,
    standard: Arc<Standard>,
    view: HonourView,
}

impl Show {
    fn honour(&self) -> &Honour {
        &self.view.line.honour
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.honour().title)
    }

    fn level_name(&self) -> &'static str {
        honour::level_name(self.honour().level, self.frame.lang)
    }

    fn begun_on(&self) -> String {
        self.frame.day(self.honour().begun_on)
    }

    fn year(&self) -> String {
        self.honour().year.to_string()
    }

    fn named_by(&self) -> String {
        self.view
            .named_by
            .as_ref()
            .map_or_else(String::new, |unit| unit.name.clone())
    }

    fn reconfirmed_by(&self) -> Option<String> {
        self.honour().reconfirmed.then(|| {
            self.view
                .reconfirmed_by
                .as_ref()
                .map_or_else(String::new, |unit| unit.name.clone())
        })
    }

    /// The last thing that took the title out of force.
    fn because(&self) -> Option<&HonourEvent> {
        let act = match self.honour().state {
            HonourState::InForce => return None,
            HonourState::Suspended => HonourAct::Suspended,
            HonourState::Revoked => HonourAct::Revoked,
            HonourState::Withdrawn => HonourAct::Withdrawn,
        };
        self.view.events.iter().rev().find(|event| event.act == act)
    }

    fn event_day(&self, event: &HonourEvent) -> String {
        self.frame.day(jianjia_domain::day::day_of(event.at))
    }
}

async fn show(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> PageResult {
    let view = honours::view(&app, frame.actor.as_ref(), &read_id(&id)?).await?;
    page(&Show {
        standard: app.standard.clone(),
        frame,
        view,
    })
}

/// What the forms of one honour bring.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ChangeForm {
    act: String,
    reason: String,
    document_number: String,
    revision: String,
}

impl ChangeForm {
    fn input(&self) -> ChangeInput {
        ChangeInput {
            reason: self.reason.clone(),
            document_number: self.document_number.clone(),
            revision: self.revision.parse().unwrap_or(0),
        }
    }
}

#[derive(Template)]
#[template(path = "honours/change.html")]
struct Change {
    frame: Frame,
    standard: Arc<Standard>,
    view: HonourView,
    problems: Problems,
    form: ChangeForm,
}

impl Change {
    fn honour(&self) -> &Honour {
        &self.view.line.honour
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.honour().title)
    }

    fn acts(&self) -> Vec<(String, String)> {
        self.view
            .acts
            .iter()
            .map(|act| {
                let words = match act {
                    HonourAct::Suspended => "暂停：查清之前不再有效，可以恢复",
                    HonourAct::Resumed => "恢复：重新有效",
                    HonourAct::Revoked => "撤销：不再有效，不能恢复",
                    _ => act.word(),
                };
                (act.key().to_owned(), self.frame.t(words).to_owned())
            })
            .collect()
    }
}

async fn change(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    let id = read_id(&id)?;
    let view = honours::view(&app, Some(&actor), &id).await?;
    honours::may_change(&app, &actor, &id).await?;
    let form = ChangeForm {
        revision: view.line.honour.revision.to_string(),
        ..ChangeForm::default()
    };
    page(&Change {
        standard: app.standard.clone(),
        frame,
        view,
        problems: Problems::none(),
        form,
    })
}

async fn make_change(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<ChangeForm>,
) -> PageResult {
    let id = read_id(&id)?;
    let act = HonourAct::from_key(&form.act);
    let done = match act {
        Some(act) => honours::change(&app, &actor, &id, act, &form.input()).await,
        None => honours::no_act_chosen(&app, &actor, &id).await,
    };
    match told(done, &frame)? {
        Ok(honour) => see_other_with(
            &format!("/honours/{id}"),
            match honour.state {
                HonourState::Suspended => "称号已暂停，记录在下面的经过里。",
                HonourState::Revoked => "称号已撤销，记录在下面的经过里。",
                _ => "称号已恢复，记录在下面的经过里。",
            },
        ),
        Err(problems) => unprocessable(&Change {
            standard: app.standard.clone(),
            view: honours::view(&app, Some(&actor), &id).await?,
            frame,
            problems,
            form,
        }),
    }
}

#[derive(Template)]
#[template(path = "honours/reconfirmation.html")]
struct Reconfirmation {
    frame: Frame,
    standard: Arc<Standard>,
    view: HonourView,
    problems: Problems,
    form: ChangeForm,
}

impl Reconfirmation {
    fn honour(&self) -> &Honour {
        &self.view.line.honour
    }

    fn title_name(&self) -> String {
        title_name(&self.frame, &self.standard, &self.honour().title)
    }

    fn rule(&self) -> String {
        self.standard
            .equivalence
            .as_ref()
            .map_or_else(String::new, |rule| self.frame.text(&rule.text).to_owned())
    }
}

async fn reconfirmation(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
) -> PageResult {
    let id = read_id(&id)?;
    let view = honours::view(&app, Some(&actor), &id).await?;
    honours::may_reconfirm(&app, &actor, &id).await?;
    let form = ChangeForm {
        revision: view.line.honour.revision.to_string(),
        ..ChangeForm::default()
    };
    page(&Reconfirmation {
        standard: app.standard.clone(),
        frame,
        view,
        problems: Problems::none(),
        form,
    })
}

async fn reconfirm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(form): Form<ChangeForm>,
) -> PageResult {
    let id = read_id(&id)?;
    match told(
        honours::reconfirm(&app, &actor, &id, &form.input()).await,
        &frame,
    )? {
        Ok(_) => see_other_with(
            &format!("/honours/{id}"),
            "已记下复核结果：持有者可以直接作为信赖一级的候选。",
        ),
        Err(problems) => unprocessable(&Reconfirmation {
            standard: app.standard.clone(),
            view: honours::view(&app, Some(&actor), &id).await?,
            frame,
            problems,
            form,
        }),
    }
}

/// What the withdrawal of a batch brings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct WithdrawForm {
    seen: Vec<String>,
    reason: String,
    document_number: String,
}

#[derive(Template)]
#[template(path = "honours/batch.html")]
struct Batch {
    frame: Frame,
    standard: Arc<Standard>,
    batch: String,
    honours: Vec<Honour>,
    problems: Problems,
    form: WithdrawForm,
}

impl Batch {
    fn title_name(&self, honour: &Honour) -> String {
        title_name(&self.frame, &self.standard, &honour.title)
    }

    /// Those that would be withdrawn.
    fn standing(&self) -> Vec<&Honour> {
        self.honours
            .iter()
            .filter(|honour| matches!(honour.state, HonourState::InForce | HonourState::Suspended))
            .collect()
    }

    fn goes(&self, honour: &Honour) -> bool {
        matches!(honour.state, HonourState::InForce | HonourState::Suspended)
    }

    fn token(&self, honour: &Honour) -> String {
        honours::batch_token(honour)
    }
}

async fn batch(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(batch): Path<String>,
) -> PageResult {
    let honours = honours::batch(&app, &actor, &batch).await?;
    page(&Batch {
        standard: app.standard.clone(),
        frame,
        batch,
        honours,
        problems: Problems::none(),
        form: WithdrawForm::default(),
    })
}

async fn withdraw(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(batch): Path<String>,
    Form(form): Form<WithdrawForm>,
) -> PageResult {
    let input = ChangeInput {
        reason: form.reason.clone(),
        document_number: form.document_number.clone(),
        revision: 0,
    };
    let done = honours::withdraw_batch(&app, &actor, &batch, &form.seen, &input).await;
    match told(done, &frame)? {
        Ok(_) => see_other_with(
            &format!("/honours/batches/{batch}"),
            "这一批称号已收回，每个称号的经过里都有记录。",
        ),
        Err(problems) => unprocessable(&Batch {
            standard: app.standard.clone(),
            honours: honours::batch(&app, &actor, &batch).await?,
            frame,
            batch,
            problems,
            form,
        }),
    }
}

fn title_name(frame: &Frame, standard: &Standard, key: &str) -> String {
    standard.title(key).map_or_else(
        || key.to_owned(),
        |title| frame.text(&title.name).to_owned(),
    )
}

fn read_id(id: &str) -> Result<HonourId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}
