//! Payment runs: released grants that go to the bank in one file. Who prepares a run doesn't approve it; what the bank could not pay waits for the next one.

mod refusal;

use jiff::Timestamp;

pub use self::refusal::PaymentRefusal;
use crate::{
    core::{
        ids::{AccountId, GrantId, PaymentRunId, PersonId, UnitId},
        policy::{Actor, Permit, act},
        refusal::{General, Refusal},
    },
    money::grant::GrantKind,
};

jianjia_standard::keyed! {
    /// How far a run is.
    pub enum RunState {
        Prepared = "prepared" / "付款|待审批",
        /// The file for the bank is made.
        Approved = "approved" / "付款|已审批，等银行结果",
        Ended = "ended" / "付款|已办结",
        Withdrawn = "withdrawn" / "付款|已撤回",
    }
}

jianjia_standard::keyed! {
    /// What became of a row.
    pub enum RowState {
        Waiting = "waiting" / "付款|待审批",
        Sent = "sent" / "付款|银行在途",
        Paid = "paid" / "付款|到账",
        Bounced = "bounced" / "付款|银行退回",
        Withdrawn = "withdrawn" / "付款|已撤回",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRun {
    pub id: PaymentRunId,
    /// Counted through all runs.
    pub number: i64,
    pub year: i16,
    pub state: RunState,
    pub rows: i64,
    pub total_fen: i64,
    pub prepared_by: Option<AccountId>,
    pub prepared_person: Option<PersonId>,
    pub prepared_by_name: String,
    pub prepared_at: Timestamp,
    pub approved_by_name: String,
    pub approved_at: Option<Timestamp>,
    /// SHA-256 of the file for the bank, of each format; empty until it is made.
    pub csv_digest: String,
    pub xlsx_digest: String,
    pub ended_by_name: String,
    pub ended_at: Option<Timestamp>,
    pub revision: i64,
}

/// A grant in a run, with where it is paid to as that was known when the run was prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    pub run: PaymentRunId,
    /// From 1.
    pub place: i64,
    pub grant: GrantId,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub amount_fen: i64,
    pub basis: String,
    pub account_name: String,
    pub bank: String,
    pub sealed: String,
    pub tail: String,
    /// Of the bank details.
    pub bank_revision: i64,
    pub state: RowState,
    /// Why the bank could not pay it.
    pub reason: String,
}

/// Why a released grant can't be in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    NoBankDetails,
    /// The unit was merged or closed.
    UnitEnded,
}

/// The most rows of a run.
pub const MOST_ROWS: usize = 3_000;

/// Approves a run: by somebody else than who prepared it.
///
/// # Errors
/// `SamePerson`; `WrongState`; `Stale` when it changed since it was read.
pub fn approve(
    run: PaymentRun,
    _: &Permit<act::ApprovePayment>,
    actor: &Actor,
    (revision, now): (i64, Timestamp),
) -> Result<PaymentRun, Refusal> {
    if run.state != RunState::Prepared {
        return Err(PaymentRefusal::WrongState { state: run.state }.into());
    }
    let is_same_person = run.prepared_person.is_some() && run.prepared_person == actor.person;
    if run.prepared_by == Some(actor.account) || is_same_person {
        return Err(PaymentRefusal::SamePerson.into());
    }
    unchanged(&run, revision)?;
    Ok(PaymentRun {
        state: RunState::Approved,
        approved_by_name: actor.name.clone(),
        approved_at: Some(now),
        revision: run.revision + 1,
        ..run
    })
}

/// Withdraws a run that nobody approved.
///
/// # Errors
/// `WrongState`; `Stale`.
pub fn withdraw(
    run: PaymentRun,
    _: &Permit<act::PreparePayment>,
    actor: &Actor,
    (revision, now): (i64, Timestamp),
) -> Result<PaymentRun, Refusal> {
    if run.state != RunState::Prepared {
        return Err(PaymentRefusal::WrongState { state: run.state }.into());
    }
    unchanged(&run, revision)?;
    Ok(ended(run, RunState::Withdrawn, actor, now))
}

fn ended(run: PaymentRun, state: RunState, actor: &Actor, now: Timestamp) -> PaymentRun {
    PaymentRun {
        state,
        ended_by_name: actor.name.clone(),
        ended_at: Some(now),
        revision: run.revision + 1,
        ..run
    }
}

fn unchanged(run: &PaymentRun, revision: i64) -> Result<(), General> {
    if run.revision == revision {
        Ok(())
    } else {
        Err(General::Stale)
    }
}

/// What the bank returned: the place of a row, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounced {
    pub place: i64,
    pub reason: String,
}

