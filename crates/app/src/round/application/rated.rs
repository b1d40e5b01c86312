//! The roll and the ballots behind a rating, beside the criterion that asks for it.

use jianjia_domain::{rating::count::Rating, round::application::Application};
use jianjia_standard::{Lang, Text, check::Check};
use jianjia_store::{core::db::Tx, rating::count as rating};

use super::reading::Judged;
use crate::{
    core::{app::App, error::Result},
    rating::poll as polls,
};

/// Whether a criterion asks for the members' rating.
pub(super) fn asks_rating(check: &Check) -> bool {
    let parts = check.parts();
    parts
        .iter()
        .any(|check| matches!(check, Check::Rating { .. }))
}

/// What stands behind the rating that was judged: the roll, the ballots, and of how many members.
pub(super) async fn behind_rating(
    tx: &mut Tx,
    app: &App,
    application: &Application,
    judged: &Judged,
) -> Result<Vec<(Text, Text)>> {
    let Some(subject) = judged.subject.as_ref() else {
        return Ok(Vec::new());
    };
    let Some(counts) = &subject.rating else {
        return Ok(Vec::new());
    };
    let text = |zh: &str, en: &str| Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    let cast: u64 = counts.answers.values().sum();
    let mut told = Vec::new();
    if let Some(roll) = counts.roll {
        told.push((
            text("应投与收回", "Roll and ballots"),
            text(
                &format!("应投 {roll} 人，收回 {cast} 张"),
                &format!("{roll} may vote, {cast} ballots"),
            ),
        ));
    }
    // The poll of a result that was judged; a later one has a roll of its own.
    let rating = rating::of_year(tx, &application.unit.id, application.year).await?;
    let is_judged = |rating: &Rating| u64::try_from(rating.counts.roll).ok() == counts.roll;
    if let Some(rating) = rating.filter(is_judged) {
        let roll = polls::of_rating(tx, app, &rating, subject).await?;
        let words = text(&roll.words(Lang::Zh), &roll.words(Lang::En));
        if !words.zh.is_empty() {
            told.push((text("应投与会员", "The roll and the members"), words));
        }
    }
    Ok(told)
}
