//! A table of what a department answers: the sheet that was sent to it, filled in. Units are matched by both credit codes and both names. A row without
//! an answer is left as it is: not answered.

use std::collections::HashMap;

use jianjia_standard::{Standard, Text, programme::Department};
use jiff::civil::Date;

use crate::{
    core::{
        ids::UnitId,
        text::{form::of_name, line},
    },
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written, repeated},
        refusal::ImportRefusal,
        titles::year_of,
        unit::{Names, unit_of},
        vetoes::other_code,
    },
    register::unit::Unit,
    round::{
        department::{
            self, AnswerInput, AnswerKind, Asked, Beside, DepartmentRefusal, Said, SheetAnswer,
        },
        entry::Entry,
        veto::VetoRefusal,
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

/// How offices write each answer besides its word.
const WORDS: &[(AnswerKind, &[&str])] = &[
    (
        AnswerKind::Clear,
        &[
            "没有",
            "无",
            "否",
            "未发现",
            "正常",
            "不存在",
            "clear",
            "no",
            "none",
        ],
    ),
    (
        AnswerKind::InState,
        &["有", "是", "存在", "in the state", "yes"],
    ),
    (
        AnswerKind::Unknown,
        &["不清楚", "不掌握", "不了解", "未知", "unknown", "not known"],
    ),
];

fn kind_of(typed: &str) -> Option<AnswerKind> {
    let form = of_name(typed);
    let mut words = WORDS.iter();
    let found = words.find(|(_, words)| words.iter().any(|word| of_name(word) == form));
    found.map(|(kind, _)| *kind)
}

/// The years that the rows name, as far as they can be read.
pub fn years(rows: &[ImportRow]) -> Vec<i16> {
    let read = |row: &ImportRow| year_of(row.get("year"), 0, i16::MAX);
    let mut years: Vec<i16> = rows.iter().filter_map(read).collect();
    years.sort_unstable();
    years.dedup();
    years
}

/// Decides about every row.
pub fn plan(rows: &[ImportRow], register: &Register<'_>, today: Date) -> Plan {
    let columns = columns();
    let names = Names::of(register.units);
    let asked: HashMap<(i16, &str, UnitId), &Asked> = register
        .asked
        .iter()
        .map(|asked| ((asked.year, asked.department.as_str(), asked.unit), asked))
        .collect();
    let mut seen: HashMap<(i16, String, UnitId), Vec<(usize, Said)>> = HashMap::new();
    let mut plan = Plan::default();
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
                        settle(
                            &columns, rows, index, new, register, &asked, &mut seen, &mut plan,
                        )
                    }
                    _ => reasons.outcome(),
                }
            }
            None => reasons.outcome(),
        };
        let is_new = matches!(outcome, Outcome::New | Outcome::Changed { .. });
        let fate = RowFate::of(row, told, outcome);
        plan.report
            .rows
            .push(if is_new { fate.writing(written) } else { fate });
    }
    plan
}

