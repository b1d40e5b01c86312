//! The charts of the progress, worked out in whole numbers and drawn by the template as SVG. Each stands beside a table with its figures.

use jianjia_app::honour::target::FederationProgress;
use jianjia_domain::honour::target::{Progress, basis_points};

/// How far a target is, and how far it should be today, out of 1000.
pub(super) struct Reach {
    pub reached: i64,
    pub due: i64,
}

pub(super) fn reach(target: &Progress) -> Reach {
    let of_thousand = |basis_points: i64| (basis_points / 10).clamp(0, 1_000);
    Reach {
        reached: of_thousand(target.reached_bp),
        due: of_thousand(target.due_bp),
    }
}

/// A bar of a federation's small chart: the target's clause, and the width out of 100.
pub(super) struct Mini {
    pub clause: String,
    pub width: i64,
    pub y: i64,
}

/// Height of a bar with the gap below it.
const STEP: i64 = 14;

/// A federation's bars, one a target: titles for each of its unions, compared with the federation that has most.
pub(super) fn minis(
    targets: &[Progress],
    all: &[FederationProgress],
    one: &FederationProgress,
) -> Vec<Mini> {
    let share = |federation: &FederationProgress, n: usize| federation.share_bp(n).unwrap_or(0);
    let places = targets.iter().enumerate().zip(0..);
    places
        .map(|((n, target), place)| {
            let most = all.iter().map(|federation| share(federation, n)).max();
            let width = basis_points(share(one, n), most.unwrap_or(0)).unwrap_or(0);
            Mini {
                clause: target.clause.clone(),
                width: width / 100,
                y: place * STEP,
            }
        })
        .collect()
}

pub(super) fn minis_height(targets: &[Progress]) -> i64 {
    i64::try_from(targets.len()).unwrap_or(0) * STEP
}

/// One bar of a chart of years: where it stands and what it says, in the chart's own units.
pub(super) struct Bar {
    pub x: i64,
    pub y: i64,
    pub height: i64,
    pub label: String,
    pub figure: String,
}

const BAR_WIDTH: i64 = 40;
const BAR_STEP: i64 = 60;
const BAR_HEIGHT: i64 = 80;

impl Bar {
    pub fn middle(&self) -> i64 {
        self.x + BAR_WIDTH / 2
    }

    pub fn above(&self) -> i64 {
        self.y - 5
    }
}

/// The titles of each year; `figure` writes what stands above a bar.
pub(super) fn bars(by_year: &[(i16, i64)], figure: impl Fn(i16, i64) -> String) -> Vec<Bar> {
    let counts = by_year.iter().map(|(_, count)| *count);
    let most = counts.max().unwrap_or(0).max(1);
    by_year
        .iter()
        .zip(0..)
        .map(|((year, count), place)| {
            let height = count.max(&0) * BAR_HEIGHT / most;
            Bar {
                x: 10 + place * BAR_STEP,
                y: 20 + BAR_HEIGHT - height,
                height,
                label: year.to_string(),
                figure: figure(*year, *count),
            }
        })
        .collect()
}

pub(super) fn bars_width(by_year: &[(i16, i64)]) -> i64 {
    i64::try_from(by_year.len()).unwrap_or(0) * BAR_STEP + 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_federation_with_most_for_its_unions_has_the_longest_bar() {
        let of = |unions, held| FederationProgress {
            federation: None,
            unions,
            held: vec![held],
        };
        let target = Progress {
            clause: "G2".to_owned(),
            title: "model-home".to_owned(),
            held: 6,
            of: None,
            required: 100,
            reached_bp: 600,
            due_bp: 1_609,
            share_bp: None,
            by_year: Vec::new(),
            by: jiff::civil::date(2020, 12, 31),
            line: Vec::new(),
            projection: jianjia_domain::honour::target::Projection::Unknown,
        };
        let all = [of(10, 2), of(100, 4), of(0, 0)];
        let width = |n: usize| minis(std::slice::from_ref(&target), &all, &all[n])[0].width;
        assert_eq!([width(0), width(1), width(2)], [100, 20, 0]);
        let reach = reach(&target);
        assert_eq!((reach.reached, reach.due), (60, 160));
    }
}
