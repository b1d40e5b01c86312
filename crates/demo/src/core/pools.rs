//! The words from which the city is invented (`demo/pools.toml`) and the real divisions of Changzhou.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::core::draw::Draw;

#[derive(Debug, Deserialize)]
pub struct Pools {
    surnames: String,
    given_first: String,
    given_second: String,
    brand_first: String,
    brand_second: String,
    pub addresses: Vec<String>,
    #[serde(rename = "trade")]
    pub trades: Vec<Trade>,
    #[serde(rename = "body")]
    pub bodies: Vec<Body>,
    #[serde(rename = "federation")]
    pub federations: Vec<Federation>,
    pub direct: Vec<String>,
    pub sectors: Vec<String>,
    /// The parts of a large employer, by the section of its industry, or by a word of its name.
    branches: BTreeMap<String, Vec<String>>,
    #[serde(rename = "activity")]
    pub activities: Vec<Occasion>,
    /// The department a veto comes from, by clause.
    pub veto: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub struct Trade {
    pub name: String,
    pub company: String,
    pub industry: String,
}

/// Something that unions hold, and in which months.
#[derive(Debug, Deserialize)]
pub struct Occasion {
    pub kind: String,
    pub title: String,
    /// Empty: in any month.
    #[serde(default)]
    pub months: Vec<i8>,
}

#[derive(Debug, Deserialize)]
pub struct Body {
    pub employer: String,
    pub name: String,
    pub industry: String,
}

#[derive(Debug, Deserialize)]
pub struct Federation {
    pub name: String,
    pub trades: Vec<String>,
}

/// A row of the official divisions.
#[derive(Clone, Debug)]
pub struct Division {
    pub code: String,
    pub parent: String,
    pub level: String,
    pub name: String,
}

impl Pools {
    pub fn load() -> Result<Pools> {
        toml::from_str(include_str!("../../../../demo/pools.toml")).context("demo/pools.toml")
    }

    /// The parts that an employer of an industry has.
    pub fn parts(&self, industry: Option<&str>, name: &str) -> &[String] {
        let by_name = self.branches.iter().find(|(word, _)| name.contains(*word));
        let of = |key: &str| self.branches.get(key);
        by_name
            .map(|(_, parts)| parts)
            .or_else(|| industry.and_then(of))
            .or_else(|| of("S"))
            .map_or(&[], Vec::as_slice)
    }

    /// What a union may hold in a month.
    pub fn occasions(&self, month: i8) -> impl Iterator<Item = &Occasion> {
        self.activities
            .iter()
            .filter(move |held| held.months.is_empty() || held.months.contains(&month))
    }

    /// The name of a person.
    pub fn person(&self, draw: &mut Draw) -> String {
        let mut name = String::new();
        name.push(character(draw, &self.surnames));
        if draw.chance(70) {
            name.push(character(draw, &self.given_first));
        }
        name.push(character(draw, &self.given_second));
        name
    }

    /// The invented trade name of an employer.
    pub fn brand(&self, draw: &mut Draw) -> String {
        loop {
            let first = character(draw, &self.brand_first);
            let second = character(draw, &self.brand_second);
            if first != second {
                return [first, second].iter().collect();
            }
        }
    }
}

fn character(draw: &mut Draw, pool: &str) -> char {
    let count = pool.chars().count();
    pool.chars().nth(draw.below(count)).unwrap_or('一')
}

/// The divisions below the city, parents before children.
pub fn divisions() -> Result<Vec<Division>> {
    include_str!("../../../../demo/changzhou-divisions.csv")
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let [code, parent, level, name] = fields[..] else {
                anyhow::bail!("a division has four fields: {line}");
            };
            Ok(Division {
                code: code.to_owned(),
                parent: parent.to_owned(),
                level: level.to_owned(),
                name: name.to_owned(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_every_employer_fit_its_nature() {
        let pools = Pools::load().unwrap();
        let trades = pools
            .trades
            .iter()
            .map(|trade| (&trade.company, &trade.industry));
        let bodies = pools.bodies.iter().map(|body| (&body.name, &body.industry));
        let section = "S".to_owned();
        let direct = pools.direct.iter().map(|name| (name, &section));
        // A word of a part, and the words of an employer's name or the industry of which one must stand beside it.
        let fits: [(&str, &[&str]); 6] = [
            ("车间", &["C", "A"]),
            ("教研", &["小学", "中学"]),
            ("年级", &["幼儿园"]),
            ("门诊", &["卫生"]),
            ("税", &["税务"]),
            ("车队", &["公交", "G"]),
        ];
        for (name, industry) in trades.chain(bodies).chain(direct) {
            let name = name
                .replace("{brand}", "恒远")
                .replace("{place}", "雕庄街道");
            let parts = pools.parts(Some(industry), &name);
            assert!(parts.len() >= 3, "{name}: {parts:?}");
            for part in parts {
                for (word, of) in fits {
                    let is_fit = of.iter().any(|of| name.contains(of) || industry == of);
                    assert!(!part.contains(word) || is_fit, "{name}: {part}");
                }
            }
        }
        let named = |name: &str, industry: &str| pools.parts(Some(industry), name)[0].clone();
        assert_eq!(named("常州市恒远社会服务中心", "Q"), "社会工作组");
        assert_eq!(named("雕庄街道恒远卫生服务站", "Q"), "门诊部");
        assert_eq!(named("雕庄街道恒远商会", "S"), "会员服务部");
    }
}
