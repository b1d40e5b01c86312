//! Vetoes of every year: every clause, some lifted.

use jianjia_domain::{
    core::{ids::VetoId, place::UnitKind},
    round::veto::{self, Lifting},
};
use jianjia_standard::programme::Standard;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, date},
};

use crate::{
    core::{
        city::{City, Ids},
        day::{morning, office_hour, working},
        draw::Draw,
        pools::Pools,
    },
    honour::roll::ENTERED_BY,
    register::growth::FIRST_YEAR,
};

#[derive(Clone, Debug)]
pub struct Veto {
    pub unit: usize,
    pub year: i16,
    pub clause: String,
    pub recorded_at: Timestamp,
    pub lifted_on: Date,
    pub is_lifted: bool,
}

/// The vetoes from the year before the programme until today. That of the union of the story is of the running year.
pub fn vetoes(city: &City, standard: &Standard, today: Date) -> Vec<Veto> {
    let clauses: Vec<&str> = standard
        .vetoes
        .iter()
        .map(|veto| veto.clause.as_str())
        .collect();
    let mut vetoes = vec![of_story(city, clauses[0], today)];
    let mut next = 0;
    for (index, unit) in city.units.iter().enumerate() {
        let of_story = index == city.cast.union || index == city.cast.vetoed;
        if !matches!(unit.kind, UnitKind::Grassroots | UnitKind::Direct) || of_story {
            continue;
        }
        for year in FIRST_YEAR - 1..=today.year() {
            let mut draw = Draw::of("vetoes", unit.number << 12 | i64::from(year));
            // A small city has vetoes of every clause too: each fortieth union has one, the clauses in turn.
            if !draw.chance(3) {
                continue;
            }
            let clause = clauses[next % clauses.len()].to_owned();
            next += 1;
            let on = working(date(year, 9, 6).saturating_add(draw.between(0, 8).days()));
            let recorded_at = office_hour(on, &mut draw);
            let lifted_on = working(date(year, 9, 26).saturating_add(draw.between(0, 3).days()));
            if recorded_at < morning(today) {
                let is_lifted = draw.chance(12) && lifted_on < today;
                vetoes.push(Veto {
                    unit: index,
                    year,
                    clause,
                    recorded_at,
                    lifted_on,
                    is_lifted,
                });
            }
        }
    }
    vetoes
}

/// Wages owed, found some weeks ago or in the first days of the year.
fn of_story(city: &City, clause: &str, today: Date) -> Veto {
    let year = today.year();
    let on = today
        .saturating_sub(44.days())
        .clamp(date(year, 1, 1), date(year, 9, 6));
    Veto {
        unit: city.cast.vetoed,
        year,
        clause: clause.to_owned(),
        recorded_at: morning(on),
        lifted_on: on,
        is_lifted: false,
    }
}

/// The vetoes as the federations recorded them.
pub fn recorded(city: &City, pools: &Pools, ids: &Ids, vetoes: &[Veto]) -> Vec<veto::Veto> {
    vetoes
        .iter()
        .map(|invented| {
            let unit = &city.units[invented.unit];
            let lifting = Lifting {
                at: morning(invented.lifted_on),
                by_name: ENTERED_BY.to_owned(),
                reason: "经核实已整改，来函撤回。".to_owned(),
            };
            veto::Veto {
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
                recorded_at: invented.recorded_at,
                entry: None,
                lifted: invented.is_lifted.then_some(lifting),
            }
        })
        .collect()
}
