//! Lets the polls of the demo happen through the acts themselves, in the order of the days.

use anyhow::{Context, Result};
use jianjia_app::{
    core::app::App,
    rating::{
        ballot::{self as ballots, Ballots, VoteInput},
        count as counts, improvement as improvements, poll as polls, slip as slips,
    },
};
use jianjia_domain::{
    core::{
        ids::{ImprovementId, PollId, UnitId},
        policy::Actor,
    },
    office::account::Account,
    rating::poll::{paper::PaperInput, planning::PlanInput, voting::Demand},
};
use jiff::civil::Date;

use crate::{
    core::{city::City, draw::Draw, pools::Pools},
    office::actor::{actor, chair_of, told},
    rating::{
        ballot::{answers, ballot, on_paper},
        poll::{Days, Held, Step, Way},
        trying,
    },
    year::activity::Rated,
};

const ANNULLED: &str = "会员反映有人代领、代投测评票，经核实属实，宣布作废，请重新组织。";
const ABANDONED: &str = "会员名册漏了两个班组，补齐名册以后重新组织。";
const DELEGATES: &str = "所属各企业会员分散，由今年会员代表大会选出的代表投票。";
const IMPROVED: [&str; 2] = [
    "十一月起食堂夜班开一个窗口，由生活委员每周收一次意见。",
    "职工书屋开放到晚上九点，会员轮流值班。",
];
const REPORTED: &str = "更衣室加装了暖风机和晾衣架，六月完工，职代会上报告过，会员代表看了现场。";

/// How many ballots come together.
const TOGETHER: usize = 25;

