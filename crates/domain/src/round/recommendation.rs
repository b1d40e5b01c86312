//! Recommendation (clause P3): a federation ranks its candidates for a trusted title and recommends the best to the city, up to its quota.
//! Places it doesn't use return when it closes its list.

use crate::core::{
    policy::{Permit, act},
    refusal::Refuse,
};
use jianjia_standard::{Lang, Text};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::core::{day, ids::UnitId, refusal::General};

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
    pub closed_at: Option<Timestamp>,
    pub revision: i64,
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
    if used + wanted > quota.places {
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

#[derive(Clone, Debug, PartialEq)]
pub enum RecommendationRefusal {
    /// The city has given this federation no places.
    NoQuota {
        title: Text,
    },
    BeyondQuota {
        title: Text,
        places: i64,
        used: i64,
        wanted: i64,
    },
    Closed {
        title: Text,
        at: Timestamp,
    },
    FewerThanUsed {
        places: i64,
        used: i64,
    },
    NotANumber {
        most: i64,
    },
    /// A rank that isn't a number from 1.
    NotARank,
    /// The title isn't recommended to anybody.
    NotRecommended {
        title: Text,
    },
}

impl Refuse for RecommendationRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (RecommendationRefusal::NoQuota { title }, Lang::Zh) => {
                format!(
                    "市总工会还没有下达您单位的{}推荐名额，不能推荐；请与市总工会联系。",
                    title.zh
                )
            }
            (RecommendationRefusal::NoQuota { title }, Lang::En) => {
                format!(
                    "The city has not given your federation any places for {} yet. Please ask the city federation.",
                    title.en
                )
            }
            (
                RecommendationRefusal::BeyondQuota {
                    title,
                    places,
                    used,
                    wanted,
                },
                Lang::Zh,
            ) => {
                format!(
                    "{}的推荐名额是 {places} 个，已推荐 {used} 个，还可推荐 {} 个，这次选了 {wanted} 个，超出了名额（条款 P3 择优推荐）；请减少后再推荐。",
                    title.zh,
                    (places - used).max(0)
                )
            }
            (
                RecommendationRefusal::BeyondQuota {
                    title,
                    places,
                    used,
                    wanted,
                },
                Lang::En,
            ) => {
                format!(
                    "There are {places} places for {}, {used} are used and {} are left; {wanted} were chosen, which is beyond the quota (clause P3: the best are recommended). Please choose fewer.",
                    title.en,
                    (places - used).max(0)
                )
            }
            (RecommendationRefusal::Closed { title, at }, Lang::Zh) => {
                format!(
                    "{}的推荐已在 {} 办结，剩余名额已退回市总工会，不能再改；确需调整请与市总工会联系。",
                    title.zh,
                    day::local_minute(*at)
                )
            }
            (RecommendationRefusal::Closed { title, at }, Lang::En) => {
                format!(
                    "The list for {} was closed at {} and its unused places returned, so it can't be changed. Please ask the city federation.",
                    title.en,
                    day::local_minute(*at)
                )
            }
            (RecommendationRefusal::FewerThanUsed { places, used }, Lang::Zh) => {
                format!("已经推荐了 {used} 个，名额不能减到 {places} 个；请先让该单位撤销推荐。")
            }
            (RecommendationRefusal::FewerThanUsed { places, used }, Lang::En) => {
                format!(
                    "{used} are recommended already, so there can't be only {places} places. The federation has to undo some first."
                )
            }
            (RecommendationRefusal::NotANumber { most }, Lang::Zh) => {
                format!("名额请填 0 到 {most} 的整数。")
            }
            (RecommendationRefusal::NotANumber { most }, Lang::En) => {
                format!("Places are a whole number from 0 to {most}.")
            }
            (RecommendationRefusal::NotARank, Lang::Zh) => "名次请填从 1 起的整数。".to_owned(),
            (RecommendationRefusal::NotARank, Lang::En) => {
                "A rank is a whole number from 1.".to_owned()
            }
            (RecommendationRefusal::NotRecommended { title }, Lang::Zh) => {
                format!(
                    "{}由辖市区或产业工会直接评定，不用推荐（条款 P1、P2）。",
                    title.zh
                )
            }
            (RecommendationRefusal::NotRecommended { title }, Lang::En) => {
                format!(
                    "{} is decided by the district or industry federation and not recommended (clauses P1, P2).",
                    title.en
                )
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            RecommendationRefusal::NoQuota { .. } => "recommendation/no-quota",
            RecommendationRefusal::BeyondQuota { .. } => "recommendation/beyond-quota",
            RecommendationRefusal::Closed { .. } => "recommendation/closed",
            RecommendationRefusal::FewerThanUsed { .. } => "recommendation/fewer-than-used",
            RecommendationRefusal::NotANumber { .. } => "recommendation/not-a-number",
            RecommendationRefusal::NotARank => "recommendation/not-a-rank",
            RecommendationRefusal::NotRecommended { .. } => "recommendation/not-recommended",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::policy::any_permit;

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