/// What becomes of an answer beside the rows before and what was said before.
#[expect(clippy::too_many_arguments, reason = "the table's state, row by row")]
fn settle(
    columns: &[ImportColumn],
    rows: &[ImportRow],
    index: usize,
    new: SheetAnswer,
    register: &Register<'_>,
    asked: &HashMap<(i16, &str, UnitId), &Asked>,
    seen: &mut HashMap<(i16, String, UnitId), Vec<(usize, Said)>>,
    plan: &mut Plan,
) -> Outcome {
    let clause = |said: &Said| match said {
        Said::InState(state) => state.clause.clone(),
        _ => String::new(),
    };
    let earlier = seen
        .entry((new.year, new.department.clone(), new.unit))
        .or_default();
    // One unit may be in several states; but not in one and in none, and not twice in one.
    let is_of_one = |said: &Said| {
        clause(said) == clause(&new.said) || clause(said).is_empty() || clause(&new.said).is_empty()
    };
    if let Some((before, _)) = earlier.iter().find(|(_, said)| is_of_one(said)) {
        let alike = [
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
        let is_same = earlier.iter().any(|(_, said)| *said == new.said);
        let alike: &[&str] = if is_same { &alike } else { &[] };
        let outcome = repeated(columns, (&rows[*before], &rows[index]), alike);
        if !is_same {
            // Which of them is meant nobody knows: neither is taken, whichever stands first.
            for (before, said) in earlier.iter().filter(|(_, said)| is_of_one(said)) {
                plan.report.rows[*before].outcome =
                    repeated(columns, (&rows[index], &rows[*before]), &[]);
                plan.new.retain(|one| {
                    (one.year, &one.department, one.unit, &one.said)
                        != (new.year, &new.department, new.unit, said)
                });
            }
        }
        return outcome;
    }
    earlier.push((index, new.said.clone()));
    let Some(asked) = asked.get(&(new.year, new.department.as_str(), new.unit)) else {
        return Outcome::Unchanged;
    };
    let of_unit: Vec<Entry> = register
        .entries
        .iter()
        .filter(|entry| {
            (entry.year, &entry.department, entry.unit) == (new.year, &new.department, new.unit)
        })
        .cloned()
        .collect();
    match department::beside(asked, &new.said, &of_unit) {
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
            plan.new.push(new);
            outcome
        }
        Err(refusal) => {
            let mut reasons = Reasons::default();
            reasons.add(columns, "answer", &refusal.into());
            reasons.outcome()
        }
    }
}

/// What a row says: an answer, or nothing.
enum Row {
    Silent,
    Says(SheetAnswer),
}

/// What a row says of a unit; none when something can't be taken, which is among the reasons.
fn of_row(
    columns: &[ImportColumn],
    row: &ImportRow,
    register: &Register<'_>,
    asked: &HashMap<(i16, &str, UnitId), &Asked>,
    unit: &Unit,
    today: Date,
    reasons: &mut Reasons,
) -> Option<Row> {
    let Some(year) = year_of(row.get("year"), 0, i16::MAX) else {
        let programme = &(register.standard_of)(today.year()).programme;
        let (first, last) = (programme.first_year, programme.last_year);
        reasons.add(
            columns,
            "year",
            &VetoRefusal::NotAYear { first, last }.into(),
        );
        return None;
    };
    let standard = (register.standard_of)(year);
    let department = match department_of(standard, row.get("department")) {
        Ok(department) => department,
        Err(refusal) => {
            reasons.add(columns, "department", &refusal.into());
            return None;
        }
    };
    if !asked.contains_key(&(year, department.key.as_str(), unit.id)) {
        let refusal = DepartmentRefusal::NotAsked {
            unit: unit.details.name.clone(),
            department: department.name.clone(),
        };
        reasons.add(columns, "unit", &refusal.into());
        return None;
    }
    let is_silent = ["answer", "clause", "on", "document", "note"]
        .iter()
        .all(|key| row.typed(key).trim().is_empty());
    if is_silent {
        return Some(Row::Silent);
    }
    let kind = kind_of(row.get("answer"));
    let input = AnswerInput {
        answer: kind.map_or_else(String::new, |kind| kind.key().to_owned()),
        clause: row.get("clause").to_owned(),
        on: row.get("on").to_owned(),
        document: row.get("document").to_owned(),
        note: row.get("note").to_owned(),
    };
    let said = match department::read(standard, department, year, &input, today) {
        Ok(said) => Some(said),
        Err(refusal) => {
            reasons.add(columns, "answer", &refusal);
            None
        }
    };
    let by_name = line(row.get("by"));
    if by_name.is_empty() {
        reasons.add(columns, "by", &DepartmentRefusal::NoSigner.into());
    }
    Some(Row::Says(SheetAnswer {
        year,
        department: department.key.clone(),
        unit: unit.id,
        said: said?,
        by_name,
    }))
}

