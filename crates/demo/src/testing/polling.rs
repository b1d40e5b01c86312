//! A rating held as people hold it: planned, opened, voted by slip, paper entered twice, box opened, signed.

use std::collections::BTreeMap;

use anyhow::Context;
use futures_util::future::join_all;
use jianjia_app::{
    core::{app::App, error::Result},
    rating::{
        ballot::{self as ballots, VoteInput},
        count as counts,
        lock::{self as locks, MemberCodes},
        poll as polls, slip as slips,
    },
};
use jianjia_domain::{
    core::{
        ids::{PollId, SlipBatchId, UnitId},
        place::UnitPlace,
        policy::Actor,
    },
    rating::poll::{
        GroupMember, Plan, Poll,
        paper::PaperInput,
        planning::PlanInput,
        slip::SlipBatch,
        stage::{Opened, Stage},
    },
};
use jianjia_store::{
    core::scope::Scope,
    rating::{poll, slip},
};

/// A poll that is open, the codes of its group and its slips.
pub struct OpenPoll {
    pub id: PollId,
    pub members: MemberCodes,
    pub slips: Vec<String>,
}

/// A plan that can be opened: a group of five from all sides, two leaders, until the end of the month.
pub fn plan(roll: i64, closes_on: &str) -> PlanInput {
    let member = |name: &str, side: &str| (name.to_owned(), side.to_owned());
    PlanInput {
        roll: roll.to_string(),
        list: String::new(),
        voters: String::new(),
        roll_reason: String::new(),
        leaders: vec!["周建国".to_owned(), "吴敏".to_owned()],
        group: vec![
            member("陈志强", "party"),
            member("周建国", "union"),
            member("孙丽", "members"),
            member("钱海燕", "members"),
            member("赵云", "members"),
        ],
        closes_on: closes_on.to_owned(),
    }
}

/// Plans and opens a poll and makes a slip for everybody on the roll.
///
/// # Panics
/// When a step is refused: a test can't go on then.
pub async fn open(app: &App, chair: &Actor, unit: &UnitPlace, year: i16, roll: i64) -> OpenPoll {
    let closes_on = format!("{year}-12-20");
    let id = polls::save_plan(app, chair, &unit.id, year, &plan(roll, &closes_on))
        .await
        .expect("the plan is kept");
    open_planned(app, chair, id, roll).await
}

/// Opens a poll that is planned and makes a slip for everybody on the roll.
///
/// # Panics
/// When a step is refused: a test can't go on then.
pub async fn open_planned(app: &App, chair: &Actor, id: PollId, roll: i64) -> OpenPoll {
    let members = polls::open(app, chair, &id).await.expect("the poll opens");
    let mut slips = Vec::new();
    while i64::try_from(slips.len()).expect("a number") < roll {
        let left = (roll - i64::try_from(slips.len()).expect("a number")).min(500);
        let sheet = slips::make(app, chair, &id, &left.to_string())
            .await
            .expect("slips are made");
        slips.extend(sheet.codes);
    }
    OpenPoll { id, members, slips }
}

impl OpenPoll {
    /// The vote of the slip at `place`: the same grade for every object.
    pub fn vote<'a>(&self, place: usize, grade: &'a str) -> VoteInput<'a> {
        VoteInput {
            poll: self.id.to_string().into(),
            code: self.slips[place].clone().into(),
            chosen: vec![grade.into(); 4],
            network: format!("10.0.{}.1", place % 7).into(),
            ..VoteInput::default()
        }
    }

    /// Casts votes from the slip at `first` on, all at once: so many satisfied, basically satisfied, dissatisfied and blank.
    ///
    /// # Panics
    /// When a vote is refused.
    pub async fn cast(&self, app: &App, first: usize, numbers: [usize; 4]) {
        let grades = ["satisfied", "basically_satisfied", "dissatisfied", ""];
        let votes: Vec<VoteInput> = grades
            .iter()
            .zip(numbers)
            .flat_map(|(grade, number)| std::iter::repeat_n(*grade, number))
            .zip(first..)
            .map(|(grade, place)| self.vote(place, grade))
            .collect();
        for done in join_all(votes.iter().map(|vote| ballots::cast(app, vote.clone()))).await {
            done.expect("the vote is cast");
        }
    }

    /// Closes, lets two members enter the same paper count, opens the box and lets three members sign.
    ///
    /// # Panics
    /// When a step is refused.
    pub async fn finish(&self, app: &App, chair: &Actor, paper: [i64; 4]) {
        polls::close(app, chair, &self.id).await.expect("closed");
        let codes = &self.members.0;
        for code in &codes[1..3] {
            counts::enter_paper(app, &self.id, code, &paper_input(2, paper))
                .await
                .expect("the paper is entered");
        }
        counts::open_box(app, &self.id, &[codes[0].clone(), codes[2].clone()])
            .await
            .expect("the box opens");
        for code in &codes[..3] {
            counts::sign(app, &self.id, code).await.expect("signed");
        }
    }
}

