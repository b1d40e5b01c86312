//! The subsidies of the years: bases come by a table, the city reckons each year, and again in November where something changed. Some villages hold a trusted
//! home, one loses it in mid-year, one was found short and holds one all the same, and a finding is taken back.

use anyhow::{Context, Result};
use jianjia_app::{
    check::outcome as outcomes,
    core::app::App,
    exchange::import::machine,
    honour::honour::{ChangeInput, change},
    money::subsidy::reckoning::{self as reckonings, ReckonInput},
};
use jianjia_domain::{
    check::visit::VisitState,
    core::{ids::UnitId, policy::Actor},
    exchange::import::{ImportKind, fate::ImportReport},
    honour::honour::HonourAct,
    register::unit::Unit,
    year::assessment::kind_of,
};
use jianjia_standard::programme::subsidy::BaseRule;
use jianjia_store::{
    check::{outcome as effects, visit as visits},
    honour::honour as honours,
    register::unit,
};
use jiff::civil::{Date, date};

use crate::{office::actor::told, register::growth::FIRST_YEAR};

/// The bases of a year come in.
fn based_on(year: i16) -> Date {
    match year {
        FIRST_YEAR => date(year, 6, 1),
        _ => date(year, 1, 25),
    }
}

/// The year is reckoned, after the visits of the last spot check were decided on.
fn reckoned_on(year: i16) -> Date {
    match year {
        FIRST_YEAR => date(year, 6, 20),
        _ => date(year, 2, 20),
    }
}

/// It is looked whether something changed.
fn looked_over_on(year: i16) -> Date {
    date(year, 11, 20)
}

/// Villages were named trusted homes.
fn named_on(year: i16) -> Date {
    date(year, 12, 20)
}

/// A village that was found short was named before, on paper: that is entered now.
fn entered_on(year: i16) -> Date {
    date(year, 2, 12)
}

/// One of the titles is revoked.
const REVOKED_ON: Date = date(2018, 6, 12);

/// A finding of the spot check of 2018 is taken back.
const LIFTED_ON: Date = date(2019, 5, 16);

/// The days until today on which something is done for the subsidies.
pub fn days(today: Date) -> Vec<Date> {
    let years = FIRST_YEAR..=today.year();
    let of_years = years.flat_map(|year| {
        [
            entered_on(year),
            based_on(year),
            reckoned_on(year),
            looked_over_on(year),
            named_on(year),
        ]
    });
    of_years
        .chain([REVOKED_ON, LIFTED_ON])
        .filter(|day| *day <= today)
        .collect()
}

/// Does what is done on a day.
///
/// # Errors
/// When an act is refused.
pub async fn go(app: &App, approver: &Actor, day: Date, today: Date) -> Result<()> {
    let year = day.year();
    if day == based_on(year) {
        app.clock.set(day);
        bring_bases(app, year, today).await?;
    }
    if day == reckoned_on(year) {
        app.clock.set(day);
        reckon(app, approver, year, "").await?;
    }
    if day == looked_over_on(year) {
        app.clock.set(day);
        reckon(app, approver, year, "年中称号、抽查认定或者人数有变化").await?;
    }
    if day == named_on(year) && year <= FIRST_YEAR + 1 {
        app.clock.set(day);
        let villages = villages(app).await?;
        // Of the city's own districts and, the year after, of one with a scheme of its own.
        let district = if year == FIRST_YEAR {
            "320402"
        } else {
            "320481"
        };
        let of_district = villages.iter().filter(|unit| lies_in(unit, district));
        let numbers: Vec<i64> = of_district.take(3).map(|unit| unit.number).collect();
        enter_titles(app, &numbers, year).await?;
    }
    if day == entered_on(year) && year == FIRST_YEAR + 1 {
        app.clock.set(day);
        if let Some(unit) = mending(app, year - 1).await? {
            enter_titles(app, &[unit.number], year - 1).await?;
        }
    }
    if day == REVOKED_ON {
        app.clock.set(day);
        revoke(app, approver).await?;
    }
    if day == LIFTED_ON {
        app.clock.set(day);
        lift(app, approver, year - 1).await?;
    }
    Ok(())
}

fn lies_in(unit: &Unit, district: &str) -> bool {
    unit.details.division.starts_with(district)
}

/// The villages of the city, in the order of the tree.
async fn villages(app: &App) -> Result<Vec<Unit>> {
    let mut tx = app.db.read().await?;
    let places = unit::of_kinds(&mut tx, &["village"]).await?;
    let ids: Vec<UnitId> = places.iter().map(|place| place.id).collect();
    let mut units = unit::find_many(&mut tx, &ids).await?;
    units.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(units)
}

