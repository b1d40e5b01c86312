//! Names in memory, searched as they are typed: by part of the name, by pinyin or its first letters, by part of a number or code. A search reads
//! all of them once: 12,000 unions take a fraction of a millisecond, twenty times as many a few.

mod column;
mod query;

use std::{cmp::Reverse, collections::BinaryHeap};

use uuid::Uuid;

use self::{column::Column, query::Word};
use crate::core::{
    place::is_within,
    text::{form::of_union, pinyin::INITIALS},
};

/// Who or what is searched for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Noun {
    Unit,
    Person,
}

/// What is known of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub noun: Noun,
    pub id: Uuid,
    /// The path of the unit, or of the person's unit: who may see it.
    pub path: String,
    pub name: String,
    /// As `app::core::sort_key` makes it of the name.
    pub sort_key: String,
    /// The numbers and codes that it is found by as well, with blanks between them.
    pub numbers: String,
    /// Closed or merged; has left.
    pub is_past: bool,
}

/// A name that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub noun: Noun,
    pub id: Uuid,
}

/// What was found: the best of each noun, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub units: Vec<Hit>,
    pub people: Vec<Hit>,
    pub units_in_all: usize,
    pub people_in_all: usize,
}

/// Names with what they are found by. What changes is added at the end, and its earlier entry passed over; once many are, all are put together anew.
#[derive(Debug, Default)]
pub struct Names {
    entries: Vec<Entry>,
    /// The form in which names are compared, and the numbers behind a tab.
    written: Column,
    /// Pinyin in each reading.
    spelled: Column,
    /// The first letters of the syllables.
    initials: Column,
    /// Where each name stands.
    places: std::collections::HashMap<(Noun, Uuid), u32>,
    /// The beginning that all paths have in common: whoever sees that sees every name, and no path need be looked at.
    common: Option<Box<str>>,
    passed_over: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    noun: Noun,
    id: Uuid,
    path: Box<str>,
    /// Bytes of the name, without the numbers behind it.
    length: u32,
    is_past: bool,
    is_passed_over: bool,
}

/// How well a name fits what was typed: the smaller, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Whole,
    Beginning,
    Within,
    /// A number or code as a whole; part of one counts least.
    WholeNumber,
    Number,
}

/// Entries that are passed over, before all are put together anew.
const PASSED_OVER_AT_MOST: usize = 1000;

impl Names {
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The path under which a name is kept.
    pub fn path_of(&self, noun: Noun, id: Uuid) -> Option<&str> {
        let place = self.places.get(&(noun, id))?;
        Some(&self.entries[*place as usize].path)
    }

    /// Adds a name, in place of what was known of it.
    pub fn put(&mut self, named: &Named) {
        self.pass_over(named.noun, named.id);
        let place = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.places.insert((named.noun, named.id), place);
        let common = self.common.as_deref().unwrap_or(&named.path);
        self.common = Some(shared(common, &named.path).into());
        let name = of_union(&named.name);
        self.written
            .push(&[&name, "\t", &named.numbers.to_ascii_lowercase()]);
        let written = self.written.of(place as usize);
        let length = written.find('\t').unwrap_or(written.len());
        self.entries.push(Entry {
            noun: named.noun,
            id: named.id,
            path: named.path.as_str().into(),
            length: u32::try_from(length).unwrap_or(u32::MAX),
            is_past: named.is_past,
            is_passed_over: false,
        });
        let (spelled, initials) = named
            .sort_key
            .rsplit_once(INITIALS)
            .unwrap_or((&named.sort_key, ""));
        self.spelled.push(&[spelled]);
        self.initials.push(&[initials]);
    }

    /// Takes a name out.
    pub fn remove(&mut self, noun: Noun, id: Uuid) {
        self.pass_over(noun, id);
        self.places.remove(&(noun, id));
    }

    fn pass_over(&mut self, noun: Noun, id: Uuid) {
        if let Some(place) = self.places.get(&(noun, id)) {
            self.entries[*place as usize].is_passed_over = true;
            self.passed_over += 1;
        }
    }

    /// Whether so many entries are passed over that all names should be read anew.
    pub fn is_worn(&self) -> bool {
        self.passed_over > PASSED_OVER_AT_MOST.max(self.entries.len() / 4)
    }

