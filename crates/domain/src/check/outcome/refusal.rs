//! Why nothing can be decided on a visit.

use jianjia_standard::Lang;
use jiff::civil::Date;

use crate::{check::visit::VisitState, core::refusal::Refuse};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeRefusal {
    /// The standard of the year says nothing of visits.
    NoRules {
        year: i16,
    },
    /// There is nothing to decide.
    NotRed {
        state: VisitState,
    },
    /// The unit may still be heard.
    BeforeHearing {
        until: Date,
    },
    NoDecision,
    NothingDecided {
        state: VisitState,
    },
    NotHeard {
        state: VisitState,
    },
    HearingOver {
        until: Date,
    },
    /// Of these clauses the past alone tells, so no time helps.
    PastMending {
        clauses: Vec<String>,
    },
    /// The time to mend is not over.
    BeforeMended {
        until: Date,
    },
    NotMending {
        state: VisitState,
    },
    ReadyAlready,
    /// The visit looked again: what was decided falls with the first one's decision.
    OverturnAtFirst,
    /// The title is not in force any more.
    TitleGone,
    PlaqueNotAsked,
    PlaqueReturned,
    NoDay,
    /// No title was ticked.
    NoneChosen,
}

impl Refuse for OutcomeRefusal {
    fn key(&self) -> &'static str {
        match self {
            OutcomeRefusal::NoRules { .. } => "visit/no-rules",
            OutcomeRefusal::NotRed { .. } => "visit/not-red",
            OutcomeRefusal::BeforeHearing { .. } => "visit/before-hearing",
            OutcomeRefusal::NoDecision => "visit/no-decision",
            OutcomeRefusal::NothingDecided { .. } => "visit/nothing-decided",
            OutcomeRefusal::NotHeard { .. } => "visit/not-heard",
            OutcomeRefusal::HearingOver { .. } => "visit/hearing-over",
            OutcomeRefusal::PastMending { .. } => "visit/past-mending",
            OutcomeRefusal::BeforeMended { .. } => "visit/before-mended",
            OutcomeRefusal::NotMending { .. } => "visit/not-mending",
            OutcomeRefusal::ReadyAlready => "visit/ready-already",
            OutcomeRefusal::OverturnAtFirst => "visit/overturn-at-first",
            OutcomeRefusal::TitleGone => "visit/title-gone",
            OutcomeRefusal::PlaqueNotAsked => "visit/plaque-not-asked",
            OutcomeRefusal::PlaqueReturned => "visit/plaque-returned",
            OutcomeRefusal::NoDay => "visit/no-day",
            OutcomeRefusal::NoneChosen => "visit/none-chosen",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }
}

/// The state as people read it, without its context.
fn chinese(state: VisitState) -> &'static str {
    let word = state.word();
    word.split_once('|').map_or(word, |(_, word)| word)
}

