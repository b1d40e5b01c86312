//! The city's places (clause P3): how they are proposed, what came back and moves on, and what a federation gives on to the townships below it.

use jianjia_standard::{Lang, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{QuotaMoveId, UnitId},
        policy::{Permit, act},
        refusal::Refuse,
    },
    round::{
        application::{Application, State},
        recommendation::{MOST_PLACES, Quota},
        route::step_of,
    },
};

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

/// Moves places that came back from one federation on to another; gives both as they become.
///
/// # Errors
/// When it is no number from 1, more than came back and is still there, to the same federation, or too much for it.
pub fn move_places(
    from: Quota,
    to: Quota,
    _: &Permit<act::SetQuota>,
    places: i64,
) -> Result<(Quota, Quota), QuotaRefusal> {
    let most = from.unmoved();
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

/// Whether a unit may send one more on within its share.
///
/// # Errors
/// When the share is used up.
pub fn may_send_on(share: &QuotaShare, used: i64, title: &Text) -> Result<(), QuotaRefusal> {
    if used < share.places {
        return Ok(());
    }
    Err(QuotaRefusal::BeyondShare {
        title: title.clone(),
        places: share.places,
        used,
    })
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

#[derive(Clone, Debug, PartialEq)]
pub enum QuotaRefusal {
    /// No federation has any of what the standard counts.
    NothingToCount,
    TooFewForAll {
        total: i64,
        least: i64,
        federations: i64,
    },
    /// The standard doesn't say how places are proposed.
    NoProposal {
        title: Text,
    },
    NotANumber {
        most: i64,
    },
    MoreThanCameBack {
        most: i64,
    },
    ToItself,
    TooMany {
        most: i64,
    },
    ReasonMissing,
    ReasonTooLong,
    /// The city hasn't opened the title's places for splitting.
    NotSplit {
        title: Text,
    },
    SharesBeyondPlaces {
        places: i64,
        shared: i64,
    },
    ShareBelowUsed {
        unit: String,
        places: i64,
        used: i64,
    },
    BeyondShare {
        title: Text,
        places: i64,
        used: i64,
    },
    /// The city takes places away that are given on already.
    FewerThanShared {
        places: i64,
        shared: i64,
    },
}

impl Refuse for QuotaRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn key(&self) -> &'static str {
        match self {
            QuotaRefusal::NothingToCount => "quota/nothing-to-count",
            QuotaRefusal::TooFewForAll { .. } => "quota/too-few-for-all",
            QuotaRefusal::NoProposal { .. } => "quota/no-proposal",
            QuotaRefusal::NotANumber { .. } => "quota/not-a-number",
            QuotaRefusal::MoreThanCameBack { .. } => "quota/more-than-came-back",
            QuotaRefusal::ToItself => "quota/to-itself",
            QuotaRefusal::TooMany { .. } => "quota/too-many",
            QuotaRefusal::ReasonMissing => "quota/reason-missing",
            QuotaRefusal::ReasonTooLong => "quota/reason-too-long",
            QuotaRefusal::NotSplit { .. } => "quota/not-split",
            QuotaRefusal::SharesBeyondPlaces { .. } => "quota/shares-beyond-places",
            QuotaRefusal::ShareBelowUsed { .. } => "quota/share-below-used",
            QuotaRefusal::BeyondShare { .. } => "quota/beyond-share",
            QuotaRefusal::FewerThanShared { .. } => "quota/fewer-than-shared",
        }
    }
}

