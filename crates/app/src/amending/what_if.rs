//! What a change of the standard would come to: the units of a year, which lie in memory in columns (`columns`), and the people who apply (`people`), judged by
//! another standard beside the one that holds. Nobody's record is read for it one by one, and none is touched.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context;
use jianjia_domain::{
    amending::what_if::{WhatIfRefusal, refused},
    core::{
        ids::{PersonId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor, act},
    },
};
use jianjia_standard::{
    Standard, Text,
    batch::{Counts, plan::Plan},
    judgement::{Reason, Status},
    kinds::Kind,
    what_if::{apply::apply, change::Change, effect::Move},
};
use jianjia_store::{amending::what_if as what_ifs, core::place};
use jiff::civil::Date;

use crate::{
    amending::what_if::{
        comparing::{Moved, Other, Who, compare},
        memory::InMemory,
    },
    core::{
        app::App,
        error::{Result, refuses},
    },
    year::assessment,
};

mod columns;
mod comparing;
mod memory;
pub(super) mod people;
pub mod proposal;

pub use self::memory::{follow, warm_up};

refuses!(WhatIfRefusal);

/// How many lines a page of the list has.
pub const LINES: i64 = 50;

/// Where and of which year somebody looks; what is not said is the own unit and the running year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Where {
    pub year: Option<i16>,
    pub place: Option<UnitId>,
}

/// What is looked at: the standard that holds, for the units of a federation.
#[derive(Clone, Debug)]
pub struct Stage {
    pub place: UnitPlace,
    /// The units for which the actor may look, by their own roles.
    pub places: Vec<UnitPlace>,
    pub year: i16,
    /// The years that a standard holds for.
    pub years: Vec<i16>,
    pub as_of: Date,
    pub standard: Arc<Standard>,
    pub may_propose: bool,
}

/// Opens the page for somebody.
///
/// # Errors
/// Not found for a unit that the actor doesn't see; `NotYourRole`; `NoSuchYear`.
pub async fn stage(app: &App, actor: &Actor, asked: &Where) -> Result<Stage> {
    let places = own_places(actor);
    let own = places.first().or_else(|| actor.main_unit());
    let place = match (&asked.place, own) {
        (Some(id), _) => {
            let mut tx = app.db.read().await?;
            let found = place::find(&mut tx, id).await?;
            found.ok_or(crate::core::error::Error::NotFound)?
        }
        (None, Some(own)) => own.clone(),
        (None, None) => return Err(crate::core::error::Error::NotFound),
    };
    policy::permit(actor, act::AskWhatIf, &place)?;
    let years = app.standards.years();
    let year = asked.year.unwrap_or_else(|| app.year());
    if !years.contains(&year) {
        let (first, last) = (years.first().copied(), years.last().copied());
        return Err(WhatIfRefusal::NoSuchYear {
            first: first.unwrap_or(year),
            last: last.unwrap_or(year),
        }
        .into());
    }
    Ok(Stage {
        may_propose: policy::may(actor, Act::ProposeChange, &place),
        place,
        places,
        year,
        years,
        as_of: assessment::as_of(app, year),
        standard: Arc::clone(app.standards.of(year)),
    })
}

/// The federations at which somebody's own roles let them look.
pub(crate) fn own_places(actor: &Actor) -> Vec<UnitPlace> {
    let mut places: Vec<UnitPlace> = Vec::new();
    for at in &actor.roles {
        if policy::may(actor, Act::AskWhatIf, &at.unit)
            && places.iter().all(|known| known.id != at.unit.id)
        {
            places.push(at.unit.clone());
        }
    }
    places
}

impl Stage {
    /// The standard with these changes, and the changes as they hold.
    ///
    /// # Errors
    /// Every change that can't be made, beside its field.
    pub fn changed(&self, changes: &[Change]) -> Result<(Standard, Vec<Change>)> {
        let made = apply(&self.standard, changes, self.as_of);
        Ok(made.map_err(|all| refused(&self.standard, &all))?)
    }
}

