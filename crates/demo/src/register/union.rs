//! Grassroots unions with their employers, units directly under the city, and branches.

use std::collections::HashSet;

use jianjia_domain::core::place::UnitKind;
use jianjia_standard::kinds::Employer;
use jiff::civil::date;

use crate::{
    core::{
        city::{City, Filled, Grade, Ids, Size, Unit},
        draw::Draw,
        pools::{Pools, Trade},
    },
    register::{code as codes, growth},
};

/// Adds the unions below the federations.
pub fn below(city: &mut City, pools: &Pools, size: Size, ids: &Ids) {
    let mut names = HashSet::new();
    story(city, pools, ids, &mut names);
    for pattern in &pools.direct {
        let root = city.cast.city;
        let mut draw = Draw::of("direct", names.len() as i64);
        let name = fresh(&mut names, || {
            pattern.replace("{brand}", &pools.brand(&mut draw))
        });
        let employer = if name.contains("公司") || name.contains("集团") {
            Employer::Enterprise
        } else {
            Employer::Institution
        };
        let index = city.found(
            ids,
            Some(root),
            UnitKind::Direct,
            &format!("{name}工会"),
            crate::register::tree::CITY,
            date(1995, 5, 1),
        );
        employ(city, index, pools, employer, name, "S");
    }
    let seats = seats(city, pools);
    let mut left = size.unions.saturating_sub(2);
    let mut round = 0;
    while left > 0 {
        for (seat, kind) in seats.iter().copied() {
            if left == 0 {
                break;
            }
            let mut draw = Draw::of("seat", (seat as i64) << 20 | round);
            if draw.chance(kind.share()) {
                union(city, seat, kind, pools, ids, &mut names);
                left -= 1;
            }
        }
        round += 1;
    }
    branches(city, pools, ids);
    growth::totals(city);
}

/// What a federation's unions look like, and how often it gets one.
#[derive(Clone, Copy)]
enum Seat {
    Village,
    Town,
    Zone,
    Sector,
    Industry(usize),
}

impl Seat {
    fn share(self) -> u64 {
        match self {
            Seat::Village => 44,
            Seat::Town => 96,
            Seat::Zone | Seat::Industry(_) => 99,
            Seat::Sector => 40,
        }
    }
}

fn seats(city: &City, pools: &Pools) -> Vec<(usize, Seat)> {
    let mut seats = Vec::new();
    let mut industry = 0;
    for (index, unit) in city.units.iter().enumerate() {
        match unit.kind {
            UnitKind::Village => seats.push((index, Seat::Village)),
            UnitKind::Township => seats.extend([(index, Seat::Town); 3]),
            UnitKind::Zone => seats.extend([(index, Seat::Zone); 5]),
            UnitKind::Sector => seats.push((index, Seat::Sector)),
            UnitKind::Industry => {
                seats.extend([(index, Seat::Industry(industry % pools.federations.len())); 5]);
                industry += 1;
            }
            _ => {}
        }
    }
    seats
}

/// Adds a union below a federation, with an employer of its place or its trade.
fn union(
    city: &mut City,
    seat: usize,
    kind: Seat,
    pools: &Pools,
    ids: &Ids,
    names: &mut HashSet<String>,
) {
    let mut draw = Draw::of("employer", city.units.len() as i64);
    let above = &city.units[seat];
    let division = match kind {
        Seat::Industry(_) => (*draw.pick(&["320402", "320404", "320411", "320412"])).to_owned(),
        _ => above.division.clone(),
    };
    let (employer, name, industry) = employer(&mut draw, above, kind, pools, names);
    let founded = date(
        draw.between(1996, 2016) as i16,
        draw.between(1, 7) as i8,
        draw.between(1, 28) as i8,
    );
    let index = city.found(
        ids,
        Some(seat),
        UnitKind::Grassroots,
        &format!("{name}工会"),
        &division,
        founded,
    );
    employ(city, index, pools, employer, name, industry);
}

