//! A table of year sheets: one row a union and year, one column a fact. What is said is decided as on the page of the sheet
//! (`statement::say`); a blank cell says nothing and takes nothing back. A fact that isn't asked of the union is refused.

mod asked;
mod cell;
pub mod refusal;
mod register;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use jianjia_standard::{
    Standard, Text,
    fact::{Fact, FactKind, FactValue},
    subject::Subject,
};
use jiff::civil::Date;
use serde_json::Value;

pub use self::asked::asked;
use crate::{
    core::{refusal::Refusal, text::line},
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written, repeated},
        sheets::{asked::AskedIn, cell::holds, refusal::SheetRowRefusal, register::Register},
        titles::year_of,
    },
    register::unit::Unit,
    year::{
        assessment,
        statement::{self, Facts},
    },
};

/// What importing the table does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub report: ImportReport,
    pub new: Vec<NewAnswers>,
}

/// What one row says newly.
#[derive(Clone, Debug, PartialEq)]
pub struct NewAnswers {
    /// The place in the units.
    pub unit: usize,
    pub year: i16,
    pub facts: BTreeMap<String, Value>,
}

/// A union's sheet of a year before the table.
#[derive(Clone, Debug)]
pub struct Before {
    /// With the known answers, the register's among them.
    pub subject: Subject,
    /// The facts that the register answers itself.
    pub known: Vec<String>,
    /// What holds of the year.
    pub facts: Facts,
}

/// The word in a cell that says: not known yet. An empty cell says nothing at all.
pub const NOT_KNOWN: &str = "还不清楚";

/// So many names of facts are told of a row; the rest is a number.
const FACTS_TOLD: usize = 8;

/// The columns: the union, the year, and every fact that is asked of some kind of union.
pub fn columns(standard: &Standard) -> Vec<ImportColumn> {
    let mut columns = vec![
        ImportColumn::new("name", "工会名称", "Union", true),
        ImportColumn::new("credit_code", "工会统一社会信用代码", "Credit code", false),
        ImportColumn::new("number", "登记编号", "Number", false),
        ImportColumn::new("year", "年度", "Year", true),
    ];
    columns = ImportColumn::with_own(columns, &["name", "credit_code", "number"]);
    columns.extend(asked(standard).into_iter().map(|(fact, _)| ImportColumn {
        question: Some(fact.question.clone()),
        is_truth: fact.kind == FactKind::Truth,
        // A figure is counted anew in every union.
        is_own: fact.kind.is_number(),
        ..ImportColumn::new(&fact.key, &fact.name.zh, &fact.name.en, false)
    }));
    columns
}

/// The unions and years that rows name, as far as they can be read: by the place in the units.
pub fn named(rows: &[ImportRow], units: &[Unit]) -> HashSet<(usize, i16)> {
    let register = Register::of(units);
    rows.iter()
        .filter_map(|row| {
            let unit = register.unit_of(row).ok()?;
            Some((unit, year_of(row.get("year"), 0, i16::MAX)?))
        })
        .collect()
}

/// Decides about every row. `standard_of` gives the standard of a year, `units` are the living units within reach, `before` what holds of the unions and years that `named` gives.
pub fn plan<'a>(
    rows: &[ImportRow],
    standard_of: &'a dyn Fn(i16) -> &'a Standard,
    units: &'a [Unit],
    before: &'a HashMap<(usize, i16), Before>,
    today: Date,
) -> Plan {
    let years: BTreeSet<i16> = before.keys().map(|(_, year)| *year).collect();
    let planner = Planner {
        columns: columns(standard_of(today.year())),
        standard_of,
        asked_in: years
            .into_iter()
            .map(|year| (year, AskedIn::of(standard_of(year), year, before)))
            .collect(),
        register: Register::of(units),
        units,
        before,
        today,
    };
    let mut seen: HashMap<(usize, i16), usize> = HashMap::new();
    let mut plan = Plan::default();
    let outside = planner.asked_in.iter().filter_map(|(year, in_year)| {
        let (first, last) = in_year.standard.programme.outside(*year)?;
        Some((*year, first, last))
    });
    plan.report.aside.outside = outside.collect();
    for (index, row) in rows.iter().enumerate() {
        let mut reasons = Reasons::of(&planner.columns, row);
        let found = planner.sheet_of(row, &mut reasons);
        let earlier = found.and_then(|found| seen.get(&found).copied());
        let place = plan.new.len();
        let outcome = match (found, earlier) {
            (Some(_), Some(earlier)) => repeated(
                &planner.columns,
                (&rows[earlier], row),
                &["name", "number", "credit_code", "year"],
            ),
            (Some(found), None) => {
                seen.insert(found, index);
                planner.decide(row, found, reasons, &mut plan.new)
            }
            (None, _) => reasons.outcome(),
        };
        let name = format!("{} {}", line(row.get("name")), line(row.get("year")));
        let new = plan.new.get(place);
        let written = new.map(|new| planner.written_of(row, new));
        plan.report
            .rows
            .push(RowFate::of(row, name, outcome).writing(written.unwrap_or_default()));
    }
    plan
}

struct Planner<'a> {
    columns: Vec<ImportColumn>,
    standard_of: &'a dyn Fn(i16) -> &'a Standard,
    asked_in: BTreeMap<i16, AskedIn<'a>>,
    register: Register<'a>,
    units: &'a [Unit],
    before: &'a HashMap<(usize, i16), Before>,
    today: Date,
}

