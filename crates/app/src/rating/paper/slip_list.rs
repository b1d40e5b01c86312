//! 领票登记表: the roll, to be signed by whoever takes a slip. Which slip somebody takes stands nowhere on it.

use jianjia_domain::core::{ids::PollId, policy::Actor};
use jiff::civil::Date;
use serde::Serialize;

use crate::{
    core::{app::App, error::Result, paper::Sheet},
    rating::poll as polls,
};

/// Rows of a roll without names, at most.
const MOST_ROWS: i64 = 2_000;

#[derive(Serialize)]
struct List {
    union: String,
    year: i16,
    printed_on: Date,
    members: Vec<Member>,
}

#[derive(Serialize)]
struct Member {
    name: String,
    branch: Option<String>,
}

/// The list of a poll, for those who hold it. A roll of which only the number is known gives empty rows.
///
/// # Errors
/// Not found when it isn't there; as `App::permit` at its unit.
pub async fn sheet(app: &App, actor: &Actor, id: &PollId) -> Result<Sheet> {
    let (poll, names) = polls::roll(app, actor, id).await?;
    let rows = poll.plan.roll.clamp(0, MOST_ROWS);
    let mut members: Vec<Member> = names
        .into_iter()
        .map(|name| Member { name, branch: None })
        .collect();
    if members.is_empty() {
        let empty = (0..rows).map(|_| Member {
            name: String::new(),
            branch: None,
        });
        members.extend(empty);
    }
    let list = List {
        union: poll.unit_name.clone(),
        year: poll.year,
        printed_on: app.clock.today(),
        members,
    };
    Sheet::of(
        "slip-list",
        format!("{} {}年", poll.unit_name, poll.year),
        &list,
    )
}
