//! Topics of study (O2): a federation asks a question, the unions that it is for say what they found, the office answers and sums up. All of it is seen by
//! those whom the topic is for.

use jianjia_standard::Lang;
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

use super::{
    lines,
    personal::{PersonalNumber, numbers_in},
};
use crate::core::{
    day,
    ids::{ContributionId, EvidenceId, TopicId, UnitId},
    place::UnitKind,
    policy::{Permit, act},
    refusal::{Refusal, Refuse},
    text,
};

jianjia_standard::keyed! {
    pub enum TopicState {
        Coming = "coming" / "题目|还没有开始",
        Open = "open" / "题目|正在征集",
        /// Its days are over, and nobody has closed it.
        Over = "over" / "题目|已截止，待小结",
        Closed = "closed" / "题目|已办结",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    pub id: TopicId,
    /// The federation whose topic it is.
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub title: String,
    pub question: String,
    /// The kinds of unions that it is for; empty: all.
    pub kinds: Vec<UnitKind>,
    pub opens_on: Date,
    pub closes_on: Date,
    pub opened_by_name: String,
    pub opened_at: Timestamp,
    pub closing: Option<Closing>,
    pub revision: i64,
}

/// How a topic ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    pub summary: String,
    pub by_name: String,
    pub at: Timestamp,
}

impl Topic {
    pub fn state(&self, today: Date) -> TopicState {
        if self.closing.is_some() {
            TopicState::Closed
        } else if today < self.opens_on {
            TopicState::Coming
        } else if today <= self.closes_on {
            TopicState::Open
        } else {
            TopicState::Over
        }
    }
}

/// What a union said on a topic. It is added, never changed; a union may take it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    pub id: ContributionId,
    pub topic: TopicId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub text: String,
    pub file: Option<EvidenceId>,
    pub by_name: String,
    pub at: Timestamp,
    pub answer: Option<ContributionAnswer>,
    pub retracted_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContributionAnswer {
    pub text: String,
    pub by_name: String,
    pub at: Timestamp,
}

/// What was typed for a new topic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TopicForm {
    pub title: String,
    pub question: String,
    pub kinds: Vec<String>,
    pub opens_on: String,
    pub closes_on: String,
    /// The federation that asks.
    pub unit: String,
    pub request_key: String,
}

/// What is to be kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub title: String,
    pub question: String,
    pub kinds: Vec<UnitKind>,
    pub opens_on: Date,
    pub closes_on: Date,
}

const LONGEST_TITLE: usize = 40;
/// The most characters of a question, a contribution, an answer and a summary.
const LONGEST: usize = 3_000;
/// A topic is open so long at most.
const LONGEST_DAYS: i32 = 366;

