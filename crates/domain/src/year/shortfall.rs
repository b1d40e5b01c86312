//! What a unit lacks for the title that it strives for: the clauses of that title and of those below it that are unmet or unknown, as bits, so that lists
//! and counts of thousands of units ask one number each. It is worked out where the unit is judged, never when a page is opened.

use jianjia_standard::{
    Standard, Text, explain,
    judge::judge,
    judgement::Status,
    programme::{MOST_CLAUSES, Title},
    subject::Subject,
    text::Lang,
};
use jiff::civil::Date;

use crate::core::{ids::UnitId, place::UnitKind};

/// In place of a clause's number: the units that strive for the title, and of them those that lack one clause alone.
pub const ALL_CLAUSES: i64 = -1;

/// What a unit lacks in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    pub unit: UnitId,
    pub unit_path: String,
    pub year: i16,
    pub kind: UnitKind,
    /// The standard's key of the employer, the letter of the industry, the key of the size; empty where it is not known.
    pub employer: String,
    pub trade: String,
    pub size: String,
    /// The title that it strives for; empty where it holds the highest, and where it has ended.
    pub title: String,
    pub marks: Marks,
    /// Where one clause alone is lacking: which, and by how much.
    pub step: Option<Step>,
    /// The version of the standard by which it was judged.
    pub standard: String,
}

/// One clause that is lacking, with what it takes in the words of the standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub clause: String,
    pub lacks: Text,
}

/// Of each clause of the title's chain, in the standard's order, whether it applies, whether it is unmet, whether it is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    pub asked: i64,
    pub unmet: i64,
    pub unknown: i64,
}

impl Marks {
    /// Marks a clause by its number.
    pub fn mark(&mut self, number: usize, status: Status) {
        let bit = bit(number);
        match status {
            Status::NotApplicable => return,
            Status::Unmet => self.unmet |= bit,
            Status::Unknown => self.unknown |= bit,
            Status::Met => {}
        }
        self.asked |= bit;
    }

    /// How many clauses are lacking.
    pub fn lacking(self) -> i64 {
        i64::from((self.unmet | self.unknown).count_ones())
    }

    fn has(mask: i64, number: usize) -> i64 {
        i64::from(mask & bit(number) != 0)
    }
}

/// The bit of a clause, by its number; none past the last.
pub fn bit(number: usize) -> i64 {
    u32::try_from(number)
        .ok()
        .filter(|_| number < MOST_CLAUSES)
        .map_or(0, |number| 1 << number)
}

/// The clauses of a title and of those below it, each once, in the standard's order: a clause's place is its number.
pub fn clauses<'a>(standard: &'a Standard, title: &'a Title) -> Vec<&'a str> {
    let mut clauses: Vec<&str> = Vec::new();
    for criterion in standard
        .chain(title)
        .into_iter()
        .flat_map(|tier| &tier.criteria)
    {
        if !clauses.contains(&criterion.clause.as_str()) {
            clauses.push(&criterion.clause);
        }
    }
    clauses
}

/// Where one clause alone is lacking: what it takes, in words. The subject is judged for it, as one and not in columns.
pub fn step(standard: &Standard, subject: &Subject, title: &Title, as_of: Date) -> Option<Step> {
    let judgement = judge(standard, subject, as_of);
    for tier in standard.chain(title) {
        let criteria = judgement
            .verdict(&tier.key)
            .map(|verdict| &verdict.criteria);
        let lacking = criteria
            .into_iter()
            .flatten()
            .find(|criterion| matches!(criterion.status, Status::Unmet | Status::Unknown));
        if let Some(criterion) = lacking {
            let words = |lang| {
                explain::criterion(standard, subject, &tier.key, criterion, as_of, lang)
                    .unwrap_or_default()
            };
            return Some(Step {
                clause: criterion.clause.clone(),
                lacks: Text {
                    zh: words(Lang::Zh),
                    en: words(Lang::En),
                },
            });
        }
    }
    None
}

