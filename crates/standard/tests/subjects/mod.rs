//! Random subjects: the same seed gives the same register.

use jianjia_standard::Standard;
use jianjia_standard::fact::{FactKind, FactValue};
use jianjia_standard::kinds::{Employer, HonourLevel, Kind};
use jianjia_standard::subject::{Activity, HeldTitle, RatingCounts, Subject, Subordinates};
use jiff::ToSpan;
use jiff::civil::Date;

/// SplitMix64: the same seed gives the same register.
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn one_in(&mut self, limit: u64) -> bool {
        self.below(limit) == 0
    }

    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// A subject: near the thresholds, often nearly good, with anything unknown now and then.
pub fn subject(standard: &Standard, dice: &mut Dice, index: usize, as_of: Date) -> Subject {
    let mut subject = Subject::unknown(format!("s{index}"), dice.of(&Kind::ALL));
    if !dice.one_in(5) {
        subject.employer = Some(dice.of(&Employer::ALL));
    }
    if dice.one_in(2) {
        subject.founded_on = Some(near(dice, as_of, 500));
    }
    let unknown_in = dice.of(&[2, 10, 100, 1000]);
    let wrong_in = dice.of(&[3, 30, 1000]);
    for fact in &standard.facts {
        if dice.one_in(unknown_in) {
            continue;
        }
        let whole = dice.of(&[0, 1, 3, 8, 20, 200]);
        let value = match fact.kind {
            FactKind::Truth => FactValue::Truth(!dice.one_in(wrong_in)),
            FactKind::Count => FactValue::Number(whole * (80 + dice.below(21)) / 20),
            FactKind::Level => FactValue::Number(dice.below(6)),
            FactKind::Money => FactValue::Money(whole * (80 + dice.below(21))),
            FactKind::Date => FactValue::Date(near(dice, as_of, 2000)),
            FactKind::Choice => FactValue::Choice(
                fact.choices[dice.below(fact.choices.len() as u64) as usize].clone(),
            ),
        };
        subject.facts.insert(fact.key.clone(), value);
    }
    if !dice.one_in(8) {
        let kinds: Vec<&str> = standard
            .activity_kinds
            .iter()
            .map(|kind| kind.key.as_str())
            .collect();
        let count = dice.of(&[0, 3, 40, 200]);
        let activity = |_| Activity {
            on: near(dice, as_of, 800),
            kind: dice.of(&kinds).to_owned(),
        };
        subject.activities = Some((0..count).map(activity).collect());
    }
    if let Some(rating) = &standard.rating
        && !dice.one_in(8)
    {
        let mut counts = RatingCounts {
            roll: Some(dice.of(&[0, 20, 100])),
            ..RatingCounts::default()
        };
        for answer in &rating.cast {
            if !dice.one_in(30) {
                counts
                    .answers
                    .insert(answer.clone(), dice.of(&[0, 0, 1, 2, 9, 17, 18, 60]));
            }
        }
        if dice.one_in(30) {
            counts.roll = None;
        }
        subject.rating = Some(counts);
    }
    for title in &standard.titles {
        if dice.one_in(4) {
            subject.titles.push(HeldTitle {
                title: title.key.clone(),
                year: standard.programme.first_year - 3 + dice.below(8) as i16,
                level: dice.one_in(2).then(|| dice.of(&HonourLevel::ALL)),
                reconfirmed: dice.one_in(2),
            });
        }
    }
    if !dice.one_in(4) {
        let mut below = Subordinates {
            unions: Some(dice.below(12)),
            ..Subordinates::default()
        };
        for title in &standard.titles {
            if !dice.one_in(9) {
                below.holding.insert(title.tier.clone(), dice.below(8));
            }
        }
        if dice.one_in(9) {
            below.unions = None;
        }
        subject.subordinates = Some(below);
    }
    subject
}

fn near(dice: &mut Dice, day: Date, days: u64) -> Date {
    let back = i64::try_from(dice.below(days)).unwrap();
    day - back.days()
}
