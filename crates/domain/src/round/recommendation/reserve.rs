//! Reserves (clause P3): candidates that are ranked and not recommended. When a place comes free the next one moves up.

use jianjia_standard::{Text, programme::RouteAct};

use super::{Quota, RecommendationRefusal};
use crate::{
    core::ids::{ApplicationId, UnitId},
    round::application::{Application, State},
};

/// Whether a candidate of a federation's list takes one of its places. One that the city turned down does not any more.
pub fn takes_place(application: &Application, federation: &UnitId) -> bool {
    application.recommended_by == Some(*federation)
        && !matches!(
            application.state,
            State::Rejected { .. } | State::Withdrawn { .. }
        )
}

/// Whether a candidate of a list stands in reserve: it is ranked and waits at the federation.
pub fn is_reserve(application: &Application) -> bool {
    application.recommended_by.is_none()
        && application.rank.is_some()
        && matches!(application.state, State::UnderReview { .. })
        && application
            .turn()
            .is_some_and(|turn| turn.act == RouteAct::Recommend)
}

/// The reserves of a list, which comes by rank.
pub fn reserves(list: &[Application]) -> Vec<&Application> {
    list.iter().filter(|one| is_reserve(one)).collect()
}

/// The places that nobody takes.
pub fn free(quota: &Quota, taken: i64) -> i64 {
    (quota.in_hand() - taken).max(0)
}

/// Whether a place is free for a reserve; whether the list is closed or not is no matter.
///
/// # Errors
/// Without a quota, or when all places are taken.
pub fn may_move_up(
    quota: Option<&Quota>,
    taken: i64,
    title: &Text,
) -> Result<(), RecommendationRefusal> {
    let title = title.clone();
    match quota {
        None => Err(RecommendationRefusal::NoQuota { title }),
        Some(quota) if free(quota, taken) == 0 => Err(RecommendationRefusal::NoPlaceFree {
            title,
            places: quota.in_hand(),
            taken,
        }),
        Some(_) => Ok(()),
    }
}

/// The reserves that stand before one, in their order.
///
/// # Errors
/// When it is no reserve itself.
pub fn before<'a>(
    list: &'a [Application],
    chosen: &Application,
) -> Result<Vec<&'a Application>, RecommendationRefusal> {
    let reserves = reserves(list);
    let place = reserves.iter().position(|one| one.id == chosen.id);
    match place {
        Some(place) => Ok(reserves.into_iter().take(place).collect()),
        None => Err(RecommendationRefusal::NoReserve {
            applicant: chosen.applicant_name(),
        }),
    }
}

/// Who is within the places by the ranks as they are: those who take a place already, then the reserves in their order.
pub fn within(
    list: &[Application],
    quota: Option<&Quota>,
    federation: &UnitId,
) -> Vec<ApplicationId> {
    let taking: Vec<&Application> = list
        .iter()
        .filter(|application| takes_place(application, federation))
        .collect();
    let taken = i64::try_from(taking.len()).unwrap_or(i64::MAX);
    let free = quota.map_or(0, |quota| free(quota, taken));
    let next = reserves(list)
        .into_iter()
        .take(usize::try_from(free).unwrap_or(0));
    taking
        .into_iter()
        .chain(next)
        .map(|application| application.id)
        .collect()
}
