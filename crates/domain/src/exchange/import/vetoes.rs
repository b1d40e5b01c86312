//! A table of vetoes: what departments report of a year, row by row with its source. A veto on record is never changed by a table, and one that was lifted is
//! not recorded anew by it.

use std::collections::HashMap;

use jianjia_standard::{Standard, Text, programme::Veto as ClauseOfVeto};

use crate::{
    core::{
        day::day_of,
        ids::UnitId,
        text::{form::of_name, line},
    },
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written, repeated},
        refusal::ImportRefusal,
        titles::year_of,
        unit::{Names, unit_of},
    },
    register::{credit_code, unit::Unit},
    round::veto::{self, Veto, VetoInput, VetoRefusal, VetoState},
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
        ("credit_code", "统一社会信用代码", "Credit code", false),
        ("year", "年度", "Year", true),
        ("clause", "情形", "Clause", true),
        ("source", "来源", "Source", true),
        ("note", "说明", "Note", false),
        ("state", "状态", "State", false),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required))
    .to_vec()
}

/// Decides about every row. `standard_of` gives the standard of a year, `units` are the living units within reach, `known` the vetoes on record of them, lifted
/// ones too.
pub fn plan<'a>(
    rows: &[ImportRow],
    standard_of: &dyn Fn(i16) -> &'a Standard,
    units: &[Unit],
    known: &[Veto],
    this_year: i16,
) -> Plan {
    let columns = columns();
    let names = Names::of(units);
    let mut seen: HashMap<(usize, i16, String), usize> = HashMap::new();
    let mut plan = Plan::default();
    for (index, row) in rows.iter().enumerate() {
        let mut reasons = Reasons::of(&columns, row);
        let unit = unit_by_name_and_code(&columns, row, &names, units, &mut reasons);
        let year = year_of(row.get("year"), 0, i16::MAX).unwrap_or(0);
        let standard = standard_of(year);
        let input = VetoInput {
            year,
            clause: clause_of(standard, row.get("clause")),
            source: line(row.get("source")),
            note: line(row.get("note")),
        };
        if let Some(unit) = unit
            && let Err(refusal) = veto::take_over(standard, &units[unit].place(), &input, this_year)
        {
            reasons.add(&columns, "unit", &refusal);
        }
        let state = VetoState::read(row.get("state"));
        if state.is_none() {
            let typed = line(row.get("state"));
            let refusal = VetoRefusal::UnknownState { typed };
            reasons.add(&columns, "state", &refusal.into());
        }
        if let (Some(unit), Some(state), true) = (unit, state, reasons.is_empty())
            && let Some((key, refusal)) = against(known, &units[unit].id, &input, state)
        {
            reasons.add(&columns, key, &refusal.into());
        }
        let mut written = Written::default();
        let outcome = match unit {
            Some(unit) if reasons.is_empty() => {
                let is_on_record = state == Some(VetoState::Lifted)
                    || known.iter().any(|veto| {
                        is_same(veto, &units[unit].id, &input) && veto.lifted.is_none()
                    });
                let key = (unit, input.year, input.clause.clone());
                match seen.get(&key) {
                    _ if is_on_record => Outcome::Unchanged,
                    Some(earlier) => repeated(
                        &columns,
                        (&rows[*earlier], row),
                        &["unit", "credit_code", "year", "clause"],
                    ),
                    None => {
                        seen.insert(key, index);
                        written = written_of(row, &units[unit], &input, standard);
                        plan.new.push((unit, input));
                        Outcome::New
                    }
                }
            }
            _ => reasons.outcome(),
        };
        // Whom it falls on is told as registered, however the row calls it.
        let told = unit.map_or_else(
            || line(row.get("unit")),
            |unit| units[unit].details.name.clone(),
        );
        plan.report
            .rows
            .push(RowFate::of(row, told, outcome).writing(written));
    }
    plan
}

/// Whether a veto on record is of the same unit, year and clause.
fn is_same(veto: &Veto, unit: &UnitId, input: &VetoInput) -> bool {
    veto.unit == *unit && veto.year == input.year && veto.clause == input.clause
}

/// What lifted vetoes on record have against a row, with its column: a lifted row has to be one of them, and one of the same source is not recorded anew, unless
/// the state stands by another record, which the row then is.
fn against(
    known: &[Veto],
    unit: &UnitId,
    input: &VetoInput,
    state: VetoState,
) -> Option<(&'static str, VetoRefusal)> {
    let same = || known.iter().filter(|veto| is_same(veto, unit, input));
    let source = of_name(&input.source);
    let lifted = same().find_map(|veto| {
        let lifting = veto.lifted.as_ref()?;
        (of_name(&veto.source) == source).then(|| day_of(lifting.at))
    });
    match (state, lifted) {
        (VetoState::Lifted, Some(_)) | (VetoState::InForce, None) => None,
        (VetoState::Lifted, None) => Some(("state", VetoRefusal::StatedLifted)),
        (VetoState::InForce, Some(on)) => {
            let stands = same().any(|veto| veto.lifted.is_none());
            (!stands).then_some(("source", VetoRefusal::LiftedBefore { on }))
        }
    }
}