impl OutcomeRefusal {
    fn chinese(&self) -> String {
        match self {
            OutcomeRefusal::NoRules { year } => {
                format!(
                    "{year} 年的标准没有写抽查结果怎样认定（[visit]），不能办结。请先在标准里补上。"
                )
            }
            OutcomeRefusal::NotRed { state } => format!(
                "这次抽查现在是“{}”，没有要决定的事。只有发现达不到标准、听取意见以后，才由市总工会决定（P1）。",
                chinese(*state)
            ),
            OutcomeRefusal::BeforeHearing { until } => format!(
                "单位还可以在 {until} 前陈述意见，现在不能决定（P1：先听取意见，再作决定）。单位提前陈述的，即可决定。"
            ),
            OutcomeRefusal::NoDecision => {
                "请选定怎么办：限期整改、撤销称号，或者不认定不达标（保留称号）。".to_owned()
            }
            OutcomeRefusal::NothingDecided { state } => {
                format!("这次抽查现在是“{}”，没有可以撤回的决定。", chinese(*state))
            }
            OutcomeRefusal::NotHeard { state } => {
                format!(
                    "这次抽查现在是“{}”，不在听取意见的阶段，没有保存。有话要说的，请联系市总工会。",
                    chinese(*state)
                )
            }
            OutcomeRefusal::HearingOver { until } => {
                format!("听取意见的期限是 {until}，已经过了，没有保存。请联系市总工会。")
            }
            OutcomeRefusal::PastMending { clauses } => format!(
                "{}看的是过去各期的记录，现在整改补不上，不能给整改期限（标准里写明不可整改）。请选“撤销称号”或者“不认定不达标，保留称号”。",
                clauses.join("、")
            ),
            OutcomeRefusal::BeforeMended { until } => format!(
                "单位的整改期限到 {until} 为止，在这以前不能办结为达不到标准。已经整改好的，可以现在办结；还没有的，请期满以后再去看，或者请单位先报告整改完成。已收到的记录都保留。"
            ),
            OutcomeRefusal::NotMending { state } => format!(
                "这次抽查现在是“{}”，没有要报告的整改。有话要说的，请联系市总工会。",
                chinese(*state)
            ),
            OutcomeRefusal::ReadyAlready => {
                "已经报告过整改完成，检查人员也已收到，不必再报。".to_owned()
            }
            OutcomeRefusal::OverturnAtFirst => {
                "这是整改后的复查，决定随第一次检查一起撤回。请打开第一次检查，在那里撤回。"
                    .to_owned()
            }
            OutcomeRefusal::TitleGone => {
                "这个称号现在不是有效状态，不用再撤销。请核对光荣册后，选别的办法。".to_owned()
            }
            OutcomeRefusal::PlaqueNotAsked => {
                "这个称号没有要收回的牌匾。称号撤销或收回以后，才登记交回。".to_owned()
            }
            OutcomeRefusal::PlaqueReturned => "牌匾已经登记交回。".to_owned(),
            OutcomeRefusal::NoDay => "请填交回的日期，如 2018-03-20，不晚于今天。".to_owned(),
            OutcomeRefusal::NoneChosen => "没有勾选任何一个称号，没有办理。请先勾选。".to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            OutcomeRefusal::NoRules { year } => {
                format!("The standard of {year} does not say what a visit comes to ([visit]), so it can't be concluded. Complete the standard first.")
            }
            OutcomeRefusal::NotRed { state } => format!(
                "This visit is {state} now and there is nothing to decide. The city decides only where a unit was found short, and once it was heard (P1)."
            ),
            OutcomeRefusal::BeforeHearing { until } => format!(
                "The unit may still be heard until {until}, so nothing can be decided yet (P1: first heard, then decided). Once it has stated its view, decide."
            ),
            OutcomeRefusal::NoDecision => "Choose what to do: time to mend, withdraw the title, or not hold it short.".to_owned(),
            OutcomeRefusal::NothingDecided { state } => {
                format!("This visit is {state} now: there is no decision to take back.")
            }
            OutcomeRefusal::NotHeard { state } => {
                format!("This visit is {state} now and the unit is not being heard, so nothing was kept. If there is more to say, ask the city federation.")
            }
            OutcomeRefusal::HearingOver { until } => {
                format!("The unit could be heard until {until}; that is over, and nothing was kept. Please ask the city federation.")
            }
            OutcomeRefusal::PastMending { clauses } => format!(
                "{} is about past periods, which nothing done now makes up for, so there is no time to mend (the standard says that it can't be mended). Choose to withdraw the title, or not to hold the unit short.",
                clauses.join(", ")
            ),
            OutcomeRefusal::BeforeMended { until } => format!(
                "The unit has until {until} to mend, and before that the visit can't be concluded as short of the standard. If it mended, conclude now; else come again afterwards, or have the unit say first that it is ready. What was received stays."
            ),
            OutcomeRefusal::NotMending { state } => {
                format!("This visit is {state} now, so there is no mending to report. If there is more to say, ask the city federation.")
            }
            OutcomeRefusal::ReadyAlready => "The unit said already that it is ready, and the inspectors were told; there is nothing to do.".to_owned(),
            OutcomeRefusal::OverturnAtFirst => "This visit looked again after the unit mended, and its decision is taken back with the first one's. Open the first visit and do it there.".to_owned(),
            OutcomeRefusal::TitleGone => "The title is not in force any more, so there is nothing to withdraw. Look at the honour roll and choose otherwise.".to_owned(),
            OutcomeRefusal::PlaqueNotAsked => "No plaque of this title is to be returned. That is recorded once a title was revoked or withdrawn.".to_owned(),
            OutcomeRefusal::PlaqueReturned => "The plaque was returned already.".to_owned(),
            OutcomeRefusal::NoDay => "Enter the day of the return, such as 2018-03-20, not after today.".to_owned(),
            OutcomeRefusal::NoneChosen => "No title was ticked, so nothing was done. Tick some first.".to_owned(),
        }
    }
}
