//! How the unions of the city grow from year to year: most get better, a few worse; committees are elected anew when their term is over.

use jianjia_domain::core::place::UnitKind;
use jiff::{
    ToSpan,
    civil::{Date, date},
};

use crate::{
    core::{
        city::{City, Filled, Grade, Unit},
        day::working,
        draw::Draw,
    },
    register::{tree, union as unions},
};

/// The first year; units are invented as they are then.
pub const FIRST_YEAR: i16 = 2016;

/// How far a union that began at `first` has come by a year.
pub fn grade_in(number: i64, first: Grade, year: i16) -> Grade {
    (FIRST_YEAR + 1..=year).fold(first, |grade, year| {
        let mut draw = Draw::of("growth", number << 12 | i64::from(year));
        let (up, down) = match grade {
            Grade::Sparse => (34, 0),
            Grade::Short => (38, 2),
            Grade::Qualified => (9, 2),
            Grade::Model => (10, 2),
            Grade::Trusted => (0, 2),
        };
        match draw.below(100) {
            place if place < up => better(grade),
            place if place < up + down => worse(grade),
            _ => grade,
        }
    })
}

fn better(grade: Grade) -> Grade {
    match grade {
        Grade::Sparse => Grade::Short,
        Grade::Short => Grade::Qualified,
        Grade::Qualified => Grade::Model,
        Grade::Model | Grade::Trusted => Grade::Trusted,
    }
}

fn worse(grade: Grade) -> Grade {
    match grade {
        Grade::Trusted => Grade::Model,
        Grade::Model => Grade::Qualified,
        _ => Grade::Short,
    }
}

/// Lets the city live through a year, or the part of it before `today`; `first` are the grades of the first year.
pub fn live_on(city: &mut City, first: &[Grade], year: i16, today: Date) {
    for (index, (unit, first)) in city.units.iter_mut().zip(first).enumerate() {
        let is_of_story = index == city.cast.union || index == city.cast.vetoed;
        let number = unit.number;
        unit.filled = match tree::filled(&mut Draw::of("filled", number << 12 | i64::from(year))) {
            // A year that is over is filled in by nearly everybody.
            _ if year < today.year() && unit.grade == Grade::Sparse => Filled::Half,
            _ if year < today.year() => Filled::All,
            filled => filled,
        };
        if is_of_story {
            continue;
        }
        let grade = grade_in(number, *first, year);
        if year > FIRST_YEAR && grade > unit.grade && unit.employer.is_some() {
            let mut draw = Draw::of("members", number << 12 | i64::from(year));
            let members = unions::members(&mut draw, unit.workers, grade);
            unit.members = unit.members.max(members);
        }
        unit.grade = grade;
    }
    story(city, year, today);
    if year > FIRST_YEAR {
        elect(city, year, today);
    }
    totals(city);
}

/// The union of the story has said everything each year but this one; the vetoed one says it in time.
fn story(city: &mut City, year: i16, today: Date) {
    let is_over = year < today.year();
    city.units[city.cast.union].filled = if is_over {
        Filled::All
    } else {
        Filled::Nothing
    };
    city.units[city.cast.vetoed].filled = Filled::All;
}

/// Elects the committees whose term ends in the year, or has ended.
fn elect(city: &mut City, year: i16, today: Date) {
    for index in 0..city.units.len() {
        let unit = &city.units[index];
        if let Some(day) = election(city, unit, year).filter(|day| *day < today) {
            city.units[index].last_election = day;
            city.reelected.push((index, day));
        }
    }
}

fn election(city: &City, unit: &Unit, year: i16) -> Option<Date> {
    let due = unit.last_election.saturating_add(unit.term_years.years());
    if due.year() > year || unit.kind == UnitKind::Branch {
        return None;
    }
    let mut draw = Draw::of("election", unit.number << 12 | i64::from(year));
    let is_of_story = unit.number == city.units[city.cast.union].number;
    // Some let their term run out, and most of these are reminded of it in the next year.
    if unit.grade < Grade::Model && !is_of_story && draw.chance(20) {
        return None;
    }
    let before = draw.between(5, 60);
    let (first, last) = (date(year, 2, 26), date(year, 9, 20));
    let day = due.saturating_sub(before.days());
    let late = date(year, 3, 1).saturating_add(draw.between(0, 150).days());
    let day = if due.year() < year { late } else { day };
    Some(working(day.clamp(first, last)))
}

/// A federation counts the workers and members of the unions below it.
pub fn totals(city: &mut City) {
    for unit in city.units.iter_mut().filter(|unit| leads(unit.kind)) {
        (unit.workers, unit.members) = (0, 0);
    }
    for index in (0..city.units.len()).rev() {
        let unit = &city.units[index];
        if unit.kind == UnitKind::Branch {
            continue;
        }
        if let Some(above) = unit.above {
            let (workers, members) = (unit.workers, unit.members);
            city.units[above].workers += workers;
            city.units[above].members += members;
        }
    }
}

/// Whether it has no workers but those of the unions below it.
fn leads(kind: UnitKind) -> bool {
    !matches!(
        kind,
        UnitKind::Grassroots | UnitKind::Direct | UnitKind::Branch
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unions_get_better_and_some_fall_back() {
        let grades = |first, year| (0..1000).map(move |number| grade_in(number, first, year));
        let count = |first, year, grade| grades(first, year).filter(|now| *now == grade).count();
        assert_eq!(count(Grade::Short, 2016, Grade::Short), 1000);
        assert!(count(Grade::Short, 2020, Grade::Qualified) > 500);
        assert!(count(Grade::Model, 2020, Grade::Trusted) > 200);
        assert!(count(Grade::Trusted, 2020, Grade::Model) > 10);
    }
}
