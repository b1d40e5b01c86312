//! How likely something is amiss at a home, by signs in its data: what the standard looks for, and what each sign weighs.

use jianjia_standard::{
    Text,
    figure::Rate,
    programme::{Sign, SpotCheck},
};
use serde::{Deserialize, Serialize};

use crate::check::visit::Colour;

/// What is known of a home that signs are looked for in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// Answers and questions of the year's sheet; none where nothing was said.
    pub sheet: Option<(u64, u64)>,
    /// By fact: the number of the year before and the year's.
    pub numbers: Vec<Numbers>,
    /// The photos that other units use, too.
    pub shared_photos: u64,
    pub is_first_time: bool,
    /// The last spot check that found something.
    pub earlier: Option<(i16, Colour)>,
}

/// A fact of two years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    pub fact: String,
    pub before: u64,
    pub now: u64,
}

/// A sign that was found, as it is kept with the frame: the standard may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub name: Text,
    pub weight: u64,
    pub found: Found,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Found {
    NothingSaid,
    Unanswered { answered: u64, asked: u64 },
    Jump { fact: Text, before: u64, now: u64 },
    SharedPhotos { photos: u64 },
    FirstTimer,
    EarlierFinding { year: i16, colour: Colour },
}

/// A home's class with why it is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    pub class: String,
    pub score: u64,
    pub reasons: Vec<Reason>,
}

/// The class of a home. `fact` names a fact.
pub fn assess(rules: &SpotCheck, signals: &Signals, fact: impl Fn(&str) -> Text) -> Risk {
    let reasons: Vec<Reason> = rules
        .signs
        .iter()
        .filter_map(|sign| {
            Some(Reason {
                name: sign.name.clone(),
                weight: sign.weight,
                found: found(&sign.what, signals, &fact)?,
            })
        })
        .collect();
    let score = reasons.iter().map(|reason| reason.weight).sum();
    Risk {
        class: rules
            .class_of(score)
            .map_or_else(String::new, |class| class.key.clone()),
        score,
        reasons,
    }
}

fn found(sign: &Sign, signals: &Signals, fact: &impl Fn(&str) -> Text) -> Option<Found> {
    match sign {
        Sign::Unanswered { from } => match signals.sheet {
            None => Some(Found::NothingSaid),
            Some((answered, asked)) => {
                let open = asked.saturating_sub(answered);
                (open > 0 && from.reached_by(open, asked))
                    .then_some(Found::Unanswered { answered, asked })
            }
        },
        Sign::Jump { facts, from } => {
            let jumped = |numbers: &&Numbers| {
                facts.contains(&numbers.fact) && jumps(*from, numbers.before, numbers.now)
            };
            let numbers = signals.numbers.iter().find(jumped)?;
            Some(Found::Jump {
                fact: fact(&numbers.fact),
                before: numbers.before,
                now: numbers.now,
            })
        }
        Sign::SharedPhotos { from } => {
            let photos = signals.shared_photos;
            (photos > 0 && photos >= *from).then_some(Found::SharedPhotos { photos })
        }
        Sign::FirstTimer => signals.is_first_time.then_some(Found::FirstTimer),
        Sign::EarlierFinding => {
            let (year, colour) = signals.earlier?;
            Some(Found::EarlierFinding { year, colour })
        }
    }
}

/// Whether a number changed by at least a share of what it was. Anything is a jump from nothing.
fn jumps(from: Rate, before: u64, now: u64) -> bool {
    before != now && from.reached_by(before.abs_diff(now), before)
}

#[cfg(test)]
mod tests {
    use jianjia_standard::programme::{RiskClass, RiskSign};

    use super::*;

    fn text(words: &str) -> Text {
        Text {
            zh: words.to_owned(),
            en: words.to_owned(),
        }
    }

    fn rules() -> SpotCheck {
        let rate = |words: &str| words.parse::<Rate>().unwrap();
        let class = |key: &str, from, share| RiskClass {
            key: key.to_owned(),
            name: text(key),
            from,
            share: rate(share),
        };
        let sign = |weight, what| RiskSign {
            name: text("sign"),
            weight,
            what,
        };
        SpotCheck {
            clause: "P1".to_owned(),
            title: "qualified-home".to_owned(),
            every_years: 1,
            announced: false,
            days: 30,
            inspectors: 2,
            minimum: 1,
            classes: vec![class("high", 40, "50%"), class("low", 0, "5%")],
            signs: vec![
                sign(10, Sign::Unanswered { from: rate("20%") }),
                sign(
                    20,
                    Sign::Jump {
                        facts: vec!["workers".to_owned()],
                        from: rate("50%"),
                    },
                ),
                sign(30, Sign::SharedPhotos { from: 2 }),
                sign(5, Sign::FirstTimer),
                sign(50, Sign::EarlierFinding),
            ],
        }
    }

    fn check(change: impl Fn(&mut Signals), class: &str, score: u64) {
        let mut signals = Signals {
            sheet: Some((10, 10)),
            ..Signals::default()
        };
        change(&mut signals);
        let risk = assess(&rules(), &signals, text);
        assert_eq!(
            (risk.class.as_str(), risk.score),
            (class, score),
            "{signals:?}"
        );
    }

    #[test]
    fn each_sign_counts_once_and_the_sum_gives_the_class() {
        check(|_| {}, "low", 0);
        check(|signals| signals.sheet = None, "low", 10);
        check(|signals| signals.sheet = Some((8, 10)), "low", 10);
        check(|signals| signals.sheet = Some((9, 10)), "low", 0);
        check(|signals| signals.sheet = Some((0, 0)), "low", 0);
        check(|signals| signals.shared_photos = 1, "low", 0);
        check(|signals| signals.shared_photos = 7, "low", 30);
        check(|signals| signals.is_first_time = true, "low", 5);
        check(
            |signals| signals.earlier = Some((2016, Colour::Amber)),
            "high",
            50,
        );
        let numbers = |before, now| {
            move |signals: &mut Signals| {
                for fact in ["members", "workers"] {
                    signals.numbers.push(Numbers {
                        fact: fact.to_owned(),
                        before,
                        now,
                    });
                }
            }
        };
        check(numbers(100, 149), "low", 0);
        check(numbers(100, 150), "low", 20);
        check(numbers(100, 50), "low", 20);
        check(numbers(0, 0), "low", 0);
        check(numbers(0, 1), "low", 20);
        check(
            |signals| {
                signals.shared_photos = 2;
                signals.sheet = None;
            },
            "high",
            40,
        );
    }

    #[test]
    fn why_a_home_is_in_its_class_is_kept_with_its_figures() {
        let signals = Signals {
            sheet: Some((3, 10)),
            numbers: vec![Numbers {
                fact: "workers".to_owned(),
                before: 10,
                now: 40,
            }],
            ..Signals::default()
        };
        let reasons = assess(&rules(), &signals, text).reasons;
        let found: Vec<&Found> = reasons.iter().map(|reason| &reason.found).collect();
        assert_eq!(
            found,
            [
                &Found::Unanswered {
                    answered: 3,
                    asked: 10
                },
                &Found::Jump {
                    fact: text("workers"),
                    before: 10,
                    now: 40
                },
            ]
        );
        let kept = serde_json::to_string(&reasons).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Reason>>(&kept).unwrap(), reasons);
    }
}
