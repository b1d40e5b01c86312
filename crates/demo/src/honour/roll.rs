//! The titles held as the roll keeps them, each with what happened to it.

use std::collections::HashMap;

use anyhow::Result;
use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::{
        ids::{HonourId, UnitId},
        place::UnitKind,
    },
    honour::honour::{self, HonourAct, HonourEvent, HonourSource},
};
use jianjia_standard::kinds::HonourLevel;
use jiff::Timestamp;

use crate::{
    core::city::{City, Ids},
    honour::title::{self as titles, Honour},
};

/// The city's word for who entered what was there before the program.
pub const ENTERED_BY: &str = "旧册录入";

/// The most titles given in one act.
const BATCH: usize = 120;

/// The roll that is being written.
struct Roll<'a> {
    city: &'a City,
    ids: &'a Ids<'a>,
    entered_at: Timestamp,
    /// Every federation gave its titles in acts of its own, each small enough to be looked over: by its word for the act and the federation, the
    /// act's key and how many titles it has.
    batches: HashMap<(&'static str, UnitId), (String, usize)>,
}

/// All titles that were given, with what happened to each.
///
/// # Errors
/// Never: the days are good ones.
pub fn roll(
    city: &City,
    ids: &Ids,
    given: &[Honour],
    entered_at: Timestamp,
) -> Result<(Vec<honour::Honour>, Vec<HonourEvent>)> {
    let mut roll = Roll {
        city,
        ids,
        entered_at,
        batches: HashMap::new(),
    };
    let mut honours = Vec::with_capacity(given.len());
    let mut events = Vec::new();
    for given in given {
        let id = HonourId(ids.next());
        let named_by = giver(city, given.unit, given.level);
        let batch = roll.batch(given.batch, named_by);
        roll.tell(id, given, &mut events)?;
        honours.push(roll.entered(id, given, named_by, batch));
    }
    Ok((honours, events))
}

impl Roll<'_> {
    /// The key of the act that a title was given in; empty where nobody remembers one.
    fn batch(&mut self, word: &'static str, named_by: UnitId) -> String {
        if word.is_empty() {
            return String::new();
        }
        let fresh = || (self.ids.next().simple().to_string(), 0);
        let batch = self.batches.entry((word, named_by)).or_insert_with(fresh);
        if batch.1 >= BATCH {
            *batch = fresh();
        }
        batch.1 += 1;
        batch.0.clone()
    }

    /// What happened to a title: it was entered, and may have been reconfirmed, suspended, revoked or withdrawn since.
    fn tell(&self, id: HonourId, given: &Honour, events: &mut Vec<HonourEvent>) -> Result<()> {
        let mut event = |act, reason: &str, at| {
            events.push(HonourEvent {
                id: self.ids.next().simple().to_string(),
                honour: id,
                act,
                reason: reason.to_owned(),
                document_number: String::new(),
                account: None,
                account_name: ENTERED_BY.to_owned(),
                at,
            });
        };
        event(HonourAct::Imported, "", self.entered_at);
        if given.reconfirmed {
            let reason = "复核：仍符合模范的条件（P5）";
            let at = "2016-09-12T01:00:00Z".parse()?;
            event(HonourAct::Reconfirmed, reason, at);
        }
        if let Some((act, reason)) = titles::reason_of(given.state) {
            event(act, reason, "2016-09-20T01:00:00Z".parse()?);
        }
        Ok(())
    }

    fn entered(
        &self,
        id: HonourId,
        given: &Honour,
        named_by: UnitId,
        batch: String,
    ) -> honour::Honour {
        let unit = &self.city.units[given.unit];
        let person = given.person.map(|index| &self.city.people[index]);
        honour::Honour {
            id,
            title: given.title.clone(),
            level: given.level,
            year: given.year,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: unit.division.clone(),
            holder_name: unit.name.clone(),
            holder_sort_key: sort_key(&unit.name),
            person: person.map(|person| person.id),
            person_name: person.map_or_else(String::new, |person| person.name.clone()),
            number: given.number.clone(),
            begun_on: given.begun_on,
            state: given.state,
            reconfirmed: given.reconfirmed,
            reconfirmed_by: given.reconfirmed.then_some(named_by),
            source: HonourSource::Imported,
            named_by: Some(named_by),
            application: None,
            batch,
            revision: 1,
            recorded_at: self.entered_at,
        }
    }
}

/// The federation that gives a title of this level to a unit.
fn giver(city: &City, unit: usize, level: HonourLevel) -> UnitId {
    let deciding = match level {
        HonourLevel::County => city.nearest_above(unit, &[UnitKind::District, UnitKind::Industry]),
        _ => None,
    };
    city.units[deciding.unwrap_or(city.cast.city)].id
}
