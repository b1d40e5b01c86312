//! What unions learn from each other: a dozen cases published a year, some of this year on their way; two topics and two meetings a year. All of it goes
//! through the acts, on a few days of each year.

mod case;
mod meeting;
mod theme;
mod topic;

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use jianjia_app::core::app::App;
use jianjia_domain::{
    core::{
        ids::AccountId,
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role, RoleAt},
        proof::Proof,
    },
    office::account::Account,
    register::unit::UnitState,
};
use jianjia_store::register::unit;
use jiff::civil::{Date, date};

use crate::{
    core::{
        city::{City, Grade},
        day::working,
    },
    office::actor::{actor, chair_of},
    register::growth::FIRST_YEAR,
};

/// The days of a year on which something is done, by what is done on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    OpenTopic,
    CallMeeting,
    Contribute,
    HoldMeeting,
    CloseTopic,
    WriteCases,
    Recommend,
    Edit,
    Publish,
    TakeDown,
    OpenSecondTopic,
    CallSecondMeeting,
    ContributeAgain,
    HoldSecondMeeting,
    CloseSecondTopic,
}

const STEPS: [(Step, i8, i8); 15] = [
    (Step::OpenTopic, 4, 11),
    (Step::CallMeeting, 4, 18),
    (Step::Contribute, 4, 25),
    (Step::HoldMeeting, 5, 17),
    (Step::CloseTopic, 5, 30),
    (Step::WriteCases, 6, 14),
    (Step::Recommend, 6, 28),
    (Step::Edit, 7, 12),
    (Step::Publish, 7, 26),
    (Step::TakeDown, 8, 9),
    (Step::OpenSecondTopic, 10, 10),
    (Step::CallSecondMeeting, 10, 12),
    (Step::ContributeAgain, 10, 17),
    (Step::HoldSecondMeeting, 11, 15),
    (Step::CloseSecondTopic, 12, 5),
];

fn steps_of(year: i16) -> impl Iterator<Item = (Step, Date)> {
    let days = STEPS.into_iter();
    days.map(move |(step, month, day)| (step, working(date(year, month, day))))
}

/// The days before today on which something is done.
pub fn days(today: Date) -> Vec<Date> {
    let years = FIRST_YEAR..=today.year();
    let all = years.flat_map(steps_of).map(|(_, day)| day);
    all.filter(|day| *day < today).collect()
}

/// All that is under way.
pub struct Sharing<'a> {
    app: &'a App,
    /// Chairs of good unions, some of each district, in a fixed order.
    chairs: Vec<Actor>,
    /// The city's approver.
    leading: Actor,
    cases: Vec<case::OnItsWay>,
    topic: Option<jianjia_domain::core::ids::TopicId>,
    meeting: Option<jianjia_domain::core::ids::MeetingId>,
    today: Date,
}

/// So many unions share.
const UNIONS: usize = 30;

impl<'a> Sharing<'a> {
    /// Whoever shares.
    ///
    /// # Errors
    /// When the demo has no account of the city.
    pub fn new(
        app: &'a App,
        city: &City,
        accounts: &[Account],
        today: Date,
    ) -> Result<Sharing<'a>> {
        Ok(Sharing {
            app,
            chairs: chairs(city),
            leading: actor(accounts, "demo.city")?,
            cases: Vec::new(),
            topic: None,
            meeting: None,
            today,
        })
    }

    /// Does what is due on a day.
    ///
    /// # Errors
    /// When an act is refused.
    pub async fn go(&mut self, day: Date) -> Result<()> {
        if day.year() < FIRST_YEAR || day >= self.today {
            return Ok(());
        }
        let due: Vec<Step> = steps_of(day.year())
            .filter(|(_, on)| *on == day)
            .map(|(step, _)| step)
            .collect();
        for step in due {
            self.app.clock.set(day);
            self.step(step, day).await?;
        }
        Ok(())
    }

    async fn step(&mut self, step: Step, day: Date) -> Result<()> {
        match step {
            Step::OpenTopic | Step::OpenSecondTopic => self.open_topic(day).await,
            Step::Contribute | Step::ContributeAgain => self.contribute(day).await,
            Step::CloseTopic | Step::CloseSecondTopic => self.close_topic().await,
            Step::CallMeeting | Step::CallSecondMeeting => self.call_meeting(day).await,
            Step::HoldMeeting | Step::HoldSecondMeeting => self.hold_meeting().await,
            Step::WriteCases => self.write_cases(day).await,
            Step::Recommend => self.recommend_cases().await,
            Step::Edit => self.edit_cases().await,
            Step::Publish => self.publish_cases().await,
            Step::TakeDown => self.take_down(day).await,
        }
    }

    /// Somebody as the register has their unit today; none where it ended.
    async fn as_of_today(&self, chair: &Actor) -> Result<Option<Actor>> {
        let held = chair.roles.first().context("a role")?;
        let mut tx = self.app.db.read().await?;
        let found = unit::find(&mut tx, &held.unit.id).await?;
        let found = found.filter(|unit| unit.state == UnitState::Active);
        Ok(found.map(|unit| Actor {
            roles: vec![RoleAt {
                role: held.role,
                unit: unit.place(),
            }],
            ..chair.clone()
        }))
    }
}

/// Somebody who reviews and approves at a federation.
fn officer(place: &UnitPlace) -> Actor {
    Actor {
        account: AccountId(place.id.0),
        person: None,
        name: format!("{}审批人", place.name),
        roles: vec![RoleAt {
            role: Role::Approver,
            unit: place.clone(),
        }],
        proof: Proof::Password,
    }
}

/// The chairs of good unions, spread over the city: the union of the story first.
fn chairs(city: &City) -> Vec<Actor> {
    let is_good = |index: &usize| {
        let unit = &city.units[*index];
        let kind = matches!(
            unit.kind,
            UnitKind::Grassroots | UnitKind::Village | UnitKind::Direct
        );
        kind && unit.grade >= Grade::Model && *index != city.cast.union
    };
    let good: Vec<usize> = (0..city.units.len()).filter(is_good).collect();
    let apart = (good.len() / UNIONS).max(1);
    let chosen = good.into_iter().step_by(apart).take(UNIONS - 1);
    let all = [city.cast.union].into_iter().chain(chosen);
    let mut seen = BTreeSet::new();
    all.filter(|index| seen.insert(*index))
        .map(|index| chair_of(city, index))
        .filter(|chair| !chair.name.is_empty())
        .collect()
}
