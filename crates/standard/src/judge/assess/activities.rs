//! Activities by period.

use jiff::civil::Date;

use crate::check::Check;
use crate::judge::assess::{Assessed, UNKNOWN, met_if};
use crate::period::{Period, last_complete};
use crate::subject::Subject;

/// The activities of one period, compared with what is required.
pub(crate) struct PeriodTally {
    pub(crate) period: Period,
    pub(crate) count: u64,
    /// The union was founded after the period began, so the period is not held against it.
    pub(crate) exempt: bool,
}

/// The number of activities of a check's kinds by period, oldest first; `None` if the activities are unknown.
pub(crate) fn tally(subject: &Subject, check: &Check, as_of: Date) -> Option<Vec<PeriodTally>> {
    let Check::Activities {
        kinds,
        every,
        periods,
        ..
    } = check
    else {
        return None;
    };
    let activities = subject.activities.as_ref()?;
    let mut tallies: Vec<PeriodTally> = last_complete(*every, *periods, as_of)
        .map(|period| PeriodTally {
            period,
            count: 0,
            exempt: subject
                .founded_on
                .is_some_and(|founded_on| period.began_before(founded_on)),
        })
        .collect();
    let first = tallies.first().map_or(0, |tally| tally.period.index);
    for activity in activities
        .iter()
        .filter(|activity| kinds.contains(&activity.kind))
    {
        let place = usize::try_from(Period::of(*every, activity.on).index - first);
        if let Some(tally) = place.ok().and_then(|place| tallies.get_mut(place)) {
            tally.count += 1;
        }
    }
    Some(tallies)
}

pub(crate) fn activities(tallies: Option<Vec<PeriodTally>>, at_least: u64) -> Assessed {
    let Some(tallies) = tallies else {
        return Assessed::unknown(vec!["activities".to_owned()]);
    };
    let counted = tallies.iter().filter(|tally| !tally.exempt);
    let all = counted.clone().count();
    let enough = counted
        .clone()
        .filter(|tally| tally.count >= at_least)
        .count();
    let short: u64 = counted
        .map(|tally| at_least.saturating_sub(tally.count))
        .sum();
    Assessed {
        status: met_if(short == 0),
        actual: Some(format!("{enough}/{all}")),
        short_by: (short > 0).then_some(short),
        ..UNKNOWN
    }
    .requiring(format!("{all}/{all}"))
}
