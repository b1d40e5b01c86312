//! Why a federation's list stays as it is.

use jianjia_standard::{Lang, Text};
use jiff::Timestamp;

use crate::{
    core::{day, refusal::Refuse},
    round::structure::{Breach, in_words},
};

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
    /// Something is said of a candidate after its list was closed.
    SaidLate {
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
    /// Rules over the list that bar closing it.
    StructureBroken {
        broken: Vec<Breach>,
    },
    /// Rules over the list that bar a reserve from moving up.
    ReserveBreaks {
        applicant: String,
        broken: Vec<Breach>,
    },
    /// Nobody looked through some that stand before it: names, and how many criteria are confirmed by nobody.
    NotLookedThrough {
        reserves: Vec<(String, usize)>,
        /// Whether the standard lets the approver confirm them in the own name.
        may_confirm: bool,
    },
    /// No place came free for a reserve.
    NoPlaceFree {
        title: Text,
        places: i64,
        taken: i64,
    },
    /// Others stand before it.
    NotTheNext {
        next: String,
    },
    /// It has no rank, so it is no reserve.
    NoReserve {
        applicant: String,
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
            (RecommendationRefusal::SaidLate { title, at }, Lang::Zh) => {
                format!(
                    "{}的推荐已在 {} 办结，名单的构成按当时填的情况核对过，所以候选的情况不能再填、再改（条款 P3）。确有错漏的，请报市总工会，由它在命名前核实。",
                    title.zh,
                    day::local_minute(*at)
                )
            }
            (RecommendationRefusal::SaidLate { title, at }, Lang::En) => {
                format!(
                    "The list for {} was closed at {}, and what it is made up of was checked by what was said of the candidates by then, so nothing more can be said of them (clause P3). Tell the city federation of a mistake: it looks into it before naming.",
                    title.en,
                    day::local_minute(*at)
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
            (RecommendationRefusal::StructureBroken { broken }, Lang::Zh) => {
                format!(
                    "推荐名单还不符合结构要求，不能办结：{}。请调整推荐的人选；要求有误的，请与市总工会联系（条款 P3）。",
                    in_words(broken, lang)
                )
            }
            (RecommendationRefusal::StructureBroken { broken }, Lang::En) => {
                format!(
                    "The list does not keep the rules on its structure and can't be closed: {}. Please recommend others; where a rule is wrong, ask the city federation (clause P3).",
                    in_words(broken, lang)
                )
            }
            (RecommendationRefusal::ReserveBreaks { applicant, broken }, Lang::Zh) => {
                format!(
                    "由“{applicant}”递补，推荐名单就不符合结构要求，不能递补：{}。请由后面符合要求的候选递补，没有的把名额退回市总工会；要求有误的，请与市总工会联系（条款 P3）。",
                    in_words(broken, lang)
                )
            }
            (RecommendationRefusal::ReserveBreaks { applicant, broken }, Lang::En) => {
                format!(
                    "With “{applicant}” the list would not keep the rules on its structure, so it can't move up: {}. Please take up a later one that keeps them, or return the place where there is none; where a rule is wrong, ask the city federation (clause P3).",
                    in_words(broken, lang)
                )
            }
            (
                RecommendationRefusal::NotLookedThrough {
                    reserves,
                    may_confirm,
                },
                Lang::Zh,
            ) => {
                let each = reserves
                    .iter()
                    .map(|(name, count)| format!("“{name}”还有 {count} 条没有核实"));
                let confirm = if *may_confirm {
                    "，或者以本人名义认定"
                } else {
                    ""
                };
                format!(
                    "递补按名次进行，排在前面的{}，所以还轮不到后面的（条款 P3 择优推荐）。请先打开它的申报逐条核实{confirm}，再由它递补；不由它递补的，请写明越过它的理由。",
                    each.collect::<Vec<_>>().join("，")
                )
            }
            (
                RecommendationRefusal::NotLookedThrough {
                    reserves,
                    may_confirm,
                },
                Lang::En,
            ) => {
                let each = reserves
                    .iter()
                    .map(|(name, count)| format!("“{name}”, with {count} criteria not confirmed"));
                let confirm = if *may_confirm {
                    ", or confirm them in your own name,"
                } else {
                    ""
                };
                format!(
                    "Reserves move up by their ranks. Before this one stands {} (clause P3: the best are recommended). Please look through its criteria{confirm} and take it up; or say why it is passed over.",
                    each.collect::<Vec<_>>().join("; ")
                )
            }
            (
                RecommendationRefusal::NoPlaceFree {
                    title,
                    places,
                    taken,
                },
                Lang::Zh,
            ) => {
                format!(
                    "{}的 {places} 个名额都有人占着（{taken} 个），没有空出的名额可以递补。有候选退出、没有通过，或者市总工会调剂来名额后，再办递补（条款 P3）。",
                    title.zh
                )
            }
            (
                RecommendationRefusal::NoPlaceFree {
                    title,
                    places,
                    taken,
                },
                Lang::En,
            ) => {
                format!(
                    "All {places} places for {} are taken ({taken}), so no reserve can move up. Wait until a candidate drops out or is refused, or the city moves a place here (clause P3).",
                    title.en
                )
            }
            (RecommendationRefusal::NotTheNext { next }, Lang::Zh) => {
                format!(
                    "递补按名次进行，排在前面的是“{next}”，并且符合条件；请先递补它（条款 P3 择优推荐）。"
                )
            }
            (RecommendationRefusal::NotTheNext { next }, Lang::En) => {
                format!(
                    "Reserves move up by their ranks: “{next}” comes before and meets the conditions. Please take it up first (clause P3: the best are recommended)."
                )
            }
            (RecommendationRefusal::NoReserve { applicant }, Lang::Zh) => {
                format!("“{applicant}”没有排名次，不是递补人选；请按名次递补。")
            }
            (RecommendationRefusal::NoReserve { applicant }, Lang::En) => {
                format!(
                    "“{applicant}” has no rank and is no reserve. Please take reserves up by their ranks."
                )
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            RecommendationRefusal::NoQuota { .. } => "recommendation/no-quota",
            RecommendationRefusal::BeyondQuota { .. } => "recommendation/beyond-quota",
            RecommendationRefusal::Closed { .. } => "recommendation/closed",
            RecommendationRefusal::SaidLate { .. } => "recommendation/said-late",
            RecommendationRefusal::FewerThanUsed { .. } => "recommendation/fewer-than-used",
            RecommendationRefusal::NotANumber { .. } => "recommendation/not-a-number",
            RecommendationRefusal::NotARank => "recommendation/not-a-rank",
            RecommendationRefusal::NotRecommended { .. } => "recommendation/not-recommended",
            RecommendationRefusal::StructureBroken { .. } => "recommendation/structure-broken",
            RecommendationRefusal::ReserveBreaks { .. } => "recommendation/reserve-breaks",
            RecommendationRefusal::NotLookedThrough { .. } => "recommendation/not-looked-through",
            RecommendationRefusal::NoPlaceFree { .. } => "recommendation/no-place-free",
            RecommendationRefusal::NotTheNext { .. } => "recommendation/not-the-next",
            RecommendationRefusal::NoReserve { .. } => "recommendation/no-reserve",
        }
    }
}
