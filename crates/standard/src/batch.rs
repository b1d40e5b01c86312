//! Judging columns: the same criteria as a single judgement, 64 subjects per block, on all cores.

mod bits;
mod block;
mod engine;
pub mod plan;
mod rated;

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde::Serialize;

use crate::batch::block::{AT_A_TIME, Bits, Planes, Statuses, bits_of};
use crate::batch::plan::{Plan, PlannedCriterion};
use crate::columns::Columns;
use crate::judgement::Status;
use crate::kinds::{Employer, Kind};

/// For how many subjects a clause or a title is met, unmet, unknown or not applicable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub met: u64,
    pub unmet: u64,
    pub unknown: u64,
    pub na: u64,
}

/// The result of judging columns.
#[derive(Clone, Debug)]
pub struct ColumnJudgement {
    pub len: usize,
    /// By clause. A clause that a title sharpens for the same subjects has its own counts as `title/clause`; subjects
    /// whose titles do not ask for it are `na`.
    pub clauses: BTreeMap<String, Counts>,
    /// By title; subjects that can't hold it are `na`.
    pub titles: BTreeMap<String, Counts>,
    /// By task, the statuses of [`AT_A_TIME`] of its blocks after the other: of the titles, then (with [`judge_columns_in_full`]) of the criteria, in the order
    /// of the plan.
    statuses: Vec<Vec<Planes>>,
    titles_a_block: usize,
    criteria_a_block: usize,
}

/// Judges every subject: the counts, and the status of every title for every subject.
pub fn judge_columns(plan: &Plan, columns: &Columns) -> ColumnJudgement {
    judge_blocks(plan, columns, 0)
}

/// Judges every subject and also keeps the status of every criterion.
pub fn judge_columns_in_full(plan: &Plan, columns: &Columns) -> ColumnJudgement {
    judge_blocks(plan, columns, plan.criteria.len())
}

impl ColumnJudgement {
    /// The status of a title (by its index in the plan) for a subject that can hold it.
    pub fn title_status(&self, title: usize, row: usize) -> Status {
        status_at(self.title_block(title, row / 64), row)
    }

    /// The status of a criterion (by its index in the plan) for a subject that can hold its title; `None` if the criteria were not kept.
    pub fn criterion_status(&self, criterion: usize, row: usize) -> Option<Status> {
        (criterion < self.criteria_a_block)
            .then(|| status_at(self.block(self.titles_a_block + criterion, row / 64), row))
    }

    /// The statuses of a title in a block, for the subjects that can hold it.
    pub(crate) fn title_block(&self, title: usize, block: usize) -> Statuses {
        self.block(title, block)
    }

    /// Of a title, or of a criterion behind the titles.
    fn block(&self, place: usize, block: usize) -> Statuses {
        let width = self.titles_a_block + self.criteria_a_block;
        let (task, block) = (block / BLOCKS_A_TASK, block % BLOCKS_A_TASK);
        let some = &self.statuses[task][block / AT_A_TIME * width..][..width];
        some[place].at(block % AT_A_TIME)
    }
}

fn status_at(statuses: Statuses, row: usize) -> Status {
    let set = |plane: u64| plane >> (row % 64) & 1 == 1;
    match statuses {
        Statuses { met, .. } if set(met) => Status::Met,
        Statuses { unmet, .. } if set(unmet) => Status::Unmet,
        Statuses { not_applicable, .. } if set(not_applicable) => Status::NotApplicable,
        _ => Status::Unknown,
    }
}

/// Blocks per task: enough to be worth starting a task, few enough to keep all cores busy.
const BLOCKS_A_TASK: usize = 8 * AT_A_TIME;

/// The result of one task: statuses, and counts by title and criterion.
#[derive(Debug, PartialEq)]
struct Found {
    statuses: Vec<Planes>,
    titles: Vec<Counts>,
    /// Counts of the kinds for which this is the first mention of the clause, and of the other kinds.
    criteria: Vec<(Counts, Counts)>,
}

fn judge_blocks(plan: &Plan, columns: &Columns, criteria_a_block: usize) -> ColumnJudgement {
    let blocks = columns.len.div_ceil(64);
    let tasks = blocks.div_ceil(BLOCKS_A_TASK);
    let found: Vec<Found> = (0..tasks)
        .into_par_iter()
        .map(|task| {
            let first = task * BLOCKS_A_TASK;
            engine::judge(
                plan,
                columns,
                first..blocks.min(first + BLOCKS_A_TASK),
                criteria_a_block,
            )
        })
        .collect();
    let mut titles = vec![Counts::default(); plan.titles.len()];
    let mut criteria = vec![(Counts::default(), Counts::default()); plan.criteria.len()];
    let mut statuses = Vec::with_capacity(tasks);
    for task in found {
        statuses.push(task.statuses);
        titles
            .iter_mut()
            .zip(&task.titles)
            .for_each(|(sum, counts)| sum.add(*counts));
        for ((first, others), (task_first, task_others)) in criteria.iter_mut().zip(&task.criteria)
        {
            first.add(*task_first);
            others.add(*task_others);
        }
    }
    ColumnJudgement {
        len: columns.len,
        clauses: by_clause(plan, &criteria, columns.len as u64),
        titles: plan
            .titles
            .iter()
            .zip(titles)
            .map(|(title, counts)| (title.key.clone(), counts.of(columns.len as u64)))
            .collect(),
        statuses,
        titles_a_block: plan.titles.len(),
        criteria_a_block,
    }
}

