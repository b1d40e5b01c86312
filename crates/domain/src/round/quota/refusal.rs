//! Why places stay where they are.

use jianjia_standard::{Lang, Text};

use super::REASON_AT_MOST;
use crate::core::refusal::Refuse;

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
    /// Those chosen with it use the share up.
    BeyondShareTogether {
        title: Text,
        places: i64,
        used: i64,
        besides: i64,
    },
    /// The list is open: what isn't used comes back when it is closed.
    ClosingReturns,
    /// Every place of the closed list is taken.
    NothingLeftOver,
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
            QuotaRefusal::BeyondShareTogether { .. } => "quota/beyond-share-together",
            QuotaRefusal::ClosingReturns => "quota/closing-returns",
            QuotaRefusal::NothingLeftOver => "quota/nothing-left-over",
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
            QuotaRefusal::MoreThanCameBack { most: 0 } => {
                "这个单位没有可以调剂的名额：没有退回未调剂的，名单办结后也没有空出的；请另选一个单位。".to_owned()
            }
            QuotaRefusal::MoreThanCameBack { most } => format!(
                "这个单位可以调剂的名额（退回未调剂的和办结后空出的）是 {most} 个，请填 1 到 {most} 的整数。"
            ),
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
            QuotaRefusal::BeyondShareTogether {
                title,
                places,
                used,
                besides,
            } => format!(
                "上级分给本单位的{}名额是 {places} 个，已经报送 {used} 个，这次勾选的排在前面的 {besides} 个把它用完了，这一份报不了（条款 P3 择优推荐）。请在名额内择优勾选，或者请上级增加名额。",
                title.zh
            ),
            QuotaRefusal::ClosingReturns => {
                "推荐名单还没有办结：没用完的名额在办结时退回，请先办结推荐。".to_owned()
            }
            QuotaRefusal::NothingLeftOver => {
                "没有空出的名额可以退回：名额都有候选占着，或者刚才已经退回。请看最新的名单。".to_owned()
            }
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
            QuotaRefusal::MoreThanCameBack { most: 0 } => {
                "This federation has no place that can move: none came back that nobody has, and none of a closed list is free. Please choose another.".to_owned()
            }
            QuotaRefusal::MoreThanCameBack { most } => format!(
                "{most} places of this federation can move: they came back and nobody has them, or are free since its list was closed. Please enter a whole number from 1 to {most}."
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
            QuotaRefusal::BeyondShareTogether {
                title,
                places,
                used,
                besides,
            } => format!(
                "Your share of the places for {} is {places}; {used} are sent on already, and the {besides} ticked before this one use it up (clause P3: the best are recommended). Tick the best within it, or ask the federation above for more.",
                title.en
            ),
            QuotaRefusal::ClosingReturns => {
                "The list is not closed yet: unused places come back when it is. Please close it first.".to_owned()
            }
            QuotaRefusal::NothingLeftOver => {
                "No place is free to be returned: each is taken, or they were returned just now. Please look at the list again.".to_owned()
            }
            QuotaRefusal::FewerThanShared { places, shared } => format!(
                "This federation has given {shared} places on to townships, so it can't have only {places}. It has to lower those first."
            ),
        }
    }
}
