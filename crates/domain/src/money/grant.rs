//! Money that is granted: to whom, how much, on what basis. A grant is granted, released, sent to the bank and paid as a whole; the ledger has an entry for
//! each step.

mod refusal;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use self::refusal::GrantRefusal;
use crate::{
    core::{
        ids::{AccountId, GrantId, GrantListId, UnitId},
        place::UnitPlace,
        policy::{Permit, act},
        refusal::Refusal,
        text::line,
    },
    money::{
        amount,
        ledger::{LedgerRefusal, REASON_AT_MOST},
    },
};

jianjia_standard::keyed! {
    /// What a grant is.
    pub enum GrantKind {
        Subsidy = "subsidy" / "拨款|年度补贴",
        Reward = "reward" / "拨款|奖励",
        Other = "other" / "拨款|其他补助",
    }
}

impl GrantKind {
    /// As people write it; left out it is a yearly subsidy.
    pub fn read(typed: &str) -> Option<GrantKind> {
        let typed = line(typed);
        if typed.is_empty() {
            return Some(GrantKind::Subsidy);
        }
        GrantKind::from_key(&typed).or_else(|| {
            Some(match typed.as_str() {
                "年度补贴" | "补贴" | "活动经费" | "活动经费补贴" => {
                    GrantKind::Subsidy
                }
                "奖励" | "奖金" => GrantKind::Reward,
                "其他" | "其他补助" | "补助" => GrantKind::Other,
                _ => return None,
            })
        })
    }
}

jianjia_standard::keyed! {
    /// How far a grant is.
    pub enum GrantState {
        Granted = "granted" / "拨款|未批准拨付",
        Released = "released" / "拨款|待付",
        Sent = "sent" / "拨款|银行在途",
        Paid = "paid" / "拨款|已付",
        Cancelled = "cancelled" / "拨款|已撤销",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    pub year: i16,
    /// The year on whose accounts it stands by now: another than its own once it was carried over unpaid.
    pub book_year: i16,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub kind: GrantKind,
    pub amount_fen: i64,
    pub basis: String,
    /// By what it is known again: a subsidy that was reckoned is granted once.
    pub source_key: Option<String>,
    pub state: GrantState,
    pub granted_on: Date,
    pub granted_by: Option<AccountId>,
    pub granted_by_name: String,
    pub granted_at: Timestamp,
    pub revision: i64,
}

/// What is to be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    pub unit: UnitPlace,
    pub kind: GrantKind,
    pub amount_fen: i64,
    pub basis: String,
    pub source_key: Option<String>,
}

/// A row of a list as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftRow {
    /// Of the form or of the table, from 1.
    pub number: i64,
    pub unit: String,
    pub amount: String,
    pub kind: String,
    pub basis: String,
    /// By what it is known that the same was granted before; empty for what was typed.
    pub source_key: String,
}

impl DraftRow {
    pub fn is_empty(&self) -> bool {
        [&self.unit, &self.amount, &self.basis]
            .iter()
            .all(|typed| typed.trim().is_empty())
    }
}

jianjia_standard::keyed! {
    /// What became of a list.
    pub enum ListState {
        Draft = "draft" / "拨款清单|待确认",
        Granted = "granted" / "拨款清单|已下达",
        Discarded = "discarded" / "拨款清单|已放弃",
    }
}

/// A list of what is to be granted, before somebody confirms it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantList {
    pub id: GrantListId,
    pub year: i16,
    /// Empty where it was typed.
    pub file_name: String,
    pub rows: Vec<DraftRow>,
    pub state: ListState,
    pub made_by: Option<AccountId>,
    pub made_by_name: String,
    pub made_at: Timestamp,
    pub revision: i64,
}

/// The most rows of a list.
pub const MOST_ROWS: usize = 3_000;

/// What a row means, with the units that its name means.
///
/// # Errors
/// By field: the unit that is not there or one of several, the amount, the kind, the basis.
pub fn read_row(row: &DraftRow, meant: &[UnitPlace]) -> Result<NewGrant, Refusal> {
    let mut wrong: Vec<(String, Refusal)> = Vec::new();
    let mut at = |field: &str, refusal: Refusal| wrong.push((field.to_owned(), refusal));
    let typed = line(&row.unit);
    let unit = match meant {
        [unit] => Some(unit.clone()),
        [] => {
            at("unit", GrantRefusal::NoUnit { typed }.into());
            None
        }
        several => {
            let units = several.len();
            at("unit", GrantRefusal::SeveralUnits { typed, units }.into());
            None
        }
    };
    let amount_fen = amount::read(&row.amount)
        .map_err(|refusal| at("amount", refusal.into()))
        .ok();
    let kind = GrantKind::read(&row.kind);
    if kind.is_none() {
        let typed = line(&row.kind);
        at("kind", GrantRefusal::NoKind { typed }.into());
    }
    let basis = line(&row.basis);
    match basis.chars().count() {
        0 => at("basis", GrantRefusal::NoBasis.into()),
        length if length > REASON_AT_MOST => {
            let most = REASON_AT_MOST;
            at("basis", LedgerRefusal::TooLong { most }.into());
        }
        _ => {}
    }
    match (unit, amount_fen, kind) {
        (Some(unit), Some(amount_fen), Some(kind)) if wrong.is_empty() => Ok(NewGrant {
            unit,
            kind,
            amount_fen,
            basis,
            source_key: Some(row.source_key.clone()).filter(|key| !key.is_empty()),
        }),
        _ => Err(Refusal::Fields(wrong)),
    }
}

