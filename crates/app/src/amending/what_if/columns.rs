//! The units of a year in columns, kept in memory beside the database: read once, then brought up to date by what acts wrote since, on whatever node (the
//! trail names the rows: `store::core::audit::feed`). Every look is of the database as it is: what was committed before it is in it.

use std::{collections::HashMap, pin::Pin, sync::Arc};

use anyhow::Context;
use jianjia_domain::core::{ids::UnitId, place::is_within};
use jianjia_standard::{
    Standard,
    batch::{ColumnJudgement, judge_columns, plan::Plan},
    columns::Columns,
    kinds::Kind,
};
use jianjia_store::{
    amending::what_if::{self as what_ifs, JUDGED_BY},
    core::{
        audit::feed::{self, Mark},
        db::Tx,
    },
    register::unit,
};
use jiff::civil::Date;
use tokio::sync::Mutex;

use crate::{
    core::{app::App, error::Result},
    year::assessment::{self, Gathered},
};

/// So many years lie in memory at a time, those looked at last.
const YEARS: usize = 3;

/// Units read at a time: what is known of them stays small beside the columns.
const PORTION: usize = 2_000;

/// More changed rows than these are read with all others.
const ONE_BY_ONE: usize = 2_000;

#[derive(Default)]
struct Kept(Mutex<Vec<Year>>);

/// A year as it was judged last.
struct Year {
    year: i16,
    as_of: Date,
    mark: Mark,
    units: Arc<Units>,
}

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

/// Reads the units of the running year, so that the first look need not.
///
/// # Errors
/// If the database fails.
pub async fn warm_up(app: &App) -> Result<()> {
    of_year(app, app.year()).await?;
    Ok(())
}

/// Brings what lies in memory up to date, so that nobody who looks waits for much of it: after a busy minute, or on a new day. What nobody looked at yet
/// is not read.
pub fn follow(app: &App) -> Pin<Box<dyn Future<Output = Result<()>> + Send + '_>> {
    Box::pin(async {
        let kept = app.memory.of::<Kept>();
        let years: Vec<i16> = {
            let years = kept.0.lock().await;
            years.iter().map(|known| known.year).collect()
        };
        // The one looked at last stays the first.
        for year in years.into_iter().rev() {
            of_year(app, year).await?;
        }
        Ok(())
    })
}

/// The units of a year as the database has them now.
pub(super) async fn of_year(app: &App, year: i16) -> Result<Arc<Units>> {
    let kept = app.memory.of::<Kept>();
    let mut years = kept.0.lock().await;
    let mut tx = app.db.read().await?;
    let as_of = assessment::as_of(app, year);
    let version = &app.standards.of(year).version;
    let place = years.iter().position(|known| known.year == year);
    // Taken out until everything written since is in it: where that fails midway, it is read anew.
    let before = place
        .map(|place| years.remove(place))
        .filter(|known| known.as_of == as_of && known.units.standard.version == *version);
    let followed = match before {
        Some(known) => followed(&mut tx, app, known).await?,
        None => None,
    };
    let now = match followed {
        Some(now) => now,
        None => all(&mut tx, app, year, as_of).await?,
    };
    let units = Arc::clone(&now.units);
    years.insert(0, now);
    years.truncate(YEARS);
    Ok(units)
}

async fn all(tx: &mut Tx, app: &App, year: i16, as_of: Date) -> Result<Year> {
    let mark = feed::end(tx).await?;
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
    Ok(Year {
        year,
        as_of,
        mark,
        units: judged(Arc::new(units)).await?,
    })
}

/// Brings the columns up to date with what was written since the mark. `None` where they are better read anew: after very much, or after a unit moved,
/// whose subtree's paths the trail doesn't name.
async fn followed(tx: &mut Tx, app: &App, mut known: Year) -> Result<Option<Year>> {
    let Some(rows) = feed::since(tx, &mut known.mark, &JUDGED_BY).await? else {
        return Ok(None);
    };
    if rows.is_empty() {
        return Ok(Some(known));
    }
    if rows.len() > ONE_BY_ONE {
        return Ok(None);
    }
    let Some(about) = what_ifs::about(tx, &rows).await? else {
        return Ok(None);
    };
    let mut changed = about.units;
    let counted: Vec<UnitId> = about.counted_above.into_iter().collect();
    let counted = unit::places(tx, &counted).await?;
    let above = unit::above_any(tx, counted.iter().map(|place| place.path.as_str())).await?;
    changed.extend(above.into_iter().map(|place| place.id));
    let changed: Vec<UnitId> = changed.into_iter().collect();
    let active = what_ifs::active(tx, &changed).await?;
    let asked: Vec<(UnitId, Date)> = active.iter().map(|unit| (*unit, known.as_of)).collect();
    let gathered = assessment::gather(tx, app, &asked, known.year).await?;
    let mut units = known.units;
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
    known.units = judged(units).await?;
    Ok(Some(known))
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
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.context("the columns of the units")??)
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
