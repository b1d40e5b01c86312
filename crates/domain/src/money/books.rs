//! The end of a year: its books are closed, and what is left goes where the standard says.

use jianjia_standard::{
    Lang,
    programme::money::{Left, MoneyRules},
};
use jiff::civil::Date;

use crate::{
    core::{
        policy::{Permit, act},
        refusal::Refuse,
    },
    money::ledger::{Account, Balances, Line},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BooksRefusal {
    NotOver {
        year: i16,
    },
    ClosedAlready {
        year: i16,
    },
    /// An earlier year has entries and stands open.
    EarlierOpen {
        year: i16,
    },
    /// Payments wait for an approval or for what the bank says.
    RunsOpen {
        runs: i64,
    },
    /// Nothing was entered for it.
    NothingThere {
        year: i16,
    },
    /// The unit didn't go into another.
    NoSuccessor,
    NothingLeft,
    /// Its grants are not paid, and can't be paid to another.
    UnpaidGrants {
        unpaid_fen: i64,
    },
}

/// What stands in the books of a year, for closing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Books {
    pub year: i16,
    /// The last year that is closed.
    pub closed_until: Option<i16>,
    /// The first year that has entries.
    pub first: Option<i16>,
    /// Its payment runs that are not ended.
    pub open_runs: i64,
}

/// Whether a year can be closed.
///
/// # Errors
/// Before the year is over; when it is closed, an earlier one stands open, or payments are under way.
pub fn may_close(
    books: Books,
    _: &Permit<act::CloseBooks>,
    today: Date,
) -> Result<(), BooksRefusal> {
    let year = books.year;
    if books.closed_until.is_some_and(|closed| year <= closed) {
        return Err(BooksRefusal::ClosedAlready { year });
    }
    let Some(first) = books.first.filter(|first| *first <= year) else {
        return Err(BooksRefusal::NothingThere { year });
    };
    let oldest = books.closed_until.map_or(first, |closed| closed + 1);
    if oldest < year {
        return Err(BooksRefusal::EarlierOpen { year: oldest });
    }
    if today.year() <= year {
        return Err(BooksRefusal::NotOver { year });
    }
    if books.open_runs > 0 {
        return Err(BooksRefusal::RunsOpen {
            runs: books.open_runs,
        });
    }
    Ok(())
}

/// The lines that take what is left of a unit's year into the next one, and how much that is; none where nothing is. What was spent beyond what there was
/// stays where it is: the unit bore it.
pub fn carry(year: i16, balances: &Balances, rules: &MoneyRules) -> Option<(i64, Vec<Line>)> {
    let next = year + 1;
    let line = |year, account, amount_fen| Line {
        year,
        account,
        purpose: String::new(),
        amount_fen,
    };
    let mut lines = Vec::new();
    let mut left = 0;
    let mut take = |from, to, (out, into)| {
        let amount = balances.of(from);
        if amount > 0 {
            left += amount;
            lines.push(line(year, from, -amount));
            lines.push(line(year, out, amount));
            lines.push(line(next, into, -amount));
            lines.push(line(next, to, amount));
        }
    };
    let unpaid = (Account::UnpaidOut, Account::UnpaidIn);
    take(Account::Promised, Account::Promised, unpaid);
    take(Account::Released, Account::Released, unpaid);
    let own = (Account::Carried, Account::Opening);
    let held = match rules.left {
        Left::Carry => Account::Held,
        Left::Return => Account::Due,
    };
    take(Account::Held, held, own);
    take(Account::Due, Account::Due, own);
    (!lines.is_empty()).then_some((left, lines))
}

