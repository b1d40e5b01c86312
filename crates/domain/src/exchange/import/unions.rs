//! A table of unions: which are new, which change, which can't be taken.

mod columns;
mod details;
mod named;
mod row;
mod uppers;
mod written;

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jiff::civil::Date;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

pub use self::columns::{columns, read_kind};
use crate::{
    core::{
        ids::UnitId,
        place::UnitKind,
        text::{form::of_union, line},
    },
    exchange::import::{
        ImportColumn, ImportRow,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written},
        refusal::ImportRefusal,
        unit::{Names, near::federation::Federations},
    },
    register::{
        credit_code,
        division::DivisionRefusal,
        unit::{Unit, UnitDetails},
    },
};

/// What the register knows that deciding about the rows needs.
pub struct Register<'a> {
    /// The unit that the table belongs under; it stands first in `units`. None: the register is empty and the table begins it.
    pub under: Option<UnitId>,
    /// The living units at and below `under`.
    pub units: &'a [Unit],
    /// The names of chairs in post.
    pub chairs: &'a HashMap<UnitId, String>,
    /// Codes of the table that units elsewhere in the register hold, with their names.
    pub codes_elsewhere: &'a HashMap<String, String>,
    /// The code of a division by code or name.
    pub division: &'a (dyn Fn(&str) -> Result<String, DivisionRefusal> + Sync),
}

/// The upper union of a new unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Upper {
    /// None above: the city itself.
    Nobody,
    Registered(UnitId),
    /// A new unit, by its place in `Plan::new`.
    New(usize),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUnit {
    pub upper: Upper,
    pub kind: UnitKind,
    pub details: UnitDetails,
    /// The chair's name; empty when not known.
    pub chair: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedUnit {
    /// The place in `Register::units`.
    pub unit: usize,
    pub kind: UnitKind,
    pub details: UnitDetails,
    /// A chair to add; empty for none.
    pub chair: String,
}

/// What importing the table does. `new` are in such an order that an upper union comes before those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub report: ImportReport,
    pub new: Vec<NewUnit>,
    pub changed: Vec<ChangedUnit>,
}

/// The unions' credit codes of a table, as far as they can be read: to ask who holds them elsewhere.
pub fn codes(rows: &[ImportRow]) -> Vec<String> {
    rows.iter()
        .map(|row| credit_code::normalise(row.get("credit_code")))
        .filter(|code| code.len() == 18)
        .collect()
}

/// Decides about every row.
pub fn plan(rows: &[ImportRow], register: &Register<'_>, today: Date) -> Plan {
    Planner::new(rows, register, today).run()
}

/// A row on its way: what it resolved to, or why it can't be taken.
enum State {
    Waiting,
    New(usize),
    Existing,
    Refused,
}

