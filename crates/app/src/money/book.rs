//! Writing into the ledger: the one way by which entries come there. Each is checked to balance, no account goes below what can be, and the figures of its unit are
//! worked out anew.

use std::collections::{BTreeMap, HashMap};

use jianjia_domain::{
    core::{
        ids::{GrantId, LedgerEntryId, PaymentRunId, UnitId},
        place::UnitPlace,
        policy::{self, Act, Actor, Permit, Permitted},
        refusal::General,
    },
    money::{
        ledger::{self, Balances, Corrects, EntryKind, LedgerEntry, LedgerRefusal, Line},
        spending::PayeeKind,
    },
};
use jianjia_store::{
    core::{counter::next_numbers, db::Tx},
    money::{
        books,
        ledger::{self as entries, KeptEntry, total},
    },
    register::unit,
};
use jiff::civil::Date;

use crate::core::{
    app::App,
    error::{Error, Result, refuses},
};

refuses!(jianjia_domain::money::ledger::LedgerRefusal);
refuses!(jianjia_domain::money::amount::AmountRefusal);
refuses!(jianjia_domain::money::books::BooksRefusal);
refuses!(jianjia_domain::money::grant::GrantRefusal);
refuses!(jianjia_domain::money::payment::PaymentRefusal);
refuses!(jianjia_domain::money::spending::SpendingRefusal);

/// An entry that is to be written.
pub(crate) struct Draft {
    pub kind: EntryKind,
    pub year: i16,
    pub unit: UnitPlace,
    pub amount_fen: i64,
    pub happened_on: Date,
    pub basis: String,
    pub reason: String,
    pub reverses: Option<LedgerEntryId>,
    pub grant: Option<GrantId>,
    pub run: Option<PaymentRunId>,
    pub purpose: String,
    pub payee: Option<PayeeKind>,
    pub over_fen: i64,
    pub lines: Vec<Line>,
    pub corrects: Corrects,
    pub request_key: Option<String>,
}

impl Draft {
    pub fn of(
        kind: EntryKind,
        year: i16,
        unit: &UnitPlace,
        (happened_on, amount_fen): (Date, i64),
        lines: Vec<Line>,
    ) -> Draft {
        Draft {
            kind,
            year,
            unit: unit.clone(),
            amount_fen,
            happened_on,
            basis: String::new(),
            reason: String::new(),
            reverses: None,
            grant: None,
            run: None,
            purpose: String::new(),
            payee: None,
            over_fen: 0,
            lines,
            corrects: Corrects::Nothing,
            request_key: None,
        }
    }
}

/// Writes entries, in their order. The caller holds the scopes of their units' money, or of all money, and appends the line of the trail.
///
/// # Errors
/// `Unbalanced`, `TooMuch`, `NotThere`; of none of them anything is kept.
pub(crate) async fn write(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    drafts: Vec<Draft>,
) -> Result<Vec<LedgerEntry>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let mut years: Vec<i16> = Vec::new();
    for draft in &drafts {
        ledger::balanced(&draft.lines)?;
        years.extend(draft.lines.iter().map(|line| line.year));
    }
    years.sort_unstable();
    years.dedup();
    let units: Vec<UnitPlace> = drafts.iter().map(|draft| draft.unit.clone()).collect();
    let ids: std::collections::BTreeSet<UnitId> = units.iter().map(|unit| unit.id).collect();
    let ids: Vec<UnitId> = ids.into_iter().collect();
    let mut balances: BTreeMap<i16, HashMap<UnitId, Balances>> = BTreeMap::new();
    for year in &years {
        balances.insert(*year, entries::balances_of(tx, &ids, *year).await?);
    }
    for draft in &drafts {
        for (year, of_year) in &mut balances {
            let of_unit = of_year.entry(draft.unit.id).or_default();
            *of_unit = of_unit.after(*year, &draft.lines, draft.corrects)?;
        }
    }
    let count = i64::try_from(drafts.len()).unwrap_or(i64::MAX);
    let first = next_numbers(tx, "ledger-entry", count).await?;
    let now = app.now();
    let recorded_by = (!actor.account.0.is_nil()).then_some(actor.account);
    let kept: Vec<KeptEntry> = (first..)
        .zip(drafts)
        .map(|(number, draft)| KeptEntry {
            entry: LedgerEntry {
                id: LedgerEntryId(app.entropy.id(now)),
                number,
                kind: draft.kind,
                year: draft.year,
                unit: draft.unit.id,
                unit_path: draft.unit.path,
                unit_name: draft.unit.name,
                amount_fen: draft.amount_fen,
                happened_on: draft.happened_on,
                basis: draft.basis,
                reason: draft.reason,
                reverses: draft.reverses,
                grant: draft.grant,
                run: draft.run,
                over_fen: draft.over_fen,
                recorded_by,
                recorded_by_name: actor.name.clone(),
                recorded_at: now,
                lines: draft.lines,
            },
            purpose: draft.purpose,
            payee: draft.payee,
            request_key: draft.request_key,
        })
        .collect();
    entries::insert(tx, &kept).await?;
    total::renew(tx, &units, &years).await?;
    Ok(kept.into_iter().map(|kept| kept.entry).collect())
}

/// The city, with the permit for an act on it.
///
/// # Errors
/// As `App::permit`; not found in an empty register.
pub(crate) async fn city<A: Permitted>(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    act: A,
) -> Result<Permit<A>> {
    let city = unit::root(tx).await?.ok_or(Error::NotFound)?;
    app.permit_at(tx, actor, act, &city).await
}

/// The year, if money of it can be entered: one of a programme's, that has come and stands open.
///
/// # Errors
/// `NoYear`; `YearClosed`.
pub(crate) async fn open_year(app: &App, tx: &mut Tx, year: i16) -> Result<i16> {
    let programme = &app.standards.of(year).programme;
    let is_known = (programme.first_year..=programme.last_year.saturating_add(1)).contains(&year);
    if !is_known || year > app.clock.today().year() {
        return Err(LedgerRefusal::NoYear { year }.into());
    }
    let closed = books::closed_until(tx).await?;
    Ok(ledger::open(year, closed)?)
}

/// The subtrees whose money the actor looks over.
///
/// # Errors
/// `NotYourRole` to those who look over none.
pub(crate) fn looked_over(actor: &Actor) -> Result<Vec<String>> {
    let own = Actor {
        roles: actor
            .roles
            .iter()
            .filter(|held| {
                let alone = Actor {
                    roles: vec![(*held).clone()],
                    ..actor.clone()
                };
                policy::may(&alone, Act::SeeMoney, &held.unit)
            })
            .cloned()
            .collect(),
        ..actor.clone()
    };
    let paths = policy::scopes(&own);
    if paths.is_empty() {
        return Err(General::NotYourRole {
            act: Act::SeeMoney,
            roles: vec![
                policy::Role::Reviewer,
                policy::Role::Approver,
                policy::Role::Auditor,
            ],
        }
        .into());
    }
    Ok(paths)
}

/// A request's key, known again within what it is about.
pub(crate) fn request_key(about: &str, typed: &str) -> Option<String> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| {
        let typed: String = typed.chars().take(80).collect();
        format!("{about}:{typed}")
    })
}
