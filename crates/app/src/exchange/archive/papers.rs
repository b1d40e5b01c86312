//! The papers in an archive, as PDF/A: what people held in their hands. They are made once the records are read, from the same list of kinds as the pages' papers.

use jianjia_domain::{
    core::{
        ids::{ApplicationId, UnitId},
        policy::Actor,
    },
    rating::poll::Poll,
};
use jianjia_store::{core::db::Tx, exchange::archive};

use super::bundle::Bundle;
use crate::{
    core::{
        app::App,
        error::{Error, Result},
        paper::{self as press, Sheet},
    },
    paper::{self, KINDS, Noun},
    round::{application as applications, paper as round},
};

/// What there are papers of.
#[derive(Default)]
pub(super) struct Subjects {
    applications: Vec<ApplicationId>,
    /// Unions whose rating was counted.
    ratings: Vec<UnitId>,
}

impl Subjects {
    /// The applications of a year.
    pub(super) async fn find(&mut self, tx: &mut Tx, year: i16) -> Result<()> {
        self.applications = archive::applications(tx, year).await?;
        Ok(())
    }

    /// A rating that has a result.
    pub(super) fn add(&mut self, poll: &Poll) {
        if !self.ratings.contains(&poll.unit) {
            self.ratings.push(poll.unit);
        }
    }
}

/// One file for each subject, with all its papers in their order; the number of files. One after the other, so that the memory that it takes stays small.
pub(super) async fn write(
    app: &App,
    bundle: &mut Bundle,
    year: i16,
    subjects: &Subjects,
) -> Result<usize> {
    let actor = paper::operator(app).await?;
    let mut count = 0;
    for id in &subjects.applications {
        let view = applications::view(app, &actor, id).await?;
        let kinds = round::of_application(&actor, &view);
        let of = id.to_string();
        let is_there = |name: &str| kinds.contains(&name);
        let sheets = sheets(app, &actor, Noun::Application, &of, is_there).await?;
        let name = format!("papers/application/{id}.pdf");
        count += put(app, bundle, &name, sheets).await?;
    }
    for unit in &subjects.ratings {
        let of = format!("{unit}/{year}");
        let sheets = sheets(app, &actor, Noun::Rating, &of, |_| true).await?;
        let name = format!("papers/rating/{unit}.pdf");
        count += put(app, bundle, &name, sheets).await?;
    }
    Ok(count)
}

/// The papers that there are of a subject.
async fn sheets(
    app: &App,
    actor: &Actor,
    noun: Noun,
    of: &str,
    is_there: impl Fn(&str) -> bool,
) -> Result<Vec<Sheet>> {
    let mut sheets = Vec::new();
    for kind in KINDS {
        if kind.of != noun || !is_there(kind.name) {
            continue;
        }
        match paper::sheet(app, actor, kind, of).await {
            Ok(sheet) => sheets.push(sheet),
            // A rating that was replaced has no paper of its own.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sheets)
}

async fn put(app: &App, bundle: &mut Bundle, name: &str, sheets: Vec<Sheet>) -> Result<usize> {
    if sheets.is_empty() {
        return Ok(0);
    }
    bundle.whole(name, &press::many(app, sheets).await?)?;
    Ok(1)
}
