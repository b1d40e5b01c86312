//! How a union's rating stands: for its group, for the union above, and the result for its members.

use jianjia_domain::{
    core::{
        ids::{PollId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor},
    },
    rating::{
        count::Rating,
        improvement::Improvement,
        poll::{
            self, Object, Plan, Poll, PollState,
            counting::{self, ClosingRecord, Ways},
            paper::{self, Agreement},
            roll,
            second::Replaced,
            slip::{SlipBatch, SlipCounts},
            stage::Stage,
            voting,
        },
    },
};
use jianjia_standard::{
    Lang, explain,
    figure::Quorum,
    programme::{BallotRules, Grade},
};
use jianjia_store::{
    core::db::Tx,
    rating::{ballot, count as rating, improvement, paper as papers, poll as polls, slip as slips},
};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    rating::poll::{Members, behind, members, permitted, plan_of, standard_of, standing, upper_of},
};

/// A union's rating of a year: its polls and what the reader may do.
#[derive(Clone, Debug)]
pub struct PollPage {
    pub unit: UnitPlace,
    pub year: i16,
    /// The year's rating, once a result is signed off.
    pub rating: Option<Rating>,
    /// `(120 + 30) ÷ 160 = 93.75 %`, of the year's rating.
    pub sum: Option<String>,
    /// The poll that the year's rating came from; none where it was copied from paper.
    pub result: Option<PollId>,
    /// The newest poll; ended ones only where there is no other.
    pub poll: Option<Poll>,
    /// The ended ones besides.
    pub earlier: Vec<Poll>,
    pub rules: BallotRules,
    pub objects: Vec<Object>,
    /// How many members the union has.
    pub members: Members,
    pub last_year: Option<Rating>,
    /// `sum` of the rating of the year before.
    pub last_sum: Option<String>,
    /// What it will improve after this year's rating.
    pub improvements: Vec<Improvement>,
    /// What it said after last year's, to report on.
    pub last_improvements: Vec<Improvement>,
    /// What members wrote, in random order, once the box is open: for the union's own people.
    pub suggestions: Vec<String>,
    pub may_hold: bool,
    pub may_supervise: bool,
    pub may_consent: bool,
    /// Who agrees to a second poll that waits for it, and the telephone; none where nothing waits.
    pub upper: Option<(String, Option<String>)>,
}

impl PollPage {
    /// The roll of the result beside the members, in words; empty where they are the same, or there is no result.
    pub fn roll_words(&self, lang: Lang) -> String {
        let plan = self.plan_of_result();
        plan.map_or_else(String::new, |plan| roll::words(&self.rules, &plan, lang))
    }

    /// Whether the result's roll is so far from the members that its readers should look at it.
    pub fn is_roll_far(&self) -> bool {
        let plan = self.plan_of_result();
        plan.is_some_and(|plan| roll::is_far(&self.rules, &plan))
    }

    /// The plan of the newest poll beside the members, in words, whatever state it is in.
    pub fn planned_words(&self, lang: Lang) -> String {
        let poll = self.poll.as_ref();
        poll.map_or_else(String::new, |poll| {
            roll::words(&self.rules, &poll.plan, lang)
        })
    }

    /// The plan of the poll that the rating came from, which a later one may be about to replace; before the signatures that of the counted one.
    fn plan_of_result(&self) -> Option<Plan> {
        let Some(rating) = &self.rating else {
            let counted = self.poll.as_ref();
            let counted = counted.filter(|poll| poll.state().has_result());
            return counted.map(|poll| poll.plan.clone());
        };
        let polls = self.poll.iter().chain(&self.earlier);
        Some(plan_of(rating, behind(rating, polls), self.members))
    }
}

