//! Lists of what is to be granted: kept as they were typed or stood in a table, looked over row by row, confirmed as a whole or put away.

use std::collections::BTreeMap;

use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::{GrantListId, UnitId},
        place::UnitPlace,
        policy::{Act, Actor, act, may},
        refusal::{General, Refusal},
        text::form::of_union,
    },
    money::{
        amount::plain,
        grant::{
            self, DraftRow, Grant, GrantKind, GrantList, GrantRefusal, GrantState, ListState,
            NewGrant,
        },
        ledger::REASON_AT_MOST,
    },
    register::credit_code,
};
use jianjia_store::{
    core::{db::Tx, scope::Scope},
    money::{grant as grants, grant_list as lists},
    register::unit,
};
use serde_json::json;

use super::{GrantFilter, grant_many};
use crate::{
    core::{
        app::App,
        counting::count_if_many,
        error::{Error, Result},
    },
    money::{book, subsidy},
};

/// Keeps a list of what is to be granted, as it was typed or stood in a table, to be looked over. Sent twice, it is kept once.
///
/// # Errors
/// As `App::permit` on the city; `NoYear`, `YearClosed`; `NoRows`, `TooManyRows`.
pub async fn save_list(
    app: &App,
    actor: &Actor,
    year: i16,
    (rows, file_name): (Vec<DraftRow>, &str),
    request: &str,
) -> Result<GrantListId> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let (by, rows) = ((actor, &permit.unit), (rows, file_name));
    let id = keep(app, &mut tx, by, year, rows, request).await?;
    tx.commit().await?;
    Ok(id)
}

