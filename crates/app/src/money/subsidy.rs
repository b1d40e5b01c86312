//! The subsidies of a year: the list, a unit's own, and what grants are made from. `base` has what they start from, `reckoning` the act, `checking` reckons
//! everything kept again.

pub mod base;
pub(crate) mod checking;
mod gather;
pub mod granted;
pub mod reckoning;

use std::{collections::HashMap, sync::Arc};

use jianjia_domain::{
    core::{
        ids::{SubsidyId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor, may, scopes},
    },
    money::subsidy::{
        Base, Entitlement, Reckoning, Subsidy, SubsidyRefusal, differs, entitlement_of, scheme_of,
    },
    register::unit::Unit,
};
use jianjia_standard::{Standard, Text, subsidy::Change};
pub use jianjia_store::money::subsidy::list::{Differences, SubsidyFilter, Totals};
use jianjia_store::{
    core::db::Tx,
    money::subsidy::{self as subsidies, base as bases, list as lists},
    register::unit,
};

use crate::{
    core::{
        app::App,
        error::{Error, Result, refuses},
    },
    money::{
        book,
        subsidy::{
            gather::{Known, history, known},
            granted::Granted,
        },
    },
};

refuses!(SubsidyRefusal);

/// How many lines a page of a list has.
pub const LINES: i64 = 50;

/// A page of a year's subsidies, of the units that the actor sees.
pub struct SubsidyPage {
    pub standard: Arc<Standard>,
    pub lines: Vec<Subsidy>,
    /// What was granted, where those are asked for of whom another amount is reckoned by now.
    pub granted: HashMap<UnitId, Granted>,
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    /// Over all that the filter finds.
    pub totals: Vec<(Change, Totals)>,
    /// Over all that the filter finds, where it asks for those of whom another amount is reckoned by now.
    pub differences: Option<Differences>,
    /// The districts to choose from.
    pub districts: Vec<UnitPlace>,
    /// The newest first.
    pub reckonings: Vec<Reckoning>,
    pub may_reckon: bool,
    pub may_see_bases: bool,
    /// Whether the actor looks over what was granted.
    pub may_compare: bool,
}

impl SubsidyPage {
    /// What all come to.
    pub fn sum(&self) -> Totals {
        let mut sum = Totals::default();
        for (_, part) in &self.totals {
            sum.units += part.units;
            sum.base_fen += part.base_fen;
            sum.amount_fen += part.amount_fen;
            sum.unknown += part.unknown;
        }
        sum
    }
}

/// A page of the subsidies that hold for a year; `filter.within` is set here, by what the actor sees and by the district that is asked for.
///
/// # Errors
/// Not found for a year that no standard holds for, and when the actor doesn't see the district; where grants are compared as `book::looked_over`.
pub async fn list(
    app: &App,
    actor: &Actor,
    filter: &SubsidyFilter,
    district: Option<&UnitId>,
    page: i64,
) -> Result<SubsidyPage> {
    let mut tx = app.db.read().await?;
    let filter = narrowed(app, &mut tx, actor, filter, district).await?;
    let page = page.max(1);
    let portion = (LINES, (page - 1).saturating_mul(LINES));
    let (lines, total) = lists::list(&mut tx, &filter, portion).await?;
    let totals = lists::totals(&mut tx, &filter).await?;
    let differences = match filter.only_differing {
        true => Some(lists::differences(&mut tx, &filter).await?),
        false => None,
    };
    let totals = totals
        .into_iter()
        .filter_map(|(key, totals)| Some((Change::from_key(&key)?, totals)));
    let city = unit::root(&mut tx).await?;
    let may_at_the_city = |act| city.as_ref().is_some_and(|city| may(actor, act, city));
    Ok(SubsidyPage {
        standard: app.standards.of(filter.year).clone(),
        granted: granted::beside(&mut tx, &filter, &lines).await?,
        lines,
        total,
        page,
        pages: (total + LINES - 1) / LINES,
        totals: totals.collect(),
        differences,
        districts: districts(&mut tx, actor).await?,
        reckonings: subsidies::reckonings(&mut tx, filter.year).await?,
        may_reckon: may_at_the_city(Act::ReckonSubsidies),
        may_see_bases: may_at_the_city(Act::SeeSubsidyBases),
        may_compare: book::looked_over(actor).is_ok(),
    })
}

/// A portion (limit, offset) of the same subsidies, for a file, with what was granted as on the page, and their total number.
///
/// # Errors
/// As `list`.
pub async fn export(
    app: &App,
    actor: &Actor,
    filter: &SubsidyFilter,
    district: Option<&UnitId>,
    portion: (i64, i64),
) -> Result<(Vec<(Subsidy, Option<Granted>)>, i64)> {
    let mut tx = app.db.read().await?;
    let filter = narrowed(app, &mut tx, actor, filter, district).await?;
    let (lines, total) = lists::list(&mut tx, &filter, portion).await?;
    let granted = granted::beside(&mut tx, &filter, &lines).await?;
    let beside = |line: Subsidy| {
        let granted = granted.get(&line.unit).copied();
        (line, granted)
    };
    Ok((lines.into_iter().map(beside).collect(), total))
}

