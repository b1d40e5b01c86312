//! Titles already held: those of the years before the programme (P5 counts the reconfirmed ones of city level and above), and those of
//! its first spring, entered from the federations' rolls.

use std::collections::HashMap;

use jianjia_domain::{
    core::place::UnitKind,
    honour::honour::{HonourAct, HonourState},
};
use jianjia_standard::{
    kinds::{HonourLevel, Post},
    programme::Standard,
};
use jiff::civil::{Date, date};

use crate::core::{
    city::{City, Grade},
    draw::Draw,
};

#[derive(Clone, Debug)]
pub struct Honour {
    pub title: String,
    pub level: HonourLevel,
    pub year: i16,
    pub unit: usize,
    pub person: Option<usize>,
    pub number: String,
    pub begun_on: Date,
    /// How it stands today, and since when it is not in force.
    pub state: HonourState,
    pub lost_on: Option<Date>,
    pub reconfirmed: bool,
    pub batch: &'static str,
}

impl Honour {
    pub fn is_held_on(&self, day: Date) -> bool {
        self.begun_on <= day && self.lost_on.is_none_or(|lost| lost > day)
    }

    /// Whether nobody applies for it again: it is held, or suspended.
    pub fn is_given_on(&self, day: Date) -> bool {
        self.is_held_on(day) || self.state == HonourState::Suspended
    }
}

/// What happened to an honour after it was given, with the reason in words.
pub const SUSPENDED: &str = "整改期间暂停称号，整改到位后恢复。";
pub const REVOKED: &str = "复查时已不具备条件，撤销称号。";
pub const RESUMED: &str = "整改到位，经复查恢复称号。";
pub const WITHDRAWN: &str = "该批次文件依据有误，整批收回，另行公布。";

struct Roll<'a> {
    standard: &'a Standard,
    numbers: HashMap<(&'static str, i16), i64>,
    honours: Vec<Honour>,
}

impl Roll<'_> {
    fn give(
        &mut self,
        title: &'static str,
        level: HonourLevel,
        year: i16,
        unit: usize,
        person: Option<usize>,
        batch: &'static str,
    ) -> &mut Honour {
        let number = self.numbers.entry((title, year)).or_default();
        *number += 1;
        let format = self
            .standard
            .title(title)
            .map_or("", |title| title.number_format.as_str());
        // The programme's own numbers begin with its first year; earlier documents had none of this form.
        let number = if year >= 2016 {
            format
                .replace("{year}", &year.to_string())
                .replace("{number}", &number.to_string())
        } else {
            String::new()
        };
        let begun_on = if year >= 2016 {
            date(year, 6, 28)
        } else {
            date(year, 4, 28)
        };
        self.honours.push(Honour {
            title: title.to_owned(),
            level,
            year,
            unit,
            person,
            number,
            begun_on,
            state: HonourState::InForce,
            lost_on: None,
            reconfirmed: false,
            batch,
        });
        let last = self.honours.len() - 1;
        &mut self.honours[last]
    }
}

pub fn titles(city: &City, standard: &Standard) -> Vec<Honour> {
    let mut roll = Roll {
        standard,
        numbers: HashMap::new(),
        honours: Vec::new(),
    };
    units(city, &mut roll);
    people(city, &mut roll);
    troubles(&mut roll.honours);
    roll.honours
}

fn units(city: &City, roll: &mut Roll) {
    for (index, unit) in city.units.iter().enumerate() {
        let mut draw = Draw::of("titles", unit.number);
        let of_story = index == city.cast.union || index == city.cast.vetoed;
        match unit.kind {
            UnitKind::City | UnitKind::District => {}
            UnitKind::Branch => small_home(city, index, &mut draw, roll),
            _ => {
                if unit.grade >= Grade::Model || unit.grade == Grade::Qualified && draw.chance(58) {
                    roll.give(
                        "qualified-home",
                        HonourLevel::County,
                        2016,
                        index,
                        None,
                        "2016-spring-qualified",
                    );
                }
                let is_good = unit.grade >= Grade::Model;
                if is_good && !of_story && draw.chance(26) {
                    let level = *draw.pick(&[
                        HonourLevel::County,
                        HonourLevel::City,
                        HonourLevel::City,
                        HonourLevel::City,
                        HonourLevel::Province,
                        HonourLevel::Nation,
                    ]);
                    let year = draw.between(2009, 2015) as i16;
                    let reconfirmed = level != HonourLevel::County && draw.chance(62);
                    roll.give("model-home", level, year, index, None, "")
                        .reconfirmed = reconfirmed;
                }
                let is_model = is_good && draw.chance(14) && index != city.cast.union
                    || index == city.cast.vetoed;
                if is_model {
                    roll.give(
                        "model-home",
                        HonourLevel::County,
                        2016,
                        index,
                        None,
                        "2016-spring-model",
                    );
                }
                if index == city.cast.vetoed
                    || is_model && unit.grade == Grade::Trusted && draw.chance(72)
                {
                    roll.give(
                        "trusted-home",
                        HonourLevel::City,
                        2016,
                        index,
                        None,
                        "2016-pilot-trusted",
                    );
                }
            }
        }
    }
}

