//! One block of 64 subjects: three-valued logic on bits, and the kernels that turn numbers into bits.

use std::ops::Range;

use crate::batch::bits::bits;
use crate::columns::log::LOG_MONTHS;
use crate::columns::numbers::{Counted, Near};
use crate::columns::{Columns, FactColumn, Truths, UNKNOWN, UNKNOWN_CHOICE};
use crate::figure::Rate;

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
    pub(crate) const UNKNOWN: Statuses = Statuses {
        met: 0,
        unmet: 0,
        not_applicable: 0,
    };

    #[inline(always)]
    pub(crate) fn decided(known: u64, met: u64) -> Statuses {
        Statuses {
            met: known & met,
            unmet: known & !met,
            not_applicable: 0,
        }
    }

    #[inline(always)]
    fn unknown(self) -> u64 {
        !(self.met | self.unmet | self.not_applicable)
    }

    /// As [`crate::judgement::Status::and`], on all 64.
    #[inline(always)]
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
    #[inline(always)]
    pub(crate) fn or(self, other: Statuses) -> Statuses {
        let met = self.met | other.met;
        let open = met | self.unknown() | other.unknown();
        Statuses {
            met,
            unmet: (self.unmet | other.unmet) & !open,
            not_applicable: self.not_applicable & other.not_applicable,
        }
    }

    /// These statuses where the bit is set, the others elsewhere.
    #[inline(always)]
    pub(crate) fn where_set(self, bits: u64, others: Statuses) -> Statuses {
        let pick = |own: u64, other: u64| (own & bits) | (other & !bits);
        Statuses {
            met: pick(self.met, others.met),
            unmet: pick(self.unmet, others.unmet),
            not_applicable: pick(self.not_applicable, others.not_applicable),
        }
    }
}

/// Each check is evaluated for so many blocks before the next one: a column is then read in its order, which the processor reads ahead; block by block it would
/// wait for more than a hundred columns in turn.
pub(crate) const AT_A_TIME: usize = 32;

/// A bit for each subject of so many blocks; none for those behind the last block.
pub(crate) type Bits = [u64; AT_A_TIME];

/// The bits of each block, by its place.
#[inline(always)]
pub(crate) fn bits_of(bits: impl Fn(usize) -> u64) -> Bits {
    let mut all = [0; AT_A_TIME];
    for (lane, block) in all.iter_mut().enumerate() {
        *block = bits(lane);
    }
    all
}

/// The statuses of so many blocks, mask by mask, so that the processor's wide registers take several blocks at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Planes {
    met: Bits,
    unmet: Bits,
    not_applicable: Bits,
}

impl Planes {
    pub(crate) const NOT_APPLICABLE: Planes = Planes {
        met: [0; AT_A_TIME],
        unmet: [0; AT_A_TIME],
        not_applicable: [u64::MAX; AT_A_TIME],
    };

    /// Of each block, by its place.
    #[inline(always)]
    pub(crate) fn of(statuses: impl Fn(usize) -> Statuses) -> Planes {
        let mut planes = Planes::NOT_APPLICABLE;
        for lane in 0..AT_A_TIME {
            planes.set(lane, statuses(lane));
        }
        planes
    }

    #[inline(always)]
    pub(crate) fn at(&self, lane: usize) -> Statuses {
        Statuses {
            met: self.met[lane],
            unmet: self.unmet[lane],
            not_applicable: self.not_applicable[lane],
        }
    }

    #[inline(always)]
    pub(crate) fn set(&mut self, lane: usize, statuses: Statuses) {
        self.met[lane] = statuses.met;
        self.unmet[lane] = statuses.unmet;
        self.not_applicable[lane] = statuses.not_applicable;
    }
}

/// One answer.
#[inline(always)]
pub(super) fn truth(column: &Truths, block: usize) -> Statuses {
    Statuses::decided(column.known[block], column.yes[block])
}

