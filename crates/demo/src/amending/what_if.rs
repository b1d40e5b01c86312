//! What the city's office tried of the standard and saved for its colleagues: a higher satisfaction in the first autumn, more members in the second year, which
//! it thought better of.

use anyhow::{Context, Result};
use jianjia_app::{
    amending::what_if::{
        Where,
        proposal::{self as proposals, SaveInput},
    },
    core::app::App,
};
use jianjia_domain::office::account::Account;
use jianjia_standard::what_if::change::Change;
use jiff::civil::{Date, date};

use crate::office::actor::{actor, told};

/// What is proposed on a day: by whom, what it is called, why, and what it changes.
struct Idea {
    on: Date,
    by: &'static str,
    name: &'static str,
    reason: &'static str,
    changes: &'static [(&'static str, &'static str)],
    is_withdrawn: bool,
}

const IDEAS: [Idea; 2] = [
    Idea {
        on: date(2016, 10, 14),
        by: "demo.city-reviewer",
        name: "模范家满意度提到 88%",
        reason: "去年测评的工会大多超过 85%，提高一点，看有多少家受影响，再定明年怎么要求。",
        changes: &[("model-home.M5d.0.at_least", "88%")],
        is_withdrawn: false,
    },
    Idea {
        on: date(2017, 3, 16),
        by: "demo.city",
        name: "入会率提到 92%，每月活动改看四个季度",
        reason: "有基层反映每月一次活动负担重，想用更高的入会率换更宽的活动要求。",
        changes: &[
            ("model-home.M1b.0.at_least", "92%"),
            ("model-home.M5c.0.every", "quarter"),
            ("model-home.M5c.0.periods", "4"),
        ],
        is_withdrawn: true,
    },
];

/// The days until today on which something is proposed.
pub fn days(today: Date) -> impl Iterator<Item = Date> {
    let days = IDEAS.iter().map(|idea| idea.on);
    days.filter(move |day| *day <= today)
}

/// Proposes what is proposed on a day.
///
/// # Errors
/// When an act is refused.
pub async fn go(app: &App, accounts: &[Account], day: Date) -> Result<()> {
    for idea in IDEAS.iter().filter(|idea| idea.on == day) {
        app.clock.set(day);
        let by = actor(accounts, idea.by)?;
        let changes: Option<Vec<Change>> = idea
            .changes
            .iter()
            .map(|(name, value)| Change::read(name, value))
            .collect();
        let input = SaveInput {
            asked: Where {
                year: Some(day.year()),
                place: None,
            },
            name: idea.name.to_owned(),
            reason: idea.reason.to_owned(),
            changes: changes.context("the changes of a proposal")?,
            request_key: day.to_string(),
        };
        let kept = told(proposals::propose(app, &by, &input).await)?;
        if idea.is_withdrawn {
            told(proposals::withdraw(app, &by, (&kept.id, kept.revision)).await)?;
        }
    }
    Ok(())
}
