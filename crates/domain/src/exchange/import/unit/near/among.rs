//! Names of one table that are nearly each other, all at once: what a hundred thousand rows have in common is found by sorting their hashes.

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::{Hashes, SHORTEST, are_told_apart, is_short_place, tells, without_brackets};
use crate::core::text::form::core_of_union;

/// Only so many others of one hash are looked at for each name, so that many names alike don't take the square of their number.
const LOOKED_AT: usize = 4;
/// The hashes are sorted part by part, so that not all of them are in memory at once.
const PARTS: u64 = 8;

/// What a hash is of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Whole,
    /// Without a character.
    LessOne,
    /// Without a character that tells units apart: near only those that lack another.
    LessTelling,
    End,
}

impl Of {
    /// The hashes that names near this one have in common with it.
    fn meets(self) -> &'static [Of] {
        match self {
            Of::Whole => &[Of::Whole, Of::LessOne, Of::End],
            Of::LessOne => &[Of::Whole, Of::LessOne, Of::LessTelling],
            Of::LessTelling => &[Of::LessOne],
            Of::End => &[Of::Whole],
        }
    }
}

/// For each name the first earlier one that is near it and may be the same; an empty name is near nothing.
pub(crate) fn earlier_near(
    names: &[&str],
    may_be_one: impl Fn(usize, usize) -> bool + Sync,
) -> Vec<Option<usize>> {
    let cores: Vec<Vec<char>> = names
        .par_iter()
        .map(|name| core_of_union(name).chars().collect())
        .collect();
    let parts: Vec<Vec<(usize, usize)>> = (0..PARTS)
        .into_par_iter()
        .map(|part| {
            let mut entries: Vec<(u64, Of, usize)> = Vec::new();
            for (place, core) in cores.iter().enumerate() {
                if core.len() >= SHORTEST {
                    add_hashes(core, part, place, &mut entries);
                }
            }
            entries.sort_unstable();
            let mut found = Vec::new();
            for group in entries.chunk_by(|one, other| one.0 == other.0) {
                if group.len() > 1 {
                    look_at(group, &cores, &may_be_one, &mut found);
                }
            }
            found
        })
        .collect();
    let mut first: Vec<Option<usize>> = vec![None; cores.len()];
    for (place, earlier) in parts.into_iter().flatten() {
        let known = first[place].get_or_insert(earlier);
        *known = earlier.min(*known);
    }
    first
}

fn add_hashes(core: &[char], part: u64, place: usize, entries: &mut Vec<(u64, Of, usize)>) {
    let hashes = Hashes::of(core);
    let mut add = |hash: u64, of: Of| {
        if hash % PARTS == part {
            entries.push((hash, of, place));
        }
    };
    add(hashes.whole(), Of::Whole);
    if !is_short_place(core) {
        for (without, character) in core.iter().enumerate() {
            let of = if tells(*character) {
                Of::LessTelling
            } else {
                Of::LessOne
            };
            add(hashes.without(without), of);
        }
    }
    for end in hashes.ends().chain(without_brackets(core)) {
        add(end, Of::End);
    }
}

/// Adds the places of one hash that are near an earlier one, each with the first such.
fn look_at(
    group: &[(u64, Of, usize)],
    cores: &[Vec<char>],
    may_be_one: &impl Fn(usize, usize) -> bool,
    found: &mut Vec<(usize, usize)>,
) {
    for (_, of, place) in group {
        let earlier = of.meets().iter().flat_map(|other| {
            let from = group.partition_point(|(_, known, _)| known < other);
            group[from..]
                .iter()
                .take_while(move |(_, known, _)| known == other)
                .map(|(_, _, earlier)| *earlier)
                .take_while(|earlier| earlier < place)
                .take(LOOKED_AT)
        });
        let first = earlier
            .filter(|earlier| !are_told_apart(&cores[*place], &cores[*earlier]))
            .filter(|earlier| may_be_one(*place, *earlier))
            .min();
        found.extend(first.map(|first| (*place, first)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn near(names: &[&str]) -> Vec<Option<usize>> {
        earlier_near(names, |_, _| true)
    }

    #[test]
    fn the_first_of_names_that_are_nearly_one_is_found() {
        let names = [
            "常州新月电子有限公司工会",
            "常州市新月电子有限公司工会",
            "常州新月电于有限公司工会",
            "常州新月（某某）电子有限公司工会",
            "常州第一中学工会",
            "常州第二中学工会",
            "常州第12机械厂工会",
            "常州第13机械厂工会",
            "常州第1机械厂工会",
            "",
            "红梅村工会联合会",
            "红星村工会联合会",
        ];
        let mut expect = vec![None; names.len()];
        expect[1..4].fill(Some(0));
        assert_eq!(near(&names), expect);
        let told_by_codes = earlier_near(&names, |_, _| false);
        assert!(told_by_codes.iter().all(Option::is_none));
    }

    #[test]
    fn many_numbered_names_take_no_square_of_their_number() {
        let names: Vec<String> = (0..20_000)
            .map(|number| format!("常州第{number}机械有限公司工会"))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let looked = AtomicUsize::new(0);
        let found = earlier_near(&names, |_, _| {
            looked.fetch_add(1, Ordering::Relaxed);
            true
        });
        assert!(found.iter().all(Option::is_none));
        assert_eq!(looked.into_inner(), 0);
    }
}
