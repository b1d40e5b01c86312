//! Exact figures: rates as two whole numbers, and the figures a standard may give by date.

use std::cmp::Ordering;
use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// A rate as an exact fraction, written as a percentage. The denominator is 100 times a power of ten, at most 10^8, and the numerator at most 2^31,
/// so that a product with any 32-bit count fits 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    pub numerator: u64,
    pub denominator: u64,
}

impl Rate {
    /// Whether `part` of `whole` reaches the rate, by cross-multiplication; 0 of 0 does, so a share of none is told apart before.
    pub fn reached_by(self, part: u64, whole: u64) -> bool {
        u128::from(part) * u128::from(self.denominator)
            >= u128::from(self.numerator) * u128::from(whole)
    }

    /// The smallest part of `whole` that reaches the rate.
    pub fn of(self, whole: u64) -> u64 {
        let needed =
            (u128::from(self.numerator) * u128::from(whole)).div_ceil(u128::from(self.denominator));
        u64::try_from(needed).unwrap_or(u64::MAX)
    }

    /// The same rate in the smallest whole numbers.
    pub(crate) fn reduced(self) -> Rate {
        let (mut larger, mut divisor) = (self.denominator, self.numerator);
        while divisor != 0 {
            (larger, divisor) = (divisor, larger % divisor);
        }
        let larger = larger.max(1);
        Rate {
            numerator: self.numerator / larger,
            denominator: self.denominator / larger,
        }
    }

    /// Whether the rate is above 100 %.
    pub fn exceeds_whole(self) -> bool {
        self.numerator > self.denominator
    }
}

impl PartialOrd for Rate {
    fn partial_cmp(&self, other: &Rate) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rate {
    fn cmp(&self, other: &Rate) -> Ordering {
        let left = u128::from(self.numerator) * u128::from(other.denominator);
        left.cmp(&(u128::from(other.numerator) * u128::from(self.denominator)))
    }
}

impl FromStr for Rate {
    type Err = &'static str;

    /// Parses `85%` or `37.5%`, with up to six decimals.
    fn from_str(words: &str) -> Result<Rate, &'static str> {
        const SHAPE: &str = "a rate is written as a percentage such as \"85%\" or \"37.5%\"";
        let number = words.strip_suffix('%').ok_or(SHAPE)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) || number.ends_with('.') {
            return Err(SHAPE);
        }
        if decimals.len() > 6 || whole.len() + decimals.len() > 9 {
            return Err("a rate has at most six digits after the point and nine in all");
        }
        let numerator = format!("{whole}{decimals}").parse().map_err(|_| SHAPE)?;
        let denominator = 100 * 10u64.pow(u32::try_from(decimals.len()).unwrap_or(0));
        Ok(Rate {
            numerator,
            denominator,
        })
    }
}

impl Display for Rate {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        let scale = self.denominator / 100;
        if scale <= 1 {
            return write!(formatter, "{}%", self.numerator);
        }
        let width = usize::try_from(scale.ilog10()).unwrap_or(0);
        write!(
            formatter,
            "{}.{:0width$}%",
            self.numerator / scale,
            self.numerator % scale
        )
    }
}

/// A figure of a check: a literal, or the key of a parameter that may change by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    Rate(Rate),
    Number(u64),
    Parameter(String),
}

/// The part of the roll that must have voted for a rating to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quorum {
    pub numerator: u64,
    pub denominator: u64,
    /// Whether exactly the fraction is enough (`at least`) or not (`more than`).
    pub inclusive: bool,
}

impl Quorum {
    /// Whether `cast` ballots of `roll` members are enough.
    pub fn reached_by(self, cast: u64, roll: u64) -> bool {
        let cast = u128::from(cast) * u128::from(self.denominator);
        let needed = u128::from(roll) * u128::from(self.numerator);
        if self.inclusive {
            cast >= needed
        } else {
            cast > needed
        }
    }

    /// The smallest number of ballots that is enough for `roll` members.
    pub fn of(self, roll: u64) -> u64 {
        let share = u128::from(roll) * u128::from(self.numerator);
        let denominator = u128::from(self.denominator);
        let needed = if self.inclusive {
            share.div_ceil(denominator)
        } else {
            share / denominator + 1
        };
        u64::try_from(needed).unwrap_or(u64::MAX)
    }
}

impl FromStr for Quorum {
    type Err = &'static str;

    /// Parses `more than 1/2` or `at least 2/3`.
    fn from_str(words: &str) -> Result<Quorum, &'static str> {
        const SHAPE: &str = "a quorum is written as \"more than 1/2\" or \"at least 2/3\"";
        let (inclusive, fraction) = match (
            words.strip_prefix("more than "),
            words.strip_prefix("at least "),
        ) {
            (Some(fraction), _) => (false, fraction),
            (_, Some(fraction)) => (true, fraction),
            _ => return Err(SHAPE),
        };
        let (numerator, denominator) = fraction.split_once('/').ok_or(SHAPE)?;
        let numerator: u32 = numerator.trim().parse().map_err(|_| SHAPE)?;
        let denominator: u32 = denominator.trim().parse().map_err(|_| SHAPE)?;
        if denominator == 0 || numerator > denominator || (numerator == denominator && !inclusive) {
            return Err("a quorum can't be more than the whole roll");
        }
        Ok(Quorum {
            numerator: numerator.into(),
            denominator: denominator.into(),
            inclusive,
        })
    }
}

impl Display for Quorum {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        let words = if self.inclusive {
            "at least"
        } else {
            "more than"
        };
        write!(formatter, "{words} {}/{}", self.numerator, self.denominator)
    }
}
