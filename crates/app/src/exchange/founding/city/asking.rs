//! What departments were asked in rounds that are over.

use jianjia_domain::{
    core::ids::{AccountId, AnswerId, DepartmentListId, VetoId},
    round::{
        department::{Answer, AnswerKind, DepartmentList},
        entry::{Entry, Outcome},
        veto::Veto,
    },
};
use jianjia_store::round::{department as departments, entry as entries, veto as vetoes};
use jiff::{Timestamp, civil::Date};

use super::CityFounding;
use crate::{
    core::error::Result,
    round::department::{asked_of, barred},
};

/// What the departments were asked in a past round, and what they said.
#[derive(Clone, Debug)]
pub struct Asking {
    pub year: i16,
    pub sent_at: Timestamp,
    pub sent_by: (AccountId, String),
    pub due_on: Date,
    pub answered_at: Timestamp,
    /// Who answered for a department: its key, the account, the name. One that is missing said nothing.
    pub answered_by: Vec<(String, AccountId, String)>,
    /// The states that were said, each with what became of it; of all other units departments said that there is nothing.
    pub entries: Vec<Entry>,
}

impl CityFounding {
    /// Enters what the departments were asked and said of the units that applied in a round. An upheld state is on record as a veto.
    pub async fn departments(&mut self, asking: Asking) -> Result<()> {
        let Asking { year, sent_at, .. } = asking;
        let tx = &mut self.tx;
        let standard = self.app.standards.of(year).clone();
        let titles = barred(&standard);
        let mut concerned = Vec::new();
        for department in &standard.departments {
            concerned = departments::unasked(tx, (year, &department.key), &titles).await?;
            if concerned.is_empty() {
                return Ok(());
            }
            let list = DepartmentList {
                id: DepartmentListId(self.app.entropy.id(sent_at)),
                year,
                department: department.key.clone(),
                number: 1,
                due_on: asking.due_on,
                sent_at,
                sent_by_name: asking.sent_by.1.clone(),
            };
            departments::insert_list(tx, &list, &asking.sent_by.0).await?;
            let mut by = asking.answered_by.iter();
            let by = by.find(|(key, ..)| *key == department.key);
            let mut asked = Vec::with_capacity(concerned.len());
            let mut answers = Vec::new();
            for unit in &concerned {
                asked.push(asked_of(&list, unit));
                let is_in_state = asking.entries.iter().any(|entry| {
                    (entry.department.as_str(), entry.unit) == (&*department.key, unit.id)
                });
                answers.extend(by.map(|(_, account, name)| {
                    let answer = Answer {
                        kind: match is_in_state {
                            true => AnswerKind::InState,
                            false => AnswerKind::Clear,
                        },
                        by: Some(*account),
                        by_name: name.clone(),
                        entered_by_name: String::new(),
                        at: asking.answered_at,
                        note: String::new(),
                    };
                    let id = AnswerId(self.app.entropy.id(asking.answered_at));
                    (id, unit.id, answer)
                }));
            }
            departments::ask(tx, &asked).await?;
            departments::answer(tx, (year, &department.key), &answers).await?;
        }
        let is_asked = |entry: &Entry| concerned.iter().any(|unit| unit.id == entry.unit);
        for entry in asking.entries.into_iter().filter(is_asked) {
            entries::insert(tx, &entry).await?;
            if let Some(reply) = &entry.reply {
                entries::reply(tx, &entry.id, reply).await?;
            }
            let Some(mut decision) = entry.decision.clone() else {
                continue;
            };
            if decision.outcome == Outcome::Upheld {
                let veto = Veto {
                    id: VetoId(self.app.entropy.id(decision.at)),
                    unit: entry.unit,
                    unit_path: entry.unit_path.clone(),
                    unit_name: entry.unit_name.clone(),
                    year,
                    clause: entry.clause.clone(),
                    source: entry.source(&standard),
                    note: entry.note.clone(),
                    recorded_by: decision.by,
                    recorded_by_name: decision.by_name.clone(),
                    recorded_at: decision.at,
                    entry: Some(entry.id),
                    lifted: None,
                };
                let is_recorded = vetoes::record(tx, &veto).await?;
                let (unit, clause) = (&veto.unit_name, &veto.clause);
                let barred = || anyhow::anyhow!("{unit} is barred by {clause} already");
                is_recorded.then_some(()).ok_or_else(barred)?;
                decision.veto = Some(veto.id);
            }
            entries::decide(tx, &entry.id, &decision).await?;
        }
        Ok(())
    }
}
