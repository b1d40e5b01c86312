//! Many subjects, column by column: 64 subjects per block, truth values as bits, numbers in as few bytes as nearly all of them need.

pub mod log;
pub mod numbers;
mod reading;

use jiff::civil::Date;

use crate::batch::plan::Plan;
use crate::columns::log::ActivityLog;
use crate::columns::numbers::{Counted, Sums};
use crate::fact::{Fact, FactKind, FactValue, LARGEST_MONEY_FEN};
use crate::judge::application::holds;
use crate::judge::assess::activities::tally;
use crate::kinds::{Employer, Kind};
use crate::programme::Standard;
use crate::subject::Subject;

/// An unknown day in a column.
pub const UNKNOWN: u32 = u32::MAX;
/// An unknown choice in a column.
pub const UNKNOWN_CHOICE: u8 = u8::MAX;

/// Something that may be known, and then is so or isn't: two bits per subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truths {
    pub known: Vec<u64>,
    pub yes: Vec<u64>,
}

/// Subjects in columns, laid out by a [`Plan`]. Columns are padded with unknown to a whole number of blocks.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The number of subjects.
    pub len: usize,
    /// By kind: one bit for each subject of that kind.
    pub kinds: Vec<Vec<u64>>,
    /// By employer: one bit for each subject; none is set if the employer is unknown.
    pub employers: Vec<Vec<u64>>,
    /// By the fact's index in the standard.
    pub facts: Vec<FactColumn>,
    /// By the plan's activity checks: whether each period that is held against the subject has enough of them.
    pub activities: Vec<Truths>,
    pub roll: Counted,
    /// By the answers of the standard's rating, in the order of `cast`.
    pub answers: Vec<Counted>,
    pub unions_below: Counted,
    /// By the plan's tiers: the number of unions below that hold it.
    pub holding: Vec<Counted>,
    /// By the plan's titles: one bit for each subject that holds it.
    pub held: Vec<Vec<u64>>,
    /// What the activity checks were counted from; none where only the plan's own checks are asked.
    pub log: Option<ActivityLog>,
}

/// The answers to one fact.
#[derive(Clone, Debug)]
pub enum FactColumn {
    Truth(Truths),
    /// Counts and levels.
    Number(Counted),
    /// Fen.
    Money(Sums),
    /// Days as the number 20161001.
    Day(Vec<u32>),
    /// The index among the choices.
    Choice(Vec<u8>),
}

/// A number too large for a column; no real one comes near.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {number} is too large to judge in columns")]
pub struct TooLarge {
    pub key: String,
    pub number: u64,
}

impl Columns {
    /// Columns for `len` subjects of which nothing is known, not even the kind, for the caller to fill.
    pub fn unknown(standard: &Standard, plan: &Plan, len: usize) -> Columns {
        let blocks = len.div_ceil(64);
        let rows = blocks * 64;
        let bits = || vec![0u64; blocks];
        let fact = |fact: &Fact| match fact.kind {
            FactKind::Truth => FactColumn::Truth(Truths::unknown(blocks)),
            FactKind::Count | FactKind::Level => FactColumn::Number(Counted::unknown(rows)),
            FactKind::Money => FactColumn::Money(Sums::unknown(rows)),
            FactKind::Date => FactColumn::Day(vec![UNKNOWN; rows]),
            FactKind::Choice => FactColumn::Choice(vec![UNKNOWN_CHOICE; rows]),
        };
        let answers = standard
            .rating
            .as_ref()
            .map_or(0, |rating| rating.cast.len());
        Columns {
            len,
            kinds: Kind::ALL.iter().map(|_| bits()).collect(),
            employers: Employer::ALL.iter().map(|_| bits()).collect(),
            facts: standard.facts.iter().map(fact).collect(),
            activities: plan
                .activities
                .iter()
                .map(|_| Truths::unknown(blocks))
                .collect(),
            roll: Counted::unknown(rows),
            answers: (0..answers).map(|_| Counted::unknown(rows)).collect(),
            unions_below: Counted::unknown(rows),
            holding: plan.tiers.iter().map(|_| Counted::unknown(rows)).collect(),
            held: plan.held.iter().map(|_| bits()).collect(),
            log: None,
        }
    }

    /// As `unknown`, with a log of activities: for columns that other standards are judged by, too.
    pub fn unknown_with_log(standard: &Standard, plan: &Plan, len: usize) -> Columns {
        Columns {
            log: Some(ActivityLog::unknown(standard, len.div_ceil(64) * 64)),
            ..Columns::unknown(standard, plan, len)
        }
    }

