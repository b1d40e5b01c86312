//! The city's places (clause P3): how they are proposed, what came back and moves on, and what a federation gives on to the townships below it.

use jianjia_standard::Text;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{QuotaMoveId, UnitId},
        policy::{Permit, act},
    },
    round::{
        application::{Application, State},
        recommendation::{MOST_PLACES, Quota},
        route::step_of,
    },
};

mod refusal;
pub use refusal::QuotaRefusal;

/// Places that came back from one federation and went on to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaMove {
    pub id: QuotaMoveId,
    pub year: i16,
    pub title: String,
    pub from: UnitId,
    pub to: UnitId,
    pub places: i64,
    pub reason: String,
    pub moved_by: String,
    pub moved_by_name: String,
    pub moved_at: Timestamp,
}

/// What a federation gave of its places to a unit below it, whose opinions are limited by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaShare {
    pub year: i16,
    pub title: String,
    pub federation: UnitId,
    pub unit: UnitId,
    pub unit_path: String,
    pub places: i64,
    pub revision: i64,
}

/// The most characters of the reason for a move.
pub const REASON_AT_MOST: usize = 200;

/// Divides `total` places by the figures: nobody who has any of what is counted gets fewer than `least`, the rest goes by the largest remainders,
/// and the sum is exactly `total`. Of equal remainders the larger figure comes first, then the earlier one.
///
/// # Errors
/// When nobody has any of what is counted, or the total is less than what is least for all.
pub fn apportion(total: i64, figures: &[i64], least: i64) -> Result<Vec<i64>, QuotaRefusal> {
    let mut places = vec![0_i64; figures.len()];
    let mut sharing: Vec<usize> = (0..figures.len()).filter(|at| figures[*at] > 0).collect();
    if sharing.is_empty() {
        return Err(QuotaRefusal::NothingToCount);
    }
    let asked = i64::try_from(sharing.len()).unwrap_or(i64::MAX);
    if total < least.saturating_mul(asked) {
        return Err(QuotaRefusal::TooFewForAll {
            total,
            least,
            federations: asked,
        });
    }
    let mut rest = i128::from(total);
    // Who would get less than the least gets that, and the others share what is left: again, until nobody does.
    loop {
        let sum: i128 = sharing.iter().map(|at| i128::from(figures[*at])).sum();
        let (short, others): (Vec<usize>, Vec<usize>) = sharing
            .iter()
            .copied()
            .partition(|at| rest * i128::from(figures[*at]) < i128::from(least) * sum);
        for at in &short {
            places[*at] = least;
            rest -= i128::from(least);
        }
        sharing = others;
        if short.is_empty() || sharing.is_empty() {
            break;
        }
    }
    let sum: i128 = sharing.iter().map(|at| i128::from(figures[*at])).sum();
    let mut remainders = Vec::new();
    let mut given = 0;
    for at in sharing {
        let share = rest * i128::from(figures[at]);
        places[at] = i64::try_from(share / sum).unwrap_or(i64::MAX);
        given += share / sum;
        remainders.push((share % sum, figures[at], std::cmp::Reverse(at)));
    }
    remainders.sort_unstable();
    let left = usize::try_from(rest - given).unwrap_or(0);
    for (_, _, std::cmp::Reverse(at)) in remainders.into_iter().rev().take(left) {
        places[at] += 1;
    }
    Ok(places)
}

/// How many places can move on from a federation: those that came back and nobody has, and once its list is closed those that nobody takes; `taken`
/// are the candidates that take one.
pub fn movable(quota: &Quota, taken: i64) -> i64 {
    quota.unmoved() + quota.left_over(taken)
}

/// Moves places from one federation on to another; gives both as they become. What came back before goes first, and the rest comes back by this: whom
/// the giver recommends stays as it is.
///
/// # Errors
/// When it is no number from 1, more than can move, to the same federation, or too much for it.
pub fn move_places(
    (from, taken): (Quota, i64),
    to: Quota,
    _: &Permit<act::SetQuota>,
    places: i64,
) -> Result<(Quota, Quota), QuotaRefusal> {
    let most = movable(&from, taken);
    if from.unit == to.unit {
        return Err(QuotaRefusal::ToItself);
    }
    if !(1..=most).contains(&places) {
        return Err(QuotaRefusal::MoreThanCameBack { most });
    }
    if to.places + places > MOST_PLACES {
        return Err(QuotaRefusal::TooMany { most: MOST_PLACES });
    }
    Ok((
        Quota {
            returned: from.returned + (places - from.unmoved()).max(0),
            moved: from.moved + places,
            revision: from.revision + 1,
            ..from
        },
        Quota {
            places: to.places + places,
            revision: to.revision + 1,
            ..to
        },
    ))
}