/// The lines by which what a unit has goes to the one that it went into: its own, and the other's.
///
/// # Errors
/// `NothingLeft`; `UnpaidGrants` while some of what it was granted is not paid.
pub fn hand_over(
    year: i16,
    balances: &Balances,
    _: &Permit<act::GrantMoney>,
) -> Result<(i64, Vec<Line>, Vec<Line>), BooksRefusal> {
    let unpaid_fen = balances.sums().unpaid_fen;
    if unpaid_fen > 0 {
        return Err(BooksRefusal::UnpaidGrants { unpaid_fen });
    }
    let (mut of_unit, mut of_other, mut left) = (Vec::new(), Vec::new(), 0);
    for account in [Account::Held, Account::Due] {
        let amount_fen = balances.of(account);
        if amount_fen <= 0 {
            continue;
        }
        left += amount_fen;
        let line = |account, amount_fen| Line {
            year,
            account,
            purpose: String::new(),
            amount_fen,
        };
        of_unit.push(line(account, -amount_fen));
        of_unit.push(line(Account::Carried, amount_fen));
        of_other.push(line(Account::Opening, -amount_fen));
        of_other.push(line(account, amount_fen));
    }
    if left == 0 {
        return Err(BooksRefusal::NothingLeft);
    }
    Ok((left, of_unit, of_other))
}

