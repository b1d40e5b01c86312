//! What group members do with their codes, without an account: enter the paper ballots, open the box together, sign the result.

mod opening;
mod paper;
mod signing;

use jianjia_domain::core::{guess, place::UnitPlace, refusal::Refuse};
use jianjia_domain::{
    core::{ids::PollId, refusal::Refusal},
    rating::poll::{
        self, Poll,
        paper::{Agreement, agreement},
        refusal::PollRefusal,
        slip::{self, MEMBER_CODE, SlipCounts},
    },
};
use jianjia_store::{
    core::{
        db::Tx,
        guess::{self as guesses, Failures},
        place,
        scope::Scope,
    },
    rating::{paper as papers, poll as polls, slip as slips},
};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::{
        lock as locks,
        poll::{standard_of, suggestions},
    },
};

pub use self::{opening::open_box, paper::enter_paper, signing::sign};

/// A group member who proved to be one, and how the poll stands: what the group alone may see.
#[derive(Clone, Debug)]
pub struct MemberDesk {
    pub poll: Poll,
    pub member: usize,
    pub counts: SlipCounts,
    pub paper: Agreement,
    pub objects: Vec<poll::Object>,
    pub rules: jianjia_standard::programme::BallotRules,
    /// What members wrote, in random order, once the box is open.
    pub suggestions: Vec<String>,
}

/// What a member sees after typing the own code.
///
/// # Errors
/// `NoSuchCode` or `TooManyTries` at the field `code`.
pub async fn desk(app: &App, id: &PollId, code: &str) -> Result<MemberDesk> {
    let mut tx = app.db.read().await?;
    let poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let member = member(app, &mut tx, &poll, "code", code).await?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?.clone();
    let entries = papers::of_poll(&mut tx, id).await?;
    Ok(MemberDesk {
        counts: slips::counted(&mut tx, id).await?,
        paper: agreement(&entries),
        objects: poll::objects(&rules, &poll.plan.leaders),
        suggestions: suggestions(&mut tx, &rules, &poll).await?,
        rules,
        member,
        poll,
    })
}

/// Which member a code is of. A right one always opens, or anybody could lock the group out by guessing; who goes on guessing is told to stop.
async fn member(app: &App, tx: &mut Tx, poll: &Poll, field: &str, typed: &str) -> Result<usize> {
    let lock = poll.lock();
    let found = slip::read_code(typed, MEMBER_CODE)
        .and_then(|code| locks::member_of(&poll.id, lock?, &code));
    if let Some(member) = found {
        return Ok(member);
    }
    let target = format!("poll:{}", poll.id);
    let failed = guesses::of(tx, &target).await?;
    let refusal = match failed {
        Some(failed)
            if failed.count >= TRIES && app.now().duration_since(failed.last_at) < guess::KEPT =>
        {
            PollRefusal::TooManyTries
        }
        _ => PollRefusal::NoSuchCode,
    };
    Err(Refusal::at(field, refusal).into())
}

/// Wrong codes of a poll before more are not looked into.
const TRIES: i64 = 20;

/// Counts a wrong code, in a transaction of its own: the act it came with is refused.
async fn count_failure(app: &App, id: &PollId) -> Result<()> {
    let target = format!("poll:{id}");
    let mut tx = app.db.write(Scope::Guesses(target.clone())).await?;
    let now = app.now();
    let failed = guesses::held(&mut tx, &target, guess::KEPT, now).await?;
    let more = Failures {
        count: failed.count + 1,
        last_at: now,
    };
    guesses::set(&mut tx, &target, more).await?;
    Ok(tx.commit().await?)
}

/// Runs what a member does, and counts the try when the code was wrong.
async fn counting_tries<T>(app: &App, id: &PollId, done: Result<T>) -> Result<T> {
    if let Err(Error::Refused(refusal)) = &done {
        let is_wrong_code = match refusal {
            Refusal::Fields(fields) => fields
                .iter()
                .any(|(_, refusal)| refusal.key() == PollRefusal::NoSuchCode.key()),
            other => other.key() == PollRefusal::NoSuchCode.key(),
        };
        if is_wrong_code {
            count_failure(app, id).await?;
        }
    }
    done
}

/// As `desk`, counting wrong codes.
///
/// # Errors
/// As `desk`.
pub async fn sign_in(app: &App, id: &PollId, code: &str) -> Result<MemberDesk> {
    counting_tries(app, id, desk(app, id, code).await).await
}

async fn place(tx: &mut Tx, poll: &Poll) -> Result<UnitPlace> {
    place::find(tx, &poll.unit).await?.ok_or(Error::NotFound)
}
