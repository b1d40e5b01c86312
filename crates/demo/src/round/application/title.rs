//! The title that an application becomes.

use anyhow::{Context, Result};
use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::{day, ids::HonourId, place::UnitKind},
    honour::honour::{Honour, HonourAct, HonourEvent, HonourSource, HonourState},
};
use jianjia_standard::kinds::HonourLevel;

use crate::{making::YEAR, round::application::Walk};

impl Walk<'_, '_> {
    /// Begins the title of an application that was just named.
    pub(super) fn begin_title(&mut self) -> Result<()> {
        let (desk, filing) = (self.desk, self.filing);
        let unit = &desk.city.units[filing.unit];
        let person = filing.person.map(|index| &desk.city.people[index]);
        let application = &self.way.application;
        let step = application.state.step();
        let by = step
            .and_then(|step| application.route.get(step))
            .context("a named application has its step")?;
        let level = if by.unit.kind == UnitKind::City {
            HonourLevel::City
        } else {
            HonourLevel::County
        };
        let (_, account_name) = desk.signer(by.unit.id);
        let given = Honour {
            id: HonourId(desk.ids.next()),
            title: filing.title.key.clone(),
            level,
            year: YEAR,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: unit.division.clone(),
            holder_name: unit.name.clone(),
            holder_sort_key: sort_key(&unit.name),
            person: person.map(|person| person.id),
            person_name: person.map_or_else(String::new, |person| person.name.clone()),
            number: String::new(),
            begun_on: day::day_of(self.at),
            state: HonourState::InForce,
            reconfirmed: false,
            reconfirmed_by: None,
            source: HonourSource::Named,
            named_by: Some(by.unit.id),
            application: Some(application.id),
            batch: desk.ids.next().simple().to_string(),
            revision: 1,
            recorded_at: self.at,
        };
        let event = HonourEvent {
            id: desk.ids.next().simple().to_string(),
            honour: given.id,
            act: HonourAct::Named,
            reason: String::new(),
            document_number: String::new(),
            account: None,
            account_name,
            at: self.at,
        };
        self.way.title = Some((given, event));
        Ok(())
    }
}
