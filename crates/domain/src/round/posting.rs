//! What a union shows in its own unit before it applies: where the notice hung and from when to when, as the standard asks for it.

use jianjia_standard::{
    Lang,
    programme::PublicationRule,
    working_days::{Counted, WorkingDays},
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

use crate::{
    core::{
        day,
        ids::{AccountId, ApplicationId},
        policy::{Permit, act},
        refusal::{Refusal, Refuse},
        text,
    },
    round::application::{Application, State},
};

/// Where an application was shown in its unit, as the union says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    pub application: ApplicationId,
    pub from_on: Date,
    /// The last day on which it hung.
    pub to_on: Date,
    pub place: String,
    pub said_by: AccountId,
    pub said_by_name: String,
    pub said_at: Timestamp,
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PostingInput {
    pub from: String,
    pub to: String,
    pub place: String,
}

/// The most characters of where it hung.
const LONGEST_PLACE: usize = 100;

/// What the standard asks for: the rule, and the clause that says so.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub rule: &'a PublicationRule,
    pub clause: &'a str,
    pub working_days: &'a WorkingDays,
}

impl Asked<'_> {
    /// The first day on which what was put up on a day has hung long enough.
    pub fn until(&self, from: Date) -> Counted<Date> {
        self.working_days
            .add_working_days(from, self.rule.working_days)
    }
}