fn department_of<'a>(
    standard: &'a Standard,
    typed: &str,
) -> Result<&'a Department, DepartmentRefusal> {
    let form = of_name(typed);
    let mut all = standard.departments.iter();
    let found = all.find(|department| {
        [&department.key, &department.name.zh, &department.name.en]
            .iter()
            .any(|name| of_name(name) == form)
    });
    found.ok_or_else(|| DepartmentRefusal::UnknownDepartment {
        typed: line(typed),
        known: standard
            .departments
            .iter()
            .map(|department| department.name.clone())
            .collect(),
    })
}

/// What the row writes, as it will be on record.
fn written_of(row: &ImportRow, unit: &Unit, new: &SheetAnswer, register: &Register<'_>) -> Written {
    let standard = (register.standard_of)(new.year);
    let mut written = Written::default();
    written.text(row, "unit", &unit.details.name);
    if let Some(department) = standard.department(&new.department) {
        written.words(row, "department", department.name.clone());
    }
    let (zh, en) = match new.said.kind() {
        AnswerKind::Clear => ("没有", "clear"),
        AnswerKind::InState => ("有", "in the state"),
        AnswerKind::Unknown => ("不清楚", "not known"),
    };
    let word = Text {
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    written.words(row, "answer", word);
    if let Said::InState(state) = &new.said {
        if let Some(veto) = standard.veto(&state.clause) {
            let named = |name: &str| format!("{} {name}", veto.clause);
            let (zh, en) = (named(&veto.name.zh), named(&veto.name.en));
            written.words(row, "clause", Text { zh, en });
        }
        written.text(row, "on", &state.on.to_string());
        written.text(row, "document", &state.document);
    }
    written
}

/// The unit that a row names by the names and codes of the union and its employer, which all mean one. A code that nobody has leaves it to the names.
fn unit_meant(
    columns: &[ImportColumn],
    row: &ImportRow,
    names: &Names<'_>,
    units: &[Unit],
    reasons: &mut Reasons,
) -> Option<usize> {
    const CODES: [&str; 2] = ["credit_code", "employer_code"];
    const NAMES: [&str; 2] = ["unit", "employer"];
    let registered = |place: usize| units[place].details.name.clone();
    let by_code = |key: &str| match row.get(key) {
        "" => None,
        code => names.meant(code).ok().map(|place| (key.to_owned(), place)),
    };
    let found: Vec<(String, usize)> = CODES.iter().filter_map(|key| by_code(key)).collect();
    let Some((code_key, place)) = found.first().cloned() else {
        // Only a name is left: the first that is there, which may be a near one.
        let key = NAMES.into_iter().find(|key| !row.get(key).is_empty());
        let place = unit_of(columns, key.unwrap_or("unit"), row, names, reasons)?;
        for key in CODES {
            let code = row.get(key);
            if let Some(known) = other_code(&units[place], code) {
                let refusal = ImportRefusal::CodeNotItsOwn {
                    code: line(code),
                    registered: registered(place),
                    known,
                };
                reasons.add(columns, key, &refusal.into());
                return None;
            }
        }
        return Some(place);
    };
    let differs = |typed: &str, named: Option<usize>| ImportRefusal::NameAndCode {
        typed: line(typed),
        code: line(row.get(&code_key)),
        registered: registered(place),
        named: named.map(registered),
    };
    if let Some((key, other)) = found.iter().find(|(_, other)| *other != place) {
        let refusal = differs(row.get(key), Some(*other));
        reasons.add(columns, key, &refusal.into());
        return None;
    }
    for key in NAMES {
        let typed = row.get(key);
        let named = names.meant(typed);
        let are_one = match &named {
            Ok(named) => *named == place,
            Err(ImportRefusal::UnitMissing) => true,
            Err(ImportRefusal::UnitSeveral { .. }) => names.is_called(place, typed),
            Err(_) => names.is_nearly_called(place, typed),
        };
        if !are_one {
            let refusal = differs(typed, named.ok());
            reasons.add(columns, key, &refusal.into());
            return None;
        }
    }
    Some(place)
}