/// The polls, as far as they have come.
pub struct Voting<'a> {
    app: &'a App,
    city: &'a City,
    pools: &'a Pools,
    accounts: &'a [Account],
    days: Days,
    /// What the union of the story promised last year and reports on this year.
    promised: ImprovementId,
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
        (accounts, days): (&'a [Account], Days),
        promised: ImprovementId,
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
            days,
            promised,
            polls: polls.iter().map(running).collect(),
        }
    }

    /// The days on which something happens, as far as it is before `today`.
    pub fn all_days(&self, today: Date) -> impl Iterator<Item = Date> {
        let steps = self.polls.iter().flat_map(|poll| self.steps(poll));
        steps.map(|(day, _)| day).filter(move |day| *day < today)
    }

    fn steps(&self, poll: &Running<'_>) -> Vec<(Date, Step)> {
        poll.held.way.steps(self.days)
    }

    /// Lets happen what happens on a day.
    pub async fn go(&mut self, day: Date) -> Result<()> {
        let mut steps: Vec<(usize, Step)> = Vec::new();
        for (place, poll) in self.polls.iter().enumerate() {
            let of_day = self.steps(poll).into_iter().filter(|(on, _)| *on == day);
            steps.extend(of_day.map(|(_, step)| (place, step)));
        }
        self.app.clock.set(day);
        for (place, step) in steps {
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
            actor(self.accounts, "demo.chair")
        } else if unit == cast.zone {
            actor(self.accounts, "demo.zone-chair")
        } else {
            Ok(chair_of(self.city, unit))
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
        let held = self.polls[place].held;
        let unit = self.city.units[held.unit].id;
        let chair = self.chair(held.unit)?;
        match step {
            Step::PlanPartly => self.plan_partly(place, &chair, &unit).await,
            Step::Plan { closes_on } => self.plan_wholly(place, &chair, &unit, closes_on).await,
            Step::Open => {
                let id = known(self.polls[place].id)?;
                let codes = told(polls::open(&self.drawn(held), &chair, &id).await)?;
                self.polls[place].codes = codes.0;
                Ok(())
            }
            Step::Slips | Step::UpperSlips(_) | Step::DemandSlips | Step::SpoilOne => {
                self.print(place, step, &chair).await
            }
            Step::Vote { part, parts } => self.vote(place, part, parts).await,
            Step::Improve => self.improve(&chair, &unit).await,
            Step::Close
            | Step::PaperDiffers
            | Step::Count
            | Step::Sign(_)
            | Step::Annul
            | Step::Abandon => self.end(place, step, &chair).await,
        }
    }

    /// The app that a poll is planned and opened with: what visitors try is drawn from a source of its own.
    fn drawn(&self, held: &Held) -> App {
        match held.way {
            Way::Closed => self.trying(),
            _ => self.app.clone(),
        }
    }

    async fn plan_partly(&mut self, place: usize, chair: &Actor, unit: &UnitId) -> Result<()> {
        let mut plan = self.plan(self.polls[place].held, None);
        plan.group.truncate(2);
        let id = told(polls::save_plan(self.app, chair, unit, self.days.year(), &plan).await)?;
        self.polls[place].id = Some(id);
        Ok(())
    }

    async fn plan_wholly(
        &mut self,
        place: usize,
        chair: &Actor,
        unit: &UnitId,
        closes_on: Date,
    ) -> Result<()> {
        let held = self.polls[place].held;
        let plan = self.plan(held, Some(closes_on));
        let app = self.drawn(held);
        let id = told(polls::save_plan(&app, chair, unit, self.days.year(), &plan).await)?;
        let poll = &mut self.polls[place];
        (poll.id, poll.slips) = (Some(id), Vec::new());
        Ok(())
    }

    /// Makes slips, or spoils one and makes another for it.
    async fn print(&mut self, place: usize, step: Step, chair: &Actor) -> Result<()> {
        let app = self.app;
        let upper = actor(self.accounts, "demo.district")?;
        let id = known(self.polls[place].id)?;
        let held = self.polls[place].held;
        match step {
            Step::UpperSlips(number) => {
                told(slips::make(app, &upper, &id, &number.to_string()).await)?;
            }
            Step::DemandSlips => {
                told(polls::demand_slips(app, &upper, &id, Demand::ByUpper).await)?;
            }
            Step::SpoilOne => {
                let slip = self.polls[place].slips.pop().context("a slip is left")?;
                told(slips::spoil(app, chair, &id, &slip).await)?;
                let sheet = told(slips::make(app, chair, &id, "1").await)?;
                self.polls[place].slips.extend(sheet.codes);
            }
            _ => {
                let of_visitors = i64::from(held.way == Way::Open);
                let number = (held.votes.roll - of_visitors).to_string();
                let sheet = told(slips::make(app, chair, &id, &number).await)?;
                self.polls[place].slips = sheet.codes;
                if of_visitors > 0 {
                    told(slips::make(&self.trying(), chair, &id, "1").await)?;
                }
            }
        }
        Ok(())
    }

    /// Closes a poll, counts it, signs its record or ends it otherwise.
    async fn end(&self, place: usize, step: Step, chair: &Actor) -> Result<()> {
        let app = self.app;
        let poll = &self.polls[place];
        let (held, id) = (poll.held, known(poll.id)?);
        match step {
            Step::PaperDiffers => {
                for (member, satisfied) in [(0, 5), (1, 4)] {
                    let counted = Rated {
                        satisfied,
                        basically_satisfied: 1,
                        ..on_paper(held)
                    };
                    let input = self.paper(held, &counted);
                    let code = &poll.codes[member];
                    told(counts::enter_paper(app, &id, code, &input).await)?;
                }
            }
            Step::Count => {
                let paper = self.paper(held, &on_paper(held));
                for code in &poll.codes[1..3] {
                    told(counts::enter_paper(app, &id, code, &paper).await)?;
                }
                told(counts::open_box(app, &id, &poll.codes[..2]).await)?;
            }
            Step::Sign(members) => {
                for code in &poll.codes[..members] {
                    told(counts::sign(app, &id, code).await)?;
                }
            }
            Step::Annul => {
                let upper = actor(self.accounts, "demo.district")?;
                told(polls::annul(app, &upper, &id, ANNULLED).await)?;
            }
            Step::Abandon => told(polls::abandon(app, chair, &id, ABANDONED).await)?,
            _ => told(polls::close(app, chair, &id).await)?,
        }
        Ok(())
    }

    async fn improve(&self, chair: &Actor, unit: &UnitId) -> Result<()> {
        for text in IMPROVED {
            told(improvements::say(self.app, chair, unit, self.days.year(), text).await)?;
        }
        told(improvements::report(self.app, chair, &self.promised, REPORTED).await)?;
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
        // A federation's members vote through their delegates; elsewhere the roll is all members.
        let (voters, reason) = if held.unit == self.city.cast.zone {
            ("congress-delegates", DELEGATES)
        } else {
            ("all-members", "")
        };
        PlanInput {
            roll: held.votes.roll.to_string(),
            list: String::new(),
            voters: voters.to_owned(),
            roll_reason: reason.to_owned(),
            leaders,
            group,
            closes_on: closes_on.map_or_else(String::new, |day| day.to_string()),
        }
    }

    /// The chair and a vice chair.
    fn leaders(&self, unit: usize) -> Vec<String> {
        let chair = chair_of(self.city, unit).name;
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
        for group in inputs.chunks(TOGETHER) {
            let mut sealed = Vec::with_capacity(group.len());
            for input in group {
                sealed.push(told(ballots::seal(self.app, input.clone()).await)?);
            }
            told(ballots::keep_together(self.app, sealed).await)?;
        }
        told(Ballots::of(self.app).write_pace(self.app, 0).await)
    }
}

fn known(id: Option<PollId>) -> Result<PollId> {
    id.context("a poll is planned before anything else")
}
