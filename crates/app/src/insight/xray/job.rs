//! The job of the x-ray: how new photos look, what is usual, then the unions portion by portion. Asked for, it looks at all below a federation; each night, at
//! those of whom something changed since the night before, and at those with an open doubt.

use std::pin::Pin;

use anyhow::Context;
use jianjia_domain::core::{audit::object::Object, ids::UnitId};
use jianjia_store::{
    core::{place, scope::Scope},
    insight::xray as store,
    register::unit,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Looking, PORTION, Seen, alike, keep, look_at, usual};
use crate::core::{
    app::App,
    error::{Error, Result},
    job::running::{Outcome, Running},
};

/// Photos looked at in one transaction.
const PHOTOS: i64 = 50;

/// What was written while the last run read may have been missed by it.
const OVERLAP: SignedDuration = SignedDuration::from_mins(60);

pub fn work<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(examine(app, running))
}

/// What somebody asked to have looked through.
#[derive(Deserialize)]
struct Payload {
    unit: UnitId,
    year: i16,
}

/// Which unions are looked at.
enum Which {
    /// At and below a path.
    Below(String),
    /// Of whom something changed since.
    Changed(Timestamp),
}

/// Where a run goes on: after a unit, with what it came to so far.
struct Reached {
    after: String,
    seen: Seen,
}

impl Reached {
    const MARK: &'static str = "units";

    fn read(text: &str) -> Option<Reached> {
        let mut parts = text.split(':');
        if parts.next() != Some(Reached::MARK) {
            return None;
        }
        let after = parts.next()?.to_owned();
        let mut number = || parts.next()?.parse().ok();
        Some(Reached {
            after,
            seen: Seen {
                examined: number()?,
                raised: number()?,
                corrected: number()?,
            },
        })
    }

    fn text(&self) -> String {
        let Seen {
            examined,
            raised,
            corrected,
        } = self.seen;
        format!(
            "{}:{}:{examined}:{raised}:{corrected}",
            Reached::MARK,
            self.after
        )
    }
}

async fn examine(app: &App, running: &Running) -> Result<Outcome> {
    let mut tx = app.db.read().await?;
    let Some(root) = unit::root(&mut tx).await? else {
        return Ok(Outcome::Told(Value::Null));
    };
    let (which, year) = match serde_json::from_value::<Payload>(running.job.payload.clone()) {
        Ok(Payload { unit, year }) => {
            let place = place::find(&mut tx, &unit).await?.ok_or(Error::NotFound)?;
            (Which::Below(place.path), year)
        }
        Err(_) => {
            let which = match running.job.ended_at {
                Some(at) => Which::Changed(at - OVERLAP),
                None => Which::Below(root.path.clone()),
            };
            (which, app.year())
        }
    };
    drop(tx);
    let standard = app.standards.of(year);
    if standard.xray.is_empty() {
        return Ok(Outcome::Told(told(year, Seen::default())));
    }
    let mut reached = match Reached::read(&running.job.reached) {
        Some(reached) => reached,
        None => {
            look_at_photos(app, running).await?;
            let usual = usual(app, &root.path, year).await?;
            let mut tx = app.db.write([Scope::Doubts, Scope::Jobs]).await?;
            store::set_usual(&mut tx, year, &usual).await?;
            let reached = Reached {
                after: String::new(),
                seen: Seen::default(),
            };
            running.commit_portion(tx, &reached.text(), (0, 0)).await?;
            reached
        }
    };
    let mut tx = app.db.read().await?;
    let looking = Looking::begin(&mut tx, app, &standard.xray, year).await?;
    let total = match &which {
        Which::Below(path) => store::count(&mut tx, path).await?,
        Which::Changed(_) => 0,
    };
    drop(tx);
    loop {
        let units = next(app, &which, year, &reached.after).await?;
        let Some(last) = units.last() else { break };
        let after = last.to_string();
        let seen = look_at(app, &looking, &units).await?;
        let mut tx = app.db.write([Scope::Doubts, Scope::Jobs]).await?;
        let of = Object::Job(running.job.id);
        let now = keep(&mut tx, app, &looking, &units, (seen, of)).await?;
        reached = Reached {
            after,
            seen: Seen {
                examined: reached.seen.examined + now.examined,
                raised: reached.seen.raised + now.raised,
                corrected: reached.seen.corrected + now.corrected,
            },
        };
        let done = reached.seen.examined;
        running
            .commit_portion(tx, &reached.text(), (done, total.max(done)))
            .await?;
    }
    let tx = app.db.write(Scope::Jobs).await?;
    running.commit(app, tx, &told(year, reached.seen)).await
}

fn told(year: i16, seen: Seen) -> Value {
    json!({
        "year": year,
        "examined": seen.examined,
        "raised": seen.raised,
        "corrected": seen.corrected,
    })
}

async fn next(app: &App, which: &Which, year: i16, after: &str) -> Result<Vec<UnitId>> {
    let mut tx = app.db.read().await?;
    match which {
        Which::Below(path) => {
            let examined = store::after(&mut tx, path, after, PORTION).await?;
            Ok(examined.into_iter().map(|one| one.unit).collect())
        }
        Which::Changed(since) => Ok(store::changed(&mut tx, year, *since, (after, PORTION)).await?),
    }
}

/// Works out how the photos look that nobody looked at yet.
async fn look_at_photos(app: &App, running: &Running) -> Result<()> {
    loop {
        let mut tx = app.db.read().await?;
        let photos = store::unlooked(&mut tx, PHOTOS).await?;
        drop(tx);
        if photos.is_empty() {
            return Ok(());
        }
        let looks = alike::look_at(app, photos).await?;
        let mut tx = app.db.write([Scope::Doubts, Scope::Jobs]).await?;
        store::keep_looks(&mut tx, &looks).await?;
        running.commit_portion(tx, "", (0, 0)).await?;
    }
}

/// Looks through all of a year at once, without a job: for the demo city, whose years are made before anybody could wait for one.
///
/// # Errors
/// When it is no demo; when it can't be read or written.
pub async fn look_through(app: &App, year: i16) -> Result<Seen> {
    if !app.is_demo {
        return Err(anyhow::anyhow!("only a demo is looked through without a job").into());
    }
    let mut tx = app.db.read().await?;
    let root = unit::root(&mut tx).await?.context("the city")?;
    let photos = store::unlooked(&mut tx, i64::MAX).await?;
    drop(tx);
    let looks = alike::look_at(app, photos).await?;
    let usual = usual(app, &root.path, year).await?;
    let mut tx = app.db.write(Scope::Doubts).await?;
    store::keep_looks(&mut tx, &looks).await?;
    store::set_usual(&mut tx, year, &usual).await?;
    tx.commit().await?;
    let standard = app.standards.of(year);
    let mut tx = app.db.read().await?;
    let looking = Looking::begin(&mut tx, app, &standard.xray, year).await?;
    drop(tx);
    let which = Which::Below(root.path);
    let (mut all, mut after) = (Seen::default(), String::new());
    loop {
        let units = next(app, &which, year, &after).await?;
        let Some(last) = units.last() else {
            return Ok(all);
        };
        after = last.to_string();
        let seen = look_at(app, &looking, &units).await?;
        let mut tx = app.db.write(Scope::Doubts).await?;
        let of = Object::Round(year);
        let now = keep(&mut tx, app, &looking, &units, (seen, of)).await?;
        tx.commit().await?;
        all.examined += now.examined;
        all.raised += now.raised;
        all.corrected += now.corrected;
    }
}
