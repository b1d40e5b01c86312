//! The page of the log: the activities month by month, newest first, with the months and quarters that have none.

use askama::Template;
use axum::extract::{Query, State};
use jianjia_app::{
    core::app::App,
    year::activity::{self as activities, ActivityLog},
};
use jianjia_domain::{
    core::ids::UnitId,
    year::activity::{Activity, ActivityInput, PeriodOfLog},
};
use jianjia_standard::period::{Every, Period};
use jiff::civil::Date;
use serde::Deserialize;

use super::kinds;
use crate::{
    form::Problems,
    frame::Frame,
    page::{PageResult, page},
    pages::year::{address, evidence::ACCEPT},
    path::Path,
    request_key,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "year/activity/list.html")]
pub(super) struct List {
    frame: Frame,
    log: ActivityLog,
    kinds: Vec<(String, String)>,
    rhythms: Vec<RhythmView>,
    months: Vec<Month>,
    input: ActivityInput,
    /// Whether the form is for a period in which an activity is missing; its first day is filled in then.
    is_for_period: bool,
    request_key: String,
    problems: Problems,
}

struct RhythmView {
    /// 每季度至少 1 次
    title: String,
    clause: String,
    periods: Vec<PeriodView>,
    missing: usize,
}

struct PeriodView {
    name: String,
    state: &'static str,
    words: String,
    /// Where to log an activity of a period that has none.
    href: String,
}

/// The activities of a calendar month.
pub(super) struct Month {
    name: String,
    is_missing: bool,
    /// Where to log an activity of the month.
    href: String,
    pub(super) activities: Vec<Row>,
}

pub(super) struct Row {
    id: String,
    year: i16,
    day: String,
    pub(super) held_on: String,
    pub(super) kind: String,
    pub(super) title: String,
    participants: String,
    pub(super) number: Option<i64>,
    pub(super) note: String,
    /// Address, name, and whether it is a picture.
    pub(super) evidence: Vec<(String, String, bool)>,
}

/// `?from=2016-09-01`: the form for an activity of the period that begins on the day.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ForPeriod {
    from: String,
}

pub(super) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<UnitId>,
    Query(ForPeriod { from }): Query<ForPeriod>,
) -> PageResult {
    let log = activities::read(&app, &actor, &id).await?;
    let begins = from.parse::<Date>().ok();
    let input = ActivityInput {
        held_on: begins.map_or_else(String::new, |day| day.to_string()),
        ..ActivityInput::default()
    };
    let mut list = list_page(&app, frame, log, input, Problems::none());
    list.is_for_period = begins.is_some();
    page(&list)
}

impl List {
    fn day_hint(&self) -> &'static str {
        self.frame.t_fixed(if self.is_for_period {
            "已先填上所缺时段的第一天，请改成实际举办的那一天。"
        } else {
            "办完以后登记；补登以前的也可以。"
        })
    }
}

/// Where an activity of a period is logged.
fn log_in(log: &ActivityLog, period: Period) -> String {
    let activities = address::activities(&log.unit.id);
    format!("{activities}?from={}#log", period.first_day())
}

pub(super) fn list_page(
    app: &App,
    frame: Frame,
    log: ActivityLog,
    input: ActivityInput,
    problems: Problems,
) -> List {
    let kinds = kinds(app, &frame, log.as_of.year());
    let rhythms = log
        .rhythms
        .iter()
        .map(|rhythm| {
            let title = app.standards.of(log.as_of.year()).title(&rhythm.title);
            RhythmView {
                title: match rhythm.every {
                    Every::Month => frame.t("每月至少一次").to_owned(),
                    Every::Quarter => frame.t("每季度至少一次").to_owned(),
                    Every::Year => frame.t("每年至少一次").to_owned(),
                },
                clause: format!(
                    "{} {}",
                    title.map_or("", |title| frame.text(&title.name)),
                    rhythm.clause
                ),
                periods: rhythm
                    .periods
                    .iter()
                    .map(|period| period_view(&frame, &log, period))
                    .collect(),
                missing: rhythm.missing(),
            }
        })
        .collect();
    List {
        months: months(app, &frame, &log),
        kinds,
        rhythms,
        request_key: request_key::fresh(app),
        log,
        input,
        is_for_period: false,
        problems,
        frame,
    }
}

fn period_view(frame: &Frame, log: &ActivityLog, period: &PeriodOfLog) -> PeriodView {
    let (state, words) = if period.activities > 0 {
        ("met", frame.t1("{} 次", period.activities))
    } else if period.before_founding {
        ("na", frame.t("未成立").to_owned())
    } else if period.is_running {
        ("open", frame.t("还没有").to_owned())
    } else {
        ("unmet", frame.t("缺").to_owned())
    };
    PeriodView {
        name: period.period.name(frame.lang),
        state,
        words,
        href: if log.may_log && period.is_missing() {
            log_in(log, period.period)
        } else {
            String::new()
        },
    }
}

/// The months of the log, newest first, with the empty ones of a monthly rhythm in their places.
pub(super) fn months(app: &App, frame: &Frame, log: &ActivityLog) -> Vec<Month> {
    let running = Period::of(Every::Month, log.as_of);
    let monthly = log
        .rhythms
        .iter()
        .find(|rhythm| rhythm.every == Every::Month);
    (0..=15)
        .map(|back| Period {
            every: Every::Month,
            index: running.index - back,
        })
        .map(|period| {
            let in_month =
                |activity: &&Activity| Period::of(Every::Month, activity.held_on) == period;
            let activities: Vec<Row> = log
                .activities
                .iter()
                .filter(in_month)
                .map(|activity| row(app, frame, log, activity))
                .collect();
            let is_missing = monthly
                .and_then(|rhythm| rhythm.periods.iter().find(|known| known.period == period))
                .is_some_and(PeriodOfLog::is_missing);
            Month {
                name: period.name(frame.lang),
                is_missing,
                href: log_in(log, period),
                activities,
            }
        })
        .filter(|month| month.is_missing || !month.activities.is_empty())
        .collect()
}

fn row(app: &App, frame: &Frame, log: &ActivityLog, activity: &Activity) -> Row {
    let kind = app
        .standards
        .of(activity.held_on.year())
        .activity_kind(&activity.kind);
    Row {
        id: activity.id.to_string(),
        year: activity.held_on.year(),
        day: frame.day(activity.held_on),
        held_on: activity.held_on.to_string(),
        number: activity.participants,
        kind: kind.map_or_else(String::new, |kind| frame.text(&kind.name).to_owned()),
        title: activity.title.clone(),
        participants: activity.participants.map_or_else(String::new, |count| {
            frame.t1("{} 人参加", frame.count(count))
        }),
        note: activity.note.clone(),
        evidence: log
            .evidence
            .get(&activity.id)
            .map_or_else(Vec::new, |kept| {
                kept.iter()
                    .map(|kept| {
                        let is_image = kept.media_type.is_image();
                        (address::file(&kept.id), kept.name.clone(), is_image)
                    })
                    .collect()
            }),
    }
}
