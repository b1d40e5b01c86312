//! The federations: the city, its districts, industries, townships, zones, villages and sectors. Places are real, unions invented.

use std::collections::HashMap;

use anyhow::{Context, Result};
use jianjia_domain::core::{ids::UnitId, place::UnitKind};
use jiff::civil::{Date, date};

use crate::{
    core::{
        city::{Cast, City, Filled, Grade, Ids, Size, Unit},
        draw::Draw,
        pools::{Division, Pools},
    },
    register::code as codes,
};

/// The division code of the city.
pub const CITY: &str = "3204";
/// The district of the story, and its subdistrict.
const TIANNING: &str = "320402";
const TIANNING_SUBDISTRICT: &str = "320402005";

/// The federations while they are founded.
struct Tree<'a> {
    city: City,
    divisions: &'a [Division],
    size: Size,
    ids: &'a Ids<'a>,
    /// The federation of a division, by its code.
    at_division: HashMap<&'a str, usize>,
}

/// The city's federations, from the city down; grassroots unions come after.
///
/// # Errors
/// When the divisions lack the district of the story.
pub fn federations(divisions: &[Division], pools: &Pools, size: Size, ids: &Ids) -> Result<City> {
    let mut tree = Tree {
        city: City {
            units: Vec::new(),
            people: Vec::new(),
            cast: Cast::default(),
            reelected: Vec::new(),
        },
        divisions,
        size,
        ids,
        at_division: HashMap::new(),
    };
    tree.districts()?;
    tree.industries(pools);
    tree.townships();
    tree.zones();
    tree.villages();
    tree.sectors(pools);
    Ok(tree.city)
}

impl<'a> Tree<'a> {
    fn of_level(&self, level: &'static str) -> impl Iterator<Item = &'a Division> + use<'a> {
        self.divisions
            .iter()
            .filter(move |division| division.level == level)
    }

    /// The city, and the districts in it.
    fn districts(&mut self) -> Result<()> {
        let founded = date(1950, 5, 1);
        let (ids, kind) = (self.ids, UnitKind::District);
        let root = self
            .city
            .found(ids, None, UnitKind::City, "常州市总工会", CITY, founded);
        self.city.cast.city = root;
        for division in self.of_level("district") {
            let name = format!("{}总工会", division.name);
            let index = self
                .city
                .found(ids, Some(root), kind, &name, &division.code, founded);
            self.at_division.insert(&division.code, index);
        }
        self.city.cast.tianning = *self
            .at_division
            .get(TIANNING)
            .context("no district of the story")?;
        Ok(())
    }

    fn industries(&mut self, pools: &Pools) {
        let root = Some(self.city.cast.city);
        for federation in &pools.federations {
            let index = self.city.found(
                self.ids,
                root,
                UnitKind::Industry,
                &federation.name,
                CITY,
                date(1985, 6, 1),
            );
            if self.city.cast.industry == 0 {
                self.city.cast.industry = index;
            }
        }
    }

    fn townships(&mut self) {
        let mut taken: HashMap<&str, usize> = HashMap::new();
        for division in self.of_level("township") {
            // A prison is counted as a township by the statistics; it has no federation.
            let Some(&district) = self.at_division.get(division.parent.as_str()) else {
                continue;
            };
            if division.name.ends_with("监狱") {
                continue;
            }
            let count = taken.entry(&division.parent).or_default();
            let is_of_story = division.code == TIANNING_SUBDISTRICT;
            if *count >= self.size.townships && !is_of_story {
                continue;
            }
            *count += 1;
            let is_zone = !["镇", "街道"]
                .iter()
                .any(|end| division.name.ends_with(end));
            let kind = if is_zone {
                UnitKind::Zone
            } else {
                UnitKind::Township
            };
            let place = named_within(&self.city.units[district].name, &division.name);
            let index = self.city.found(
                self.ids,
                Some(district),
                kind,
                &format!("{place}总工会"),
                &division.code,
                date(1998, 3, 1),
            );
            self.at_division.insert(&division.code, index);
            if is_of_story {
                self.city.cast.township = index;
            }
        }
    }

    /// The small city takes few townships of a district, so a zone is founded where none was met.
    fn zones(&mut self) {
        for (code, name) in [("320402", "天宁经济开发区"), ("320404", "钟楼经济开发区")]
        {
            if let Some(&district) = self.at_division.get(code) {
                let index = self.city.found(
                    self.ids,
                    Some(district),
                    UnitKind::Zone,
                    &format!("{name}总工会"),
                    code,
                    date(2006, 4, 1),
                );
                self.city.cast.zone = index;
            }
        }
    }

    fn villages(&mut self) {
        let mut taken: HashMap<&str, usize> = HashMap::new();
        for division in self.of_level("village") {
            let (Some(&township), Some(place)) = (
                self.at_division.get(division.parent.as_str()),
                village_name(&division.name),
            ) else {
                continue;
            };
            let count = taken.entry(&division.parent).or_default();
            if *count >= self.size.villages {
                continue;
            }
            *count += 1;
            let town = self.city.units[township].name.trim_end_matches("总工会");
            let name = if place.starts_with(town) {
                format!("{place}工会联合会")
            } else {
                format!("{town}{place}工会联合会")
            };
            self.city.found(
                self.ids,
                Some(township),
                UnitKind::Village,
                &name,
                &division.code,
                date(2003, 9, 1),
            );
        }
    }

