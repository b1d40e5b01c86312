//! The report on a year's spot check, and the lists of visits. What the public reads are figures: no unit is named, and a figure of few visits is not told, nor
//! what it could be reckoned from.

use std::collections::{BTreeMap, HashMap};

use jianjia_domain::{
    check::visit::{Colour, Visit, VisitState},
    core::{
        ids::{UnitId, VisitId},
        place::{UnitKind, UnitPlace, is_within},
        policy::{self, Actor},
    },
};
use jianjia_standard::{Text, programme::visit::Sign};
pub use jianjia_store::check::outcome::VisitFilter;
use jianjia_store::{
    check::{outcome as outcomes, report as reports},
    core::db::Tx,
    register::unit,
};

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// How many lines a page of the list has.
pub const LINES: i64 = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitPage {
    pub lines: Vec<Visit>,
    /// Those of the lines that look whether it was mended, each with the visit whose findings it looks at again.
    pub rechecked: HashMap<VisitId, VisitId>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
}

/// The visits that the actor may know of: the own ones, all to the city, those that were concluded to whoever sees the unit.
pub async fn list(app: &App, actor: &Actor, filter: &VisitFilter, page: i64) -> Result<VisitPage> {
    let mut tx = app.db.read().await?;
    let filter = narrowed(actor, filter);
    let page = page.max(1);
    let offset = (page - 1).saturating_mul(LINES);
    let (lines, total) = outcomes::list(&mut tx, &filter, LINES, offset).await?;
    Ok(VisitPage {
        rechecked: rechecked(&mut tx, &lines).await?,
        lines,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
    })
}

/// A portion (limit, offset) of the same visits, each with the one whose findings it looks at again, and how many there are.
///
/// # Errors
/// When they can't be read.
pub async fn export(
    app: &App,
    actor: &Actor,
    filter: &VisitFilter,
    (limit, offset): (i64, i64),
) -> Result<(Vec<(Visit, Option<VisitId>)>, i64)> {
    let mut tx = app.db.read().await?;
    let filter = narrowed(actor, filter);
    let (lines, total) = outcomes::list(&mut tx, &filter, limit, offset).await?;
    let rechecked = rechecked(&mut tx, &lines).await?;
    let with = |visit: Visit| {
        let of = rechecked.get(&visit.id).copied();
        (visit, of)
    };
    Ok((lines.into_iter().map(with).collect(), total))
}

async fn rechecked(tx: &mut Tx, lines: &[Visit]) -> Result<HashMap<VisitId, VisitId>> {
    let ids: Vec<VisitId> = lines.iter().map(|visit| visit.id).collect();
    Ok(outcomes::rechecked_of(tx, &ids).await?)
}

/// The visits of a unit that were concluded.
///
/// # Errors
/// Not found when the actor doesn't see the unit.
pub async fn of_unit(app: &App, actor: &Actor, unit: &UnitId) -> Result<Vec<Visit>> {
    let mut tx = app.db.read().await?;
    app.seen(&mut tx, actor, unit).await?;
    Ok(outcomes::of_unit(&mut tx, unit).await?)
}

fn narrowed(actor: &Actor, filter: &VisitFilter) -> VisitFilter {
    VisitFilter {
        within: policy::scopes(actor),
        concluded: !is_of_city(actor),
        or_of: Some(actor.account.to_string()),
        ..filter.clone()
    }
}

fn is_of_city(actor: &Actor) -> bool {
    let mut roles = actor.roles.iter();
    !actor.is_department() && roles.any(|held| held.unit.kind == UnitKind::City)
}

/// How many visits came to each colour; none where it is not told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    pub visits: Option<u64>,
    pub green: Option<u64>,
    pub amber: Option<u64>,
    pub red: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseRow {
    pub clause: String,
    pub name: Text,
    /// At how many units it was found unmet.
    pub unmet: Option<u64>,
    /// At how many it was found otherwise than declared.
    pub differs: Option<u64>,
}

/// The report of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub year: i16,
    pub drawn: u64,
    pub total: Row,
    pub districts: Vec<Row>,
    pub clauses: Vec<ClauseRow>,
    pub mended: Option<u64>,
    pub withdrawn: Option<u64>,
    /// Figures of fewer are not told.
    pub fewest_shown: u64,
    /// Whether everything is told: to the city's office.
    pub is_whole: bool,
    /// Whether all visits were made, so that the public reads it.
    pub is_over: bool,
    pub years: Vec<i16>,
}

