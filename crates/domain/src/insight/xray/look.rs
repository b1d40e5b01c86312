//! How a photo looks, in 64 bits: whether each of eight by eight places is darker than the one beside it. Scaling, compressing or brightening a photo
//! leaves most of them as they are, so two of one thing differ in a few bits. The hundred thousands of a city are not compared each with each: they are
//! sorted by parts of their bits, since two that differ in few bits are equal in one of one part more.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    str::FromStr,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Look(pub u64);

/// Columns and rows of places that are compared; each row has one place more.
pub const SIDE: usize = 8;

/// A picture with fewer differences than this looks like any other of its sort: a blank sheet, a scan of a form.
const TELLING: u32 = 6;

impl Look {
    /// Of how light the places of a picture are, row by row: `SIDE` rows of `SIDE + 1`.
    pub fn of(light: &[[u8; SIDE + 1]; SIDE]) -> Look {
        let mut bits = 0;
        for row in light {
            for pair in row.windows(2) {
                bits = bits << 1 | u64::from(pair[0] < pair[1]);
            }
        }
        Look(bits)
    }

    /// In how many bits two looks differ.
    pub fn distance(self, other: Look) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Whether it tells one picture from another.
    pub fn tells(self) -> bool {
        (TELLING..=u64::BITS - TELLING).contains(&self.0.count_ones())
    }
}

impl fmt::Display for Look {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl FromStr for Look {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Look, Self::Err> {
        u64::from_str_radix(text, 16).map(Look)
    }
}

/// Looks, sorted so that those near to one are found without comparing it with all.
pub struct Looks {
    looks: Vec<Look>,
    distance: u32,
    /// Of each part of the bits: which looks have it so.
    parts: Vec<HashMap<u64, Vec<usize>>>,
}

impl Looks {
    /// Two are near that differ in `distance` bits at most.
    pub fn of(looks: Vec<Look>, distance: u32) -> Looks {
        let distance = distance.min(u64::BITS - 1);
        let mut parts: Vec<HashMap<u64, Vec<usize>>> =
            (0..=distance).map(|_| HashMap::new()).collect();
        for (place, look) in looks.iter().enumerate().filter(|(_, look)| look.tells()) {
            for (part, found) in parts.iter_mut().enumerate() {
                found
                    .entry(bits_of(*look, part, distance))
                    .or_default()
                    .push(place);
            }
        }
        Looks {
            looks,
            distance,
            parts,
        }
    }

    /// Those near to a look, by their places, with how far each is.
    pub fn near(&self, look: Look) -> BTreeMap<usize, u32> {
        let mut near = BTreeMap::new();
        if !look.tells() {
            return near;
        }
        for (part, found) in self.parts.iter().enumerate() {
            let same = found.get(&bits_of(look, part, self.distance));
            for place in same.into_iter().flatten() {
                let distance = look.distance(self.looks[*place]);
                if distance <= self.distance {
                    near.insert(*place, distance);
                }
            }
        }
        near
    }
}

/// The bits of one of `distance + 1` parts of a look, which are as wide as each other or by one bit wider.
fn bits_of(look: Look, part: usize, distance: u32) -> u64 {
    let (part, parts) = (part as u32, distance + 1);
    let (from, to) = (u64::BITS * part / parts, u64::BITS * (part + 1) / parts);
    let width = to - from;
    let shifted = look.0 >> from;
    match width {
        u64::BITS => shifted,
        width => shifted & ((1 << width) - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bits that look like those of a photo.
    fn photo(number: u64) -> Look {
        // SplitMix64.
        let mut bits = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(7);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Look(bits ^ (bits >> 31))
    }

    #[test]
    fn a_look_is_what_is_darker_than_its_neighbour() {
        let mut light = [[0; SIDE + 1]; SIDE];
        assert_eq!(Look::of(&light), Look(0));
        for row in &mut light {
            for (place, dot) in row.iter_mut().enumerate() {
                *dot = place as u8;
            }
        }
        assert_eq!(Look::of(&light), Look(u64::MAX));
        light[0] = [9, 8, 7, 6, 5, 4, 3, 2, 1];
        assert_eq!(Look::of(&light).to_string(), "00ffffffffffffff");
        assert_eq!("00ffffffffffffff".parse(), Ok(Look::of(&light)));
    }

    #[test]
    fn what_is_near_is_found_as_by_comparing_each_with_each() {
        let mut looks: Vec<Look> = (0..400).map(photo).collect();
        for number in 0..40 {
            let mut bits = photo(number).0;
            // From no bit to five.
            for bit in 0..number % 6 {
                bits ^= 1 << ((bit * 11 + number) % 64);
            }
            looks.push(Look(bits));
        }
        for distance in [0, 1, 3, 7] {
            let index = Looks::of(looks.clone(), distance);
            for look in &looks {
                let slow: BTreeMap<usize, u32> = looks
                    .iter()
                    .map(|other| look.distance(*other))
                    .enumerate()
                    .filter(|(_, away)| *away <= distance)
                    .collect();
                assert_eq!(index.near(*look), slow, "{look} within {distance}");
            }
        }
    }

    #[test]
    fn a_blank_sheet_is_like_no_other() {
        let (blank, almost) = (Look(0), Look(0b111));
        let index = Looks::of(vec![blank, almost, Look(u64::MAX)], 3);
        assert!(index.near(blank).is_empty() && index.near(almost).is_empty());
    }
}
