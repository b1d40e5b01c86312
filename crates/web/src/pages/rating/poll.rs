//! A poll as its union works on it: opening, members' papers, turnout, closing, ending; the hand-out list.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::{app::App, error::Error},
    rating::{
        paper::of_poll,
        poll::{self as polls, Held},
    },
};
use jianjia_domain::{
    core::{
        ids::PollId,
        policy::{Act, Actor},
        refusal::Refusal,
    },
    rating::poll::{
        Poll, PollState,
        paper::Agreement,
        planning,
        refusal::PollRefusal,
        roll,
        slip::{self, SlipBatch},
    },
};
use jianjia_standard::programme::BallotRules;
use serde::Deserialize;

use crate::{
    form::{Form, Problems, told},
    frame::Frame,
    page::{PageResult, page, see_other_with, unprocessable},
    pages::{
        rating::{address, result as ratings},
        year,
    },
    paper::{self, Link},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

mod papers;
mod supervision;

pub fn routes() -> Vec<Route> {
    const HOLD: Access = Access::Act(Act::HoldPoll);
    const SUPERVISE: Access = Access::Act(Act::SupervisePoll);
    const CONSENT: Access = Access::Act(Act::ConsentToPoll);
    vec![
        Route::get("/polls/{id}", HOLD, show),
        Route::get("/polls/{id}/roll", HOLD, roll),
        Route::post("/polls/{id}/opening", HOLD, papers::open),
        Route::post("/polls/{id}/codes", HOLD, papers::renew),
        Route::post("/polls/{id}/closing", HOLD, close),
        Route::post("/polls/{id}/abandonment", HOLD, abandon),
        Route::post("/polls/{id}/slip-demand", SUPERVISE, supervision::demand),
        Route::post("/polls/{id}/annulment", SUPERVISE, supervision::annul),
        Route::post("/polls/{id}/consent", CONSENT, supervision::consent),
    ]
}

/// What was typed into the forms of the poll's page.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub number: String,
    pub code: String,
    pub reason: String,
}

#[derive(Template)]
#[template(path = "rating/poll/show.html")]
pub struct Show {
    frame: Frame,
    held: Held,
    /// The standard's rule in words.
    note: String,
    /// The fewest ballots with which the result counts.
    quorum: u64,
    /// The sum of the result that it would replace.
    replaced_sum: Option<String>,
    /// What its plan lacks before the poll can be opened, each a sentence.
    missing: Vec<String>,
    problems: Problems,
    typed: Typed,
    papers: Vec<Link>,
}

impl Show {
    fn is(&self, key: &str) -> bool {
        self.held.poll.state().key() == key
    }

    /// How many of the group sign.
    fn signatures(&self) -> String {
        let of = self.held.rules.group.signatures;
        jianjia_words::format::majority(self.frame.lang, of)
    }

    fn tick_of(&self, batch: &SlipBatch) -> String {
        crate::pages::rating::slip::tick_of(batch.number)
    }

    /// Whether the last day is over though nobody closed the poll.
    fn is_past(&self) -> bool {
        let closes_on = self.held.poll.plan.closes_on;
        self.is("open") && closes_on.is_some_and(|day| day < self.frame.today)
    }

    /// The day and the sum of the result that this poll would replace.
    fn replaced(&self) -> Option<String> {
        replaced(&self.frame, &self.held.poll, self.replaced_sum.as_deref())
    }

    /// The roll beside the members, where there is something to say.
    fn roll_words(&self) -> Option<String> {
        let words = roll::words(&self.held.rules, &self.held.poll.plan, self.frame.lang);
        (!words.is_empty()).then_some(words)
    }

    /// Whose consent it waits for.
    fn who_agrees(&self) -> String {
        who_agrees(&self.frame, self.held.upper.as_ref())
    }

    /// Whether it waits for the union above alone.
    fn waits_for_consent(&self) -> bool {
        let poll = &self.held.poll;
        self.is("preparing") && poll.replaces.is_some() && poll.consent.is_none()
    }

    fn closes_on(&self) -> String {
        let day = self.held.poll.plan.closes_on;
        day.map_or_else(String::new, |day| self.frame.day(day))
    }

    fn group(&self) -> String {
        group(&self.frame, &self.held)
    }

    fn objects(&self) -> String {
        let names: Vec<&str> = self
            .held
            .objects
            .iter()
            .map(|object| self.frame.text(&object.name))
            .collect();
        names.join(self.frame.t("；"))
    }

    fn paper(&self) -> String {
        agreement(&self.frame, &self.held.poll, &self.held.paper)
    }

    fn is_agreed(&self) -> bool {
        matches!(self.held.paper, Agreement::Agreed { .. })
    }

    fn rating(&self) -> String {
        year::address::rating(&self.held.poll.unit, self.held.poll.year)
    }
}

/// What the plan of a poll lacks before it can be opened, each a sentence. That the union above agrees is not in its plan.
pub fn missing(frame: &Frame, rules: &BallotRules, poll: &Poll) -> Vec<String> {
    let refused = planning::is_complete(rules, poll, frame.today).err();
    let problems = refused.map(|refusal| Problems::new(&refusal, frame.lang));
    let problems = problems.unwrap_or_default();
    let sentences = problems.all().iter();
    sentences.map(|problem| problem.sentence.clone()).collect()
}

/// Whose consent a second poll waits for, and what to do for it.
pub fn who_agrees(frame: &Frame, upper: Option<&(String, Option<String>)>) -> String {
    match upper {
        None => frame
            .t("要上级工会同意才能开始投票。请把重办的理由报告上级工会，由上级在这家工会的测评页上办理。")
            .to_owned(),
        Some((name, None)) => frame.t1(
            "要由{}同意才能开始投票。请把重办的理由报上去，由上级在这家工会的测评页上办理。",
            name,
        ),
        Some((name, Some(phone))) => frame.t2(
            "要由{}（电话 {}）同意才能开始投票。请把重办的理由报上去，由上级在这家工会的测评页上办理。",
            name,
            phone,
        ),
    }
}

