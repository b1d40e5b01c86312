//! The standards used here: those that hold, each for its years, and every earlier version, so that what it decided can be recomputed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use anyhow::{Context, anyhow};
use jianjia_domain::core::{
    audit::{AuditLine, deed::Deed, object::Object},
    ids::AuditId,
};
use jianjia_standard::{
    Standard, load,
    programme::{Programme, Title, Veto},
};
use jianjia_store::core::{
    audit,
    db::{Db, Tx},
    scope::Scope,
    standard::{self, StandardTexts},
};
use jiff::Timestamp;
use serde_json::json;

use crate::core::{app::App, entropy::Entropy, error::Result};

/// The standards of an instance; cheap to clone, one for all requests.
///
/// One standard holds for a year, and for every unit of the instance: an instance is one federation, which runs one plan after the other. So a year
/// answers which it is. Those given at the start hold from then on; an edition that begins while the program runs comes before them for its rounds
/// (`refresh`). A version that is only asked for by kept records is loaded then and kept.
#[derive(Clone, Debug)]
pub struct Standards {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Those that were given and adopted. Never empty.
    base: Vec<Held>,
    /// A chain whose last link says what holds now. It only grows, by a link with each edition that begins, so that whoever was given a standard before
    /// keeps it.
    first: Link,
    /// Earlier versions, as far as they were asked for.
    earlier: Mutex<BTreeMap<String, Arc<Standard>>>,
}

#[derive(Debug, Default)]
struct Link {
    /// Editions, the newest first, then those of `base`. Where two claim a round, the earlier in this list holds.
    holding: Vec<Held>,
    next: OnceLock<Box<Link>>,
}

/// A standard, and the first and the last of the rounds that it holds for.
#[derive(Clone, Debug)]
pub struct Held {
    pub standard: Arc<Standard>,
    pub from: i16,
    pub last: i16,
}

impl Held {
    fn whole(standard: Arc<Standard>) -> Held {
        let Programme {
            first_year,
            last_year,
            ..
        } = standard.programme;
        Held {
            standard,
            from: first_year,
            last: last_year,
        }
    }

    /// How far a year is from its rounds; 0 within.
    fn years_away(&self, year: i16) -> i16 {
        let before = self.from.saturating_sub(year);
        let after = year.saturating_sub(self.last);
        before.max(after).max(0)
    }
}

impl Standards {
    /// The instance of one standard.
    pub fn of_one(standard: impl Into<Arc<Standard>>) -> Standards {
        Standards::before(standard.into(), Vec::new())
    }

    /// Standards in order of precedence: `first` holds for all its years, each other for those of its years that none before it has.
    pub fn before(first: Arc<Standard>, others: Vec<Arc<Standard>>) -> Standards {
        let all = std::iter::once(first).chain(others);
        let base: Vec<Held> = all.map(Held::whole).collect();
        Standards {
            shared: Arc::new(Shared {
                first: Link {
                    holding: base.clone(),
                    next: OnceLock::new(),
                },
                base,
                earlier: Mutex::default(),
            }),
        }
    }

    /// What holds now, in order of precedence; never empty.
    pub fn holding(&self) -> &[Held] {
        &self.last_link().holding
    }

    fn last_link(&self) -> &Link {
        let mut link = &self.shared.first;
        while let Some(next) = link.next.get() {
            link = next;
        }
        link
    }

    /// How many of those that hold are editions.
    pub fn editions(&self) -> usize {
        self.holding().len() - self.shared.base.len()
    }

    /// Lets editions hold, the newest first, and says whether that is news. Editions only come to those before: fewer are an older look at the database.
    fn hold(&self, editions: Vec<Held>) -> bool {
        let all = editions.iter().chain(&self.shared.base).cloned();
        let mut new = Box::new(Link {
            holding: all.collect(),
            next: OnceLock::new(),
        });
        loop {
            let last = self.last_link();
            if last.holding.len() >= new.holding.len() {
                return false;
            }
            match last.next.set(new) {
                Ok(()) => return true,
                // Another look came first.
                Err(mine) => new = mine,
            }
        }
    }

    /// The standard of a year. A year beyond every standard answers the nearest: last year's answers and old titles can be read in its words, and what
    /// can't be done in such a year is refused by the programme's own years, which the refusal tells.
    pub fn of(&self, year: i16) -> &Arc<Standard> {
        let holding = self.holding();
        let nearest = holding.iter().min_by_key(|held| held.years_away(year));
        // The constructors leave it never empty.
        &nearest.unwrap_or(&holding[0]).standard
    }