impl QuotaRefusal {
    fn chinese(&self) -> String {
        match self {
            QuotaRefusal::NothingToCount => {
                "名册里没有可以用来测算名额的数据，算不出建议数；请先登记单位，或者直接填写名额。"
                    .to_owned()
            }
            QuotaRefusal::TooFewForAll {
                total,
                least,
                federations,
            } => format!(
                "按标准每个推荐单位至少 {least} 个，{federations} 个单位要 {} 个，总数 {total} 个不够；请把总数调大，或者直接填写名额。",
                least * federations
            ),
            QuotaRefusal::NoProposal { title } => {
                format!("标准没有规定{}的名额怎么测算，请直接填写名额。", title.zh)
            }
            QuotaRefusal::NotANumber { most } => format!("名额请填 0 到 {most} 的整数。"),
            QuotaRefusal::MoreThanCameBack { most } => {
                format!("这个单位退回、还没有调剂出去的名额是 {most} 个，请填 1 到 {most} 的整数。")
            }
            QuotaRefusal::ToItself => "退回的名额要调剂给别的单位，请另选一个单位。".to_owned(),
            QuotaRefusal::TooMany { most } => {
                format!("一个单位的名额最多 {most} 个，请减少后再调剂。")
            }
            QuotaRefusal::ReasonMissing => {
                "请写明调剂的理由，它和调剂一起留在审计记录里。".to_owned()
            }
            QuotaRefusal::ReasonTooLong => format!("理由最多 {REASON_AT_MOST} 字，请写短一些。"),
            QuotaRefusal::NotSplit { title } => format!(
                "市总工会没有规定{}的名额可以分到镇（街道），不能分配；确有需要请与市总工会联系。",
                title.zh
            ),
            QuotaRefusal::SharesBeyondPlaces { places, shared } => format!(
                "分到镇（街道）的合计 {shared} 个，比本单位的 {places} 个名额多；请减少后再保存。"
            ),
            QuotaRefusal::ShareBelowUsed { unit, places, used } => format!(
                "{unit}已经报送 {used} 个，名额不能减到 {places} 个；请先把多出的退回给它。"
            ),
            QuotaRefusal::BeyondShare {
                title,
                places,
                used,
            } => format!(
                "上级分给本单位的{}名额是 {places} 个，已经报送 {used} 个，不能再报送（条款 P3 择优推荐）。请在名额内择优，或者请上级增加名额；要换人的，请上级先退回一个。",
                title.zh
            ),
            QuotaRefusal::FewerThanShared { places, shared } => format!(
                "这个单位已经把 {shared} 个名额分到镇（街道），不能减到 {places} 个；请先让它调减。"
            ),
        }
    }

    fn english(&self) -> String {
        match self {
            QuotaRefusal::NothingToCount => {
                "The register has nothing by which places could be proposed. Please register units first, or enter the places yourself.".to_owned()
            }
            QuotaRefusal::TooFewForAll { total, least, federations } => format!(
                "By the standard each federation has at least {least}, which makes {} for {federations}; {total} in all are too few. Please enter a larger total, or the places yourself.",
                least * federations
            ),
            QuotaRefusal::NoProposal { title } => format!(
                "The standard doesn't say how places for {} are proposed. Please enter them yourself.",
                title.en
            ),
            QuotaRefusal::NotANumber { most } => format!("Places are a whole number from 0 to {most}."),
            QuotaRefusal::MoreThanCameBack { most } => format!(
                "{most} places of this federation came back and are still there. Please enter a whole number from 1 to {most}."
            ),
            QuotaRefusal::ToItself => "Returned places move on to another federation. Please choose one.".to_owned(),
            QuotaRefusal::TooMany { most } => format!("A federation has at most {most} places. Please move fewer."),
            QuotaRefusal::ReasonMissing => "Please say why; it stays on the trail with the move.".to_owned(),
            QuotaRefusal::ReasonTooLong => format!("The reason has at most {REASON_AT_MOST} characters. Please shorten it."),
            QuotaRefusal::NotSplit { title } => format!(
                "The city has not said that places for {} may be given on to townships, so they can't be. Please ask the city federation.",
                title.en
            ),
            QuotaRefusal::SharesBeyondPlaces { places, shared } => format!(
                "The townships' shares make {shared}, more than your {places} places. Please lower some."
            ),
            QuotaRefusal::ShareBelowUsed { unit, places, used } => format!(
                "{unit} has sent {used} on already, so its share can't be {places}. Please return the others to it first."
            ),
            QuotaRefusal::BeyondShare { title, places, used } => format!(
                "Your share of the places for {} is {places}, and {used} are sent on already (clause P3: the best are recommended). Choose the best within it, or ask the federation above for more, or to return one first.",
                title.en
            ),
            QuotaRefusal::FewerThanShared { places, shared } => format!(
                "This federation has given {shared} places on to townships, so it can't have only {places}. It has to lower those first."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::policy::any_permit;

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
            let done = move_places(from.clone(), to.clone(), &permit, places);
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
        let itself = move_places(from.clone(), from.clone(), &permit, 1);
        assert_eq!(itself.unwrap_err().key(), "quota/to-itself");
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