/// Whether these can be granted together: some, not too many, none twice.
///
/// # Errors
/// `NoRows`; `TooManyRows`; `Twice`, with the unit.
pub fn may_grant(_: &Permit<act::GrantMoney>, grants: &[NewGrant]) -> Result<(), GrantRefusal> {
    if grants.is_empty() {
        return Err(GrantRefusal::NoRows);
    }
    if grants.len() > MOST_ROWS {
        return Err(GrantRefusal::TooManyRows { most: MOST_ROWS });
    }
    let mut seen = std::collections::BTreeSet::new();
    for grant in grants {
        let key = (grant.unit.id, grant.kind, grant.amount_fen, &grant.basis);
        if !seen.insert(key) {
            return Err(GrantRefusal::Twice {
                unit: grant.unit.name.clone(),
            });
        }
    }
    Ok(())
}

/// Releases a grant for payment.
///
/// # Errors
/// `WrongState` unless it is granted and not released.
pub fn release(grant: Grant, _: &Permit<act::GrantMoney>) -> Result<Grant, GrantRefusal> {
    step(grant, GrantState::Granted, GrantState::Released)
}

/// What becomes of a grant when an entry of it is taken back.
///
/// # Errors
/// `WrongState` when later steps were taken.
pub fn step_back(grant: Grant, from: GrantState) -> Result<Grant, GrantRefusal> {
    let to = match from {
        GrantState::Released => GrantState::Granted,
        _ => GrantState::Cancelled,
    };
    step(grant, from, to)
}

/// Takes a grant from one state to another.
///
/// # Errors
/// `WrongState` when it is in a third.
pub fn step(grant: Grant, from: GrantState, to: GrantState) -> Result<Grant, GrantRefusal> {
    if grant.state != from {
        return Err(GrantRefusal::WrongState {
            unit: grant.unit_name,
            state: grant.state,
        });
    }
    Ok(Grant {
        state: to,
        revision: grant.revision + 1,
        ..grant
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{place::UnitKind, policy::any_permit};

    fn unit(number: u128) -> UnitPlace {
        UnitPlace {
            id: UnitId(uuid::Uuid::from_u128(number)),
            kind: UnitKind::Village,
            name: format!("第{number}村工联会"),
            path: format!("/1/{number}/"),
        }
    }

    #[test]
    fn a_row_is_read_or_told_what_is_wrong_with_each_field() {
        let row = DraftRow {
            number: 1,
            unit: "第2村工联会".to_owned(),
            amount: "１０，０００元".to_owned(),
            kind: String::new(),
            basis: " 2016年度活动经费补贴 ".to_owned(),
            source_key: String::new(),
        };
        let read = read_row(&row, &[unit(2)]).unwrap();
        assert_eq!(
            (read.amount_fen, read.kind, read.basis.as_str()),
            (1_000_000, GrantKind::Subsidy, "2016年度活动经费补贴")
        );
        let keys = |row: &DraftRow, meant: &[UnitPlace]| match read_row(row, meant) {
            Err(Refusal::Fields(fields)) => fields
                .iter()
                .map(|(field, refusal)| format!("{field} {}", refusal.key()))
                .collect(),
            other => vec![format!("{other:?}")],
        };
        let wrong = DraftRow {
            amount: "1万".to_owned(),
            kind: "工资".to_owned(),
            basis: String::new(),
            ..row.clone()
        };
        assert_eq!(
            keys(&wrong, &[]),
            [
                "unit grant/no-unit",
                "amount amount/in-ten-thousands",
                "kind grant/no-kind",
                "basis grant/no-basis"
            ]
        );
        assert_eq!(
            keys(&row, &[unit(2), unit(3)]),
            ["unit grant/several-units"]
        );
    }

    #[test]
    fn a_list_is_not_empty_and_has_nothing_twice() {
        let permit = any_permit(act::GrantMoney);
        let new = |number, amount_fen| NewGrant {
            unit: unit(number),
            kind: GrantKind::Subsidy,
            amount_fen,
            basis: "依据".to_owned(),
            source_key: None,
        };
        let check = |grants: &[NewGrant], expect: Result<(), &str>| {
            let answer = may_grant(&permit, grants);
            assert_eq!(
                answer.map_err(|refusal| {
                    use crate::core::refusal::Refuse;
                    refusal.key()
                }),
                expect
            );
        };
        check(&[], Err("grant/no-rows"));
        check(&[new(2, 100), new(2, 200), new(3, 100)], Ok(()));
        check(&[new(2, 100), new(2, 100)], Err("grant/twice"));
        check(
            &vec![new(2, 100); MOST_ROWS + 1],
            Err("grant/too-many-rows"),
        );
    }
}
