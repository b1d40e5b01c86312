//! What the city's office sees of its spot checks: the list of years, a frame unit by unit, a sample with its inspectors.

use std::collections::BTreeMap;

use jianjia_domain::{
    check::{
        spot_check::{self, FrameUnit, Inspector, InspectorState, SpotCheck, Stratum},
        visit::{Visit, VisitInspector},
    },
    core::{
        ids::{SpotCheckId, VisitId},
        policy::{Act, Actor},
    },
};
use jianjia_store::{
    check::{spot_check as checks, visit as visits},
    core::db::Tx,
};

use super::permitted;
use crate::core::{
    app::App,
    error::{Error, Result},
};

/// How many lines a page of the frame has.
pub const LINES: i64 = 50;

/// A year of the programme with its check, if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearLine {
    pub year: i16,
    pub check: Option<SpotCheck>,
    /// How many of the visits were made.
    pub visited: i64,
    /// Whether the year's standard has rules for spot checks.
    pub is_provided: bool,
}

/// The years of the programmes, the newest first, for those who see the city's checks.
///
/// # Errors
/// As `App::permit` at the city.
pub async fn list(app: &App, actor: &Actor) -> Result<Vec<YearLine>> {
    let mut tx = app.db.read().await?;
    permitted(&mut tx, app, actor, Act::SeeSpotCheck).await?;
    let mut found: BTreeMap<i16, SpotCheck> = checks::all(&mut tx)
        .await?
        .into_iter()
        .map(|check| (check.year, check))
        .collect();
    let mut lines = Vec::new();
    for year in app.standards.years().into_iter().rev() {
        let check = found.remove(&year);
        let visited = match &check {
            Some(check) => visited(&mut tx, &check.id).await?,
            None => 0,
        };
        lines.push(YearLine {
            year,
            check,
            visited,
            is_provided: app.standards.of(year).spot_check.is_some(),
        });
    }
    Ok(lines)
}

async fn visited(tx: &mut Tx, check: &SpotCheckId) -> Result<i64> {
    let states = visits::states(tx, check).await?;
    Ok(states
        .iter()
        .filter(|(state, _)| !state.is_open())
        .map(|(_, count)| count)
        .sum())
}

/// A check as the office sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub check: SpotCheck,
    pub strata: Vec<Stratum>,
    /// Before the draw as they stand today, then as they stood when somebody was drawn last.
    pub inspectors: Vec<Inspector>,
    pub visited: i64,
    /// Whether the actor may enter the seed, and its day has come.
    pub may_draw: bool,
}

impl Shown {
    /// How many can inspect.
    pub fn able(&self) -> usize {
        let able = |one: &&Inspector| one.state != InspectorState::LeftOut;
        self.inspectors.iter().filter(able).count()
    }
}

/// The check of a year.
///
/// # Errors
/// As `App::permit` at the city; not found without a frame.
pub async fn show(app: &App, actor: &Actor, year: i16) -> Result<Shown> {
    let mut tx = app.db.read().await?;
    let city = permitted(&mut tx, app, actor, Act::SeeSpotCheck)
        .await?
        .unit;
    let check = checks::of_year(&mut tx, year)
        .await?
        .ok_or(Error::NotFound)?;
    let may_hold = app
        .permit_at(&mut tx, actor, Act::HoldSpotCheck, &city)
        .await
        .is_ok();
    let mut inspectors = checks::inspectors(&mut tx, &check.id).await?;
    if check.drawn.is_none() {
        let able = spot_check::able(check.id, &inspectors, checks::candidates(&mut tx).await?);
        inspectors = able.inspectors;
        inspectors.extend(able.left_out);
    }
    Ok(Shown {
        strata: checks::strata(&mut tx, &check.id).await?,
        inspectors,
        visited: visited(&mut tx, &check.id).await?,
        may_draw: may_hold && check.drawn.is_none() && app.clock.today() >= check.lottery.on,
        check,
    })
}

/// A page of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FramePage {
    pub check: SpotCheck,
    pub strata: Vec<Stratum>,
    pub units: Vec<FrameUnit>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// A page of the frame of a year, the riskiest first, whole or of one stratum.