/// Reads a new topic.
///
/// # Errors
/// A refusal for each field that can't be taken.
pub fn open(
    form: &TopicForm,
    _permit: &Permit<act::OpenTopic>,
    today: Date,
) -> Result<Asked, Refusal> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: TopicRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let (title, question) = (text::line(&form.title), lines(&form.question));
    if title.is_empty() {
        refuse("title", TopicRefusal::NoTitle);
    } else if title.chars().count() > LONGEST_TITLE {
        let most = LONGEST_TITLE;
        refuse("title", TopicRefusal::TooLong { most });
    }
    if question.is_empty() {
        refuse("question", TopicRefusal::NoQuestion);
    } else if question.chars().count() > LONGEST {
        refuse("question", TopicRefusal::TooLong { most: LONGEST });
    }
    let (opens, closes) = (day::read(&form.opens_on), day::read(&form.closes_on));
    if opens.is_none() {
        refuse("opens_on", TopicRefusal::NoDay);
    }
    if closes.is_none() {
        refuse("closes_on", TopicRefusal::NoDay);
    }
    if let (Some(opens), Some(closes)) = (opens, closes) {
        if closes < opens || closes < today {
            refuse("closes_on", TopicRefusal::EndsBefore { today });
        } else if (closes - opens).get_days() > LONGEST_DAYS {
            refuse("closes_on", TopicRefusal::TooManyDays);
        }
    }
    let kinds = form.kinds.iter();
    let kinds: Vec<UnitKind> = kinds.filter_map(|key| UnitKind::from_key(key)).collect();
    match (opens, closes) {
        (Some(opens_on), Some(closes_on)) if wrong.is_empty() => Ok(Asked {
            title,
            question,
            kinds,
            opens_on,
            closes_on,
        }),
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// What a union says, while the topic is open.
///
/// # Errors
/// `NotOpen`; `NoText`, `TooLong`, `Numbers`.
pub fn contribute(
    topic: &Topic,
    _permit: &Permit<act::ContributeToTopic>,
    typed: &str,
    today: Date,
) -> Result<String, Refusal> {
    if topic.state(today) != TopicState::Open {
        let (from, to) = (topic.opens_on, topic.closes_on);
        return Err(TopicRefusal::NotOpen { from, to }.into());
    }
    said("text", typed)
}

/// What the office answers to a contribution.
///
/// # Errors
/// `Answered`; `Retracted`; `NoText`, `TooLong`, `Numbers`.
pub fn answer(
    contribution: &Contribution,
    _permit: &Permit<act::OpenTopic>,
    typed: &str,
) -> Result<String, Refusal> {
    if contribution.retracted_at.is_some() {
        return Err(TopicRefusal::Retracted.into());
    }
    if contribution.answer.is_some() {
        return Err(TopicRefusal::Answered.into());
    }
    said("answer", typed)
}

/// Whether a union may take its contribution back: as long as the topic is not closed.
///
/// # Errors
/// `Closed`; `Retracted`.
pub fn retract(
    topic: &Topic,
    contribution: &Contribution,
    _permit: &Permit<act::ContributeToTopic>,
) -> Result<(), TopicRefusal> {
    if topic.closing.is_some() {
        return Err(TopicRefusal::Closed);
    }
    if contribution.retracted_at.is_some() {
        return Err(TopicRefusal::Retracted);
    }
    Ok(())
}

/// The office sums up, which ends the topic.
///
/// # Errors
/// `Closed`; `NoSummary`, `TooLong`, `Numbers`.
pub fn close(
    topic: &Topic,
    _permit: &Permit<act::OpenTopic>,
    typed: &str,
) -> Result<String, Refusal> {
    if topic.closing.is_some() {
        return Err(TopicRefusal::Closed.into());
    }
    if typed.trim().is_empty() {
        return Err(Refusal::at("summary", TopicRefusal::NoSummary));
    }
    said("summary", typed)
}

fn said(field: &str, typed: &str) -> Result<String, Refusal> {
    let said = lines(typed);
    if said.is_empty() {
        return Err(Refusal::at(field, TopicRefusal::NoText));
    }
    if said.chars().count() > LONGEST {
        let most = LONGEST;
        return Err(Refusal::at(field, TopicRefusal::TooLong { most }));
    }
    let numbers = numbers_in(&said);
    if !numbers.is_empty() {
        return Err(Refusal::at(field, TopicRefusal::Numbers { numbers }));
    }
    Ok(said)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopicRefusal {
    NoTitle,
    NoQuestion,
    NoText,
    NoSummary,
    TooLong {
        most: usize,
    },
    NoDay,
    EndsBefore {
        today: Date,
    },
    TooManyDays,
    Numbers {
        numbers: Vec<PersonalNumber>,
    },
    /// At most one file comes with a contribution.
    OneFile,
    NotOpen {
        from: Date,
        to: Date,
    },
    Answered,
    Retracted,
    Closed,
}

impl Refuse for TopicRefusal {
    fn key(&self) -> &'static str {
        match self {
            TopicRefusal::NoTitle => "topic/no-title",
            TopicRefusal::NoQuestion => "topic/no-question",
            TopicRefusal::NoText => "topic/no-text",
            TopicRefusal::NoSummary => "topic/no-summary",
            TopicRefusal::TooLong { .. } => "topic/too-long",
            TopicRefusal::NoDay => "topic/no-day",
            TopicRefusal::EndsBefore { .. } => "topic/ends-before",
            TopicRefusal::TooManyDays => "topic/too-many-days",
            TopicRefusal::Numbers { .. } => "topic/numbers",
            TopicRefusal::OneFile => "topic/one-file",
            TopicRefusal::NotOpen { .. } => "topic/not-open",
            TopicRefusal::Answered => "topic/answered",
            TopicRefusal::Retracted => "topic/retracted",
            TopicRefusal::Closed => "topic/closed",
        }
    }

    fn can_be_corrected(&self) -> bool {
        !matches!(
            self,
            TopicRefusal::NotOpen { .. }
                | TopicRefusal::Answered
                | TopicRefusal::Retracted
                | TopicRefusal::Closed
        )
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (TopicRefusal::NoTitle, Lang::Zh) => "请写题目。".to_owned(),
            (TopicRefusal::NoTitle, Lang::En) => "Please write the topic's title.".to_owned(),
            (TopicRefusal::NoQuestion, Lang::Zh) => "请写要研讨的问题。".to_owned(),
            (TopicRefusal::NoQuestion, Lang::En) => {
                "Please write the question to be discussed.".to_owned()
            }
            (TopicRefusal::NoText, Lang::Zh) => "请写内容，再提交。".to_owned(),
            (TopicRefusal::NoText, Lang::En) => "Please write something, then send it.".to_owned(),
            (TopicRefusal::NoSummary, Lang::Zh) => {
                "请写小结：大家说了什么，准备怎么做。写了才能办结。".to_owned()
            }
            (TopicRefusal::NoSummary, Lang::En) => {
                "Please sum up what was said and what will be done: that closes the topic."
                    .to_owned()
            }
            (TopicRefusal::TooLong { most }, Lang::Zh) => {
                format!("最多 {most} 个字，请写短一些。")
            }
            (TopicRefusal::TooLong { most }, Lang::En) => {
                format!("At most {most} characters; please shorten it.")
            }
            (TopicRefusal::NoDay, Lang::Zh) => "请写日期，如 2016-10-10。".to_owned(),
            (TopicRefusal::NoDay, Lang::En) => "Please write a day such as 2016-10-10.".to_owned(),
            (TopicRefusal::EndsBefore { today }, Lang::Zh) => {
                format!("截止日期要在开始日期以后，也不能早于今天（{today}）。请核对日期。")
            }
            (TopicRefusal::EndsBefore { today }, Lang::En) => format!(
                "It ends after it begins, and not before today ({today}). Please check the days."
            ),
            (TopicRefusal::TooManyDays, Lang::Zh) => {
                "一个题目最多征集一年，请把截止日期提前，以后可以再发起。".to_owned()
            }
            (TopicRefusal::TooManyDays, Lang::En) => {
                "A topic is open for a year at most. Choose an earlier end; another can follow."
                    .to_owned()
            }
            (TopicRefusal::Numbers { numbers }, Lang::Zh) => {
                let told: Vec<String> =
                    numbers.iter().map(|number| number.told(Lang::Zh)).collect();
                format!(
                    "这里有{}。别的工会也看得到，不能写个人号码，用星号遮住几位也不行；请整个删去后再提交。",
                    told.join("、")
                )
            }
            (TopicRefusal::Numbers { numbers }, Lang::En) => {
                let told: Vec<String> =
                    numbers.iter().map(|number| number.told(Lang::En)).collect();
                format!(
                    "There is the {} in it. Other unions read it, so it holds no numbers of people, and masking some digits is not enough; please take it out and send it again.",
                    told.join(", the ")
                )
            }
            (TopicRefusal::OneFile, Lang::Zh) => {
                "一条意见附一个文件，请只选一个，或者分几条提交。".to_owned()
            }
            (TopicRefusal::OneFile, Lang::En) => {
                "One file comes with a contribution: choose one, or send several contributions."
                    .to_owned()
            }
            (TopicRefusal::NotOpen { from, to }, Lang::Zh) => {
                format!("征集期是 {from} 至 {to}，现在不能提交。有话要说的，请直接联系发起的工会。")
            }
            (TopicRefusal::NotOpen { from, to }, Lang::En) => format!(
                "Contributions are taken from {from} to {to}, so this was not kept. Please talk to the federation that asked."
            ),
            (TopicRefusal::Answered, Lang::Zh) => {
                "这条意见已经有人答复，您的没有保存。请刷新页面看看。".to_owned()
            }
            (TopicRefusal::Answered, Lang::En) => {
                "Somebody has answered this already, so yours was not kept. Load the page again."
                    .to_owned()
            }
            (TopicRefusal::Retracted, Lang::Zh) => "这条意见已经收回，不用再办理。".to_owned(),
            (TopicRefusal::Retracted, Lang::En) => {
                "This contribution was taken back; nothing is to be done about it.".to_owned()
            }
            (TopicRefusal::Closed, Lang::Zh) => {
                "题目已经办结，不能再改。要补充的，请另发起一个题目。".to_owned()
            }
            (TopicRefusal::Closed, Lang::En) => {
                "The topic is closed and can't be changed. To add something, open another."
                    .to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::core::policy::any_permit;

    fn form() -> TopicForm {
        TopicForm {
            title: "怎样让新职工愿意入会".to_owned(),
            question: "你们那里新职工不入会的原因是什么，做了什么？".to_owned(),
            opens_on: "2016-10-10".to_owned(),
            closes_on: "2016-11-10".to_owned(),
            ..TopicForm::default()
        }
    }

    fn keys(form: &TopicForm) -> Vec<(String, &'static str)> {
        let permit = any_permit(act::OpenTopic);
        match open(form, &permit, date(2016, 10, 10)) {
            Ok(_) => Vec::new(),
            Err(Refusal::Fields(fields)) => fields
                .iter()
                .map(|(field, refusal)| (field.clone(), refusal.key()))
                .collect(),
            Err(refusal) => panic!("{refusal:?}"),
        }
    }

    fn topic() -> Topic {
        Topic {
            id: TopicId(Uuid::from_u128(1)),
            unit: UnitId(Uuid::from_u128(2)),
            unit_path: "/1/".to_owned(),
            unit_name: "市总工会".to_owned(),
            title: "怎样让新职工愿意入会".to_owned(),
            question: String::new(),
            kinds: Vec::new(),
            opens_on: date(2016, 10, 10),
            closes_on: date(2016, 11, 10),
            opened_by_name: "李审批".to_owned(),
            opened_at: Timestamp::UNIX_EPOCH,
            closing: None,
            revision: 1,
        }
    }

    #[test]
    fn a_topic_has_a_question_and_days() {
        assert_eq!(keys(&form()), []);
        let wrong = TopicForm {
            opens_on: "十月".to_owned(),
            ..TopicForm::default()
        };
        let wrong: Vec<&str> = keys(&wrong).iter().map(|(_, key)| *key).collect();
        assert_eq!(
            wrong,
            [
                "topic/no-title",
                "topic/no-question",
                "topic/no-day",
                "topic/no-day"
            ]
        );
        for (closes_on, key) in [
            ("2016-10-09", "topic/ends-before"),
            ("2018-10-10", "topic/too-many-days"),
        ] {
            let form = TopicForm {
                closes_on: closes_on.to_owned(),
                ..form()
            };
            assert_eq!(keys(&form), [("closes_on".to_owned(), key)]);
        }
    }

    #[test]
    fn a_topic_takes_contributions_on_its_days_alone() {
        let permit = any_permit(act::ContributeToTopic);
        let check = |typed: &str, day| {
            contribute(&topic(), &permit, typed, day).map_err(|refusal| match refusal {
                Refusal::Fields(fields) => fields[0].1.key(),
                refusal => refusal.key(),
            })
        };
        let said = Ok("请师傅带着入会。".to_owned());
        assert_eq!(check(" 请师傅带着入会。 ", date(2016, 10, 10)), said);
        assert_eq!(check("请师傅带着入会。", date(2016, 11, 10)), said);
        assert_eq!(check("x", date(2016, 10, 9)), Err("topic/not-open"));
        assert_eq!(check("x", date(2016, 11, 11)), Err("topic/not-open"));
        assert_eq!(check(" ", date(2016, 10, 10)), Err("topic/no-text"));
        assert_eq!(
            check("找老王 13812345678", date(2016, 10, 10)),
            Err("topic/numbers")
        );
    }

    #[test]
    fn a_topic_is_closed_once_and_with_a_summary() {
        let permit = any_permit(act::OpenTopic);
        let mut topic = topic();
        assert!(close(&topic, &permit, " ").is_err());
        assert_eq!(
            close(&topic, &permit, "共三条经验。"),
            Ok("共三条经验。".to_owned())
        );
        let today = date(2016, 12, 1);
        assert_eq!(topic.state(today), TopicState::Over);
        topic.closing = Some(Closing {
            summary: "共三条经验。".to_owned(),
            by_name: "李审批".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        });
        assert_eq!(topic.state(today), TopicState::Closed);
        let again = close(&topic, &permit, "再写").map_err(|refusal| refusal.key());
        assert_eq!(again, Err("topic/closed"));
    }
}
