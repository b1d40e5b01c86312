//! Recommending the best candidates to the city (clause P3), within the quota; and the city's quotas.

use std::collections::HashMap;

use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        place::{UnitKind, UnitPlace},
        policy::{Act, Actor, may},
        refusal::Refusal,
    },
    round::{
        application::{Application, State},
        recommendation::{Quota, RecommendationRefusal, reserve},
    },
};
use jianjia_standard::programme::RoundAct;
use jianjia_standard::{Text, programme::RouteAct};
use jianjia_store::{
    core::db::Tx,
    round::{
        quota::{self as quotas, sharing},
        recommendation as lists,
    },
};

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    round::{
        application::title_of,
        review::{self as reviews, LookedAt},
        round as rounds,
    },
};

mod closing;
mod moving;
mod places;
mod proposing;
mod ranking;
mod recommending;
mod releasing;
mod reserving;
mod returning;
mod saying;
mod shown;
mod splitting;
mod structure;
pub use closing::close;
pub use moving::{MoveInput, MovePreview, MoveSide, move_places, preview_move};
pub use places::{QuotaCell, QuotaRow, QuotaTable, table};
pub use proposing::{Proposal, ProposedShare, proposable, propose, proposed_for};
pub use ranking::{Ranking, rank};
pub use recommending::{recommend, undo};
pub use releasing::{PlaceInput, ReleaseLine, ReleasePreview, preview_places, set_places};
pub use reserving::{Standing, take_up};
pub use returning::give_back;
pub use saying::say;
pub use shown::Shown;
pub(crate) use shown::beside;
pub(crate) use splitting::within_share;
pub use splitting::{ShareInput, ShareRow, ShareTable, open_for_shares, shares, split};
pub use structure::{Answer, RuleLine};
pub(crate) use structure::{answers, barring_with, lines as structure_lines};

refuses!(RecommendationRefusal);

/// A federation's list for one year and title.
#[derive(Clone, Debug)]
pub struct RankedList {
    pub year: i16,
    pub title: String,
    pub title_name: Text,
    pub federation: UnitPlace,
    /// The federations whose lists the actor may look at.
    pub federations: Vec<UnitPlace>,
    pub candidates: Vec<Candidate>,
    pub places: i64,
    pub used: i64,
    /// None: the city has given no places yet.
    pub quota: Option<Quota>,
    /// Places that nobody takes: of those recommended, whom the city turned down takes none.
    pub free: i64,
    /// The rules on what the list is made up of, as they stand.
    pub structure: Vec<RuleLine>,
    /// Whether a reserve can be taken up today, and free places be returned, by the calendar and by who it is.
    pub may_take_up: bool,
    /// Whether the city opened the places for shares of the townships.
    pub is_open_for_shares: bool,
    /// Why nothing can be changed today, in words.
    pub closed: Option<Refusal>,
    pub may_recommend: bool,
    pub may_close: bool,
}

impl RankedList {
    pub fn left(&self) -> i64 {
        let in_hand = self.quota.as_ref().map_or(0, Quota::in_hand);
        (in_hand - self.used).max(0)
    }

    /// The candidates that stand as reserves, in their order: while the list is open, those ranked beyond the places.
    pub fn reserves(&self) -> Vec<&Candidate> {
        let beyond = if self.is_closed() { 0 } else { self.free };
        let candidates = self.candidates.iter();
        let ranked = candidates.filter(|candidate| reserve::is_reserve(&candidate.application));
        ranked.skip(usize::try_from(beyond).unwrap_or(0)).collect()
    }

    /// The places of the closed list that nobody takes, which can be returned.
    pub fn left_over(&self) -> i64 {
        if self.is_closed() { self.free } else { 0 }
    }

    pub fn is_closed(&self) -> bool {
        let quota = self.quota.as_ref();
        quota.is_some_and(|quota| quota.closed_at.is_some())
    }
}

#[derive(Clone, Debug)]
pub struct Candidate {
    pub application: Application,
    /// What of its figures the standard has shown beside it, by the judgement that it was handed in or decided on.
    pub shown: Vec<Shown>,
    /// The titles that it holds: key and year.
    pub held: Vec<(String, i16)>,
    /// What is known of it by which the list is composed.
    pub answers: Vec<Answer>,
    /// How far its criteria are looked at.
    pub looked_at: LookedAt,
    /// How a reserve stands, while the list is closed and a place is free for one.
    pub standing: Option<Standing>,
    pub is_recommended: bool,
    /// Whether the recommendation can still be undone.
    pub is_undoable: bool,
}

/// The titles that are recommended to the city: those whose route has a recommending step.
pub fn titles(app: &App, year: i16) -> Vec<(String, Text)> {
    app.standards
        .of(year)
        .titles
        .iter()
        .filter(|title| is_recommended(app, year, &title.key))
        .map(|title| (title.key.clone(), title.name.clone()))
        .collect()
}

/// Whether units of a kind recommend, or lead some that do.
pub fn concerns(app: &App, kind: UnitKind) -> bool {
    let mut steps = app.in_force().routes.iter().flat_map(|route| &route.steps);
    steps.any(|step| {
        step.act == RouteAct::Recommend
            && step
                .at
                .iter()
                .chain(&step.otherwise)
                .any(|key| key == kind.key())
    })
}