jianjia_standard::keyed! {
    /// By what units are told apart where they are counted.
    pub enum Facet {
        All = "all" / "合计",
        Kind = "kind" / "工会类型",
        Employer = "employer" / "单位类型",
        Trade = "trade" / "行业",
        Size = "size" / "职工人数",
    }
}

impl Facet {
    /// Those that part the units, without the sum of all.
    pub const PARTING: [Facet; 4] = [Facet::Kind, Facet::Employer, Facet::Trade, Facet::Size];
}

/// What a unit counts for: a facet with its value, a clause's number or `ALL_CLAUSES`, and the counts asked, unmet, unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub facet: Facet,
    pub value: String,
    pub clause: i64,
    pub counts: [i64; 3],
}

impl Shortfall {
    /// Of a unit's value of a facet; empty for the sum of all.
    pub fn value(&self, facet: Facet) -> &str {
        match facet {
            Facet::All => "",
            Facet::Kind => self.kind.key(),
            Facet::Employer => &self.employer,
            Facet::Trade => &self.trade,
            Facet::Size => &self.size,
        }
    }

    /// Everything that the unit counts for, once for each place that it stands in; nothing where it strives for no title.
    pub fn counted(&self) -> Vec<Counted> {
        if self.title.is_empty() {
            return Vec::new();
        }
        let of_clauses: Vec<(i64, [i64; 3])> = std::iter::once((ALL_CLAUSES, self.steps()))
            .chain((0..MOST_CLAUSES).zip(0..).filter_map(|(number, clause)| {
                let marks = self.marks;
                let counts = [marks.asked, marks.unmet, marks.unknown];
                let counts = counts.map(|mask| Marks::has(mask, number));
                (counts[0] > 0).then_some((clause, counts))
            }))
            .collect();
        let facets = Facet::ALL.into_iter();
        facets
            .flat_map(|facet| {
                of_clauses.iter().map(move |(clause, counts)| Counted {
                    facet,
                    value: self.value(facet).to_owned(),
                    clause: *clause,
                    counts: *counts,
                })
            })
            .collect()
    }

    /// One unit; one if the only clause that it lacks is unmet; one if it is unknown.
    fn steps(&self) -> [i64; 3] {
        let is_step = self.marks.lacking() == 1;
        let is_unmet = self.marks.unmet != 0;
        [
            1,
            i64::from(is_step && is_unmet),
            i64::from(is_step && !is_unmet),
        ]
    }
}