/// A union's rating of a year, for anybody who may see the union.
///
/// # Errors
/// Not found when the actor doesn't see the unit; `NoBallot` when the standard knows none.
pub async fn of_unit(app: &App, actor: &Actor, unit: &UnitId, year: i16) -> Result<PollPage> {
    let mut tx = app.db.read().await?;
    let place = app.seen(&mut tx, actor, unit).await?;
    let rating = rating::of_year(&mut tx, unit, year).await?;
    let mut found = polls::of_unit(&mut tx, unit, year).await?;
    let newest = found
        .iter()
        .position(|poll| !matches!(poll.stage, Stage::Abandoned(_) | Stage::Annulled(_)))
        .or((!found.is_empty()).then_some(0));
    let mut poll = newest.map(|place| found.remove(place));
    let standard = match &poll {
        Some(poll) => standard_of(&mut tx, app, poll).await?,
        None => app.standards.of(year).clone(),
    };
    let rules = poll::rules(&standard)?.clone();
    let leaders = poll
        .as_ref()
        .map_or_else(Vec::new, |poll| poll.plan.leaders.clone());
    let may_hold = policy::may(actor, Act::HoldPoll, &place);
    let polls = poll.iter().chain(&found);
    let source = rating.as_ref().and_then(|rating| behind(rating, polls));
    let result = source.map(|poll| poll.id);
    // While a second poll is under way, what members wrote in the first is still there to read.
    let newest = poll.as_ref().filter(|poll| poll.state().has_result());
    let suggestions = match newest.or(source) {
        Some(poll) if may_hold => suggestions(&mut tx, &rules, poll).await?,
        _ => Vec::new(),
    };
    let last_year = rating::of_year(&mut tx, unit, year - 1).await?;
    let members = members(&mut tx, app, unit, year).await?;
    let mut upper = None;
    if let Some(poll) = poll
        .as_mut()
        .filter(|poll| poll.state() == PollState::Preparing)
    {
        poll.plan.members = members.beside(poll.plan.roll);
        poll.replaces = rating.as_ref().map(Replaced::of);
        upper = upper_of(&mut tx, poll).await?;
    }
    let sum = |rating: &Rating| explain::worked_sum(&standard, &rating.counts.counts());
    Ok(PollPage {
        sum: rating.as_ref().and_then(sum),
        rating,
        result,
        objects: poll::objects(&rules, &leaders),
        rules,
        poll,
        members,
        earlier: found,
        last_sum: last_year.as_ref().and_then(sum),
        last_year,
        improvements: improvement::of_year(&mut tx, unit, year).await?,
        last_improvements: improvement::of_year(&mut tx, unit, year - 1).await?,
        suggestions,
        may_hold,
        may_supervise: policy::may(actor, Act::SupervisePoll, &place),
        may_consent: policy::may(actor, Act::ConsentToPoll, &place),
        unit: place,
        year,
        upper,
    })
}

/// A poll as those see it who hold it: slips and paper. How many have voted is the working group's alone to see while voting is open.
#[derive(Clone, Debug)]
pub struct Held {
    pub poll: Poll,
    pub unit: UnitPlace,
    pub rules: BallotRules,
    pub objects: Vec<Object>,
    /// Slips made so far, and those of them that were spoiled.
    pub issued: i64,
    pub spoiled: i64,
    /// How many more slips the roll has room for.
    pub room: i64,
    /// All of the account; none while voting is open, nor where so few slips were used that they are not told.
    pub counts: Option<SlipCounts>,
    pub batches: Vec<SlipBatch>,
    pub paper: Agreement,
    /// As in `PollPage`.
    pub upper: Option<(String, Option<String>)>,
    /// Whether the reader makes the slips: the union's own people, or the union above where it asked to.
    pub makes_slips: bool,
    pub may_hold: bool,
}

/// For the union's own people, and for the union above where it makes the slips.
///
/// # Errors
/// Not found when it isn't there or the actor doesn't see its unit; `NotYourRole` to those who neither hold it nor make its slips; `NoBallot` when
/// the standard knows none.
pub async fn held(app: &App, actor: &Actor, id: &PollId) -> Result<Held> {
    let mut tx = app.db.read().await?;
    let mut poll = polls::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let place = app.seen(&mut tx, actor, &poll.unit).await?;
    if poll.state() == PollState::Preparing {
        let members = members(&mut tx, app, &poll.unit, poll.year).await?;
        poll.plan.members = members.beside(poll.plan.roll);
        let replaces = rating::of_year(&mut tx, &poll.unit, poll.year).await?;
        poll.replaces = replaces.as_ref().map(Replaced::of);
    }
    let may_hold = policy::may(actor, Act::HoldPoll, &place);
    let act = voting::slip_act(&poll);
    let makes_slips = policy::may(actor, act, &place);
    if !may_hold && !makes_slips {
        policy::permit(actor, Act::HoldPoll, &place)?;
    }
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?.clone();
    let upper = match poll.state() {
        PollState::Preparing => upper_of(&mut tx, &poll).await?,
        _ => None,
    };
    let entries = papers::of_poll(&mut tx, id).await?;
    let counts = slips::counted(&mut tx, id).await?;
    let is_enough = counting::hides(&rules, counts.used());
    Ok(Held {
        objects: poll::objects(&rules, &poll.plan.leaders),
        rules,
        issued: counts.issued(),
        spoiled: counts.spoiled,
        room: (poll.plan.roll - counts.valid()).max(0),
        counts: (poll.state() != PollState::Open && is_enough).then_some(counts),
        batches: slips::batches(&mut tx, id).await?,
        paper: paper::agreement(&entries),
        unit: place,
        upper,
        makes_slips,
        may_hold,
        poll,
    })
}

/// What anybody who knows the address of a poll may know of it before its result.
#[derive(Clone, Debug)]
pub struct Heading {
    pub poll: PollId,
    pub unit_name: String,
    pub year: i16,
    pub state: PollState,
}

