//! The invented units as the register keeps them.

use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::register::unit::{self, UnitDetails, UnitState};
use jiff::Timestamp;

use crate::core::city::{City, Unit};

/// All of them, those above first.
pub fn units(city: &City, made_at: Timestamp) -> Vec<unit::Unit> {
    city.units
        .iter()
        .map(|unit| unit::Unit {
            id: unit.id,
            number: unit.number,
            parent_id: unit.above.map(|above| city.units[above].id),
            path: unit.path.clone(),
            kind: unit.kind,
            sort_key: sort_key(&unit.name),
            details: details(unit),
            state: UnitState::Active,
            ended_on: None,
            successor_id: None,
            revision: 1,
            created_at: made_at,
            changed_at: made_at,
        })
        .collect()
}

fn details(unit: &Unit) -> UnitDetails {
    let owned = |text: Option<&'static str>| text.map(str::to_owned);
    UnitDetails {
        name: unit.name.clone(),
        division: unit.division.clone(),
        form: owned(unit.form),
        credit_code: unit.credit_code.clone(),
        code_reason: None,
        founded_on: Some(unit.founded_on),
        employer: owned(unit.employer.map(|employer| employer.key())),
        employer_name: unit.employer_name.clone(),
        employer_credit_code: unit.employer_credit_code.clone(),
        employer_address: unit.employer_address.clone(),
        employer_nature: owned(unit.employer_nature),
        employer_economic_type: owned(unit.employer_economic_type),
        employer_industry: unit.employer_industry.clone(),
        phone: unit.phone.clone(),
        workers: Some(unit.workers),
        members: Some(unit.members),
    }
}