    /// Makes room for subjects of which nothing is known yet.
    pub fn grow(&mut self, len: usize) {
        if len <= self.len {
            return;
        }
        let blocks = len.div_ceil(64);
        let rows = blocks * 64;
        let planes = self.kinds.iter_mut().chain(&mut self.employers);
        for plane in planes.chain(&mut self.held) {
            plane.resize(blocks, 0);
        }
        for column in &mut self.facts {
            column.grow(rows);
        }
        for column in &mut self.activities {
            column.grow(blocks);
        }
        let numbers = self.answers.iter_mut().chain(&mut self.holding);
        for column in numbers.chain([&mut self.roll, &mut self.unions_below]) {
            column.grow(rows);
        }
        if let Some(log) = &mut self.log {
            log.grow(rows);
        }
        self.len = len;
    }

    /// Sets everything that is known of a subject in place of what was there.
    ///
    /// # Errors
    /// When a number is too large; the row is unknown then.
    pub fn put(
        &mut self,
        standard: &Standard,
        plan: &Plan,
        row: usize,
        subject: &Subject,
    ) -> Result<(), TooLarge> {
        self.clear(row);
        let put = self.set(standard, plan, row, subject);
        if put.is_err() {
            self.clear(row);
        }
        put
    }

    /// Makes a row unknown, its kind too: it counts for nothing then.
    pub fn clear(&mut self, row: usize) {
        let planes = self.kinds.iter_mut().chain(&mut self.employers);
        for plane in planes.chain(&mut self.held) {
            plane[row / 64] &= !(1 << (row % 64));
        }
        for column in &mut self.facts {
            column.clear(row);
        }
        for column in &mut self.activities {
            column.set(row, None);
        }
        let numbers = self.answers.iter_mut().chain(&mut self.holding);
        for column in numbers.chain([&mut self.roll, &mut self.unions_below]) {
            column.set(row, None);
        }
        if let Some(log) = &mut self.log {
            log.clear(row);
        }
    }

    /// The columns of these subjects, in order.
    pub fn of<'a>(
        standard: &Standard,
        plan: &Plan,
        subjects: impl IntoIterator<Item = &'a Subject, IntoIter: ExactSizeIterator>,
    ) -> Result<Columns, TooLarge> {
        let subjects = subjects.into_iter();
        let mut columns = Columns::unknown(standard, plan, subjects.len());
        for (row, subject) in subjects.enumerate() {
            columns.set(standard, plan, row, subject)?;
        }
        Ok(columns)
    }

    /// The size of the columns in bytes.
    pub fn bytes(&self) -> usize {
        let bits = |planes: &[Vec<u64>]| planes.iter().map(|plane| plane.len() * 8).sum::<usize>();
        let numbers = |columns: &[Counted]| columns.iter().map(Counted::bytes).sum::<usize>();
        let facts = self.facts.iter().map(|fact| match fact {
            FactColumn::Truth(column) => column.bytes(),
            FactColumn::Number(column) => column.bytes(),
            FactColumn::Money(column) => column.bytes(),
            FactColumn::Day(column) => column.len() * 4,
            FactColumn::Choice(column) => column.len(),
        });
        bits(&self.kinds)
            + bits(&self.employers)
            + bits(&self.held)
            + facts.sum::<usize>()
            + self.activities.iter().map(Truths::bytes).sum::<usize>()
            + numbers(&self.answers)
            + numbers(&self.holding)
            + self.roll.bytes()
            + self.unions_below.bytes()
            + self.log.as_ref().map_or(0, ActivityLog::bytes)
    }

    fn set(
        &mut self,
        standard: &Standard,
        plan: &Plan,
        row: usize,
        subject: &Subject,
    ) -> Result<(), TooLarge> {
        set_bit(&mut self.kinds[subject.kind as usize], row);
        if let Some(employer) = subject.employer {
            set_bit(&mut self.employers[employer as usize], row);
        }
        for (fact, column) in standard.facts.iter().zip(&mut self.facts) {
            if let Some(value) = subject.facts.get(&fact.key) {
                set_fact(fact, column, row, value)?;
            }
        }
        for (check, column) in plan.activities.iter().zip(&mut self.activities) {
            column.set(row, enough(subject, check, standard, plan.as_of));
        }
        if let Some(rating) = &subject.rating {
            set_number(&mut self.roll, row, rating.roll, "rating.roll")?;
            let cast = standard
                .rating
                .as_ref()
                .map_or(&[][..], |rating| &rating.cast);
            for (answer, column) in cast.iter().zip(&mut self.answers) {
                set_number(column, row, rating.answers.get(answer).copied(), answer)?;
            }
        }
        if let Some(below) = &subject.subordinates {
            set_number(
                &mut self.unions_below,
                row,
                below.unions,
                "subordinates.unions",
            )?;
            for (tier, column) in plan.tiers.iter().zip(&mut self.holding) {
                set_number(column, row, below.holding.get(tier).copied(), tier)?;
            }
        }
        for (title, plane) in plan.held.iter().zip(&mut self.held) {
            if holds(standard, &subject.titles, title, plan.as_of) {
                set_bit(plane, row);
            }
        }
        if let Some(log) = &mut self.log {
            log.set(row, subject, plan.as_of);
        }
        Ok(())
    }
}

