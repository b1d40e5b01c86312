//! A table of people: which are new, which change, which can't be taken.

use std::collections::HashMap;

use jianjia_standard::Text;
use jiff::civil::Date;

use crate::{
    core::{ids::UnitId, text::line},
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate},
        refusal::ImportRefusal,
    },
    register::{
        credit_code,
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
    [
        ("name", "姓名", "Name", true),
        ("unit", "所在工会", "Union", true),
        ("post", "身份", "Post", true),
        ("duty", "职务", "Duty", false),
        ("phone", "电话", "Phone", false),
        ("since_on", "任职日期", "Since", false),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required))
    .to_vec()
}

/// Decides about every row. `units` are the living units within reach, `people` those in post in them.
pub fn plan(rows: &[ImportRow], units: &[Unit], people: &[Person], today: Date) -> Plan {
    let columns = columns();
    let mut by_word: HashMap<String, Option<usize>> = HashMap::new();
    for (place, unit) in units.iter().enumerate() {
        let words = [
            Some(unit.details.name.clone()),
            unit.details.credit_code.clone(),
            Some(unit.number.to_string()),
        ];
        for word in words.into_iter().flatten() {
            by_word
                .entry(word)
                .and_modify(|known| *known = None)
                .or_insert(Some(place));
        }
    }
    let mut of_unit: HashMap<UnitId, Vec<usize>> = HashMap::new();
    for (place, person) in people.iter().enumerate() {
        of_unit.entry(person.unit_id).or_default().push(place);
    }
    let mut chairs: HashMap<UnitId, (String, Option<usize>)> = HashMap::new();
    for (place, person) in people.iter().enumerate() {
        if person.details.post == Post::Chair {
            chairs.insert(person.unit_id, (person.details.name.clone(), Some(place)));
        }
    }
    let mut seen: HashMap<(UnitId, String, String), usize> = HashMap::new();
    let mut plan = Plan::default();
    for (index, row) in rows.iter().enumerate() {
        let mut reasons = Reasons::default();
        let typed = line(row.get("unit"));
        let code = credit_code::normalise(&typed);
        let unit = by_word
            .get(&typed)
            .or_else(|| by_word.get(&code))
            .copied()
            .flatten();
        if typed.is_empty() {
            reasons.add(&columns, "unit", &ImportRefusal::UnitMissing.into());
        } else if unit.is_none() {
            reasons.add(
                &columns,
                "unit",
                &ImportRefusal::UnitUnknown { typed }.into(),
            );
        }
        let existing = unit.and_then(|unit| {
            of_unit
                .get(&units[unit].id)?
                .iter()
                .copied()
                .find(|place| is_same(&people[*place], row))
        });
        let mut form = existing.map_or_else(PersonForm::default, |place| {
            person::form_of(&people[place].details)
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
        let details = match person::read(&form, today) {
            Ok(details) => Some(details),
            Err(refusal) => {
                reasons.add(&columns, "", &refusal);
                None
            }
        };
        let outcome = match (unit, details) {
            (Some(unit), Some(details)) if reasons.is_empty() => {
                let id = units[unit].id;
                let key = (
                    id,
                    details.name.clone(),
                    details.phone.clone().unwrap_or_default(),
                );
                if let Some(earlier) = seen.get(&key).copied() {
                    let of_row = rows[earlier].number;
                    if rows[earlier].cells == row.cells {
                        Outcome::Duplicate { of_row }
                    } else {
                        reasons.add(
                            &columns,
                            "",
                            &ImportRefusal::DiffersFromRow { row: of_row }.into(),
                        );
                        reasons.outcome()
                    }
                } else {
                    seen.insert(key, index);
                    let chair = chairs.get(&id);
                    let is_taken = details.post == Post::Chair
                        && chair.is_some_and(|(_, place)| *place != existing || place.is_none());
                    if is_taken {
                        let chair = chair.map_or_else(String::new, |(name, _)| name.clone());
                        reasons.add(
                            &columns,
                            "post",
                            &PersonRefusal::ChairTaken { chair }.into(),
                        );
                        reasons.outcome()
                    } else {
                        if details.post == Post::Chair {
                            chairs.insert(id, (details.name.clone(), existing));
                        }
                        decide(&mut plan, unit, existing, people, details)
                    }
                }
            }
            _ => reasons.outcome(),
        };
        plan.report.rows.push(RowFate {
            row: row.number,
            name: line(row.get("name")),
            outcome,
        });
    }
    plan
}

fn decide(
    plan: &mut Plan,
    unit: usize,
    existing: Option<usize>,
    people: &[Person],
    details: PersonDetails,
) -> Outcome {
    let Some(place) = existing else {
        plan.new.push((unit, details));
        return Outcome::New;
    };
    let before = &people[place].details;
    if *before == details {
        return Outcome::Unchanged;
    }
    let changes = [
        (before.post != details.post, "身份", "Post"),
        (before.duty != details.duty, "职务", "Duty"),
        (before.phone != details.phone, "电话", "Phone"),
        (before.since_on != details.since_on, "任职日期", "Since"),
    ];
    let fields = changes
        .into_iter()
        .filter(|(is_changed, ..)| *is_changed)
        .map(|(_, zh, en)| Text {
            zh: zh.to_owned(),
            en: en.to_owned(),
        })
        .collect();
    plan.changed.push((place, details));
    Outcome::Changed { fields }
}

/// The same name in the same unit is the same person, unless both have a phone and these differ.
fn is_same(person: &Person, row: &ImportRow) -> bool {
    let phone = crate::register::unit::form::phone(row.get("phone"));
    person.details.name == line(row.get("name"))
        && (person.details.phone.is_none() || phone.is_none() || person.details.phone == phone)
}
