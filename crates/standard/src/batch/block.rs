//! One block of 64 subjects: three-valued logic on bits, and the kernels that turn numbers into bits.

use crate::batch::plan::Program;
use crate::columns::{ACTIVITIES_KNOWN, Columns, FactColumn, UNKNOWN, UNKNOWN_CHOICE, UNKNOWN_FEN};
use crate::figure::Rate;

/// The statuses of 64 subjects: a bit in at most one of the three; none is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statuses {
    pub(crate) met: u64,
    pub(crate) unmet: u64,
    pub(crate) not_applicable: u64,
}

impl Statuses {
    pub(crate) const NOT_APPLICABLE: Statuses = Statuses {
        met: 0,
        unmet: 0,
        not_applicable: u64::MAX,
    };
    const UNKNOWN: Statuses = Statuses {
        met: 0,
        unmet: 0,
        not_applicable: 0,
    };

    fn decided(known: u64, met: u64) -> Statuses {
        Statuses {
            met: known & met,
            unmet: known & !met,
            not_applicable: 0,
        }
    }

    fn unknown(self) -> u64 {
        !(self.met | self.unmet | self.not_applicable)
    }

    /// As [`crate::judgement::Status::and`].
    pub(crate) fn and(self, other: Statuses) -> Statuses {
        let unmet = self.unmet | other.unmet;
        let open = unmet | self.unknown() | other.unknown();
        Statuses {
            met: (self.met | other.met) & !open,
            unmet,
            not_applicable: self.not_applicable & other.not_applicable,
        }
    }

    /// As [`crate::judgement::Status::or`].
    fn or(self, other: Statuses) -> Statuses {
        let met = self.met | other.met;
        let open = met | self.unknown() | other.unknown();
        Statuses {
            met,
            unmet: (self.unmet | other.unmet) & !open,
            not_applicable: self.not_applicable & other.not_applicable,
        }
    }

    /// These where the bit is set, the others elsewhere.
    pub(crate) fn where_set(self, bits: u64, others: Statuses) -> Statuses {
        let pick = |own: u64, other: u64| (own & bits) | (other & !bits);
        Statuses {
            met: pick(self.met, others.met),
            unmet: pick(self.unmet, others.unmet),
            not_applicable: pick(self.not_applicable, others.not_applicable),
        }
    }
}