    /// Every third town has a federation of a sector.
    fn sectors(&mut self, pools: &Pools) {
        let towns = self.city.of_kind(UnitKind::Township);
        for (number, town) in towns.into_iter().step_by(3).enumerate() {
            let sector = &pools.sectors[number % pools.sectors.len()];
            let place = self.city.units[town].name.trim_end_matches("总工会");
            let name = format!("{place}{sector}工会联合会");
            let division = self.city.units[town].division.clone();
            self.city.found(
                self.ids,
                Some(town),
                UnitKind::Sector,
                &name,
                &division,
                date(2010, 7, 1),
            );
        }
    }
}

impl City {
    pub fn of_kind(&self, kind: UnitKind) -> Vec<usize> {
        (0..self.units.len())
            .filter(|index| self.units[*index].kind == kind)
            .collect()
    }

    /// Adds a unit below another; what its kind calls for beyond that is filled in by the caller.
    pub fn found(
        &mut self,
        ids: &Ids,
        above: Option<usize>,
        kind: UnitKind,
        name: &str,
        division: &str,
        founded_on: Date,
    ) -> usize {
        let number = self.units.len() as i64 + 1;
        let mut draw = Draw::of("unit", number);
        let path = above.map_or_else(
            || format!("/{number}/"),
            |above| format!("{}{number}/", self.units[above].path),
        );
        let grade = grade(&mut draw);
        let filled = filled(&mut draw);
        let (term_years, last_election) = last_election(&mut draw, grade, founded_on);
        let county = if division.len() >= 6 {
            &division[..6]
        } else {
            "320400"
        };
        self.units.push(Unit {
            id: UnitId(ids.next()),
            number,
            above,
            path,
            kind,
            name: name.to_owned(),
            division: division.to_owned(),
            form: form_of(kind),
            credit_code: (kind != UnitKind::Branch)
                .then(|| codes::credit_code("81", county, number)),
            founded_on,
            employer: None,
            employer_name: None,
            employer_credit_code: None,
            employer_address: None,
            employer_nature: None,
            employer_economic_type: None,
            employer_industry: None,
            phone: Some(format!("0519-8{:07}", 1_000_000 + number)),
            workers: 0,
            members: 0,
            grade,
            filled,
            last_election,
            term_years,
        });
        self.units.len() - 1
    }
}

fn grade(draw: &mut Draw) -> Grade {
    match draw.below(100) {
        0..8 => Grade::Sparse,
        8..30 => Grade::Short,
        30..76 => Grade::Qualified,
        76..93 => Grade::Model,
        _ => Grade::Trusted,
    }
}

pub fn filled(draw: &mut Draw) -> Filled {
    match draw.below(100) {
        0..18 => Filled::Nothing,
        18..42 => Filled::Half,
        _ => Filled::All,
    }
}

/// How long a term of the committee is, and when it was elected last: a term that ran out some months ago, or one that began some months ago.
fn last_election(draw: &mut Draw, grade: Grade, founded_on: Date) -> (i64, Date) {
    let term_years = *draw.pick(&[3, 3, 5]);
    let is_overdue = grade < Grade::Model && draw.chance(20);
    let months = if is_overdue {
        -(term_years * 12) - draw.between(1, 8)
    } else {
        -draw.between(1, term_years * 12 - 2)
    };
    let day = date(2016, 9, 10)
        .saturating_add(jiff::Span::new().months(months).days(draw.between(0, 19)))
        .max(founded_on);
    (term_years, day)
}

fn form_of(kind: UnitKind) -> Option<&'static str> {
    match kind {
        UnitKind::City | UnitKind::District | UnitKind::Township | UnitKind::Zone => {
            Some("general")
        }
        UnitKind::Industry | UnitKind::Village | UnitKind::Sector => Some("federation"),
        UnitKind::Grassroots | UnitKind::Direct => Some("independent"),
        UnitKind::Branch => None,
    }
}

/// A zone is told by the district it lies in, since several bear the same name.
fn named_within(district: &str, name: &str) -> String {
    let place = district.trim_end_matches("总工会");
    let short: String = place.chars().take(2).collect();
    if ["镇", "街道"].iter().any(|end| name.ends_with(end)) || name.starts_with(&short) {
        name.to_owned()
    } else {
        format!("{short}{name}")
    }
}

/// `水岸社区居委会` is the community 水岸社区, `清溪村村委会` the village 清溪村; parks and the like have no federation.
fn village_name(official: &str) -> Option<String> {
    let name = official.split(['（', '(']).next().unwrap_or(official);
    if let Some(village) = name.strip_suffix("村委会") {
        return Some(format!("{}村", village.trim_end_matches('村')));
    }
    let community = name
        .strip_suffix("居委会")
        .or_else(|| name.strip_suffix("居民委员会"))?;
    Some(format!("{}社区", community.trim_end_matches("社区")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn village_names_come_from_the_official_ones() {
        let check = |official: &str, expect: Option<&str>| {
            assert_eq!(village_name(official).as_deref(), expect)
        };
        check("水岸社区居委会", Some("水岸社区"));
        check("清溪村村委会", Some("清溪村"));
        check("东青社区居委会（含东青村村委）", Some("东青社区"));
        check("荷园社区居民委员会", Some("荷园社区"));
        check("综合保税管理区", None);
    }
}