/// What a poll would replace, or replaced: the day and the sum.
pub fn replaced(frame: &Frame, poll: &Poll, sum: Option<&str>) -> Option<String> {
    let replaced = poll.replaces.as_ref()?;
    let (roll, cast) = (replaced.totals.roll, replaced.totals.cast());
    let counts = frame.t3(
        "{} 登记的结果：应投 {} 人，收回 {} 张",
        frame.date_of(replaced.recorded_at),
        frame.count(roll),
        frame.count(cast),
    );
    Some(match sum {
        Some(sum) => format!("{counts}{}{sum}", frame.t("；满意度 ")),
        None => counts,
    })
}

/// How far a poll is, in words.
pub fn state_word(frame: &Frame, state: &PollState) -> &'static str {
    state.word(frame.lang)
}

/// The group: `张三（党组织）、李四（工会）`.
fn group(frame: &Frame, held: &Held) -> String {
    let members: Vec<String> = held
        .poll
        .plan
        .group
        .iter()
        .map(|member| frame.t2("{}（{}）", &member.name, side(frame, held, &member.side)))
        .collect();
    members.join(frame.t("、"))
}

fn side<'a>(frame: &Frame, held: &'a Held, key: &str) -> &'a str {
    let side = held.rules.group.sides.iter().find(|side| side.key == key);
    side.map_or("", |side| side.name.get(frame.lang))
}

/// How the two entries of the paper ballots stand, without their figures.
pub fn agreement(frame: &Frame, poll: &Poll, paper: &Agreement) -> String {
    match paper {
        Agreement::None => frame
            .t("还没有人录入。要两位成员各录一次，没有纸质票也各录一次 0。")
            .to_owned(),
        Agreement::One { member } => frame.t1(
            "{} 已录入，等另一位成员独立再录一次。",
            poll.member_name(*member),
        ),
        Agreement::Agreed { members, count } => frame.t3(
            "{} 和 {} 录入一致：纸质票 {} 张。",
            poll.member_name(members[0]),
            poll.member_name(members[1]),
            frame.count(count.ballots),
        ),
        Agreement::Differ { members, .. } => frame.t2(
            "{} 和 {} 录入的不一致。请两位一起重新数，再各录一次。",
            poll.member_name(members[0]),
            poll.member_name(members[1]),
        ),
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
) -> PageResult {
    let held = polls::held(&app, &actor, &id).await?;
    let (problems, typed) = (Problems::none(), Typed::default());
    page(&held_page(&app, frame, held, problems, typed))
}

fn held_page(app: &App, frame: Frame, held: Held, problems: Problems, mut typed: Typed) -> Show {
    if typed.number.is_empty() && held.room > 0 {
        // As many as are still to be made, which is what is nearly always wanted.
        typed.number = held.room.min(slip::MOST_AT_ONCE).to_string();
    }
    let missing = match held.poll.state() {
        PollState::Preparing => missing(&frame, &held.rules, &held.poll),
        _ => Vec::new(),
    };
    Show {
        note: ratings::note(app, &frame, held.poll.year),
        replaced_sum: polls::replaced_sum(app, &held.poll),
        quorum: ratings::quorum(app, held.poll.year, held.poll.plan.roll),
        missing,
        papers: if held.may_hold {
            paper::links(&address::poll(&held.poll.id), &of_poll(held.poll.state()))
        } else {
            Vec::new()
        },
        frame,
        held,
        problems,
        typed,
    }
}

/// The poll's page again, with what was typed and what is wrong.
pub async fn again(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &PollId,
    problems: Problems,
    typed: Typed,
) -> PageResult {
    let held = polls::held(app, actor, id).await?;
    unprocessable(&held_page(app, frame, held, problems, typed))
}

/// The roll with a box to tick for each name. Which slip somebody takes stands nowhere on it.
#[derive(Template)]
#[template(path = "rating/poll/roll.html")]
struct RollPage {
    frame: Frame,
    poll: Poll,
    names: Vec<String>,
}

async fn roll(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
) -> PageResult {
    let (poll, names) = polls::roll(&app, &actor, &id).await?;
    page(&RollPage { frame, poll, names })
}

async fn close(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(tick): Form<Tick>,
) -> PageResult {
    let done = match ticked(&tick.sure) {
        Ok(()) => polls::close(&app, &actor, &id).await,
        Err(refused) => Err(refused),
    };
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &address::poll(&id),
            "已停止投票。接着由两位成员录入纸质票，再一起开箱。",
        ),
        Err(problems) => again(&app, &actor, frame, &id, problems, Typed::default()).await,
    }
}

/// Why a poll is ended.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Reason {
    reason: String,
}

async fn abandon(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<PollId>,
    Form(Reason { reason }): Form<Reason>,
) -> PageResult {
    match told(polls::abandon(&app, &actor, &id, &reason).await, &frame)? {
        Ok(()) => see_other_with(
            &address::poll(&id),
            "这次测评已中止，票箱里的票没有打开就销毁了。",
        ),
        Err(problems) => {
            let typed = Typed {
                reason,
                ..Typed::default()
            };
            again(&app, &actor, frame, &id, problems, typed).await
        }
    }
}

/// The tick before what can't be taken back.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Tick {
    sure: String,
}

/// Whether the tick came along.
pub fn ticked(sure: &str) -> Result<(), Error> {
    if sure == "yes" {
        return Ok(());
    }
    Err(Refusal::at("sure", PollRefusal::NotTicked).into())
}
