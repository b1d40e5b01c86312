//! The figures of a year, in the whole city and by the federations right under it.

use anyhow::Context;
use jianjia_domain::{
    core::place::{UnitPlace, is_within},
    year::totals::RatingTotals,
};
use jianjia_standard::Standard;
use jianjia_store::{
    core::db::Tx,
    honour::target::{self as held, FederationFigure},
    rating::count as ratings,
    round::tally::{self, Tally},
};
use jianjia_words::format;
use serde::Serialize;

use crate::core::error::Result;

/// A figure and what it was the year before; none where it is not known.
#[derive(Serialize)]
pub(super) struct Figure {
    name: String,
    now: Option<String>,
    before: Option<String>,
    change: Option<String>,
}

/// The titles of a year that are in force.
#[derive(Serialize)]
pub(super) struct Named {
    year: i16,
    count: i64,
}

#[derive(Serialize)]
pub(super) struct Place {
    name: String,
    applied: i64,
    recommended: i64,
    named: i64,
    satisfaction: Option<String>,
}

/// What is known of a year.
pub(super) struct Year {
    federations: Vec<UnitPlace>,
    applications: Vec<Tally>,
    titles: Vec<FederationFigure>,
    /// Ballots of those who were satisfied and valid ones, where they can be told, with the paths of the unions.
    rated: Vec<(String, (i64, i64))>,
}

impl Year {
    pub(super) async fn read(
        tx: &mut Tx,
        standard: &Standard,
        city: &UnitPlace,
        year: i16,
    ) -> Result<Year> {
        let mut federations = held::right_under(tx, city).await?;
        federations.retain(|place| place.kind.is_federation());
        let ratings = ratings::all_of_year(tx, year).await?;
        let rated = ratings.into_iter().filter_map(|(path, totals)| {
            let known: Option<(i64, i64)> = RatingTotals::satisfied_of_valid(&totals, standard);
            Some((path, known?))
        });
        Ok(Year {
            federations,
            applications: tally::of_year(tx, year).await.context("applications")?,
            titles: held::by_federation(tx, city, &(year..=year)).await?,
            rated: rated.collect(),
        })
    }

    fn applied(&self) -> i64 {
        let all = self.applications.iter();
        all.map(|one| one.applications).sum()
    }

    fn named(&self, title: &str) -> i64 {
        let of_title = self.titles.iter().filter(|one| one.title == title);
        of_title.map(|one| one.held).sum()
    }

    /// Hundredths of a percent, rounded down.
    fn satisfied_bp(&self, of: impl Fn(&str) -> bool) -> Option<i64> {
        let rated = self.rated.iter().filter(|(path, _)| of(path));
        let (satisfied, valid) = rated.fold((0, 0), |sum, (_, (satisfied, valid))| {
            (sum.0 + satisfied, sum.1 + valid)
        });
        (valid > 0).then(|| satisfied * 10_000 / valid)
    }

    /// A line for each federation, and one for what is of none of them.
    pub(super) fn places(&self) -> Vec<Place> {
        let federations = self.federations.iter();
        let mut places: Vec<Place> = federations
            .map(|place| self.place(&place.name, |path| is_within(path, &place.path)))
            .collect();
        let others = self.place("市直属单位", |path| {
            let mut federations = self.federations.iter();
            !federations.any(|place| is_within(path, &place.path))
        });
        places.extend(Some(others).filter(|others| others.applied + others.named > 0));
        places
    }

    fn place(&self, name: &str, of: impl Fn(&str) -> bool) -> Place {
        let applications = || self.applications.iter().filter(|one| of(&one.unit_path));
        let titles = self.titles.iter().filter(|one| of(&one.below));
        Place {
            name: name.to_owned(),
            applied: applications().map(|one| one.applications).sum(),
            recommended: applications().map(|one| one.recommended).sum(),
            named: titles.map(|one| one.held).sum(),
            satisfaction: self.satisfied_bp(&of).map(percent),
        }
    }
}

/// The year's figures beside those of the year before.
pub(super) fn compared(standard: &Standard, now: &Year, before: Option<&Year>) -> Vec<Figure> {
    let count = |name: String, of: &dyn Fn(&Year) -> i64| {
        let (now, before) = (of(now), before.map(of));
        Figure {
            name,
            now: Some(counted(now)),
            before: before.map(counted),
            change: before.map(|before| signed(now - before)),
        }
    };
    let mut figures = vec![count("申报（份）".to_owned(), &Year::applied)];
    figures.extend(standard.titles.iter().map(|title| {
        let name = format!("{}（个）", title.name.zh);
        count(name, &|year: &Year| year.named(&title.key))
    }));
    let satisfied = |year: &Year| year.satisfied_bp(|_| true);
    let (now, before) = (satisfied(now), before.and_then(satisfied));
    figures.push(Figure {
        name: "会员满意度".to_owned(),
        now: now.map(percent),
        before: before.map(percent),
        change: now.zip(before).map(|(now, before)| points(now - before)),
    });
    figures
}

/// Year by year, from the programme's first on.
///
/// # Errors
/// When they can't be read.
pub(super) async fn named(
    tx: &mut Tx,
    standard: &Standard,
    city: &UnitPlace,
    year: i16,
) -> Result<Vec<Named>> {
    let years = standard.programme.first_year..=year;
    let counts = held::by_year(tx, city, &years).await?;
    let named = years.map(|year| Named {
        year,
        count: counts
            .iter()
            .filter(|one| one.year == year)
            .map(|one| one.held)
            .sum(),
    });
    Ok(named.collect())
}

fn counted(number: i64) -> String {
    format::count(&number.to_string())
}

fn signed(change: i64) -> String {
    match change {
        ..0 => format!("-{}", counted(-change)),
        0 => "0".to_owned(),
        _ => format!("+{}", counted(change)),
    }
}

fn percent(bp: i64) -> String {
    format!("{}.{:02}%", bp / 100, bp % 100)
}

fn points(bp: i64) -> String {
    let sign = if bp < 0 { "-" } else { "+" };
    let size = bp.abs();
    format!("{sign}{}.{:02}个百分点", size / 100, size % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_have_a_sign_and_shares_two_places() {
        assert_eq!([64, 0, -1_200].map(signed), ["+64", "0", "-1,200"]);
        assert_eq!(
            [9_642, 10_000, 5].map(percent),
            ["96.42%", "100.00%", "0.05%"]
        );
        assert_eq!([54, -154].map(points), ["+0.54个百分点", "-1.54个百分点"]);
    }
}