fn by_clause(plan: &Plan, criteria: &[(Counts, Counts)], len: u64) -> BTreeMap<String, Counts> {
    let mut clauses: BTreeMap<String, Counts> = BTreeMap::new();
    for (criterion, (first, others)) in plan.criteria.iter().zip(criteria) {
        clauses
            .entry(criterion.clause.clone())
            .or_default()
            .add(*first);
        let title = &plan.titles[criterion.title];
        if criterion.first_for.len() < title.kinds.len() {
            clauses.insert(format!("{}/{}", title.key, criterion.clause), *others);
        }
    }
    clauses
        .into_iter()
        .map(|(clause, counts)| (clause, counts.of(len)))
        .collect()
}

/// The kinds and employers of some blocks, a bit for each subject.
struct Who {
    kinds: [Bits; Kind::ALL.len()],
    employers: [Bits; Employer::ALL.len()],
    /// Those of a kind that has an employer, and those whose employer is known.
    having_employer: Bits,
    any_employer: Bits,
}

impl Who {
    #[inline(always)]
    fn of(columns: &Columns, blocks: Range<usize>) -> Who {
        let bits = |column: &[u64]| {
            let mut bits = [0; AT_A_TIME];
            bits[..blocks.len()].copy_from_slice(&column[blocks.clone()]);
            bits
        };
        let kinds: [Bits; Kind::ALL.len()] = std::array::from_fn(|kind| bits(&columns.kinds[kind]));
        let employers: [Bits; Employer::ALL.len()] =
            std::array::from_fn(|employer| bits(&columns.employers[employer]));
        let having = Kind::ALL.iter().filter(|kind| kind.has_employer());
        Who {
            having_employer: any(having.map(|kind| &kinds[*kind as usize])),
            any_employer: any(employers.iter()),
            kinds,
            employers,
        }
    }

    #[inline(always)]
    fn of_kinds(&self, kinds: &[Kind]) -> Bits {
        any(kinds.iter().map(|kind| &self.kinds[*kind as usize]))
    }

    #[inline(always)]
    fn of_employers(&self, employers: &[Employer]) -> Bits {
        let employers = employers.iter();
        any(employers.map(|employer| &self.employers[*employer as usize]))
    }
}

#[inline(always)]
fn any<'a>(all: impl Iterator<Item = &'a Bits>) -> Bits {
    all.fold([0; AT_A_TIME], |any, bits| {
        bits_of(|lane| any[lane] | bits[lane])
    })
}

/// A criterion's statuses where it applies; elsewhere not applicable; unknown where it depends on an employer that is unknown.
#[inline(always)]
fn apply(criterion: &PlannedCriterion, of_kinds: &Bits, planes: &Planes, who: &Who) -> Planes {
    let limited = |applies: &Bits, open: &Bits| {
        Planes::of(|lane| {
            let elsewhere = Statuses {
                not_applicable: !open[lane],
                ..Statuses::default()
            };
            planes.at(lane).where_set(applies[lane], elsewhere)
        })
    };
    if criterion.employers.is_empty() {
        return limited(of_kinds, &[0; AT_A_TIME]);
    }
    let of_employers = who.of_employers(&criterion.employers);
    let (having, known) = (&who.having_employer, &who.any_employer);
    let open = bits_of(|lane| of_kinds[lane] & having[lane] & !known[lane]);
    let applies = bits_of(|lane| of_kinds[lane] & having[lane] & of_employers[lane]);
    limited(&applies, &open)
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.met += other.met;
        self.unmet += other.unmet;
        self.unknown += other.unknown;
        self.na += other.na;
    }

    #[inline(always)]
    fn count(&mut self, planes: &Planes, among: &Bits) {
        let (mut met, mut unmet, mut unknown) = (0, 0, 0);
        for (lane, among) in among.iter().enumerate() {
            let statuses = planes.at(lane);
            let ones = |bits: u64| u64::from((bits & among).count_ones());
            met += ones(statuses.met);
            unmet += ones(statuses.unmet);
            unknown += ones(!(statuses.met | statuses.unmet | statuses.not_applicable));
        }
        self.met += met;
        self.unmet += unmet;
        self.unknown += unknown;
    }

    /// The same counts for `len` subjects: those that are none of the three are `na`.
    fn of(mut self, len: u64) -> Counts {
        self.na = len - self.met - self.unmet - self.unknown;
        self
    }
}