/// All of these answers are yes, answer by answer for some blocks.
#[inline(always)]
pub(super) fn truths(facts: &[usize], columns: &Columns, blocks: &Range<usize>) -> Planes {
    let mut planes = Planes {
        met: [u64::MAX; AT_A_TIME],
        unmet: [0; AT_A_TIME],
        not_applicable: [0; AT_A_TIME],
    };
    for fact in facts {
        let FactColumn::Truth(column) = &columns.facts[*fact] else {
            planes.met = [0; AT_A_TIME];
            continue;
        };
        let answers = column.known[blocks.clone()].iter();
        let answers = answers.zip(&column.yes[blocks.clone()]);
        let masks = planes.met.iter_mut().zip(&mut planes.unmet);
        for ((met, unmet), (known, yes)) in masks.zip(answers) {
            *met &= known & yes;
            *unmet |= known & !yes;
        }
    }
    planes
}

#[inline(always)]
pub(super) fn number(column: &FactColumn, at_least: u64, block: usize) -> Statuses {
    let FactColumn::Number(numbers) = column else {
        return Statuses::UNKNOWN;
    };
    if !numbers.is_near(block) {
        let numbers = numbers.wide(block);
        let met = bits!(|lane| u64::from(numbers[lane]) >= at_least);
        return Statuses::decided(bits!(|lane| numbers[lane] != u32::MAX), met);
    }
    let numbers = numbers.near(block);
    // What no near number reaches, none does.
    let at_least = u16::try_from(at_least).unwrap_or(u16::MAX);
    let met = bits!(|lane| numbers[lane] >= at_least);
    Statuses::decided(bits!(|lane| numbers[lane] != u16::UNKNOWN), met)
}

#[inline(always)]
pub(super) fn money_ratio(
    (part, whole): (&FactColumn, &FactColumn),
    rate: Rate,
    none_is_met: bool,
    block: usize,
) -> Statuses {
    let (FactColumn::Money(part), FactColumn::Money(whole)) = (part, whole) else {
        return Statuses::UNKNOWN;
    };
    if !(part.is_near(block) && whole.is_near(block)) {
        let (part, whole) = (part.wide(block), whole.wide(block));
        let known = bits!(|lane| part[lane] != u64::MAX && whole[lane] != u64::MAX);
        let none = bits!(|lane| whole[lane] == 0);
        let met = bits!(|lane| rate.reached_by(part[lane], whole[lane]));
        return of_none(known, met, none, none_is_met);
    }
    let (part, whole) = (part.near(block), whole.near(block));
    let known = bits!(|lane| (part[lane] != u32::UNKNOWN) & (whole[lane] != u32::UNKNOWN));
    let none = bits!(|lane| whole[lane] == 0);
    of_none(known, reaches_near(part, whole, rate), none, none_is_met)
}

/// Whether `part` ÷ `whole` reaches a rate whose terms are at most 32 bits.
#[inline(always)]
fn reaches_near(part: &[u32; 64], whole: &[u32; 64], rate: Rate) -> u64 {
    if rate.numerator == rate.denominator {
        return bits!(|lane| part[lane] >= whole[lane]);
    }
    // A rate's numerator is at most 2^31 and its denominator less, so the products fit 64 bits. Narrowing both to 32 bits lets the compiler vectorise
    // the multiplication.
    let wide = |number: u64| u64::from(u32::try_from(number).unwrap_or(u32::MAX));
    let (numerator, denominator) = (wide(rate.numerator), wide(rate.denominator));
    bits!(|lane| u64::from(part[lane]) * denominator >= numerator * u64::from(whole[lane]))
}

#[inline(always)]
pub(super) fn term_of_number(
    date: &FactColumn,
    years: &FactColumn,
    as_of: u64,
    block: usize,
) -> Statuses {
    let (FactColumn::Day(days), FactColumn::Number(years)) = (date, years) else {
        return Statuses::UNKNOWN;
    };
    let (days, years) = (lanes(days, block), years.wide(block));
    let known = bits!(|lane| {
        u64::from(days[lane]) <= as_of && days[lane] != UNKNOWN && years[lane] != u32::MAX
    });
    let met = bits!(|lane| u64::from(days[lane]) + u64::from(years[lane]) * 10_000 >= as_of);
    Statuses::decided(known, met)
}

