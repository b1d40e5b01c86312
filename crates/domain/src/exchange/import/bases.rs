//! A table of what the subsidies of units start from, by year. What stands is corrected by a new record, for which the row says the grounds.

use std::collections::HashMap;

use jianjia_standard::{Standard, subsidy::yuan};

use crate::{
    core::text::line,
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written, repeated},
        titles::year_of,
        unit::{Names, unit_of},
    },
    money::subsidy::{Base, BaseInput, NewBase, take_over},
    register::unit::Unit,
};

/// What importing the table does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub report: ImportReport,
    /// The place in the units, and the base.
    pub new: Vec<(usize, NewBase)>,
}

/// The columns, with the words shown and whether they must be there.
pub fn columns() -> Vec<ImportColumn> {
    [
        ("unit", "单位工会", "Union", true),
        ("credit_code", "统一社会信用代码", "Credit code", false),
        ("year", "年度", "Year", true),
        ("amount", "补贴基数", "Subsidy base", true),
        ("note", "说明", "Note", false),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required))
    .to_vec()
}

/// Decides about every row. `standard_of` gives the standard of a year, `units` are the living units within reach, `known` the bases that hold of them.
pub fn plan<'a>(
    rows: &[ImportRow],
    standard_of: &dyn Fn(i16) -> &'a Standard,
    units: &[Unit],
    known: &[Base],
) -> Plan {
    let columns = columns();
    let names = Names::of(units);
    let standing: HashMap<_, &Base> = known
        .iter()
        .map(|base| ((base.unit, base.year), base))
        .collect();
    let mut seen: HashMap<(usize, i16), usize> = HashMap::new();
    let mut plan = Plan::default();
    for (index, row) in rows.iter().enumerate() {
        let mut reasons = Reasons::of(&columns, row);
        // A code tells the unit alone, where one is given; a name that nobody is called is then no harm.
        let by_code = match row.get("credit_code") {
            "" => None,
            code => names.meant(code).ok(),
        };
        let unit = by_code.or_else(|| unit_of(&columns, "unit", row, &names, &mut reasons));
        let year = year_of(row.get("year"), 0, i16::MAX).unwrap_or(0);
        let input = BaseInput {
            year,
            amount: row.get("amount").to_owned(),
            note: row.get("note").to_owned(),
            seen: 0,
        };
        let before = unit.and_then(|unit| standing.get(&(units[unit].id, year)).copied());
        let taken = unit.map(|unit| take_over(standard_of(year), &units[unit], &input, before));
        if let Some(Err(refusal)) = &taken {
            let column = match refusal.key() {
                "subsidy/outside-programme" | "subsidy/no-subsidies" => "year",
                _ => "unit",
            };
            reasons.add(&columns, column, refusal);
        }
        let mut written = Written::default();
        let outcome = match (unit, taken) {
            (Some(unit), Some(Ok(new))) if reasons.is_empty() => {
                match (seen.get(&(unit, year)), new) {
                    (Some(earlier), _) => repeated(
                        &columns,
                        (&rows[*earlier], row),
                        &["unit", "credit_code", "year"],
                    ),
                    (None, new) => {
                        seen.insert((unit, year), index);
                        match new {
                            None => Outcome::Unchanged,
                            Some(new) => {
                                written.text(row, "unit", &units[unit].details.name);
                                written.text(row, "year", &year.to_string());
                                written.text(row, "amount", &yuan(new.amount_fen));
                                written.text(row, "note", &new.note);
                                plan.new.push((unit, new));
                                changed(&columns, before)
                            }
                        }
                    }
                }
            }
            _ => reasons.outcome(),
        };
        // Whose it is is told as registered, however the row calls it.
        let told = unit.map_or_else(
            || line(row.get("unit")),
            |unit| units[unit].details.name.clone(),
        );
        let fate = RowFate::of(row, told, outcome).writing(written);
        plan.report.rows.push(fate);
    }
    plan
}

