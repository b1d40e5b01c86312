//! The ledger of money that the federation grants (R6), by double entry: what it owes a unit until that is paid, and what the unit does with it. Entries are
//! added and never changed; each balances by itself, on both sides. A mistake is corrected by an entry that takes the other back, with the reason.

mod refusal;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

pub use self::refusal::LedgerRefusal;
use crate::core::{
    ids::{AccountId, GrantId, LedgerEntryId, PaymentRunId, UnitId},
    policy::Permit,
};

jianjia_standard::keyed! {
    /// Where money stands, for each unit and year. What comes in stands below zero, where it is or went above; the keys stand in tables.
    pub enum Account {
        // What the federation owes the unit.
        Granted = "granted" / "科目|下达的经费",
        /// Not paid at the end of the year before, brought here.
        UnpaidIn = "unpaid-in" / "科目|上年未付转入",
        /// Granted, and not released yet.
        Promised = "promised" / "科目|未批准拨付",
        /// To be paid.
        Released = "released" / "科目|待付",
        /// In a file that went to the bank.
        Transit = "transit" / "科目|银行在途",
        Paid = "paid" / "科目|已付",
        /// Not paid when the year was closed, taken on.
        UnpaidOut = "unpaid-out" / "科目|未付转下年",
        // What the unit has of it.
        Received = "received" / "科目|收到的经费",
        /// Left of the year before, or of a unit that went into this one.
        Opening = "opening" / "科目|上年结转",
        /// There to be spent.
        Held = "held" / "科目|结存",
        /// Left of a year that was closed, to be paid back.
        Due = "due" / "科目|应退",
        /// By purpose.
        Spent = "spent" / "科目|支出",
        Returned = "returned" / "科目|已退回",
        ClawedBack = "clawed-back" / "科目|已追回",
        /// Left when the year was closed, or handed to the unit that this one went into.
        Carried = "carried" / "科目|结转下年",
    }
}

/// The two sides of the book, each of which balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    Federation,
    Unit,
}

impl Account {
    pub fn side(self) -> Side {
        match self {
            Account::Granted
            | Account::UnpaidIn
            | Account::Promised
            | Account::Released
            | Account::Transit
            | Account::Paid
            | Account::UnpaidOut => Side::Federation,
            Account::Received
            | Account::Opening
            | Account::Held
            | Account::Due
            | Account::Spent
            | Account::Returned
            | Account::ClawedBack
            | Account::Carried => Side::Unit,
        }
    }

    /// Accounts of what is or went somewhere, which can't be less than nothing. What is held can: where more was spent than there was.
    fn is_never_below_zero(self) -> bool {
        matches!(
            self,
            Account::Promised
                | Account::Released
                | Account::Transit
                | Account::Paid
                | Account::UnpaidOut
                | Account::Due
                | Account::Spent
                | Account::Returned
                | Account::ClawedBack
                | Account::Carried
        )
    }
}

jianjia_standard::keyed! {
    /// What an entry records.
    pub enum EntryKind {
        Granted = "granted" / "经费|下达",
        Released = "released" / "经费|批准拨付",
        Sent = "sent" / "经费|送银行",
        Paid = "paid" / "经费|到账",
        /// The bank could not pay it.
        Bounced = "bounced" / "经费|银行退回",
        Spent = "spent" / "经费|支出",
        /// The unit paid it back.
        Refunded = "refunded" / "经费|退回",
        /// The federation demanded it back, and has it.
        ClawedBack = "clawed-back" / "经费|追回",
        /// The year was closed.
        CarriedOver = "carried-over" / "经费|年终结转",
        /// To the unit that this one went into.
        HandedOver = "handed-over" / "经费|移交",
        /// Takes another entry back.
        Reversal = "reversal" / "经费|更正冲销",
    }
}

impl EntryKind {
    /// Whether an entry of this kind can be taken back by another. What the bank says is answered by what it says next; a year that is closed stays so.
    pub fn is_reversible(self) -> bool {
        matches!(
            self,
            EntryKind::Granted
                | EntryKind::Released
                | EntryKind::Spent
                | EntryKind::Refunded
                | EntryKind::ClawedBack
        )
    }
}

/// An amount on one account of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub year: i16,
    pub account: Account,
    /// A key of the standard's purposes, of what is spent; else empty.
    pub purpose: String,
    /// Above zero what comes to be here, below what goes away.
    pub amount_fen: i64,
}

/// An entry of the ledger, about one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    pub id: LedgerEntryId,
    /// Counted through the whole ledger.
    pub number: i64,
    pub kind: EntryKind,
    /// The year whose money it is, which stands open when it is written.
    pub year: i16,
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub amount_fen: i64,
    pub happened_on: Date,
    /// On what it rests: the sum of a subsidy, a document, what was bought.
    pub basis: String,
    /// Why, where it takes another back or money from the unit.
    pub reason: String,
    pub reverses: Option<LedgerEntryId>,
    pub grant: Option<GrantId>,
    pub run: Option<PaymentRunId>,
    /// Of what was spent beyond what there was.
    pub over_fen: i64,
    pub recorded_by: Option<AccountId>,
    pub recorded_by_name: String,
    pub recorded_at: Timestamp,
    pub lines: Vec<Line>,
}

