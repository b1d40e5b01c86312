//! A made-up register, drawn directly into columns; the same seed gives the same one.

use jianjia_standard::Standard;
use jianjia_standard::batch::plan::Plan;
use jianjia_standard::check::Check;
use jianjia_standard::columns::log::{ActivityLog, LOG_MONTHS};
use jianjia_standard::columns::{Columns, FactColumn, day_number};
use jianjia_standard::fact::{Fact, FactKind, FactValue};
use jianjia_standard::kinds::{Employer, Kind};
use jianjia_standard::subject::{Activity, RatingCounts, Subject};
use jiff::ToSpan;
use jiff::civil::Date;

/// Percentage of unknown answers.
const UNKNOWN_PERCENT: u64 = 3;

/// A register of `len` unions: mostly grassroots, mostly good, with some unknown answers.
pub fn columns(standard: &Standard, plan: &Plan, len: usize) -> Columns {
    let mut columns = Columns::unknown(standard, plan, len);
    let mut dice = Dice(20_160_329);
    draw_kinds(&mut columns, len, &mut dice);
    for (index, fact) in standard.facts.iter().enumerate() {
        let limit = fact.at_most.as_ref();
        let limit = limit.and_then(|key| standard.facts.iter().position(|fact| &fact.key == key));
        // A bound that comes later in the file has no values yet, so the fact is drawn without it.
        let limit = limit
            .filter(|limit| *limit < index)
            .map(|limit| columns.facts[limit].clone());
        draw(
            fact,
            &mut columns.facts[index],
            limit.as_ref(),
            len,
            plan.as_of,
            &mut dice,
        );
    }
    draw_activities(plan, &mut columns, len, &mut dice);
    draw_ratings(&mut columns, len, &mut dice);
    columns
}

/// Beside a register of `columns` the log of its activities: mostly one or two a month.
pub fn log(standard: &Standard, columns: &Columns) -> ActivityLog {
    let blocks = columns.len.div_ceil(64);
    let mut log = ActivityLog::unknown(standard, blocks * 64);
    let mut dice = Dice(20_161_015);
    let kinds = log.kinds.len().max(1);
    for row in 0..columns.len {
        if !dice.known() {
            continue;
        }
        set(&mut log.known, row);
        for back in 0..LOG_MONTHS {
            if dice.below(100) < 97 {
                let kind = usize::try_from(dice.below(kinds as u64)).unwrap_or(0);
                if let Some(month) = log.months.get_mut(kind * LOG_MONTHS + back) {
                    month[row] = u8::try_from(dice.between(1, 2)).unwrap_or(1);
                }
            }
        }
    }
    log
}

fn draw_kinds(columns: &mut Columns, len: usize, dice: &mut Dice) {
    let kinds: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| !matches!(kind, Kind::Branch | Kind::Person | Kind::Grassroots))
        .collect();
    for row in 0..len {
        let kind = if dice.below(100) < 88 {
            Kind::Grassroots
        } else {
            dice.of(&kinds)
        };
        set(&mut columns.kinds[kind as usize], row);
        if kind.has_employer() && dice.known() {
            set(
                &mut columns.employers[dice.of(&Employer::ALL) as usize],
                row,
            );
        }
        if !kind.has_employer() && dice.known() {
            let below = dice.between(5, 60);
            columns.unions_below.set(row, Some(below));
            for tier in &mut columns.holding {
                tier.set(row, Some(dice.between(0, below)));
            }
        }
    }
}

fn draw_activities(plan: &Plan, columns: &mut Columns, len: usize, dice: &mut Dice) {
    for (check, column) in plan.activities.iter().zip(&mut columns.activities) {
        let Check::Activities { periods, .. } = check else {
            continue;
        };
        for row in 0..len {
            if dice.known() {
                let enough = (0..*periods).filter(|_| dice.below(100) < 98);
                let enough = u32::try_from(enough.count()).unwrap_or(0);
                column.set(row, Some(enough == *periods));
            }
        }
    }
}

fn draw_ratings(columns: &mut Columns, len: usize, dice: &mut Dice) {
    for row in 0..len {
        if !dice.known() {
            continue;
        }
        let roll = dice.between(10, 2000);
        let mut left = roll - dice.between(0, roll / 2 + roll / 20);
        columns.roll.set(row, Some(roll));
        for answer in &mut columns.answers {
            let said = left * dice.between(60, 90) / 100;
            answer.set(row, Some(said));
            left -= said;
        }
    }
}

