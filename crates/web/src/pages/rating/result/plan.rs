//! The plan of a poll: roll, leaders, group, last day.

use askama::Template;
use axum::extract::State;
use jianjia_app::{
    core::app::App,
    rating::poll::{self as polls, PollPage},
};
use jianjia_domain::{
    core::{
        ids::UnitId,
        policy::{Act, Actor},
    },
    rating::poll::{PollState, planning::PlanInput},
};

use crate::{
    form::{Form, Problems, named::Fields, told},
    frame::Frame,
    page::{PageError, PageResult, page, see_other_with, unprocessable},
    pages::{rating::poll::missing, year::address},
    path::Path,
    routes::{Access, Route},
    session::SignedIn,
};

pub fn routes() -> Vec<Route> {
    const PATH: &str = "/units/{id}/rating/{year}/plan";
    vec![
        Route::get(PATH, Access::Act(Act::HoldPoll), show),
        Route::post(PATH, Access::Act(Act::HoldPoll), save),
    ]
}

/// Boxes for leaders; whoever has more presses for another.
const LEADERS: usize = 3;

#[derive(Template)]
#[template(path = "rating/result/plan.html")]
struct PlanPage {
    frame: Frame,
    rating: PollPage,
    input: PlanInput,
    /// Names of the list that is kept; it is not shown again.
    kept_names: i64,
    problems: Problems,
}

impl PlanPage {
    fn sides(&self) -> Vec<(String, String)> {
        let sides = self.rating.rules.group.sides.iter();
        sides
            .map(|side| (side.key.clone(), self.frame.text(&side.name).to_owned()))
            .collect()
    }

    /// Who may be on the roll: key and words.
    fn voters(&self) -> Vec<(String, String)> {
        let voters = self.rating.rules.roll.iter().flat_map(|roll| &roll.voters);
        voters
            .map(|voters| (voters.key.clone(), self.frame.text(&voters.name).to_owned()))
            .collect()
    }

    /// What the roll is compared with.
    fn roll_hint(&self) -> String {
        let frame = &self.frame;
        match self.rating.members.said {
            Some(members) => frame.t1(
                "年度情况里的会员人数是 {} 人，应投人数不能比它多。测评票最多制这么多张。",
                frame.count(members),
            ),
            None => frame
                .t("现在在册的会员总数，测评票最多制这么多张。年度情况里还没有填会员人数，填了就能核对。")
                .to_owned(),
        }
    }

    /// From which difference on a reason is asked.
    fn far(&self) -> String {
        let roll = self.rating.rules.roll.as_ref();
        roll.map_or_else(String::new, |roll| roll.may_differ_by.to_string())
    }

    fn wrong(&self, place: &usize) -> Option<&str> {
        self.problems.of(&format!("group/{place}"))
    }

    fn is_side(&self, side: &str, key: &str) -> bool {
        side == key
    }
}

async fn show(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, year)): Path<(UnitId, i16)>,
) -> PageResult {
    let rating = read(&app, &actor, &unit, year).await?;
    page(&plan_page(frame, rating, None, Problems::none()))
}

/// The rating, for those who hold it.
async fn read(app: &App, actor: &Actor, unit: &UnitId, year: i16) -> Result<PollPage, PageError> {
    let rating = polls::of_unit(app, actor, unit, year).await?;
    jianjia_domain::core::policy::permit(actor, Act::HoldPoll, &rating.unit)
        .map_err(jianjia_app::core::error::Error::from)?;
    Ok(rating)
}

async fn save(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    frame: Frame,
    Path((unit, year)): Path<(UnitId, i16)>,
    Form(fields): Form<Fields>,
) -> PageResult {
    let all = |name: &str| -> Vec<String> { fields.all(name).map(str::to_owned).collect() };
    let one = |name: &str| fields.first(name).to_owned();
    let mut input = PlanInput {
        roll: one("roll"),
        list: one("list"),
        voters: one("voters"),
        roll_reason: one("roll_reason"),
        leaders: all("leader"),
        group: all("name").into_iter().zip(all("side")).collect(),
        closes_on: one("closes_on"),
    };
    if !one("more").is_empty() {
        // Another box is asked for; nothing is kept yet.
        input.leaders.push(String::new());
        let rating = read(&app, &actor, &unit, year).await?;
        return page(&plan_page(frame, rating, Some(input), Problems::none()));
    }
    match told(
        polls::save_plan(&app, &actor, &unit, year, &input).await,
        &frame,
    )? {
        Ok(_) => {
            let rating = read(&app, &actor, &unit, year).await?;
            see_other_with(&address::rating(&unit, year), &saved(&frame, &rating))
        }
        Err(problems) => {
            let rating = read(&app, &actor, &unit, year).await?;
            unprocessable(&plan_page(frame, rating, Some(input), problems))
        }
    }
}

/// What was done, and what comes next: what is missing, whose consent it waits for, or the opening.
fn saved(frame: &Frame, rating: &PollPage) -> String {
    let missing = rating
        .poll
        .as_ref()
        .map_or(0, |poll| missing(frame, &rating.rules, poll).len());
    if missing > 0 {
        frame.t1(
            "计划已保存，还缺 {} 处，列在下面的第一步里，补上才能开始投票。",
            missing,
        )
    } else if let Some((upper, _)) = &rating.upper {
        frame.t1(
            "计划已保存，已经齐全。重办要由{}同意，请把理由报上去。",
            upper,
        )
    } else {
        frame.t("计划已保存，已经齐全，可以开始投票了。").to_owned()
    }
}

/// The form of a first plan: as many on the roll as there are members, and all of them.
fn first(rating: &PollPage) -> PlanInput {
    let usual = rating.rules.roll.iter().flat_map(|roll| &roll.voters);
    PlanInput {
        roll: rating
            .members
            .said
            .map_or_else(String::new, |members| members.to_string()),
        voters: usual
            .map(|voters| voters.key.clone())
            .next()
            .unwrap_or_default(),
        ..PlanInput::default()
    }
}

fn plan_page(
    frame: Frame,
    rating: PollPage,
    typed: Option<PlanInput>,
    problems: Problems,
) -> PlanPage {
    let plan = rating
        .poll
        .as_ref()
        .filter(|poll| poll.state() == PollState::Preparing)
        .map(|poll| &poll.plan);
    let mut input = typed.unwrap_or_else(|| {
        plan.map_or_else(
            || first(&rating),
            |plan| PlanInput {
                roll: if plan.roll > 0 {
                    plan.roll.to_string()
                } else {
                    String::new()
                },
                list: String::new(),
                voters: plan.voters.clone(),
                roll_reason: plan.roll_reason.clone(),
                leaders: plan.leaders.clone(),
                group: plan
                    .group
                    .iter()
                    .map(|member| (member.name.clone(), member.side.clone()))
                    .collect(),
                closes_on: plan
                    .closes_on
                    .map_or_else(String::new, |day| day.to_string()),
            },
        )
    });
    while input.leaders.len() < LEADERS {
        input.leaders.push(String::new());
    }
    let most = usize::try_from(rating.rules.group.most).unwrap_or(0);
    while input.group.len() < most {
        input.group.push((String::new(), String::new()));
    }
    PlanPage {
        kept_names: plan
            .filter(|plan| plan.has_list)
            .map_or(0, |plan| plan.roll),
        frame,
        rating,
        input,
        problems,
    }
}