/// What moves money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Movement<'a> {
    Grant,
    Release,
    Send,
    Pay,
    Bounce,
    /// After it was told to be paid.
    BounceLate,
    /// On a purpose, by its key.
    Spend(&'a str),
    /// So much of it of what was to be paid back.
    Refund {
        of_due: i64,
    },
    ClawBack,
}

/// The lines of an entry.
pub fn lines(year: i16, movement: &Movement<'_>, amount_fen: i64) -> Vec<Line> {
    let line = |account, amount_fen| Line {
        year,
        account,
        purpose: String::new(),
        amount_fen,
    };
    let move_to = |to, from| vec![line(from, -amount_fen), line(to, amount_fen)];
    let mut lines = match movement {
        Movement::Grant => move_to(Account::Promised, Account::Granted),
        Movement::Release => move_to(Account::Released, Account::Promised),
        Movement::Send => move_to(Account::Transit, Account::Released),
        Movement::Pay => [
            move_to(Account::Paid, Account::Transit),
            move_to(Account::Held, Account::Received),
        ]
        .concat(),
        Movement::Bounce => move_to(Account::Released, Account::Transit),
        Movement::BounceLate => [
            move_to(Account::Released, Account::Paid),
            move_to(Account::Received, Account::Held),
        ]
        .concat(),
        Movement::Spend(_) => move_to(Account::Spent, Account::Held),
        Movement::Refund { of_due } => vec![
            line(Account::Due, -of_due),
            line(Account::Held, of_due - amount_fen),
            line(Account::Returned, amount_fen),
        ],
        Movement::ClawBack => move_to(Account::ClawedBack, Account::Held),
    };
    if let Movement::Spend(purpose) = movement {
        for line in &mut lines {
            if line.account == Account::Spent {
                (*purpose).clone_into(&mut line.purpose);
            }
        }
    }
    lines.retain(|line| line.amount_fen != 0);
    lines
}

/// Whether the lines of an entry are at least two, none of them of nothing, and balance on each side of each year.
///
/// # Errors
/// `Unbalanced` otherwise: a mistake of the program.
pub fn balanced(lines: &[Line]) -> Result<(), LedgerRefusal> {
    let mut sums: BTreeMap<(i16, Side), i128> = BTreeMap::new();
    for line in lines {
        *sums.entry((line.year, line.account.side())).or_default() += i128::from(line.amount_fen);
    }
    let is_sound = lines.len() > 1
        && lines.iter().all(|line| line.amount_fen != 0)
        && sums.values().all(|sum| *sum == 0);
    is_sound.then_some(()).ok_or(LedgerRefusal::Unbalanced)
}

/// What stands on the accounts of one unit and year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances(BTreeMap<(Account, String), i64>);

impl Balances {
    /// # Errors
    /// `TooMuch` beyond what a table can count.
    pub fn add(&mut self, line: &Line) -> Result<(), LedgerRefusal> {
        let at = (line.account, line.purpose.clone());
        let held = self.0.entry(at).or_default();
        let sum = held.checked_add(line.amount_fen);
        *held = sum.ok_or(LedgerRefusal::TooMuch)?;
        Ok(())
    }

    pub fn of(&self, account: Account) -> i64 {
        let lines = self.0.iter().filter(|((of, _), _)| *of == account);
        lines.fold(0, |sum: i64, (_, amount)| sum.saturating_add(*amount))
    }

    /// What was spent by purpose, in the order of their keys.
    pub fn spent(&self) -> Vec<(String, i64)> {
        let spent = self
            .0
            .iter()
            .filter(|((account, _), amount)| *account == Account::Spent && **amount != 0);
        spent
            .map(|((_, purpose), amount)| (purpose.clone(), *amount))
            .collect()
    }

    /// What is spent on a purpose.
    pub fn spent_on(&self, purpose: &str) -> i64 {
        let at = (Account::Spent, purpose.to_owned());
        self.0.get(&at).copied().unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.values().all(|amount| *amount == 0)
    }

    /// What the accounts come to by these lines of the year.
    ///
    /// # Errors
    /// `TooMuch`; `NotThere` when more goes from an account than is on it. Of a correction of a year that is closed, `corrects` says so: then what was
    /// spent or returned in that year may be less than nothing in this one.
    pub fn after(
        &self,
        year: i16,
        lines: &[Line],
        corrects: Corrects,
    ) -> Result<Balances, LedgerRefusal> {
        let mut after = self.clone();
        for line in lines.iter().filter(|line| line.year == year) {
            after.add(line)?;
        }
        for ((account, _), amount) in &after.0 {
            let may = corrects == Corrects::ClosedYear
                && matches!(
                    account,
                    Account::Spent | Account::Returned | Account::ClawedBack
                );
            let before = self.of(*account);
            if account.is_never_below_zero() && *amount < 0 && !may {
                return Err(LedgerRefusal::NotThere {
                    account: *account,
                    there: before.max(0),
                });
            }
        }
        Ok(after)
    }