impl Truths {
    fn unknown(blocks: usize) -> Truths {
        Truths {
            known: vec![0; blocks],
            yes: vec![0; blocks],
        }
    }

    fn grow(&mut self, blocks: usize) {
        self.known.resize(blocks, 0);
        self.yes.resize(blocks, 0);
    }

    pub fn set(&mut self, row: usize, truth: Option<bool>) {
        let bit = 1 << (row % 64);
        let put = |plane: &mut [u64], is_set: bool| {
            plane[row / 64] = (plane[row / 64] & !bit) | if is_set { bit } else { 0 };
        };
        put(&mut self.known, truth.is_some());
        put(&mut self.yes, truth == Some(true));
    }

    fn bytes(&self) -> usize {
        (self.known.len() + self.yes.len()) * 8
    }
}

impl FactColumn {
    fn grow(&mut self, rows: usize) {
        match self {
            FactColumn::Truth(column) => column.grow(rows / 64),
            FactColumn::Number(column) => column.grow(rows),
            FactColumn::Money(column) => column.grow(rows),
            FactColumn::Day(column) => column.resize(rows, UNKNOWN),
            FactColumn::Choice(column) => column.resize(rows, UNKNOWN_CHOICE),
        }
    }

    fn clear(&mut self, row: usize) {
        match self {
            FactColumn::Truth(column) => column.set(row, None),
            FactColumn::Number(column) => column.set(row, None),
            FactColumn::Money(column) => column.set(row, None),
            FactColumn::Day(column) => column[row] = UNKNOWN,
            FactColumn::Choice(column) => column[row] = UNKNOWN_CHOICE,
        }
    }
}

/// A day as a number that sorts as the day does.
pub fn day_number(day: Date) -> u32 {
    let year = u32::try_from(day.year()).unwrap_or(0);
    year * 10_000
        + u32::from(day.month().unsigned_abs()) * 100
        + u32::from(day.day().unsigned_abs())
}

pub(crate) fn set_bit(plane: &mut [u64], row: usize) {
    plane[row / 64] |= 1 << (row % 64);
}

fn set_number(
    column: &mut Counted,
    row: usize,
    number: Option<u64>,
    key: &str,
) -> Result<(), TooLarge> {
    let number = number.map(|number| small(number, key)).transpose()?;
    column.set(row, number);
    Ok(())
}

fn small(number: u64, key: &str) -> Result<u32, TooLarge> {
    let fits = u32::try_from(number)
        .ok()
        .filter(|number| *number != UNKNOWN);
    fits.ok_or_else(|| TooLarge {
        key: key.to_owned(),
        number,
    })
}

fn set_fact(
    fact: &Fact,
    column: &mut FactColumn,
    row: usize,
    value: &FactValue,
) -> Result<(), TooLarge> {
    match (column, value) {
        (FactColumn::Truth(column), FactValue::Truth(truth)) => column.set(row, Some(*truth)),
        (FactColumn::Number(column), FactValue::Number(number)) => {
            column.set(row, Some(small(*number, &fact.key)?));
        }
        (FactColumn::Money(column), FactValue::Money(fen)) => {
            if *fen > LARGEST_MONEY_FEN {
                return Err(TooLarge {
                    key: fact.key.clone(),
                    number: *fen,
                });
            }
            column.set(row, Some(*fen));
        }
        (FactColumn::Day(column), FactValue::Date(day)) => column[row] = day_number(*day),
        (FactColumn::Choice(column), FactValue::Choice(choice)) => {
            let place = fact.choices.iter().position(|known| known == choice);
            column[row] = place
                .and_then(|place| u8::try_from(place).ok())
                .unwrap_or(UNKNOWN_CHOICE);
        }
        // A value of another type than the fact's counts as unknown, as in a single judgement.
        _ => {}
    }
    Ok(())
}

/// Whether each period has enough activities or is not held against the subject; none where the activities are unknown.
fn enough(
    subject: &Subject,
    check: &crate::check::Check,
    standard: &Standard,
    as_of: Date,
) -> Option<bool> {
    let crate::check::Check::Activities { at_least, .. } = check else {
        return None;
    };
    let at_least = standard.number(at_least, as_of);
    let tallies = tally(subject, check, as_of)?;
    let mut tallies = tallies.iter();
    Some(tallies.all(|tally| tally.exempt || tally.count >= at_least))
}
