//! One box for everything that somebody may see: unions and people by name, pinyin, number or code, the files and titles of those found, files and
//! titles by their number, clauses of the standard. Names are searched in memory (`domain::office::search`), which follows the trail (`feed`); what
//! is shown is read from the database, within what the actor sees.

use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context;
use jianjia_domain::{
    core::{
        ids::{PersonId, UnitId},
        policy::{self, Actor},
    },
    honour::honour::Honour,
    office::search::{Hit, Names, Noun},
    register::unit::list::UnitLine,
};
use jianjia_standard::{Standard, Text};
use jianjia_store::{
    core::{
        audit::feed::{self, Mark},
        db::Tx,
    },
    honour::honour as honours,
    office::search::{self as searched, TABLES},
    register::unit,
};

pub use jianjia_store::office::search::{FileLine, PersonLine};

use crate::core::{app::App, error::Result};

/// Names shown of each noun.
const SHOWN: usize = 10;

/// Units whose files and titles are shown: of more, nobody could say whose is meant.
const LOOKED_INTO: usize = 3;

/// What was found, the best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    pub units: Vec<UnitLine>,
    pub units_in_all: usize,
    pub people: Vec<PersonLine>,
    pub people_in_all: usize,
    pub files: Vec<FileLine>,
    pub honours: Vec<Honour>,
    pub clauses: Vec<ClauseLine>,
}

impl Found {
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
            && self.people.is_empty()
            && self.files.is_empty()
            && self.honours.is_empty()
            && self.clauses.is_empty()
    }
}

/// The names in memory, and how far they follow the trail.
#[derive(Default)]
struct Kept {
    names: RwLock<Names>,
    /// Held while the names are brought up to date, by one request at a time.
    mark: tokio::sync::Mutex<Option<Mark>>,
}

/// Everything that the actor may see and that fits what was typed.
pub async fn search(app: &App, actor: &Actor, typed: &str) -> Result<Found> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Found::default());
    }
    let kept = followed(app).await?;
    let paths = policy::scopes(actor);
    let words = typed.to_owned();
    // A few milliseconds of a processor in a large city: not on the threads that answer.
    let named = tokio::task::spawn_blocking(move || {
        let names = kept.names.read().unwrap_or_else(PoisonError::into_inner);
        names.find(&words, &paths, SHOWN)
    })
    .await
    .context("the search")?;

    let mut tx = app.db.read().await?;
    let mut found = Found {
        units_in_all: named.units_in_all,
        people_in_all: named.people_in_all,
        clauses: clauses(app.in_force(), typed),
        ..Found::default()
    };
    found.units = units(&mut tx, &named.units).await?;
    found.people = people(&mut tx, &named.people).await?;
    let of_units = found.units.iter().map(|unit| unit.id);
    let of_people = found.people.iter().map(|person| person.unit);
    let mut looked_into: Vec<UnitId> = Vec::new();
    for unit in of_units
        .take(LOOKED_INTO)
        .chain(of_people.take(LOOKED_INTO))
    {
        if !looked_into.contains(&unit) {
            looked_into.push(unit);
        }
    }
    found.files = files(app, &mut tx, actor, typed, &looked_into).await?;
    found.honours = titles(&mut tx, actor, typed, &looked_into).await?;
    Ok(found)
}

/// Reads all names, so that the first search need not.
///
/// # Errors
/// If the database fails.
pub async fn warm_up(app: &App) -> Result<()> {
    followed(app).await?;
    Ok(())
}

/// The names as the database has them now.
async fn followed(app: &App) -> Result<Arc<Kept>> {
    let kept = app.memory.of::<Kept>();
    let mut mark = kept.mark.lock().await;
    let mut tx = app.db.read().await?;
    // Taken out until everything up to it is in the names: where that fails midway, they are read anew.
    let followed = match mark.take() {
        Some(mut end) => follow(&mut tx, &kept.names, &mut end).await?.then_some(end),
        None => None,
    };
    *mark = if followed.is_some() {
        followed
    } else {
        let (names, end) = all(&mut tx).await?;
        *kept.names.write().unwrap_or_else(PoisonError::into_inner) = names;
        Some(end)
    };
    drop(mark);
    Ok(kept)
}

async fn all(tx: &mut Tx) -> Result<(Names, Mark)> {
    let end = feed::end(tx).await?;
    let mut names = Names::default();
    searched::each(tx, |named| names.put(&named)).await?;
    Ok((names, end))
}