/// Keeps a list in the place of one that it corrects, which is put away by the same act: nobody finds both of them waiting. Sent twice, it is kept once.
///
/// # Errors
/// As `save_list`; not found when the one before isn't there; `ListEnded` when it was granted: that is not granted once more by correcting it;
/// `ListReplaced` when somebody corrected it or put it away meanwhile: of two corrections one would be granted besides the other.
pub async fn correct_list(
    app: &App,
    actor: &Actor,
    (before, year): (&GrantListId, i16),
    (rows, file_name): (Vec<DraftRow>, &str),
    request: &str,
) -> Result<GrantListId> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let before = lists::find(&mut tx, before).await?.ok_or(Error::NotFound)?;
    match before.state {
        ListState::Draft => {}
        ListState::Granted => return Err(GrantRefusal::ListEnded.into()),
        ListState::Discarded => {
            // What came in its place is sent again: it is kept already.
            let key = book::request_key("list", request);
            let known = match &key {
                Some(key) => lists::of_request(&mut tx, key).await?,
                None => None,
            };
            return known.ok_or_else(|| GrantRefusal::ListReplaced.into());
        }
    }
    let by = (actor, &permit.unit);
    let id = keep(app, &mut tx, by, year, (rows, file_name), request).await?;
    if before.id != id {
        discard(app, &mut tx, by, &before).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// As `save_list`, within an act.
async fn keep(
    app: &App,
    tx: &mut Tx,
    (actor, city): (&Actor, &UnitPlace),
    year: i16,
    (rows, file_name): (Vec<DraftRow>, &str),
    request: &str,
) -> Result<GrantListId> {
    let key = book::request_key("list", request);
    if let Some(key) = &key
        && let Some(known) = lists::of_request(tx, key).await?
    {
        return Ok(known);
    }
    let year = book::open_year(app, tx, year).await?;
    let rows: Vec<DraftRow> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    if rows.is_empty() {
        return Err(GrantRefusal::NoRows.into());
    }
    if rows.len() > grant::MOST_ROWS {
        let most = grant::MOST_ROWS;
        return Err(GrantRefusal::TooManyRows { most }.into());
    }
    let now = app.now();
    let list = GrantList {
        id: GrantListId(app.entropy.id(now)),
        year,
        file_name: file_name.chars().take(100).collect(),
        rows,
        state: ListState::Draft,
        made_by: Some(actor.account),
        made_by_name: actor.name.clone(),
        made_at: now,
        revision: 1,
    };
    lists::insert(tx, &list, key.as_deref()).await?;
    app.trail(
        tx,
        actor,
        Deed::SaveGrantList,
        Object::GrantList(list.id),
        Some(city),
        json!({ "year": year, "rows": list.rows.len() }),
    )
    .await?;
    Ok(list.id)
}

/// Keeps the subsidies that were reckoned for a year and are not granted yet as a list, to be looked over like any other. A unit's subsidy of a year is
/// granted so once: what a later reckoning changes is granted or taken back by hand.
///
/// # Errors
/// As `save_list`; `NoneReckoned`.
pub async fn list_subsidies(app: &App, actor: &Actor, year: i16) -> Result<GrantListId> {
    // What is left to grant is read in the act: of two who press at once the second finds it on the first one's list.
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let known = grants::known_units(&mut tx).await?;
    let known = known.into_iter().map(|one| (one.unit.id, one.number));
    let numbers: BTreeMap<_, _> = known.collect();
    let key = |unit: &UnitId| format!("subsidy:{year}:{unit}");
    let rules = app.standards.of(year).subsidy.as_ref();
    let name = rules.map_or("", |rules| rules.name.zh.as_str());
    let settled = subsidy::settled(&mut tx, year).await?;
    let keys: Vec<String> = settled.iter().map(|one| key(&one.unit)).collect();
    let mut taken = grants::sources(&mut tx, &keys).await?;
    for list in lists::open(&mut tx, year).await? {
        taken.extend(list.rows.into_iter().map(|row| row.source_key));
    }
    let left = settled
        .iter()
        .filter(|one| one.amount_fen > 0 && !taken.contains(&key(&one.unit)));
    let rows = left.filter_map(|one| {
        Some(DraftRow {
            number: 0,
            unit: numbers.get(&one.unit)?.to_string(),
            amount: plain(one.amount_fen),
            kind: String::new(),
            // A sum of many parts is longer than a basis may be; the unit's page of the subsidy has all of it.
            basis: format!("{year} {name}：{}", one.sum.zh)
                .chars()
                .take(REASON_AT_MOST)
                .collect(),
            source_key: key(&one.unit),
        })
    });
    let mut rows: Vec<DraftRow> = rows.take(grant::MOST_ROWS).collect();
    if rows.is_empty() {
        return Err(GrantRefusal::NoneReckoned { year }.into());
    }
    for (number, row) in (1..).zip(&mut rows) {
        row.number = number;
    }
    let by = (actor, &permit.unit);
    let id = keep(app, &mut tx, by, year, (rows, ""), "").await?;
    tx.commit().await?;
    Ok(id)
}

/// A list with what each of its rows means by the register as it is.
#[derive(Debug)]
pub struct ListView {
    pub list: GrantList,
    pub rows: Vec<(DraftRow, std::result::Result<NewGrant, Refusal>)>,
    pub total_fen: i64,
    pub wrong: usize,
    /// What units of a list that waits were granted as the year's subsidy before: another may be one too many.
    pub granted_before: BTreeMap<UnitId, i64>,
    /// Whether the actor confirms it, corrects it or puts it away.
    pub may_grant: bool,
}

/// A list, for those who look over the city's money.
///
/// # Errors
/// As `App::permit` on the city; not found when it isn't there.
pub async fn view_list(app: &App, actor: &Actor, id: &GrantListId) -> Result<ListView> {
    let mut tx = app.db.read().await?;
    let permit = book::city(app, &mut tx, actor, act::SeeMoney).await?;
    let list = lists::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let mut view = planned(&mut tx, list).await?;
    view.granted_before = granted_before(&mut tx, &view.list).await?;
    view.may_grant = may(actor, Act::GrantMoney, &permit.unit);
    Ok(view)
}

async fn planned(tx: &mut Tx, list: GrantList) -> Result<ListView> {
    let meant = Meant::of(tx, &list.rows).await?;
    let rows = list.rows.iter().map(|row| {
        let read = grant::read_row(row, meant.of_row(row));
        (row.clone(), read)
    });
    let rows: Vec<_> = rows.collect();
    let good = rows.iter().filter_map(|(_, read)| read.as_ref().ok());
    let total_fen = good.fold(0, |sum: i64, new| sum.saturating_add(new.amount_fen));
    let wrong = rows.iter().filter(|(_, read)| read.is_err()).count();
    Ok(ListView {
        granted_before: BTreeMap::new(),
        may_grant: false,
        list,
        rows,
        total_fen,
        wrong,
    })
}

/// What each unit was granted as the subsidy of a list's year, in all.
async fn granted_before(tx: &mut Tx, list: &GrantList) -> Result<BTreeMap<UnitId, i64>> {
    let mut before: BTreeMap<UnitId, i64> = BTreeMap::new();
    if list.state != ListState::Draft {
        return Ok(before);
    }
    let filter = GrantFilter {
        year: list.year,
        within: vec!["/".to_owned()],
        kind: GrantKind::Subsidy.key().to_owned(),
        ..GrantFilter::default()
    };
    let (granted, _) = grants::page(tx, &filter, (i64::from(i32::MAX), 0)).await?;
    for grant in granted {
        if grant.state != GrantState::Cancelled {
            let sum = before.entry(grant.unit).or_default();
            *sum = sum.saturating_add(grant.amount_fen);
        }
    }
    Ok(before)
}

/// The units that the names of a list mean.
struct Meant(BTreeMap<String, Vec<UnitPlace>>);

/// So many rows are looked up one by one; of more the register is read once.
const FEW: usize = 20;

impl Meant {
    async fn of(tx: &mut Tx, rows: &[DraftRow]) -> Result<Meant> {
        let mut found: BTreeMap<String, Vec<UnitPlace>> = BTreeMap::new();
        let typed = |row: &DraftRow| jianjia_domain::core::text::line(&row.unit);
        if rows.len() <= FEW {
            for row in rows {
                let name = typed(row);
                if name.is_empty() || found.contains_key(&name) {
                    continue;
                }
                let units = unit::meant(tx, "/", &name).await?;
                found.insert(name, units.iter().map(|unit| unit.place()).collect());
            }
            return Ok(Meant(found));
        }
        let known = grants::known_units(tx).await?;
        let (mut by_name, mut by_number) = (
            BTreeMap::<String, Vec<&UnitPlace>>::new(),
            BTreeMap::<String, &UnitPlace>::new(),
        );
        for one in &known {
            by_name
                .entry(of_union(&one.unit.name))
                .or_default()
                .push(&one.unit);
            by_number.insert(one.number.to_string(), &one.unit);
            if let Some(code) = &one.credit_code {
                by_number.insert(code.clone(), &one.unit);
            }
        }
        for row in rows {
            let name = typed(row);
            let number = by_number
                .get(&name)
                .or_else(|| by_number.get(&credit_code::normalise(&name)));
            let units = match number {
                Some(unit) => vec![(*unit).clone()],
                None => by_name
                    .get(&of_union(&name))
                    .map(|units| units.iter().map(|unit| (*unit).clone()).collect())
                    .unwrap_or_default(),
            };
            found.insert(name, units);
        }
        Ok(Meant(found))
    }

    fn of_row(&self, row: &DraftRow) -> &[UnitPlace] {
        let name = jianjia_domain::core::text::line(&row.unit);
        self.0.get(&name).map_or(&[], Vec::as_slice)
    }
}

/// Grants what stands on a list, all of it or nothing. Sent twice, it is granted once.
///
/// # Errors
/// As `view_list`; `ListEnded`; `Stale`; `RowsWrong`; as `grant_many`.
pub async fn confirm_list(
    app: &App,
    actor: &Actor,
    id: &GrantListId,
    revision: i64,
) -> Result<Vec<Grant>> {
    let mut tx = app.db.write(Scope::Money).await?;
    book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let list = lists::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if list.state != ListState::Draft {
        return Err(GrantRefusal::ListEnded.into());
    }
    if list.revision != revision {
        return Err(General::Stale.into());
    }
    let view = planned(&mut tx, list).await?;
    if view.wrong > 0 {
        return Err(GrantRefusal::RowsWrong { rows: view.wrong }.into());
    }
    let year = view.list.year;
    let new = view.rows.into_iter().filter_map(|(_, read)| read.ok());
    let new: Vec<NewGrant> = new.collect();
    let on = (year, app.clock.today());
    let made = grant_many(app, &mut tx, actor, on, new).await?;
    if !lists::end(&mut tx, id, ListState::Granted).await? {
        return Err(General::Stale.into());
    }
    tx.commit().await?;
    count_if_many(app, made.len()).await;
    Ok(made)
}

/// Puts a list away.
///
/// # Errors
/// As `view_list`; `ListEnded`.
pub async fn discard_list(app: &App, actor: &Actor, id: &GrantListId) -> Result<i16> {
    let mut tx = app.db.write(Scope::Money).await?;
    let permit = book::city(app, &mut tx, actor, act::GrantMoney).await?;
    let list = lists::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    discard(app, &mut tx, (actor, &permit.unit), &list).await?;
    tx.commit().await?;
    Ok(list.year)
}

/// As `discard_list`, within an act.
async fn discard(
    app: &App,
    tx: &mut Tx,
    (actor, city): (&Actor, &UnitPlace),
    list: &GrantList,
) -> Result<()> {
    if !lists::end(tx, &list.id, ListState::Discarded).await? {
        return Err(GrantRefusal::ListEnded.into());
    }
    app.trail(
        tx,
        actor,
        Deed::DiscardGrantList,
        Object::GrantList(list.id),
        Some(city),
        json!({ "year": list.year, "rows": list.rows.len() }),
    )
    .await
}

/// The lists of a year that wait to be confirmed, for those who look over the city's money.
///
/// # Errors
/// As `App::permit` on the city.
pub async fn open_lists(app: &App, actor: &Actor, year: i16) -> Result<Vec<GrantList>> {
    let mut tx = app.db.read().await?;
    book::city(app, &mut tx, actor, act::SeeMoney).await?;
    Ok(lists::open(&mut tx, year).await?)
}

/// The city, for the form of a new list.
///
/// # Errors
/// As `App::permit` on the city.
pub async fn to_list(app: &App, actor: &Actor) -> Result<UnitPlace> {
    let mut tx = app.db.read().await?;
    Ok(book::city(app, &mut tx, actor, act::GrantMoney).await?.unit)
}
