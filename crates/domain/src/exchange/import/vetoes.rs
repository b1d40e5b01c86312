//! A table of vetoes: what departments report of a year, row by row with its source. A veto on record is never changed by a table.

use std::collections::HashMap;

use jianjia_standard::Standard;

use super::titles::year_of;
use crate::{
    core::text::line,
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate},
        refusal::ImportRefusal,
    },
    register::{credit_code, unit::Unit},
    round::veto::{self, Veto, VetoInput},
};

/// What importing the table does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub report: ImportReport,
    /// The place in the units, and the veto.
    pub new: Vec<(usize, VetoInput)>,
}

/// The columns, with the words shown and whether they must be there.
pub fn columns() -> Vec<ImportColumn> {
    [
        ("unit", "单位工会", "Union", true),
        ("year", "年度", "Year", true),
        ("clause", "情形", "Clause", true),
        ("source", "来源", "Source", true),
        ("note", "说明", "Note", false),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required))
    .to_vec()
}

/// Decides about every row. `standard_of` gives the standard of a year, `units` are the living units within reach, `standing` the vetoes in force over them.
pub fn plan<'a>(
    rows: &[ImportRow],
    standard_of: &dyn Fn(i16) -> &'a Standard,
    units: &[Unit],
    standing: &[Veto],
) -> Plan {
    let columns = columns();
    let words = by_word(units);
    let mut seen: HashMap<(usize, i16, String), usize> = HashMap::new();
    let mut plan = Plan::default();
    for (index, row) in rows.iter().enumerate() {
        let mut reasons = Reasons::default();
        let unit = unit_of(&columns, "unit", row, &words, &mut reasons);
        let year = year_of(row.get("year"), 0, i16::MAX).unwrap_or(0);
        let standard = standard_of(year);
        let input = VetoInput {
            year,
            clause: clause_of(standard, row.get("clause")),
            source: line(row.get("source")),
            note: line(row.get("note")),
        };
        if let Some(unit) = unit
            && let Err(refusal) = veto::take_over(standard, &units[unit].place(), &input)
        {
            reasons.add(&columns, "unit", &refusal);
        }
        let outcome = match unit {
            Some(unit) if reasons.is_empty() => {
                let on_record = standing.iter().any(|veto| {
                    veto.unit == units[unit].id
                        && veto.year == input.year
                        && veto.clause == input.clause
                        && veto.lifted.is_none()
                });
                let key = (unit, input.year, input.clause.clone());
                match seen.get(&key) {
                    _ if on_record => Outcome::Unchanged,
                    Some(earlier) if rows[*earlier].cells == row.cells => Outcome::Duplicate {
                        of_row: rows[*earlier].number,
                    },
                    Some(earlier) => {
                        let differs = ImportRefusal::DiffersFromRow {
                            row: rows[*earlier].number,
                        };
                        reasons.add(&columns, "", &differs.into());
                        reasons.outcome()
                    }
                    None => {
                        seen.insert(key, index);
                        plan.new.push((unit, input));
                        Outcome::New
                    }
                }
            }
            _ => reasons.outcome(),
        };
        plan.report.rows.push(RowFate {
            row: row.number,
            name: line(row.get("unit")),
            outcome,
        });
    }
    plan
}

/// A clause by its id or its name; what is neither comes back as typed.
fn clause_of(standard: &Standard, typed: &str) -> String {
    let typed = line(typed);
    standard
        .vetoes
        .iter()
        .find(|veto| {
            veto.clause.eq_ignore_ascii_case(&typed)
                || veto.name.zh == typed
                || veto.name.en == typed
        })
        .map_or(typed, |veto| veto.clause.clone())
}

/// The places of units by name, number and credit code; None where two have the same.
pub(crate) fn by_word(units: &[Unit]) -> HashMap<String, Option<usize>> {
    let mut words: HashMap<String, Option<usize>> = HashMap::new();
    for (place, unit) in units.iter().enumerate() {
        let known = [
            Some(unit.details.name.clone()),
            unit.details.credit_code.clone(),
            Some(unit.number.to_string()),
        ];
        for word in known.into_iter().flatten() {
            words
                .entry(word)
                .and_modify(|known| *known = None)
                .or_insert(Some(place));
        }
    }
    words
}

/// The unit that a row names, or a reason why none.
pub(crate) fn unit_of(
    columns: &[ImportColumn],
    key: &str,
    row: &ImportRow,
    words: &HashMap<String, Option<usize>>,
    reasons: &mut Reasons,
) -> Option<usize> {
    let typed = line(row.get(key));
    let found = words
        .get(&typed)
        .or_else(|| words.get(&credit_code::normalise(&typed)))
        .copied()
        .flatten();
    if typed.is_empty() {
        reasons.add(columns, key, &ImportRefusal::UnitMissing.into());
    } else if found.is_none() {
        reasons.add(columns, key, &ImportRefusal::UnitUnknown { typed }.into());
    }
    found
}