async fn narrowed(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    filter: &SubsidyFilter,
    district: Option<&UnitId>,
) -> Result<SubsidyFilter> {
    if !app.standards.years().contains(&filter.year) {
        return Err(Error::NotFound);
    }
    // Whoever sees a unit sees its subsidy; what it was granted is seen by those who look over its money.
    let seen = match filter.only_differing {
        true => book::looked_over(actor)?,
        false => scopes(actor),
    };
    let within = match district {
        Some(district) => {
            let path = app.seen(tx, actor, district).await?.path;
            if filter.only_differing && !seen.iter().any(|own| path.starts_with(own)) {
                return Err(Error::NotFound);
            }
            vec![path]
        }
        None => seen,
    };
    Ok(SubsidyFilter {
        within,
        ..filter.clone()
    })
}

/// The districts that the actor sees all of, by name.
async fn districts(tx: &mut Tx, actor: &Actor) -> Result<Vec<UnitPlace>> {
    let mut districts = unit::of_kinds(tx, &["district"]).await?;
    districts.retain(|district| policy::sees(actor, &district.path));
    districts.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(districts)
}

/// A unit's subsidies, year by year.
pub struct UnitView {
    pub unit: UnitPlace,
    /// The newest first.
    pub years: Vec<YearView>,
    /// Why it has none this year, where it has none.
    pub why_none: Option<SubsidyRefusal>,
    pub may_record: bool,
}

/// A year of a unit.
pub struct YearView {
    pub year: i16,
    pub standard: Arc<Standard>,
    pub holds: Option<Subsidy>,
    /// Those that it replaced, the newest first.
    pub earlier: Vec<Subsidy>,
    /// Those that they came by, the newest first.
    pub reckonings: Vec<Reckoning>,
    /// The records of what it starts from, the newest first: the first one holds.
    pub bases: Vec<Base>,
    /// Whether the city records what it starts from.
    pub is_recorded: bool,
    /// What would be reckoned today, where that is not what holds.
    pub now: Option<Entitlement>,
}

/// The subsidies of a unit that the actor sees.
///
/// # Errors
/// Not found when the actor doesn't see the unit.
pub async fn of_unit(app: &App, actor: &Actor, id: &UnitId) -> Result<UnitView> {
    let mut tx = app.db.read().await?;
    app.seen(&mut tx, actor, id).await?;
    let register = unit::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let city = unit::root(&mut tx).await?.ok_or(Error::NotFound)?;
    let kept = subsidies::of_unit(&mut tx, id).await?;
    let recorded = bases::of_unit(&mut tx, id).await?;
    let units = std::slice::from_ref(&register);
    let past = history(&mut tx, app, units).await?;
    let this_year = app.clock.today().year();
    let mut years = Vec::new();
    let mut all = app.standards.years();
    all.extend(kept.iter().map(|subsidy| subsidy.year));
    all.sort_unstable();
    all.dedup();
    for year in all.into_iter().rev().filter(|year| *year <= this_year) {
        let standard = app.standards.of(year).clone();
        let of_year = |subsidy: &&Subsidy| subsidy.year == year;
        let mut own: Vec<Subsidy> = kept.iter().filter(of_year).cloned().collect();
        let holding = own.iter().position(|subsidy| subsidy.replaced_by.is_none());
        let holds = holding.map(|place| own.remove(place));
        let start = known(&mut tx, &standard, year, units).await?;
        let now = today(
            &standard,
            &register,
            year,
            start.get(id),
            past.events(&standard, id),
        );
        let own_bases = recorded.iter().filter(|base| base.year == year);
        let reckonings = match holds.is_some() {
            true => subsidies::reckonings(&mut tx, year).await?,
            false => Vec::new(),
        };
        let view = YearView {
            year,
            now: now.filter(|now| differs(holds.as_ref(), now)),
            holds,
            earlier: own,
            reckonings,
            bases: own_bases.cloned().collect(),
            is_recorded: scheme_of(&standard, &register, year).is_ok(),
            standard,
        };
        if view.holds.is_some() || view.now.is_some() || !view.bases.is_empty() {
            years.push(view);
        }
    }
    let standard = app.standards.of(this_year);
    let why_none = match scheme_of(standard, &register, app.year()) {
        Ok(_) | Err(SubsidyRefusal::Counted { .. }) => None,
        Err(refusal) => Some(refusal),
    };
    Ok(UnitView {
        unit: register.place(),
        years,
        why_none,
        may_record: may(actor, Act::RecordSubsidyBase, &city),
    })
}

fn today(
    standard: &Standard,
    unit: &Unit,
    year: i16,
    start: Option<&Known>,
    events: jianjia_standard::subsidy::Events,
) -> Option<Entitlement> {
    entitlement_of(standard, unit, year, *start?, events)
}

/// A subsidy from which a grant is made: what the city reckoned, as it holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    pub subsidy: SubsidyId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub amount_fen: i64,
    /// The sum written out.
    pub sum: Text,
    /// The version of the standard that it was reckoned by.
    pub standard_version: String,
}

/// What the city reckoned for a year, in the order of the tree. Units whose amount nobody knows are left out: nothing is granted to them yet.
///
/// # Errors
/// When it can't be read.
pub async fn settled(tx: &mut Tx, year: i16) -> Result<Vec<Settled>> {
    let all = subsidies::of_year(tx, year).await?;
    let settled = all.into_iter().filter_map(|subsidy| {
        Some(Settled {
            amount_fen: subsidy.amount_fen()?,
            subsidy: subsidy.id,
            unit: subsidy.unit,
            unit_path: subsidy.unit_path,
            unit_name: subsidy.unit_name,
            sum: subsidy.entitlement.sum,
            standard_version: subsidy.standard_version,
        })
    });
    Ok(settled.collect())
}

/// The year whose subsidies are shown where none is named: this year, or the nearest of the programme.
pub fn current_year(app: &App) -> i16 {
    app.year()
}
