//! What a line says that can't be, though each part could.

use jiff::civil::Date;

use crate::fact::{EARLIEST_DAY, FactValue};
use crate::programme::Standard;
use crate::subject::Subject;
use crate::subject_line::LineError;
use crate::subject_line::errors::LIMIT;
use crate::text::Text;

/// What is said to have happened after the as-of day, or before there were unions: a founding, an election or an activity.
pub(crate) fn out_of_time(subject: &Subject, as_of: Date) -> Vec<LineError> {
    let founded = subject.founded_on.map(|on| ("founded_on".to_owned(), on));
    let answered = subject.facts.iter().filter_map(|(key, value)| match value {
        FactValue::Date(on) => Some((format!("facts.{key}"), *on)),
        _ => None,
    });
    let activities = subject.activities.iter().flatten().enumerate();
    let held = activities.map(|(place, activity)| (format!("activities[{place}].on"), activity.on));
    founded
        .into_iter()
        .chain(answered)
        .chain(held)
        .filter(|(_, on)| *on > as_of || *on < EARLIEST_DAY)
        .take(LIMIT)
        .map(|(key, on)| LineError {
            key,
            reason: if on > as_of {
                Text {
                    zh: format!("{on} 在截止日 {as_of} 之后，那天还不可能发生：请核对日期，或改截止日"),
                    en: format!(
                        "{on} is after the as-of day, {as_of}, when it can't have happened: check the day, or judge as of a later one"
                    ),
                }
            } else {
                Text {
                    zh: format!("{on} 太早，早于 {EARLIEST_DAY}：请核对日期"),
                    en: format!(
                        "{on} is before {EARLIEST_DAY}: check the day"
                    ),
                }
            },
        })
        .collect()
}

/// More who may vote than there are members.
pub(crate) fn roll_above_members(standard: &Standard, subject: &Subject) -> Option<LineError> {
    let rules = standard.rating.as_ref()?.roll.as_ref()?;
    let (roll, members) = (subject.rating.as_ref()?.roll?, rules.members_of(subject)?);
    (roll > members).then(|| LineError {
        key: "rating.roll".to_owned(),
        reason: Text {
            zh: format!("应投人数 {roll} 多于会员人数 {members}（{}），不可能：请核对两个数", rules.members),
            en: format!("the roll ({roll}) is more than the members ({members} in `facts.{}`), which is impossible: check both numbers", rules.members),
        },
    })
}
