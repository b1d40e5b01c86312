//! What a visitor of the demo needs to vote and to open a box: codes that in a real city stand on paper alone. They are drawn from a
//! source of their own, and so are the same in every demo city.

use anyhow::{Context, Result};
use jianjia_app::{
    core::{app::App, entropy::Entropy, secret::SlipKey},
    exchange::founding::city,
    rating::lock as locks,
};
use jianjia_domain::core::ids::PollId;
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::{
    core::day::morning,
    making::{AS_OF, LAST_DAY},
    office::actor::told,
    rating::poll::Days,
};

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

/// The codes of the demo city that was made as of `made_on`: they were drawn just so when it was made.
///
/// # Errors
/// Never, as long as codes can be made at all.
pub fn trying(made_on: Date) -> Result<Trying> {
    of_poll(poll_of(Days::until(made_on)))
}

/// The codes of a demo city, whenever it was made; none where there is none of its polls.
///
/// # Errors
/// When the database fails.
pub async fn trying_in(app: &App) -> Result<Option<Trying>> {
    let mut candidates = Vec::new();
    for made_on in AS_OF.series(1.day()).take_while(|day| *day <= LAST_DAY) {
        let poll = poll_of(Days::until(made_on));
        if candidates.last() != Some(&poll) {
            candidates.push(poll);
        }
    }
    let found = told(city::first_poll_of(app, &candidates).await)?;
    found.map(of_poll).transpose()
}

/// The poll that waits for its paper count.
fn poll_of(days: Days) -> PollId {
    PollId(entropy().id(morning(days.at(date(2016, 10, 8)))))
}

fn of_poll(poll: PollId) -> Result<Trying> {
    let (_, codes) = locks::make(&entropy(), &poll, 1, GROUP, 2)?;
    let mut codes = codes.0.into_iter();
    let mut code = || codes.next().context("a group has two members and more");
    let printing = entropy();
    printing.id(morning(AS_OF));
    Ok(Trying {
        slip: locks::slip_code(&printing),
        poll,
        members: [code()?, code()?],
    })
}
