//! The units below a federation that may miss the round, and one reminder to all of them or those ticked, shown before it is sent.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    office::risk::{self as risks, Chosen, Preview, Question, RiskPage, Term, USUAL_WAIT},
};
use jianjia_domain::{
    core::{day, ids::UnitId, policy::Act},
    office::risk::{AtRisk, Risk},
};
use jianjia_standard::Standard;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{
        core::export::download,
        office::{address, risk::export::AtRiskBelow},
    },
    path::{self, Path},
    query,
    routes::{Access, Route},
    session::SignedIn,
};

pub(crate) mod export;

pub fn routes() -> Vec<Route> {
    const REMIND: Access = Access::Act(Act::RemindBelow);
    vec![
        Route::get("/units/{id}/risk", REMIND, list),
        Route::get("/units/{id}/risk/export", REMIND, download::<AtRiskBelow>),
        Route::post("/units/{id}/risk", REMIND, preview),
        Route::post("/units/{id}/risk/reminder", REMIND, remind),
    ]
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    risk: String,
    days: String,
    page: String,
}

impl Asked {
    fn question(&self) -> Question {
        Question {
            risk: Risk::from_key(&self.risk).unwrap_or(Risk::NotBegun),
            days: self.days.trim().parse().unwrap_or(USUAL_WAIT),
        }
    }
}

#[derive(Template)]
#[template(path = "office/risk/list.html")]
struct List {
    frame: Frame,
    risk: RiskPage,
    days: String,
    /// Until when, in words.
    term: String,
    /// How many are at each risk.
    tabs: Vec<(Risk, i64)>,
    problems: Problems,
}

impl List {
    fn has_files(&self) -> bool {
        self.risk.question.risk == Risk::Waiting
    }

    /// Whether there is still somebody to remind.
    fn reminds(&self) -> bool {
        self.risk.term.allows(self.risk.question.risk)
    }

    /// What the list is of: until the last day those who may miss it, after it those who did.
    fn lead(&self) -> String {
        let (frame, risk) = (&self.frame, &self.risk);
        let (name, year) = (&risk.federation.name, risk.year);
        let of = match (risk.term.is_over, risk.question.risk) {
            (false, _) => frame.t2("{}下面 {} 年度可能赶不上的单位。", name, year),
            (true, Risk::NotBegun | Risk::NotApplied) => {
                frame.t2("{}下面 {} 年度没有在期限内申报的单位。", name, year)
            }
            (true, Risk::NotRated) => {
                frame.t2("{}下面 {} 年度到期没有测评结果的单位。", name, year)
            }
            (true, Risk::Waiting) => frame.t2("{}下面 {} 年度到期没有审核完的单位。", name, year),
        };
        format!("{of}{}", self.term)
    }

    fn tab(&self, risk: &Risk) -> String {
        address::risk(&self.risk.federation.id, *risk)
    }

    fn waits(&self) -> Vec<(String, String)> {
        [3, 5, 10, 20]
            .map(|days| (days.to_string(), self.frame.t1("{} 个工作日以上", days)))
            .into()
    }

    fn base(&self) -> String {
        let question = self.risk.question;
        let parts = [("risk", question.risk.key()), ("days", self.days.as_str())];
        let path = format!("/units/{}/risk", self.risk.federation.id);
        format!("{}page=", query::asked(&path, &parts))
    }

    fn export_href(&self) -> String {
        let question = self.risk.question;
        let parts = [("risk", question.risk.key()), ("days", self.days.as_str())];
        let path = format!("/units/{}/risk/export", self.risk.federation.id);
        query::asked(&path, &parts) + "format=xlsx"
    }

    /// What is missing at a unit.
    fn missing(&self, line: &AtRisk) -> String {
        missing(&self.frame, line)
    }
}

fn missing(frame: &Frame, line: &AtRisk) -> String {
    if line.files > 0 {
        let since = line.oldest_at.map(|at| frame.day(day::day_of(at)));
        return frame.t2(
            "{} 份申报，最早的从 {} 等到现在",
            line.files,
            since.unwrap_or_default(),
        );
    }
    let mut missing = Vec::new();
    if !line.has_begun {
        missing.push(frame.t("年度表没有填").to_owned());
    } else if line.answered < line.asked {
        missing.push(frame.t2("年度表填了 {}/{}", line.answered, line.asked));
    }
    if !line.has_applied {
        missing.push(frame.t("没有申报").to_owned());
    }
    if !line.is_rated {
        missing.push(frame.t("没有测评结果").to_owned());
    }
    missing.join(frame.t("、"))
}