fn draw(
    fact: &Fact,
    column: &mut FactColumn,
    limit: Option<&FactColumn>,
    len: usize,
    as_of: Date,
    dice: &mut Dice,
) {
    match (column, limit) {
        (FactColumn::Truth(column), _) => {
            for row in 0..len {
                if dice.known() {
                    column.set(row, Some(dice.below(100) < 97));
                }
            }
        }
        (FactColumn::Number(column), Some(FactColumn::Number(limit))) => {
            for row in 0..len {
                if let Some(limit) = limit.get(row)
                    && dice.known()
                {
                    let share = u64::from(dice.between(70, 170).min(100));
                    let number = u64::from(limit) * share / 100;
                    column.set(row, u32::try_from(number).ok());
                }
            }
        }
        (FactColumn::Number(column), _) => {
            let most = fact
                .max
                .and_then(|max| u32::try_from(max).ok())
                .unwrap_or(2000)
                .min(2000);
            for row in 0..len {
                if dice.known() {
                    column.set(row, Some(dice.between(most / 100, most)));
                }
            }
        }
        (FactColumn::Money(column), Some(FactColumn::Money(limit))) => {
            for row in 0..len {
                if let Some(limit) = limit.get(row)
                    && dice.known()
                {
                    column.set(row, Some(limit));
                }
            }
        }
        (FactColumn::Money(column), _) => {
            for row in 0..len {
                if dice.known() {
                    let yuan = u64::from(dice.between(100, 20_000).min(5000));
                    column.set(row, Some(yuan * 100));
                }
            }
        }
        (FactColumn::Day(column), _) => {
            let days: Vec<u32> = (0..1500)
                .map(|back| day_number(as_of.saturating_sub(back.days())))
                .collect();
            draw_known(&mut column[..len], dice, |dice| dice.of(&days));
        }
        (FactColumn::Choice(column), _) => {
            let choices = u8::try_from(fact.choices.len()).unwrap_or(u8::MAX);
            draw_known(&mut column[..len], dice, |dice| {
                u8::try_from(dice.below(u64::from(choices))).unwrap_or(0)
            });
        }
    }
}

/// Draws the cells that are known.
fn draw_known<T>(cells: &mut [T], dice: &mut Dice, draw: impl Fn(&mut Dice) -> T) {
    for cell in cells {
        if dice.known() {
            *cell = draw(dice);
        }
    }
}

/// A grassroots union of which everything is known and good, with an activity every ten days.
pub fn full_subject(standard: &Standard, as_of: Date) -> Subject {
    let mut subject = Subject::unknown("explained", Kind::Grassroots);
    subject.employer = Some(Employer::Enterprise);
    subject.founded_on = Some(as_of.saturating_sub(10.years()));
    for fact in &standard.facts {
        let value = match fact.kind {
            FactKind::Truth => FactValue::Truth(true),
            FactKind::Count => FactValue::Number(200),
            FactKind::Level => FactValue::Number(fact.max.unwrap_or(5)),
            FactKind::Money => FactValue::Money(120_000),
            FactKind::Date => FactValue::Date(as_of.saturating_sub(1.year())),
            FactKind::Choice => {
                FactValue::Choice(fact.choices.first().cloned().unwrap_or_default())
            }
        };
        subject.facts.insert(fact.key.clone(), value);
    }
    let kinds = standard.activity_kinds.iter().cycle();
    let activities = kinds.zip(0..40).map(|(kind, tens)| Activity {
        on: as_of.saturating_sub((tens * 10).days()),
        kind: kind.key.clone(),
    });
    subject.activities = Some(activities.collect());
    if let Some(rating) = &standard.rating {
        let answers = rating.cast.iter().enumerate();
        let answers =
            answers.map(|(place, answer)| (answer.clone(), if place == 0 { 150 } else { 5 }));
        subject.rating = Some(RatingCounts {
            roll: Some(200),
            answers: answers.collect(),
        });
    }
    subject
}

fn set(plane: &mut [u64], row: usize) {
    plane[row / 64] |= 1 << (row % 64);
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// From `low` to `high`, both included.
    fn between(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.below(span)).unwrap_or(0)
    }

    fn known(&mut self) -> bool {
        self.below(100) >= UNKNOWN_PERCENT
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap_or(0)]
    }
}
