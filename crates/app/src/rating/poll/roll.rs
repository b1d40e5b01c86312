//! The roll behind a year's rating: who could vote, of how many members, and why not all. It stands wherever the result does.

use jianjia_domain::rating::{
    count::Rating,
    poll::{Plan, Poll, roll, rules},
};
use jianjia_standard::{Lang, programme::BallotRules, subject::Subject};
use jianjia_store::{core::db::Tx, rating::poll as polls, register::unit};

use super::{Members, standard_of};
use crate::core::{app::App, error::Result};

/// The plan that a result came from, with the rules that held for it; none of rules where the standard knows no ballot.
#[derive(Clone, Debug)]
pub struct RatedRoll {
    pub plan: Plan,
    rules: Option<BallotRules>,
}

impl RatedRoll {
    /// The roll beside the members; empty where they are the same and nothing was said of it.
    pub fn words(&self, lang: Lang) -> String {
        let rules = self.rules.as_ref();
        rules.map_or_else(String::new, |rules| roll::words(rules, &self.plan, lang))
    }

    /// Whether it is so far from the members that readers of the result should look at it.
    pub fn is_far(&self) -> bool {
        let rules = self.rules.as_ref();
        rules.is_some_and(|rules| roll::is_far(rules, &self.plan))
    }
}

/// The poll that a rating came from, among a union's polls of the year; none where the totals were copied from paper.
pub(crate) fn behind<'a>(
    rating: &Rating,
    polls: impl IntoIterator<Item = &'a Poll>,
) -> Option<&'a Poll> {
    let mut polls = polls.into_iter();
    polls.find(|poll| poll.id.to_string() == rating.note)
}

/// The plan of a rating: its poll's, or for totals copied from paper their roll, and the members as they are said now.
pub(crate) fn plan_of(rating: &Rating, poll: Option<&Poll>, members: Members) -> Plan {
    let of_paper = || Plan {
        roll: rating.counts.roll,
        members: members.beside(rating.counts.roll),
        ..Plan::default()
    };
    poll.map_or_else(of_paper, |poll| poll.plan.clone())
}

/// The roll behind a year's rating, for pages that show the result among other things; `subject` is its union as it was judged.
pub(crate) async fn of_rating(
    tx: &mut Tx,
    app: &App,
    rating: &Rating,
    subject: &Subject,
) -> Result<RatedRoll> {
    let found = polls::of_unit(tx, &rating.unit, rating.year).await?;
    let poll = behind(rating, &found);
    let standard = match poll {
        Some(poll) => standard_of(tx, app, poll).await?,
        None => app.standards.of(rating.year).clone(),
    };
    let rules_of_roll = standard.rating.as_ref();
    let rules_of_roll = rules_of_roll.and_then(|rating| rating.roll.as_ref());
    let said = rules_of_roll.and_then(|rules| rules.members_of(subject));
    let members = Members {
        said: said.and_then(|members| i64::try_from(members).ok()),
        ..Members::default()
    };
    Ok(RatedRoll {
        plan: plan_of(rating, poll, members),
        rules: rules(&standard).ok().cloned(),
    })
}

/// Who agrees to a second poll, and the telephone that the register has; none where no consent is waited for.
pub(crate) async fn upper_of(tx: &mut Tx, poll: &Poll) -> Result<Option<(String, Option<String>)>> {
    if poll.replaces.is_none() || poll.consent.is_some() {
        return Ok(None);
    }
    let above = unit::above(tx, &poll.unit_path).await?;
    let upper = above
        .into_iter()
        .find(|above| above.id != poll.unit && above.kind.is_federation());
    let Some(upper) = upper else {
        return Ok(None);
    };
    let found = unit::find(tx, &upper.id).await?;
    let phone = found.and_then(|found| found.details.phone);
    Ok(Some((upper.name, phone)))
}
