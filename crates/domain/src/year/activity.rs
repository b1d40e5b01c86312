//! What a union did for its members: the activity log that clauses Q3 and M5c are judged by.

use crate::core::refusal::Refuse;
use jianjia_standard::{
    period::{Every, Period, last_complete},
    programme::Standard,
    text::{Lang, Text},
};
use jiff::{Timestamp, civil::Date};

use crate::core::{
    ids::{AccountId, ActivityId, UnitId},
    refusal::Refusal,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    pub id: ActivityId,
    pub unit: UnitId,
    pub unit_path: String,
    pub held_on: Date,
    /// Key of one of the standard's activity kinds.
    pub kind: String,
    pub title: String,
    /// How many took part; not always counted.
    pub participants: Option<i64>,
    pub note: String,
    pub recorded_by: Option<AccountId>,
    pub recorded_at: Timestamp,
    /// Taken out of the log; the record is kept.
    pub removed_at: Option<Timestamp>,
}

/// What the log form brings, as typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityInput {
    pub held_on: String,
    pub kind: String,
    pub title: String,
    pub participants: String,
    pub note: String,
    /// Whether more people than the unit's own really took part.
    pub with_others: bool,
}

/// An activity as it can be recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityRead {
    pub held_on: Date,
    pub kind: String,
    pub title: String,
    pub participants: Option<i64>,
    pub note: String,
}

/// The longest title of an activity, in characters.
pub const LONGEST_TITLE: usize = 60;
/// The longest note, in characters.
pub const LONGEST_NOTE: usize = 500;
/// More people than any union has.
const MOST_PARTICIPANTS: i64 = 1_000_000;

/// Reads what was typed, or says what is wrong at every field.
///
/// # Errors
/// By field. `held_on`: `NoDay`, `InTheFuture`, `BeforeFounding`; `kind`: `NoKind`, `OtherKinds`; `title`: `NoTitle`, `TooLong`; `note`: `TooLong`;
/// `participants`: `NoCount`, for any but 0 to 1,000,000 people; `MoreThanWorkers` where more than the unit's `workers` took part, unless it is said
/// that others joined.
pub fn read<'a>(
    standard_of: &dyn Fn(i16) -> &'a Standard,
    founded_on: Option<Date>,
    workers: Option<i64>,
    input: &ActivityInput,
    today: Date,
) -> Result<ActivityRead, Refusal> {
    let mut refused: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: ActivityRefusal| {
        refused.push((field.to_owned(), refusal.into()));
    };
    let held_on = input.held_on.trim().parse::<Date>().ok();
    match held_on {
        None => refuse("held_on", ActivityRefusal::NoDay),
        Some(day) if day > today => refuse("held_on", ActivityRefusal::InTheFuture { day, today }),
        Some(day) if founded_on.is_some_and(|founded| day < founded) => {
            refuse("held_on", ActivityRefusal::BeforeFounding { day });
        }
        Some(_) => {}
    }
    // Under the plan of the day's own year, which may not be today's.
    let year = held_on.unwrap_or(today).year();
    let standard = standard_of(year);
    if input.kind.is_empty() {
        refuse("kind", ActivityRefusal::NoKind);
    } else if standard.activity_kind(&input.kind).is_none() {
        let kinds = standard.activity_kinds.iter();
        let kinds = kinds.map(|kind| kind.name.clone()).collect();
        refuse("kind", ActivityRefusal::OtherKinds { year, kinds });
    }
    let title = input.title.trim().to_owned();
    if title.is_empty() {
        refuse("title", ActivityRefusal::NoTitle);
    } else if title.chars().count() > LONGEST_TITLE {
        refuse(
            "title",
            ActivityRefusal::TooLong {
                most: LONGEST_TITLE,
            },
        );
    }
    let note = input.note.trim().to_owned();
    if note.chars().count() > LONGEST_NOTE {
        refuse("note", ActivityRefusal::TooLong { most: LONGEST_NOTE });
    }
    let participants = match input.participants.trim() {
        "" => None,
        words => match words.parse::<i64>() {
            Ok(count) if (0..=MOST_PARTICIPANTS).contains(&count) => {
                let workers = workers.filter(|workers| count > *workers && !input.with_others);
                if let Some(workers) = workers {
                    let refusal = ActivityRefusal::MoreThanWorkers { count, workers };
                    refuse("participants", refusal);
                }
                Some(count)
            }
            _ => {
                refuse("participants", ActivityRefusal::NoCount);
                None
            }
        },
    };
    match held_on {
        Some(held_on) if refused.is_empty() => Ok(ActivityRead {
            held_on,
            kind: input.kind.clone(),
            title,
            participants,
            note,
        }),
        _ => Err(Refusal::Fields(refused)),
    }
}

/// A month or quarter of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodOfLog {
    pub period: Period,
    pub activities: usize,
    /// The union was not there for the whole of it, so nothing is missing.
    pub before_founding: bool,
    /// The period runs on: there is still time.
    pub is_running: bool,
}