/// The report of a year's visits. The city's office reads every figure; anybody else those of enough visits, once all were made.
///
/// # Errors
/// Not found for a year without visits, and for the public while some are still to be made.
pub async fn report(app: &App, actor: Option<&Actor>, year: i16) -> Result<Report> {
    let mut tx = app.db.read().await?;
    let counted = reports::of_year(&mut tx, year).await?;
    let is_whole = actor.is_some_and(is_of_city);
    let years = reports::years(&mut tx).await?;
    let is_over = counted.iter().all(|visit| !visit.state.is_open());
    if counted.is_empty() || (!is_whole && !is_over) {
        return Err(Error::NotFound);
    }
    let standard = app.standards.of(year);
    let fewest = standard
        .visit
        .as_ref()
        .map_or(5, |rules| rules.fewest_shown);
    let root = unit::root(&mut tx).await?;
    let districts = match &root {
        Some(root) => unit::below(&mut tx, &root.id).await?,
        None => Vec::new(),
    };
    let federations: Vec<&UnitPlace> = districts
        .iter()
        .filter(|district| district.kind.is_federation())
        .collect();
    let of = |is_meant: &dyn Fn(&str) -> bool, name: &str| {
        let mut row = Counts::default();
        let meant = counted.iter().filter(|visit| is_meant(&visit.unit_path));
        for colour in meant.filter_map(|visit| visit.colour) {
            row.add(colour);
        }
        row.told(name, fewest, is_whole)
    };
    let total = of(&|_| true, "");
    // Units straight below the city stand in a row of their own, so that the rows come to the total.
    let is_elsewhere = |path: &str| !federations.iter().any(|one| is_within(path, &one.path));
    let mut rows: Vec<Row> = federations
        .iter()
        .map(|district| of(&|path| is_within(path, &district.path), &district.name))
        .chain([of(&is_elsewhere, "")])
        .filter(|row| row.visits != Some(0))
        .collect();
    if !is_whole {
        told_apart(&mut rows);
    }
    let mut clauses: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for signed in counted.iter().flat_map(|visit| &visit.signs) {
        let of_clause = clauses.entry(&signed.clause).or_default();
        match signed.sign {
            Sign::Unmet | Sign::UnmetAbove => of_clause.0 += 1,
            Sign::Differs => of_clause.1 += 1,
            Sign::Unknown | Sign::DiffersWithin => {}
        }
    }
    let shown = |count: u64| (is_whole || count == 0 || count >= fewest).then_some(count);
    let clauses = standard.criteria.iter().filter_map(|criterion| {
        let (unmet, differs) = *clauses.get(criterion.clause.as_str())?;
        (unmet + differs > 0).then(|| ClauseRow {
            clause: criterion.clause.clone(),
            name: criterion.name.clone(),
            unmet: shown(unmet),
            differs: shown(differs),
        })
    });
    let in_state = |state| {
        let found = counted.iter().filter(|visit| visit.state == state);
        shown(found.count() as u64)
    };
    Ok(Report {
        year,
        drawn: counted.len() as u64,
        total,
        districts: rows,
        clauses: clauses.collect(),
        mended: in_state(VisitState::Mended),
        withdrawn: in_state(VisitState::Withdrawn),
        fewest_shown: fewest,
        is_whole,
        is_over,
        years,
    })
}

#[derive(Default)]
struct Counts {
    green: u64,
    amber: u64,
    red: u64,
}

impl Counts {
    fn add(&mut self, colour: Colour) {
        match colour {
            Colour::Green => self.green += 1,
            Colour::Amber => self.amber += 1,
            Colour::Red => self.red += 1,
        }
    }

    /// The row as it is told. Of few visits only their number is; and one small colour hides the next smallest, from which it could be reckoned.
    fn told(&self, name: &str, fewest: u64, is_whole: bool) -> Row {
        let visits = self.green + self.amber + self.red;
        let mut cells = [self.green, self.amber, self.red].map(Some);
        if !is_whole {
            if visits < fewest {
                cells = [None; 3];
            } else {
                for cell in &mut cells {
                    if cell.is_some_and(|count| count > 0 && count < fewest) {
                        *cell = None;
                    }
                }
                if cells.iter().filter(|cell| cell.is_none()).count() == 1 {
                    let smallest = cells.iter_mut().filter(|cell| cell.is_some()).min();
                    if let Some(cell) = smallest {
                        *cell = None;
                    }
                }
            }
        }
        let [green, amber, red] = cells;
        Row {
            name: name.to_owned(),
            visits: (is_whole || visits >= fewest || visits == 0).then_some(visits),
            green,
            amber,
            red,
        }
    }
}

/// Districts, and the units of none, are told one by one only where each of their figures can be: from rows, columns and the total anything that is hidden in
/// some of them could be reckoned.
fn told_apart(rows: &mut Vec<Row>) {
    if rows.iter().any(|row| row.cells().contains(&None)) {
        rows.clear();
    }
}

impl Row {
    fn cells(&self) -> [Option<u64>; 4] {
        [self.visits, self.green, self.amber, self.red]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_figures_are_not_told_nor_what_they_could_be_reckoned_from() {
        let row = |green, amber, red| Counts { green, amber, red }.told("区", 5, false);
        let cells = Row::cells;
        assert_eq!(
            cells(&row(20, 8, 6)),
            [Some(34), Some(20), Some(8), Some(6)]
        );
        // One red could be reckoned from the rest, so amber is hidden with it.
        assert_eq!(cells(&row(20, 8, 1)), [Some(29), Some(20), None, None]);
        assert_eq!(
            cells(&row(20, 0, 0)),
            [Some(20), Some(20), Some(0), Some(0)]
        );
        assert_eq!(cells(&row(2, 1, 1)), [None; 4]);
        let whole = Counts {
            green: 2,
            amber: 1,
            red: 1,
        }
        .told("区", 5, true);
        assert_eq!(cells(&whole), [Some(4), Some(2), Some(1), Some(1)]);

        // What one district hides could be reckoned from the others: then none is told apart.
        let told = |rows: &[Row]| {
            let mut rows = rows.to_vec();
            told_apart(&mut rows);
            rows.len()
        };
        let large = row(20, 0, 0);
        assert_eq!(told(&[large.clone(), row(30, 9, 7)]), 2);
        assert_eq!(told(&[large.clone(), row(20, 8, 1)]), 0);
        assert_eq!(told(&[large, row(2, 0, 0)]), 0);
    }
}
