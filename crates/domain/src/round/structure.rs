//! What a list of candidates is made up of, by the rules of the standard (clause P3): whole numbers, and unknown is never no.

use jianjia_standard::{
    Lang, Text,
    programme::{Bound, Portion, Property, PropertyChoice, StructureRule},
};
use serde::Serialize;

/// Whether a candidate counts for a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    Yes,
    No,
    Unknown,
}

/// How many of a list count for a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub yes: i64,
    pub no: i64,
    pub unknown: i64,
}

impl Tally {
    pub fn of(counts: impl IntoIterator<Item = Counts>) -> Tally {
        let mut tally = Tally::default();
        for one in counts {
            match one {
                Counts::Yes => tally.yes += 1,
                Counts::No => tally.no += 1,
                Counts::Unknown => tally.unknown += 1,
            }
        }
        tally
    }

    pub fn all(&self) -> i64 {
        self.yes + self.no + self.unknown
    }
}

jianjia_standard::keyed! {
    /// What becomes of a rule over a list.
    pub enum Holding {
        Met = "met" / "符合",
        Broken = "broken" / "不符合",
        /// Who is unknown can decide.
        Unknown = "unknown" / "还不能确定",
        /// Too few candidates to ask for it.
        TooFew = "too-few" / "候选还少，暂不计算",
    }
}

/// Whether a candidate with this choice of the rule's property counts.
pub fn counts(rule: &StructureRule, choice: Option<&PropertyChoice>) -> Counts {
    match choice {
        None => Counts::Unknown,
        Some(choice) if rule.choices.contains(&choice.key) => Counts::Yes,
        Some(_) => Counts::No,
    }
}

/// Whether a rule holds over a list: met or broken only where it is so whatever the unknown ones are.
pub fn decide(rule: &StructureRule, tally: &Tally) -> Holding {
    let whole = count(tally.all());
    if whole < rule.counted_from {
        return Holding::TooFew;
    }
    let (fewest, most) = (count(tally.yes), count(tally.yes + tally.unknown));
    let (least, is_upper) = match rule.bound {
        Bound::AtLeast(portion) => (portion, false),
        Bound::AtMost(portion) => (portion, true),
    };
    let kept = |part: u64| match (least, is_upper) {
        (Portion::Count(number), false) => part >= number,
        (Portion::Count(number), true) => part <= number,
        (Portion::Share(rate), false) => rate.reached_by(part, whole),
        // Not over the share: the other way round by the same whole numbers.
        (Portion::Share(rate), true) => {
            u128::from(part) * u128::from(rate.denominator)
                <= u128::from(rate.numerator) * u128::from(whole)
        }
    };
    match (kept(fewest), kept(most)) {
        (true, true) => Holding::Met,
        (false, false) => Holding::Broken,
        _ => Holding::Unknown,
    }
}

/// How many of a list a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    AtLeast(u64),
    AtMost(u64),
}

/// How many a rule asks for of as many candidates as were counted.
pub fn asked(rule: &StructureRule, tally: &Tally) -> Asked {
    let whole = u128::from(count(tally.all()));
    let (portion, is_upper) = match rule.bound {
        Bound::AtLeast(portion) => (portion, false),
        Bound::AtMost(portion) => (portion, true),
    };
    let number = match portion {
        Portion::Count(number) => number,
        Portion::Share(rate) => {
            let (part, of) = (
                u128::from(rate.numerator) * whole,
                u128::from(rate.denominator),
            );
            let number = if is_upper {
                part / of
            } else {
                part.div_ceil(of)
            };
            u64::try_from(number).unwrap_or(u64::MAX)
        }
    };
    if is_upper {
        Asked::AtMost(number)
    } else {
        Asked::AtLeast(number)
    }
}

/// Whether a candidate that counts so is known to take no list further away from a rule.
pub fn helps(rule: &StructureRule, counts: Counts) -> bool {
    matches!(
        (rule.bound, counts),
        (Bound::AtLeast(_), Counts::Yes) | (Bound::AtMost(_), Counts::No)
    )
}

/// A rule that is broken: in words, what was counted, and how many it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    pub text: Text,
    pub tally: Tally,
    pub asked: Asked,
}

/// Broken rules in words, each with its figures.
pub fn in_words(broken: &[Breach], lang: Lang) -> String {
    let each = broken.iter().map(|breach| {
        let (all, tally) = (breach.tally.all(), &breach.tally);
        let (yes, no, unknown) = (tally.yes, tally.no, tally.unknown);
        match lang {
            Lang::Zh => {
                let asked = match breach.asked {
                    Asked::AtLeast(number) => format!("至少要有 {number} 个"),
                    Asked::AtMost(number) => format!("最多只能有 {number} 个"),
                };
                format!(
                    "{}（{all} 个里：是 {yes} 个，不是 {no} 个，不知道 {unknown} 个；{asked}）",
                    breach.text.zh
                )
            }
            Lang::En => {
                let asked = match breach.asked {
                    Asked::AtLeast(number) => format!("at least {number} are asked for"),
                    Asked::AtMost(number) => format!("at most {number} are allowed"),
                };
                format!(
                    "{} (of {all}: {yes} are, {no} are not, {unknown} unknown; {asked})",
                    breach.text.en
                )
            }
        }
    });
    let each: Vec<String> = each.collect();
    each.join(if lang == Lang::Zh { "；" } else { "; " })
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The property of a rule, among those of the standard.
pub fn property_of<'a>(properties: &'a [Property], rule: &StructureRule) -> Option<&'a Property> {
    properties
        .iter()
        .find(|property| property.key == rule.property)
}

