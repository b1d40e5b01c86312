//! Lets the polls of the demo happen through the acts themselves, in the order of the days.

use std::borrow::Cow;

use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use jianjia_domain::{
    core::{
        ids::{PollId, UnitId},
        policy::Actor,
    },
    rating::poll::{paper::PaperInput, planning::PlanInput, voting::Demand},
};
use jianjia_store::rating::improvement;
use jiff::civil::Date;

use super::{
    YEAR,
    activities::Rated,
    acts::{self, Accounts, told},
    city::City,
    draw::Draw,
    polls::{Held, Step, Way},
    pools::Pools,
    trying,
};
use crate::{
    core::app::App,
    rating::{
        ballot::{self as ballots, VoteInput},
        count as counts, improvement as improvements, poll as polls, slip as slips,
    },
};

const SUGGESTIONS: [&str; 8] = [
    "夜班食堂也开一个窗口，天冷了想吃口热的。",
    "职工书屋晚上能不能开到九点？",
    "希望每年体检的项目公开让大家选。",
    "车间三楼的饮水机坏了两个月，请工会催一催。",
    "女职工休息室很好用，谢谢。",
    "会员卡能在哪些店用，最好贴一张单子。",
    "多办几次技能比武，年轻人愿意参加。",
    "困难职工的帮扶名单公示一下更好。",
];
const ANNULLED: &str = "会员反映有人代领、代投测评票，经核实属实，宣布作废，请重新组织。";
const ABANDONED: &str = "会员名册漏了两个班组，补齐名册以后重新组织。";
const IMPROVED: [&str; 2] = [
    "十一月起食堂夜班开一个窗口，由生活委员每周收一次意见。",
    "职工书屋开放到晚上九点，会员轮流值班。",
];
const REPORTED: &str = "更衣室加装了暖风机和晾衣架，六月完工，职代会上报告过，会员代表看了现场。";

/// Ballots that are cast at once: few enough that they are always begun in one order.
const AT_ONCE: usize = 25;

/// The grades' keys with how many gave them.
fn answers(votes: &Rated) -> [(&'static str, i64); 4] {
    [
        ("satisfied", votes.satisfied),
        ("basically_satisfied", votes.basically_satisfied),
        ("dissatisfied", votes.dissatisfied),
        ("void", votes.void),
    ]
}

/// The polls, as far as they have come.
pub struct Voting<'a> {
    app: &'a App,
    city: &'a City,
    pools: &'a Pools,
    accounts: &'a Accounts,
    polls: Vec<Running<'a>>,
}

struct Running<'a> {
    held: &'a Held,
    id: Option<PollId>,
    codes: Vec<String>,
    /// Slips nobody has used.
    slips: Vec<String>,
}

