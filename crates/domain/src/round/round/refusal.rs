//! Why something can't be done in a round on a day, or its days can't be set.

use jianjia_standard::{Lang, programme::RoundAct};
use jiff::civil::Date;

use super::Days;
use crate::core::refusal::Refuse;

#[derive(Clone, Debug, PartialEq)]
pub enum RoundRefusal {
    OutsideProgramme {
        year: i16,
        first: i16,
        last: i16,
    },
    /// Clause P6.
    OutsideWindow {
        act: RoundAct,
        days: Days,
        today: Date,
        /// Year and window of the round in which it can be done, when this one's has passed.
        next: Option<(i16, Days)>,
    },
    NotADay,
    EndsBeforeItBegins {
        days: Days,
    },
    BeforeThePhaseAhead {
        earlier: Date,
        later: Date,
    },
}

impl Refuse for RoundRefusal {
    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (RoundRefusal::OutsideProgramme { year, first, last }, Lang::Zh) => {
                format!("{year}年不在本规划的年度内：规划从{first}年到{last}年，请改选其中一年。")
            }
            (RoundRefusal::OutsideProgramme { year, first, last }, Lang::En) => {
                format!(
                    "{year} is not a year of the programme, which runs from {first} to {last}. Please choose one of these."
                )
            }
            (
                RoundRefusal::OutsideWindow {
                    act,
                    days,
                    today,
                    next,
                },
                Lang::Zh,
            ) => {
                let (period, verb) = words_of(*act, Lang::Zh);
                let then = if *today < days.from {
                    format!("请从 {} 起办理。", days.from)
                } else if let Some((year, next)) = next.filter(|(_, next)| next.contains(*today)) {
                    format!(
                        "{year}年度的正在进行（{} 至 {}），请换到{year}年度办理。",
                        next.from, next.to
                    )
                } else if let Some((_, next)) = next {
                    format!("下一次是 {} 至 {}。", next.from, next.to)
                } else {
                    "本规划没有下一次了。".to_owned()
                };
                format!(
                    "{period}是 {} 至 {}，今天是 {today}，现在不能{verb}（按年度日程，条款 P6）；{then}",
                    days.from, days.to
                )
            }
            (
                RoundRefusal::OutsideWindow {
                    act,
                    days,
                    today,
                    next,
                },
                Lang::En,
            ) => {
                let (period, verb) = words_of(*act, Lang::En);
                let then = if *today < days.from {
                    format!("Please come back from {}.", days.from)
                } else if let Some((year, next)) = next.filter(|(_, next)| next.contains(*today)) {
                    format!(
                        "That of {year} is going on ({} to {}): please change to {year}.",
                        next.from, next.to
                    )
                } else if let Some((_, next)) = next {
                    format!("The next time is {} to {}.", next.from, next.to)
                } else {
                    "The programme has no next time.".to_owned()
                };
                format!(
                    "You can {verb} only in {period}, {} to {}; today is {today} (the year's calendar, clause P6). {then}",
                    days.from, days.to
                )
            }
            (RoundRefusal::NotADay, Lang::Zh) => "请填日期，如 2016-10-01。".to_owned(),
            (RoundRefusal::NotADay, Lang::En) => {
                "Please enter a day such as 2016-10-01.".to_owned()
            }
            (RoundRefusal::EndsBeforeItBegins { days }, Lang::Zh) => {
                format!(
                    "结束日 {} 早于开始日 {}，请改后再保存。",
                    days.to, days.from
                )
            }
            (RoundRefusal::EndsBeforeItBegins { days }, Lang::En) => {
                format!(
                    "It ends on {}, before it begins on {}. Please change one of the days.",
                    days.to, days.from
                )
            }
            (RoundRefusal::BeforeThePhaseAhead { earlier, later }, Lang::Zh) => {
                format!(
                    "这一阶段从 {later} 开始，早于上一阶段的开始日 {earlier}，请按申报、审核、表彰的先后填写。"
                )
            }
            (RoundRefusal::BeforeThePhaseAhead { earlier, later }, Lang::En) => {
                format!(
                    "This phase begins on {later}, before the phase ahead of it ({earlier}). The order is applications, reviews, commendation."
                )
            }
        }
    }

    fn key(&self) -> &'static str {
        match self {
            RoundRefusal::OutsideProgramme { .. } => "round/outside-programme",
            RoundRefusal::OutsideWindow { .. } => "round/outside-window",
            RoundRefusal::NotADay => "round/not-a-day",
            RoundRefusal::EndsBeforeItBegins { .. } => "round/ends-before-it-begins",
            RoundRefusal::BeforeThePhaseAhead { .. } => "round/before-the-phase-ahead",
        }
    }
}

/// What an act's window is called, and the act as a verb.
fn words_of(act: RoundAct, lang: Lang) -> (&'static str, &'static str) {
    match (act, lang) {
        (RoundAct::Submit, Lang::Zh) => ("申报期", "提交申报"),
        (RoundAct::Resubmit, Lang::Zh) => ("补正后再提交的时间", "再次提交"),
        (RoundAct::Withdraw, Lang::Zh) => ("可以撤回的时间", "撤回申报"),
        (RoundAct::Review, Lang::Zh) => ("审核期", "办理审核"),
        (RoundAct::Decide, Lang::Zh) => ("可以评定的时间", "评定"),
        (RoundAct::Recommend, Lang::Zh) => ("可以推荐的时间", "推荐"),
        (RoundAct::Name, Lang::Zh) => ("可以命名的时间", "命名"),
        (RoundAct::Submit, Lang::En) => ("the time for applications", "apply"),
        (RoundAct::Resubmit, Lang::En) => (
            "the time for corrections",
            "hand in a corrected application",
        ),
        (RoundAct::Withdraw, Lang::En) => ("the time for withdrawals", "withdraw"),
        (RoundAct::Review, Lang::En) => ("the time for reviews", "review"),
        (RoundAct::Decide, Lang::En) => ("the time for decisions", "decide"),
        (RoundAct::Recommend, Lang::En) => ("the time for recommendations", "recommend"),
        (RoundAct::Name, Lang::En) => ("the time for naming", "name titles"),
    }
}