/// A poll that nobody planned, open for ever, and the codes of its slips: for measuring and for crashes.
pub struct Booth {
    pub poll: PollId,
    pub codes: Vec<String>,
}

/// Opens polls of unions that are no more than a name, each with so many slips.
///
/// # Errors
/// When they can't be kept.
pub async fn booths(app: &App, polls: usize, slips: usize) -> Result<Vec<Booth>> {
    let now = app.now();
    let roll = i64::try_from(slips).context("the number of slips")?;
    let group: Vec<GroupMember> = ["party", "union", "members"]
        .into_iter()
        .map(|side| GroupMember {
            name: side.to_owned(),
            side: side.to_owned(),
        })
        .collect();
    let mut tx = app.db.write(Scope::Ballots).await?;
    let (mut booths, mut opened) = (Vec::with_capacity(polls), Vec::with_capacity(polls));
    for _ in 0..polls {
        let id = PollId(app.entropy.id(now));
        let (lock, _) = locks::make(&app.entropy, &id, 1, group.len(), 2)?;
        opened.push(Poll {
            id,
            unit: UnitId(app.entropy.id(now)),
            unit_path: "/0/".to_owned(),
            unit_name: "某工会".to_owned(),
            year: 2016,
            plan: Plan {
                roll,
                leaders: vec!["主席".to_owned(), "副主席".to_owned()],
                group: group.clone(),
                closes_on: Some(jiff::civil::date(9998, 12, 31)),
                ..Plan::default()
            },
            slips_by_upper: false,
            replaces: None,
            consent: None,
            stage: Stage::Open(Opened {
                standard: app.in_force().version.clone(),
                lock,
                at: now,
            }),
            prepared_at: now,
            revision: 1,
            changed_at: now,
        });
        let batch = SlipBatch {
            id: SlipBatchId(app.entropy.id(now)),
            poll: id,
            number: 1,
            slips: roll,
            replacing: 0,
            made_by_name: String::new(),
            made_at: now,
        };
        let codes: Vec<String> = (0..slips).map(|_| locks::slip_code(&app.entropy)).collect();
        let mut hashes: Vec<String> = codes.iter().map(|code| app.slip_key.hash(code)).collect();
        hashes.sort_unstable();
        slip::insert(&mut tx, &batch, &hashes).await?;
        booths.push(Booth { poll: id, codes });
    }
    poll::insert_many(&mut tx, &opened).await?;
    super::keep(app, tx).await;
    Ok(booths)
}

/// A paper count in which every object got the same answers, for a slip with so many leaders.
pub fn paper_input(
    leaders: usize,
    [satisfied, basically, dissatisfied, void]: [i64; 4],
) -> PaperInput {
    let objects = ["union-work".to_owned(), "home-building".to_owned()]
        .into_iter()
        .chain((1..=leaders).map(|place| format!("leader:{place}")));
    let mut answers = BTreeMap::new();
    for object in objects {
        for (answer, number) in [
            ("satisfied", satisfied),
            ("basically_satisfied", basically),
            ("dissatisfied", dissatisfied),
            ("void", void),
        ] {
            answers.insert((object.clone(), answer.to_owned()), number.to_string());
        }
    }
    PaperInput {
        ballots: (satisfied + basically + dissatisfied + void).to_string(),
        answers,
    }
}