async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let number = asked.page.trim().parse().unwrap_or(1);
    let risk = risks::list(&app, &actor, &id, asked.question(), number).await?;
    page(&list_of(&app, frame, risk, Problems::none()))
}

fn list_of(app: &App, frame: Frame, risk: RiskPage, problems: Problems) -> List {
    List {
        days: risk.question.days.to_string(),
        term: term(&frame, app.in_force(), &risk.term),
        tabs: Risk::ALL.map(|of| (of, risk.counts.of(of))).into(),
        risk,
        problems,
        frame,
    }
}

/// The last day, with the working days until then.
fn term(frame: &Frame, standard: &Standard, term: &Term) -> String {
    let day = frame.day(term.until);
    if term.is_over {
        return frame.t1("最后一天是 {}，已经过了。", day);
    }
    let days = &standard.working_days;
    let left = days.working_days_between(frame.today, term.until);
    frame.t2("最后一天是 {}，还有 {} 个工作日。", day, left.value)
}

#[derive(Template)]
#[template(path = "office/risk/preview.html")]
struct PreviewPage {
    frame: Frame,
    preview: Preview,
    /// The units ticked; empty: all.
    chosen: Vec<String>,
    is_all: bool,
    term: String,
}

impl PreviewPage {
    fn missing(&self, line: &AtRisk) -> String {
        missing(&self.frame, line)
    }

    fn back(&self) -> String {
        address::risk(&self.preview.federation.id, self.preview.question.risk)
    }

    /// Those that are named.
    fn named(&self) -> &[AtRisk] {
        let units = &self.preview.units;
        units.get(..NAMED).unwrap_or(units)
    }

    fn without_account(&self) -> &[String] {
        let names = &self.preview.without_account;
        names.get(..NAMED).unwrap_or(names)
    }

    fn unnamed(&self) -> usize {
        self.preview.units.len().saturating_sub(NAMED)
    }

    fn total(&self) -> String {
        let (units, people) = (self.preview.units.len(), self.preview.people);
        let (units, people) = (self.frame.count(units), self.frame.count(people));
        self.frame.t2("将提醒 {} 个单位的 {} 个人", units, people)
    }
}

/// So many units are named on the preview; the others are counted.
const NAMED: usize = 100;

/// What was asked and ticked on the list.
fn read(fields: &Fields) -> Result<(Question, Chosen), PageError> {
    let asked = Asked {
        risk: fields.first("risk").to_owned(),
        days: fields.first("days").to_owned(),
        ..Asked::default()
    };
    let chosen = if fields.first("how") == "all" {
        Chosen::All
    } else {
        let units: Result<Vec<UnitId>, PageError> = fields.all("chosen").map(path::read).collect();
        Chosen::These(units?)
    };
    Ok((asked.question(), chosen))
}

async fn preview(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let (question, chosen) = read(&fields)?;
    let tried = risks::preview(&app, &actor, &id, question, &chosen).await;
    match told(tried, &frame)? {
        Ok(preview) => page(&PreviewPage {
            chosen: match &chosen {
                Chosen::All => Vec::new(),
                Chosen::These(units) => units.iter().map(ToString::to_string).collect(),
            },
            is_all: chosen == Chosen::All,
            term: term(&frame, app.in_force(), &preview.term),
            preview,
            frame,
        }),
        Err(problems) => again(&app, &actor, frame, &id, question, problems).await,
    }
}

async fn remind(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let (question, chosen) = read(&fields)?;
    let sent = risks::remind(&app, &actor, &id, question, &chosen).await;
    match told(sent, &frame)? {
        Ok(sent) => {
            let words = frame.t2(
                "已提醒 {} 个单位的 {} 个人。",
                frame.count(sent.units.len()),
                frame.count(sent.people),
            );
            see_other_with(&address::risk(&id, question.risk), &words)
        }
        Err(problems) => again(&app, &actor, frame, &id, question, problems).await,
    }
}

/// The list again, with what is wrong.
async fn again(
    app: &App,
    actor: &jianjia_domain::core::policy::Actor,
    frame: Frame,
    id: &UnitId,
    question: Question,
    problems: Problems,
) -> PageResult {
    let risk = risks::list(app, actor, id, question, 1).await?;
    unprocessable(&list_of(app, frame, risk, problems))
}