impl<'a> Voting<'a> {
    pub fn new(
        app: &'a App,
        city: &'a City,
        pools: &'a Pools,
        accounts: &'a Accounts,
        polls: &'a [Held],
    ) -> Voting<'a> {
        let running = |held| Running {
            held,
            id: None,
            codes: Vec::new(),
            slips: Vec::new(),
        };
        Voting {
            app,
            city,
            pools,
            accounts,
            polls: polls.iter().map(running).collect(),
        }
    }

    /// Lets happen what happens from a day on and before another.
    pub async fn go(&mut self, from: Date, before: Date) -> Result<()> {
        let mut days: Vec<(Date, usize, Step)> = Vec::new();
        for (place, poll) in self.polls.iter().enumerate() {
            let steps = poll.held.way.steps().into_iter();
            days.extend(
                steps
                    .filter(|(day, _)| (from..before).contains(day))
                    .map(|(day, step)| (day, place, step)),
            );
        }
        days.sort_by_key(|(day, place, _)| (*day, *place));
        for (day, place, step) in days {
            self.app.clock.set(day);
            let way = self.polls[place].held.way;
            self.step(place, step)
                .await
                .with_context(|| format!("{step:?} on {day} in the poll {way:?}"))?;
        }
        Ok(())
    }

    /// Whoever chairs the union that holds it.
    fn chair(&self, unit: usize) -> Result<Actor> {
        let cast = &self.city.cast;
        if unit == cast.union {
            acts::actor(self.city, self.accounts, "demo.chair")
        } else if unit == cast.zone {
            acts::actor(self.city, self.accounts, "demo.zone-chair")
        } else {
            Ok(acts::chair_of(self.city, unit))
        }
    }

    /// The app with the source of what visitors try.
    fn trying(&self) -> App {
        App {
            entropy: trying::entropy(),
            ..self.app.clone()
        }
    }

    async fn step(&mut self, place: usize, step: Step) -> Result<()> {
        let app = self.app;
        let poll = &self.polls[place];
        let (held, id) = (poll.held, poll.id);
        let unit = self.city.units[held.unit].id;
        let chair = self.chair(held.unit)?;
        let upper = acts::actor(self.city, self.accounts, "demo.district")?;
        let of_visitors = self.trying();
        // What visitors try is drawn from a source of its own.
        let drawn = if held.way == Way::Closed {
            &of_visitors
        } else {
            app
        };
        match step {
            Step::PlanPartly => {
                let mut plan = self.plan(held, None);
                plan.group.truncate(2);
                let id = told(polls::save_plan(app, &chair, &unit, YEAR, &plan).await)?;
                self.polls[place].id = Some(id);
            }
            Step::Plan { closes_on } => {
                let plan = self.plan(held, Some(closes_on));
                let id = told(polls::save_plan(drawn, &chair, &unit, YEAR, &plan).await)?;
                let poll = &mut self.polls[place];
                (poll.id, poll.slips) = (Some(id), Vec::new());
            }
            Step::Open => {
                let codes = told(polls::open(drawn, &chair, &known(id)?).await)?;
                self.polls[place].codes = codes.0;
            }
            Step::Slips => {
                let id = known(id)?;
                let of_visitors = i64::from(held.way == Way::Open);
                let number = (held.votes.roll - of_visitors).to_string();
                let sheet = told(slips::make(app, &chair, &id, &number).await)?;
                self.polls[place].slips = sheet.codes;
                if of_visitors > 0 {
                    told(slips::make(&self.trying(), &chair, &id, "1").await)?;
                }
            }
            Step::UpperSlips(number) => {
                told(slips::make(app, &upper, &known(id)?, &number.to_string()).await)?;
            }
            Step::DemandSlips => {
                told(polls::demand_slips(app, &upper, &known(id)?, Demand::ByUpper).await)?;
            }
            Step::SpoilOne => {
                let id = known(id)?;
                let slip = self.polls[place].slips.pop().context("a slip is left")?;
                told(slips::spoil(app, &chair, &id, &slip).await)?;
                let sheet = told(slips::make(app, &chair, &id, "1").await)?;
                self.polls[place].slips.extend(sheet.codes);
            }
            Step::Vote { part, parts } => self.vote(place, part, parts).await?,
            Step::Close => told(polls::close(app, &chair, &known(id)?).await)?,
            Step::PaperDiffers => {
                for (member, satisfied) in [(0, 5), (1, 4)] {
                    let counted = Rated {
                        satisfied,
                        basically_satisfied: 1,
                        ..on_paper(held)
                    };
                    let input = self.paper(held, &counted);
                    let code = &self.polls[place].codes[member];
                    told(counts::enter_paper(app, &known(id)?, code, &input).await)?;
                }
            }
            Step::Count => {
                let id = known(id)?;
                let codes = &self.polls[place].codes;
                let paper = self.paper(held, &on_paper(held));
                for code in &codes[1..3] {
                    told(counts::enter_paper(app, &id, code, &paper).await)?;
                }
                told(counts::open_box(app, &id, &codes[..2]).await)?;
            }
            Step::Sign(members) => {
                for code in &self.polls[place].codes[..members] {
                    told(counts::sign(app, &known(id)?, code).await)?;
                }
            }
            Step::Annul => told(polls::annul(app, &upper, &known(id)?, ANNULLED).await)?,
            Step::Abandon => told(polls::abandon(app, &chair, &known(id)?, ABANDONED).await)?,
            Step::Improve => self.improve(&chair, &unit).await?,
        }
        Ok(())
    }

    async fn improve(&self, chair: &Actor, unit: &UnitId) -> Result<()> {
        for text in IMPROVED {
            told(improvements::say(self.app, chair, unit, YEAR, text).await)?;
        }
        let mut tx = self.app.db.read().await?;
        let promised = improvement::of_year(&mut tx, unit, YEAR - 1).await?;
        drop(tx);
        let first = promised.first().context("last year's promise")?;
        told(improvements::report(self.app, chair, &first.id, REPORTED).await)?;
        Ok(())
    }

    fn plan(&self, held: &Held, closes_on: Option<Date>) -> PlanInput {
        let leaders = self.leaders(held.unit);
        let mut draw = Draw::of("group", self.city.units[held.unit].number);
        let mut group = vec![(leaders[1].clone(), "union".to_owned())];
        while group.len() < trying::GROUP {
            let name = self.pools.person(&mut draw);
            let is_taken = leaders.contains(&name) || group.iter().any(|(known, _)| *known == name);
            if !is_taken {
                let side = if group.len() == 1 { "party" } else { "members" };
                group.push((name, side.to_owned()));
            }
        }
        PlanInput {
            roll: held.votes.roll.to_string(),
            list: String::new(),
            leaders,
            group,
            closes_on: closes_on.map_or_else(String::new, |day| day.to_string()),
        }
    }

    /// The chair and a vice chair.
    fn leaders(&self, unit: usize) -> Vec<String> {
        let chair = acts::chair_of(self.city, unit).name;
        let mut draw = Draw::of("vice-chair", self.city.units[unit].number);
        let mut vice = self.pools.person(&mut draw);
        while vice == chair {
            vice = self.pools.person(&mut draw);
        }
        vec![chair, vice]
    }

    /// A paper count in which the leaders are rated as the home is.
    fn paper(&self, held: &Held, counted: &Rated) -> PaperInput {
        let leaders = self.leaders(held.unit).len();
        let objects = ["union-work".to_owned(), "home-building".to_owned()]
            .into_iter()
            .chain((1..=leaders).map(|place| format!("leader:{place}")));
        let answers = answers(counted);
        PaperInput {
            ballots: answers
                .iter()
                .map(|(_, count)| count)
                .sum::<i64>()
                .to_string(),
            answers: objects
                .flat_map(|object| {
                    answers.map(|(answer, count)| {
                        ((object.clone(), answer.to_owned()), count.to_string())
                    })
                })
                .collect(),
        }
    }

    /// Casts a part of the ballots, all on one morning, and writes their pace down with them.
    async fn vote(&mut self, place: usize, part: usize, parts: usize) -> Result<()> {
        let poll = &mut self.polls[place];
        let held = poll.held;
        let id = known(poll.id)?.to_string();
        let grades: Vec<&str> = answers(&held.votes)
            .into_iter()
            .zip(answers(&on_paper(held)))
            .flat_map(|((answer, all), (_, paper))| {
                std::iter::repeat_n(answer, usize::try_from(all - paper).unwrap_or(0))
            })
            .collect();
        let part = grades.len() * (part - 1) / parts..grades.len() * part / parts;
        let number = self.city.units[held.unit].number;
        let inputs = part
            .map(|voter| {
                let code = poll.slips.pop().context("a slip is left")?;
                Ok(ballot(held.way, number, voter, grades[voter], &id, code))
            })
            .collect::<Result<Vec<VoteInput>>>()?;
        // The first alone: after it the box's key is at hand, and all others are sealed in their order.
        let (first, others) = inputs.split_at(inputs.len().min(1));
        for group in std::iter::once(first).chain(others.chunks(AT_ONCE)) {
            let cast = group
                .iter()
                .map(|input| ballots::cast(self.app, input.clone()));
            told(try_join_all(cast).await)?;
        }
        told(self.app.ballots.write_pace(self.app, 0).await)
    }
}