fn small_home(city: &City, index: usize, draw: &mut Draw, roll: &mut Roll) {
    let unit = &city.units[index];
    let of_story = unit.above == Some(city.cast.vetoed);
    if unit.grade < Grade::Model && !of_story {
        return;
    }
    if draw.chance(20) {
        let year = draw.between(2010, 2015) as i16;
        let reconfirmed = draw.chance(60);
        roll.give("model-small-home", HonourLevel::City, year, index, None, "")
            .reconfirmed = reconfirmed;
    }
    // The first trusted one holds both titles, so that the smallest city shows them.
    let is_first = !of_story
        && unit.grade == Grade::Trusted
        && !roll
            .honours
            .iter()
            .any(|honour| honour.title == "trusted-small-home");
    if of_story || is_first || draw.chance(26) {
        roll.give(
            "model-small-home",
            HonourLevel::County,
            2016,
            index,
            None,
            "2016-spring-model",
        );
        if is_first || !of_story && unit.grade == Grade::Trusted && draw.chance(25) {
            roll.give(
                "trusted-small-home",
                HonourLevel::City,
                2016,
                index,
                None,
                "2016-pilot-trusted",
            );
        }
    }
}

fn people(city: &City, roll: &mut Roll) {
    let trusted: Vec<usize> = roll
        .honours
        .iter()
        .filter(|honour| honour.title == "trusted-home")
        .map(|honour| honour.unit)
        .collect();
    for (index, person) in city.people.iter().enumerate() {
        let unit = &city.units[person.unit];
        let mut draw = Draw::of("worker-titles", index as i64);
        let of_story = person.unit == city.cast.vetoed;
        let percent = match (person.post, unit.grade) {
            _ if trusted.contains(&person.unit) => 85,
            (Post::Officer | Post::Social, _) => 30,
            (_, Grade::Trusted) => 30,
            (_, Grade::Model) => 12,
            _ => 1,
        };
        if of_story || draw.chance(percent) {
            if !of_story && draw.chance(55) {
                let year = draw.between(2008, 2015) as i16;
                let reconfirmed = draw.chance(60);
                roll.give(
                    "outstanding-worker",
                    HonourLevel::City,
                    year,
                    person.unit,
                    Some(index),
                    "",
                )
                .reconfirmed = reconfirmed;
            } else {
                roll.give(
                    "outstanding-worker",
                    HonourLevel::County,
                    2016,
                    person.unit,
                    Some(index),
                    "2016-spring-model",
                );
                if !of_story && trusted.contains(&person.unit) && draw.chance(35) {
                    roll.give(
                        "trusted-kin",
                        HonourLevel::City,
                        2016,
                        person.unit,
                        Some(index),
                        "2016-pilot-trusted",
                    );
                }
            }
        }
    }
}

/// A few titles were suspended or revoked since, and one old batch taken back as a whole.
fn troubles(honours: &mut [Honour]) {
    for (index, honour) in honours.iter_mut().enumerate() {
        let mut draw = Draw::of("troubles", index as i64);
        if honour.title == "qualified-home" && !draw.chance(3)
            || honour.title != "qualified-home" && !draw.chance(9)
        {
            continue;
        }
        honour.state = match draw.below(10) {
            0..4 => HonourState::Suspended,
            4..8 => HonourState::Revoked,
            _ if honour.year < 2016 => HonourState::Withdrawn,
            _ => HonourState::Suspended,
        };
        honour.lost_on = Some(date(2016, 9, 20));
    }
}

/// The reason told for a state that is no longer in force.
pub fn reason_of(state: HonourState) -> Option<(HonourAct, &'static str)> {
    match state {
        HonourState::Suspended => Some((HonourAct::Suspended, SUSPENDED)),
        HonourState::Revoked => Some((HonourAct::Revoked, REVOKED)),
        HonourState::Withdrawn => Some((HonourAct::Withdrawn, WITHDRAWN)),
        HonourState::InForce => None,
    }
}
