//! The targets of the programme (clauses G1-G7): how many titles there are, how many there should be, and how many there will be if
//! it goes on as it did. Whole numbers all the way: shares are compared by cross-multiplication.

use jianjia_standard::{
    Standard,
    programme::{RouteAct, Target, TargetAmount},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a target stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub clause: String,
    pub title: String,
    /// Titles of the programme's years in force.
    pub held: i64,
    /// For a share: of how many unions.
    pub of: Option<i64>,
    /// How many it takes to reach the target.
    pub required: i64,
    /// `held` ÷ `required` in hundredths of a percent, rounded down; nothing required is 100 %.
    pub reached_bp: i64,
    /// How far the straight line from the programme's first day to the target's date is today, in hundredths of a percent, rounded down.
    pub due_bp: i64,
    /// For a share: `held` ÷ `of` in hundredths of a percent, rounded down; none when there are no unions.
    pub share_bp: Option<i64>,
    /// By year of the programme, from its first to its last.
    pub by_year: Vec<(i16, i64)>,
    pub by: Date,
    pub projection: Projection,
}

/// What the target's date will see if every year to come gives as many titles as the whole years so far did on average.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Projection {
    /// No year is whole yet, so nothing can be said.
    Unknown,
    Expected {
        /// Never less than what is held already; of a share, never more than there are unions.
        figure: i64,
        /// The last whole year and how many there are up to it.
        last_whole_year: i16,
        whole_years: i64,
        /// How many titles these years gave together.
        given: i64,
        years_left: i64,
        /// Whether the figure reaches what is required.
        reaches: bool,
    },
}

impl Progress {
    pub fn is_reached(&self) -> bool {
        self.held >= self.required
    }

    /// Whether less is reached than the straight line asks for today.
    pub fn is_behind(&self) -> bool {
        self.reached_bp < self.due_bp
    }

    /// How many there should be today on the straight line, rounded up.
    pub fn due(&self) -> i64 {
        let due = (i128::from(self.required) * i128::from(self.due_bp) + 9_999) / 10_000;
        i64::try_from(due).unwrap_or(i64::MAX)
    }

    /// How many more it takes.
    pub fn short_by(&self) -> i64 {
        (self.required - self.held).max(0)
    }
}

/// Where a target stands: `by_year` holds the titles in force by the year they are of, `unions` the active grassroots unions.
pub fn progress(
    standard: &Standard,
    target: &Target,
    by_year: &[(i16, i64)],
    unions: i64,
    today: Date,
) -> Progress {
    let (first, last) = (standard.programme.first_year, standard.programme.last_year);
    let of_year = |year: i16| {
        by_year
            .iter()
            .filter(|(given, _)| *given == year)
            .map(|(_, count)| count)
            .sum::<i64>()
    };
    let by_year: Vec<(i16, i64)> = (first..=last).map(|year| (year, of_year(year))).collect();
    let held: i64 = by_year.iter().map(|(_, count)| count).sum();
    let (of, required) = match target.amount {
        TargetAmount::Count(count) => (None, i64::try_from(count).unwrap_or(i64::MAX)),
        TargetAmount::Share(rate) => {
            let needed = rate.of(u64::try_from(unions).unwrap_or(0));
            (Some(unions), i64::try_from(needed).unwrap_or(i64::MAX))
        }
    };
    Progress {
        clause: target.clause.clone(),
        title: target.title.clone(),
        held,
        of,
        required,
        reached_bp: basis_points(held, required).unwrap_or(10_000),
        due_bp: due_bp(standard, target, today),
        share_bp: of.and_then(|of| basis_points(held, of)),
        projection: project(standard, target, &by_year, held, required, of, today),
        by_year,
        by: target.by,
    }
}

/// `part` ÷ `whole` in hundredths of a percent, rounded down; none of nothing.
pub fn basis_points(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    i64::try_from(i128::from(part) * 10_000 / i128::from(whole)).ok()
}

/// How much of the time for a target is over: from the first day on which its title can be given to the target's date, both included.
fn due_bp(standard: &Standard, target: &Target, today: Date) -> i64 {
    let first = standard.programme.first_year + lag(standard, &target.title);
    let Ok(begin) = Date::new(first, 1, 1) else {
        return 0;
    };
    let days = |until: Date| i64::from((until - begin).get_days()) + 1;
    let whole = days(target.by);
    basis_points(days(today).clamp(0, whole.max(0)), whole).unwrap_or(10_000)
}

fn project(
    standard: &Standard,
    target: &Target,
    by_year: &[(i16, i64)],
    held: i64,
    required: i64,
    of: Option<i64>,
    today: Date,
) -> Projection {
    let lag = lag(standard, &target.title);
    let (first, last) = (standard.programme.first_year, standard.programme.last_year);
    let last_whole_year = (today.year() - 1 - lag).min(last);
    if last_whole_year < first {
        return Projection::Unknown;
    }
    let whole_years = i64::from(last_whole_year - first + 1);
    let last_in_time = (target.by.year() - lag).min(last);
    // On the last day, and after it, there is nothing left to expect.
    let is_over = today >= target.by;
    let years_left = if is_over {
        0
    } else {
        i64::from((last_in_time - last_whole_year).max(0))
    };
    let given: i64 = by_year
        .iter()
        .filter(|(year, _)| *year <= last_whole_year)
        .map(|(_, count)| count)
        .sum();
    let expected = (given + given * years_left / whole_years).max(held);
    let expected = if is_over { held } else { expected };
    let figure = of.map_or(expected, |of| expected.min(of));
    Projection::Expected {
        figure,
        last_whole_year,
        whole_years,
        given,
        years_left,
        reaches: figure >= required,
    }
}