fn known(id: Option<PollId>) -> Result<PollId> {
    id.context("a poll is planned before anything else")
}

/// The ballots on paper: every sixth of each answer.
fn on_paper(held: &Held) -> Rated {
    let share = if held.way.has_paper() { 6 } else { i64::MAX };
    Rated {
        roll: held.votes.roll,
        satisfied: held.votes.satisfied / share,
        basically_satisfied: held.votes.basically_satisfied / share,
        dissatisfied: held.votes.dissatisfied / share,
        void: held.votes.void / share,
    }
}

/// One member's ballot. The work and the leaders are rated a little otherwise than the home, except where all are of one mind.
fn ballot<'a>(
    way: Way,
    unit: i64,
    voter: usize,
    of_home: &'a str,
    poll: &'a str,
    code: String,
) -> VoteInput<'a> {
    let mut draw = Draw::of("ballot", unit << 12 | voter as i64);
    let grade = |answer: &'a str| match answer {
        "void" => Cow::default(),
        other => other.into(),
    };
    let is_hasty = way == Way::Hasty;
    let mut of_other = |percent| {
        let other = !is_hasty && draw.chance(percent);
        grade(if other {
            "basically_satisfied"
        } else {
            of_home
        })
    };
    let chosen = vec![of_other(9), grade(of_home), of_other(12), of_other(7)];
    let says =
        matches!(way, Way::Story | Way::Plain | Way::Counted | Way::Repeated) && draw.chance(8);
    let suggestion = if says { *draw.pick(&SUGGESTIONS) } else { "" };
    VoteInput {
        poll: poll.into(),
        code: code.into(),
        chosen,
        suggestion: suggestion.into(),
        at_kiosk: !is_hasty && voter % 5 == 2,
        network: format!("10.0.{}.1", if is_hasty { 0 } else { draw.below(40) }).into(),
    }
}