/// What another standard would come to for the units at and below a place, and for their people, title by title, with everyone that moves.
#[derive(Clone, Debug)]
pub struct Effect {
    pub year: i16,
    pub as_of: Date,
    pub place: UnitPlace,
    /// How many units were judged.
    pub units: u64,
    /// How many people were: those who applied, and those about whom the year's sheet says something.
    pub people: u64,
    /// In the order of the new standard; then those that only the old one has.
    pub titles: Vec<TitleEffect>,
    /// The units right below the place in which somebody moves, and the place itself.
    pub places: Vec<PlaceEffect>,
    pub kinds: Vec<KindEffect>,
    moved: Vec<Moved>,
    of: InMemory,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleEffect {
    pub key: String,
    pub name: Text,
    pub before: Counts,
    pub after: Counts,
    pub tally: Tally,
}

/// How many move, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub gained: u64,
    pub lost: u64,
    pub unsure: u64,
}

impl Tally {
    pub fn of(&self, what: Move) -> u64 {
        match what {
            Move::Gained => self.gained,
            Move::Lost => self.lost,
            Move::Unsure => self.unsure,
        }
    }

    fn count(&mut self, what: Move) {
        match what {
            Move::Gained => self.gained += 1,
            Move::Lost => self.lost += 1,
            Move::Unsure => self.unsure += 1,
        }
    }
}

/// By place; `tallies` has the titles of the effect in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceEffect {
    pub place: UnitPlace,
    pub tallies: Vec<Tally>,
}

/// By kind of unit, for a person that of their unit, as `PlaceEffect`. `Kind::Person` stands for the people of federations that hold no title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindEffect {
    pub kind: Kind,
    pub tallies: Vec<Tally>,
}

/// Which of those who move are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveFilter {
    /// A title's key; empty for all.
    pub title: String,
    pub what: Option<Move>,
    pub under: Option<UnitId>,
    pub kind: Option<Kind>,
}

/// Somebody who moves. A status is none where the standard has no such title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveLine {
    /// A person's own unit, with its name and kind.
    pub unit: UnitId,
    pub name: String,
    pub kind: Kind,
    pub person: Option<PersonLine>,
    /// The unit right below the place that it belongs to.
    pub under: String,
    pub title: Text,
    pub what: Move,
    pub before: Option<Status>,
    pub after: Option<Status>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    pub id: PersonId,
    pub name: String,
    /// Whether they applied for the title; of the others the year's sheet tells.
    pub has_applied: bool,
    /// What stands against the title: for who gains it what did, for the others what would.
    pub because: Vec<Reason>,
}

impl Effect {
    /// A portion (limit, offset) of those who move, title by title, with how many there are.
    pub fn lines(&self, filter: &MoveFilter, (limit, offset): (i64, i64)) -> (Vec<MoveLine>, i64) {
        let is_wanted = |moved: &&Moved| {
            let under = &self.places[moved.place].place.id;
            (filter.title.is_empty() || self.titles[moved.title].key == filter.title)
                && filter.what.is_none_or(|what| what == moved.what)
                && filter.under.is_none_or(|wanted| wanted == *under)
                && filter
                    .kind
                    .is_none_or(|kind| kind == kind_of(&self.of, moved.who))
        };
        let wanted = self.moved.iter().filter(is_wanted);
        let total = i64::try_from(wanted.clone().count()).unwrap_or(i64::MAX);
        let number = |number: i64| usize::try_from(number).unwrap_or(0);
        let lines = wanted
            .skip(number(offset))
            .take(number(limit))
            .map(|moved| self.line(moved))
            .collect();
        (lines, total)
    }