///
/// # Errors
/// As `show`.
pub async fn frame(
    app: &App,
    actor: &Actor,
    year: i16,
    stratum: Option<&str>,
    page: i64,
) -> Result<FramePage> {
    let mut tx = app.db.read().await?;
    permitted(&mut tx, app, actor, Act::SeeSpotCheck).await?;
    let check = checks::of_year(&mut tx, year)
        .await?
        .ok_or(Error::NotFound)?;
    let strata = checks::strata(&mut tx, &check.id).await?;
    let named = strata
        .iter()
        .find(|known| Some(known.name.as_str()) == stratum);
    let total = named.map_or(check.units, |stratum| stratum.units);
    let page = page.max(1);
    let cut = (LINES, (page - 1).saturating_mul(LINES));
    let name = named.map(|stratum| stratum.name.as_str());
    Ok(FramePage {
        units: checks::page(&mut tx, &check.id, name, cut).await?,
        check,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        strata,
    })
}

/// The whole frame, for a table: by stratum, the riskiest first.
///
/// # Errors
/// As `show`.
pub async fn whole_frame(
    app: &App,
    actor: &Actor,
    year: i16,
) -> Result<(SpotCheck, Vec<FrameUnit>)> {
    let mut tx = app.db.read().await?;
    permitted(&mut tx, app, actor, Act::SeeSpotCheck).await?;
    let check = checks::of_year(&mut tx, year)
        .await?
        .ok_or(Error::NotFound)?;
    let strata = checks::strata(&mut tx, &check.id).await?;
    let place: BTreeMap<&str, i64> = strata
        .iter()
        .map(|stratum| (stratum.name.as_str(), stratum.place))
        .collect();
    let mut units = checks::units(&mut tx, &check.id).await?;
    units.sort_by_cached_key(|unit| {
        let place = place.get(unit.stratum.as_str()).copied().unwrap_or(0);
        (place, -unit.score, unit.unit_number)
    });
    Ok((check, units))
}

/// A home that was drawn, with who inspects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleLine {
    pub visit: Visit,
    /// Those with a conflict stand before whoever was drawn in their place.
    pub inspectors: Vec<VisitInspector>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub check: SpotCheck,
    pub strata: Vec<Stratum>,
    pub lines: Vec<SampleLine>,
}

/// A page of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamplePage {
    pub sample: Sample,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// Who was drawn in a year and who inspects: all of it, for a table.
///
/// # Errors
/// As `show`; not found before the draw.
pub async fn sample(app: &App, actor: &Actor, year: i16) -> Result<Sample> {
    let mut tx = app.db.read().await?;
    let check = drawn(&mut tx, app, actor, year).await?;
    let all = visits::page_of_check(&mut tx, &check.id, (i64::MAX, 0)).await?;
    let inspectors = visits::inspectors_of_check(&mut tx, &check.id).await?;
    Ok(Sample {
        strata: checks::strata(&mut tx, &check.id).await?,
        lines: lines_of(all, inspectors),
        check,
    })
}

/// A page of the same.
///
/// # Errors
/// As `sample`.
pub async fn sample_page(app: &App, actor: &Actor, year: i16, page: i64) -> Result<SamplePage> {
    let mut tx = app.db.read().await?;
    let check = drawn(&mut tx, app, actor, year).await?;
    let states = visits::states(&mut tx, &check.id).await?;
    let total: i64 = states.iter().map(|(_, count)| count).sum();
    let page = page.max(1);
    let cut = (LINES, (page - 1).saturating_mul(LINES));
    let of_page = visits::page_of_check(&mut tx, &check.id, cut).await?;
    let ids: Vec<VisitId> = of_page.iter().map(|visit| visit.id).collect();
    let inspectors = visits::inspectors_of(&mut tx, &ids).await?;
    Ok(SamplePage {
        sample: Sample {
            strata: checks::strata(&mut tx, &check.id).await?,
            lines: lines_of(of_page, inspectors),
            check,
        },
        total,
        page,
        pages: (total + LINES - 1) / LINES,
    })
}

/// The check of a year, once it was drawn.
async fn drawn(tx: &mut Tx, app: &App, actor: &Actor, year: i16) -> Result<SpotCheck> {
    permitted(tx, app, actor, Act::SeeSpotCheck).await?;
    let check = checks::of_year(tx, year).await?;
    check
        .filter(|check| check.drawn.is_some())
        .ok_or(Error::NotFound)
}

fn lines_of(of: Vec<Visit>, inspectors: Vec<VisitInspector>) -> Vec<SampleLine> {
    let mut by_visit: BTreeMap<VisitId, Vec<VisitInspector>> = BTreeMap::new();
    for inspector in inspectors {
        by_visit.entry(inspector.visit).or_default().push(inspector);
    }
    let lines = of.into_iter().map(|visit| SampleLine {
        inspectors: by_visit.remove(&visit.id).unwrap_or_default(),
        visit,
    });
    lines.collect()
}
