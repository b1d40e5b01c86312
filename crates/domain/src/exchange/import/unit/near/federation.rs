//! Short and long forms of a federation's name: 天宁总工会, 市总工会, 常州市天宁区天宁街道总工会. They are never taken for one another in silence; who is
//! asked about comes in the order in which it may be meant.

use std::collections::{HashMap, HashSet};

use crate::core::text::form::of_union;

/// The kinds of places, those that end with another first.
const LEVELS: [&str; 11] = [
    "开发区",
    "街道",
    "园区",
    "社区",
    "省",
    "市",
    "区",
    "县",
    "镇",
    "乡",
    "村",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// 总工会, 总.
    General,
    /// 工会联合会, 联合工会.
    United,
    /// 工会, or nothing behind the place.
    Plain,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    /// Empty where only the level is named: 市总工会.
    proper: String,
    /// Empty where it is left out: 天宁总工会.
    level: &'static str,
}

/// A federation's name, read: the body and the places from the largest to its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Federation {
    pub(super) body: Body,
    above: Vec<Place>,
    own: Place,
}

/// The federations among names, by their own place.
pub(crate) struct Federations {
    read: HashMap<usize, Federation>,
    by_proper: HashMap<String, Vec<usize>>,
    by_level: HashMap<&'static str, Vec<usize>>,
    /// What places are called, without their level.
    propers: HashSet<String>,
}

/// How well a name fits: less is better.
pub(crate) type Fit = (u8, u8);

impl Federations {
    /// Of names by their places; only those that have a federation's body are one.
    pub(crate) fn of<'a>(names: impl Iterator<Item = (usize, &'a str)>) -> Federations {
        let mut found = Federations {
            read: HashMap::new(),
            by_proper: HashMap::new(),
            by_level: HashMap::new(),
            propers: HashSet::new(),
        };
        for (place, name) in names {
            let Some(federation) = read(name, &HashSet::new()) else {
                continue;
            };
            if federation.body == Body::Plain {
                continue;
            }
            let own = &federation.own;
            let add = |list: &mut Vec<usize>| list.push(place);
            add(found.by_proper.entry(own.proper.clone()).or_default());
            add(found.by_level.entry(own.level).or_default());
            if matches!(own.level, "省" | "市" | "区" | "县") {
                found.propers.insert(own.proper.clone());
            }
            found.read.insert(place, federation);
        }
        found
    }

    /// The federations that a name may be a short or a long form of, with how well they fit. Strictly: those that a new one may be mistaken for,
    /// which have the same body; else any that the name of an upper union may mean.
    pub(crate) fn meant(&self, typed: &str, is_strict: bool) -> Vec<(Fit, usize)> {
        let Some(typed) = read(typed, &self.propers) else {
            return Vec::new();
        };
        if is_strict && typed.body != Body::General {
            return Vec::new();
        }
        // 天宁 alone may be anything; 天宁街道 and 天宁总工会 are not.
        if typed.body == Body::Plain && typed.own.level.is_empty() {
            return Vec::new();
        }
        let places = if typed.own.proper.is_empty() {
            self.by_level.get(typed.own.level)
        } else {
            self.by_proper.get(&typed.own.proper)
        };
        let places = places.map_or(&[][..], Vec::as_slice).iter();
        places
            .filter_map(|place| {
                let known = &self.read[place];
                if is_strict && known.body != typed.body {
                    return None;
                }
                Some((typed.fit(known)?, *place))
            })
            .collect()
    }

    /// Whether what a typed name says of the places above is not so of the federations above this one.
    pub(crate) fn is_elsewhere(&self, typed: &str, above: impl Iterator<Item = usize>) -> bool {
        let Some(typed) = read(typed, &self.propers) else {
            return false;
        };
        let above: Vec<&Place> = above
            .filter_map(|place| Some(&self.read.get(&place)?.own))
            .collect();
        typed.above.iter().any(|said| {
            let mut same_level = above.iter().filter(|above| above.level == said.level);
            !said.level.is_empty() && same_level.any(|above| above.proper != said.proper)
        })
    }
}

impl Federation {
    /// Whether the names may be of one federation: the own place is the same, or one leaves out its level or all but its level; no place above it is
    /// another.
    fn fit(&self, known: &Federation) -> Option<Fit> {
        let is_bare = self.own.proper.is_empty();
        let is_same_level = self.own.level == known.own.level;
        let may_be = is_same_level || self.own.level.is_empty() || known.own.level.is_empty();
        let is_same = is_bare || self.own.proper == known.own.proper;
        let are_other = self.above.iter().any(|one| {
            let mut above = known.above.iter();
            above.any(|other| {
                one.proper != other.proper && one.level == other.level && !one.level.is_empty()
            })
        });
        (is_same && may_be && !are_other)
            .then_some((u8::from(!is_same_level), u8::from(self.body != known.body)))
    }
}

