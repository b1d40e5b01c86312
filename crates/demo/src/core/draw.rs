//! Numbers drawn from a seed and nothing else, so that the demo city is the same bytes on every machine and with every version of
//! the libraries.

/// A stream of numbers (SplitMix64). Everything invented draws from a stream of its own, named by what it is for, so that one more
/// draw in one place changes nothing elsewhere.
#[derive(Clone, Debug)]
pub struct Draw(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Draw {
    /// The stream of `what` for the thing with this number.
    pub fn of(what: &str, number: i64) -> Draw {
        // FNV-1a over the name, then the number mixed in.
        let mut state = 0xcbf2_9ce4_8422_2325_u64;
        for byte in what.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut draw = Draw(state ^ (number as u64).wrapping_mul(STEP));
        draw.next();
        draw
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1).max(1) as u64) as i64
    }

    /// True so many times out of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// One of them; `items` is never empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_every_time_and_differs_by_name_and_number() {
        let first = |what, number| Draw::of(what, number).next();
        assert_eq!(first("unit", 7), first("unit", 7));
        assert_ne!(first("unit", 7), first("unit", 8));
        assert_ne!(first("unit", 7), first("person", 7));
    }

    #[test]
    fn bounds_are_kept() {
        let mut draw = Draw::of("bounds", 1);
        let drawn: Vec<i64> = (0..1000).map(|_| draw.between(3, 5)).collect();
        assert_eq!(drawn.iter().min(), Some(&3));
        assert_eq!(drawn.iter().max(), Some(&5));
    }
}