/// Enters what the bank said of a run: these rows were returned, all others were paid. Gives the run and its rows as they become.
///
/// # Errors
/// `WrongState` unless it was sent; `Stale`; `NoSuchRow`; `bounced_PLACE`: `ReasonMissing`, `ReasonTooLong`.
pub fn settle(
    run: PaymentRun,
    mut rows: Vec<PaymentRow>,
    _: &Permit<act::PreparePayment>,
    actor: &Actor,
    bounced: &[Bounced],
    (revision, now): (i64, Timestamp),
) -> Result<(PaymentRun, Vec<PaymentRow>), Refusal> {
    if run.state != RunState::Approved {
        return Err(PaymentRefusal::WrongState { state: run.state }.into());
    }
    unchanged(&run, revision)?;
    let wrong = bounced.iter().filter_map(|one| {
        let refusal = reason_of(&one.reason).err()?;
        Some((format!("reason_{}", one.place), Refusal::from(refusal)))
    });
    let wrong: Vec<(String, Refusal)> = wrong.collect();
    if !wrong.is_empty() {
        return Err(Refusal::Fields(wrong));
    }
    for row in &mut rows {
        row.state = RowState::Paid;
    }
    for one in bounced {
        let row = rows.iter_mut().find(|row| row.place == one.place);
        let row = row.ok_or(PaymentRefusal::NoSuchRow { place: one.place })?;
        row.state = RowState::Bounced;
        row.reason = reason_of(&one.reason)?;
    }
    Ok((ended(run, RunState::Ended, actor, now), rows))
}

/// Enters that the bank returned a row after it was told to be paid.
///
/// # Errors
/// `WrongState` unless it stands as paid; `reason`: `ReasonMissing`, `ReasonTooLong`.
pub fn bounce_late(
    row: PaymentRow,
    _: &Permit<act::PreparePayment>,
    reason: &str,
) -> Result<PaymentRow, Refusal> {
    if row.state != RowState::Paid {
        return Err(PaymentRefusal::NotPaid { place: row.place }.into());
    }
    let reason = reason_of(reason).map_err(|refusal| Refusal::at("reason", refusal))?;
    Ok(PaymentRow {
        state: RowState::Bounced,
        reason,
        ..row
    })
}

fn reason_of(typed: &str) -> Result<String, PaymentRefusal> {
    let reason = crate::core::text::line(typed);
    match reason.chars().count() {
        0 => Err(PaymentRefusal::ReasonMissing),
        length if length > 100 => Err(PaymentRefusal::ReasonTooLong),
        _ => Ok(reason),
    }
}

/// What a bank's word for a payment means; none where it can't be told.
pub fn is_paid(word: &str) -> Option<bool> {
    const FAILED: [&str; 8] = [
        "失败",
        "退回",
        "退汇",
        "退票",
        "不成功",
        "未成功",
        "拒绝",
        "错误",
    ];
    const PAID: [&str; 5] = ["成功", "到账", "已付", "已入账", "完成"];
    let word = crate::core::text::line(word);
    let holds = |words: &[&str]| words.iter().any(|known| word.contains(known));
    if holds(&FAILED) {
        Some(false)
    } else if holds(&PAID) && !word.contains('未') {
        Some(true)
    } else {
        None
    }
}

/// What a payment is for, as the bank passes it on to the payee: banks take some sixty characters. The whole basis stands with the run. A file that was approved
/// is made again from this, so its words stay.
pub fn purpose(year: i16, kind: GrantKind) -> String {
    let what = match kind {
        GrantKind::Subsidy => "活动经费补贴",
        GrantKind::Reward => "建家奖励",
        GrantKind::Other => "其他补助",
    };
    format!("{year}年工会{what}")
}

/// What a list of the bank says of a row: its place in our file, the amount, the result and why, as it stands there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnRow {
    /// Of the bank's table.
    pub number: usize,
    pub place: String,
    pub amount: String,
    pub result: String,
    pub reason: String,
}

/// The rows of a run that a list of the bank says were returned. What the list doesn't name was paid.
///
/// # Errors
/// `ReturnUnclear` with the row of the list that can't be understood: a place that the run has not, another amount, a result that says neither.
pub fn returned(rows: &[PaymentRow], list: &[ReturnRow]) -> Result<Vec<Bounced>, PaymentRefusal> {
    let mut bounced: Vec<Bounced> = Vec::new();
    for one in list {
        let unclear = || PaymentRefusal::ReturnUnclear { row: one.number };
        let place: i64 = crate::core::width::narrow(&one.place)
            .parse()
            .map_err(|_| unclear())?;
        let row = rows.iter().find(|row| row.place == place);
        let row = row.ok_or_else(unclear)?;
        if !one.amount.trim().is_empty()
            && crate::money::amount::read(&one.amount) != Ok(row.amount_fen)
        {
            return Err(unclear());
        }
        if is_paid(&one.result).ok_or_else(unclear)? {
            continue;
        }
        if bounced.iter().any(|known| known.place == place) {
            return Err(unclear());
        }
        let reason = crate::core::text::line(&one.reason);
        let reason = if reason.is_empty() {
            crate::core::text::line(&one.result)
        } else {
            reason
        };
        bounced.push(Bounced {
            place,
            reason: reason.chars().take(100).collect(),
        });
    }
    Ok(bounced)
}

#[cfg(test)]
mod tests;
