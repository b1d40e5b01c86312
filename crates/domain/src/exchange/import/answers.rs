//! A table of what a department answers: the sheet that was sent to it, filled in. Units are matched by both credit codes and both names. A row without
//! an answer is left as it is: not answered.

mod meant;
mod row;
mod settling;

use std::collections::HashMap;

use jianjia_standard::Standard;
use jiff::civil::Date;

use self::{
    meant::unit_meant,
    row::{Row, of_row, written_of},
    settling::Table,
};
use crate::{
    core::{ids::UnitId, text::line},
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written},
        titles::year_of,
        unit::Names,
    },
    register::unit::Unit,
    round::{
        department::{Asked, SheetAnswer},
        entry::Entry,
    },
};

/// What importing the table does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub report: ImportReport,
    pub new: Vec<SheetAnswer>,
}

/// What the rows are decided by.
pub struct Register<'a> {
    pub standard_of: &'a dyn Fn(i16) -> &'a Standard,
    /// The living units within reach.
    pub units: &'a [Unit],
    /// Who was asked about what, of the years that the table names.
    pub asked: &'a [Asked],
    /// What was said before, of the same years.
    pub entries: &'a [Entry],
    /// The key of the department whose own table it is, which answers for no other.
    pub only: Option<&'a str>,
}

/// The columns, with the words shown and whether they must be there.
pub fn columns() -> Vec<ImportColumn> {
    let mut columns = [
        ("department", "部门", "Department", true),
        ("year", "年度", "Year", true),
        ("unit", "单位工会", "Union", true),
        (
            "credit_code",
            "工会统一社会信用代码",
            "Union's credit code",
            false,
        ),
        ("employer", "单位名称", "Employer", false),
        (
            "employer_code",
            "单位统一社会信用代码",
            "Employer's credit code",
            false,
        ),
        ("answer", "答复", "Answer", true),
        ("clause", "情形", "Clause", false),
        ("on", "日期", "Day", false),
        ("document", "文号", "Document number", false),
        ("note", "说明", "Note", false),
        ("by", "答复人", "Answered by", true),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required))
    .to_vec();
    for column in &mut columns {
        // 无 is an answer here.
        column.is_truth = &*column.key == "answer";
    }
    columns
}

/// The years that the rows name, as far as they can be read.
pub fn years(rows: &[ImportRow]) -> Vec<i16> {
    let read = |row: &ImportRow| year_of(row.get("year"), 0, i16::MAX);
    let mut years: Vec<i16> = rows.iter().filter_map(read).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// A unit on a department's list of a year.
type Place<'a> = (i16, &'a str, UnitId);

/// Decides about every row.
pub fn plan(rows: &[ImportRow], register: &Register<'_>, today: Date) -> Plan {
    let columns = columns();
    let names = Names::of(register.units);
    let asked: HashMap<Place<'_>, &Asked> = register
        .asked
        .iter()
        .map(|asked| ((asked.year, asked.department.as_str(), asked.unit), asked))
        .collect();
    let mut table = Table::of(&columns, rows, register.entries, &asked);
    for (index, row) in rows.iter().enumerate() {
        let mut reasons = Reasons::of(&columns, row);
        let unit = unit_meant(&columns, row, &names, register.units, &mut reasons);
        let told = unit.map_or_else(
            || line(row.get("unit")),
            |unit| register.units[unit].details.name.clone(),
        );
        let mut written = Written::default();
        let outcome = match unit {
            Some(unit) => {
                let unit = &register.units[unit];
                match of_row(&columns, row, register, &asked, unit, today, &mut reasons) {
                    Some(Row::Silent) if reasons.is_empty() => Outcome::Unchanged,
                    Some(Row::Says(new)) if reasons.is_empty() => {
                        written = written_of(row, unit, &new, register);
                        table.settle(index, new)
                    }
                    _ => reasons.outcome(),
                }
            }
            None => reasons.outcome(),
        };
        let is_new = matches!(outcome, Outcome::New | Outcome::Changed { .. });
        let fate = RowFate::of(row, told, outcome);
        table
            .plan
            .report
            .rows
            .push(if is_new { fate.writing(written) } else { fate });
    }
    table.plan
}