/// Brings the names up to date with what was written since the mark. False where they are better read anew: after very much, or after a unit moved,
/// whose subtree's paths the trail doesn't name.
async fn follow(tx: &mut Tx, names: &RwLock<Names>, mark: &mut Mark) -> Result<bool> {
    let tables = TABLES.map(|(table, _)| table);
    let Some(rows) = feed::since(tx, mark, &tables).await? else {
        return Ok(false);
    };
    for (table, noun) in TABLES {
        let of_table = rows.iter().filter(|row| row.table == table);
        let mut gone: Vec<String> = of_table.map(|row| row.key.clone()).collect();
        if gone.len() > ONE_BY_ONE {
            return Ok(false);
        }
        if gone.is_empty() {
            continue;
        }
        let found = searched::of(tx, noun, &gone).await?;
        let mut names = names.write().unwrap_or_else(PoisonError::into_inner);
        for named in found {
            gone.retain(|id| *id != named.id.simple().to_string());
            let before = names.path_of(noun, named.id);
            if noun == Noun::Unit && before.is_some_and(|path| path != named.path) {
                return Ok(false);
            }
            names.put(&named);
        }
        for id in gone {
            names.remove(noun, id.parse().context("the key of a name")?);
        }
        if names.is_worn() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// More changed names than these are read with all others.
const ONE_BY_ONE: usize = 2_000;

/// The lines of what was found, in its order; what was taken away meanwhile is left out.
async fn units(tx: &mut Tx, hits: &[Hit]) -> Result<Vec<UnitLine>> {
    let ids: Vec<UnitId> = hits.iter().map(|hit| UnitId(hit.id)).collect();
    let mut lines = unit::list::of(tx, &ids).await?;
    lines.sort_by_key(|line| ids.iter().position(|id| *id == line.id));
    Ok(lines)
}

async fn people(tx: &mut Tx, hits: &[Hit]) -> Result<Vec<PersonLine>> {
    let ids: Vec<PersonId> = hits.iter().map(|hit| PersonId(hit.id)).collect();
    let mut lines = searched::people(tx, &ids).await?;
    lines.sort_by_key(|line| ids.iter().position(|id| *id == line.id));
    Ok(lines)
}

/// The file of a number in each year, then those of the units that were found.
async fn files(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    typed: &str,
    units: &[UnitId],
) -> Result<Vec<FileLine>> {
    let mut files = Vec::new();
    let programme = &app.in_force().programme;
    if let Some((year, number)) = application_number(typed) {
        let years = match year {
            Some(year) => year..=year,
            None => programme.first_year..=programme.last_year,
        };
        for year in years.rev() {
            files.extend(searched::file_of_number(tx, year, number).await?);
        }
    }
    for file in searched::files_of_units(tx, units).await? {
        if files.iter().all(|known: &FileLine| known.id != file.id) {
            files.push(file);
        }
    }
    files.retain(|file| policy::sees(actor, &file.unit_path));
    files.truncate(SHOWN);
    Ok(files)
}

/// The year and number of an application, as its receipt says it (`2016-00042`) or without the year.
fn application_number(typed: &str) -> Option<(Option<i16>, i64)> {
    match typed.split_once(['-', '－', '—']) {
        Some((year, number)) => {
            Some((Some(year.trim().parse().ok()?), number.trim().parse().ok()?))
        }
        None => Some((None, typed.parse().ok()?)),
    }
}

/// The title of a number, which everybody may look up, then those of the units that were found.
async fn titles(tx: &mut Tx, actor: &Actor, typed: &str, units: &[UnitId]) -> Result<Vec<Honour>> {
    let mut titles: Vec<Honour> = Vec::new();
    titles.extend(honours::of_number(tx, typed).await?);
    for honour in honours::of_units(tx, units).await? {
        if titles.iter().all(|known| known.id != honour.id)
            && policy::sees(actor, &honour.unit_path)
        {
            titles.push(honour);
        }
    }
    titles.truncate(SHOWN);
    Ok(titles)
}

/// The clauses called so, or whose words hold what was typed: criteria, vetoes, then what else the standard says.
fn clauses(standard: &Standard, typed: &str) -> Vec<ClauseLine> {
    let typed = typed.to_lowercase();
    let criteria = standard.criteria.iter().map(|criterion| ClauseLine {
        clause: criterion.clause.clone(),
        name: Some(criterion.name.clone()),
        text: criterion.text.clone(),
        title: standard
            .titles
            .iter()
            .find(|title| {
                let mut asked = title.criteria.iter();
                asked.any(|asked| asked.clause == criterion.clause)
            })
            .map(|title| title.key.clone()),
    });
    let others = standard.clauses.iter().map(|clause| ClauseLine {
        clause: clause.clause.clone(),
        name: clause.name.clone(),
        text: clause.text.clone(),
        title: None,
    });
    let all: Vec<ClauseLine> = criteria.chain(others).collect();
    let called = |line: &&ClauseLine| line.clause.to_lowercase() == typed;
    let holds = |text: &Text| {
        text.zh.to_lowercase().contains(&typed) || text.en.to_lowercase().contains(&typed)
    };
    let says = |line: &&ClauseLine| line.name.as_ref().is_some_and(holds) || holds(&line.text);
    let mut found: Vec<ClauseLine> = all.iter().filter(called).cloned().collect();
    // One character is in nearly every clause.
    if found.is_empty() && typed.chars().count() > 1 {
        found.extend(all.iter().filter(says).take(SHOWN).cloned());
    }
    found
}

/// A clause of the standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseLine {
    pub clause: String,
    pub name: Option<Text>,
    pub text: Text,
    /// The key of the first title that asks for it.
    pub title: Option<String>,
}