impl Planner<'_> {
    /// What the row writes, as it will be said: the figures without what was typed around them.
    fn written_of(&self, row: &ImportRow, new: &NewAnswers) -> Written {
        let mut written = Written::default();
        written.text(row, "name", &self.units[new.unit].details.name);
        written.text(row, "year", &new.year.to_string());
        for fact in &(self.standard_of)(new.year).facts {
            let Some(value) = new.facts.get(&fact.key) else {
                continue;
            };
            let key = fact.key.as_str();
            match FactValue::from_json(fact, value) {
                Ok(FactValue::Truth(truth)) => {
                    let (zh, en) = if truth { ("是", "yes") } else { ("否", "no") };
                    let (zh, en) = (zh.to_owned(), en.to_owned());
                    written.words(row, key, Text { zh, en });
                }
                Ok(value) => written.text(row, key, &value.to_string()),
                Err(_) => {
                    let (zh, en) = (NOT_KNOWN.to_owned(), "not known yet".to_owned());
                    written.words(row, key, Text { zh, en });
                }
            }
        }
        written
    }

    fn refuse(&self, reasons: &mut Reasons, key: &str, refusal: impl Into<Refusal>) {
        reasons.add(&self.columns, key, &refusal.into());
    }

    /// The union and the year of a row, if both can be taken.
    fn sheet_of(&self, row: &ImportRow, reasons: &mut Reasons) -> Option<(usize, i16)> {
        let unit = match self.register.unit_of(row) {
            Ok(unit) => {
                if let Err(refusal) = assessment::kind_of(self.units[unit].kind) {
                    self.refuse(reasons, "name", refusal);
                }
                Some(unit)
            }
            Err((key, refusal)) => {
                self.refuse(reasons, key, refusal);
                None
            }
        };
        let year = year_of(row.get("year"), 0, i16::MAX);
        match year {
            None => {
                let typed = line(row.get("year"));
                self.refuse(reasons, "year", SheetRowRefusal::NotAYear { typed });
            }
            Some(year) => {
                if let Err(refusal) =
                    statement::open_year((self.standard_of)(year), year, self.today.year())
                {
                    self.refuse(reasons, "year", refusal);
                }
            }
        }
        unit.zip(year).filter(|_| reasons.is_empty())
    }

    fn decide(
        &self,
        row: &ImportRow,
        found: (usize, i16),
        mut reasons: Reasons,
        new: &mut Vec<NewAnswers>,
    ) -> Outcome {
        let (unit, year) = found;
        let (Some(before), Some(in_year)) = (self.before.get(&found), self.asked_in.get(&year))
        else {
            return Outcome::Unchanged;
        };
        let cells = in_year.cells_of(row);
        let subject = in_year.subject_with(&cells, &before.subject);
        let known: Vec<&str> = before.known.iter().map(String::as_str).collect();
        let asked: Vec<&Fact> = in_year.questions.put_to(&subject, &known).collect();
        let asked_keys: HashSet<&str> = asked.iter().map(|fact| fact.key.as_str()).collect();
        let is_asked = |fact: &Fact| asked_keys.contains(fact.key.as_str());
        // What holds already is no answer to anything.
        let not_asked: Vec<Text> = cells
            .iter()
            .filter(|(fact, words)| !is_asked(fact) && !holds(before, fact, words))
            .map(|(fact, _)| fact.name.clone())
            .chain(self.of_other_plans(row, in_year))
            .collect();
        let mut refuse = |refusal: Refusal| reasons.add(&in_year.columns, "", &refusal);
        if !not_asked.is_empty() {
            let kind = self.units[unit].kind;
            refuse(SheetRowRefusal::NotAsked { not_asked, kind }.into());
        }
        let now = (&before.facts, self.today);
        let facts = in_year.newly_said(cells, &asked, now);
        let facts = facts.unwrap_or_else(|refusal| {
            refuse(refusal);
            BTreeMap::new()
        });
        if !reasons.is_empty() {
            return reasons.outcome();
        }
        if facts.is_empty() {
            return Outcome::Unchanged;
        }
        let outcome = if before.facts.is_empty() {
            Outcome::New
        } else {
            Outcome::Changed {
                fields: names(in_year.standard, &facts),
            }
        };
        new.push(NewAnswers { unit, year, facts });
        outcome
    }

    /// The names of what a row says that only the plan of the other open year asks: this year and the last are open.
    fn of_other_plans(&self, row: &ImportRow, in_year: &AskedIn<'_>) -> Vec<Text> {
        let is_known = |key: &str| in_year.columns.iter().any(|column| &*column.key == key);
        let keys: BTreeSet<&str> = row.cells.keys().map(|key| &**key).collect();
        let others = keys.into_iter().filter(|key| !is_known(key));
        let name = |key: &str| {
            let this_year = self.today.year();
            let years = [this_year, this_year.saturating_sub(1)];
            let mut plans = years.into_iter().map(self.standard_of);
            plans.find_map(|plan| Some(plan.fact(key)?.name.clone()))
        };
        others
            .map(|key| {
                name(key).unwrap_or_else(|| Text {
                    zh: key.to_owned(),
                    en: key.to_owned(),
                })
            })
            .collect()
    }
}

/// The names of facts, the first of them when there are many.
fn names(standard: &Standard, facts: &BTreeMap<String, Value>) -> Vec<Text> {
    let mut names: Vec<Text> = standard
        .facts
        .iter()
        .filter(|fact| facts.contains_key(&fact.key))
        .map(|fact| fact.name.clone())
        .collect();
    let more = names.len().saturating_sub(FACTS_TOLD);
    if more > 0 {
        names.truncate(FACTS_TOLD);
        names.push(Text {
            zh: format!("还有 {more} 项"),
            en: format!("{more} more"),
        });
    }
    names
}