    fn line(&self, moved: &Moved) -> MoveLine {
        let title = &self.titles[moved.title];
        let (unit, name, person) = match moved.who {
            Who::Unit(row) => {
                let row = self.of.units.row(row);
                (row.id, &row.name, None)
            }
            Who::Person(place) => {
                let somebody = self.of.people.at(place);
                let person = PersonLine {
                    id: somebody.id,
                    name: somebody.name.clone(),
                    has_applied: somebody.applied.contains(&title.key),
                    because: moved.because.clone(),
                };
                (somebody.unit.id, &somebody.unit.name, Some(person))
            }
        };
        MoveLine {
            unit,
            name: name.clone(),
            kind: kind_of(&self.of, moved.who),
            person,
            under: self.places[moved.place].place.name.clone(),
            title: title.name.clone(),
            what: moved.what,
            before: moved.before,
            after: moved.after,
        }
    }
}

fn kind_of(of: &InMemory, who: Who) -> Kind {
    match who {
        Who::Unit(row) => of.units.row(row).kind,
        Who::Person(place) => of.people.at(place).kind,
    }
}

/// What it would come to for the units of a year, at and below a place, and for their people, if `to` held instead of `from`. Both are judged as of the year's
/// day on what is known of them; what was never asked is unknown. A person's title is judged as an application for it is, prerequisites included: the titles
/// that they and their union hold, the union's vetoes.
///
/// # Errors
/// When the database fails.
pub async fn effect(
    app: &App,
    from: &Standard,
    to: &Standard,
    year: i16,
    place: &UnitPlace,
) -> Result<Effect> {
    let of = memory::of_year(app, year).await?;
    let units = Arc::clone(&of.units);
    let other = |standard: &Standard| Other {
        plan: Plan::over(standard, &units.standard, &units.plan),
        standard: standard.clone(),
    };
    let before = (from != &*units.standard).then(|| other(from));
    let after = other(to);
    let names: BTreeMap<String, Text> = from
        .titles
        .iter()
        .chain(&to.titles)
        .map(|title| (title.key.clone(), title.name.clone()))
        .collect();
    let (all, path) = (of.clone(), place.path.clone());
    // A few milliseconds of a processor in a large city: not on the threads that answer.
    let comparing = move || compare(&all, before.as_ref(), &after, &path);
    let compared = tokio::task::spawn_blocking(comparing)
        .await
        .context("comparing two standards")?;
    let mut tx = app.db.read().await?;
    let paths = compared.paths.iter().cloned();
    let mut found: BTreeMap<String, UnitPlace> = what_ifs::at_paths(&mut tx, paths)
        .await?
        .into_iter()
        .map(|place| (place.path.clone(), place))
        .collect();
    drop(tx);
    let places: Vec<UnitPlace> = compared
        .paths
        .iter()
        // One that moved since: its units stay counted where they stood.
        .map(|path| found.remove(path).unwrap_or_else(|| place.clone()))
        .collect();
    let titles = compared.titles.len();
    let mut effect = Effect {
        year,
        as_of: units.plan.as_of,
        place: place.clone(),
        units: compared.units,
        people: compared.people,
        titles: Vec::with_capacity(titles),
        places: places
            .into_iter()
            .map(|place| PlaceEffect {
                place,
                tallies: vec![Tally::default(); titles],
            })
            .collect(),
        kinds: Vec::new(),
        moved: compared.moved,
        of,
    };
    let mut kinds: BTreeMap<Kind, Vec<Tally>> = BTreeMap::new();
    for moved in &effect.moved {
        effect.places[moved.place].tallies[moved.title].count(moved.what);
        let kind = kind_of(&effect.of, moved.who);
        let tallies = kinds
            .entry(kind)
            .or_insert_with(|| vec![Tally::default(); titles]);
        tallies[moved.title].count(moved.what);
    }
    let kinds = kinds.into_iter();
    effect.kinds = kinds
        .map(|(kind, tallies)| KindEffect { kind, tallies })
        .collect();
    for (title, (key, before, after)) in compared.titles.into_iter().enumerate() {
        let mut tally = Tally::default();
        for moved in effect.moved.iter().filter(|moved| moved.title == title) {
            tally.count(moved.what);
        }
        effect.titles.push(TitleEffect {
            name: names.get(&key).cloned().unwrap_or_default(),
            key,
            before,
            after,
            tally,
        });
    }
    Ok(effect)
}
