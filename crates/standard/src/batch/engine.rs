//! The loop over blocks, compiled twice: for any processor, and for those with wide registers that count bits by an instruction. Which one runs is asked of
//! the processor; both are the same text, and a test compares them.

use std::ops::Range;

use crate::batch::Found;
use crate::batch::plan::Plan;
use crate::columns::Columns;

macro_rules! engine {
    ($(#[$feature:meta])*) => {
        use std::ops::Range;

        use crate::batch::block::{
            AT_A_TIME, Bits, Planes, Statuses, bits_of, log, money_ratio, number, counted_ratio, ratio, term_of_choice, term_of_number, truth,
            truths,
        };
        use crate::batch::plan::{Plan, Program};
        use crate::batch::rated::{Rated, rated, rating};
        use crate::batch::{Counts, Found, Who, apply};
        use crate::columns::{Columns, FactColumn};

        /// Runs a program over a block.
        $(#[$feature])*
        fn run(
            program: &Program,
            (columns, ratings, lane): (&Columns, &[Rated], usize),
            block: usize,
        ) -> Statuses {
            match program {
                Program::Truth(fact) => match &columns.facts[*fact] {
                    FactColumn::Truth(column) => truth(column, block),
                    _ => Statuses::UNKNOWN,
                },
                Program::Number { fact, at_least } => number(&columns.facts[*fact], *at_least, block),
                Program::Ratio {
                    part,
                    whole,
                    rate,
                    none_is_met,
                } => {
                    let (part, whole) = (&columns.facts[*part], &columns.facts[*whole]);
                    ratio((part, whole), *rate, *none_is_met, block)
                }
                Program::MoneyRatio {
                    part,
                    whole,
                    rate,
                    none_is_met,
                } => {
                    let (part, whole) = (&columns.facts[*part], &columns.facts[*whole]);
                    money_ratio((part, whole), *rate, *none_is_met, block)
                }
                Program::Activities(column) => truth(&columns.activities[*column], block),
                Program::Log {
                    kinds,
                    spans,
                    at_least,
                } => log(kinds, spans, *at_least, columns, block),
                Program::TermOfNumber { date, years, as_of } => {
                    term_of_number(&columns.facts[*date], &columns.facts[*years], *as_of, block)
                }
                Program::TermOfChoice {
                    date,
                    choice,
                    years,
                    as_of,
                } => {
                    let (date, choice) = (&columns.facts[*date], &columns.facts[*choice]);
                    term_of_choice(date, choice, years, *as_of, block)
                }
                Program::Held(title) => Statuses::decided(u64::MAX, columns.held[*title][block]),
                Program::Subordinates {
                    tier,
                    rate,
                    none_is_met,
                } => {
                    let holding = &columns.holding[*tier];
                    counted_ratio((holding, &columns.unions_below), *rate, *none_is_met, block)
                }
                Program::Rating { counted, rate } => rating(&ratings[*counted * AT_A_TIME + lane], *rate),
                Program::Truths(facts) => truths(facts, columns, &(block..block + 1)).at(0),
                Program::All(programs) => programs
                    .iter()
                    .fold(Statuses::NOT_APPLICABLE, |all, program| {
                        all.and(run(program, (columns, ratings, lane), block))
                    }),
                Program::Any(programs) => programs
                    .iter()
                    .fold(Statuses::NOT_APPLICABLE, |any, program| {
                        any.or(run(program, (columns, ratings, lane), block))
                    }),
                Program::When(when, then) => {
                    let condition = run(when, (columns, ratings, lane), block);
                    let then = run(then, (columns, ratings, lane), block);
                    let elsewhere = Statuses {
                        not_applicable: condition.unmet | condition.not_applicable,
                        ..Statuses::UNKNOWN
                    };
                    then.where_set(condition.met, elsewhere)
                }
                Program::Unknown => Statuses::UNKNOWN,
            }
        }

        /// Runs a program over some blocks. What most of them are is run here, without a call for each block.
        $(#[$feature])*
        fn run_some(
            program: &Program,
            (columns, ratings): (&Columns, &[Rated]),
            blocks: &Range<usize>,
            planes: &mut Planes,
        ) {
            let each = blocks.clone().enumerate();
            match program {
                Program::Truths(facts) => *planes = truths(facts, columns, blocks),
                Program::Ratio {
                    part,
                    whole,
                    rate,
                    none_is_met,
                } => {
                    let (part, whole) = (&columns.facts[*part], &columns.facts[*whole]);
                    for (lane, block) in each {
                        planes.set(lane, ratio((part, whole), *rate, *none_is_met, block));
                    }
                }
                Program::Number { fact, at_least } => {
                    for (lane, block) in each {
                        planes.set(lane, number(&columns.facts[*fact], *at_least, block));
                    }
                }
                _ => {
                    for (lane, block) in each {
                        planes.set(lane, run(program, (columns, ratings, lane), block));
                    }
                }
            }
        }

        /// Judges some blocks: statuses block by block, and counts.
        $(#[$feature])*
        pub(super) fn judge(
            plan: &Plan,
            columns: &Columns,
            blocks: Range<usize>,
            criteria_kept: usize,
        ) -> Found {
            let width = plan.titles.len() + criteria_kept;
            let mut found = Found {
                statuses: Vec::with_capacity(blocks.len().div_ceil(AT_A_TIME) * width),
                titles: vec![Counts::default(); plan.titles.len()],
                criteria: vec![(Counts::default(), Counts::default()); plan.criteria.len()],
            };
            let ratings = plan.ratings.len() * AT_A_TIME;
            let mut ratings: Vec<Rated> = (0..ratings).map(|_| Rated::NOTHING).collect();
            let mut programs = vec![Planes::NOT_APPLICABLE; plan.programs.len()];
            let mut titles = vec![Planes::NOT_APPLICABLE; plan.titles.len()];
            let mut criteria = vec![Planes::NOT_APPLICABLE; criteria_kept];
            let mut masks: Vec<Bits> = vec![[0; AT_A_TIME]; plan.sets.len()];
            for first in blocks.clone().step_by(AT_A_TIME) {
                let some = first..blocks.end.min(first + AT_A_TIME);
                for (place, counted) in plan.ratings.iter().enumerate() {
                    for (lane, block) in some.clone().enumerate() {
                        let into = &mut ratings[place * AT_A_TIME + lane];
                        rated(counted, columns, block, into);
                    }
                }
                for (program, planes) in plan.programs.iter().zip(&mut programs) {
                    run_some(program, (columns, &ratings), &some, planes);
                }
                let who = Who::of(columns, some);
                for (kinds, mask) in plan.sets.iter().zip(&mut masks) {
                    *mask = who.of_kinds(kinds);
                }
                titles.fill(Planes::NOT_APPLICABLE);
                for (place, criterion) in plan.criteria.iter().enumerate() {
                    let applies = &masks[criterion.set];
                    let planes = apply(criterion, applies, &programs[criterion.program], &who);
                    let title = &mut titles[criterion.title];
                    *title = Planes::of(|lane| title.at(lane).and(planes.at(lane)));
                    let first = &masks[criterion.first_set];
                    let counts = &mut found.criteria[place];
                    counts.0.count(&planes, first);
                    if criterion.has_others {
                        let all = &masks[plan.titles[criterion.title].set];
                        counts.1.count(&planes, &bits_of(|lane| all[lane] & !first[lane]));
                    }
                    if let Some(kept) = criteria.get_mut(place) {
                        *kept = planes;
                    }
                }
                for (place, title) in plan.titles.iter().enumerate() {
                    let mut below = Planes::NOT_APPLICABLE;
                    for (kind, lower) in &title.below {
                        // Lower titles come first in the plan, so their statuses are final.
                        let (lower, of_kind) = (&titles[*lower], &who.kinds[*kind as usize]);
                        below = Planes::of(|lane| lower.at(lane).where_set(of_kind[lane], below.at(lane)));
                    }
                    let own = &titles[place];
                    let planes = Planes::of(|lane| {
                        let mut statuses = own.at(lane).and(below.at(lane));
                        statuses.met |= statuses.not_applicable;
                        statuses.not_applicable = 0;
                        statuses
                    });
                    found.titles[place].count(&planes, &masks[title.set]);
                    titles[place] = planes;
                }
                found.statuses.extend_from_slice(&titles);
                found.statuses.extend_from_slice(&criteria);
            }
            found
        }
    };
}

/// For any processor.
mod plain {
    engine!();
}

/// For processors of x86-64-v3: since 2013.
#[cfg(target_arch = "x86_64")]
mod quick {
    engine!(#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]);
}

/// Judges some blocks, as quickly as the processor can.
pub(super) fn judge(
    plan: &Plan,
    columns: &Columns,
    blocks: Range<usize>,
    criteria_kept: usize,
) -> Found {
    #[cfg(target_arch = "x86_64")]
    if is_quick() {
        #[expect(
            unsafe_code,
            reason = "the processor was asked for all that is enabled"
        )]
        return unsafe { quick::judge(plan, columns, blocks, criteria_kept) };
    }
    plain::judge(plan, columns, blocks, criteria_kept)
}

#[cfg(target_arch = "x86_64")]
fn is_quick() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
        && std::arch::is_x86_feature_detected!("bmi1")
        && std::arch::is_x86_feature_detected!("bmi2")
        && std::arch::is_x86_feature_detected!("lzcnt")
        && std::arch::is_x86_feature_detected!("popcnt")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use jiff::civil::Date;

    use super::*;
    use crate::columns::FactColumn;

    /// Numbers that look drawn, near the thresholds and now and then unknown or too large for two bytes.
    fn filled(standard: &crate::Standard, plan: &Plan) -> Columns {
        let rows = 640;
        let mut columns = Columns::unknown_with_log(standard, plan, rows);
        let mut state = 7u64;
        let mut next = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let small = |number: u64| u32::try_from(number).unwrap();
        for row in 0..rows {
            let kind = usize::try_from(next(9)).unwrap();
            columns.kinds[kind][row / 64] |= 1 << (row % 64);
            let employer = usize::try_from(next(5)).unwrap();
            columns.employers[employer][row / 64] |= 1 << (row % 64);
            for fact in &mut columns.facts {
                if next(12) == 0 {
                    continue;
                }
                match fact {
                    FactColumn::Truth(column) => column.set(row, Some(next(20) > 0)),
                    FactColumn::Number(column) => {
                        let large = if next(150) == 0 { 70_000 } else { 0 };
                        column.set(row, Some(large + small(next(40))));
                    }
                    FactColumn::Money(column) => column.set(row, Some(next(4))),
                    FactColumn::Day(column) => column[row] = 20_100_101 + small(next(9)) * 10_000,
                    FactColumn::Choice(column) => column[row] = u8::try_from(next(2)).unwrap(),
                }
            }
            columns.roll.set(row, Some(small(next(60))));
            for answer in &mut columns.answers {
                answer.set(row, Some(small(next(20))));
            }
        }
        columns
    }

    #[test]
    fn every_processor_comes_to_the_same() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        let standard = crate::load::folder(&folder).unwrap();
        let plan = Plan::of(&standard, Date::constant(2016, 10, 15));
        let columns = filled(&standard, &plan);
        let kept = plan.criteria.len();
        let plainly = plain::judge(&plan, &columns, 0..10, kept);
        assert_eq!(judge(&plan, &columns, 0..10, kept), plainly);
        let met: u64 = plainly.criteria.iter().map(|(first, _)| first.met).sum();
        assert!(met > 1_000, "{met}");
    }
}
