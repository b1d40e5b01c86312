//! The title that an application becomes.

use anyhow::{Context, Result};
use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::{day, ids::HonourId, place::UnitKind},
    honour::honour::{Honour, HonourAct, HonourEvent, HonourSource, HonourState},
};
use jianjia_standard::kinds::HonourLevel;
use jiff::{ToSpan, civil::Date};

use crate::{
    core::{
        day::{morning, working},
        draw::Draw,
    },
    honour::title,
    round::application::Walk,
};

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
        let begun_on = day::day_of(self.at);
        let (state, troubles) = self.troubles(begun_on);
        // Only the city names several in one act; what a federation decides is a title by itself.
        let (batch, document_number) = self.naming().map_or_else(Default::default, |naming| {
            (naming.batch.clone(), naming.document_number.clone())
        });
        let given = Honour {
            id: HonourId(desk.ids.next()),
            title: filing.title.key.clone(),
            level,
            year: desk.year,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: unit.division.clone(),
            holder_name: unit.name.clone(),
            holder_sort_key: sort_key(&unit.name),
            person: person.map(|person| person.id),
            person_name: person.map_or_else(String::new, |person| person.name.clone()),
            number: String::new(),
            begun_on,
            state,
            reconfirmed: false,
            reconfirmed_by: None,
            source: HonourSource::Named,
            named_by: Some(by.unit.id),
            application: Some(application.id),
            batch,
            revision: 1,
            recorded_at: self.at,
        };
        let event = HonourEvent {
            id: desk.ids.next().simple().to_string(),
            honour: given.id,
            act: HonourAct::Named,
            reason: String::new(),
            document_number,
            account: None,
            account_name,
            at: self.at,
        };
        let mut events = vec![event];
        let lost_on = (state != HonourState::InForce)
            .then(|| troubles.last().map(|(_, day, _)| *day))
            .flatten();
        for (act, day, reason) in troubles {
            events.push(HonourEvent {
                id: desk.ids.next().simple().to_string(),
                act,
                reason: reason.to_owned(),
                document_number: String::new(),
                at: morning(day),
                ..events[0].clone()
            });
        }
        self.given = Some(title::Honour {
            title: filing.title.key.clone(),
            level: given.level,
            year: given.year,
            unit: filing.unit,
            person: filing.person,
            number: String::new(),
            begun_on: given.begun_on,
            state,
            lost_on,
            reconfirmed: false,
            batch: "",
        });
        self.way.title = Some((given, events));
        Ok(())
    }

    /// What becomes of a title in the years after, until today: a few are suspended, and most of these taken up again; fewer are revoked. Each
    /// with its day and reason.
    fn troubles(&self, begun_on: Date) -> (HonourState, Vec<(HonourAct, Date, &'static str)>) {
        let (desk, filing) = (self.desk, self.filing);
        let who = filing.person.map_or(0, |index| index as i64 + 1);
        let number = desk.city.units[filing.unit].number;
        let mut draw = Draw::of(
            "later-troubles",
            (number << 12 | i64::from(desk.year)) ^ who << 30,
        );
        let (mut state, mut troubles) = (HonourState::InForce, Vec::new());
        if !draw.chance(5) {
            return (state, troubles);
        }
        let is_revoked = draw.chance(35);
        let first = working(begun_on.saturating_add(draw.between(90, 700).days()));
        let again = working(first.saturating_add(draw.between(40, 200).days()));
        if first < desk.today && is_revoked {
            state = HonourState::Revoked;
            troubles.push((HonourAct::Revoked, first, title::REVOKED));
        } else if first < desk.today {
            state = HonourState::Suspended;
            troubles.push((HonourAct::Suspended, first, title::SUSPENDED));
            if again < desk.today && draw.chance(70) {
                state = HonourState::InForce;
                troubles.push((HonourAct::Resumed, again, title::RESUMED));
            }
        }
        (state, troubles)
    }
}
