//! One row once its upper union is known: a new union, a change of a known one, or the same as an earlier row.

use std::collections::hash_map::Entry;

use jianjia_standard::Text;

use super::{ChangedUnit, NewUnit, Planner, Upper, written::kind_words};
use crate::{
    core::{
        place::UnitKind,
        text::{
            form::{of_name, of_union},
            line, private_character,
        },
    },
    exchange::import::{
        ImportRow,
        fate::{Outcome, Reasons, repeated},
        refusal::ImportRefusal,
    },
    register::{
        person::not_one_person,
        unit::{
            Unit, UnitDetails,
            change::{check_kind, check_upper, may_stand_under},
            form::differing,
            refusal::UnitRefusal,
        },
    },
};

impl Planner<'_> {
    pub(super) fn change(
        &mut self,
        index: usize,
        place: usize,
        kind: Option<UnitKind>,
        details: UnitDetails,
        upper: Upper,
    ) -> Outcome {
        let row = &self.rows[index];
        let unit = &self.register.units[place];
        let mut reasons = Reasons::default();
        self.check_renaming(index, unit, &details, &mut reasons);
        let kind = kind.unwrap_or(unit.kind);
        self.check_upper_and_kind(row, unit, kind, upper, &mut reasons);
        if let Some(holder) = self
            .by_place
            .get(&(unit.parent_id, of_union(&details.name).into()))
            && *holder != place
        {
            let name = details.name.clone();
            let upper = row.get("upper").to_owned();
            reasons.add(
                &self.columns,
                "name",
                &UnitRefusal::NameTaken { name, upper }.into(),
            );
        }
        self.check_code(&details, Some(place), &mut reasons);
        self.check_chair(index, &mut reasons);
        let row = &self.rows[index];
        let chair = self.chair_to_add(row, unit, &mut reasons);
        if let Some(outcome) = self.duplicate(index, &details, Some(place), upper) {
            return outcome;
        }
        if !reasons.is_empty() {
            return reasons.outcome();
        }
        let mut fields: Vec<Text> = differing(&unit.details, &details)
            .into_iter()
            .map(|field| text(field.zh, field.en))
            .collect();
        if kind != unit.kind {
            fields.push(text("工会类型", "Kind"));
        }
        if !chair.is_empty() {
            fields.push(text("工会主席", "Chair"));
        }
        if fields.is_empty() {
            return Outcome::Unchanged;
        }
        self.written[index] = self.written_of(index, kind, &details, upper);
        self.plan.changed.push(ChangedUnit {
            unit: place,
            kind,
            details,
            chair,
        });
        Outcome::Changed { fields }
    }

    pub(super) fn found(
        &mut self,
        index: usize,
        upper: Upper,
        kind: UnitKind,
        details: UnitDetails,
    ) -> Outcome {
        let mut reasons = Reasons::default();
        let refused = match upper {
            Upper::Nobody => None,
            Upper::Registered(id) => self
                .by_id
                .get(&id)
                .and_then(|place| check_upper(kind, &self.register.units[*place]).err()),
            Upper::New(place) => {
                let upper = self.plan.new[place].kind;
                (!may_stand_under(kind, upper)).then_some(UnitRefusal::KindUnder { kind, upper })
            }
        };
        if let Some(refusal) = refused {
            reasons.add(&self.columns, "kind", &refusal.into());
        }
        self.check_code(&details, None, &mut reasons);
        self.check_near(index, kind, &details, &mut reasons);
        self.check_chair(index, &mut reasons);
        if let Some(outcome) = self.duplicate(index, &details, None, upper) {
            return outcome;
        }
        if !reasons.is_empty() {
            return reasons.outcome();
        }
        let mut written = self.written_of(index, kind, &details, upper);
        let row = &self.rows[index];
        if row.get("kind").is_empty() {
            // What it is where nobody says otherwise.
            written.words(row, "kind", kind_words(kind));
        }
        self.written[index] = written;
        self.plan.new.push(NewUnit {
            upper,
            kind,
            details,
            chair: line(self.rows[index].get("chair")),
        });
        Outcome::New
    }

    fn check_upper_and_kind(
        &self,
        row: &ImportRow,
        unit: &Unit,
        kind: UnitKind,
        upper: Upper,
        reasons: &mut Reasons,
    ) {
        let registered_upper = unit.parent_id.map(Upper::Registered);
        if !row.get("upper").is_empty() && registered_upper != Some(upper) {
            let registered = unit
                .parent_id
                .and_then(|id| self.by_id.get(&id))
                .map_or_else(String::new, |place| {
                    self.register.units[*place].details.name.clone()
                });
            reasons.add(
                &self.columns,
                "upper",
                &ImportRefusal::UpperDiffers { registered }.into(),
            );
        }
        if kind != unit.kind {
            let upper = unit
                .parent_id
                .and_then(|id| self.by_id.get(&id))
                .map(|place| &self.register.units[*place]);
            let below = self
                .kinds_below
                .get(&unit.id)
                .map_or(&[][..], Vec::as_slice);
            if let Err(refusal) = check_kind(kind, upper, below) {
                reasons.add(&self.columns, "kind", &refusal.into());
            }
        }
    }

    /// The chair that the row adds; empty when it names none, or the one that is registered.
    fn chair_to_add(&self, row: &ImportRow, unit: &Unit, reasons: &mut Reasons) -> String {
        let mut chair = line(row.get("chair"));
        match self.register.chairs.get(&unit.id) {
            Some(known) if chair.is_empty() || of_name(known) == of_name(&chair) => chair.clear(),
            Some(known) => {
                let chair = known.clone();
                reasons.add(
                    &self.columns,
                    "chair",
                    &ImportRefusal::ChairDiffers { chair }.into(),
                );
            }
            None => {}
        }
        chair
    }

    fn check_chair(&self, index: usize, reasons: &mut Reasons) {
        let typed = self.rows[index].get("chair");
        if typed.is_empty() {
            return;
        }
        if let Some(character) = private_character(typed) {
            let refusal = UnitRefusal::PrivateCharacter { character };
            reasons.add(&self.columns, "chair", &refusal.into());
        } else if let Some(refusal) = not_one_person(typed) {
            reasons.add(&self.columns, "chair", &refusal.into());
        }
    }

    fn check_code(&self, details: &UnitDetails, place: Option<usize>, reasons: &mut Reasons) {
        let Some(code) = &details.credit_code else {
            return;
        };
        let here = self
            .by_code
            .get(code.as_str())
            .filter(|holder| Some(**holder) != place)
            .map(|holder| self.register.units[*holder].details.name.clone());
        let holder = here.or_else(|| self.register.codes_elsewhere.get(code).cloned());
        if let Some(holder) = holder {
            reasons.add(
                &self.columns,
                "credit_code",
                &UnitRefusal::CodeTaken { holder }.into(),
            );
        }
    }

    /// Whether an earlier row is about the same unit: then this one says the same, or is refused.
    fn duplicate(
        &mut self,
        index: usize,
        details: &UnitDetails,
        place: Option<usize>,
        upper: Upper,
    ) -> Option<Outcome> {
        let upper = place.map_or(upper, |place| {
            self.register.units[place]
                .parent_id
                .map_or(upper, Upper::Registered)
        });
        let by_code = details
            .credit_code
            .as_ref()
            .and_then(|code| self.row_by_code.get(code).copied());
        let at_place = self.row_by_place.entry((upper, of_union(&details.name)));
        let by_place = || match &at_place {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(_) => None,
        };
        let earlier = by_code.or_else(by_place);
        if let Some(earlier) = earlier {
            // A row of the same code may not call the union something else, nor put it elsewhere.
            let meant_alike: &[&str] = if by_place() == Some(earlier) {
                &["name", "upper"]
            } else {
                &[]
            };
            let rows = (&self.rows[earlier], &self.rows[index]);
            return Some(repeated(&self.columns, rows, meant_alike));
        }
        if let Some(code) = &details.credit_code {
            self.row_by_code.insert(code.clone(), index);
        }
        at_place.insert_entry(index);
        None
    }
}

fn text(zh: &str, en: &str) -> Text {
    Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}
