//! Names that are nearly a given one: one character apart, or one within the other. Looked up by hashes, so that a hundred thousand names can be
//! compared with as many.

pub(crate) mod among;
pub(crate) mod federation;

use std::collections::HashSet;

use crate::core::text::form::core_of_union;

/// Shorter names are near nothing: too little of them would be left.
const SHORTEST: usize = 4;
/// What takes part in telling two units apart is no misspelling: a number, a letter, a side.
const TELLING: &str =
    "0123456789〇一二三四五六七八九十百千两甲乙丙丁戊己庚辛东南西北中上下左右前后大小新老内外第号";

/// What kind of place it is: what is left of a place's name without it tells it from others, however short.
const PLACES: [&str; 11] = [
    "联合会",
    "总",
    "街道",
    "社区",
    "开发区",
    "园区",
    "镇",
    "乡",
    "村",
    "区",
    "市",
];

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
                    .extend(hashes.less_one(&core).map(|hash| (hash, place)));
                near.ends.extend(hashes.ends().map(|hash| (hash, place)));
                near.ends
                    .extend(without_brackets(&core).map(|hash| (hash, place)));
            }
            near.cores.push(core);
        }
        for list in [&mut near.whole, &mut near.less_one, &mut near.ends] {
            list.sort_unstable();
        }
        near
    }

    /// The places of the names that are near, the nearest first: what is the same but for the kind of body, what is one character apart, what is
    /// within the other.
    pub(super) fn to(&self, name: &str) -> Vec<usize> {
        let core: Vec<char> = core_of_union(name).chars().collect();
        if core.len() < SHORTEST {
            return Vec::new();
        }
        let hashes = Hashes::of(&core);
        let whole = hashes.whole();
        let mut found: Vec<(u8, u32)> = Vec::new();
        let mut add = |rank: u8, list: &[(u64, u32)], hash: u64| {
            found.extend(of_hash(list, hash).map(|place| (rank, place)));
        };
        add(0, &self.whole, whole);
        add(1, &self.less_one, whole);
        for shorter in hashes.less_one(&core) {
            add(1, &self.whole, shorter);
            add(1, &self.less_one, shorter);
        }
        add(2, &self.ends, whole);
        for end in hashes.ends().chain(without_brackets(&core)) {
            add(2, &self.whole, end);
        }
        found.sort_unstable();
        let mut seen = HashSet::new();
        found
            .into_iter()
            .filter(|(_, place)| seen.insert(*place))
            .filter_map(|(_, place)| usize::try_from(place).ok())
            .filter(|place| !are_told_apart(&core, &self.cores[*place]))
            .collect()
    }
}

/// Whether two names are nearly one.
pub(super) fn are_near(one: &str, other: &str) -> bool {
    !Near::of(std::iter::once(one)).to(other).is_empty()
}

/// Whether a code's name may have become another: nearly the same, or with as much in common as so short names can have.
pub(crate) fn may_be_renamed(from: &str, to: &str) -> bool {
    let (one, other) = (core_of_union(from), core_of_union(to));
    let (short, long) = if one.chars().count() <= other.chars().count() {
        (&one, &other)
    } else {
        (&other, &one)
    };
    let length = short.chars().count();
    if length >= SHORTEST {
        return are_near(from, to);
    }
    let shared = short.chars().filter(|character| long.contains(*character));
    shared.count() * 2 >= length
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

    /// Of the name without one character, for each; none of a short place's name, where one character makes another place.
    fn less_one(&self, core: &[char]) -> impl Iterator<Item = u64> {
        let length = if is_short_place(core) {
            0
        } else {
            self.length()
        };
        (0..length).map(move |without| self.without(without))
    }

    fn without(&self, place: usize) -> u64 {
        let length = self.length();
        let rest = power(length - place - 1);
        let front = self.fronts[place].wrapping_mul(rest);
        front.wrapping_add(self.part(place + 1, length))
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

/// 红梅村 of 武进区红梅村联合会 is no more than 红梅.
fn is_short_place(core: &[char]) -> bool {
    let name: String = core.iter().collect();
    let mut proper = name.as_str();
    let mut is_place = false;
    while let Some(rest) = PLACES.iter().find_map(|kind| proper.strip_suffix(kind)) {
        proper = rest;
        is_place = true;
    }
    let proper = proper.rsplit(['区', '市', '县', '镇']).next();
    is_place && proper.is_none_or(|proper| proper.chars().count() < SHORTEST)
}

/// The hashes of a name without its brackets, and without what stands in them, too.
fn without_brackets(core: &[char]) -> impl Iterator<Item = u64> {
    let is_bracket = |character: &char| matches!(character, '(' | ')');
    let mut depth = 0_usize;
    let outside: Vec<char> = core
        .iter()
        .copied()
        .filter(|character| {
            match character {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => return depth == 0,
            }
            false
        })
        .collect();
    let has_brackets = core.iter().any(is_bracket);
    let inside: Vec<char> = core
        .iter()
        .copied()
        .filter(|one| !is_bracket(one))
        .collect();
    [inside, outside]
        .into_iter()
        .filter(move |core| has_brackets && core.len() >= SHORTEST)
        .map(|core| Hashes::of(&core).whole())
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
    let is_telling = |part: &[char]| part.iter().copied().all(tells);
    (one.len() + other.len() > 0) && is_telling(one) && is_telling(other)
}

fn tells(character: char) -> bool {
    character.is_ascii_alphanumeric() || TELLING.contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_comes_first() {
        let names = [
            "常州安禾轨道配件有限公司工会",
            "江苏常州安禾轨道交通配件厂有限公司工会",
            "常州安禾轨道交通配件有限公司工会",
        ];
        let near = Near::of(names.into_iter());
        let found = near.to("常州安禾轨道交通配件有限责任公司工会");
        assert_eq!(found.first(), Some(&2), "{found:?}");
    }

    #[test]
    fn a_renaming_keeps_something_of_the_name() {
        for (from, to, expect) in [
            ("甲厂工会", "甲集团工会", true),
            ("甲厂工会", "乙集团工会", false),
            (
                "常州恒远机械有限公司工会",
                "常州恒远机械股份有限公司工会",
                true,
            ),
            ("常州恒远机械有限公司工会", "常州同码一厂工会", false),
        ] {
            assert_eq!(may_be_renamed(from, to), expect, "{from} {to}");
        }
    }

    #[test]
    fn a_name_one_character_apart_or_within_the_other_is_near() {
        let names = [
            "常州天宁某某精密机械有限公司工会",
            "常州市第一中学工会",
            "天宁街道总工会",
            "常州恒立电子有限公司工会",
            "常州新月（某某）机械厂工会",
            "红梅村工会联合会",
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
            // One wrong character in what most names end with.
            ("常州天宁某某精密机械有限工司工会", &[0]),
            ("常州天宁某某精密机械有限公可工会", &[0]),
            ("常州天宁某某精密机械有眼公司工会", &[0]),
            ("常州天宁某某精密机械有限公司公会", &[0]),
            ("常州天宁某某精密机械有限工司", &[0]),
            ("常州恒立电子有限责人公司工会", &[3]),
            ("常州新月机械厂工会", &[4]),
            ("常州新月某某机械厂工会", &[4]),
            ("常州新月（另外）机械厂工会", &[]),
            ("红星村工会联合会", &[]),
            ("工会", &[]),
        ] {
            assert_eq!(near.to(typed), expect, "{typed}");
        }
    }
}
