//! The trail for auditors: who did what, when, on what, and whether the chain holds.

use std::sync::atomic::Ordering;

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::core::{
    app::App,
    audit::{self as audits, EXPORTED, Question, TrailPage},
    export::{
        Made,
        long::{LongFile, format},
    },
    job::running::Running,
    standard::Standards,
};
use jianjia_documents::workbook::Cell;
use jianjia_domain::core::{
    audit::{AuditLine, Written, deed::Deed},
    export::{Export, ExportKind, LONG_FROM},
    job::JobStage,
    place::UnitKind,
    policy::{Act, Actor},
};
use serde::Deserialize;

use crate::{
    frame::Frame,
    page::{PageError, PageResult, page},
    pages::core::export::{Listed, ask},
    query,
    routes::{Access, Route},
    session::SignedIn,
    trail::{link, object, pairs},
};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/audit", Access::Act(Act::ReadAudit), index),
        Route::get("/audit/export", Access::Act(Act::ReadAudit), export),
    ]
}

/// What is asked for, as it stands in the address.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    act: String,
    noun_id: String,
    union: String,
    person: String,
    title: String,
    from: String,
    until: String,
    before: String,
    /// Of the file, `xlsx` or else `csv`.
    format: String,
}

impl Asked {
    fn question(&self) -> Question {
        Question {
            act: self.act.clone(),
            noun_id: self.noun_id.clone(),
            union: self.union.clone(),
            person: self.person.clone(),
            title: self.title.clone(),
            from: self.from.parse().ok(),
            until: self.until.parse().ok(),
            before: self.before.clone(),
        }
    }

    fn address(&self, path: &str) -> String {
        query::asked(path, &self.fields())
    }

    /// The question without the page, by the names of its fields.
    fn fields(&self) -> [(&str, &str); 7] {
        [
            ("act", &self.act),
            ("noun_id", &self.noun_id),
            ("union", &self.union),
            ("person", &self.person),
            ("title", &self.title),
            ("from", &self.from),
            ("until", &self.until),
        ]
    }
}

#[derive(Template)]
#[template(path = "core/audit/index.html")]
struct Index {
    frame: Frame,
    asked: Asked,
    trail: TrailPage,
    lines: Vec<Line>,
    titles: Vec<(String, String)>,
    /// Whether the person may have everything checked.
    may_verify: bool,
    may_archive: bool,
}

/// A line in words.
struct Line {
    at: String,
    who: String,
    deed: String,
    noun: String,
    object: String,
    /// The page of what was acted on.
    href: String,
    /// All lines about the same.
    same: String,
    unit: String,
    detail: Vec<(String, String)>,
}

impl Index {
    /// The address of the next page, with the same question.
    fn next(&self) -> Option<String> {
        let before = self.trail.next.as_ref()?;
        Some(format!("{}before={before}", self.asked.address("/audit")))
    }

    fn export(&self, format: &str) -> String {
        format!("{}format={format}", self.asked.address("/audit/export"))
    }
}

fn line(frame: &Frame, standards: &Standards, trail: &TrailPage, line: &AuditLine) -> Line {
    let named = trail.names.get(&line.noun_id);
    let unit = line.unit_id.map(|id| id.to_string());
    let unit = unit.and_then(|id| trail.units.get(&id).cloned());
    let unit = unit.unwrap_or_default();
    let object = object(frame, standards, line, named);
    Line {
        at: frame.minute(line.at),
        who: if line.account_name.is_empty() {
            frame.t("系统").to_owned()
        } else {
            line.account_name.clone()
        },
        deed: match &line.act {
            Written::Known(deed) => frame.t_fixed(deed.word()).to_owned(),
            Written::Foreign(text) => text.clone(),
        },
        noun: match &line.noun {
            Written::Known(noun) => frame.t_fixed(noun.word()).to_owned(),
            Written::Foreign(text) => text.clone(),
        },
        href: if trail.unshown.contains(&line.noun_id) {
            String::new()
        } else {
            link(line)
        },
        same: if line.noun_id.is_empty() {
            String::new()
        } else {
            query::asked("/audit", &[("noun_id", &line.noun_id)])
                .trim_end_matches('&')
                .to_owned()
        },
        unit: if object == unit { String::new() } else { unit },
        object,
        detail: pairs(frame, standards, &line.detail),
    }
}

