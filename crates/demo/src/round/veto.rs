//! Vetoes of the last year and of this one: every clause, some lifted.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{ids::VetoId, place::UnitKind},
    round::veto::{self, Lifting},
};
use jianjia_standard::programme::Standard;
use jiff::civil::Date;

use crate::{
    core::{
        city::{City, Ids},
        day::morning,
        draw::Draw,
        pools::Pools,
    },
    honour::roll::ENTERED_BY,
};

#[derive(Clone, Debug)]
pub struct Veto {
    pub unit: usize,
    pub year: i16,
    pub clause: String,
    pub is_lifted: bool,
}

pub fn vetoes(city: &City, standard: &Standard) -> Vec<Veto> {
    let clauses: Vec<&str> = standard
        .vetoes
        .iter()
        .map(|veto| veto.clause.as_str())
        .collect();
    let mut vetoes = Vec::new();
    let mut next = 0;
    for (index, unit) in city.units.iter().enumerate() {
        if !matches!(unit.kind, UnitKind::Grassroots | UnitKind::Direct) || index == city.cast.union
        {
            continue;
        }
        let mut draw = Draw::of("vetoes", unit.number);
        if index == city.cast.vetoed {
            vetoes.push(Veto {
                unit: index,
                year: 2016,
                clause: clauses[0].to_owned(),
                is_lifted: false,
            });
            continue;
        }
        for year in [2015, 2016] {
            // A small city has vetoes of every clause too: each fortieth union has one, the clauses in turn.
            if draw.chance(3) {
                let clause = clauses[next % clauses.len()].to_owned();
                next += 1;
                vetoes.push(Veto {
                    unit: index,
                    year,
                    clause,
                    is_lifted: draw.chance(12),
                });
            }
        }
    }
    vetoes
}

/// The vetoes as the federations recorded them.
///
/// # Errors
/// Never: the days are good ones.
pub fn recorded(city: &City, pools: &Pools, ids: &Ids, vetoes: &[Veto]) -> Result<Vec<veto::Veto>> {
    vetoes
        .iter()
        .map(|invented| {
            let unit = &city.units[invented.unit];
            let at = |day| {
                let day = Date::new(invented.year, 9, day).context("a day of September")?;
                anyhow::Ok(morning(day))
            };
            let lifting = Lifting {
                at: at(28)?,
                by_name: ENTERED_BY.to_owned(),
                reason: "经核实已整改，来函撤回。".to_owned(),
            };
            Ok(veto::Veto {
                id: VetoId(ids.next()),
                unit: unit.id,
                unit_path: unit.path.clone(),
                unit_name: unit.name.clone(),
                year: invented.year,
                clause: invented.clause.clone(),
                source: pools
                    .veto
                    .get(&invented.clause)
                    .cloned()
                    .unwrap_or_default(),
                note: "演示数据".to_owned(),
                recorded_by: None,
                recorded_by_name: ENTERED_BY.to_owned(),
                recorded_at: at(6)?,
                lifted: invented.is_lifted.then_some(lifting),
            })
        })
        .collect()
}
