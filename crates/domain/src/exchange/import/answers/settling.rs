//! What becomes of the answers of a table's rows, each beside the rows before it and what was said before.

use std::collections::HashMap;

use jianjia_standard::Text;

use super::{Place, Plan};
use crate::{
    core::ids::UnitId,
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{Outcome, Reasons, repeated},
    },
    round::{
        department::{self, Asked, Beside, Said, SheetAnswer},
        entry::Entry,
    },
};

/// The columns in which two rows are alike that say the same.
const ALIKE: [&str; 10] = [
    "unit",
    "credit_code",
    "employer",
    "employer_code",
    "department",
    "year",
    "answer",
    "clause",
    "on",
    "by",
];

/// The table, as far as its rows were decided about.
pub(super) struct Table<'a> {
    columns: &'a [ImportColumn],
    rows: &'a [ImportRow],
    asked: &'a HashMap<Place<'a>, &'a Asked>,
    /// What was said of each unit before.
    entries: HashMap<Place<'a>, Vec<Entry>>,
    /// What the rows before say of each, by their index.
    seen: HashMap<(i16, String, UnitId), Vec<(usize, Said)>>,
    pub(super) plan: Plan,
}

impl<'a> Table<'a> {
    pub(super) fn of(
        columns: &'a [ImportColumn],
        rows: &'a [ImportRow],
        said: &'a [Entry],
        asked: &'a HashMap<Place<'a>, &'a Asked>,
    ) -> Table<'a> {
        let mut entries: HashMap<Place<'a>, Vec<Entry>> = HashMap::new();
        for entry in said {
            let place = (entry.year, entry.department.as_str(), entry.unit);
            entries.entry(place).or_default().push(entry.clone());
        }
        Table {
            columns,
            rows,
            asked,
            entries,
            seen: HashMap::new(),
            plan: Plan::default(),
        }
    }

    /// What becomes of the answer of the row at this index; one that is kept is among the new ones of the plan.
    pub(super) fn settle(&mut self, index: usize, new: SheetAnswer) -> Outcome {
        let key = (new.year, new.department.clone(), new.unit);
        let earlier = self.seen.entry(key).or_default();
        // One unit may be in several states; but not in one and in none, and not twice in one.
        let clashing: Vec<(usize, Said)> = earlier
            .iter()
            .filter(|(_, said)| is_of_one(said, &new.said))
            .cloned()
            .collect();
        if let Some((before, _)) = clashing.first() {
            let is_same = earlier.iter().any(|(_, said)| *said == new.said);
            let alike: &[&str] = if is_same { &ALIKE } else { &[] };
            let (before, row) = (&self.rows[*before], &self.rows[index]);
            let outcome = repeated(self.columns, (before, row), alike);
            if !is_same {
                self.refuse_both(index, &clashing, &new);
            }
            return outcome;
        }
        earlier.push((index, new.said.clone()));
        let place = (new.year, new.department.as_str(), new.unit);
        let Some(asked) = self.asked.get(&place) else {
            return Outcome::Unchanged;
        };
        let of_unit = self.entries.get(&place).map_or(&[][..], Vec::as_slice);
        match department::beside(asked, &new.said, of_unit) {
            Ok(Beside::Same) => Outcome::Unchanged,
            Ok(Beside::New) => {
                let outcome = match asked.answer {
                    None => Outcome::New,
                    Some(_) => Outcome::Changed {
                        fields: vec![Text {
                            zh: "答复".to_owned(),
                            en: "Answer".to_owned(),
                        }],
                    },
                };
                self.plan.new.push(new);
                outcome
            }
            Err(refusal) => {
                let mut reasons = Reasons::default();
                reasons.add(self.columns, "answer", &refusal.into());
                reasons.outcome()
            }
        }
    }

    /// Which of two that contradict each other is meant nobody knows: neither is taken, whichever stands first.
    fn refuse_both(&mut self, index: usize, clashing: &[(usize, Said)], new: &SheetAnswer) {
        for (before, said) in clashing {
            let rows = (&self.rows[index], &self.rows[*before]);
            self.plan.report.rows[*before].outcome = repeated(self.columns, rows, &[]);
            self.plan.new.retain(|one| {
                (one.year, &one.department, one.unit, &one.said)
                    != (new.year, &new.department, new.unit, said)
            });
        }
    }
}

/// Whether two answers are about one state, or one of them says that there is none.
fn is_of_one(one: &Said, other: &Said) -> bool {
    let (one, other) = (clause(one), clause(other));
    one == other || one.is_empty() || other.is_empty()
}

fn clause(said: &Said) -> &str {
    match said {
        Said::InState(state) => &state.clause,
        Said::Clear { .. } | Said::Unknown { .. } => "",
    }
}
