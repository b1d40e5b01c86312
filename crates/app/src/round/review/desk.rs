//! One file on the reviewer's desk: criteria beside evidence, figures, earlier findings and last year's judgement.

use jianjia_domain::{
    core::{
        ids::{AccountId, ApplicationId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, may},
        refusal::Refusal,
    },
    round::{
        application::{Application, ApplicationRefusal},
        assignment::{Assignment, AssignmentRefusal, OfficeNote},
        recommendation::reserve,
        review::{self, Conflict, Outcome},
        route::Step,
    },
};
use jianjia_standard::{
    judgement::Status,
    programme::{RoundAct, RouteAct},
};
use jianjia_store::{
    core::db::Tx,
    round::{assignment as assignments, review as reviews},
};
use jiff::Timestamp;

use super::{QueueInput, acting_units, assigning, open_for_reserve, open_window, queue::filter_of};
use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::application::{ApplicationView, ClauseRow, view},
};

#[derive(Clone, Debug)]
pub struct Desk {
    pub view: ApplicationView,
    /// The step whose turn it is.
    pub turn: Option<Step>,
    /// Why the actor may not act: another's turn, a conflict, the calendar.
    pub barred: Option<Refusal>,
    /// Why the actor may review but not yet (or no longer) decide or recommend: the calendar.
    pub not_now: Option<Refusal>,
    /// Why the file can't be handed on by somebody who may not decide on it.
    pub not_passed: Option<Refusal>,
    pub acts: DeskActs,
    /// For each clause of the view why it is to be looked at; none where it is met and nothing speaks against it.
    pub looks: Vec<Option<Look>>,
    /// Its neighbours in the list that it was opened from.
    pub before: Option<ApplicationId>,
    pub after: Option<ApplicationId>,
    /// Who has it in hand at the office whose turn it is.
    pub held: Option<Assignment>,
    /// To whom the actor may give it.
    pub colleagues: Vec<(AccountId, String)>,
    /// What the offices noted; none for those who may not read it.
    pub notes: Option<Vec<OfficeNote>>,
}

/// Why a criterion is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Rejected,
    Unmet,
    Unknown,
    /// Evidence came after the first submission.
    NewEvidence,
    /// It stood otherwise the year before.
    Changed,
}

/// What the actor may do at this step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskActs {
    pub find: bool,
    pub endorse: bool,
    pub send_back: bool,
    pub reject: bool,
    pub decide: bool,
    pub recommend: bool,
    /// May take it in hand or give it back; the file is the actor's own or nobody's.
    pub take: bool,
    pub give: bool,
    /// May hand it on to the approver.
    pub pass: bool,
}

/// The desk, for everyone who may review the applicant's kind of file somewhere on its route; for others it isn't there.
///
/// # Errors
/// Not found as `view`, and to those who review nothing of the applicant's.
pub async fn desk(app: &App, actor: &Actor, id: &ApplicationId) -> Result<Desk> {
    desk_in(app, actor, id, &QueueInput::default()).await
}

/// As `desk`, with the neighbours of the list that it was opened from.
///
/// # Errors
/// As `desk`.
pub async fn desk_in(
    app: &App,
    actor: &Actor,
    id: &ApplicationId,
    list: &QueueInput,
) -> Result<Desk> {
    let view = view(app, actor, id).await?;
    if !may(actor, Act::DeclareConflict, &view.unit) {
        return Err(Error::NotFound);
    }
    let mut tx = app.db.read().await?;
    let application = &view.application;
    let turn = application.turn().cloned();
    let declared = view
        .conflicts
        .iter()
        .find(|conflict| conflict.account == actor.account);
    let barred = match &turn {
        None => Some(Refusal::from(ApplicationRefusal::WrongState {
            state: application.state.key(),
        })),
        Some(turn) => barred(&mut tx, app, actor, application, turn, declared).await?,
    };
    let mut acts = match (&turn, &barred) {
        (Some(turn), None) => acts_at(actor, turn, &view.unit),
        _ => DeskActs::default(),
    };
    // A reserve is looked through after the time for reviewing, and nothing else is done with it here.
    if let Some(turn) = turn.as_ref().filter(|_| reserve::is_reserve(application)) {
        let reviewing = open_window(&mut tx, app, application, turn, RoundAct::Review).await;
        if refusal_of(reviewing)?.is_some() {
            acts = DeskActs {
                find: acts.find,
                ..DeskActs::default()
            };
        }
    }
    let not_now = match &turn {
        Some(turn) if acts.decide || acts.recommend => {
            let act = if acts.decide {
                RoundAct::Decide
            } else {
                RoundAct::Recommend
            };
            refusal_of(open_window(&mut tx, app, application, turn, act).await)?
        }
        _ => None,
    };
    acts.decide &= not_now.is_none();
    let here = turn.as_ref().map(|turn| turn.unit.id);
    let looks = view
        .clauses
        .iter()
        .map(|row| look(row, application.submitted_at, here))
        .collect();
    let filter = filter_of(actor, list, application.year);
    let (before, after) = reviews::neighbours(&mut tx, &filter, application).await?;
    let held = match &turn {
        Some(turn) => assignments::find(&mut tx, id, &turn.unit.id).await?,
        None => None,
    };
    let is_free = held
        .as_ref()
        .is_none_or(|held| held.account == actor.account);
    acts.take &= is_free;
    let is_passed = held
        .as_ref()
        .is_some_and(|held| held.is_passed(application));
    let mut not_passed = None;
    if let Some(turn) = turn.as_ref().filter(|_| acts.take && !is_passed) {
        let (unit, conflicts) = (&view.unit, &view.conflicts);
        match assigning::may_pass(&mut tx, actor, application, turn, unit, conflicts).await? {
            Ok(()) => acts.pass = true,
            // Whoever may decide sees the forms for it and needs no word about handing on.
            Err(AssignmentRefusal::DecidesThemselves { .. }) => {}
            Err(refusal) => not_passed = Some(refusal.into()),
        }
    }
    let colleagues = match &turn {
        Some(turn) if acts.give => assigning::colleagues(&mut tx, &turn.unit.id).await?,
        _ => Vec::new(),
    };
    let notes = assigning::notes(&mut tx, actor, application, &view.unit, declared).await?;
    Ok(Desk {
        held,
        colleagues,
        notes,
        turn,
        barred,
        not_now,
        not_passed,
        acts,
        looks,
        before,
        after,
        view,
    })
}

