//! Writes down titles held, vetoes, quotas and the accounts to try.

use std::collections::HashMap;

use anyhow::Result;
use jianjia_app::core::sort_key::sort_key;
use jianjia_domain::{
    core::ids::{AccountId, HonourId, UnitId, VetoId},
    honour::honour::{Honour, HonourAct, HonourEvent, HonourSource},
    register::unit::UnitKind,
};
use jianjia_standard::{kinds::HonourLevel, programme::Standard};
use jianjia_store::{
    core::{bulk::insert, db::Tx},
    honour::honour,
};
use jiff::Timestamp;

use crate::{
    core::{
        city::{City, Ids},
        pools::Pools,
    },
    honour::title as titles,
    office::account::{ACCOUNTS, seat_of},
    record::{morning, row},
    round::{acts::Accounts, veto::Veto},
    year::subject::Year,
};

/// The city's word for who entered what was there before the program.
const ENTERED_BY: &str = "旧册录入";

/// The most titles given in one act.
const BATCH: usize = 120;

pub async fn honours(
    tx: &mut Tx,
    city: &City,
    ids: &Ids<'_>,
    year: &Year,
    made_at: &str,
) -> Result<()> {
    let made_at: Timestamp = made_at.parse()?;
    let mut honours = Vec::new();
    let mut events = Vec::new();
    let mut numbers: HashMap<(&str, i16), i64> = HashMap::new();
    // Every federation gave its titles in acts of its own, each small enough to be looked over.
    let mut batches: HashMap<(&str, UnitId), (String, usize)> = HashMap::new();
    for given in &year.honours {
        let unit = &city.units[given.unit];
        let person = given.person.map(|index| &city.people[index]);
        if !given.number.is_empty() {
            *numbers.entry((&given.title, given.year)).or_default() += 1;
        }
        let id = HonourId(ids.next());
        let named_by = giver(city, given.unit, given.level);
        let batch = if given.batch.is_empty() {
            String::new()
        } else {
            let fresh = || (ids.next().simple().to_string(), 0);
            let batch = batches.entry((given.batch, named_by)).or_insert_with(fresh);
            if batch.1 >= BATCH {
                *batch = fresh();
            }
            batch.1 += 1;
            batch.0.clone()
        };
        let mut event = |act, reason: &str, at| {
            events.push(HonourEvent {
                id: ids.next().simple().to_string(),
                honour: id,
                act,
                reason: reason.to_owned(),
                document_number: String::new(),
                account: None,
                account_name: ENTERED_BY.to_owned(),
                at,
            });
        };
        event(HonourAct::Imported, "", made_at);
        if given.reconfirmed {
            let reason = "复核：仍符合模范的条件（P5）";
            event(
                HonourAct::Reconfirmed,
                reason,
                "2016-09-12T01:00:00Z".parse()?,
            );
        }
        if let Some((act, reason)) = titles::reason_of(given.state) {
            event(act, reason, "2016-09-20T01:00:00Z".parse()?);
        }
        honours.push(Honour {
            id,
            title: given.title.clone(),
            level: given.level,
            year: given.year,
            unit: unit.id,
            unit_path: unit.path.clone(),
            unit_kind: unit.kind,
            division: unit.division.clone(),
            holder_name: unit.name.clone(),
            holder_sort_key: sort_key(&unit.name),
            person: person.map(|person| person.id),
            person_name: person.map_or_else(String::new, |person| person.name.clone()),
            number: given.number.clone(),
            begun_on: given.begun_on,
            state: given.state,
            reconfirmed: given.reconfirmed,
            reconfirmed_by: given.reconfirmed.then_some(named_by),
            source: HonourSource::Imported,
            named_by: Some(named_by),
            application: None,
            batch,
            revision: 1,
            recorded_at: made_at,
        });
    }
    honour::insert_many(tx, &honours).await?;
    honour::add_events(tx, &events).await?;
    let mut counters: Vec<_> = numbers.into_iter().collect();
    counters.sort_unstable();
    let rows = counters
        .into_iter()
        .map(|((title, year), count)| row![format!("honour:{title}:{year}"), count])
        .collect();
    insert(tx, "counter", &["name", "value"], rows).await
}

/// The federation that gives a title of this level to a unit.
fn giver(city: &City, unit: usize, level: HonourLevel) -> UnitId {
    let deciding = match level {
        HonourLevel::County => city.nearest_above(unit, &[UnitKind::District, UnitKind::Industry]),
        _ => None,
    };
    city.units[deciding.unwrap_or(city.cast.city)].id
}

