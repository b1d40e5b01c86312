//! A poll as its union works on it: opening, members' papers, turnout, closing, ending; the hand-out list.

use askama::Template;
use axum::extract::{Path, State};
use jianjia_app::{
    core::{app::App, error::Error},
    rating::{
        lock::MemberCodes,
        poll::{self as polls, Held},
    },
};
use jianjia_domain::{
    core::{
        ids::{PollId, UnitId},
        policy::{Act, Actor},
        refusal::Refusal,
    },
    rating::poll::{
        Poll, PollState,
        paper::Agreement,
        planning,
        refusal::PollRefusal,
        slip::{SlipBatch, printed},
        voting::Demand,
    },
};
use serde::Deserialize;

use crate::{
    form::{Form, Nothing, Problems, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{rating::result as ratings, year::sheet::read_id},
    qr,
    routes::{Access, Route},
    session::SignedIn,
    visit::Origin,
};

pub fn routes() -> Vec<Route> {
    const HOLD: Access = Access::Act(Act::HoldPoll);
    const SUPERVISE: Access = Access::Act(Act::SupervisePoll);
    vec![
        Route::get("/polls/{id}", HOLD, show),
        Route::get("/polls/{id}/roll", HOLD, roll),
        Route::post("/polls/{id}/opening", HOLD, open),
        Route::post("/polls/{id}/codes", HOLD, renew),
        Route::post("/polls/{id}/closing", HOLD, close),
        Route::post("/polls/{id}/abandonment", HOLD, abandon),
        Route::post("/polls/{id}/slip-demand", SUPERVISE, demand),
        Route::post("/polls/{id}/annulment", SUPERVISE, annul),
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
    /// What is missing before the poll can be opened, each a sentence.
    missing: Vec<String>,
    problems: Problems,
    typed: Typed,
}

impl Show {
    fn is(&self, key: &str) -> bool {
        self.held.poll.state().key() == key
    }

    fn tick_of(&self, batch: &SlipBatch) -> String {
        crate::pages::rating::slip::tick_of(batch.number)
    }

    /// Whether the last day is over though nobody closed the poll.
    fn is_past(&self) -> bool {
        let closes_on = self.held.poll.plan.closes_on;
        self.is("open") && closes_on.is_some_and(|day| day < self.frame.today)
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
        ratings::address(&self.held.poll.unit, self.held.poll.year)
    }
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
    Path(id): Path<String>,
) -> PageResult {
    let held = polls::held(&app, &actor, &read_id(&id)?).await?;
    let (problems, typed) = (Problems::none(), Typed::default());
    page(&held_page(&app, frame, held, problems, typed))
}

fn held_page(app: &App, frame: Frame, held: Held, problems: Problems, typed: Typed) -> Show {
    let missing = if held.poll.state() == PollState::Preparing {
        planning::may_open(&held.rules, &held.poll, frame.today)
            .err()
            .map(|refusal| Problems::new(&refusal, frame.lang))
            .unwrap_or_default()
    } else {
        Problems::none()
    };
    Show {
        note: ratings::note(app, &frame),
        quorum: ratings::quorum(app, held.poll.plan.roll),
        missing: missing
            .all()
            .iter()
            .map(|problem| problem.sentence.clone())
            .collect(),
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

/// The members' papers: codes that are shown this once.
#[derive(Template)]
#[template(path = "rating/poll/codes.html")]
struct Codes {
    frame: Frame,
    held: Held,
    /// Name, side and code of each member.
    papers: Vec<(String, String, String)>,
    /// Where a member goes with it; without any code.
    desk: String,
    qr: String,
}

async fn open(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Origin(origin): Origin,
    frame: Frame,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let id: PollId = read_id(&id)?;
    let codes = polls::open(&app, &actor, &id).await;
    papers(&app, &actor, frame, &id, &origin, codes).await
}

async fn renew(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Origin(origin): Origin,
    frame: Frame,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> PageResult {
    let id: PollId = read_id(&id)?;
    let codes = polls::renew_codes(&app, &actor, &id).await;
    papers(&app, &actor, frame, &id, &origin, codes).await
}

/// The codes are the answer itself: they are kept nowhere that another page could take them from.
async fn papers(
    app: &App,
    actor: &Actor,
    frame: Frame,
    id: &PollId,
    origin: &str,
    codes: Result<MemberCodes, jianjia_app::core::error::Error>,
) -> PageResult {
    let MemberCodes(codes) = match told(codes, &frame)? {
        Ok(codes) => codes,
        Err(problems) => return again(app, actor, frame, id, problems, Typed::default()).await,
    };
    let held = polls::held(app, actor, id).await?;
    let desk = format!("{origin}/polls/{id}/group");
    let members = &held.poll.plan.group;
    page(&Codes {
        papers: members
            .iter()
            .zip(&codes)
            .map(|(member, code)| {
                let side = side(&frame, &held, &member.side).to_owned();
                (member.name.clone(), side, printed(code))
            })
            .collect(),
        qr: qr::svg(&desk),
        desk,
        held,
        frame,
    })
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
    Path(id): Path<String>,
) -> PageResult {
    let (poll, names) = polls::roll(&app, &actor, &read_id(&id)?).await?;
    page(&RollPage { frame, poll, names })
}

async fn close(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(tick): Form<Tick>,
) -> PageResult {
    let id: PollId = read_id(&id)?;
    let done = match ticked(&tick.sure) {
        Ok(()) => polls::close(&app, &actor, &id).await,
        Err(refused) => Err(refused),
    };
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &format!("/polls/{id}"),
            "已停止投票。接着由两位成员录入纸质票，再一起开箱。",
        ),
        Err(problems) => again(&app, &actor, frame, &id, problems, Typed::default()).await,
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
    let refusal = PollRefusal::NotTicked.into();
    Err(Refusal::Fields(vec![("sure".to_owned(), refusal)]).into())
}

type Fields = Vec<(String, String)>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields
        .iter()
        .find(|(key, _)| key == name)
        .map_or("", |(_, value)| value)
}

async fn abandon(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let id: PollId = read_id(&id)?;
    let reason = field(&fields, "reason").to_owned();
    match told(polls::abandon(&app, &actor, &id, &reason).await, &frame)? {
        Ok(()) => see_other_with(
            &format!("/polls/{id}"),
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

/// The rating's page, which the form of the union above came from.
fn came_from(fields: &Fields) -> Result<(UnitId, i16), PageError> {
    Ok((
        read_id(field(fields, "unit"))?,
        read_id(field(fields, "year"))?,
    ))
}

async fn demand(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let demanded = if field(&fields, "slips") == "upper" {
        Demand::ByUpper
    } else {
        Demand::ByUnion
    };
    let (unit, year) = came_from(&fields)?;
    let done = polls::demand_slips(&app, &actor, &read_id(&id)?, demanded).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(&ratings::address(&unit, year), "制票的安排已改好。"),
        Err(problems) => ratings::again(&app, &actor, frame, (&unit, year), problems, "").await,
    }
}

async fn annul(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path(id): Path<String>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let reason = field(&fields, "reason");
    let (unit, year) = came_from(&fields)?;
    let done = polls::annul(&app, &actor, &read_id(&id)?, reason).await;
    match told(done, &frame)? {
        Ok(()) => see_other_with(
            &ratings::address(&unit, year),
            "这次测评已作废，不再作数；该工会可以重新组织一次。",
        ),
        Err(problems) => ratings::again(&app, &actor, frame, (&unit, year), problems, reason).await,
    }
}