/// An enterprise of a trade, or one of the bodies that every town has: what it is, its name and its industry.
fn employer<'a>(
    draw: &mut Draw,
    above: &Unit,
    kind: Seat,
    pools: &'a Pools,
    names: &mut HashSet<String>,
) -> (Employer, String, &'a str) {
    let trades: Vec<&Trade> = match kind {
        Seat::Industry(federation) => {
            let wanted = &pools.federations[federation].trades;
            pools
                .trades
                .iter()
                .filter(|trade| wanted.contains(&trade.name))
                .collect()
        }
        _ => pools.trades.iter().collect(),
    };
    let is_enterprise = !trades.is_empty()
        && match kind {
            Seat::Industry(_) => true,
            Seat::Zone => draw.chance(95),
            Seat::Village => draw.chance(82),
            _ => draw.chance(72),
        };
    if is_enterprise {
        let region = match above.division.get(..6) {
            Some("320413") => "常州金坛",
            Some("320481") => "溧阳",
            _ => "常州",
        };
        let trade = *draw.pick(&trades);
        let name = fresh(names, || {
            format!("{region}{}{}", pools.brand(draw), trade.company)
        });
        (Employer::Enterprise, name, &trade.industry)
    } else {
        let town = town(above, kind);
        let body = draw.pick(&pools.bodies);
        let name = fresh(names, || {
            body.name
                .replace("{place}", &town)
                .replace("{brand}", &pools.brand(draw))
        });
        let employer = body.employer.parse().unwrap_or(Employer::Social);
        (employer, name, &body.industry)
    }
}

/// The town that a federation is of, as the bodies in it are named.
fn town(above: &Unit, kind: Seat) -> String {
    if matches!(kind, Seat::Industry(_)) {
        return "常州市".to_owned();
    }
    let place = above
        .name
        .trim_end_matches("总工会")
        .trim_end_matches("工会联合会");
    let town: String = place
        .chars()
        .take_while(|letter| *letter != '镇' && *letter != '道')
        .collect();
    if place.contains('镇') {
        format!("{town}镇")
    } else if place.contains("街道") {
        format!("{town}道")
    } else {
        place.to_owned()
    }
}

/// The unions of the story: names and figures that the pages of the walk-through show.
fn story(city: &mut City, pools: &Pools, ids: &Ids, names: &mut HashSet<String>) {
    let township = city.cast.township;
    let division = city.units[township].division.clone();
    for (company, industry, workers, members) in [
        ("常州恒远机械有限公司", "C", 214, 205),
        ("常州宏泰化工有限公司", "C", 486, 470),
    ] {
        names.insert(company.to_owned());
        let name = format!("{company}工会");
        let index = city.found(
            ids,
            Some(township),
            UnitKind::Grassroots,
            &name,
            &division,
            date(2009, 6, 1),
        );
        employ(
            city,
            index,
            pools,
            Employer::Enterprise,
            company.to_owned(),
            industry,
        );
        let unit = &mut city.units[index];
        (unit.workers, unit.members) = (workers, members);
        (unit.last_election, unit.term_years) = (date(2014, 5, 20), 3);
        unit.employer_economic_type = Some("limited");
        if workers < 300 {
            (unit.grade, unit.filled) = (Grade::Model, Filled::Nothing);
            city.cast.union = index;
        } else {
            (unit.grade, unit.filled) = (Grade::Trusted, Filled::All);
            city.cast.vetoed = index;
        }
    }
}