/// A federation gives the places back that nobody takes since it closed its list: candidates dropped out, or no reserve took what moved there.
///
/// # Errors
/// While the list is open, whose closing returns them, and when every place is taken.
pub fn give_back(
    quota: Quota,
    _: &Permit<act::CloseRecommendation>,
    taken: i64,
) -> Result<Quota, QuotaRefusal> {
    if quota.closed_at.is_none() {
        return Err(QuotaRefusal::ClosingReturns);
    }
    match quota.left_over(taken) {
        0 => Err(QuotaRefusal::NothingLeftOver),
        left_over => Ok(Quota {
            returned: quota.returned + left_over,
            revision: quota.revision + 1,
            ..quota
        }),
    }
}

/// The reason for a move, as it is kept.
///
/// # Errors
/// When it is missing or too long.
pub fn reason_of(typed: &str) -> Result<&str, QuotaRefusal> {
    let reason = typed.trim();
    match reason.chars().count() {
        0 => Err(QuotaRefusal::ReasonMissing),
        length if length > REASON_AT_MOST => Err(QuotaRefusal::ReasonTooLong),
        _ => Ok(reason),
    }
}

/// Whether an application is past a unit's step, so that it takes one of that unit's share.
pub fn is_past(application: &Application, unit: &UnitId) -> bool {
    let step = step_of(&application.route, unit);
    match (step, application.state.step()) {
        (Some(own), Some(now)) => {
            now > own && !matches!(application.state, State::Draft | State::Withdrawn { .. })
        }
        _ => false,
    }
}

/// Whether a unit may send one more on within its share, of which `used` are sent on and `besides` go on with it.
///
/// # Errors
/// When the share is used up.
pub fn may_send_on(
    share: &QuotaShare,
    used: i64,
    besides: i64,
    title: &Text,
) -> Result<(), QuotaRefusal> {
    let (title, places) = (title.clone(), share.places);
    if used + besides < places {
        Ok(())
    } else if used < places {
        Err(QuotaRefusal::BeyondShareTogether {
            title,
            places,
            used,
            besides,
        })
    } else {
        Err(QuotaRefusal::BeyondShare {
            title,
            places,
            used,
        })
    }
}

