//! A table of people: which are new, which change, which can't be taken.

use std::collections::HashMap;

use jianjia_standard::Text;
use jiff::civil::Date;

use crate::{
    core::{
        ids::UnitId,
        text::{form::of_name, line},
    },
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written, repeated},
        unit::{Names, unit_of},
    },
    register::{
        person::{self, Person, PersonDetails, PersonForm, PersonRefusal, Post},
        unit::Unit,
    },
};

/// What importing the table does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub report: ImportReport,
    /// The place in the units and the details.
    pub new: Vec<(usize, PersonDetails)>,
    /// The place in the people and the details.
    pub changed: Vec<(usize, PersonDetails)>,
}

/// The columns, with the words shown and whether they must be there.
pub fn columns() -> Vec<ImportColumn> {
    let columns = [
        ("name", "姓名", "Name", true),
        ("unit", "所在工会", "Union", true),
        ("post", "身份", "Post", true),
        ("duty", "职务", "Duty", false),
        ("phone", "电话", "Phone", false),
        ("since_on", "任职日期", "Since", false),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required));
    ImportColumn::with_own(columns.to_vec(), &["name", "phone"])
}

/// Decides about every row. `units` are the living units within reach, `people` those in post in them.
pub fn plan(rows: &[ImportRow], units: &[Unit], people: &[Person], today: Date) -> Plan {
    let mut planner = Planner::new(units, people, today);
    let mut seen: HashMap<(UnitId, String, String), usize> = HashMap::new();
    let mut report = ImportReport::default();
    for (index, row) in rows.iter().enumerate() {
        let mut written = Written::default();
        let outcome = match planner.read(row) {
            Ok(read) => match seen.get(&read.key()) {
                Some(earlier) => {
                    repeated(&planner.columns, (&rows[*earlier], row), &["unit", "name"])
                }
                None => {
                    seen.insert(read.key(), index);
                    let writes = written_of(row, &units[read.unit], &read.details);
                    let outcome = planner.decide(read);
                    if matches!(outcome, Outcome::New | Outcome::Changed { .. }) {
                        written = writes;
                    }
                    outcome
                }
            },
            Err(reasons) => reasons.outcome(),
        };
        report
            .rows
            .push(RowFate::of(row, line(row.get("name")), outcome).writing(written));
    }
    Plan {
        report,
        ..planner.plan
    }
}

struct Planner<'a> {
    columns: Vec<ImportColumn>,
    units: &'a [Unit],
    people: &'a [Person],
    today: Date,
    names: Names<'a>,
    /// The places of the people of each unit.
    of_unit: HashMap<UnitId, Vec<usize>>,
    /// The chairs' names, and their places if registered.
    chairs: HashMap<UnitId, (String, Option<usize>)>,
    plan: Plan,
}

/// A row that can be read.
struct Read {
    /// The place in the units, and its id.
    unit: usize,
    unit_id: UnitId,
    /// The place in the people, of one who is registered.
    existing: Option<usize>,
    details: PersonDetails,
}

impl Read {
    /// By which two rows are about the same person.
    fn key(&self) -> (UnitId, String, String) {
        let phone = self.details.phone.clone().unwrap_or_default();
        (self.unit_id, of_name(&self.details.name), phone)
    }
}