/// Why the actor may not act at the step whose turn it is.
async fn barred(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    application: &Application,
    turn: &Step,
    declared: Option<&Conflict>,
) -> Result<Option<Refusal>> {
    let unit = &turn.unit;
    if let Err(refusal) = review::may_review(actor, application, &unit.id, declared) {
        return Ok(Some(refusal.into()));
    }
    if !acting_units(actor).iter().any(|own| own.id == unit.id) {
        let unit = unit.name.clone();
        return Ok(Some(ApplicationRefusal::NotYourTurn { unit }.into()));
    }
    let reviewing = open_window(tx, app, application, turn, RoundAct::Review).await;
    if reviewing.is_err() && reserve::is_reserve(application) {
        return refusal_of(open_for_reserve(tx, app, application).await);
    }
    refusal_of(reviewing)
}

/// The refusal, if that is what it came to.
fn refusal_of(result: Result<()>) -> Result<Option<Refusal>> {
    match result {
        Ok(()) => Ok(None),
        Err(Error::Refused(refusal)) => Ok(Some(refusal)),
        Err(error) => Err(error),
    }
}

/// What the actor's roles at the step's unit permit there.
fn acts_at(actor: &Actor, turn: &Step, unit: &UnitPlace) -> DeskActs {
    let there = actor.at(&turn.unit.id);
    let can = |act| may(&there, act, unit);
    DeskActs {
        find: can(Act::RecordFinding),
        endorse: turn.act == RouteAct::Endorse && can(Act::EndorseApplication),
        send_back: can(Act::ReturnApplication),
        reject: can(Act::RejectApplication),
        decide: turn.act == RouteAct::Decide && can(Act::DecideApplication),
        recommend: turn.act == RouteAct::Recommend && can(Act::RecommendApplication),
        take: can(Act::TakeFile),
        give: can(Act::GiveFile),
        // Who could go on with it is read for those alone who have it or could take it.
        pass: false,
    }
}

/// What is new or different is settled once the unit whose turn it is (`here`) has found on the criterion since.
fn look(row: &ClauseRow, submitted_at: Option<Timestamp>, here: Option<UnitId>) -> Option<Look> {
    if row
        .finding()
        .is_some_and(|finding| finding.outcome == Outcome::Rejected)
    {
        return Some(Look::Rejected);
    }
    match row.status {
        Status::Unmet => return Some(Look::Unmet),
        Status::Unknown => return Some(Look::Unknown),
        Status::Met | Status::NotApplicable => {}
    }
    let found_at = row
        .findings
        .iter()
        .rev()
        .find(|finding| Some(finding.unit) == here)
        .map(|finding| finding.at);
    let newest = row.evidence.iter().map(|piece| piece.uploaded_at).max();
    let is_new = newest.is_some_and(|at| submitted_at.is_some_and(|first| at > first));
    if is_new && newest > found_at {
        return Some(Look::NewEvidence);
    }
    let is_changed = row.last_year.is_some_and(|before| before != row.status);
    (is_changed && found_at.is_none()).then_some(Look::Changed)
}