impl PeriodOfLog {
    pub fn is_missing(&self) -> bool {
        self.activities == 0 && !self.before_founding && !self.is_running
    }
}

/// The last complete periods before a day and the running one, oldest first, with how much was done in each.
pub fn periods(
    days: &[Date],
    founded_on: Option<Date>,
    every: Every,
    count: u32,
    as_of: Date,
) -> Vec<PeriodOfLog> {
    let running = Period::of(every, as_of);
    last_complete(every, count, as_of)
        .chain([running])
        .map(|period| PeriodOfLog {
            period,
            activities: days
                .iter()
                .filter(|day| Period::of(every, **day) == period)
                .count(),
            before_founding: founded_on.is_some_and(|founded| period.began_before(founded)),
            is_running: period == running,
        })
        .collect()
}

/// Why an activity is not recorded.
#[derive(Clone, Debug, PartialEq)]
pub enum ActivityRefusal {
    NoDay,
    InTheFuture {
        day: Date,
        today: Date,
    },
    BeforeFounding {
        day: Date,
    },
    NoKind,
    /// The plan of the year has other kinds.
    OtherKinds {
        year: i16,
        kinds: Vec<Text>,
    },
    NoTitle,
    TooLong {
        most: usize,
    },
    NoCount,
    /// More people than the unit has; families and others may have joined.
    MoreThanWorkers {
        count: i64,
        workers: i64,
    },
}

impl Refuse for ActivityRefusal {
    fn key(&self) -> &'static str {
        match self {
            ActivityRefusal::NoDay => "activity/no-day",
            ActivityRefusal::InTheFuture { .. } => "activity/in-the-future",
            ActivityRefusal::BeforeFounding { .. } => "activity/before-founding",
            ActivityRefusal::NoKind => "activity/no-kind",
            ActivityRefusal::OtherKinds { .. } => "activity/other-kinds",
            ActivityRefusal::NoTitle => "activity/no-title",
            ActivityRefusal::TooLong { .. } => "activity/too-long",
            ActivityRefusal::NoCount => "activity/no-count",
            ActivityRefusal::MoreThanWorkers { .. } => "activity/more-than-workers",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => match self {
                ActivityRefusal::NoDay => "请填活动日期，如 2016-10-01。".to_owned(),
                ActivityRefusal::InTheFuture { day, today } => {
                    format!("{day} 还没到（今天是 {today}）：活动办完以后再登记。")
                }
                ActivityRefusal::BeforeFounding { day } => {
                    format!("{day} 工会还没有成立：请核对日期，成立以前的活动不用登记。")
                }
                ActivityRefusal::NoKind => "请选一类活动：只有这几类计入每季度、每月的活动。".to_owned(),
                ActivityRefusal::OtherKinds { year, kinds } => {
                    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.zh.as_str()).collect();
                    format!("{year} 年的活动分为：{}。请改选一类，或者核对日期。", kinds.join("、"))
                }
                ActivityRefusal::NoTitle => "请写一句活动名称，如“春季职工趣味运动会”。".to_owned(),
                ActivityRefusal::TooLong { most } => format!("太长了：最多 {most} 个字，请写短一些。"),
                ActivityRefusal::NoCount => "参加人数应为整数；没有数过就空着。".to_owned(),
                ActivityRefusal::MoreThanWorkers { count, workers } => format!(
                    "填了 {count} 人，本单位职工只有 {workers} 人：请核对。确有家属、退休职工或外单位的人参加的，请勾选下面一项再保存。"
                ),
            },
            Lang::En => match self {
                ActivityRefusal::NoDay => "Please enter the day, such as 2016-10-01.".to_owned(),
                ActivityRefusal::InTheFuture { day, today } => {
                    format!("{day} is still to come (today is {today}): log the activity once it has been held.")
                }
                ActivityRefusal::BeforeFounding { day } => {
                    format!("The union was not founded yet on {day}: check the day; nothing before the founding needs to be logged.")
                }
                ActivityRefusal::NoKind => "Please choose a kind: only these count for the activities of a quarter or month.".to_owned(),
                ActivityRefusal::OtherKinds { year, kinds } => {
                    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.en.as_str()).collect();
                    format!("The kinds of activity in {year} are: {}. Please choose one of these, or check the day.", kinds.join(", "))
                }
                ActivityRefusal::NoTitle => "Please name the activity in a few words.".to_owned(),
                ActivityRefusal::TooLong { most } => format!("Too long: at most {most} characters."),
                ActivityRefusal::NoCount => "The number of people must be a whole number; leave it empty if nobody counted.".to_owned(),
                ActivityRefusal::MoreThanWorkers { count, workers } => format!(
                    "You entered {count} people; the unit has {workers} workers. Please check. If families, retired workers or others took part, tick the box below and save again."
                ),
            },
        }
    }
}