/// The table that the finance office would send: amounts as last year's with something more. Of the running year a few are still missing.
async fn bring_bases(app: &App, year: i16, today: Date) -> Result<()> {
    let standard = app.standards.of(year);
    let mut table = String::from("单位工会,年度,补贴基数,说明\n");
    let mut rows = 0;
    for unit in villages(app).await? {
        let Ok(kind) = kind_of(unit.kind) else {
            continue;
        };
        let scheme = standard.subsidy_scheme(kind, &unit.details.division);
        if scheme.is_none_or(|scheme| scheme.base != BaseRule::Recorded) {
            continue;
        }
        if year == today.year() && unit.number % 41 == 0 {
            continue;
        }
        let yuan = 8_000 + unit.number * 37 % 9 * 500 + i64::from(year - FIRST_YEAR) * 500;
        table.push_str(&format!("{},{year},{yuan},\n", unit.number));
        rows += 1;
    }
    match rows {
        0 => Ok(()),
        _ => import(app, ImportKind::SubsidyBases, &table).await,
    }
}

/// Titles as they stand in the city's decision on paper.
async fn enter_titles(app: &App, units: &[i64], year: i16) -> Result<()> {
    if units.is_empty() {
        return Ok(());
    }
    let mut table = String::from("持有单位,称号,级别,年度,命名日期\n");
    for number in units {
        table.push_str(&format!("{number},信赖职工之家,市级,{year},{year}-12-20\n"));
    }
    import(app, ImportKind::Titles, &table).await
}

async fn import(app: &App, kind: ImportKind, table: &str) -> Result<()> {
    let name = format!("{}.csv", kind.word());
    let done = machine::at_the_machine(app, kind, &name, table.as_bytes(), false).await;
    let report: ImportReport = told(done)?;
    anyhow::ensure!(
        report.is_clean(),
        "a table of the demo was refused: {report:?}"
    );
    Ok(())
}

/// Reckons a year as it stands, unless nothing is new.
async fn reckon(app: &App, approver: &Actor, year: i16, reason: &str) -> Result<()> {
    let preview = told(reckonings::preview(app, approver, year).await)?;
    if preview.lines.is_empty() {
        return Ok(());
    }
    let input = ReckonInput {
        seen: preview.digest,
        reason: reason.to_owned(),
    };
    told(reckonings::reckon(app, approver, year, &input).await)?;
    Ok(())
}

/// A village whose subsidy goes down by a spot check, while it mends and keeps its titles.
async fn mending(app: &App, year: i16) -> Result<Option<Unit>> {
    let mut tx = app.db.read().await?;
    for effect in effects::effects(&mut tx, year).await? {
        let visit = visits::find(&mut tx, &effect.visit).await?;
        if visit.is_some_and(|visit| visit.state == VisitState::Mending) {
            return unit::find(&mut tx, &effect.unit).await;
        }
    }
    Ok(None)
}

/// Revokes the last of the titles of the first year.
async fn revoke(app: &App, approver: &Actor) -> Result<()> {
    let villages = villages(app).await?;
    let of_district = villages.iter().filter(|unit| lies_in(unit, "320402"));
    let mut tx = app.db.read().await?;
    let mut found = None;
    for unit in of_district.take(3) {
        let held = honours::held(&mut tx, &unit.id, None).await?;
        let trusted = held
            .into_iter()
            .find(|honour| honour.title == "trusted-home");
        found = trusted.or(found);
    }
    drop(tx);
    let Some(honour) = found else { return Ok(()) };
    let input = ChangeInput {
        reason: "年中核查，不再符合“四强”标准。".to_owned(),
        document_number: "常工发〔2018〕17号".to_owned(),
        revision: honour.revision,
    };
    told(change(app, approver, &honour.id, HonourAct::Revoked, &input).await)?;
    Ok(())
}

/// Takes back what was decided on a village of a year's check.
async fn lift(app: &App, approver: &Actor, year: i16) -> Result<()> {
    let mut tx = app.db.read().await?;
    let mut found = None;
    for effect in effects::effects(&mut tx, year).await? {
        let visit = visits::find(&mut tx, &effect.visit).await?;
        let visit = visit.context("the visit of an effect")?;
        if found.is_none() && visit.state == VisitState::Withdrawn {
            found = Some(visit.id);
        }
    }
    drop(tx);
    let Some(visit) = found else { return Ok(()) };
    let reason = "卡务系统的数据有误，核对以后达到标准。";
    told(outcomes::overturn(app, approver, &visit, reason).await)
}