impl<'a> Planner<'a> {
    fn new(units: &'a [Unit], people: &'a [Person], today: Date) -> Planner<'a> {
        let mut planner = Planner {
            columns: columns(),
            units,
            people,
            today,
            names: Names::of(units),
            of_unit: HashMap::new(),
            chairs: HashMap::new(),
            plan: Plan::default(),
        };
        for (place, person) in people.iter().enumerate() {
            let of_unit = planner.of_unit.entry(person.unit_id).or_default();
            of_unit.push(place);
            if person.details.post == Post::Chair {
                let chair = (person.details.name.clone(), Some(place));
                planner.chairs.insert(person.unit_id, chair);
            }
        }
        planner
    }

    fn read(&self, row: &ImportRow) -> Result<Read, Reasons> {
        let mut reasons = Reasons::of(&self.columns, row);
        let unit = unit_of(&self.columns, "unit", row, &self.names, &mut reasons);
        let existing = unit.and_then(|unit| {
            self.of_unit
                .get(&self.units[unit].id)?
                .iter()
                .copied()
                .find(|place| is_same(&self.people[*place], row))
        });
        let mut form = existing.map_or_else(PersonForm::default, |place| {
            person::form_of(&self.people[place].details)
        });
        // An empty cell says nothing: what is known stays.
        for (value, key) in [
            (&mut form.name, "name"),
            (&mut form.post, "post"),
            (&mut form.duty, "duty"),
            (&mut form.phone, "phone"),
            (&mut form.since_on, "since_on"),
        ] {
            if !row.get(key).is_empty() {
                row.get(key).clone_into(value);
            }
        }
        if let Some(existing) = existing {
            // Another spelling of a registered name is no change of it.
            form.name = self.people[existing].details.name.clone();
        }
        let details = person::read(&form, self.today);
        if let Err(refusal) = &details {
            reasons.add(&self.columns, "", refusal);
        }
        match (unit, details) {
            (Some(unit), Ok(details)) if reasons.is_empty() => Ok(Read {
                unit,
                unit_id: self.units[unit].id,
                existing,
                details,
            }),
            _ => Err(reasons),
        }
    }

    fn decide(&mut self, read: Read) -> Outcome {
        if read.details.post == Post::Chair {
            if let Some((chair, place)) = self.chairs.get(&read.unit_id)
                && (*place != read.existing || place.is_none())
            {
                let chair = chair.clone();
                let mut reasons = Reasons::default();
                reasons.add(
                    &self.columns,
                    "post",
                    &PersonRefusal::ChairTaken { chair }.into(),
                );
                return reasons.outcome();
            }
            let chair = (read.details.name.clone(), read.existing);
            self.chairs.insert(read.unit_id, chair);
        }
        let Some(place) = read.existing else {
            self.plan.new.push((read.unit, read.details));
            return Outcome::New;
        };
        let before = &self.people[place].details;
        if *before == read.details {
            return Outcome::Unchanged;
        }
        let fields = changed_fields(before, &read.details);
        self.plan.changed.push((place, read.details));
        Outcome::Changed { fields }
    }
}

/// What the row writes, as it will stand in the register.
fn written_of(row: &ImportRow, unit: &Unit, details: &PersonDetails) -> Written {
    let mut written = Written::default();
    let form = person::form_of(details);
    written.text(row, "unit", &unit.details.name);
    for (key, text) in [
        ("name", &form.name),
        ("duty", &form.duty),
        ("phone", &form.phone),
        ("since_on", &form.since_on),
    ] {
        if !row.get(key).is_empty() {
            written.text(row, key, text);
        }
    }
    let (zh, en) = (
        details.post.word().to_owned(),
        details.post.key().to_owned(),
    );
    written.words(row, "post", Text { zh, en });
    written
}

fn changed_fields(before: &PersonDetails, details: &PersonDetails) -> Vec<Text> {
    let changes = [
        (before.post != details.post, "身份", "Post"),
        (before.duty != details.duty, "职务", "Duty"),
        (before.phone != details.phone, "电话", "Phone"),
        (before.since_on != details.since_on, "任职日期", "Since"),
    ];
    changes
        .into_iter()
        .filter(|(is_changed, ..)| *is_changed)
        .map(|(_, zh, en)| Text {
            zh: zh.to_owned(),
            en: en.to_owned(),
        })
        .collect()
}

/// The same name in the same unit is the same person, unless both have a phone and these differ.
fn is_same(person: &Person, row: &ImportRow) -> bool {
    let phone = crate::register::unit::form::phone(row.get("phone"));
    of_name(&person.details.name) == of_name(row.get("name"))
        && (person.details.phone.is_none() || phone.is_none() || person.details.phone == phone)
}