/// The list of a federation: the actor's own, or `of` for those above it.
///
/// # Errors
/// Not found for a title that the year's standard doesn't know, and for a federation whose list the actor doesn't see; `NotRecommended`;
/// `OutsideProgramme`.
pub async fn list(
    app: &App,
    actor: &Actor,
    year: i16,
    title: &str,
    of: Option<&UnitId>,
) -> Result<RankedList> {
    let title_name = recommended_title(app, year, title)?;
    let mut tx = app.db.read().await?;
    rounds::of_year(&mut tx, app, year).await?;
    let federations = federations_seen(&mut tx, app, actor, year).await?;
    let federation = match of {
        Some(id) => federations.iter().find(|unit| unit.id == *id),
        None => federations.first(),
    }
    .cloned()
    .ok_or(Error::NotFound)?;
    let quota = quotas::find(&mut tx, year, title, &federation.id).await?;
    let used = quotas::used(&mut tx, year, title, &federation.id).await?;
    let applications = lists::of_federation(&mut tx, year, title, &federation.id).await?;
    let judged = reviews::judged(&mut tx, &applications).await?;
    let looked_at = reviews::looked_at_in(&mut tx, app, &applications, year, &judged).await?;
    let shown = shown::beside(&mut tx, app, &applications, year, &judged).await?;
    let answers = structure::answers(&mut tx, app, year, title, &applications).await?;
    let taking = taking_places(&applications, &federation.id);
    let within = reserve::within(&applications, quota.as_ref(), &federation.id);
    let by = (taking.as_slice(), within.as_slice());
    let structure = structure::lines(app, (year, title), &applications, &answers, by);
    let taken = i64::try_from(taking.len()).unwrap_or(i64::MAX);
    let closed = match rounds::open(&mut tx, app, year, RoundAct::Review).await {
        Ok(()) => quota.as_ref().and_then(|quota| quota.closed_at).map(|at| {
            RecommendationRefusal::Closed {
                title: title_name.clone(),
                at,
            }
            .into()
        }),
        Err(Error::Refused(refusal)) => Some(refusal),
        Err(error) => return Err(error),
    };
    let may_close = may(actor, Act::CloseRecommendation, &federation);
    let is_naming = rounds::open(&mut tx, app, year, RoundAct::Name).await;
    let may_take_up = may_close && is_naming.is_ok();
    let free = quota
        .as_ref()
        .map_or(0, |quota| reserve::free(quota, taken));
    // While the list is open its candidates are recommended, and nobody has to move up.
    let waiting = match may_take_up && free > 0 && closed.is_some() {
        true => reserve::reserves(&applications),
        false => Vec::new(),
    };
    let standings = reserving::standings(&mut tx, app, &waiting).await?;
    let waiting = waiting.iter().map(|one| one.id);
    let standings: HashMap<ApplicationId, Standing> = waiting.zip(standings).collect();
    let candidates = applications
        .into_iter()
        .zip(looked_at.into_iter().zip(shown).zip(answers))
        .map(|(application, ((looked_at, (shown, held)), answers))| {
            let is_recommended = application.recommended_by == Some(federation.id);
            Candidate {
                standing: standings.get(&application.id).copied(),
                answers,
                shown,
                held,
                looked_at,
                is_recommended,
                is_undoable: is_recommended
                    && matches!(application.state, State::UnderReview { .. }),
                application,
            }
        })
        .collect();
    Ok(RankedList {
        free,
        structure,
        may_take_up,
        is_open_for_shares: sharing::is_open(&mut tx, year, title).await?,
        year,
        title: title.to_owned(),
        title_name,
        candidates,
        places: quota.as_ref().map_or(0, |quota| quota.places),
        used,
        quota,
        closed,
        may_recommend: may_close,
        may_close,
        federation,
        federations,
    })
}

/// Those of a list that take a place.
fn taking_places(list: &[Application], federation: &UnitId) -> Vec<ApplicationId> {
    list.iter()
        .filter(|one| reserve::takes_place(one, federation))
        .map(|one| one.id)
        .collect()
}

/// The federations that recommend, among the units that the actor works for or leads; the actor's own first.
async fn federations_seen(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    year: i16,
) -> Result<Vec<UnitPlace>> {
    let mut seen: Vec<UnitPlace> = Vec::new();
    let all = places::federations(tx, app, year).await?;
    let own = all
        .iter()
        .filter(|unit| actor.roles.iter().any(|at| at.unit.id == unit.id));
    let below = all
        .iter()
        .filter(|unit| jianjia_domain::core::policy::sees(actor, &unit.path));
    for unit in own.chain(below) {
        if !seen.iter().any(|known| known.id == unit.id) {
            seen.push(unit.clone());
        }
    }
    Ok(seen)
}

fn is_recommended(app: &App, year: i16, title: &str) -> bool {
    app.standards.of(year).route(title).is_some_and(|route| {
        route
            .steps
            .iter()
            .any(|step| step.act == RouteAct::Recommend)
    })
}

fn recommended_title(app: &App, year: i16, title: &str) -> Result<Text> {
    let name = title_of(app, year, title)?.name.clone();
    if is_recommended(app, year, title) {
        Ok(name)
    } else {
        Err(RecommendationRefusal::NotRecommended { title: name }.into())
    }
}

fn refuse_closed(quota: Option<&Quota>, title: &Text) -> Result<()> {
    match quota.and_then(|quota| quota.closed_at) {
        Some(at) => Err(RecommendationRefusal::Closed {
            title: title.clone(),
            at,
        }
        .into()),
        None => Ok(()),
    }
}