    pub fn sums(&self) -> YearSums {
        YearSums {
            opening_fen: -self.of(Account::Opening),
            granted_fen: -self.of(Account::Granted),
            unpaid_fen: self.of(Account::Promised)
                + self.of(Account::Released)
                + self.of(Account::Transit),
            paid_fen: self.of(Account::Paid),
            spent_fen: self.of(Account::Spent),
            returned_fen: self.of(Account::Returned) + self.of(Account::ClawedBack),
            closing_fen: self.of(Account::Held) + self.of(Account::Due) + self.of(Account::Carried),
        }
    }

    /// Whether what was paid is what was received, and each side comes to nothing.
    pub fn is_sound(&self) -> bool {
        let sum = |side| -> i128 {
            let lines = self
                .0
                .iter()
                .filter(|((account, _), _)| account.side() == side);
            lines.map(|(_, amount)| i128::from(*amount)).sum()
        };
        sum(Side::Federation) == 0
            && sum(Side::Unit) == 0
            && self.of(Account::Paid) == -self.of(Account::Received)
    }
}

/// Whether an entry corrects another of a year that is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrects {
    Nothing,
    ClosedYear,
}

/// What a unit's year comes to, as its statement has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct YearSums {
    pub opening_fen: i64,
    pub granted_fen: i64,
    /// Granted, or brought from the year before, and not paid yet.
    pub unpaid_fen: i64,
    pub paid_fen: i64,
    pub spent_fen: i64,
    /// Paid back, and demanded back.
    pub returned_fen: i64,
    pub closing_fen: i64,
}

/// The year in which an entry about the money of `year` is written: that year while it stands open.
///
/// # Errors
/// `YearClosed` once it is closed.
pub fn open(year: i16, closed_until: Option<i16>) -> Result<i16, LedgerRefusal> {
    match closed_until {
        Some(closed) if year <= closed => Err(LedgerRefusal::YearClosed {
            year,
            open: closed + 1,
        }),
        _ => Ok(year),
    }
}

/// The most characters of a reason or a basis.
pub const REASON_AT_MOST: usize = 200;

/// A reason, as it is kept.
///
/// # Errors
/// When it is missing or too long.
pub fn reason_of(typed: &str) -> Result<String, LedgerRefusal> {
    let reason = crate::core::text::line(typed);
    match reason.chars().count() {
        0 => Err(LedgerRefusal::ReasonMissing),
        length if length > REASON_AT_MOST => Err(LedgerRefusal::TooLong {
            most: REASON_AT_MOST,
        }),
        _ => Ok(reason),
    }
}

/// The lines that take an entry back, in the year that stands open for it, and whether its own year is closed.
///
/// # Errors
/// `NotReversible`; `ReversedAlready`.
pub fn reversing<A>(
    entry: &LedgerEntry,
    _: &Permit<A>,
    is_reversed: bool,
    closed_until: Option<i16>,
) -> Result<(i16, Vec<Line>, Corrects), LedgerRefusal> {
    if !entry.kind.is_reversible() {
        return Err(LedgerRefusal::NotReversible { kind: entry.kind });
    }
    if is_reversed {
        return Err(LedgerRefusal::ReversedAlready);
    }
    let (year, corrects) = match open(entry.year, closed_until) {
        Ok(year) => (year, Corrects::Nothing),
        Err(LedgerRefusal::YearClosed { open, .. }) => (open, Corrects::ClosedYear),
        Err(other) => return Err(other),
    };
    let lines = entry.lines.iter().map(|line| Line {
        year,
        amount_fen: -line.amount_fen,
        ..line.clone()
    });
    Ok((year, lines.collect(), corrects))
}

/// How money is taken from a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakingBack {
    /// It paid back.
    Refunded,
    /// The federation demanded it, and has it.
    ClawedBack,
}

/// The lines for money that came back from a unit: what it was to pay back first, then of what it has.
///
/// # Errors
/// `MoreThanHeld` when it has less.
pub fn take_back<A>(
    balances: &Balances,
    _: &Permit<A>,
    (year, how, amount_fen): (i16, TakingBack, i64),
) -> Result<Vec<Line>, LedgerRefusal> {
    let held = balances.of(Account::Held).max(0);
    let due = match how {
        TakingBack::Refunded => balances.of(Account::Due),
        TakingBack::ClawedBack => 0,
    };
    if amount_fen > held.saturating_add(due) {
        return Err(LedgerRefusal::MoreThanHeld {
            held_fen: held.saturating_add(due),
        });
    }
    let movement = match how {
        TakingBack::Refunded => Movement::Refund {
            of_due: amount_fen.min(due),
        },
        TakingBack::ClawedBack => Movement::ClawBack,
    };
    Ok(lines(year, &movement, amount_fen))
}

#[cfg(test)]
mod tests;