async fn index(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let trail = audits::page(&app, &actor, &asked.question()).await?;
    let lines = trail.lines.iter();
    let lines = lines.map(|one| line(&frame, &app.standards, &trail, one));
    let titles = app.in_force().titles.iter();
    page(&Index {
        lines: lines.collect(),
        titles: titles
            .map(|title| (title.key.clone(), frame.text(&title.name).to_owned()))
            .collect(),
        may_verify: actor
            .roles
            .iter()
            .any(|at| at.unit.kind == UnitKind::City && frame.may(&Act::ReadAudit, &at.unit)),
        may_archive: frame
            .roles()
            .iter()
            .any(|at| frame.may(&Act::MakeArchive, &at.unit)),
        frame,
        asked,
        trail,
    })
}

/// The lines that are asked for as a table that spreadsheets open.
async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> PageResult {
    let question = asked.question();
    let trail = audits::export(&app, &actor, &question, LONG_FROM).await?;
    if trail.next.is_some() {
        let (kind, unit) = (ExportKind::Trail, audits::unit_of(&actor)?);
        let name = frame.t_fixed(kind.word());
        let mut fields = asked.fields().to_vec();
        fields.push(("format", asked.format.as_str()));
        return ask(frame, kind, &unit.id, (name, LONG_FROM), &fields);
    }
    let rows = rows(&frame, &app.standards, &trail);
    listed(&frame).answer(rows, &asked.format).await
}

fn listed(frame: &Frame) -> Listed {
    let headings = ["时间", "办理人", "事项", "对象", "名称", "单位", "内容"];
    Listed::of(frame, "审计记录", "audit", &headings)
}

fn rows(frame: &Frame, standards: &Standards, trail: &TrailPage) -> Vec<Vec<Cell>> {
    let row = |one: &AuditLine| {
        let line = line(frame, standards, trail, one);
        let colon = frame.t("：");
        let detail = line.detail.iter();
        let detail: Vec<String> = detail
            .map(|(what, is)| format!("{what}{colon}{is}"))
            .collect();
        let detail = detail.join(frame.t("；"));
        let (at, who, deed) = (line.at, line.who, line.deed);
        let row = [at, who, deed, line.noun, line.object, line.unit, detail];
        row.map(Cell::Text).into()
    };
    trail.lines.iter().map(row).collect()
}

/// Lines read at a time.
const PORTION: i64 = 1_000;

/// The lines as the file of a job, read portion by portion.
pub(crate) async fn made(
    app: &App,
    actor: &Actor,
    frame: &Frame,
    export: &Export,
    running: &Running,
) -> Result<Made, PageError> {
    running.begin(JobStage::Reading, 0);
    let read = running.counter();
    let asked: Asked = query::of_fields(&export.asked)?;
    let mut question = asked.question();
    let listed = listed(frame);
    let mut file = LongFile::begin(&listed.sheet(), &listed.columns(), format(&asked.format))?;
    loop {
        let trail = audits::export(app, actor, &question, PORTION).await?;
        file = file.push(rows(frame, &app.standards, &trail)).await?;
        read.store(file.rows(), Ordering::Relaxed);
        match trail.next {
            Some(before) if file.rows() < EXPORTED => question.before = before,
            Some(_) => {
                let more = frame.t1("只导出最近 {} 行，更早的请缩小日期范围再导出。", EXPORTED);
                file = file.push(vec![vec![Cell::Text(more)]]).await?;
                break;
            }
            None => break,
        }
    }
    running.begin(JobStage::Saving, file.rows());
    Ok(file.end(&listed.name).await?)
}
