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
    /// By calendar year, from the programme's first to that of the target's date: how many there should be at its end, and how many there were (of a year
    /// that runs, how many there are); none of a year to come.
    pub line: Vec<LineYear>,
    pub projection: Projection,
}

/// A year of a target's chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineYear {
    pub year: i16,
    pub due: i64,
    /// Of the titles in force, those that had begun by then, whichever round they are of.
    pub held: Option<i64>,
}

/// Titles in force of a year of the programme that began in a calendar year: the city may name what a round came to before the year is over, or in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    pub year: i16,
    pub begun: i16,
    pub count: i64,
}

/// What the target's date will see if every year to come gives as many titles as the whole years so far did on average.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Projection {
    /// No year is whole yet, so nothing can be said.
    Unknown,
    Expected {
        /// If every year to come gave as few, or as many, as the whole year that gave fewest, or most.
        least: i64,
        most: i64,
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
        due_of(self.required, self.due_bp)
    }

    /// How many more it takes.
    pub fn short_by(&self) -> i64 {
        (self.required - self.held).max(0)
    }
}

/// Where a target stands with the titles in force that are `given`; `unions` are the active grassroots unions.
pub fn progress(
    standard: &Standard,
    target: &Target,
    given: &[Given],
    unions: i64,
    today: Date,
) -> Progress {
    progress_of(standard, target, given, Whose::City { unions }, today)
}

/// Whose titles are counted for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    City {
        unions: i64,
    },
    /// Of a number for the whole city a place has the part that its unions are of the city's; a share is a share anywhere.
    Place {
        unions: i64,
        of_city: i64,
    },
}

/// As `progress`, for the city or a place in it.
pub fn progress_of(
    standard: &Standard,
    target: &Target,
    given: &[Given],
    whose: Whose,
    today: Date,
) -> Progress {
    let (Whose::City { unions } | Whose::Place { unions, .. }) = whose;
    let (first, last) = (standard.programme.first_year, standard.programme.last_year);
    let of_programme: Vec<Given> = given
        .iter()
        .filter(|given| (first..=last).contains(&given.year))
        .copied()
        .collect();
    let of_year = |year: i16| {
        of_programme
            .iter()
            .filter(|given| given.year == year)
            .map(|given| given.count)
            .sum::<i64>()
    };
    let by_year: Vec<(i16, i64)> = (first..=last).map(|year| (year, of_year(year))).collect();
    let held: i64 = by_year.iter().map(|(_, count)| count).sum();
    let (of, required) = match target.amount {
        TargetAmount::Count(count) => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            (None, part_of(count, whose))
        }
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
        line: line(standard, target, &of_programme, required, today),
        by_year,
        by: target.by,
    }
}

/// A place's part of a number for the whole city, rounded up.
fn part_of(count: i64, whose: Whose) -> i64 {
    match whose {
        Whose::City { .. } => count,
        Whose::Place { of_city, .. } if of_city <= 0 => 0,
        Whose::Place { unions, of_city } => {
            let (count, of_city) = (i128::from(count), i128::from(of_city));
            let part = (count * i128::from(unions.max(0)) + of_city - 1) / of_city;
            i64::try_from(part).unwrap_or(i64::MAX)
        }
    }
}

/// The years of the chart, each with the line's figure at its end. What is held is told by the day on which a title began: by the year of its round, the
/// running year would lack what was named in it, and stand against a line that asks for it.
fn line(
    standard: &Standard,
    target: &Target,
    given: &[Given],
    required: i64,
    today: Date,
) -> Vec<LineYear> {
    (standard.programme.first_year..=target.by.year())
        .map(|year| {
            let end = Date::new(year, 12, 31).unwrap_or(target.by);
            let held = given.iter().filter(|given| given.begun <= year);
            let held = held.map(|given| given.count).sum();
            LineYear {
                year,
                due: due_of(required, due_bp(standard, target, end)),
                held: (year <= today.year()).then_some(held),
            }
        })
        .collect()
}