/// A federation gives shares of its places on: `shares` are all of a title, as they become.
///
/// # Errors
/// When together they are more than the places it has.
pub fn may_split(
    quota: Option<&Quota>,
    _: &Permit<act::SplitQuota>,
    shares: impl Iterator<Item = i64>,
) -> Result<(), QuotaRefusal> {
    let places = quota.map_or(0, Quota::in_hand);
    let shared = shares.fold(0_i64, i64::saturating_add);
    if shared > places {
        return Err(QuotaRefusal::SharesBeyondPlaces { places, shared });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{policy::any_permit, refusal::Refuse};

    #[test]
    fn places_are_divided_by_largest_remainder_and_the_sum_is_exact() {
        let check = |total, figures: &[i64], least, expect: Result<&[i64], &str>| {
            let places = apportion(total, figures, least);
            let places = places.as_deref().map_err(|refusal| refusal.key());
            assert_eq!(places, expect, "{total} by {figures:?}, at least {least}");
        };
        check(10, &[50, 30, 20], 0, Ok(&[5, 3, 2]));
        check(7, &[1, 1, 1], 0, Ok(&[3, 2, 2]));
        check(10, &[53, 24, 23], 0, Ok(&[5, 3, 2]));
        // Whoever has nothing of what is counted gets nothing; whoever has little gets the least.
        check(5, &[1_000, 1, 0], 1, Ok(&[4, 1, 0]));
        check(10, &[900, 60, 40], 2, Ok(&[6, 2, 2]));
        check(2, &[5, 5, 5], 1, Err("quota/too-few-for-all"));
        check(3, &[5, 5, 5], 1, Ok(&[1, 1, 1]));
        check(3, &[0, 0], 0, Err("quota/nothing-to-count"));
        check(0, &[2, 1], 0, Ok(&[0, 0]));
    }

    #[test]
    fn whatever_the_figures_the_sum_is_the_total_and_nobody_is_under_the_least() {
        let mut seed: u64 = 7;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            i64::try_from((seed >> 33) % below).unwrap()
        };
        for _ in 0..2_000 {
            let figures: Vec<i64> = (0..1 + next(12)).map(|_| next(5_000)).collect();
            let least = next(3);
            let total = next(120);
            let Ok(places) = apportion(total, &figures, least) else {
                continue;
            };
            assert_eq!(places.iter().sum::<i64>(), total, "{total} by {figures:?}");
            for (places, figure) in places.iter().zip(&figures) {
                assert!(*figure == 0 || *places >= least, "{places} of {figure}");
                assert!(*figure > 0 || *places == 0);
            }
        }
    }

    fn quota(unit: u128, places: i64, returned: i64) -> Quota {
        Quota {
            year: 2016,
            title: "trusted-home".to_owned(),
            unit: UnitId(uuid::Uuid::from_u128(unit)),
            unit_path: "/1/2/".to_owned(),
            places,
            returned,
            moved: 0,
            closed_at: None,
            revision: 1,
        }
    }

    #[test]
    fn only_what_came_back_moves_on_and_the_sum_stays() {
        let permit = any_permit(act::SetQuota);
        let (from, to) = (quota(1, 5, 2), quota(2, 3, 0));
        let moved = |places| {
            let done = move_places((from.clone(), 3), to.clone(), &permit, places);
            done.map_err(|refusal| refusal.key())
        };
        assert_eq!(moved(3), Err("quota/more-than-came-back"));
        assert_eq!(moved(0), Err("quota/more-than-came-back"));
        let (after, other) = moved(2).unwrap();
        assert_eq!((after.unmoved(), other.in_hand()), (0, 5));
        let sum = |one: &Quota, two: &Quota| {
            one.in_hand() + two.in_hand() + one.unmoved() + two.unmoved()
        };
        assert_eq!(sum(&after, &other), sum(&from, &to));
        let itself = move_places((from.clone(), 3), from.clone(), &permit, 1);
        assert_eq!(itself.unwrap_err().key(), "quota/to-itself");
    }

    #[test]
    fn what_nobody_takes_of_a_closed_list_moves_on_or_comes_back_once() {
        let permit = any_permit(act::SetQuota);
        let own = any_permit(act::CloseRecommendation);
        let open = quota(1, 5, 0);
        let closed = Quota {
            closed_at: Some(Timestamp::UNIX_EPOCH),
            ..quota(1, 5, 1)
        };
        // Of four in hand three are taken, and one came back before.
        assert_eq!((movable(&open, 3), movable(&closed, 3)), (0, 2));
        let (after, other) = move_places((closed.clone(), 3), quota(2, 3, 0), &permit, 2).unwrap();
        assert_eq!(
            (after.in_hand(), after.unmoved(), other.in_hand()),
            (3, 0, 5)
        );
        let given = |quota: &Quota, taken| {
            let done = give_back(quota.clone(), &own, taken);
            done.map_err(|refusal| refusal.key())
        };
        assert_eq!(given(&open, 3), Err("quota/closing-returns"));
        let back = given(&closed, 3).unwrap();
        assert_eq!((back.in_hand(), back.unmoved()), (3, 2));
        assert_eq!(given(&back, 3), Err("quota/nothing-left-over"));
    }

    #[test]
    fn what_goes_on_together_counts_against_the_share() {
        let share = QuotaShare {
            year: 2016,
            title: "trusted-home".to_owned(),
            federation: UnitId(uuid::Uuid::from_u128(1)),
            unit: UnitId(uuid::Uuid::from_u128(2)),
            unit_path: "/1/2/3/".to_owned(),
            places: 2,
            revision: 1,
        };
        let check = |used, besides, expect: Result<(), &str>| {
            let answer = may_send_on(&share, used, besides, &Text::default());
            assert_eq!(answer.map_err(|refusal| refusal.key()), expect);
        };
        check(0, 1, Ok(()));
        check(1, 0, Ok(()));
        check(1, 1, Err("quota/beyond-share-together"));
        check(2, 1, Err("quota/beyond-share"));
    }

    #[test]
    fn shares_stay_within_the_places_that_there_are() {
        let permit = any_permit(act::SplitQuota);
        let split = |shares: &[i64]| {
            let quota = quota(1, 5, 1);
            may_split(Some(&quota), &permit, shares.iter().copied())
        };
        assert_eq!(split(&[2, 2]), Ok(()));
        assert_eq!(
            split(&[3, 2]).unwrap_err().key(),
            "quota/shares-beyond-places"
        );
    }
}