/// Whose poll it is, for the shared tablet and the members' desk.
///
/// # Errors
/// Not found before it is opened.
pub async fn heading(app: &App, id: &PollId) -> Result<Heading> {
    let mut tx = app.db.read().await?;
    let poll = polls::find(&mut tx, id)
        .await?
        .filter(|poll| poll.stage.opened().is_some())
        .ok_or(Error::NotFound)?;
    Ok(Heading {
        poll: poll.id,
        state: poll.state(),
        unit_name: poll.unit_name,
        year: poll.year,
    })
}

/// The names of the roll, for handing out slips.
///
/// # Errors
/// Not found when it isn't there; as `App::permit` at its unit.
pub async fn roll(app: &App, actor: &Actor, id: &PollId) -> Result<(Poll, Vec<String>)> {
    let mut tx = app.db.read().await?;
    let (poll, _) = permitted(&mut tx, app, actor, Act::HoldPoll, id).await?;
    let names = polls::roll(&mut tx, id).await?;
    Ok((poll, names))
}

/// What members wrote, in random order: once the box is open, and where those who may have written it hide each other.
pub(crate) async fn suggestions(
    tx: &mut Tx,
    rules: &BallotRules,
    poll: &Poll,
) -> Result<Vec<String>> {
    let record = poll.record().filter(|_| poll.state().has_result());
    let may_show = |record: &ClosingRecord| {
        counting::may_show(rules, record.phone + record.kiosk, record.paper)
    };
    if !record.is_some_and(may_show) {
        return Ok(Vec::new());
    }
    Ok(ballot::suggestions(tx, &poll.id).await?)
}

/// A counted poll as its members see it. Whoever knows its address may: the address is on the slips.
#[derive(Clone, Debug)]
pub struct PublicResult {
    pub poll: Poll,
    pub record: ClosingRecord,
    pub objects: Vec<ObjectResult>,
    pub grades: Vec<Grade>,
    pub note: jianjia_standard::Text,
    pub rules: BallotRules,
    /// The sum of the result that it replaced.
    pub replaced_sum: Option<String>,
    /// The later poll of the year that took its place.
    pub replaced_by: Option<PollId>,
    pub reaches_quorum: bool,
    pub quorum: Option<Quorum>,
    pub ways: Ways,
    pub improvements: Vec<Improvement>,
}

#[derive(Clone, Debug)]
pub struct ObjectResult {
    pub object: Object,
    pub tally: counting::Tally,
    pub sum: Option<String>,
}

/// The result of a counted or signed poll.
///
/// # Errors
/// Not found before the box is opened, and when the poll counts for nothing.
pub async fn result(app: &App, id: &PollId) -> Result<PublicResult> {
    let mut tx = app.db.read().await?;
    let poll = polls::find(&mut tx, id)
        .await?
        .filter(|poll| poll.state().has_result())
        .ok_or(Error::NotFound)?;
    let mut record = poll.record().cloned().ok_or(Error::NotFound)?;
    let standard = standard_of(&mut tx, app, &poll).await?;
    let rules = poll::rules(&standard)?;
    // Of a poll that was counted before the few were looked after, too.
    if !counting::may_show(rules, record.phone + record.kiosk, record.paper) {
        record.tallies.clear();
        record.ballots_hash.clear();
    }
    let objects = poll::objects(rules, &poll.plan.leaders)
        .into_iter()
        .filter_map(|object| {
            let tally = record.tally(&object.key)?.clone();
            Some(ObjectResult {
                sum: counting::worked_sum(&standard, record.roll, &tally),
                object,
                tally,
            })
        })
        .collect();
    let found = polls::of_unit(&mut tx, &poll.unit, poll.year).await?;
    let later = standing(&found).filter(|standing| standing.id != poll.id);
    let is_signed = poll.state() == PollState::Signed;
    let note = standard
        .rating
        .as_ref()
        .and_then(|rating| rating.note.clone());
    Ok(PublicResult {
        objects,
        grades: rules.grades.clone(),
        rules: rules.clone(),
        replaced_sum: replaced_sum(app, &poll),
        replaced_by: later.filter(|_| is_signed).map(|later| later.id),
        note: note.unwrap_or_default(),
        reaches_quorum: counting::reaches_quorum(&standard, &record),
        quorum: standard.rating.as_ref().map(|rating| rating.quorum),
        ways: counting::ways(rules, &record),
        improvements: improvement::of_year(&mut tx, &poll.unit, poll.year).await?,
        record,
        poll,
    })
}

/// The worked sum of the result that a poll replaces, by the standard of its year.
pub fn replaced_sum(app: &App, poll: &Poll) -> Option<String> {
    let replaced = poll.replaces.as_ref()?;
    explain::worked_sum(app.standards.of(poll.year), &replaced.totals.counts())
}