#[cfg(test)]
mod tests {
    use jianjia_standard::programme::{ECONOMIC_TYPES, Holds, RegisterField};

    use super::*;
    use crate::register::unit::codes;

    fn rule(bound: Bound) -> StructureRule {
        StructureRule {
            key: "private-firms".to_owned(),
            clause: "P3".to_owned(),
            name: Text::default(),
            text: Text::default(),
            titles: vec!["trusted-home".to_owned()],
            property: "ownership".to_owned(),
            choices: vec!["private".to_owned()],
            bound,
            counted_from: 2,
            holds: Holds::Bar,
        }
    }

    #[test]
    fn a_rule_is_met_at_its_very_edge_and_unknown_where_the_unknown_decide() {
        let least = rule(Bound::AtLeast(Portion::Share("30%".parse().unwrap())));
        let most = rule(Bound::AtMost(Portion::Share("20%".parse().unwrap())));
        let three = rule(Bound::AtLeast(Portion::Count(3)));
        let at_most_one = rule(Bound::AtMost(Portion::Count(1)));
        let check = |rule: &StructureRule, (yes, no, unknown), expect| {
            let tally = Tally { yes, no, unknown };
            assert_eq!(decide(rule, &tally), expect, "{:?} {tally:?}", rule.bound);
        };
        check(&least, (3, 7, 0), Holding::Met);
        check(&least, (2, 7, 0), Holding::Broken);
        check(&least, (2, 7, 1), Holding::Unknown);
        check(&least, (3, 6, 1), Holding::Met);
        check(&least, (1, 8, 1), Holding::Broken);
        check(&least, (0, 0, 2), Holding::Unknown);
        check(&least, (1, 0, 0), Holding::TooFew);
        check(&least, (0, 0, 0), Holding::TooFew);
        check(&most, (2, 8, 0), Holding::Met);
        check(&most, (3, 7, 0), Holding::Broken);
        check(&most, (2, 7, 1), Holding::Unknown);
        check(&most, (1, 8, 1), Holding::Met);
        check(&three, (3, 9, 0), Holding::Met);
        check(&three, (2, 9, 1), Holding::Unknown);
        check(&three, (2, 9, 0), Holding::Broken);
        check(&at_most_one, (1, 9, 0), Holding::Met);
        check(&at_most_one, (1, 9, 1), Holding::Unknown);
        check(&at_most_one, (2, 0, 0), Holding::Broken);
    }

    #[test]
    fn what_is_asked_for_is_the_very_number_at_which_a_rule_is_met() {
        let share = |text: &str| Portion::Share(text.parse().unwrap());
        let check = |bound, all, expect| {
            let tally = Tally {
                no: all,
                ..Tally::default()
            };
            assert_eq!(asked(&rule(bound), &tally), expect, "{bound:?} of {all}");
        };
        check(Bound::AtLeast(share("30%")), 10, Asked::AtLeast(3));
        check(Bound::AtLeast(share("30%")), 11, Asked::AtLeast(4));
        check(Bound::AtMost(share("20%")), 9, Asked::AtMost(1));
        check(Bound::AtMost(Portion::Count(2)), 9, Asked::AtMost(2));
        let helping = |bound| {
            let each = [Counts::Yes, Counts::No, Counts::Unknown];
            each.map(|counts| helps(&rule(bound), counts))
        };
        assert_eq!(helping(Bound::AtLeast(share("30%"))), [true, false, false]);
        assert_eq!(helping(Bound::AtMost(share("30%"))), [false, true, false]);
    }

    #[test]
    fn an_answer_comes_before_the_register_and_what_neither_says_is_unknown() {
        let choice = |key: &str, known_by: &[&str]| PropertyChoice {
            key: key.to_owned(),
            name: Text::default(),
            known_by: known_by.iter().map(|value| (*value).to_owned()).collect(),
        };
        let property = Property {
            key: "ownership".to_owned(),
            name: Text::default(),
            question: None,
            titles: Vec::new(),
            from: Some(RegisterField::EconomicType),
            choices: vec![
                choice("private", &["private"]),
                choice("state", &["state-owned"]),
            ],
        };
        let rule = rule(Bound::AtLeast(Portion::Count(1)));
        let check = |said, registered, expect| {
            assert_eq!(counts(&rule, property.holds(said, registered)), expect);
        };
        check(None, Some("private"), Counts::Yes);
        check(None, Some("state-owned"), Counts::No);
        check(None, Some("limited"), Counts::Unknown);
        check(None, None, Counts::Unknown);
        check(Some("private"), Some("state-owned"), Counts::Yes);
        check(Some("state"), None, Counts::No);
        // A choice that the standard dropped says nothing.
        check(Some("mixed"), Some("private"), Counts::Yes);
    }

    #[test]
    fn the_standard_knows_the_economic_types_of_the_register() {
        let keys: Vec<&str> = codes::ECONOMIC_TYPES.iter().map(|code| code.key).collect();
        assert_eq!(keys, ECONOMIC_TYPES);
    }
}
