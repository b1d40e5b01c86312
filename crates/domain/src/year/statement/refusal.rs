//! Why an answer is not taken, in words.

use jianjia_standard::{
    fact::{EARLIEST_DAY, Fact, FactKind},
    text::{Lang, Text},
};
use jiff::{Timestamp, civil::Date};

use crate::core::{
    count::{self, NoCount},
    day,
    refusal::Refuse,
};

/// Why an answer is not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementRefusal {
    /// Not an answer to this question, with why.
    NotUnderstood { fact: Text, reason: Text },
    /// It contradicts another answer.
    Impossible { reason: Text },
    /// Somebody said something else since the form was made.
    Overtaken {
        fact: Text,
        theirs: Text,
        by: String,
        at: Timestamp,
        yours: Text,
    },
    /// The sheet of that year can't be filled in.
    YearClosed { year: i16, first: i16, last: i16 },
    /// What is said to have happened lies ahead.
    Ahead { fact: Text, day: Date, today: Date },
    /// Before there were unions that could be meant.
    TooEarly { fact: Text, day: Date, today: Date },
    /// Nothing was there to confirm.
    NothingToConfirm,
}

impl Refuse for StatementRefusal {
    fn key(&self) -> &'static str {
        match self {
            StatementRefusal::NotUnderstood { .. } => "statement/not-understood",
            StatementRefusal::Impossible { .. } => "statement/impossible",
            StatementRefusal::Overtaken { .. } => "statement/overtaken",
            StatementRefusal::YearClosed { .. } => "statement/year-closed",
            StatementRefusal::Ahead { .. } => "statement/ahead",
            StatementRefusal::TooEarly { .. } => "statement/too-early",
            StatementRefusal::NothingToConfirm => "statement/nothing-to-confirm",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (StatementRefusal::NotUnderstood { fact, reason }, Lang::Zh) => {
                format!("“{}”没有填对：{}。请改正后再保存。", fact.zh, reason.zh)
            }
            (StatementRefusal::NotUnderstood { fact, reason }, Lang::En) => {
                format!("\"{}\" can't be taken: it {}. Please correct it and save again.", fact.en, reason.en)
            }
            (StatementRefusal::Impossible { reason }, Lang::Zh) => {
                format!("两个数对不上：{}。请核对后再保存。", reason.zh)
            }
            (StatementRefusal::Impossible { reason }, Lang::En) => {
                format!("Two figures don't fit together: {}. Please check and save again.", reason.en)
            }
            (StatementRefusal::Overtaken { fact, theirs, by, at, yours }, Lang::Zh) => format!(
                "您填写期间，{}在 {} 把“{}”填成了“{}”，您填的是“{}”。请商量好，留下对的，再保存一次。",
                someone(by, lang),
                day::local_minute(*at),
                fact.zh,
                theirs.zh,
                yours.zh
            ),
            (StatementRefusal::Overtaken { fact, theirs, by, at, yours }, Lang::En) => format!(
                "While you were filling this in, {} answered \"{}\" with \"{}\" at {}; you typed \"{}\". Agree on the right one and save again.",
                someone(by, lang),
                fact.en,
                theirs.en,
                day::local_minute(*at),
                yours.en
            ),
            (StatementRefusal::YearClosed { year, first, last }, Lang::Zh) => {
                format!("{year} 年的年度表现在不能填：可以填 {first} 年到 {last} 年的。")
            }
            (StatementRefusal::YearClosed { year, first, last }, Lang::En) => {
                format!("The sheet of {year} can't be filled in now; those of {first} to {last} can.")
            }
            (StatementRefusal::Ahead { fact, day, today }, Lang::Zh) => format!(
                "“{}”填的是 {day}，在今天（{today}）以后，还没有发生。请核对日期；定了还没办的，办了再填。",
                fact.zh
            ),
            (StatementRefusal::Ahead { fact, day, today }, Lang::En) => format!(
                "\"{}\" is {day}, which is after today ({today}) and has not happened yet. Check the day; enter what is planned once it is done.",
                fact.en
            ),
            (StatementRefusal::TooEarly { fact, day, today }, Lang::Zh) => format!(
                "“{}”填的是 {day}，太早了{}。应在 {EARLIEST_DAY} 到今天（{today}）之间，请核对日期。",
                fact.zh,
                day::zero_told(&day.to_string(), lang)
            ),
            (StatementRefusal::TooEarly { fact, day, today }, Lang::En) => format!(
                "\"{}\" is {day}, which is too early{}. It must be from {EARLIEST_DAY} to today ({today}). Check the day.",
                fact.en,
                day::zero_told(&day.to_string(), lang)
            ),
            (StatementRefusal::NothingToConfirm, Lang::Zh) => {
                "没有可以确认的去年答案：这些题去年没有填，或者今年已经填过了。请直接填写。".to_owned()
            }
            (StatementRefusal::NothingToConfirm, Lang::En) => {
                "There is no answer of last year to confirm: none was given, or this year's is there already. Please fill it in.".to_owned()
            }
        }
    }
}

/// Why an answer is not understood, with what a spreadsheet program or a rough count made of it.
pub(super) fn explained(fact: &Fact, words: &str, reason: Text) -> Text {
    match fact.kind {
        FactKind::Date => Text {
            zh: format!("{}{}", reason.zh, day::serial_told(words, Lang::Zh)),
            en: format!("{}{}", reason.en, day::serial_told(words, Lang::En)),
        },
        FactKind::Count if count::read(words, fact.unit_words()) == Err(NoCount::Rough) => Text {
            zh: format!("“{words}”是约数，请填准确的数"),
            en: format!("says only about how many (“{words}”); enter the exact number"),
        },
        _ => reason,
    }
}

fn someone(name: &str, lang: Lang) -> &str {
    match (name, lang) {
        ("", Lang::Zh) => "别人",
        ("", Lang::En) => "somebody",
        (name, _) => name,
    }
}
