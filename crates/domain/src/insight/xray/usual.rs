//! What is usual among like unions: the median, and as the spread the median of the distances from it. Neither moves when a few are far off, which a
//! mean and a standard deviation do. Whole numbers only: a median of an even number of them may lie between two, so it is kept twice as large.

use serde::{Deserialize, Serialize};

/// A number beyond it is taken as it: nothing that people count comes near.
pub const LARGEST: u64 = 100_000_000_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usual {
    pub unions: u64,
    pub median_twice: u64,
    /// Four times the spread: the distances are twice as large, and so is their median.
    pub spread_four: u64,
}

impl Usual {
    /// Of the figures of like unions, in any order; none of none.
    pub fn of(mut figures: Vec<u64>) -> Option<Usual> {
        for figure in &mut figures {
            *figure = (*figure).min(LARGEST);
        }
        let median_twice = twice_the_median(&mut figures)?;
        let mut distances: Vec<u64> = figures
            .iter()
            .map(|figure| (2 * figure).abs_diff(median_twice))
            .collect();
        Some(Usual {
            unions: figures.len() as u64,
            median_twice,
            spread_four: twice_the_median(&mut distances)?,
        })
    }

    /// Whether a figure is as far from the median as so many spreads, and by at least so much.
    pub fn is_far(&self, figure: u64, spreads: u64, least: u64) -> bool {
        let twice_away = u128::from((2 * figure.min(LARGEST)).abs_diff(self.median_twice));
        2 * twice_away >= u128::from(spreads) * u128::from(self.spread_four)
            && twice_away >= 2 * u128::from(least)
    }

    /// The median, rounded down.
    pub fn median(&self) -> u64 {
        self.median_twice / 2
    }

    /// The spread, rounded down.
    pub fn spread(&self) -> u64 {
        self.spread_four / 4
    }
}

fn twice_the_median(figures: &mut [u64]) -> Option<u64> {
    let half = figures.len() / 2;
    if figures.is_empty() {
        return None;
    }
    let is_even = figures.len().is_multiple_of(2);
    let (below, upper, _) = figures.select_nth_unstable(half);
    let lower = match is_even {
        true => below.iter().max().copied().unwrap_or(*upper),
        false => *upper,
    };
    Some(lower + *upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(figures: &[u64], median_twice: u64, spread_four: u64) {
        let expect = Usual {
            unions: figures.len() as u64,
            median_twice,
            spread_four,
        };
        assert_eq!(Usual::of(figures.to_vec()), Some(expect), "{figures:?}");
    }

    #[test]
    fn median_and_spread_are_exact_whole_numbers() {
        check(&[7], 14, 0);
        check(&[1, 2], 3, 2);
        check(&[3, 1, 2], 4, 4);
        // The median 2.5 twice; the distances 1.5, 0.5, 0.5, 1.5 have the median 1.
        check(&[4, 1, 3, 2], 5, 4);
        // One that is far off moves neither by much.
        check(&[1, 2, 3, 4, 1_000_000], 6, 4);
        check(&[5, 5, 5, 5, 9], 10, 0);
        assert_eq!(Usual::of(Vec::new()), None);
        let huge = Usual::of(vec![u64::MAX; 3]).unwrap();
        assert_eq!(huge.median(), LARGEST);
    }

    #[test]
    fn a_figure_is_far_from_exactly_so_many_spreads_on_and_never_by_less_than_the_least() {
        // The median 2.5, the spread 1.
        let usual = Usual::of(vec![1, 2, 3, 4]).unwrap();
        let far = |figure, spreads, least| usual.is_far(figure, spreads, least);
        assert!(!far(5, 3, 1), "2.5 away");
        assert!(far(6, 3, 1), "3.5 away");
        let even = Usual::of(vec![10, 20, 30]).unwrap();
        assert!(even.is_far(50, 3, 1), "exactly three spreads of ten");
        assert!(!even.is_far(49, 3, 1));
        assert!(even.is_far(50, 3, 30), "exactly the least");
        assert!(!even.is_far(50, 3, 31));
        // Where most are the same, the least alone keeps small differences apart.
        let same = Usual::of(vec![5, 5, 5, 5, 9]).unwrap();
        assert!(!same.is_far(8, 6, 4));
        assert!(same.is_far(9, 6, 4));
        assert!(same.is_far(1, 6, 4), "to either side");
    }
}