/// Runs a program over a block.
pub(crate) fn run(program: &Program, columns: &Columns, block: usize) -> Statuses {
    match program {
        Program::Truth(fact) => match &columns.facts[*fact] {
            FactColumn::Truth { known, yes } => Statuses::decided(known[block], yes[block]),
            _ => Statuses::UNKNOWN,
        },
        Program::Number { fact, at_least } => match &columns.facts[*fact] {
            FactColumn::Number(numbers) => {
                let numbers = lanes(numbers, block);
                let met = bits(|lane| u64::from(numbers[lane]) >= *at_least);
                Statuses::decided(bits(|lane| numbers[lane] != UNKNOWN), met)
            }
            _ => Statuses::UNKNOWN,
        },
        Program::Ratio { part, whole, rate } => {
            match (&columns.facts[*part], &columns.facts[*whole]) {
                (FactColumn::Number(part), FactColumn::Number(whole)) => {
                    ratio(lanes(part, block), lanes(whole, block), *rate, true)
                }
                _ => Statuses::UNKNOWN,
            }
        }
        Program::MoneyRatio { part, whole, rate } => {
            match (&columns.facts[*part], &columns.facts[*whole]) {
                (FactColumn::Money(part), FactColumn::Money(whole)) => {
                    let (part, whole) = (lanes(part, block), lanes(whole, block));
                    let known =
                        bits(|lane| part[lane] != UNKNOWN_FEN && whole[lane] != UNKNOWN_FEN);
                    let nothing_due = bits(|lane| whole[lane] == 0);
                    let met = bits(|lane| rate.reached_by(part[lane], whole[lane]));
                    Statuses::decided(known | nothing_due, met | nothing_due)
                }
                _ => Statuses::UNKNOWN,
            }
        }
        Program::Activities { column, full } => {
            let enough = lanes(&columns.activities[*column], block);
            let met = bits(|lane| enough[lane] & full == *full);
            Statuses::decided(bits(|lane| enough[lane] & ACTIVITIES_KNOWN != 0), met)
        }
        Program::TermOfNumber { date, years, as_of } => {
            match (&columns.facts[*date], &columns.facts[*years]) {
                (FactColumn::Day(days), FactColumn::Number(years)) => {
                    let (days, years) = (lanes(days, block), lanes(years, block));
                    let known = bits(|lane| days[lane] != UNKNOWN && years[lane] != UNKNOWN);
                    let met = bits(|lane| {
                        u64::from(days[lane]) + u64::from(years[lane]) * 10_000 >= *as_of
                    });
                    Statuses::decided(known, met)
                }
                _ => Statuses::UNKNOWN,
            }
        }
        Program::TermOfChoice {
            date,
            choice,
            years,
            as_of,
        } => match (&columns.facts[*date], &columns.facts[*choice]) {
            (FactColumn::Day(days), FactColumn::Choice(choices)) => {
                let (days, choices) = (lanes(days, block), lanes(choices, block));
                let known = bits(|lane| days[lane] != UNKNOWN && choices[lane] != UNKNOWN_CHOICE);
                let years =
                    |lane: usize| years.get(usize::from(choices[lane])).copied().unwrap_or(0);
                let met = bits(|lane| u64::from(days[lane]) + years(lane) * 10_000 >= *as_of);
                Statuses::decided(known, met)
            }
            _ => Statuses::UNKNOWN,
        },
        Program::Held(title) => Statuses::decided(u64::MAX, columns.held[*title][block]),
        Program::Subordinates { tier, rate } => {
            let holding = lanes(&columns.holding[*tier], block);
            ratio(holding, lanes(&columns.unions_below, block), *rate, false)
        }
        Program::Rating {
            counts,
            of,
            quorum,
            rate,
        } => {
            let sum = |places: &mut dyn Iterator<Item = usize>| {
                let mut sums = [0u64; 64];
                for place in places {
                    let column = lanes(&columns.answers[place], block);
                    sums.iter_mut()
                        .zip(column)
                        .for_each(|(sum, count)| *sum += u64::from(*count));
                }
                sums
            };
            let roll = lanes(&columns.roll, block);
            let satisfied = sum(&mut counts.iter().copied());
            let valid = sum(&mut of.iter().copied());
            let cast = sum(&mut (0..columns.answers.len()));
            let mut known = bits(|lane| roll[lane] != UNKNOWN);
            for column in &columns.answers {
                let column = lanes(column, block);
                known &= bits(|lane| column[lane] != UNKNOWN);
            }
            known &= bits(|lane| {
                quorum.reached_by(cast[lane], u64::from(roll[lane])) && valid[lane] > 0
            });
            Statuses::decided(
                known,
                bits(|lane| rate.reached_by(satisfied[lane], valid[lane])),
            )
        }
        Program::All(programs) => programs
            .iter()
            .fold(Statuses::NOT_APPLICABLE, |all, program| {
                all.and(run(program, columns, block))
            }),
        Program::Any(programs) => programs
            .iter()
            .fold(Statuses::NOT_APPLICABLE, |any, program| {
                any.or(run(program, columns, block))
            }),
        Program::When(when, then) => {
            let condition = run(when, columns, block);
            let then = run(then, columns, block);
            let elsewhere = Statuses {
                not_applicable: condition.unmet | condition.not_applicable,
                ..Statuses::UNKNOWN
            };
            then.where_set(condition.met, elsewhere)
        }
        Program::Unknown => Statuses::UNKNOWN,
    }
}

/// `part` ÷ `whole` against a rate; where `nothing_due` is set, a known nothing decides whatever the part is.
fn ratio(part: &[u32; 64], whole: &[u32; 64], rate: Rate, nothing_due: bool) -> Statuses {
    // A rate's numerator is at most 2^31 and its denominator less: products with 32-bit counts fit 64 bits.
    let met = bits(|lane| {
        u64::from(part[lane]) * rate.denominator >= rate.numerator * u64::from(whole[lane])
    });
    let known = bits(|lane| part[lane] != UNKNOWN && whole[lane] != UNKNOWN);
    let nothing = if nothing_due {
        bits(|lane| whole[lane] == 0)
    } else {
        0
    };
    Statuses::decided(known | nothing, met)
}

/// The 64 numbers of a block.
fn lanes<T>(column: &[T], block: usize) -> &[T; 64] {
    let lanes = column[block * 64..].first_chunk();
    lanes.unwrap_or_else(|| unreachable!("columns are padded to whole blocks"))
}

/// A bit for each lane, in groups of eight so that the compiler works them out side by side.
#[inline(always)]
fn bits(test: impl Fn(usize) -> bool) -> u64 {
    let mut word = 0u64;
    for group in 0..8 {
        let mut byte = 0u64;
        for lane in 0..8 {
            byte |= u64::from(test(group * 8 + lane)) << lane;
        }
        word |= byte << (group * 8);
    }
    word
}