/// The places that count a unit: the city, and the federation right under it in whose tree it stands. A union right under the city counts for the city
/// alone.
pub fn places(path: &str, kind: UnitKind) -> Vec<&str> {
    let mut ends = path.match_indices('/').map(|(at, _)| at + 1).skip(1);
    let city = ends.next().map(|end| &path[..end]);
    let below = ends.next().map(|end| &path[..end]);
    let below = below.filter(|below| *below != path || kind.is_federation());
    city.into_iter().chain(below).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jianjia_standard::{
        fact::{FactKind, FactValue},
        kinds::Kind,
        subject::Activity,
    };
    use jiff::civil::date;

    use super::*;

    fn changzhou() -> Standard {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards/changzhou-2016");
        jianjia_standard::load::folder(&folder).unwrap()
    }

    fn of(marks: Marks) -> Shortfall {
        Shortfall {
            unit: UnitId(uuid::Uuid::from_u128(7)),
            unit_path: "/1/3/7/".to_owned(),
            year: 2016,
            kind: UnitKind::Grassroots,
            employer: "enterprise".to_owned(),
            trade: "C".to_owned(),
            size: String::new(),
            title: "model-home".to_owned(),
            marks,
            step: None,
            standard: String::new(),
        }
    }

    #[test]
    fn every_clause_of_the_chain_has_one_number() {
        let standard = changzhou();
        for title in &standard.titles {
            let clauses = clauses(&standard, title);
            let different: BTreeSet<&&str> = clauses.iter().collect();
            assert_eq!(different.len(), clauses.len(), "{}", title.key);
            assert!(clauses.len() <= MOST_CLAUSES, "{}", title.key);
        }
        let trusted = clauses(&standard, standard.title("trusted-home").unwrap());
        assert_eq!(trusted[..3], ["Q1", "Q2", "Q3"]);
    }

    #[test]
    fn a_clause_counts_where_it_is_asked_and_the_unit_once_for_each_facet() {
        let mut marks = Marks::default();
        marks.mark(0, Status::Met);
        marks.mark(2, Status::Unmet);
        marks.mark(5, Status::NotApplicable);
        let counted: Vec<(&str, String, i64, [i64; 3])> = of(marks)
            .counted()
            .into_iter()
            .filter(|one| matches!(one.facet, Facet::All | Facet::Trade))
            .map(|one| (one.facet.key(), one.value, one.clause, one.counts))
            .collect();
        let row = |facet, value: &str, clause, counts| (facet, value.to_owned(), clause, counts);
        assert_eq!(
            counted,
            [
                row("all", "", -1, [1, 1, 0]),
                row("all", "", 0, [1, 0, 0]),
                row("all", "", 2, [1, 1, 0]),
                row("trade", "C", -1, [1, 1, 0]),
                row("trade", "C", 0, [1, 0, 0]),
                row("trade", "C", 2, [1, 1, 0]),
            ]
        );
        let mut none = of(marks);
        none.title.clear();
        assert!(none.counted().is_empty());
        let mut two = marks;
        two.mark(3, Status::Unknown);
        assert_eq!(of(two).counted()[0].counts, [1, 0, 0]);
        assert_eq!((two.lacking(), bit(MOST_CLAUSES)), (2, 0));
    }

    #[test]
    fn a_unit_counts_for_the_city_and_for_the_federation_right_under_it() {
        let check = |path, kind, expect: &[&str]| assert_eq!(places(path, kind), expect, "{path}");
        check("/1/3/45/678/", UnitKind::Grassroots, &["/1/", "/1/3/"]);
        check("/1/9/", UnitKind::Industry, &["/1/", "/1/9/"]);
        check("/1/8/", UnitKind::Direct, &["/1/"]);
        check("/1/", UnitKind::City, &["/1/"]);
    }

    #[test]
    fn the_last_step_says_in_words_how_many_are_missing() {
        let standard = changzhou();
        let title = standard.title("qualified-home").unwrap();
        let today = date(2016, 10, 20);
        let mut subject = Subject::unknown("u".to_owned(), Kind::Grassroots);
        for fact in standard
            .facts
            .iter()
            .filter(|fact| fact.kind == FactKind::Truth)
        {
            let truth = FactValue::Truth(true);
            subject.facts.insert(fact.key.clone(), truth);
        }
        for (key, number) in [("members", 100), ("cards_issued", 43), ("cards_used", 43)] {
            let value = FactValue::Number(number);
            subject.facts.insert(key.to_owned(), value);
        }
        let quarters = [(2015, 11), (2016, 2), (2016, 5), (2016, 8)];
        let activity = |(year, month)| Activity {
            on: date(year, month, 9),
            kind: "skills".to_owned(),
        };
        subject.activities = Some(quarters.map(activity).into());
        let found = step(&standard, &subject, title, today).unwrap();
        assert_eq!(found.clause, "Q6");
        // 80 of 100 members need the card, and 43 have it.
        assert!(found.lacks.zh.contains("37"), "{}", found.lacks.zh);
        assert!(found.lacks.en.contains("37"), "{}", found.lacks.en);
        subject.activities = None;
        let found = step(&standard, &subject, title, today).unwrap();
        assert_eq!(found.clause, "Q3");
        let all = FactValue::Number(100);
        for key in ["cards_issued", "cards_used"] {
            subject.facts.insert(key.to_owned(), all.clone());
        }
        subject.activities = Some(quarters.map(activity).into());
        assert_eq!(step(&standard, &subject, title, today), None);
    }
}
