//! The city's progress towards the targets G1-G7, by federation and year.

use std::{collections::BTreeMap, ops::RangeInclusive};

use jianjia_domain::{
    core::place::{UnitKind, UnitPlace},
    honour::target::{self, Given, Progress},
};
use jianjia_standard::{
    Standard,
    programme::{Target, TargetAmount},
};
use jianjia_store::{
    core::db::Tx,
    honour::target::{self as figures, FederationFigure, YearFigure},
};
use jiff::civil::Date;

use crate::core::{app::App, error::Result};

/// Everything the page of the progress shows.
#[derive(Clone, Debug, PartialEq)]
pub struct CityProgress {
    pub city: Option<UnitPlace>,
    /// In the order of the standard.
    pub targets: Vec<Progress>,
    /// District and industry federations, and the unions right under the city as one line.
    pub federations: Vec<FederationProgress>,
}

/// How the unions below one of the city's federations contribute.
#[derive(Clone, Debug, PartialEq)]
pub struct FederationProgress {
    /// None: the unions right under the city together.
    pub federation: Option<UnitPlace>,
    /// Active grassroots unions.
    pub unions: i64,
    /// For each target in the order of the standard: titles in force.
    pub held: Vec<i64>,
}

impl FederationProgress {
    /// The share of the unions that hold the title of the `n`th target, in hundredths of a percent, rounded down.
    pub fn share_bp(&self, n: usize) -> Option<i64> {
        target::basis_points(*self.held.get(n)?, self.unions)
    }
}

/// Where each target stands, for the public start page.
pub async fn targets(app: &App) -> Result<Vec<Progress>> {
    let mut tx = app.db.read().await?;
    let Some(city) = figures::city(&mut tx).await? else {
        return Ok(standing(app.in_force(), &[], 0, app.clock.today()));
    };
    let unions = figures::unions(&mut tx, &city).await?;
    let counts = figures::by_year(&mut tx, &city, &years(app.in_force())).await?;
    Ok(standing(app.in_force(), &counts, unions, app.clock.today()))
}

/// Where each target of a year's standard stands with the titles up to that year, as of `day`.
///
/// # Errors
/// When the figures can't be read.
pub async fn targets_until(tx: &mut Tx, app: &App, year: i16, day: Date) -> Result<Vec<Progress>> {
    let standard = app.standards.of(year);
    let Some(city) = figures::city(tx).await? else {
        return Ok(standing(standard, &[], 0, day));
    };
    let unions = figures::unions(tx, &city).await?;
    let years = standard.programme.first_year..=standard.programme.last_year.min(year);
    let counts = figures::by_year(tx, &city, &years).await?;
    Ok(standing(standard, &counts, unions, day))
}

/// Where one title's target stands, with `more` titles of a year on top: for the preview of a naming. None: no target is set for it.
pub async fn target_with(
    tx: &mut Tx,
    app: &App,
    title: &str,
    year: i16,
    more: i64,
) -> Result<Option<(Progress, Progress)>> {
    let Some(city) = figures::city(tx).await? else {
        return Ok(None);
    };
    let standard = app.standards.of(year);
    let unions = figures::unions(tx, &city).await?;
    let mut counts = figures::by_year(tx, &city, &years(standard)).await?;
    let find = |counts: &[YearFigure]| {
        standing(standard, counts, unions, app.clock.today())
            .into_iter()
            .find(|progress| progress.title == title)
    };
    let before = find(&counts);
    counts.push(YearFigure {
        title: title.to_owned(),
        year,
        begun: app.clock.today().year(),
        of_unions: true,
        held: more,
    });
    Ok(before.zip(find(&counts)))
}

/// The whole picture, city and federations.
pub async fn city(app: &App) -> Result<CityProgress> {
    let mut tx = app.db.read().await?;
    let Some(city) = figures::city(&mut tx).await? else {
        return Ok(CityProgress {
            city: None,
            targets: standing(app.in_force(), &[], 0, app.clock.today()),
            federations: Vec::new(),
        });
    };
    let under = figures::right_under(&mut tx, &city).await?;
    let yearly = figures::by_year(&mut tx, &city, &years(app.in_force())).await?;
    let held = figures::by_federation(&mut tx, &city, &years(app.in_force())).await?;
    let unions: BTreeMap<String, i64> = figures::unions_by_federation(&mut tx, &city)
        .await?
        .into_iter()
        .collect();
    let unions_of_city = unions.values().sum();
    let today = app.clock.today();
    let targets = standing(app.in_force(), &yearly, unions_of_city, today);
    let of_path = |path: &str| FederationProgress {
        federation: under
            .iter()
            .find(|place| place.path == path && place.kind.is_federation())
            .cloned(),
        unions: unions.get(path).copied().unwrap_or(0),
        held: held_below(app.in_force(), &held, path),
    };
    let federations = by_federation(app.in_force(), &under, of_path);
    Ok(CityProgress {
        city: Some(city),
        targets,
        federations,
    })
}

/// For each target, the titles in force below a path.
fn held_below(standard: &Standard, held: &[FederationFigure], path: &str) -> Vec<i64> {
    standard
        .targets
        .iter()
        .map(|target| {
            held.iter()
                .filter(|row| row.below == path && row.title == target.title)
                .filter(|row| counts_for(target, row.of_unions))
                .map(|row| row.held)
                .sum()
        })
        .collect()
}

/// A line for each federation, districts first, and one for all unions right under the city.
fn by_federation(
    standard: &Standard,
    under: &[UnitPlace],
    of_path: impl Fn(&str) -> FederationProgress,
) -> Vec<FederationProgress> {
    let mut federations = Vec::new();
    let mut direct: Option<FederationProgress> = None;
    let order = |place: &&UnitPlace| match place.kind {
        UnitKind::District => 0,
        UnitKind::Industry => 1,
        _ => 2,
    };
    let mut sorted: Vec<&UnitPlace> = under.iter().collect();
    sorted.sort_by_key(order);
    for place in sorted {
        let one = of_path(&place.path);
        if one.federation.is_some() {
            federations.push(one);
        } else {
            let together = direct.get_or_insert_with(|| FederationProgress {
                federation: None,
                unions: 0,
                held: vec![0; standard.targets.len()],
            });
            together.unions += one.unions;
            for (sum, held) in together.held.iter_mut().zip(one.held) {
                *sum += held;
            }
        }
    }
    federations.extend(direct);
    federations
}

/// The years of the programme, whose titles count.
fn years(standard: &Standard) -> RangeInclusive<i16> {
    standard.programme.first_year..=standard.programme.last_year
}

/// Where each target stands, by the titles in force and the number of active grassroots unions.
pub fn standing(
    standard: &Standard,
    counts: &[YearFigure],
    unions: i64,
    today: Date,
) -> Vec<Progress> {
    standard
        .targets
        .iter()
        .map(|target| target::progress(standard, target, &given(target, counts), unions, today))
        .collect()
}

/// The titles that count for a target.
pub(crate) fn given(target: &Target, counts: &[YearFigure]) -> Vec<Given> {
    counts
        .iter()
        .filter(|row| row.title == target.title && counts_for(target, row.of_unions))
        .map(|row| Given {
            year: row.year,
            begun: row.begun,
            count: row.held,
        })
        .collect()
}

/// A share is of the grassroots unions (G1), so that only they count for it; a count takes every holder.
fn counts_for(target: &Target, of_unions: bool) -> bool {
    match target.amount {
        TargetAmount::Share(_) => of_unions,
        TargetAmount::Count(_) => true,
    }
}
