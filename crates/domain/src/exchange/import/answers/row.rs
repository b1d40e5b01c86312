//! What one row of the table says.

use std::collections::HashMap;

use jianjia_standard::{Standard, Text, programme::Department};
use jiff::civil::Date;

use super::{Place, Register};
use crate::{
    core::text::{form::of_name, line},
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{Reasons, Written},
        titles::year_of,
    },
    register::unit::Unit,
    round::{
        department::{self, AnswerInput, AnswerKind, Asked, DepartmentRefusal, Said, SheetAnswer},
        veto::VetoRefusal,
    },
};

/// What a row says: an answer, or nothing.
pub(super) enum Row {
    Silent,
    Says(SheetAnswer),
}

/// What a row says of a unit; none when something can't be taken, which is among the reasons.
pub(super) fn of_row(
    columns: &[ImportColumn],
    row: &ImportRow,
    register: &Register<'_>,
    asked: &HashMap<Place<'_>, &Asked>,
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
    if let Some(own) = register.only.filter(|own| **own != department.key) {
        let own = standard.department(own);
        let refusal = DepartmentRefusal::NotYourDepartment {
            typed: department.name.clone(),
            own: own.unwrap_or(department).name.clone(),
        };
        reasons.add(columns, "department", &refusal.into());
        return None;
    }
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
    let typed = line(row.get("answer"));
    if kind.is_none() && !typed.is_empty() {
        reasons.add(
            columns,
            "answer",
            &DepartmentRefusal::UnknownAnswer { typed }.into(),
        );
        return None;
    }
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
pub(super) fn written_of(
    row: &ImportRow,
    unit: &Unit,
    new: &SheetAnswer,
    register: &Register<'_>,
) -> Written {
    let standard = (register.standard_of)(new.year);
    let mut written = Written::default();
    written.text(row, "unit", &unit.details.name);
    if let Some(department) = standard.department(&new.department) {
        written.words(row, "department", department.name.clone());
    }
    let (zh, en) = match new.said.kind() {
        AnswerKind::Clear => ("无情形", "clear"),
        AnswerKind::InState => ("有情形", "in the state"),
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
    written.text(row, "note", new.said.note());
    written
}

/// How offices write each answer besides its word.
const WORDS: &[(AnswerKind, &[&str])] = &[
    (
        AnswerKind::Clear,
        &[
            "无情形",
            "没有情形",
            "没有",
            "没有问题",
            "无问题",
            "没问题",
            "无",
            "否",
            "未发现",
            "正常",
            "不存在",
            "clear",
            "nothing",
            "no",
            "none",
        ],
    ),
    (
        AnswerKind::InState,
        &[
            "有情形",
            "有",
            "有问题",
            "是",
            "存在",
            "in the state",
            "yes",
        ],
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
