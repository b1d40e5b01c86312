//! On which days an effect is in force: from when it counts, how long it lasts, what its end does.

use jiff::{ToSpan, civil::Date};

use crate::programme::subsidy::{CountsFrom, EffectRule, Ends, PartYear};
use crate::subsidy::Event;

/// The first days of the parts that a year is counted by.
pub(crate) fn slots(part_year: PartYear, year: i16) -> Vec<Date> {
    let Ok(begins) = Date::new(year, 1, 1) else {
        return Vec::new();
    };
    match part_year {
        PartYear::Years => vec![begins],
        PartYear::Months => (1..=12)
            .filter_map(|month| Date::new(year, month, 1).ok())
            .collect(),
        PartYear::Days => begins
            .series(1.day())
            .take_while(|day| day.year() == year)
            .collect(),
    }
}

/// Whether an event has its effect on a day.
pub(crate) fn is_in_force(effect: &EffectRule, event: &Event<'_>, day: Date) -> bool {
    let (year, on, ended) = match event {
        Event::Title(held) => (held.year, held.from, held.ended),
        Event::Finding(found) => (found.year, found.on, found.lifted),
    };
    if ended.is_some() && effect.ends == Ends::NeverWas {
        return false;
    }
    let begins = match effect.counts_from {
        CountsFrom::Day => on,
        CountsFrom::NextMonth => month_after(on),
        CountsFrom::ThisYear => first_of(on.year()),
        CountsFrom::NextYear => first_of(on.year().saturating_add(1)),
        CountsFrom::YearAfter => first_of(year.saturating_add(1)),
    };
    let is_over = effect.lasts_years.is_some_and(|years| {
        let last = begins.checked_add(i64::from(years).years());
        last.is_ok_and(|last| last <= day)
    });
    let is_ended = ended.is_some_and(|ended| end_of(effect.ends, ended) <= day);
    begins <= day && !is_over && !is_ended && !is_away(effect, event, day)
}

/// Whether the title is suspended on a day: as an end that is over when it is given back.
fn is_away(effect: &EffectRule, event: &Event<'_>, day: Date) -> bool {
    let Event::Title(held) = event else {
        return false;
    };
    // Who gets it back never lost it for good.
    let ends = match effect.ends {
        Ends::NeverWas => Ends::Day,
        ends => ends,
    };
    let mut away = held.away.iter();
    away.any(|(from, until)| end_of(ends, *from) <= day && until.is_none_or(|until| day < until))
}

/// The first day on which it counts no more.
fn end_of(ends: Ends, day: Date) -> Date {
    match ends {
        Ends::Day | Ends::NeverWas => day,
        Ends::NextMonth => month_after(day),
        Ends::NextYear => first_of(day.year().saturating_add(1)),
    }
}

fn month_after(day: Date) -> Date {
    let next = day.first_of_month().checked_add(1.month());
    next.unwrap_or(Date::MAX)
}

fn first_of(year: i16) -> Date {
    Date::new(year, 1, 1).unwrap_or(Date::MAX)
}
