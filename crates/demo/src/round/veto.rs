//! Vetoes of the last year and of this one: every clause, some lifted.

use jianjia_domain::register::unit::UnitKind;
use jianjia_standard::programme::Standard;

use crate::core::{city::City, draw::Draw};

#[derive(Clone, Debug)]
pub struct Veto {
    pub unit: usize,
    pub year: i64,
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
