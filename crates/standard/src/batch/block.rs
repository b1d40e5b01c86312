//! One block of 64 subjects: three-valued logic on bits, and the kernels that turn numbers into bits.

use crate::batch::plan::Program;
use crate::columns::log::LOG_MONTHS;
use crate::columns::{ACTIVITIES_KNOWN, Columns, FactColumn, UNKNOWN, UNKNOWN_CHOICE, UNKNOWN_FEN};
use crate::figure::{Quorum, Rate};

/// The statuses of 64 subjects: each has its bit in at most one of the three masks; a bit in none means unknown.
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

    /// As [`crate::judgement::Status::and`], on all 64.
    pub(crate) fn and(self, other: Statuses) -> Statuses {
        let unmet = self.unmet | other.unmet;
        let open = unmet | self.unknown() | other.unknown();
        Statuses {
            met: (self.met | other.met) & !open,
            unmet,
            not_applicable: self.not_applicable & other.not_applicable,
        }
    }

    /// As [`crate::judgement::Status::or`], on all 64.
    fn or(self, other: Statuses) -> Statuses {
        let met = self.met | other.met;
        let open = met | self.unknown() | other.unknown();
        Statuses {
            met,
            unmet: (self.unmet | other.unmet) & !open,
            not_applicable: self.not_applicable & other.not_applicable,
        }
    }

    /// These statuses where the bit is set, the others elsewhere.
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
        Program::Number { fact, at_least } => number(&columns.facts[*fact], *at_least, block),
        Program::Ratio {
            part,
            whole,
            rate,
            none_is_met,
        } => match (&columns.facts[*part], &columns.facts[*whole]) {
            (FactColumn::Number(part), FactColumn::Number(whole)) => {
                ratio(lanes(part, block), lanes(whole, block), *rate, *none_is_met)
            }
            _ => Statuses::UNKNOWN,
        },
        Program::MoneyRatio {
            part,
            whole,
            rate,
            none_is_met,
        } => {
            let (part, whole) = (&columns.facts[*part], &columns.facts[*whole]);
            money_ratio((part, whole), *rate, *none_is_met, block)
        }
        Program::Activities { column, full } => {
            let enough = lanes(&columns.activities[*column], block);
            let met = bits(|lane| enough[lane] & full == *full);
            Statuses::decided(bits(|lane| enough[lane] & ACTIVITIES_KNOWN != 0), met)
        }
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
            let holding = lanes(&columns.holding[*tier], block);
            let unions = lanes(&columns.unions_below, block);
            ratio(holding, unions, *rate, *none_is_met)
        }
        Program::Rating {
            counts,
            of,
            cast,
            quorum,
            rate,
        } => rating((counts, of, cast), *quorum, *rate, columns, block),
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

#[inline]
fn number(column: &FactColumn, at_least: u64, block: usize) -> Statuses {
    let FactColumn::Number(numbers) = column else {
        return Statuses::UNKNOWN;
    };
    let numbers = lanes(numbers, block);
    let met = bits(|lane| u64::from(numbers[lane]) >= at_least);
    Statuses::decided(bits(|lane| numbers[lane] != UNKNOWN), met)
}

#[inline]
fn money_ratio(
    (part, whole): (&FactColumn, &FactColumn),
    rate: Rate,
    none_is_met: bool,
    block: usize,
) -> Statuses {
    let (FactColumn::Money(part), FactColumn::Money(whole)) = (part, whole) else {
        return Statuses::UNKNOWN;
    };
    let (part, whole) = (lanes(part, block), lanes(whole, block));
    let known = bits(|lane| part[lane] != UNKNOWN_FEN && whole[lane] != UNKNOWN_FEN);
    let none = bits(|lane| whole[lane] == 0);
    of_none(known, reaches_in_fen(part, whole, rate), none, none_is_met)
}

#[inline]
fn term_of_number(date: &FactColumn, years: &FactColumn, as_of: u64, block: usize) -> Statuses {
    let (FactColumn::Day(days), FactColumn::Number(years)) = (date, years) else {
        return Statuses::UNKNOWN;
    };
    let (days, years) = (lanes(days, block), lanes(years, block));
    let known = bits(|lane| {
        u64::from(days[lane]) <= as_of && days[lane] != UNKNOWN && years[lane] != UNKNOWN
    });
    let met = bits(|lane| u64::from(days[lane]) + u64::from(years[lane]) * 10_000 >= as_of);
    Statuses::decided(known, met)
}

#[inline]
fn term_of_choice(
    date: &FactColumn,
    choice: &FactColumn,
    years: &[u64],
    as_of: u64,
    block: usize,
) -> Statuses {
    let (FactColumn::Day(days), FactColumn::Choice(choices)) = (date, choice) else {
        return Statuses::UNKNOWN;
    };
    let (days, choices) = (lanes(days, block), lanes(choices, block));
    let known = bits(|lane| {
        u64::from(days[lane]) <= as_of && days[lane] != UNKNOWN && choices[lane] != UNKNOWN_CHOICE
    });
    let years = |lane: usize| years.get(usize::from(choices[lane])).copied().unwrap_or(0);
    let met = bits(|lane| u64::from(days[lane]) + years(lane) * 10_000 >= as_of);
    Statuses::decided(known, met)
}

