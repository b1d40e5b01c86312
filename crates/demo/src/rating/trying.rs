//! What a visitor of the demo needs to vote and to open a box: codes that in a real city stand on paper alone. They are drawn from a
//! source of their own, and so are the same in every demo city.

use anyhow::{Context, Result};
use jianjia_app::{
    core::{entropy::Entropy, secret::SlipKey},
    rating::lock as locks,
};
use jianjia_domain::core::ids::PollId;
use jiff::civil::date;

use crate::core::day::morning;

/// The secret of the demo's slips. It is known to everybody, as all of the demo is.
pub const SLIP_KEY: SlipKey = SlipKey(*b"jianjia demo city: not a secret.");

/// How many are in the working group of a poll of the demo.
pub const GROUP: usize = 5;

/// The codes to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trying {
    /// A slip that nobody has used yet, of a poll that is open.
    pub slip: String,
    /// A poll that waits for its paper count.
    pub poll: PollId,
    /// Its two members whose counts differ; together they open the box.
    pub members: [String; 2],
}

/// The source of one thing to try.
pub fn entropy() -> Entropy {
    Entropy::seeded(20_161_019)
}

/// The codes of the demo city, which were drawn just so when it was made.
///
/// # Errors
/// Never, as long as codes can be made at all.
pub fn trying() -> Result<Trying> {
    let planned_at = morning(date(2016, 10, 8));
    let poll = PollId(entropy().id(planned_at));
    let (_, codes) = locks::make(&entropy(), &poll, 1, GROUP, 2)?;
    let mut codes = codes.0.into_iter();
    let mut code = || codes.next().context("a group has two members and more");
    let printing = entropy();
    printing.id(planned_at);
    Ok(Trying {
        slip: locks::slip_code(&printing),
        poll,
        members: [code()?, code()?],
    })
}