/// Reads what was typed, for an application that is with its union.
///
/// # Errors
/// `WrongState` when it is under way or has ended; a refusal for each field that can't be taken.
pub fn record(
    application: &Application,
    _permit: &Permit<act::DraftApplication>,
    asked: Asked<'_>,
    input: &PostingInput,
    today: Date,
) -> Result<(Date, Date, String), Refusal> {
    if !matches!(application.state, State::Draft | State::Returned { .. }) {
        return Err(PostingRefusal::WrongState.into());
    }
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut refuse = |field: &str, refusal: PostingRefusal| {
        wrong.push((field.to_owned(), refusal.into()));
    };
    let (from, to) = (day::read(&input.from), day::read(&input.to));
    if from.is_none() {
        refuse("from", PostingRefusal::NoDay);
    }
    if to.is_none() {
        refuse("to", PostingRefusal::NoDay);
    }
    if let (Some(from), Some(to)) = (from, to) {
        let until = asked.until(from).value;
        if from > today {
            refuse("from", PostingRefusal::NotYet { today });
        } else if from.year() != application.year {
            // Another year's notice said nothing of this application.
            let year = application.year;
            refuse("from", PostingRefusal::OtherYear { year });
        } else if to < until {
            refuse(
                "to",
                PostingRefusal::TooShort {
                    days: asked.rule.working_days,
                    until,
                    clause: asked.clause.to_owned(),
                },
            );
        }
    }
    let place = text::line(&input.place);
    if place.is_empty() {
        refuse("place", PostingRefusal::NoPlace);
    } else if place.chars().count() > LONGEST_PLACE {
        refuse(
            "place",
            PostingRefusal::TooLong {
                most: LONGEST_PLACE,
            },
        );
    }
    match (from, to) {
        (Some(from), Some(to)) if wrong.is_empty() => Ok((from, to, place)),
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// Whether an application was shown in its unit as the standard asks, so that it may be handed in.
///
/// # Errors
/// `Missing` when nothing was recorded; `StillUp` before its last day is over.
pub fn may_submit(
    asked: Asked<'_>,
    posting: Option<&Posting>,
    today: Date,
) -> Result<(), PostingRefusal> {
    let clause = asked.clause.to_owned();
    match posting {
        _ if !asked.rule.is_asked => Ok(()),
        None => Err(PostingRefusal::Missing {
            days: asked.rule.working_days,
            clause,
        }),
        Some(posting) if today <= posting.to_on => Err(PostingRefusal::StillUp {
            to: posting.to_on,
            clause,
        }),
        Some(_) => Ok(()),
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostingRefusal {
    NoDay,
    NotYet {
        today: Date,
    },
    OtherYear {
        year: i16,
    },
    TooShort {
        days: i64,
        until: Date,
        clause: String,
    },
    NoPlace,
    TooLong {
        most: usize,
    },
    WrongState,
    /// The standard asks for it, and nothing is recorded.
    Missing {
        days: i64,
        clause: String,
    },
    StillUp {
        to: Date,
        clause: String,
    },
}

impl Refuse for PostingRefusal {
    fn key(&self) -> &'static str {
        match self {
            PostingRefusal::NoDay => "posting/no-day",
            PostingRefusal::NotYet { .. } => "posting/not-yet",
            PostingRefusal::OtherYear { .. } => "posting/other-year",
            PostingRefusal::TooShort { .. } => "posting/too-short",
            PostingRefusal::NoPlace => "posting/no-place",
            PostingRefusal::TooLong { .. } => "posting/too-long",
            PostingRefusal::WrongState => "posting/wrong-state",
            PostingRefusal::Missing { .. } => "posting/missing",
            PostingRefusal::StillUp { .. } => "posting/still-up",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        match (self, lang) {
            (PostingRefusal::NoDay, Lang::Zh) => "请写日期，如 2016-10-10。".to_owned(),
            (PostingRefusal::NoDay, Lang::En) => "Please write a day such as 2016-10-10.".to_owned(),
            (PostingRefusal::NotYet { today }, Lang::Zh) => {
                format!("今天是 {today}，还没有到这一天：公示贴出来以后再登记。")
            }
            (PostingRefusal::NotYet { today }, Lang::En) => {
                format!("Today is {today}, and that day is still to come: record the notice once it is up.")
            }
            (PostingRefusal::OtherYear { year }, Lang::Zh) => {
                format!("这是 {year} 年度的申报，贴出的日子要在 {year} 年里。请核对日期。")
            }
            (PostingRefusal::OtherYear { year }, Lang::En) => {
                format!("The application is of {year}, so its notice was put up in {year}. Check the day.")
            }
            (PostingRefusal::TooShort { days, until, clause }, Lang::Zh) => format!(
                "公示不到 {days} 个工作日（条款 {clause}，贴出当天不算）：最早到 {until}。请多贴几天，再改这里的日期。"
            ),
            (PostingRefusal::TooShort { days, until, clause }, Lang::En) => format!(
                "This is less than {days} working days (clause {clause}; the day on which it was put up does not count): it hangs until {until} at least. Leave it up longer, then change the day here."
            ),
            (PostingRefusal::NoPlace, Lang::Zh) => "请写公示贴在哪里。".to_owned(),
            (PostingRefusal::NoPlace, Lang::En) => "Please say where the notice hung.".to_owned(),
            (PostingRefusal::TooLong { most }, Lang::Zh) => {
                format!("最多 {most} 个字，请写短一些。")
            }
            (PostingRefusal::TooLong { most }, Lang::En) => {
                format!("At most {most} characters; please shorten it.")
            }
            (PostingRefusal::WrongState, Lang::Zh) => {
                "申报已经提交，公示情况不能再改。有误的，请联系审核的工会退回补正。".to_owned()
            }
            (PostingRefusal::WrongState, Lang::En) => {
                "The application was handed in, so what is recorded of its notice can't be changed. If it is wrong, ask the reviewing federation to return it.".to_owned()
            }
            (PostingRefusal::Missing { days, clause }, Lang::Zh) => format!(
                "还没有登记在本单位的公示，所以不能提交：申报前要公示不少于 {days} 个工作日（条款 {clause}）。请打印公示贴出来，再登记日期和地点。"
            ),
            (PostingRefusal::Missing { days, clause }, Lang::En) => format!(
                "No notice in the unit is recorded, so the application can't be handed in: it is shown for at least {days} working days before (clause {clause}). Print the notice, put it up, and record days and place."
            ),
            (PostingRefusal::StillUp { to, clause }, Lang::Zh) => format!(
                "在本单位的公示到 {to} 为止，还没有满（条款 {clause}），所以不能提交。请在那一天过后提交。"
            ),
            (PostingRefusal::StillUp { to, clause }, Lang::En) => format!(
                "The notice in the unit hangs until {to} (clause {clause}), so the application can't be handed in yet. Hand it in after that day."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn rule(is_asked: bool) -> PublicationRule {
        PublicationRule {
            titles: Vec::new(),
            working_days: 5,
            is_asked,
        }
    }

    #[test]
    fn five_working_days_go_by_the_holidays() {
        let working_days = WorkingDays::national();
        let rule = rule(true);
        let asked = Asked {
            rule: &rule,
            clause: "P7",
            working_days: &working_days,
        };
        // In 2016 the first week of October was off, the Saturday and Sunday after it were worked.
        assert_eq!(asked.until(date(2016, 9, 30)).value, date(2016, 10, 12));
        assert_eq!(asked.until(date(2016, 11, 14)).value, date(2016, 11, 21));
    }

    #[test]
    fn an_application_waits_until_its_notice_is_over_where_that_is_asked() {
        let working_days = WorkingDays::national();
        let posting = Posting {
            application: ApplicationId(uuid::Uuid::from_u128(1)),
            from_on: date(2016, 10, 10),
            to_on: date(2016, 10, 17),
            place: "厂门口".to_owned(),
            said_by: AccountId(uuid::Uuid::from_u128(2)),
            said_by_name: "陈主席".to_owned(),
            said_at: Timestamp::UNIX_EPOCH,
        };
        let check = |is_asked, posting: Option<&Posting>, today| {
            let rule = rule(is_asked);
            let asked = Asked {
                rule: &rule,
                clause: "P7",
                working_days: &working_days,
            };
            may_submit(asked, posting, today).map_err(|refusal| refusal.key())
        };
        assert_eq!(check(false, None, date(2016, 10, 10)), Ok(()));
        assert_eq!(
            check(true, None, date(2016, 10, 10)),
            Err("posting/missing")
        );
        assert_eq!(
            check(true, Some(&posting), date(2016, 10, 17)),
            Err("posting/still-up")
        );
        assert_eq!(check(true, Some(&posting), date(2016, 10, 18)), Ok(()));
    }
}