impl Refuse for BooksRefusal {
    fn key(&self) -> &'static str {
        match self {
            BooksRefusal::NotOver { .. } => "books/not-over",
            BooksRefusal::ClosedAlready { .. } => "books/closed-already",
            BooksRefusal::EarlierOpen { .. } => "books/earlier-open",
            BooksRefusal::RunsOpen { .. } => "books/runs-open",
            BooksRefusal::NothingThere { .. } => "books/nothing-there",
            BooksRefusal::NoSuccessor => "books/no-successor",
            BooksRefusal::NothingLeft => "books/nothing-left",
            BooksRefusal::UnpaidGrants { .. } => "books/unpaid-grants",
        }
    }

    fn sentence(&self, lang: Lang) -> String {
        let yuan = crate::money::amount::yuan;
        match (self, lang) {
            (BooksRefusal::NotOver { year }, Lang::Zh) => {
                format!("{year} 年还没有过完，不能结账。请在 {year} 年 12 月 31 日以后再结。")
            }
            (BooksRefusal::NotOver { year }, Lang::En) => {
                format!("{year} is not over, so its books can't be closed. Close them after 31 December {year}.")
            }
            (BooksRefusal::ClosedAlready { year }, Lang::Zh) => {
                format!("{year} 年度的账已经结了。有错的，请打开那一笔更正，更正记在没有结的年度。")
            }
            (BooksRefusal::ClosedAlready { year }, Lang::En) => format!(
                "The books of {year} are closed already. To correct an entry, open it: the correction is written in a year that stands open."
            ),
            (BooksRefusal::EarlierOpen { year }, Lang::Zh) => {
                format!("{year} 年度的账还没有结。请先结 {year} 年度，再结后面的。")
            }
            (BooksRefusal::EarlierOpen { year }, Lang::En) => {
                format!("The books of {year} are open. Close {year} first, then those after it.")
            }
            (BooksRefusal::RunsOpen { runs }, Lang::Zh) => format!(
                "还有 {runs} 个付款批次没有办结，钱可能还在银行。请先登记银行的结果，或者撤回批次，再结账。"
            ),
            (BooksRefusal::RunsOpen { runs }, Lang::En) => format!(
                "{runs} payment runs are not ended, and money may be with the bank. Enter what the bank says, or withdraw them, then close the year."
            ),
            (BooksRefusal::NothingThere { year }, Lang::Zh) => {
                format!("{year} 年度没有账，不用结。")
            }
            (BooksRefusal::NothingThere { year }, Lang::En) => {
                format!("Nothing was entered for {year}, so there is nothing to close.")
            }
            (BooksRefusal::NoSuccessor, Lang::Zh) => {
                "这个单位没有并入别的单位，经费不用移交。撤销的单位，请用“收回”。".to_owned()
            }
            (BooksRefusal::NoSuccessor, Lang::En) => {
                "This unit didn't go into another, so nothing is handed over. Of one that was closed, take the money back.".to_owned()
            }
            (BooksRefusal::NothingLeft, Lang::Zh) => {
                "这个单位账上没有结余，不用移交。".to_owned()
            }
            (BooksRefusal::NothingLeft, Lang::En) => {
                "The unit has nothing left, so nothing is handed over.".to_owned()
            }
            (BooksRefusal::UnpaidGrants { unpaid_fen }, Lang::Zh) => format!(
                "还有 {} 元没有付给这个单位，不能连同移交。请先更正这些下达，再重新下达给承接的单位。",
                yuan(*unpaid_fen)
            ),
            (BooksRefusal::UnpaidGrants { unpaid_fen }, Lang::En) => format!(
                "{} yuan were granted to this unit and not paid. Take these grants back and grant them to its successor, then hand over what is left.",
                yuan(*unpaid_fen)
            ),
        }
    }

    fn can_be_corrected(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::policy::any_permit,
        money::ledger::{Movement, balanced, lines},
    };
    use jianjia_standard::programme::money::Over;
    use jiff::civil::date;

    fn rules(left: Left) -> MoneyRules {
        MoneyRules {
            clause: "R6".to_owned(),
            asks_voucher: true,
            over: Over::Flag,
            left,
        }
    }

    fn balances(movements: &[(Movement<'_>, i64)]) -> Balances {
        let mut balances = Balances::default();
        for (movement, amount) in movements {
            for line in lines(2016, movement, *amount) {
                balances.add(&line).unwrap();
            }
        }
        balances
    }

    #[test]
    fn what_is_left_is_carried_over_or_to_be_paid_back_and_overspending_stays() {
        let paid = [
            (Movement::Grant, 500),
            (Movement::Release, 400),
            (Movement::Send, 300),
            (Movement::Pay, 300),
            (Movement::Spend("service"), 100),
        ];
        let year = balances(&paid);
        let (left, lines) = carry(2016, &year, &rules(Left::Carry)).unwrap();
        assert_eq!((left, balanced(&lines)), (400, Ok(())));
        let of = |lines: &[Line], year, account| -> i64 {
            let lines = lines.iter();
            lines
                .filter(|line| line.year == year && line.account == account)
                .map(|line| line.amount_fen)
                .sum()
        };
        assert_eq!(of(&lines, 2017, Account::Held), 200);
        assert_eq!(of(&lines, 2017, Account::Promised), 100);
        assert_eq!(of(&lines, 2017, Account::Released), 100);
        let (_, lines) = carry(2016, &year, &rules(Left::Return)).unwrap();
        assert_eq!(of(&lines, 2017, Account::Due), 200);
        assert_eq!(of(&lines, 2017, Account::Held), 0);
        let over = balances(&[
            (Movement::Grant, 300),
            (Movement::Release, 300),
            (Movement::Send, 300),
            (Movement::Pay, 300),
            (Movement::Spend("service"), 350),
        ]);
        assert_eq!(carry(2016, &over, &rules(Left::Carry)), None);
    }

    #[test]
    fn years_are_closed_one_after_the_other_once_they_are_over() {
        let permit = any_permit(act::CloseBooks);
        let check = |year, closed_until, open_runs, expect: Result<(), &str>| {
            let books = Books {
                year,
                closed_until,
                first: Some(2016),
                open_runs,
            };
            let answer = may_close(books, &permit, date(2018, 1, 5));
            assert_eq!(answer.map_err(|refusal| refusal.key()), expect);
        };
        check(2016, None, 0, Ok(()));
        check(2017, Some(2016), 0, Ok(()));
        check(2017, None, 0, Err("books/earlier-open"));
        check(2016, Some(2016), 0, Err("books/closed-already"));
        check(2018, Some(2017), 0, Err("books/not-over"));
        check(2017, Some(2016), 1, Err("books/runs-open"));
        check(2015, None, 0, Err("books/nothing-there"));
    }

    #[test]
    fn what_a_merged_unit_has_goes_to_the_other_and_nothing_unpaid_does() {
        let permit = any_permit(act::GrantMoney);
        let paid = balances(&[
            (Movement::Grant, 300),
            (Movement::Release, 300),
            (Movement::Send, 300),
            (Movement::Pay, 300),
        ]);
        let (left, own, other) = hand_over(2016, &paid, &permit).unwrap();
        assert_eq!(
            (left, balanced(&own), balanced(&other)),
            (300, Ok(()), Ok(()))
        );
        let unpaid = balances(&[(Movement::Grant, 300)]);
        let refused = hand_over(2016, &unpaid, &permit).unwrap_err();
        assert_eq!(refused.key(), "books/unpaid-grants");
        let refused = hand_over(2016, &Balances::default(), &permit).unwrap_err();
        assert_eq!(refused.key(), "books/nothing-left");
    }
}
