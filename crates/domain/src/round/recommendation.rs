//! Recommendation (clause P3): a federation ranks its candidates for a trusted title and recommends the best to the city, up to its quota.
//! Places it doesn't use return when it closes its list.

use jianjia_standard::Text;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::{
    ids::UnitId,
    policy::{Permit, act},
    refusal::General,
};

mod refusal;
pub mod reserve;
pub use refusal::RecommendationRefusal;

/// How many candidates a federation may recommend for a title in a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    pub year: i16,
    pub title: String,
    pub unit: UnitId,
    pub unit_path: String,
    /// Candidates.
    pub places: i64,
    /// Places given back when the list was closed.
    pub returned: i64,
    /// How many of those that came back the city has moved on to others.
    pub moved: i64,
    pub closed_at: Option<Timestamp>,
    pub revision: i64,
}

impl Quota {
    /// The places that it has: what came back is the city's again.
    pub fn in_hand(&self) -> i64 {
        self.places - self.returned
    }

    /// What came back and nobody has yet.
    pub fn unmoved(&self) -> i64 {
        self.returned - self.moved
    }

    /// The places that nobody takes since the list was closed, of which `taken` are; while it is open they are the federation's to use.
    pub fn left_over(&self, taken: i64) -> i64 {
        match self.closed_at {
            Some(_) => reserve::free(self, taken),
            None => 0,
        }
    }
}

/// The most places a federation can have for one title and year; more is a slip of the pen.
pub const MOST_PLACES: i64 = 9_999;

/// Whether `wanted` more candidates may be recommended when `used` are already.
///
/// # Errors
/// Without a quota, after the list was closed, or beyond the places.
pub fn may_recommend(
    quota: Option<&Quota>,
    used: i64,
    wanted: i64,
    title: &Text,
) -> Result<(), RecommendationRefusal> {
    let title = || title.clone();
    let Some(quota) = quota else {
        return Err(RecommendationRefusal::NoQuota { title: title() });
    };
    if let Some(at) = quota.closed_at {
        return Err(RecommendationRefusal::Closed { title: title(), at });
    }
    if used + wanted > quota.in_hand() {
        return Err(RecommendationRefusal::BeyondQuota {
            title: title(),
            places: quota.places,
            used,
            wanted,
        });
    }
    Ok(())
}

/// Closes the list: the places not used return to the city.
///
/// # Errors
/// When it is closed already.
pub fn close(
    quota: Quota,
    _: &Permit<act::CloseRecommendation>,
    used: i64,
    title: &Text,
    now: Timestamp,
) -> Result<Quota, RecommendationRefusal> {
    if let Some(at) = quota.closed_at {
        return Err(RecommendationRefusal::Closed {
            title: title.clone(),
            at,
        });
    }
    Ok(Quota {
        returned: (quota.places - used).max(0),
        closed_at: Some(now),
        revision: quota.revision + 1,
        ..quota
    })
}

/// The city sets the places of a federation; `seen` is what the form showed.
///
/// # Errors
/// When somebody set them in between, the list is closed, more are used already, or the number is impossible.
pub fn set_places(
    quota: Quota,
    _: &Permit<act::SetQuota>,
    seen: i64,
    places: i64,
    used: i64,
    title: &Text,
) -> Result<Quota, crate::core::refusal::Refusal> {
    if quota.places == places {
        return Ok(quota);
    }
    if quota.places != seen {
        return Err(General::Stale.into());
    }
    if let Some(at) = quota.closed_at {
        return Err(RecommendationRefusal::Closed {
            title: title.clone(),
            at,
        }
        .into());
    }
    if !(0..=MOST_PLACES).contains(&places) {
        return Err(RecommendationRefusal::NotANumber { most: MOST_PLACES }.into());
    }
    if places < used {
        return Err(RecommendationRefusal::FewerThanUsed { places, used }.into());
    }
    Ok(Quota {
        places,
        revision: quota.revision + 1,
        ..quota
    })
}

/// The order of a list after one candidate moved by `by` places (-1 is up).
pub fn move_by<T: PartialEq + Clone>(order: &[T], moved: &T, by: isize) -> Vec<T> {
    let mut order = order.to_vec();
    if let Some(from) = order.iter().position(|entry| entry == moved) {
        let to = from.saturating_add_signed(by).min(order.len() - 1);
        let entry = order.remove(from);
        order.insert(to, entry);
    }
    order
}

#[cfg(test)]
mod tests {
    use jianjia_standard::Lang;

    use super::*;
    use crate::core::{policy::any_permit, refusal::Refuse};

    fn title() -> Text {
        Text {
            zh: "信赖职工之家".to_owned(),
            en: "Trusted home".to_owned(),
        }
    }

    fn quota(places: i64) -> Quota {
        Quota {
            year: 2016,
            title: "trusted-home".to_owned(),
            unit: UnitId(uuid::Uuid::from_u128(1)),
            unit_path: "/1/2/".to_owned(),
            places,
            returned: 0,
            moved: 0,
            closed_at: None,
            revision: 1,
        }
    }

    #[test]
    fn a_federation_recommends_up_to_its_places_and_not_one_more() {
        let check = |quota: Option<Quota>, used, wanted, expect: Result<(), &str>| {
            let answer = may_recommend(quota.as_ref(), used, wanted, &title());
            assert_eq!(answer.map_err(|refusal| refusal.key()), expect);
        };
        check(Some(quota(3)), 1, 2, Ok(()));
        check(Some(quota(3)), 1, 3, Err("recommendation/beyond-quota"));
        check(None, 0, 1, Err("recommendation/no-quota"));
        let closed = close(
            quota(3),
            &any_permit(act::CloseRecommendation),
            1,
            &title(),
            Timestamp::UNIX_EPOCH,
        )
        .unwrap();
        assert_eq!(closed.returned, 2);
        check(Some(closed), 1, 1, Err("recommendation/closed"));
    }

    #[test]
    fn the_figures_stand_in_the_refusal() {
        let refusal = may_recommend(Some(&quota(3)), 2, 4, &title()).unwrap_err();
        assert_eq!(
            refusal.sentence(Lang::Zh),
            "信赖职工之家的推荐名额是 3 个，已推荐 2 个，还可推荐 1 个，这次选了 4 个，超出了名额（条款 P3 择优推荐）；请减少后再推荐。"
        );
    }

    #[test]
    fn the_city_can_move_places_but_not_below_what_is_used() {
        let check = |seen, places, used, expect: Result<i64, &str>| {
            let answer = set_places(
                quota(3),
                &any_permit(act::SetQuota),
                seen,
                places,
                used,
                &title(),
            );
            let answer = answer.map(|quota| quota.places);
            assert_eq!(answer.map_err(|refusal| refusal.key()), expect);
        };
        check(3, 5, 3, Ok(5));
        check(3, 2, 3, Err("recommendation/fewer-than-used"));
        check(2, 5, 0, Err("stale"));
        check(3, -1, 0, Err("recommendation/not-a-number"));
        check(2, 3, 0, Ok(3));
    }

    #[test]
    fn a_candidate_moves_within_the_list_only() {
        assert_eq!(move_by(&["a", "b", "c"], &"b", -1), ["b", "a", "c"]);
        assert_eq!(move_by(&["a", "b", "c"], &"a", -1), ["a", "b", "c"]);
        assert_eq!(move_by(&["a", "b", "c"], &"c", 1), ["a", "b", "c"]);
        assert_eq!(move_by(&["a", "b"], &"x", 1), ["a", "b"]);
    }
}
