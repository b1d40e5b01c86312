//! Voting: what a slip leads to, and the way of a ballot into the box. Ballots that arrive together are committed together, durably (`queue`), and a
//! voter is thanked only after that. Nothing here writes a line of the trail or of a log: who votes when is nobody's business.

mod cache;
mod pace;
mod queue;

use std::{borrow::Cow, sync::Arc};

use anyhow::Context;
use jianjia_domain::{
    core::ids::PollId,
    rating::poll::{
        self, Object, Poll, ballot,
        refusal::PollRefusal,
        signal::NETWORK_CLASSES,
        slip::{self, NotTaken, SLIP_CODE, SlipRefusal, Vote},
    },
};
use jianjia_standard::{Standard, programme::Grade};
use jianjia_store::rating::{ballot::Cast, poll as polls, slip as slips};
use zeroize::Zeroizing;

use self::cache::Questions;
pub use self::queue::Ballots;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::{
        lock::{Share, wipe_stack},
        poll::standard_of,
    },
};

/// What a slip leads to.
#[derive(Clone, Debug)]
pub enum Slip {
    /// The paper to fill in.
    Paper(Paper),
    /// Its poll is counted: on to the result.
    Counted(PollId),
    Refused(SlipRefusal),
}

/// What a voter sees and chooses from.
#[derive(Clone, Debug)]
pub struct Paper {
    pub poll: PollId,
    pub unit_name: String,
    pub year: i16,
    pub objects: Vec<Object>,
    pub grades: Vec<Grade>,
    pub closes_on: String,
    /// The slip's code, as it was read.
    pub code: String,
}

/// One vote, as it comes from the form.
#[derive(Clone, Debug, Default)]
pub struct VoteInput<'a> {
    pub poll: Cow<'a, str>,
    pub code: Cow<'a, str>,
    /// A grade's key for each object in order; nothing for a blank.
    pub chosen: Vec<Cow<'a, str>>,
    pub suggestion: Cow<'a, str>,
    pub at_kiosk: bool,
    /// The network it came from; only a coarse class of it is counted.
    pub network: Cow<'a, str>,
}

/// What a typed or scanned code leads to.
///
/// # Errors
/// `NoBallot` when the poll's standard knows none. What is wrong with the slip itself is an answer.
pub async fn slip(app: &App, typed: &str) -> Result<Slip> {
    let Some(code) = slip::read_code(typed, SLIP_CODE) else {
        return Ok(Slip::Refused(SlipRefusal::Unknown));
    };
    let mut tx = app.db.read().await?;
    let Some(found) = slips::find(&mut tx, &app.slip_key.hash(&code)).await? else {
        return Ok(Slip::Refused(SlipRefusal::Unknown));
    };
    let poll = polls::find(&mut tx, &found.poll)
        .await?
        .context("the slip's poll")?;
    if poll.state().has_result() {
        return Ok(Slip::Counted(poll.id));
    }
    if let Err(refused) = slip::good(Some(found.state), poll.gate(), app.now()) {
        return Ok(Slip::Refused(refused));
    }
    let standard = standard_of(&mut tx, app, &poll).await?;
    Ok(Slip::Paper(paper(&standard, &poll, code)?))
}

fn paper(standard: &Standard, poll: &Poll, code: String) -> Result<Paper> {
    let rules = poll::rules(standard).map_err(refused)?;
    Ok(Paper {
        poll: poll.id,
        unit_name: poll.unit_name.clone(),
        year: poll.year,
        objects: poll::objects(rules, &poll.plan.leaders),
        grades: rules.grades.clone(),
        closes_on: poll
            .plan
            .closes_on
            .map_or_else(String::new, |day| day.to_string()),
        code,
    })
}

/// Casts a vote: when this returns, the ballot lies in the box for good, once.
///
/// # Errors
/// As `seal` and `keep`; nothing is kept then.
pub async fn cast(app: &App, input: VoteInput<'_>) -> Result<()> {
    let sealed = seal(app, input).await?;
    keep(app, sealed).await
}

/// A vote on its way into the box: nobody but its voter's browser can read it any more.
pub struct SealedVote {
    cast: Cast,
    share: Arc<Share>,
    questions: Arc<Questions>,
    /// The class of the network it came from.
    class: i64,
}

/// Seals a vote the moment it arrives. What was chosen is needed no more after this, and should be let go of before `keep`.
///
/// # Errors
/// `Slip` with `Unknown` or `NotOpen`; `NoGrade`, `SuggestionTooLong`.
pub async fn seal(app: &App, input: VoteInput<'_>) -> Result<SealedVote> {
    let unknown = || refused(PollRefusal::Slip(SlipRefusal::Unknown));
    let code = slip::read_code(&input.code, SLIP_CODE).ok_or_else(unknown)?;
    let poll: PollId = input.poll.parse().map_err(|_| unknown())?;
    let questions = Ballots::of(app).open_poll(app, &poll).await?;
    let class = app
        .slip_key
        .network_class(&poll, &input.network, NETWORK_CLASSES);
    let ballot = ballot::read(
        poll::rules(&questions.standard).map_err(refused)?,
        &questions.objects,
        &input.chosen,
        &input.suggestion,
    )
    .map_err(refused)?;
    let plain = Zeroizing::new(ballot.to_bytes());
    let sealed = questions.sealer.seal(&app.entropy, plain);
    let slip = app.slip_key.hash_bytes(&code);
    wipe_stack();
    let sealed = sealed?;
    if sealed.has_begun {
        Ballots::of(app).has_begun(&questions);
    }
    Ok(SealedVote {
        cast: Cast {
            slip,
            poll,
            vote: Vote {
                lock_version: questions.sealer.lock_version,
                at_kiosk: input.at_kiosk,
            },
            number: app.entropy.number(),
            sealed: sealed.ballot,
            share: None,
        },
        share: sealed.share,
        questions,
        class,
    })
}

/// Puts a sealed vote into the box.
///
/// # Errors
/// `Slip` with what is wrong with the slip, `KeysRenewed`; nothing is kept then.
pub async fn keep(app: &App, vote: SealedVote) -> Result<()> {
    keep_together(app, vec![vote]).await
}

/// Puts sealed votes into the box in one batch (of `BATCH` at most), however slow the machine is: it is the same box every time.
///
/// # Errors
/// As `keep`, of the first that is not taken; those that are good are kept all the same.
pub async fn keep_together(app: &App, votes: Vec<SealedVote>) -> Result<()> {
    let polls: Vec<PollId> = votes.iter().map(|vote| vote.cast.poll).collect();
    let ballots = Ballots::of(app);
    let outcomes = ballots.put(app, votes).await?;
    let mut kept = Ok(());
    for (poll, outcome) in polls.iter().zip(outcomes) {
        let why = match outcome {
            Ok(()) => continue,
            Err(NotTaken::Refused(slip)) => PollRefusal::Slip(slip),
            Err(NotTaken::Relocked) => {
                ballots.forget(poll);
                PollRefusal::KeysRenewed
            }
        };
        kept = kept.and(Err(refused(why)));
    }
    kept
}

fn refused(refusal: PollRefusal) -> Error {
    Error::Refused(refusal.into())
}