/// What the row writes, as it will be on record.
fn written_of(row: &ImportRow, unit: &Unit, input: &VetoInput, standard: &Standard) -> Written {
    let mut written = Written::default();
    written.text(row, "unit", &unit.details.name);
    written.text(row, "year", &input.year.to_string());
    if let Some(veto) = standard.veto(&input.clause) {
        let named = |name: &str| format!("{} {name}", veto.clause);
        let (zh, en) = (named(&veto.name.zh), named(&veto.name.en));
        written.words(row, "clause", Text { zh, en });
    }
    written.text(row, "source", &input.source);
    written.text(row, "note", &input.note);
    written
}

/// The unit that a row names by its name and its code: the union's or its employer's. A code that nobody has leaves it to the name; where both are
/// there they mean one unit, or the row is refused.
fn unit_by_name_and_code(
    columns: &[ImportColumn],
    row: &ImportRow,
    names: &Names<'_>,
    units: &[Unit],
    reasons: &mut Reasons,
) -> Option<usize> {
    let (typed, code) = (row.get("unit"), row.get("credit_code"));
    let by_code = match code {
        "" => None,
        code => names.meant(code).ok(),
    };
    let registered = |place: usize| units[place].details.name.clone();
    let Some(by_code) = by_code else {
        let place = unit_of(columns, "unit", row, names, reasons)?;
        let refusal = other_code(&units[place], code).map(|known| ImportRefusal::CodeNotItsOwn {
            code: line(code),
            registered: registered(place),
            known,
        });
        return match refusal {
            Some(refusal) => {
                reasons.add(columns, "credit_code", &refusal.into());
                None
            }
            None => Some(place),
        };
    };
    let named = names.meant(typed);
    let are_one = match &named {
        Ok(named) => *named == by_code,
        Err(ImportRefusal::UnitMissing) => true,
        Err(ImportRefusal::UnitSeveral { .. }) => names.is_called(by_code, typed),
        Err(_) => names.is_nearly_called(by_code, typed),
    };
    if !are_one {
        let refusal = ImportRefusal::NameAndCode {
            typed: line(typed),
            code: line(code),
            registered: registered(by_code),
            named: named.ok().map(registered),
        };
        reasons.add(columns, "unit", &refusal.into());
        return None;
    }
    Some(by_code)
}

/// The registered code of a unit where another of its kind is written: a union's begins with 81, its employer's with something else. A unit
/// without such a code may have the one that is written.
pub(super) fn other_code(unit: &Unit, typed: &str) -> Option<String> {
    let code = credit_code::normalise(typed);
    if code.is_empty() {
        return None;
    }
    let details = &unit.details;
    let is_of_a_union = code.starts_with("81");
    let mut known = [&details.credit_code, &details.employer_credit_code]
        .into_iter()
        .flatten()
        .filter(|known| known.starts_with("81") == is_of_a_union)
        .peekable();
    let first = known.peek().map(|known| (*known).clone());
    first.filter(|_| known.all(|known| *known != code))
}

/// A clause by its id, its name, a word of the standard that means it, or its id with one of these (`V1 拖欠工资`), in any width; what is none of
/// these comes back as typed.
fn clause_of(standard: &Standard, typed: &str) -> String {
    let form = of_name(typed);
    let is_called = |veto: &ClauseOfVeto, text: &str| {
        let names = [&veto.name.zh, &veto.name.en];
        let mut names = names.into_iter().chain(&veto.words);
        names.any(|name| of_name(name) == text)
    };
    let both = |veto: &ClauseOfVeto| {
        let clause = of_name(&veto.clause);
        form.strip_prefix(&clause).is_some_and(|rest| {
            let rest = rest.trim_start_matches([':', '-', '、', '·', ',', '(']);
            let rest = rest.trim_end_matches(')');
            is_called(veto, rest)
        })
    };
    let is_meant = |veto: &&ClauseOfVeto| {
        of_name(&veto.clause) == form || is_called(veto, &form) || both(veto)
    };
    standard
        .vetoes
        .iter()
        .find(is_meant)
        .map_or_else(|| line(typed), |veto| veto.clause.clone())
}