    /// All that hold, the earliest first.
    pub fn all(&self) -> Vec<&Arc<Standard>> {
        let mut all: Vec<&Held> = self.holding().iter().collect();
        all.sort_by_key(|held| held.from);
        all.into_iter().map(|held| &held.standard).collect()
    }

    /// The years that a standard holds for, in order.
    pub fn years(&self) -> Vec<i16> {
        let holding = self.holding().iter();
        let mut years: Vec<i16> = holding.flat_map(|held| held.from..=held.last).collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    /// A title by key: as the year's standard names it, or else the newest that knows it.
    pub fn title(&self, year: i16, key: &str) -> Option<&Title> {
        self.with_title(year, key)?.title(key)
    }

    /// A veto by clause: as the year's standard names it, or else the newest that knows it.
    pub fn veto(&self, year: i16, clause: &str) -> Option<&Veto> {
        self.knowing(year, |standard| standard.veto(clause).is_some())?
            .veto(clause)
    }

    /// The standard that has a title: the year's, or else the newest.
    pub fn with_title(&self, year: i16, key: &str) -> Option<&Arc<Standard>> {
        self.knowing(year, |standard| standard.title(key).is_some())
    }

    fn knowing(&self, year: i16, known: impl Fn(&Arc<Standard>) -> bool) -> Option<&Arc<Standard>> {
        let own = Some(self.of(year)).filter(|standard| known(standard));
        own.or_else(|| self.all().into_iter().rev().find(|other| known(other)))
    }

    /// The standard of a version that was used here; loaded once.
    ///
    /// # Errors
    /// When the database fails, or the texts that were kept are no standard any more.
    pub async fn of_version(&self, tx: &mut Tx, version: &str) -> Result<Option<Arc<Standard>>> {
        if let Some(holds) = self.loaded(version) {
            return Ok(Some(holds));
        }
        let Some(texts) = standard::find(tx, version).await? else {
            return Ok(None);
        };
        let loaded = Arc::new(load(&texts)?);
        self.earlier()
            .insert(version.to_owned(), Arc::clone(&loaded));
        Ok(Some(loaded))
    }

    fn loaded(&self, version: &str) -> Option<Arc<Standard>> {
        let mut holding = self.holding().iter();
        holding
            .find(|held| held.standard.version == version)
            .map(|held| Arc::clone(&held.standard))
            .or_else(|| self.earlier().get(version).cloned())
    }

    fn earlier(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Standard>>> {
        let earlier = self.shared.earlier.lock();
        earlier.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the editions hold here that the database says hold; whether that is news.
///
/// # Errors
/// When the database fails, or has no sound texts of one of them.
pub async fn refresh(tx: &mut Tx, standards: &Standards) -> Result<bool> {
    let mut held = Vec::new();
    for edition in standard::in_force(tx).await? {
        let standard = standards.of_version(tx, &edition.version).await?;
        held.push(Held {
            standard: standard.context("the texts of an edition are kept")?,
            from: edition.from_year,
            last: edition.last_year,
        });
    }
    Ok(standards.hold(held))
}

/// Texts of standards that the database doesn't keep, in the memory of the application.
#[derive(Default)]
struct Known(OnceLock<Vec<StandardTexts>>);

/// Says what the standards' texts are where the database keeps none: in a demo city. The first word counts.
pub fn set_up(app: &App, texts: Vec<StandardTexts>) {
    let _ = app.memory.of::<Known>().0.set(texts);
}

/// The texts that were set up.
pub(crate) fn set_up_texts(app: &App) -> Vec<StandardTexts> {
    let known = app.memory.of::<Known>();
    known.0.get().cloned().unwrap_or_default()
}

/// The texts of a version, as the database has them or as they were set up.
///
/// # Errors
/// When the database fails.
pub async fn texts_of(tx: &mut Tx, app: &App, version: &str) -> Result<Option<StandardTexts>> {
    if let Some(texts) = standard::find(tx, version).await? {
        return Ok(Some(texts));
    }
    let is_of = |texts: &StandardTexts| load(texts).is_ok_and(|loaded| loaded.version == version);
    Ok(set_up_texts(app).into_iter().find(is_of))
}

/// Keeps the texts of standards with the database that they will judge for, and gives all that hold there: those given, then those adopted at
/// earlier starts.
///
/// Two of those given may not claim one year: nothing would say which of them holds. One given now goes before what the database knows, and its
/// newest text before earlier ones of its key. Of the others the one that came later goes before, each with the text that was used last.
///
/// # Errors
/// When one has mistakes (the first is told, `jianjia standard check` tells all), or two claim one year.
pub async fn adopt(
    db: &Db,
    given: &[StandardTexts],
    entropy: &Entropy,
    now: Timestamp,
) -> Result<Standards> {
    let loaded = load_all(given)?;
    let mut tx = db.write(Scope::Standards).await?;
    let mut is_new = false;
    for (loaded, texts) in loaded.iter().zip(given) {
        if standard::find(&mut tx, &loaded.version).await?.is_some() {
            continue;
        }
        is_new = true;
        standard::keep(&mut tx, loaded, texts, &now.to_string()).await?;
        let adopted = Object::Standard(loaded.version.clone());
        let line = AuditLine {
            id: AuditId(entropy.id(now)),
            at: now,
            account_id: String::new(),
            account_name: String::new(),
            act: Deed::AdoptStandard.into(),
            noun: adopted.noun().into(),
            noun_id: adopted.id(),
            unit_id: None,
            unit_path: String::new(),
            detail: json!({ "key": loaded.key }),
        };
        audit::append(&mut tx, &line).await?;
    }
    let all = with_adopted(&mut tx, loaded).await?;
    if is_new {
        tx.commit().await?;
    }
    Ok(all)
}

/// The standards that hold where some are given, without keeping anything.
///
/// # Errors
/// As [`adopt`].
pub async fn known(db: &Db, given: &[StandardTexts]) -> Result<Standards> {
    with_adopted(&mut db.read().await?, load_all(given)?).await
}

/// The keys of the standards that were used here.
///
/// # Errors
/// When the database fails.
pub async fn adopted_keys(db: &Db) -> Result<Vec<String>> {
    let newest = standard::newest(&mut db.read().await?).await?;
    Ok(newest.into_iter().map(|(key, _)| key).collect())
}

async fn with_adopted(tx: &mut Tx, mut holding: Vec<Arc<Standard>>) -> Result<Standards> {
    for (key, texts) in standard::newest(tx).await? {
        if holding.iter().all(|standard| standard.key != key) {
            holding.push(Arc::new(load(&texts)?));
        }
    }
    let standards = among(holding)?;
    refresh(tx, &standards).await?;
    Ok(standards)
}

/// The standards that some texts make, where no database is asked.
///
/// # Errors
/// As [`adopt`].
pub fn of_texts(given: &[StandardTexts]) -> anyhow::Result<Standards> {
    among(load_all(given)?)
}

fn among(holding: Vec<Arc<Standard>>) -> anyhow::Result<Standards> {
    let mut holding = holding.into_iter();
    let first = holding.next().context("no standard was ever given")?;
    Ok(Standards::before(first, holding.collect()))
}

/// Loads standards that are given together; no two claim one year.
fn load_all(given: &[StandardTexts]) -> anyhow::Result<Vec<Arc<Standard>>> {
    let given: Vec<Arc<Standard>> = given
        .iter()
        .map(|texts| load(texts).map(Arc::new))
        .collect::<anyhow::Result<_>>()?;
    for (place, one) in given.iter().enumerate() {
        for other in &given[..place] {
            let first = one.programme.first_year.max(other.programme.first_year);
            if first <= one.programme.last_year.min(other.programme.last_year) {
                return Err(anyhow!(
                    "the standards {} and {} both claim {first}: give one for each year",
                    other.key,
                    one.key
                ));
            }
        }
    }
    Ok(given)
}

/// Loads a standard from its texts.
///
/// # Errors
/// When it has mistakes: the first is told, `jianjia standard check` tells all.
pub fn load(texts: &StandardTexts) -> anyhow::Result<Standard> {
    load::texts(&texts.standard_toml, &texts.facts_toml)
        .map_err(|mistakes| match mistakes.first() {
            Some(first) => anyhow!(
                "{}:{}:{}: {}",
                first.file,
                first.line,
                first.column,
                first.message
            ),
            None => anyhow!("no mistake is told"),
        })
        .context("the standard has mistakes (`jianjia standard check` tells all)")
}