/// A name as that of a federation, or of a place that may have one; `propers` are places that may stand in front without their level: 常州天宁区.
fn read(name: &str, propers: &HashSet<String>) -> Option<Federation> {
    let form = of_union(name);
    let bodies = [
        ("总工会", Body::General),
        ("工会联合会", Body::United),
        ("联合工会", Body::United),
        ("工会", Body::Plain),
        ("总", Body::General),
    ];
    let mut bodies = bodies.into_iter();
    let found = bodies.find_map(|(word, body)| Some((form.strip_suffix(word)?, body)));
    let (places, body) = found.unwrap_or((&form, Body::Plain));
    let places = places.replace("街道办事处", "街道");
    let mut above = places_of(&places, propers);
    let own = above.pop()?;
    Some(Federation { body, above, own })
}

fn places_of(text: &str, propers: &HashSet<String>) -> Vec<Place> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let ends = rest
            .char_indices()
            .map(|(at, character)| at + character.len_utf8());
        let next = ends.clone().find_map(|end| {
            let level = level_of(&rest[..end])?;
            let proper = &rest[..end - level.len()];
            // A character of its name may be one of a kind of place, too: 新市镇.
            let least = if end == rest.len() { 0 } else { 2 };
            (proper.chars().count() >= least).then_some((proper, level, end))
        });
        let (proper, level, end) = next.unwrap_or((rest, "", rest.len()));
        let mut proper = proper;
        while let Some(front) = front_of(proper, propers) {
            found.push(Place {
                proper: front.to_owned(),
                level: "",
            });
            proper = &proper[front.len()..];
        }
        found.push(Place {
            proper: proper.to_owned(),
            level,
        });
        rest = &rest[end..];
    }
    found
}

fn level_of(text: &str) -> Option<&'static str> {
    LEVELS.into_iter().find(|level| text.ends_with(level))
}

/// A known place in front of a name, if a name is left.
fn front_of<'a>(name: &'a str, propers: &HashSet<String>) -> Option<&'a str> {
    let fronts = name.char_indices().skip(2).map(|(at, _)| &name[..at]);
    fronts
        .filter(|front| name[front.len()..].chars().count() >= 2)
        .find(|front| propers.contains(*front))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_forms_of_a_federation_are_asked_about() {
        let names = [
            "常州市总工会",
            "天宁区总工会",
            "天宁街道总工会",
            "溧阳市总工会",
            "红梅街道翠竹社区工会联合会",
            "武进区湖塘镇总工会",
            "常州某厂工会",
            "新市镇总工会",
            "钟楼经济开发区总工会",
        ];
        let known = Federations::of(names.into_iter().enumerate());
        for (typed, expect) in [
            ("市总工会", &[0, 3][..]),
            ("市总", &[0, 3]),
            ("常州总工会", &[0]),
            ("江苏省常州市总工会", &[0]),
            ("常州市市总工会", &[0, 3]),
            ("天宁总工会", &[1, 2]),
            ("天宁区总", &[1]),
            ("常州市天宁区总工会", &[1]),
            ("常州天宁区总工会", &[1]),
            ("常州天宁总工会", &[1, 2]),
            ("天宁区天宁街道总工会", &[2]),
            ("常州市天宁区天宁街道总工会", &[2]),
            ("天宁街道工会", &[2]),
            ("天宁街道", &[2]),
            ("翠竹社区工会联合会", &[4]),
            ("翠竹社区总工会", &[4]),
            ("天宁区红梅街道翠竹社区工会联合会", &[4]),
            ("兰陵街道翠竹社区工会联合会", &[]),
            ("湖塘镇总工会", &[5]),
            ("湖塘总工会", &[5]),
            ("钟楼区湖塘镇总工会", &[]),
            ("新市镇总工会", &[7]),
            ("钟楼经济开发区工会联合会", &[8]),
            ("兰陵街道总工会", &[]),
            ("常州某厂工会", &[]),
            ("天宁", &[]),
            ("总工会", &[]),
            ("工会", &[]),
            ("", &[]),
        ] {
            let mut found = known.meant(typed, false);
            found.sort_unstable();
            let found: Vec<usize> = found.into_iter().map(|(_, place)| place).collect();
            assert_eq!(found, expect, "{typed}");
        }
    }

    #[test]
    fn a_new_federation_is_mistaken_only_for_one_of_its_kind() {
        let names = ["天宁区总工会", "红梅村工会联合会", "天宁街道总工会"];
        let known = Federations::of(names.into_iter().enumerate());
        for (typed, expect) in [
            ("天宁总工会", &[0, 2][..]),
            ("常州市天宁区总工会", &[0]),
            ("天宁街道工会", &[]),
            ("天宁镇总工会", &[]),
            ("武进区红梅村工会联合会", &[]),
        ] {
            let mut found = known.meant(typed, true);
            found.sort_unstable();
            let found: Vec<usize> = found.into_iter().map(|(_, place)| place).collect();
            assert_eq!(found, expect, "{typed}");
        }
    }

    #[test]
    fn a_place_above_that_is_another_is_seen() {
        let names = ["天宁区总工会", "红梅街道总工会"];
        let known = Federations::of(names.into_iter().enumerate());
        assert!(!known.is_elsewhere("天宁区红梅街道总工会", [0].into_iter()));
        assert!(known.is_elsewhere("钟楼区红梅街道总工会", [0].into_iter()));
        assert!(!known.is_elsewhere("红梅街道总工会", [0].into_iter()));
    }
}
