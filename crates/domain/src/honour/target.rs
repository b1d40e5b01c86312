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
    let years_left = i64::from((last_in_time - last_whole_year).max(0));
    let given: i64 = by_year
        .iter()
        .filter(|(year, _)| *year <= last_whole_year)
        .map(|(_, count)| count)
        .sum();
    let expected = (given + given * years_left / whole_years).max(held);
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