#[inline(always)]
pub(super) fn term_of_choice(
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
    let as_of = u32::try_from(as_of).unwrap_or(u32::MAX);
    let known = bits!(|lane| (days[lane] <= as_of)
        & (days[lane] != UNKNOWN)
        & (choices[lane] != UNKNOWN_CHOICE));
    let mut met = 0;
    for (choice, years) in years.iter().enumerate() {
        let choice = u8::try_from(choice).unwrap_or(UNKNOWN_CHOICE);
        // The first day from which the term still runs.
        let since = u64::from(as_of).saturating_sub(years.saturating_mul(10_000));
        let since = u32::try_from(since).unwrap_or(u32::MAX);
        met |= bits!(|lane| (choices[lane] == choice) & (days[lane] >= since));
    }
    Statuses::decided(known, met)
}

/// Enough activities in each period that is held against the subject, counted from the log; unknown without one.
#[inline(always)]
pub(super) fn log(
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
        met &= bits!(|lane| {
            u64::from(sums[lane]) >= at_least || usize::from(counted[lane]) < *furthest
        });
    }
    Statuses::decided(log.known[block], met)
}

/// Shares of none are met, whatever the part is, or unknown.
#[inline(always)]
fn of_none(known: u64, met: u64, none: u64, none_is_met: bool) -> Statuses {
    if none_is_met {
        Statuses::decided(known | none, met | none)
    } else {
        Statuses::decided(known & !none, met)
    }
}

/// `part` ÷ `whole` against a rate.
#[inline(always)]
pub(super) fn ratio(
    (part, whole): (&FactColumn, &FactColumn),
    rate: Rate,
    none_is_met: bool,
    block: usize,
) -> Statuses {
    let (FactColumn::Number(part), FactColumn::Number(whole)) = (part, whole) else {
        return Statuses::UNKNOWN;
    };
    counted_ratio((part, whole), rate, none_is_met, block)
}

#[inline(always)]
pub(super) fn counted_ratio(
    (part, whole): (&Counted, &Counted),
    rate: Rate,
    none_is_met: bool,
    block: usize,
) -> Statuses {
    if !(part.is_near(block) && whole.is_near(block)) {
        return wide_ratio(&part.wide(block), &whole.wide(block), rate, none_is_met);
    }
    let (part, whole) = (part.near(block), whole.near(block));
    let known = bits!(|lane| (part[lane] != u16::UNKNOWN) & (whole[lane] != u16::UNKNOWN));
    let none = bits!(|lane| whole[lane] == 0);
    let met = if rate.numerator == rate.denominator {
        bits!(|lane| part[lane] >= whole[lane])
    } else if rate.numerator.max(rate.denominator) < 1 << 15 {
        // 2^16 × 2^15: the products fit 32 bits with their sign.
        let small = |number: u64| i32::try_from(number).unwrap_or(0);
        let (numerator, denominator) = (small(rate.numerator), small(rate.denominator));
        bits!(|lane| i32::from(part[lane]) * denominator >= numerator * i32::from(whole[lane]))
    } else {
        bits!(|lane| rate.reached_by(u64::from(part[lane]), u64::from(whole[lane])))
    };
    of_none(known, met, none, none_is_met)
}

#[inline(never)]
fn wide_ratio(part: &[u32; 64], whole: &[u32; 64], rate: Rate, none_is_met: bool) -> Statuses {
    let known = bits!(|lane| part[lane] != u32::MAX && whole[lane] != u32::MAX);
    let none = bits!(|lane| whole[lane] == 0);
    of_none(known, reaches_near(part, whole, rate), none, none_is_met)
}

/// The 64 numbers of a block.
#[inline(always)]
pub(super) fn lanes<T>(column: &[T], block: usize) -> &[T; 64] {
    let lanes = column[block * 64..].first_chunk();
    lanes.unwrap_or_else(|| unreachable!("columns are padded to whole blocks"))
}