/// How many years after its own a round's titles are given: clause P6 lets the city name in the year that follows.
pub fn lag(standard: &Standard, title: &str) -> i16 {
    let is_named = standard.route(title).is_some_and(|route| {
        route
            .steps
            .last()
            .is_some_and(|step| step.act == RouteAct::Name)
    });
    match &standard.calendar {
        Some(calendar) if is_named => calendar.commendation.year_offset,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn changzhou() -> Standard {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        jianjia_standard::load::folder(&folder).unwrap()
    }

    fn of(clause: &str, by_year: &[(i16, i64)], unions: i64, today: Date) -> Progress {
        let standard = changzhou();
        let target = standard
            .targets
            .iter()
            .find(|target| target.clause == clause)
            .unwrap();
        progress(&standard, target, by_year, unions, today)
    }

    #[test]
    fn nothing_is_foretold_before_a_year_is_whole() {
        let check = |clause: &str, today: Date, expect: bool| {
            let found = of(clause, &[(2016, 10)], 100, today).projection;
            assert_eq!(found == Projection::Unknown, expect, "{clause} {today}");
        };
        check("G2", date(2016, 12, 31), true);
        check("G2", date(2017, 1, 1), false);
        // The city names in the year after the round's, so 2016 is whole when 2017 is over.
        check("G3", date(2017, 12, 31), true);
        check("G3", date(2018, 1, 1), false);
    }

    #[test]
    fn a_count_goes_on_at_the_average_of_its_whole_years() {
        let years = [(2014, 99), (2016, 150), (2017, 250), (2018, 30)];
        assert_eq!(
            of("G2", &years, 12_000, date(2018, 6, 1)),
            Progress {
                clause: "G2".to_owned(),
                title: "model-home".to_owned(),
                held: 430,
                of: None,
                required: 1_000,
                reached_bp: 4_300,
                due_bp: 4_833,
                share_bp: None,
                by_year: vec![(2016, 150), (2017, 250), (2018, 30), (2019, 0), (2020, 0)],
                by: date(2020, 12, 31),
                projection: Projection::Expected {
                    figure: 1_000,
                    last_whole_year: 2017,
                    whole_years: 2,
                    given: 400,
                    years_left: 3,
                    reaches: true,
                },
            }
        );
    }

    #[test]
    fn a_share_is_of_the_unions_there_are_and_never_more_than_all() {
        let progress = of(
            "G1",
            &[(2016, 4_000), (2017, 4_000)],
            9_999,
            date(2018, 2, 1),
        );
        assert_eq!(
            (
                progress.held,
                progress.of,
                progress.required,
                progress.share_bp,
                progress.short_by(),
                progress.is_reached(),
            ),
            (8_000, Some(9_999), 9_000, Some(8_000), 1_000, false)
        );
        assert_eq!(
            progress.projection,
            Projection::Expected {
                figure: 9_999,
                last_whole_year: 2017,
                whole_years: 2,
                given: 8_000,
                years_left: 3,
                reaches: true,
            }
        );
        let none = of("G1", &[], 0, date(2016, 2, 1));
        assert_eq!(
            (none.required, none.share_bp, none.reached_bp),
            (0, None, 10_000)
        );
    }

    #[test]
    fn the_line_goes_straight_from_the_first_day_to_the_last() {
        let check = |clause: &str, today: Date, expect: i64| {
            assert_eq!(
                of(clause, &[], 10, today).due_bp,
                expect,
                "{clause} {today}"
            );
        };
        // 1 827 days from 2016 to 2020.
        check("G2", date(2015, 12, 31), 0);
        check("G2", date(2016, 1, 1), 5);
        check("G2", date(2016, 10, 20), 1_609);
        check("G2", date(2020, 12, 30), 9_994);
        check("G2", date(2020, 12, 31), 10_000);
        check("G2", date(2021, 6, 1), 10_000);
        // What the city names is named from 2017 on.
        check("G3", date(2016, 10, 20), 0);
        check("G3", date(2017, 1, 1), 6);
        let behind = of("G2", &[(2016, 160)], 10, date(2016, 10, 20));
        assert_eq!((behind.due(), behind.is_behind()), (161, true));
        let ahead = of("G2", &[(2016, 161)], 10, date(2016, 10, 20));
        assert_eq!((ahead.due(), ahead.is_behind()), (161, false));
    }

    #[test]
    fn on_the_last_day_only_what_is_held_counts() {
        let years = [(2016, 1), (2017, 300), (2018, 300), (2019, 300), (2020, 3)];
        let figure = |today: Date| match of("G2", &years, 1, today).projection {
            Projection::Expected {
                figure, reaches, ..
            } => (figure, reaches),
            Projection::Unknown => panic!("four years are whole"),
        };
        assert_eq!(figure(date(2020, 12, 30)), (1_126, true));
        assert_eq!(figure(date(2020, 12, 31)), (904, false));
    }

    #[test]
    fn after_the_end_nothing_is_added() {
        let years = [
            (2016, 100),
            (2017, 100),
            (2018, 100),
            (2019, 100),
            (2020, 90),
        ];
        let progress = of("G3", &years, 1, date(2022, 3, 1));
        assert_eq!(
            progress.projection,
            Projection::Expected {
                figure: 490,
                last_whole_year: 2020,
                whole_years: 5,
                given: 490,
                years_left: 0,
                reaches: false,
            }
        );
    }
}