/// Enough activities in each period that is held against the subject, counted from the log; unknown without one.
fn log(
    kinds: &[usize],
    spans: &[(usize, usize)],
    at_least: u64,
    columns: &Columns,
    block: usize,
) -> Statuses {
    let Some(log) = &columns.log else {
        return Statuses::UNKNOWN;
    };
    let counted = lanes(&log.counted, block);
    let mut met = u64::MAX;
    for (nearest, furthest) in spans {
        let mut sums = [0u32; 64];
        for kind in kinds {
            for back in *nearest..=*furthest {
                let month = lanes(&log.months[kind * LOG_MONTHS + back - 1], block);
                sums.iter_mut()
                    .zip(month)
                    .for_each(|(sum, count)| *sum += u32::from(*count));
            }
        }
        met &= bits(|lane| {
            u64::from(sums[lane]) >= at_least || usize::from(counted[lane]) < *furthest
        });
    }
    Statuses::decided(log.known[block], met)
}

/// The satisfaction, unknown below the quorum and without a valid ballot.
#[inline]
fn rating(
    (counts, of, cast): (&[usize], &[usize], &[usize]),
    quorum: Quorum,
    rate: Rate,
    columns: &Columns,
    block: usize,
) -> Statuses {
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
    let roll_lanes = lanes(&columns.roll, block);
    let roll: [u64; 64] = std::array::from_fn(|lane| u64::from(roll_lanes[lane]));
    let satisfied = sum(&mut counts.iter().copied());
    let valid = sum(&mut of.iter().copied());
    let cast_ballots = sum(&mut cast.iter().copied());
    let mut known = bits(|lane| roll_lanes[lane] != UNKNOWN);
    for place in cast {
        let column = lanes(&columns.answers[*place], block);
        known &= bits(|lane| column[lane] != UNKNOWN);
    }
    let cast_enough = if quorum.inclusive {
        reaches(&cast_ballots, &roll, quorum.numerator, quorum.denominator)
    } else {
        !reaches(&roll, &cast_ballots, quorum.denominator, quorum.numerator)
    };
    known &= cast_enough & bits(|lane| valid[lane] > 0);
    Statuses::decided(
        known,
        reaches(&satisfied, &valid, rate.numerator, rate.denominator),
    )
}

/// Shares of none are met, whatever the part is, or unknown.
fn of_none(known: u64, met: u64, none: u64, none_is_met: bool) -> Statuses {
    if none_is_met {
        Statuses::decided(known | none, met | none)
    } else {
        Statuses::decided(known & !none, met)
    }
}

/// `part` ÷ `whole` against a rate.
fn ratio(part: &[u32; 64], whole: &[u32; 64], rate: Rate, none_is_met: bool) -> Statuses {
    // A rate's numerator is at most 2^31 and its denominator less, so products with 32-bit counts fit 64 bits. Narrowing both to 32 bits lets the
    // compiler vectorise the multiplication.
    let wide = |number: u64| u64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let (numerator, denominator) = (wide(rate.numerator), wide(rate.denominator));
    let met =
        bits(|lane| u64::from(part[lane]) * denominator >= numerator * u64::from(whole[lane]));
    let known = bits(|lane| part[lane] != UNKNOWN && whole[lane] != UNKNOWN);
    let none = bits(|lane| whole[lane] == 0);
    of_none(known, met, none, none_is_met)
}

/// Whether `part` ÷ `whole` reaches numerator ÷ denominator, for sums of at most 16 counts.
fn reaches(part: &[u64; 64], whole: &[u64; 64], numerator: u64, denominator: u64) -> u64 {
    if numerator.max(denominator) < 1 << 28 {
        // 2^36 × 2^28: the products fit 64 bits.
        return bits(|lane| part[lane] * denominator >= numerator * whole[lane]);
    }
    let wide = u128::from;
    bits(|lane| wide(part[lane]) * wide(denominator) >= wide(numerator) * wide(whole[lane]))
}

fn reaches_in_fen(part: &[u64; 64], whole: &[u64; 64], rate: Rate) -> u64 {
    if rate.numerator.max(rate.denominator) < 1 << 13 {
        // Known sums are below 2^50, so the products fit; what an unknown one wraps to is masked out.
        return bits(|lane| {
            part[lane].wrapping_mul(rate.denominator) >= whole[lane].wrapping_mul(rate.numerator)
        });
    }
    bits(|lane| rate.reached_by(part[lane], whole[lane]))
}

/// The 64 numbers of a block.
fn lanes<T>(column: &[T], block: usize) -> &[T; 64] {
    let lanes = column[block * 64..].first_chunk();
    lanes.unwrap_or_else(|| unreachable!("columns are padded to whole blocks"))
}

/// One bit per lane. The results are bytes first, which the compiler vectorises; a multiplication then collects the lowest bits of eight bytes into
/// one.
#[inline(always)]
fn bits(test: impl Fn(usize) -> bool) -> u64 {
    let answers: [u8; 64] = std::array::from_fn(|lane| u8::from(test(lane)));
    let mut word = 0u64;
    for (group, bytes) in answers.as_chunks::<8>().0.iter().enumerate() {
        let byte = u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= byte << (group * 8);
    }
    word
}