pub async fn vetoes(
    tx: &mut Tx,
    city: &City,
    pools: &Pools,
    ids: &Ids<'_>,
    vetoes: &[Veto],
) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "unit_name",
        "year",
        "clause",
        "source",
        "note",
        "recorded_by",
        "recorded_by_name",
        "recorded_at",
        "lifted_at",
        "lifted_by_name",
        "lift_reason",
    ];
    let rows = vetoes
        .iter()
        .map(|veto| {
            let unit = &city.units[veto.unit];
            let lifted = |text: String| veto.is_lifted.then_some(text);
            let recorded_at = format!("{}-09-06T01:00:00Z", veto.year);
            row![
                VetoId(ids.next()).to_string(),
                unit.id.to_string(),
                unit.path.as_str(),
                unit.name.as_str(),
                veto.year,
                veto.clause.as_str(),
                pools.veto.get(&veto.clause).map_or("", String::as_str),
                "演示数据",
                "",
                ENTERED_BY,
                recorded_at,
                lifted(format!("{}-09-28T01:00:00Z", veto.year)),
                if veto.is_lifted { ENTERED_BY } else { "" },
                lifted("经核实已整改，来函撤回。".to_owned()),
            ]
        })
        .collect();
    insert(tx, "veto", &columns, rows).await
}

/// Every federation that recommends has places for each title that has a quota.
pub async fn quotas(tx: &mut Tx, city: &City, standard: &Standard, year: i64) -> Result<()> {
    let mut rows = Vec::new();
    for route in &standard.routes {
        for step in route.steps.iter().filter(|step| step.quota) {
            let has_places = |kind: UnitKind| {
                step.at
                    .iter()
                    .chain(&step.otherwise)
                    .any(|key| key == kind.key())
            };
            for unit in city.units.iter().filter(|unit| has_places(unit.kind)) {
                for title in &route.titles {
                    let places = match unit.kind {
                        UnitKind::District => 18,
                        UnitKind::City => 5,
                        _ => 6,
                    };
                    rows.push(row![
                        year,
                        title.as_str(),
                        unit.id.to_string(),
                        unit.path.as_str(),
                        places as i64
                    ]);
                }
            }
        }
    }
    insert(
        tx,
        "quota",
        &["year", "title", "unit_id", "unit_path", "places"],
        rows,
    )
    .await
}

/// The accounts to try; one password hash serves them all.
pub async fn accounts(
    tx: &mut Tx,
    city: &City,
    ids: &Ids<'_>,
    password_hash: &str,
    made_at: &str,
) -> Result<Accounts> {
    let mut rows = Vec::new();
    let mut roles = Vec::new();
    let mut taken = Vec::new();
    let mut made = Accounts::new();
    for account in ACCOUNTS {
        let (unit_index, unit_roles, post) = seat_of(city, account.login);
        let unit = &city.units[unit_index];
        let person = city.people.iter().find(|person| {
            person.unit == unit_index && person.post == post && !taken.contains(&person.id)
        });
        taken.extend(person.map(|person| person.id));
        let account_id = AccountId(ids.next());
        let id = account_id.to_string();
        let name = person.map_or(account.login, |person| &person.name);
        made.insert(
            account.login,
            (account_id, person.map(|person| person.id), name.to_owned()),
        );
        rows.push(row![
            id.as_str(),
            account.login,
            name,
            person.map(|person| person.id.to_string()),
            password_hash,
            0_i64,
            "active",
            made_at,
            made_at,
        ]);
        for role in unit_roles {
            roles.push(row![
                id.as_str(),
                unit.id.to_string(),
                unit.path.as_str(),
                role.key(),
                made_at
            ]);
        }
    }
    let columns = [
        "id",
        "login",
        "name",
        "person_id",
        "password_hash",
        "must_change",
        "state",
        "created_at",
        "changed_at",
    ];
    insert(tx, "account", &columns, rows).await?;
    insert(
        tx,
        "account_role",
        &["account_id", "unit_id", "unit_path", "role", "since_at"],
        roles,
    )
    .await?;
    Ok(made)
}

/// The round of the year, with the days of the standard's calendar.
pub async fn round(tx: &mut Tx, standard: &Standard, year: i16) -> Result<()> {
    let Some(calendar) = &standard.calendar else {
        return Ok(());
    };
    let mut values = row![i64::from(year), standard.key.as_str()];
    for window in [
        calendar.declaration,
        calendar.examination,
        calendar.commendation,
    ] {
        let (from, to) = window.days(year);
        values.extend(row![from.to_string(), to.to_string()]);
    }
    values.extend(row![morning(jiff::civil::date(year, 4, 1))]);
    let columns = [
        "year",
        "standard_key",
        "declaration_from",
        "declaration_to",
        "examination_from",
        "examination_to",
        "commendation_from",
        "commendation_to",
        "changed_at",
    ];
    insert(tx, "round", &columns, vec![values]).await
}
