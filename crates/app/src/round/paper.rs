//! The papers of the round. Each file says what stands in one kind, with the fields of `papers/KIND.sample.json`; they are listed in `crate::paper`.

pub mod application;
pub mod minutes;
pub mod notice;
pub mod posting;
pub mod publication;
pub mod reasons;
pub mod reply;
pub mod review;
pub mod story;
pub mod summary;

use jianjia_domain::{
    core::policy::{Act, Actor, may},
    round::application::{EventAct, State},
};
use jianjia_standard::{Lang, Standard, explain, judgement::Status};
use jianjia_store::{core::db::Tx, rating::count as rating};

use crate::{
    core::error::Result,
    round::application::{ApplicationView, ClauseRow},
};

/// The kinds of paper that there are of an application for the actor, in the order of its package.
pub fn of_application(actor: &Actor, view: &ApplicationView) -> Vec<&'static str> {
    let application = &view.application;
    let has_story = !application.story.trim().is_empty();
    let is_rejected = matches!(application.state, State::Rejected { .. });
    let reviews = may(actor, Act::DeclareConflict, &view.unit);
    [
        ("application", true),
        ("story", has_story),
        ("minutes", is_own(actor, view)),
        ("posting", view.is_posted),
        ("review", reviews && review::is_there(view)),
        ("reasons", is_rejected),
    ]
    .into_iter()
    .filter(|(_, is_there)| *is_there)
    .map(|(kind, _)| kind)
    .collect()
}

/// Whether the application is of the actor's own union.
fn is_own(actor: &Actor, view: &ApplicationView) -> bool {
    actor.belongs_to(&view.application.unit.path)
}

/// A word without its context: papers are in Chinese.
fn plain(word: &str) -> String {
    jianjia_words::t(Lang::Zh, word).to_owned()
}

fn is_opinion(act: EventAct) -> bool {
    use EventAct::{Endorsed, Named, Recommended, Rejected, TakenUp};
    [Endorsed, Recommended, TakenUp, Named, Rejected].contains(&act)
}

/// `达到 24 条，还不知道 1 条`.
fn judged(rows: &[ClauseRow]) -> String {
    let statuses = [
        Status::Met,
        Status::Unmet,
        Status::Unknown,
        Status::NotApplicable,
    ];
    let words: Vec<String> = statuses
        .into_iter()
        .filter_map(|status| {
            let number = rows.iter().filter(|row| row.status == status).count();
            (number > 0).then(|| format!("{} {number} 条", status.name(Lang::Zh)))
        })
        .collect();
    words.join("，")
}

/// The members' rating of the year, where the title asks for one.
async fn rated(tx: &mut Tx, standard: &Standard, view: &ApplicationView) -> Result<Option<String>> {
    let application = &view.application;
    if application.person.is_some() {
        return Ok(None);
    }
    let found = rating::of_year(tx, &application.unit.id, application.year).await?;
    Ok(found.and_then(|found| {
        let sum = explain::worked_sum(standard, &found.counts.counts())?;
        let (roll, cast) = (found.counts.roll, found.counts.cast());
        Some(format!("应投 {roll} 人，收回 {cast} 张，满意度 {sum}"))
    }))
}
