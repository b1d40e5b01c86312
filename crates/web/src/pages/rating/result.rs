//! The members' rating of a year: how far it is, what comes next, what it came to, for everybody who sees the unit.

use askama::Template;
use axum::extract::{Path, State};
use jianjia_app::{
    core::app::App,
    rating::poll::{self as polls, Held, PollPage},
};
use jianjia_domain::{
    core::{ids::UnitId, policy::Actor},
    rating::poll::{PollState, paper::Agreement, planning},
};
use jianjia_standard::check::Check;

use crate::{
    form::Problems,
    frame::Frame,
    page::{PageResult, page, unprocessable},
    pages::year::sheet::read_id,
    routes::{Access, Route},
    session::SignedIn,
};

mod plan;
mod result;

pub fn routes() -> Vec<Route> {
    let mut routes = vec![Route::get("/units/{id}/rating/{year}", Access::Seen, show)];
    routes.extend(plan::routes());
    routes.extend(result::routes());
    routes
}

/// The address of a year's rating.
pub fn address(unit: &UnitId, year: i16) -> String {
    format!("/units/{unit}/rating/{year}")
}

/// The standard's rule of the rating in words.
pub fn note(app: &App, frame: &Frame) -> String {
    let rating = app.standard.rating.as_ref();
    let note = rating.and_then(|rating| rating.note.as_ref());
    note.map_or_else(String::new, |note| frame.text(note).to_owned())
}

/// The fewest ballots of a roll with which the result counts.
pub fn quorum(app: &App, roll: i64) -> u64 {
    let rating = app.standard.rating.as_ref();
    rating.map_or(0, |rating| {
        rating.quorum.of(u64::try_from(roll).unwrap_or(0))
    })
}

/// One of the steps from planning to improving.
struct Step {
    words: &'static str,
    detail: String,
    /// `done`, `now` or `later`.
    state: &'static str,
    /// Where it is done; empty where there is nothing to do.
    href: String,
}

#[derive(Template)]
#[template(path = "rating/result/show.html")]
struct Show {
    frame: Frame,
    rating: PollPage,
    held: Option<Held>,
    steps: Vec<Step>,
    note: String,
    /// Criteria that ask for the rating: clause and text.
    asked: Vec<(String, String)>,
    problems: Problems,
    /// What was typed: the reason of an annulment, an improvement, a report.
    typed: String,
}

impl Show {
    fn state(&self) -> Option<PollState> {
        self.rating.poll.as_ref().map(|poll| poll.state())
    }

    /// Whether the poll may still be declared void.
    fn may_annul(&self) -> bool {
        let ended = [PollState::Abandoned, PollState::Annulled];
        self.rating.may_supervise && self.state().is_some_and(|state| !ended.contains(&state))
    }

    fn may_demand(&self) -> bool {
        let early = [PollState::Preparing, PollState::Open];
        self.rating.may_supervise && self.state().is_some_and(|state| early.contains(&state))
    }

    fn has_result(&self) -> bool {
        self.state().is_some_and(PollState::has_result)
    }

    /// Whether the result stays closed because too few voted.
    fn is_withheld(&self) -> bool {
        let poll = self.rating.poll.as_ref();
        let record = poll.and_then(|poll| poll.record());
        record.is_some_and(|record| record.is_withheld())
    }

    /// What the union above should look at, once the box is open.
    fn signals(&self) -> Vec<String> {
        let poll = self.rating.poll.as_ref();
        let record = poll.and_then(|poll| poll.record());
        record.map_or_else(Vec::new, |record| {
            let signals = record.signals.iter();
            signals
                .map(|signal| signal.sentence(self.frame.lang))
                .collect()
        })
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((id, year)): Path<(String, String)>,
) -> PageResult {
    let of = (read_id(&id)?, read_id(&year)?);
    let shown = read(&app, &actor, frame, (&of.0, of.1), Problems::none(), "").await?;
    page(&shown)
}

/// The page again, with what is wrong and what was typed.
pub async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    of: (&UnitId, i16),
    problems: Problems,
    typed: &str,
) -> PageResult {
    unprocessable(&read(app, actor, frame, of, problems, typed).await?)
}

async fn read(
    app: &App,
    actor: &Actor,
    frame: Frame,
    (unit, year): (&UnitId, i16),
    problems: Problems,
    typed: &str,
) -> Result<Show, crate::page::PageError> {
    let rating = polls::of_unit(app, actor, unit, year).await?;
    let held = match &rating.poll {
        Some(poll) if rating.may_hold || (rating.may_supervise && poll.slips_by_upper) => {
            Some(polls::held(app, actor, &poll.id).await?)
        }
        _ => None,
    };
    let steps = if rating.may_hold {
        steps(&frame, &rating, held.as_ref())
    } else {
        Vec::new()
    };
    Ok(Show {
        note: note(app, &frame),
        asked: asked(app, &frame),
        typed: typed.to_owned(),
        frame,
        rating,
        held,
        steps,
        problems,
    })
}

fn asked(app: &App, frame: &Frame) -> Vec<(String, String)> {
    let mut asked: Vec<(String, String)> = Vec::new();
    let criteria = app.standard.titles.iter().flat_map(|title| &title.criteria);
    for criterion in criteria {
        let parts = criterion.check.parts();
        let is_asked = parts
            .iter()
            .any(|check| matches!(check, Check::Rating { .. }));
        let is_known = asked.iter().any(|(clause, _)| *clause == criterion.clause);
        if is_asked && !is_known {
            let words = app.standard.criterion(&criterion.clause);
            let words = words.map_or_else(String::new, |found| frame.text(&found.text).to_owned());
            asked.push((criterion.clause.clone(), words));
        }
    }
    asked
}