struct Planner<'a> {
    rows: &'a [ImportRow],
    register: &'a Register<'a>,
    today: Date,
    columns: Vec<ImportColumn>,
    by_code: HashMap<&'a str, usize>,
    names: Names<'a>,
    by_place: HashMap<(Option<UnitId>, Arc<str>), usize>,
    by_id: HashMap<UnitId, usize>,
    /// The first row with a name, and a second one if there is any.
    row_by_name: HashMap<Arc<str>, (usize, Option<usize>)>,
    /// The upper unions that rows name, as they are compared.
    uppers: HashSet<String>,
    /// The rows that are federations, by short and long forms of their names; found once it is asked for.
    federation_rows: OnceCell<Federations>,
    /// For each row an earlier one with nearly its name; found once it is asked for.
    near_rows: OnceCell<Vec<Option<usize>>>,
    /// For each row the registered units with nearly its name; found once it is asked for.
    near_registered: OnceCell<Vec<Vec<usize>>>,
    /// The name of each row as it is compared.
    forms: Vec<Arc<str>>,
    /// What rows say that are surely about no registered union, until they are decided.
    said: Vec<Option<details::Said>>,
    row_by_code: HashMap<String, usize>,
    row_by_place: HashMap<(Upper, String), usize>,
    kinds_below: HashMap<UnitId, Vec<UnitKind>>,
    states: Vec<State>,
    /// The round in which each row was decided.
    decided_in: Vec<usize>,
    round: usize,
    fates: Vec<Option<Outcome>>,
    /// What each row writes otherwise than it says.
    written: Vec<Written>,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn new(rows: &'a [ImportRow], register: &'a Register<'a>, today: Date) -> Planner<'a> {
        let mut planner = Planner {
            rows,
            register,
            today,
            columns: columns(),
            by_code: HashMap::new(),
            names: Names::of(register.units),
            by_place: HashMap::new(),
            by_id: HashMap::new(),
            row_by_name: HashMap::with_capacity(rows.len()),
            uppers: uppers::named(rows),
            federation_rows: OnceCell::new(),
            near_rows: OnceCell::new(),
            near_registered: OnceCell::new(),
            forms: rows
                .par_iter()
                .map(|row| of_union(row.get("name")).into())
                .collect(),
            said: Vec::new(),
            row_by_code: HashMap::new(),
            row_by_place: HashMap::new(),
            kinds_below: HashMap::new(),
            states: Vec::new(),
            decided_in: vec![usize::MAX; rows.len()],
            round: 0,
            fates: vec![None; rows.len()],
            written: vec![Written::default(); rows.len()],
            plan: Plan::default(),
        };
        for (place, unit) in register.units.iter().enumerate() {
            if let Some(code) = &unit.details.credit_code {
                planner.by_code.insert(code, place);
            }
            planner
                .by_place
                .insert((unit.parent_id, of_union(&unit.details.name).into()), place);
            planner.by_id.insert(unit.id, place);
            if let Some(upper) = unit.parent_id {
                planner
                    .kinds_below
                    .entry(upper)
                    .or_default()
                    .push(unit.kind);
            }
        }
        planner.said = details::of_new(rows, register, today, |row| {
            let code = credit_code::normalise(row.get("credit_code"));
            planner.by_code.contains_key(code.as_str()) || !row.get("number").is_empty()
        });
        for (index, form) in planner.forms.iter().enumerate() {
            planner.states.push(State::Waiting);
            planner
                .row_by_name
                .entry(Arc::clone(form))
                .and_modify(|(_, second)| {
                    second.get_or_insert(index);
                })
                .or_insert((index, None));
        }
        planner
    }

    fn run(mut self) -> Plan {
        // Round by round: a row is decided once its upper union is.
        let mut waiting: Vec<usize> = (0..self.rows.len()).collect();
        loop {
            let before = waiting.len();
            waiting.retain(|index| !self.decide(*index));
            if waiting.is_empty() || waiting.len() == before {
                break;
            }
            self.round += 1;
        }
        for index in waiting {
            let mut reasons = Reasons::default();
            reasons.add(&self.columns, "upper", &ImportRefusal::UpperCircle.into());
            self.fates[index] = Some(reasons.outcome());
        }
        let fates = std::mem::take(&mut self.fates);
        self.plan.report.rows = fates
            .into_iter()
            .zip(self.rows)
            .zip(std::mem::take(&mut self.written))
            .map(|((outcome, row), written)| {
                let outcome = outcome.unwrap_or(Outcome::Unchanged);
                RowFate::of(row, line(row.get("name")), outcome).writing(written)
            })
            .collect();
        self.plan
    }

    /// Whether the row could be decided now.
    fn decide(&mut self, index: usize) -> bool {
        let row = &self.rows[index];
        let mut reasons = Reasons::of(&self.columns, row);
        let kind = self.kind_of(row, &mut reasons);
        let upper = match self.upper_of(index, kind) {
            Ok(None) => return false,
            Ok(Some(upper)) => Some(upper),
            Err(refusal) => {
                reasons.add(&self.columns, "upper", &refusal);
                None
            }
        };
        let existing = self.existing(index, upper);
        if existing.is_none() && self.lacks_upper(index, kind, upper) {
            reasons.add(&self.columns, "upper", &ImportRefusal::UpperEmpty.into());
        }
        let details = self.details_of(index, existing, &mut reasons);
        let outcome = match (details, upper) {
            (Some(details), Some(upper)) if reasons.is_empty() => match existing {
                Some(place) => self.change(index, place, kind, details, upper),
                None => self.found(index, upper, kind.unwrap_or(UnitKind::Grassroots), details),
            },
            _ => reasons.outcome(),
        };
        self.states[index] = match &outcome {
            Outcome::Refused { .. } => State::Refused,
            Outcome::New => State::New(self.plan.new.len() - 1),
            Outcome::Duplicate { .. } | Outcome::Changed { .. } | Outcome::Unchanged => {
                State::Existing
            }
        };
        self.fates[index] = Some(outcome);
        self.decided_in[index] = self.round;
        true
    }
}
