//! Names that are nearly a given one: one character apart, or one within the other. Looked up by hashes, so that a hundred thousand names can be
//! compared with as many.

use crate::core::text::form::core_of_union;

/// Shorter names are near nothing: too little of them would be left.
const SHORTEST: usize = 4;
/// What takes part in telling two units apart is no misspelling: a number, a letter, a side.
const TELLING: &str =
    "0123456789〇一二三四五六七八九十百千两甲乙丙丁戊己庚辛东南西北中上下左右前后大小新老内外第号";

/// The names by the hashes of what is left when a character is dropped, and of their beginnings and ends.
pub(super) struct Near {
    cores: Vec<Vec<char>>,
    whole: Vec<(u64, u32)>,
    less_one: Vec<(u64, u32)>,
    ends: Vec<(u64, u32)>,
}

impl Near {
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Near {
        let mut near = Near {
            cores: Vec::new(),
            whole: Vec::new(),
            less_one: Vec::new(),
            ends: Vec::new(),
        };
        for name in names {
            let core: Vec<char> = core_of_union(name).chars().collect();
            let place = u32::try_from(near.cores.len()).unwrap_or(u32::MAX);
            if core.len() >= SHORTEST {
                let hashes = Hashes::of(&core);
                near.whole.push((hashes.whole(), place));
                near.less_one
                    .extend(hashes.less_one().map(|hash| (hash, place)));
                near.ends.extend(hashes.ends().map(|hash| (hash, place)));
            }
            near.cores.push(core);
        }
        for list in [&mut near.whole, &mut near.less_one, &mut near.ends] {
            list.sort_unstable();
        }
        near
    }

    /// The places of the names that are near, in the order of the names.
    pub(super) fn to(&self, name: &str) -> Vec<usize> {
        let core: Vec<char> = core_of_union(name).chars().collect();
        if core.len() < SHORTEST {
            return Vec::new();
        }
        let hashes = Hashes::of(&core);
        let whole = hashes.whole();
        let mut found: Vec<u32> = Vec::new();
        for list in [&self.whole, &self.less_one, &self.ends] {
            found.extend(of_hash(list, whole));
        }
        for shorter in hashes.less_one() {
            found.extend(of_hash(&self.whole, shorter));
            found.extend(of_hash(&self.less_one, shorter));
        }
        for end in hashes.ends() {
            found.extend(of_hash(&self.whole, end));
        }
        found.sort_unstable();
        found.dedup();
        found
            .into_iter()
            .filter_map(|place| usize::try_from(place).ok())
            .filter(|place| !are_told_apart(&core, &self.cores[*place]))
            .collect()
    }
}

/// Whether two names are nearly one.
pub(super) fn are_near(one: &str, other: &str) -> bool {
    !Near::of(std::iter::once(one)).to(other).is_empty()
}

fn of_hash(list: &[(u64, u32)], hash: u64) -> impl Iterator<Item = u32> {
    let from = list.partition_point(|(known, _)| *known < hash);
    list[from..]
        .iter()
        .take_while(move |(known, _)| *known == hash)
        .map(|(_, place)| *place)
}

/// The hashes of a name's beginnings, from which that of any part of it, or of all but one character, follows at once.
struct Hashes {
    /// Of the first `n` characters.
    fronts: Vec<u64>,
}

/// An odd number without a pattern, by whose powers the characters of a part are weighed.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hashes {
    fn of(core: &[char]) -> Hashes {
        let mut fronts = Vec::with_capacity(core.len() + 1);
        let mut hash = 0_u64;
        fronts.push(hash);
        for character in core {
            // Small neighbouring numbers would weigh nearly the same.
            let weight = (u64::from(u32::from(*character)) + 1).wrapping_mul(0xd6e8_feb8_6659_fd93);
            hash = hash
                .wrapping_mul(BASE)
                .wrapping_add(weight ^ (weight >> 32));
            fronts.push(hash);
        }
        Hashes { fronts }
    }

    fn length(&self) -> usize {
        self.fronts.len() - 1
    }

    fn part(&self, from: usize, to: usize) -> u64 {
        self.fronts[to].wrapping_sub(self.fronts[from].wrapping_mul(power(to - from)))
    }

    fn whole(&self) -> u64 {
        self.fronts[self.length()]
    }

    /// Of the name without one character, for each.
    fn less_one(&self) -> impl Iterator<Item = u64> {
        let length = self.length();
        (0..length).map(move |without| {
            let rest = power(length - without - 1);
            let front = self.fronts[without].wrapping_mul(rest);
            front.wrapping_add(self.part(without + 1, length))
        })
    }

    /// Of beginnings and ends of at least two thirds of the name.
    fn ends(&self) -> impl Iterator<Item = u64> {
        let length = self.length();
        let least = SHORTEST.max((length * 2).div_ceil(3));
        (least..length).flat_map(move |kept| [self.part(0, kept), self.part(length - kept, length)])
    }
}

fn power(exponent: usize) -> u64 {
    BASE.wrapping_pow(u32::try_from(exponent).unwrap_or(u32::MAX))
}

/// Whether all that differs tells units apart: 第一中学 and 第二中学, 东厂 and 西厂.
fn are_told_apart(one: &[char], other: &[char]) -> bool {
    let same = |pair: &(&char, &char)| pair.0 == pair.1;
    let front = one.iter().zip(other).take_while(same).count();
    let (one, other) = (&one[front..], &other[front..]);
    let back = one
        .iter()
        .rev()
        .zip(other.iter().rev())
        .take_while(same)
        .count();
    let (one, other) = (&one[..one.len() - back], &other[..other.len() - back]);
    let tells =
        |character: &char| character.is_ascii_alphanumeric() || TELLING.contains(*character);
    let is_telling = |part: &[char]| part.iter().all(tells);
    (one.len() + other.len() > 0) && is_telling(one) && is_telling(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_one_character_apart_or_within_the_other_is_near() {
        let names = [
            "常州天宁某某精密机械有限公司工会",
            "常州市第一中学工会",
            "天宁街道总工会",
            "常州恒立电子有限公司工会",
        ];
        let near = Near::of(names.into_iter());
        for (typed, expect) in [
            ("江苏省常州市天宁某某精密机械有限公司工会", &[0][..]),
            ("常州天宁某某精密机机有限公司工会", &[0]),
            ("常州天宁某某精密机有限公司工会", &[0]),
            ("常州天宁某某精密机械厂有限公司工会", &[0]),
            ("天宁某某精密机械公司工会", &[0]),
            ("常州市第二中学工会", &[]),
            ("常州市第12中学工会", &[]),
            ("兰陵街道总工会", &[]),
            ("常州恒力电子公司工会", &[3]),
            ("常州光明电子公司工会", &[]),
            ("工会", &[]),
        ] {
            assert_eq!(near.to(typed), expect, "{typed}");
        }
    }
}
