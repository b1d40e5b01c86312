//! Members' ratings, counted once per block for all rates that are asked of them.

use crate::batch::bits::bits;
use crate::batch::block::Statuses;
use crate::batch::plan::CountedRating;
use crate::columns::Columns;
use crate::columns::numbers::Near;
use crate::figure::Rate;

/// What the members of a block's subjects said: where it counts, and the sums that a satisfaction is made of.
pub(super) struct Rated {
    known: u64,
    satisfied: [u32; 64],
    valid: [u32; 64],
    /// Where the sums need more than 32 bits, they stand here.
    wide: Option<Box<([u64; 64], [u64; 64])>>,
}

impl Rated {
    pub(super) const NOTHING: Rated = Rated {
        known: 0,
        satisfied: [0; 64],
        valid: [0; 64],
        wide: None,
    };
}

/// Counts the ratings of a block: below the quorum, and without a valid ballot, nothing is known.
#[inline(always)]
pub(super) fn rated(counted: &CountedRating, columns: &Columns, block: usize, into: &mut Rated) {
    let is_near = counted
        .cast
        .iter()
        .all(|place| columns.answers[*place].is_near(block));
    if !(is_near && columns.roll.is_near(block)) {
        *into = rated_wide(counted, columns, block);
        return;
    }
    into.wide = None;
    let roll = columns.roll.near(block);
    let mut known = bits!(|lane| roll[lane] != u16::UNKNOWN);
    for place in &counted.cast {
        let column = columns.answers[*place].near(block);
        known &= bits!(|lane| column[lane] != u16::UNKNOWN);
    }
    let mut cast = [0; 64];
    add_up(&counted.cast, columns, block, &mut cast);
    add_up(&counted.counts, columns, block, &mut into.satisfied);
    add_up(&counted.of, columns, block, &mut into.valid);
    let quorum = counted.quorum;
    let mut roll_wide = [0u32; 64];
    for (wide, near) in roll_wide.iter_mut().zip(roll) {
        *wide = u32::from(*near);
    }
    let roll = roll_wide;
    let rate = |numerator, denominator| Rate {
        numerator,
        denominator,
    };
    // Less than the quorum was cast where the roll reaches the quorum turned round.
    let cast_enough = if quorum.inclusive {
        small_reaches(&cast, &roll, rate(quorum.numerator, quorum.denominator))
    } else {
        !small_reaches(&roll, &cast, rate(quorum.denominator, quorum.numerator))
    };
    let valid = &into.valid;
    into.known = known & cast_enough & bits!(|lane| valid[lane] > 0);
}

#[inline(always)]
fn add_up(places: &[usize], columns: &Columns, block: usize, sums: &mut [u32; 64]) {
    sums.fill(0);
    for place in places {
        let column = columns.answers[*place].near(block);
        for (sum, count) in sums.iter_mut().zip(column) {
            *sum += u32::from(*count);
        }
    }
}

#[inline(never)]
fn rated_wide(counted: &CountedRating, columns: &Columns, block: usize) -> Rated {
    let sum = |places: &[usize]| {
        let mut sums = [0u64; 64];
        for place in places {
            let column = columns.answers[*place].wide(block);
            sums.iter_mut()
                .zip(column)
                .for_each(|(sum, count)| *sum += u64::from(count));
        }
        sums
    };
    let roll = columns.roll.wide(block);
    let mut known = bits!(|lane| roll[lane] != u32::MAX);
    for place in &counted.cast {
        let column = columns.answers[*place].wide(block);
        known &= bits!(|lane| column[lane] != u32::MAX);
    }
    let (satisfied, valid, cast) = (sum(&counted.counts), sum(&counted.of), sum(&counted.cast));
    Rated {
        known: known
            & bits!(|lane| counted.quorum.reached_by(cast[lane], u64::from(roll[lane])))
            & bits!(|lane| valid[lane] > 0),
        wide: Some(Box::new((satisfied, valid))),
        ..Rated::NOTHING
    }
}

/// Whether the satisfaction reaches a rate.
#[inline(always)]
pub(super) fn rating(rated: &Rated, rate: Rate) -> Statuses {
    let met = match &rated.wide {
        None => small_reaches(&rated.satisfied, &rated.valid, rate),
        Some(wide) => bits!(|lane| rate.reached_by(wide.0[lane], wide.1[lane])),
    };
    Statuses::decided(rated.known, met)
}

/// As `reaches_near`, for sums of at most 16 near counts, which are below 2^20.
#[inline(always)]
fn small_reaches(part: &[u32; 64], whole: &[u32; 64], rate: Rate) -> u64 {
    if rate.numerator.max(rate.denominator) < 1 << 11 {
        let small = |number: u64| i32::try_from(number).unwrap_or(0);
        let (numerator, denominator) = (small(rate.numerator), small(rate.denominator));
        return bits!(|lane| {
            part[lane].cast_signed() * denominator >= numerator * whole[lane].cast_signed()
        });
    }
    let wide = u64::from;
    bits!(|lane| {
        u128::from(wide(part[lane])) * u128::from(rate.denominator)
            >= u128::from(rate.numerator) * u128::from(wide(whole[lane]))
    })
}
