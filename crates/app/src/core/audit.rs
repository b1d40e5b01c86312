//! Reading the trail: auditors see the lines of their subtree, newest first, and the state of the chain.

use std::collections::{HashMap, HashSet};

use jianjia_domain::core::{
    audit::AuditLine,
    day,
    place::UnitPlace,
    policy::{Act, Actor, POLICY, Role},
};
pub use jianjia_store::core::audit::Named;
use jianjia_store::core::{
    audit::{self, AuditFilter, Seal},
    db::Db,
};
use jiff::{Timestamp, civil::Date};

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// What an auditor filters by, as typed; empty fields match everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub act: String,
    pub noun_id: String,
    pub union: String,
    pub person: String,
    pub title: String,
    pub from: Option<Date>,
    /// Inclusive.
    pub until: Option<Date>,
    /// The id of the last line of the previous page.
    pub before: String,
}

/// A page of the trail.
#[derive(Clone, Debug, PartialEq)]
pub struct TrailPage {
    pub lines: Vec<AuditLine>,
    /// What the lines are about, as people know it, by id; and the names of their units.
    pub names: HashMap<String, Named>,
    pub units: HashMap<String, String>,
    /// What of it has no page to be read on, by id.
    pub unshown: HashSet<String>,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    pub last_seal: Option<Seal>,
    /// The newest head, signed, as JSON; `None` where no heads are kept.
    pub head: Option<String>,
}

const LINES: i64 = 50;

/// When the last thing happened that the trail tells of; none before anything did. Of a database that isn't opened as an app yet, since its
/// clock may go on from there.
///
/// # Errors
/// When the trail can't be read.
pub async fn newest_at(db: &Db) -> anyhow::Result<Option<Timestamp>> {
    let mut tx = db.read().await?;
    audit::newest_at(&mut tx).await
}

/// A page of the trail of the units that an auditor is responsible for.
///
/// # Errors
/// Not found for anybody who is not an auditor.
pub async fn page(app: &App, actor: &Actor, question: &Question) -> Result<TrailPage> {
    lines(app, actor, question, LINES).await
}

/// The most lines of an export.
pub const EXPORTED: i64 = 200_000;

/// The first `most` lines of an export, the newest first; `next` says that there are older ones.
///
/// # Errors
/// As `page`.
pub async fn export(app: &App, actor: &Actor, question: &Question, most: i64) -> Result<TrailPage> {
    lines(app, actor, question, most).await
}

/// The unit whose trail an auditor reads.
///
/// # Errors
/// Not found for anybody who is not an auditor.
pub fn unit_of(actor: &Actor) -> Result<UnitPlace> {
    let auditors = POLICY
        .iter()
        .filter(|(act, _)| *act == Act::ReadAudit)
        .flat_map(|(_, roles)| roles.iter().map(|(role, _)| *role));
    let auditors: Vec<Role> = auditors.collect();
    let mut roles = actor.roles.iter();
    let at = roles.find(|at| auditors.contains(&at.role));
    Ok(at.ok_or(Error::NotFound)?.unit.clone())
}

async fn lines(app: &App, actor: &Actor, question: &Question, most: i64) -> Result<TrailPage> {
    let unit = unit_of(actor)?;
    let filter = AuditFilter {
        act: question.act.trim().to_owned(),
        noun_id: question.noun_id.trim().to_owned(),
        union: question.union.trim().to_owned(),
        person: question.person.trim().to_owned(),
        title: question.title.trim().to_owned(),
        from: question
            .from
            .map_or_else(String::new, |day| day::start_of(day).to_string()),
        until: question
            .until
            .and_then(|day| day.tomorrow().ok())
            .map_or_else(String::new, |day| day::start_of(day).to_string()),
    };
    let mut tx = app.db.read().await?;
    let mut lines = audit::page(&mut tx, &unit.path, &filter, &question.before, most + 1).await?;
    let more = lines.len() as i64 > most;
    lines.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    let next = if more {
        lines.last().map(|line| line.id.to_string())
    } else {
        None
    };
    let last_seal = audit::last_seal(&mut tx)
        .await?
        .filter(|seal| seal.number > 0);
    let head = match (&last_seal, &app.heads) {
        (Some(seal), Some(heads)) => {
            let head = serde_json::to_string_pretty(&heads.sign(seal));
            Some(head.map_err(anyhow::Error::from)?)
        }
        _ => None,
    };
    Ok(TrailPage {
        names: audit::names(&mut tx, &lines).await?,
        units: audit::units(&mut tx, &lines).await?,
        unshown: audit::unshown(&mut tx, &lines).await?,
        lines,
        next,
        last_seal,
        head,
    })
}
