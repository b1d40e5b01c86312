//! What subsidies are reckoned by: bases, the figures of year sheets, titles with what became of them, findings of spot checks. For any number of units by as
//! many statements as for one.

use std::collections::HashMap;

use jianjia_domain::{
    check::outcome::CheckEffect,
    core::ids::{HonourId, SubsidyBaseId, UnitId},
    honour::honour::{Honour, HonourEvent},
    money::subsidy::{Entitlement, entitlement_of, events_of, nothing_known},
    register::unit::Unit,
    year::{assessment::kind_of, statement::known as said},
};
use jianjia_standard::{
    Standard,
    fact::FactValue,
    programme::subsidy::BaseRule,
    subsidy::{BaseFact, Events},
};
use jianjia_store::{
    check::outcome as outcomes, core::db::Tx, honour::honour as honours,
    money::subsidy::base as bases, year::statement as statements,
};

use crate::{
    core::{app::App, error::Result},
    year::assessment::{add_known, answered_by},
};

/// What a unit's subsidy starts from, and by which record.
pub(crate) type Known = (BaseFact, Option<SubsidyBaseId>);

/// What happened to units.
pub(crate) struct History {
    honours: HashMap<UnitId, Vec<Honour>>,
    happened: HashMap<HonourId, Vec<HonourEvent>>,
    effects: HashMap<UnitId, Vec<CheckEffect>>,
}

/// As known by now: the demo city tells a whole past before it lives its days.
pub(crate) async fn history(tx: &mut Tx, app: &App, units: &[Unit]) -> Result<History> {
    let ids: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
    let standards = app.standards.all();
    let titles: Vec<&str> = standards
        .iter()
        .flat_map(|standard| standard.subsidy_titles())
        .collect();
    let mut held = honours::of_units(tx, &ids).await?;
    let now = app.now();
    held.retain(|honour| {
        honour.person.is_none()
            && honour.recorded_at <= now
            && titles.contains(&honour.title.as_str())
    });
    let named: Vec<HonourId> = held.iter().map(|honour| honour.id).collect();
    let mut found = History {
        honours: HashMap::new(),
        happened: HashMap::new(),
        effects: HashMap::new(),
    };
    let happened = honours::events_of(tx, &named).await?.into_iter();
    for event in happened.filter(|event| event.at <= now) {
        found.happened.entry(event.honour).or_default().push(event);
    }
    for honour in held {
        found.honours.entry(honour.unit).or_default().push(honour);
    }
    for mut effect in outcomes::effects_of_units(tx, &ids).await? {
        if effect.recorded_at > now {
            continue;
        }
        effect.lifted = effect.lifted.filter(|lifting| lifting.at <= now);
        found.effects.entry(effect.unit).or_default().push(effect);
    }
    Ok(found)
}

impl History {
    /// What happened to a unit, as the standard looks at it.
    pub(crate) fn events(&self, standard: &Standard, unit: &UnitId) -> Events {
        let honours: Vec<&Honour> = self.honours.get(unit).into_iter().flatten().collect();
        let happened: Vec<&HonourEvent> = honours
            .iter()
            .filter_map(|honour| self.happened.get(&honour.id))
            .flatten()
            .collect();
        let effects: Vec<&CheckEffect> = self.effects.get(unit).into_iter().flatten().collect();
        events_of(standard, &honours, &happened, &effects)
    }
}

/// What the subsidies of units start from in a year. Units without a scheme are left out.
pub(crate) async fn known(
    tx: &mut Tx,
    standard: &Standard,
    year: i16,
    units: &[Unit],
) -> Result<HashMap<UnitId, Known>> {
    let mut found = HashMap::with_capacity(units.len());
    let mut counted: HashMap<UnitId, (&Unit, &str)> = HashMap::new();
    let mut recorded = Vec::new();
    for unit in units {
        let Ok(kind) = kind_of(unit.kind) else {
            continue;
        };
        let Some(scheme) = standard.subsidy_scheme(kind, &unit.details.division) else {
            continue;
        };
        found.insert(unit.id, (nothing_known(scheme), None));
        match &scheme.base {
            BaseRule::Recorded => recorded.push(unit.id),
            BaseRule::Counted { fact, .. } => {
                counted.insert(unit.id, (unit, fact.as_str()));
            }
        }
    }
    for base in bases::of_units(tx, year, &recorded).await? {
        let fact = BaseFact::Recorded(Some(base.amount_fen));
        found.insert(base.unit, (fact, Some(base.id)));
    }
    let ids: Vec<UnitId> = counted.keys().copied().collect();
    let mut sheets = match ids.is_empty() {
        true => HashMap::new(),
        false => statements::facts_of_units(tx, &ids, year).await?,
    };
    for (id, (unit, fact)) in counted {
        let sheet = sheets.remove(&id).unwrap_or_default();
        let mut facts = said(standard, &sheet);
        let figures = (unit.details.workers, unit.details.members);
        add_known(standard, &mut facts, &answered_by(standard, figures, None));
        let count = match facts.get(fact) {
            Some(FactValue::Number(count)) => Some(*count),
            _ => None,
        };
        found.insert(id, (BaseFact::Counted(count), None));
    }
    Ok(found)
}

/// What units would be reckoned today for a year, in their order; those that get nothing are left out.
pub(crate) async fn entitlements<'a>(
    tx: &mut Tx,
    app: &App,
    standard: &Standard,
    year: i16,
    units: &'a [Unit],
) -> Result<Vec<(&'a Unit, Entitlement)>> {
    let past = history(tx, app, units).await?;
    let start = known(tx, standard, year, units).await?;
    let of = |unit: &'a Unit| {
        let start = *start.get(&unit.id)?;
        let events = past.events(standard, &unit.id);
        Some((unit, entitlement_of(standard, unit, year, start, events)?))
    };
    Ok(units.iter().filter_map(of).collect())
}
