//! Who is judged in a year, kept in memory beside the database: read once, then brought up to date by what acts wrote since, on whatever node (the trail
//! names the rows: `store::core::audit::feed`). Every look is of the database as it is: what was committed before it is in it.

use std::{pin::Pin, sync::Arc};

use jianjia_store::{
    amending::what_if::{FOLLOWED, JUDGED_BY},
    core::{
        audit::feed::{self, Mark},
        db::Tx,
    },
};
use jiff::civil::Date;
use tokio::sync::Mutex;

use crate::{
    amending::what_if::{
        columns::{self, Units},
        people::{self, People},
    },
    core::{app::App, error::Result},
    year::assessment,
};

/// So many years lie in memory at a time, those looked at last.
const YEARS: usize = 3;

/// More changed rows than these are read with all others.
const ONE_BY_ONE: usize = 2_000;

#[derive(Default)]
struct Kept(Mutex<Vec<Year>>);

/// A year as it was judged last.
struct Year {
    year: i16,
    as_of: Date,
    mark: Mark,
    all: InMemory,
}

/// Who is judged.
#[derive(Clone, Debug)]
pub(super) struct InMemory {
    pub(super) units: Arc<Units>,
    pub(super) people: Arc<People>,
}

/// Reads the units and the people of the running year, so that the first look need not.
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

/// The units and the people of a year as the database has them now.
pub(super) async fn of_year(app: &App, year: i16) -> Result<InMemory> {
    let kept = app.memory.of::<Kept>();
    let mut years = kept.0.lock().await;
    let mut tx = app.db.read().await?;
    let as_of = assessment::as_of(app, year);
    let version = &app.standards.of(year).version;
    let place = years.iter().position(|known| known.year == year);
    // Taken out until everything written since is in it: where that fails midway, it is read anew.
    let before = place
        .map(|place| years.remove(place))
        .filter(|known| known.as_of == as_of && known.all.units.standard.version == *version);
    let followed = match before {
        Some(known) => followed(&mut tx, app, known).await?,
        None => None,
    };
    let now = match followed {
        Some(now) => now,
        None => all(&mut tx, app, year, as_of).await?,
    };
    let in_memory = now.all.clone();
    years.insert(0, now);
    years.truncate(YEARS);
    Ok(in_memory)
}

async fn all(tx: &mut Tx, app: &App, year: i16, as_of: Date) -> Result<Year> {
    // Before anything is read: what is written meanwhile is read once more.
    let mark = feed::end(tx).await?;
    Ok(Year {
        year,
        as_of,
        mark,
        all: InMemory {
            units: columns::all(tx, app, year, as_of).await?,
            people: Arc::new(people::all(tx, app, year, as_of).await?),
        },
    })
}

/// Brings all of it up to date with what was written since the mark. `None` where it is better read anew: after very much, or after a unit moved, whose
/// subtree's paths the trail doesn't name.
async fn followed(tx: &mut Tx, app: &App, mut known: Year) -> Result<Option<Year>> {
    let Some(rows) = feed::since(tx, &mut known.mark, &FOLLOWED).await? else {
        return Ok(None);
    };
    if rows.is_empty() {
        return Ok(Some(known));
    }
    let of_units = rows
        .iter()
        .filter(|row| JUDGED_BY.contains(&row.table.as_str()));
    if of_units.count() > ONE_BY_ONE {
        return Ok(None);
    }
    let (year, as_of) = (known.year, known.as_of);
    let InMemory { units, people } = known.all;
    let Some(units) = columns::followed(tx, app, units, &rows, (year, as_of)).await? else {
        return Ok(None);
    };
    // A table of thousands of people is no reason to read all units anew.
    let followed = match rows.len() > ONE_BY_ONE {
        true => None,
        false => people::followed(tx, app, people, &rows, (year, as_of)).await?,
    };
    let people = match followed {
        Some(people) => people,
        None => Arc::new(people::all(tx, app, year, as_of).await?),
    };
    known.all = InMemory { units, people };
    Ok(Some(known))
}