/// A part of what is required, rounded up.
fn due_of(required: i64, due_bp: i64) -> i64 {
    let due = (i128::from(required) * i128::from(due_bp) + 9_999) / 10_000;
    i64::try_from(due).unwrap_or(i64::MAX)
}

/// `part` ÷ `whole` in hundredths of a percent, rounded down; none of nothing.
pub fn basis_points(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    i64::try_from(i128::from(part) * 10_000 / i128::from(whole)).ok()
}

/// How far the line of a target is on a day, in hundredths of a percent, rounded down: straight from the first day on which its title can be given to the
/// target's date, both included, or from point to point where the standard has points.
fn due_bp(standard: &Standard, target: &Target, today: Date) -> i64 {
    let first = standard.programme.first_year + lag(standard, &target.title);
    let Ok(begin) = Date::new(first, 1, 1) else {
        return 0;
    };
    let days = |until: Date| i64::from((until - begin).get_days()) + 1;
    let whole = days(target.by);
    let mut points: Vec<(i64, i64)> = target
        .line
        .iter()
        .filter_map(|point| {
            Some((
                days(Date::new(point.year, 12, 31).ok()?),
                point.share.of(10_000),
            ))
        })
        .filter(|(day, _)| (1..whole).contains(day))
        .map(|(day, share)| (day, i64::try_from(share).unwrap_or(10_000)))
        .collect();
    points.push((whole, 10_000));
    let day = days(today);
    let mut before = (0, 0);
    for (end, share) in points {
        if day < end {
            let (begun, from) = before;
            let gone = (day - begun).max(0);
            return from + (share - from) * gone / (end - begun).max(1);
        }
        before = (end, share);
    }
    10_000
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
    let whole = by_year.iter().filter(|(year, _)| *year <= last_whole_year);
    let of_years = || whole.clone().map(|(_, count)| *count);
    let bounded = |expected: i64| {
        let expected = if is_over { held } else { expected.max(held) };
        of.map_or(expected, |of| expected.min(of))
    };
    let at = |a_year: Option<i64>| bounded(given + a_year.unwrap_or(0) * years_left);
    let figure = bounded(given + given * years_left / whole_years);
    Projection::Expected {
        least: at(of_years().min()),
        most: at(of_years().max()),
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
    use jianjia_standard::programme::LinePoint;
    use jiff::civil::date;

    use super::*;

    fn changzhou() -> Standard {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        jianjia_standard::load::folder(&folder).unwrap()
    }

    /// With titles that began in the year they are of.
    fn of(clause: &str, by_year: &[(i16, i64)], unions: i64, today: Date) -> Progress {
        let given = by_year.iter().map(|(year, count)| Given {
            year: *year,
            begun: *year,
            count: *count,
        });
        of_given(clause, &given.collect::<Vec<_>>(), unions, today)
    }

    fn of_given(clause: &str, given: &[Given], unions: i64, today: Date) -> Progress {
        let standard = changzhou();
        let target = standard
            .targets
            .iter()
            .find(|target| target.clause == clause)
            .unwrap();
        progress(&standard, target, given, unions, today)
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
                line: [(2016, 201, 150), (2017, 401, 400), (2018, 600, 430)]
                    .map(|(year, due, held)| (year, due, Some(held)))
                    .into_iter()
                    .chain([(2019, 800, None), (2020, 1_000, None)])
                    .map(|(year, due, held)| LineYear { year, due, held })
                    .collect(),
                projection: Projection::Expected {
                    least: 850,
                    most: 1_150,
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
                least: 9_999,
                most: 9_999,
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
    fn the_range_is_that_of_the_leanest_and_the_richest_whole_year() {
        let check = |years: &[(i16, i64)], today: Date, expect: (i64, i64, i64)| match of(
            "G2", years, 1, today,
        )
        .projection
        {
            Projection::Expected {
                least,
                figure,
                most,
                ..
            } => assert_eq!((least, figure, most), expect, "{years:?} {today}"),
            Projection::Unknown => panic!("a year is whole"),
        };
        // One year of data: there is no range yet.
        check(&[(2016, 150)], date(2017, 3, 1), (750, 750, 750));
        check(&[(2016, 0), (2017, 7)], date(2018, 3, 1), (7, 17, 28));
        // The running year gave more than a lean one would: what is held stays.
        check(
            &[(2016, 10), (2017, 10), (2018, 90)],
            date(2018, 12, 1),
            (110, 110, 110),
        );
        // Reached before its time, the range goes on from what there is.
        check(
            &[(2016, 900), (2017, 300)],
            date(2018, 1, 1),
            (2_100, 3_000, 3_900),
        );
    }

    #[test]
    fn a_place_has_its_part_of_a_number_and_the_same_share() {
        let standard = changzhou();
        let required = |clause: &str, whose: Whose| {
            let target = standard.target(clause).unwrap();
            progress_of(&standard, target, &[], whose, date(2016, 5, 1)).required
        };
        let place = |unions, of_city| Whose::Place { unions, of_city };
        assert_eq!(required("G2", place(1_500, 12_000)), 125);
        // Rounded up: no place has less than its part.
        assert_eq!(required("G2", place(1, 12_000)), 1);
        assert_eq!(required("G2", place(0, 12_000)), 0);
        assert_eq!(required("G2", place(0, 0)), 0);
        assert_eq!(required("G2", Whose::City { unions: 0 }), 1_000);
        assert_eq!(required("G1", place(10, 12_000)), 9);
    }

    #[test]
    fn a_line_goes_from_point_to_point_where_the_standard_has_points() {
        let mut standard = changzhou();
        let target = standard
            .targets
            .iter_mut()
            .find(|target| target.clause == "G2")
            .unwrap();
        target.line = [(2017, "20%"), (2019, "80%")]
            .map(|(year, share)| LinePoint {
                year,
                share: share.parse().unwrap(),
            })
            .into();
        let target = target.clone();
        let found = |today| progress(&standard, &target, &[], 1, today);
        let due: Vec<i64> = found(date(2016, 1, 1))
            .line
            .iter()
            .map(|year| year.due)
            .collect();
        // 366 of 731 days are over when 2016 ends, and as many of 2018 and 2019.
        assert_eq!(due, [101, 200, 500, 800, 1_000]);
        assert_eq!(found(date(2017, 12, 31)).due_bp, 2_000);
        assert_eq!(found(date(2018, 1, 1)).due_bp, 2_008);
        assert_eq!(found(date(2021, 1, 1)).due_bp, 10_000);
    }

    #[test]
    fn a_year_of_the_line_has_what_had_begun_by_its_end() {
        let given = |year, begun, count| Given { year, begun, count };
        // A pilot in the first year; rounds that the city named before their year was over, and one that it named in the next.
        let held = [
            given(2015, 2015, 9),
            given(2016, 2016, 40),
            given(2016, 2017, 20),
            given(2017, 2017, 30),
            given(2018, 2018, 7),
        ];
        let found = of_given("G3", &held, 1, date(2018, 12, 21));
        let points: Vec<(i16, i64, Option<i64>)> = found
            .line
            .iter()
            .map(|year| (year.year, year.due, year.held))
            .collect();
        assert_eq!(
            points,
            [
                (2016, 0, Some(40)),
                (2017, 125, Some(90)),
                (2018, 250, Some(97)),
                (2019, 375, None),
                (2020, 500, None)
            ]
        );
        // The running year's row is what is held today, and it should be where the target is due at the year's end.
        assert_eq!(found.held, 97);
        let ended = of_given("G3", &held, 1, date(2020, 12, 31));
        let last = ended.line.last().unwrap();
        assert_eq!((last.held, last.due), (Some(ended.held), ended.due()));
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
                least: 490,
                most: 490,
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