fn changed(columns: &[ImportColumn], before: Option<&Base>) -> Outcome {
    match before {
        None => Outcome::New,
        Some(_) => {
            let amount = columns.iter().filter(|column| &*column.key == "amount");
            Outcome::Changed {
                fields: amount.map(|column| column.name.clone()).collect(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use jianjia_standard::load;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        core::{
            ids::{SubsidyBaseId, UnitId},
            place::UnitKind,
        },
        money::subsidy::BaseSource,
        register::unit::{UnitDetails, UnitState},
    };

    fn unit(number: i64, kind: UnitKind, name: &str, division: &str) -> Unit {
        Unit {
            id: UnitId(Uuid::from_u128(u128::try_from(number).unwrap())),
            number,
            parent_id: None,
            path: format!("/1/{number}/"),
            kind,
            details: UnitDetails {
                name: name.to_owned(),
                division: division.to_owned(),
                ..UnitDetails::default()
            },
            sort_key: String::new(),
            state: UnitState::Active,
            ended_on: None,
            successor_id: None,
            revision: 1,
            created_at: Timestamp::UNIX_EPOCH,
            changed_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn row(number: usize, cells: [&str; 4]) -> ImportRow {
        let keys = ["unit", "year", "amount", "note"];
        ImportRow {
            number,
            cells: keys
                .iter()
                .zip(cells)
                .map(|(key, text)| (Arc::from(*key), text.to_owned()))
                .collect(),
            ..ImportRow::default()
        }
    }

    #[test]
    fn rows_are_new_corrected_the_same_or_refused_with_their_reasons() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        let standard = load::folder(&folder).unwrap();
        let units = [
            unit(2, UnitKind::Village, "河海村工会联合会", "320411001"),
            unit(3, UnitKind::Village, "城东村工会联合会", "320481001"),
            unit(4, UnitKind::Grassroots, "机械厂工会", "320411001"),
        ];
        let known = [Base {
            id: SubsidyBaseId(Uuid::from_u128(8)),
            unit: units[0].id,
            unit_path: units[0].path.clone(),
            year: 2017,
            number: 3,
            amount_fen: 900_000,
            source: BaseSource::Typed,
            note: String::new(),
            recorded_by: None,
            recorded_by_name: String::new(),
            recorded_at: Timestamp::UNIX_EPOCH,
        }];
        let rows = [
            row(2, ["河海村工会联合会", "2018", "10,000.00", ""]),
            row(3, ["河海村工会联合会", "2018", "10,000.00", ""]),
            row(4, ["河海村工会联合会", "2017", "9500", "按人数"]),
            row(5, ["城东村工会联合会", "2018", "10000", ""]),
            row(6, ["机械厂工会", "2018", "10000", ""]),
            row(7, ["河海村工会联合会", "2016", "一万", ""]),
            row(8, ["没有这个村", "2018", "10000", ""]),
        ];
        let plan = plan(&rows, &|_| &standard, &units, &known);
        assert_eq!(plan.report.counts(), [1, 1, 0, 1, 4]);
        let new: Vec<(usize, i16, i64, i64)> = plan
            .new
            .iter()
            .map(|(unit, new)| (*unit, new.year, new.number, new.amount_fen))
            .collect();
        assert_eq!(new, [(0, 2018, 1, 1_000_000), (0, 2017, 4, 950_000)]);
        let same = [row(2, ["河海村工会联合会", "2017", "9000", ""])];
        let plan = super::plan(&same, &|_| &standard, &units, &known);
        assert_eq!(plan.report.counts(), [0, 0, 1, 0, 0]);
        let without = [row(2, ["河海村工会联合会", "2017", "9100", ""])];
        let plan = super::plan(&without, &|_| &standard, &units, &known);
        assert_eq!(plan.report.counts(), [0, 0, 0, 0, 1]);
    }
}