/// The nine steps and how far each is.
fn steps(frame: &Frame, rating: &PollPage, held: Option<&Held>) -> Vec<Step> {
    let base = address(&rating.unit.id, rating.year);
    let poll = rating.poll.as_ref();
    // An ended poll counts for nothing: everything begins anew.
    let state = poll
        .map(|poll| poll.state())
        .filter(|state| !matches!(state, PollState::Abandoned | PollState::Annulled));
    let held = held.filter(|_| state.is_some());
    let at = |wanted: &[PollState]| state.is_some_and(|state| wanted.contains(&state));
    let (open, closed) = (PollState::Open, PollState::Closed);
    let later_than = |last: PollState| {
        let place = |state: PollState| PollState::ALL.iter().position(|known| *known == state);
        state.is_some_and(|state| place(state) > place(last))
    };
    let is_planned = held.is_some_and(|held| {
        state != Some(PollState::Preparing)
            || planning::may_open(&held.rules, &held.poll, frame.today).is_ok()
    });
    let issued = held.map_or(0, |held| held.issued);
    let roll = held.map_or(0, |held| held.poll.plan.roll);
    // Before the last day nobody is sent to end the voting.
    let is_last_day = held
        .and_then(|held| held.poll.plan.closes_on)
        .is_some_and(|day| day <= frame.today);
    let is_agreed = held.is_some_and(|held| matches!(held.paper, Agreement::Agreed { .. }));
    let state_of = |done: bool, now: bool| match (done, now) {
        (true, _) => "done",
        (false, true) => "now",
        _ => "later",
    };
    let work = poll.map_or_else(String::new, |poll| format!("/polls/{}", poll.id));
    let group = poll.map_or_else(String::new, |poll| format!("/polls/{}/group", poll.id));
    let step = |words, state, href: String, detail: String| Step {
        words,
        detail,
        state,
        href: if state == "later" {
            String::new()
        } else {
            href
        },
    };
    let plan_href = if state.is_none() || at(&[PollState::Preparing]) {
        format!("{base}/plan")
    } else {
        String::new()
    };
    let t = |words: &'static str| frame.t_fixed(words).to_owned();
    vec![
        step(
            "组小组，定名册",
            state_of(is_planned, true),
            plan_href,
            t("请 3 到 7 人组成工作小组，党组织、工会、会员代表都要有；写上有多少会员可以投票。"),
        ),
        step(
            "开始投票",
            state_of(later_than(PollState::Preparing), is_planned),
            if at(&[PollState::Preparing]) {
                work.clone()
            } else {
                String::new()
            },
            t("名册、测评对象和算法从这时起不能再改；给每位小组成员打印一张成员码。"),
        ),
        step(
            "制票，发票",
            state_of(
                later_than(open) || (at(&[open]) && issued >= roll),
                at(&[open]),
            ),
            if at(&[open]) {
                format!("{work}#slips")
            } else {
                String::new()
            },
            if issued > 0 {
                frame.t1(
                    "已制 {} 张。打印、剪开、放进票箱，请会员自己抽。",
                    frame.count(issued),
                )
            } else {
                t("打印、剪开、放进票箱，请会员自己抽。")
            },
        ),
        step(
            "会员投票",
            state_of(later_than(open), at(&[open]) && issued > 0),
            if at(&[open]) {
                work.clone()
            } else {
                String::new()
            },
            if at(&[open]) {
                frame.t1(
                    "应投 {} 人。投了多少张，工作小组成员凭成员码看。",
                    frame.count(roll),
                )
            } else {
                t("用手机扫票，或者用共用的平板；也可以填纸质票。")
            },
        ),
        step(
            "停止投票",
            state_of(later_than(open), at(&[open]) && is_last_day),
            if at(&[open]) {
                format!("{work}#closing")
            } else {
                String::new()
            },
            t("到了最后一天，或者大家都投完了。"),
        ),
        step(
            "录入纸质票",
            state_of(
                later_than(closed) || (at(&[closed]) && is_agreed),
                at(&[closed]),
            ),
            if at(&[closed]) {
                group.clone()
            } else {
                String::new()
            },
            t("两位成员各数各录，一致才算；没有纸质票也各录一次 0。"),
        ),
        step(
            "开箱计票",
            state_of(later_than(closed), at(&[closed]) && is_agreed),
            if at(&[closed]) {
                group.clone()
            } else {
                String::new()
            },
            t("两位成员一起，用两人的成员码打开票箱。"),
        ),
        step(
            "小组签字",
            state_of(at(&[PollState::Signed]), at(&[PollState::Counted])),
            if at(&[PollState::Counted]) {
                group
            } else {
                String::new()
            },
            t("过半数成员签字，结果就正式生效，写进“我的家”。"),
        ),
        step(
            "改进计划",
            state_of(
                rating.rating.is_some() && !rating.improvements.is_empty(),
                rating.rating.is_some(),
            ),
            "#improvements".to_owned(),
            t("看看会员写了什么，定几件改进的事，明年报告办得怎样。"),
        ),
    ]
}
