//! Writes the city's past in a task of its own: while the database has one portion, the next is lived, and neither waits for the other.

use anyhow::{Result, bail};
use jianjia_app::exchange::founding::city::{Asking, CityFounding, Way};
use jianjia_domain::{
    rating::count::Rating,
    round::{recommendation::Quota, round::Round},
    year::{activity::Activity, statement::Statement},
};
use jiff::civil::Date;
use tokio::{sync::mpsc, task::JoinHandle};

use crate::{check::renewal::Renewing, year::document::Shown};

/// So many parts wait at most: about a portion of units. More would only be held in memory.
const WAITING: usize = 3;

/// What is handed over, in the order in which it is to be written.
pub enum Part {
    Statements(Vec<Statement>),
    Activities(Vec<Activity>),
    Evidence(i16, Vec<Shown>),
    Ratings(Vec<Rating>),
    Round(Round, Vec<Quota>),
    Applications(Vec<Way>),
    Departments(Asking),
    Renewals(Renewing),
    /// Keeps all so far as of a day: with a line of the trail about the year.
    Kept(i16, Date),
}

/// A founding that goes on in a task.
pub struct Writing {
    parts: mpsc::Sender<Part>,
    task: JoinHandle<Result<CityFounding>>,
}

impl Writing {
    pub fn begin(founding: CityFounding) -> Writing {
        let (parts, waiting) = mpsc::channel(WAITING);
        Writing {
            parts,
            task: tokio::spawn(write(founding, waiting)),
        }
    }

    /// Hands over a part, as soon as there is room for it.
    ///
    /// # Errors
    /// When a part before it could not be written.
    pub async fn hand(&mut self, part: Part) -> Result<()> {
        if self.parts.send(part).await.is_ok() {
            return Ok(());
        }
        // Only a failure ends it while there is more to come.
        match (&mut self.task).await? {
            Err(error) => Err(error),
            Ok(_) => bail!("the city's past was not written to its end"),
        }
    }

    /// Waits until all is written.
    ///
    /// # Errors
    /// When a part could not be written.
    pub async fn end(self) -> Result<CityFounding> {
        drop(self.parts);
        self.task.await?
    }
}

async fn write(
    mut founding: CityFounding,
    mut parts: mpsc::Receiver<Part>,
) -> Result<CityFounding> {
    while let Some(part) = parts.recv().await {
        match part {
            Part::Statements(said) => founding.statements(&said).await?,
            Part::Activities(held) => founding.activities(&held).await?,
            Part::Evidence(year, shown) => founding.evidence(year, &shown).await?,
            Part::Ratings(counted) => founding.ratings(&counted, &[]).await?,
            Part::Round(round, places) => founding.round(&round, &places).await?,
            Part::Applications(ways) => founding.applications(ways).await?,
            Part::Departments(asking) => founding.departments(asking).await?,
            Part::Renewals(renewing) => renewing.write(&mut founding).await?,
            Part::Kept(year, day) => {
                founding.set_day(day);
                founding = founding.keep_until_here(year).await?;
            }
        }
    }
    Ok(founding)
}