fn employ(
    city: &mut City,
    index: usize,
    pools: &Pools,
    employer: Employer,
    name: String,
    industry: &str,
) {
    let unit = &mut city.units[index];
    let mut draw = Draw::of("employ", unit.number);
    let county = unit.division.get(..6).unwrap_or("320400");
    let (authority, nature) = match employer {
        Employer::Enterprise => ("91", "enterprise"),
        Employer::InstitutionAsEnterprise => ("12", "institution-as-enterprise"),
        Employer::Institution => ("12", "public-institution"),
        Employer::Organ => ("11", "government-organ"),
        Employer::Social => ("52", "private-non-enterprise"),
    };
    // A school or an office is not as large as a plant.
    unit.workers = match employer {
        Employer::Enterprise => workers(&mut draw),
        _ => workers(&mut draw).min(draw.between(90, 380)),
    };
    unit.members = members(&mut draw, unit.workers, unit.grade);
    unit.employer = Some(employer);
    unit.employer_credit_code = Some(codes::credit_code(
        authority,
        county,
        20_000_000 + unit.number,
    ));
    unit.employer_address = Some(format!(
        "{}{}号",
        draw.pick(&pools.addresses),
        draw.between(1, 399)
    ));
    unit.employer_nature = Some(nature);
    unit.employer_economic_type =
        (employer == Employer::Enterprise).then(|| economic_type(&mut draw, &name));
    unit.employer_industry = Some(industry.to_owned());
    unit.employer_name = Some(name);
}

/// Most employers are small, a few very large.
fn workers(draw: &mut Draw) -> i64 {
    match draw.below(100) {
        0..45 => draw.between(12, 60),
        45..80 => draw.between(61, 220),
        80..95 => draw.between(221, 700),
        _ => draw.between(701, 4200),
    }
}

pub fn members(draw: &mut Draw, workers: i64, grade: Grade) -> i64 {
    let rate = match grade {
        Grade::Trusted => draw.between(960, 1000),
        Grade::Model => draw.between(905, 985),
        Grade::Qualified => draw.between(780, 960),
        Grade::Short => draw.between(520, 930),
        Grade::Sparse => draw.between(350, 900),
    };
    (workers * rate + 999) / 1000
}

fn economic_type(draw: &mut Draw, name: &str) -> &'static str {
    if name.contains("股份") {
        "share-limited"
    } else if name.contains("集团") {
        "state-owned"
    } else {
        draw.pick::<&str>(&[
            "limited",
            "limited",
            "private",
            "private",
            "private",
            "collective",
            "hmt-invested",
            "foreign-invested",
        ])
    }
}

/// Branches of the bigger unions: workshops, sections, teams.
fn branches(city: &mut City, pools: &Pools, ids: &Ids) {
    for index in 0..city.units.len() {
        let unit = &city.units[index];
        let is_of_story = index == city.cast.union || index == city.cast.vetoed;
        let mut draw = Draw::of("branches", unit.number);
        if unit.kind != UnitKind::Grassroots
            || !(is_of_story || unit.workers > 260 && draw.chance(62))
        {
            continue;
        }
        let (name, division, founded) = (unit.name.clone(), unit.division.clone(), unit.founded_on);
        let (workers, grade, employer) = (unit.workers, unit.grade, unit.employer);
        let count = if is_of_story { 2 } else { draw.between(1, 3) };
        let parts = pools.parts(unit.employer_industry.as_deref(), &name);
        let first = draw.below(parts.len());
        for number in 0..count {
            let part = &parts[(first + number as usize) % parts.len()];
            let branch = city.found(
                ids,
                Some(index),
                UnitKind::Branch,
                &format!("{}{part}分会", name.trim_end_matches("工会")),
                &division,
                founded,
            );
            let branch = &mut city.units[branch];
            branch.grade = grade;
            branch.employer = employer;
            branch.phone = None;
            branch.workers = (workers / draw.between(4, 9)).max(8);
            branch.members = branch.workers * if grade >= Grade::Model { 98 } else { 90 } / 100;
        }
    }
}

fn fresh(names: &mut HashSet<String>, mut invent: impl FnMut() -> String) -> String {
    // The pools are far larger than what one trade of one region needs; a name that is taken is drawn again, and after many
    // draws told apart by a number.
    for attempt in 0..200 {
        let name = if attempt < 150 {
            invent()
        } else {
            format!("{}（{}厂区）", invent(), attempt - 148)
        };
        if names.insert(name.clone()) {
            return name;
        }
    }
    invent()
}
