//! Numbers in as few bytes as nearly all of them need: the few larger ones stand apart, and their blocks are judged by what stands there.

use std::collections::BTreeMap;

/// A column of numbers that fit `N`, with those that don't beside it. Its two largest values say that a number is unknown, or stands apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers<N, W> {
    near: Vec<N>,
    apart: BTreeMap<usize, W>,
    /// One bit for each block in which one stands apart.
    blocks: Vec<u64>,
}

/// Counts and levels.
pub type Counted = Numbers<u16, u32>;
/// Sums in fen.
pub type Sums = Numbers<u32, u64>;

/// What a column's numbers are made of.
pub trait Near: Copy + Eq {
    type Wide: Copy + Eq;
    const UNKNOWN: Self;
    const APART: Self;
    /// An unknown number among wide ones.
    const WIDE_UNKNOWN: Self::Wide;

    fn widened(self) -> Self::Wide;

    /// None where it doesn't fit.
    fn of(wide: Self::Wide) -> Option<Self>;
}

impl Near for u16 {
    type Wide = u32;
    const UNKNOWN: u16 = u16::MAX;
    const APART: u16 = u16::MAX - 1;
    const WIDE_UNKNOWN: u32 = u32::MAX;

    #[inline(always)]
    fn widened(self) -> u32 {
        u32::from(self)
    }

    fn of(wide: u32) -> Option<u16> {
        u16::try_from(wide).ok().filter(|near| *near < u16::APART)
    }
}

impl Near for u32 {
    type Wide = u64;
    const UNKNOWN: u32 = u32::MAX;
    const APART: u32 = u32::MAX - 1;
    const WIDE_UNKNOWN: u64 = u64::MAX;

    #[inline(always)]
    fn widened(self) -> u64 {
        u64::from(self)
    }

    fn of(wide: u64) -> Option<u32> {
        u32::try_from(wide).ok().filter(|near| *near < u32::APART)
    }
}

impl<N: Near> Numbers<N, N::Wide> {
    /// So many rows, whole blocks of 64, of which nothing is known.
    pub fn unknown(rows: usize) -> Numbers<N, N::Wide> {
        Numbers {
            near: vec![N::UNKNOWN; rows],
            apart: BTreeMap::new(),
            blocks: vec![0; rows.div_ceil(64 * 64)],
        }
    }

    pub fn get(&self, row: usize) -> Option<N::Wide> {
        match self.near[row] {
            near if near == N::UNKNOWN => None,
            near if near == N::APART => self.apart.get(&row).copied(),
            near => Some(near.widened()),
        }
    }

    /// Sets a number, or that it is unknown.
    pub fn set(&mut self, row: usize, number: Option<N::Wide>) {
        let block = row / 64;
        if self.apart.remove(&row).is_some()
            && self
                .apart
                .range(block * 64..(block + 1) * 64)
                .next()
                .is_none()
        {
            self.blocks[block / 64] &= !(1 << (block % 64));
        }
        self.near[row] = match number {
            None => N::UNKNOWN,
            Some(number) => match N::of(number) {
                Some(near) => near,
                None => {
                    self.apart.insert(row, number);
                    self.blocks[block / 64] |= 1 << (block % 64);
                    N::APART
                }
            },
        };
    }

    pub(crate) fn grow(&mut self, rows: usize) {
        self.near.resize(rows, N::UNKNOWN);
        self.blocks.resize(rows.div_ceil(64 * 64), 0);
    }

    /// Whether all numbers of a block stand in the column.
    #[inline(always)]
    pub(crate) fn is_near(&self, block: usize) -> bool {
        self.blocks[block / 64] >> (block % 64) & 1 == 0
    }

    #[inline(always)]
    pub(crate) fn near(&self, block: usize) -> &[N; 64] {
        let lanes = self.near[block * 64..].first_chunk();
        lanes.unwrap_or_else(|| unreachable!("columns are padded to whole blocks"))
    }

    /// The numbers of a block, wherever they stand.
    #[inline(never)]
    pub(crate) fn wide(&self, block: usize) -> [N::Wide; 64] {
        std::array::from_fn(|lane| self.get(block * 64 + lane).unwrap_or(N::WIDE_UNKNOWN))
    }

    pub(crate) fn bytes(&self) -> usize {
        let apart = self.apart.len() * (size_of::<usize>() + size_of::<N::Wide>());
        self.near.len() * size_of::<N>() + self.blocks.len() * 8 + apart
    }

    /// The column as it lies in memory.
    pub(crate) fn all_near(&self) -> &[N] {
        &self.near
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_number_stands_apart_and_comes_back() {
        let mut column = Counted::unknown(128);
        for number in [0, 65_533, 65_534, 65_535, 65_536, u32::MAX - 1] {
            column.set(70, Some(number));
            assert_eq!(column.get(70), Some(number));
            assert_eq!(column.is_near(1), number < 65_534, "{number}");
            assert!(column.is_near(0));
            assert_eq!(column.wide(1)[6], number);
        }
        column.set(71, Some(70_000));
        column.set(70, None);
        assert_eq!((column.get(70), column.is_near(1)), (None, false));
        column.set(71, Some(7));
        assert_eq!((column.get(71), column.is_near(1)), (Some(7), true));
        assert_eq!(column.get(5), None);
    }
}