    /// The best `limit` names of each noun within the paths that fit all words of what was typed: the living before the past, whole names before
    /// those that begin so, shorter before longer.
    pub fn find(&self, typed: &str, paths: &[String], limit: usize) -> Found {
        let mut words = query::words(typed);
        // The longest word has the fewest names.
        words.sort_by_key(|word| Reverse(word.len()));
        let Some((first, others)) = words.split_first() else {
            return Found::default();
        };
        let mut found = Found::default();
        let mut best = [BinaryHeap::new(), BinaryHeap::new()];
        let common = self.common.as_deref().unwrap_or_default();
        let sees_all = paths.iter().any(|path| is_within(common, path));
        for (place, fit) in self.fitting(first) {
            let entry = &self.entries[place];
            let is_seen = !entry.is_passed_over
                && (sees_all || paths.iter().any(|path| is_within(&entry.path, path)))
                && others.iter().all(|word| self.fits(place, word));
            if !is_seen {
                continue;
            }
            let (heap, in_all) = match entry.noun {
                Noun::Unit => (&mut best[0], &mut found.units_in_all),
                Noun::Person => (&mut best[1], &mut found.people_in_all),
            };
            *in_all += 1;
            let ranked = (entry.is_past, fit, entry.length, place);
            if heap.len() < limit {
                heap.push(ranked);
            } else if let Some(mut last) = heap.peek_mut()
                && ranked < *last
            {
                *last = ranked;
            }
        }
        let [units, people] = best.map(|heap| self.hits(heap.into_sorted_vec()));
        Found {
            units,
            people,
            ..found
        }
    }

    fn hits(&self, ranked: Vec<(bool, Fit, u32, usize)>) -> Vec<Hit> {
        ranked
            .into_iter()
            .map(|(.., place)| Hit {
                noun: self.entries[place].noun,
                id: self.entries[place].id,
            })
            .collect()
    }

    /// The entries that fit a word, each once, with how well.
    fn fitting(&self, word: &Word) -> Vec<(usize, Fit)> {
        let mut found: Vec<(usize, Fit)> = Vec::new();
        let written = self.written.containing(&word.written);
        found.extend(written.map(|(place, at)| (place, self.fit_of(place, at, &word.written))));
        for reading in &word.readings {
            let begun = self.spelled.containing(&format!("\n{reading}"));
            found.extend(begun.map(|(place, _)| (place, Fit::Beginning)));
            let within = self.spelled.containing(&format!(" {reading}"));
            found.extend(within.map(|(place, _)| (place, Fit::Within)));
        }
        if word.may_be_initials {
            let initials = self.initials.containing(&word.written);
            let fit = |at| if at == 0 { Fit::Beginning } else { Fit::Within };
            found.extend(initials.map(|(place, at)| (place, fit(at))));
        }
        if word.readings.is_empty() && !word.may_be_initials {
            return found;
        }
        found.sort_unstable();
        found.dedup_by_key(|(place, _)| *place);
        found
    }

    fn fits(&self, place: usize, word: &Word) -> bool {
        self.written.of(place).contains(&word.written)
            || word.readings.iter().any(|reading| {
                let spelled = self.spelled.of(place);
                spelled.starts_with(reading) || spelled.contains(&format!(" {reading}"))
            })
            || word.may_be_initials && self.initials.of(place).contains(&word.written)
    }

    /// How well a name fits that contains `typed` at a byte.
    fn fit_of(&self, place: usize, at: usize, typed: &str) -> Fit {
        let name = self.entries[place].length as usize;
        match at {
            at if at > name => {
                let numbers = self.written.of(place)[name..].split_ascii_whitespace();
                let is_whole = numbers.clone().any(|number| number == typed);
                if is_whole {
                    Fit::WholeNumber
                } else {
                    Fit::Number
                }
            }
            0 if typed.len() == name => Fit::Whole,
            0 => Fit::Beginning,
            _ => Fit::Within,
        }
    }
}

/// The beginning that two paths have in common, up to a whole step.
fn shared<'a>(path: &'a str, other: &str) -> &'a str {
    let mut both = path.bytes().zip(other.bytes());
    let alike = both.position(|(one, other)| one != other);
    let alike = alike.unwrap_or(path.len().min(other.len()));
    let end = path.as_bytes()[..alike]
        .iter()
        .rposition(|byte| *byte == b'/');
    &path[..end.map_or(0, |end| end + 1)]
}

#[cfg(test)]
mod tests;
