//! The units of a year in columns: read once, then brought up to date unit by unit.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context;
use jianjia_domain::core::{ids::UnitId, place::is_within};
use jianjia_standard::{
    Standard,
    batch::{ColumnJudgement, judge_columns, plan::Plan},
    columns::Columns,
    kinds::Kind,
};
use jianjia_store::{
    amending::what_if as what_ifs,
    core::{audit::feed::WrittenRow, db::Tx},
    register::unit,
};
use jiff::civil::Date;

use crate::{
    core::{app::App, error::Result},
    year::assessment::{self, Gathered},
};

/// Units read at a time: what is known of them stays small beside the columns.
const PORTION: usize = 2_000;

/// The units that can hold a title.
#[derive(Clone, Debug)]
pub(super) struct Units {
    pub(super) standard: Arc<Standard>,
    pub(super) plan: Plan,
    pub(super) columns: Columns,
    /// What the year's own standard says of them.
    pub(super) judged: ColumnJudgement,
    rows: Vec<Row>,
    by_id: HashMap<UnitId, u32>,
}

/// Who stands in a row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: UnitId,
    pub(super) kind: Kind,
    pub(super) path: String,
    pub(super) name: String,
    /// One that was closed keeps its row, which is unknown then.
    is_there: bool,
}

/// All of a year.
pub(super) async fn all(tx: &mut Tx, app: &App, year: i16, as_of: Date) -> Result<Arc<Units>> {
    let standard = Arc::clone(app.standards.of(year));
    let plan = Plan::of(&standard, as_of);
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.key()).collect();
    let places = unit::of_kinds(tx, &kinds).await?;
    let mut units = Units {
        columns: Columns::unknown_with_log(&standard, &plan, places.len()),
        judged: judge_columns(&plan, &Columns::unknown(&standard, &plan, 0)),
        rows: Vec::with_capacity(places.len()),
        by_id: HashMap::with_capacity(places.len()),
        standard,
        plan,
    };
    for portion in places.chunks(PORTION) {
        let asked: Vec<(UnitId, Date)> = portion.iter().map(|place| (place.id, as_of)).collect();
        let gathered = assessment::gather(tx, app, &asked, year).await?;
        units = blocking(move || {
            gathered.iter().try_for_each(|one| units.put(one))?;
            Ok(units)
        })
        .await?;
    }
    judged(Arc::new(units)).await
}

/// Reads those anew that written rows are about. `None` where that can't be told, or after a unit moved, whose subtree's paths the trail doesn't name.
pub(super) async fn followed(
    tx: &mut Tx,
    app: &App,
    mut units: Arc<Units>,
    rows: &[WrittenRow],
    (year, as_of): (i16, Date),
) -> Result<Option<Arc<Units>>> {
    let Some(about) = what_ifs::about(tx, rows).await? else {
        return Ok(None);
    };
    let mut changed = about.units;
    if changed.is_empty() {
        return Ok(Some(units));
    }
    let counted: Vec<UnitId> = about.counted_above.into_iter().collect();
    let counted = unit::places(tx, &counted).await?;
    let above = unit::above_any(tx, counted.iter().map(|place| place.path.as_str())).await?;
    changed.extend(above.into_iter().map(|place| place.id));
    let changed: Vec<UnitId> = changed.into_iter().collect();
    let active = what_ifs::active(tx, &changed).await?;
    let asked: Vec<(UnitId, Date)> = active.iter().map(|unit| (*unit, as_of)).collect();
    let gathered = assessment::gather(tx, app, &asked, year).await?;
    if gathered.iter().any(|one| units.has_moved(one)) {
        return Ok(None);
    }
    units = blocking(move || {
        // Whoever still looks at the old ones keeps them.
        let now = Arc::make_mut(&mut units);
        gathered.iter().try_for_each(|one| now.put(one))?;
        for id in changed.iter().filter(|id| !active.contains(id)) {
            now.remove(id);
        }
        Ok(units)
    })
    .await?;
    Ok(Some(judged(units).await?))
}

/// Judges all of them by the year's own standard.
async fn judged(mut units: Arc<Units>) -> Result<Arc<Units>> {
    blocking(move || {
        let now = Arc::make_mut(&mut units);
        now.judged = judge_columns(&now.plan, &now.columns);
        Ok(units)
    })
    .await
}

/// Off the threads that answer.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.context("what lies in memory of a year")??)
}

impl Units {
    pub(super) fn row(&self, row: u32) -> &Row {
        &self.rows[usize::try_from(row).unwrap_or(usize::MAX)]
    }

    /// One bit for each unit at or below a path.
    pub(super) fn within(&self, path: &str) -> Vec<u64> {
        let blocks = self.rows.chunks(64);
        blocks
            .map(|block| {
                let rows = block.iter().enumerate();
                rows.fold(0, |bits, (lane, row)| {
                    bits | u64::from(row.is_there && is_within(&row.path, path)) << lane
                })
            })
            .collect()
    }

    fn has_moved(&self, unit: &Gathered) -> bool {
        let row = self.by_id.get(&unit.register.id);
        row.is_some_and(|row| self.row(*row).path != unit.register.path)
    }

    /// Sets what is known of a unit, in its row or in a new one.
    fn put(&mut self, unit: &Gathered) -> anyhow::Result<()> {
        let id = unit.register.id;
        let row = Row {
            id,
            kind: unit.subject.kind,
            path: unit.register.path.clone(),
            name: unit.register.name.clone(),
            is_there: true,
        };
        let place = match self.by_id.get(&id) {
            Some(place) => usize::try_from(*place)?,
            None => {
                let place = self.rows.len();
                self.by_id.insert(id, u32::try_from(place)?);
                self.columns.grow(place + 1);
                self.rows.push(row.clone());
                place
            }
        };
        self.rows[place] = row;
        self.columns
            .put(&self.standard, &self.plan, place, &unit.subject)
            .with_context(|| format!("unit {id}"))
    }

    fn remove(&mut self, id: &UnitId) {
        let place = self
            .by_id
            .get(id)
            .and_then(|row| usize::try_from(*row).ok());
        if let Some(place) = place {
            self.rows[place].is_there = false;
            self.columns.clear(place);
        }
    }
}
