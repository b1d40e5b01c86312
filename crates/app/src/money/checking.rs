//! What `verify` asks of the ledger: that each entry balances, that the accounts of each unit are sound, that kept figures and the states of grants say the same.

use jianjia_domain::money::ledger::Account;
use jianjia_store::{
    core::db::Tx,
    money::{grant as grants, ledger as entries},
};

use crate::{core::error::Result, money::books};

/// Checks all of it; gives how many years there are. Each fault is a sentence.
///
/// # Errors
/// When it can't be read.
pub(crate) async fn check(tx: &mut Tx, faults: &mut Vec<String>) -> Result<usize> {
    for number in entries::unbalanced(tx).await? {
        faults.push(format!("经费账第 {number} 笔借贷不平。"));
    }
    for entry in entries::strays(tx).await? {
        faults.push(format!("经费账的明细 {entry} 没有对应的账，或者单位不符。"));
    }
    let years = entries::years(tx).await?;
    for year in &years {
        for unit in books::wrong_totals(tx, *year).await? {
            faults.push(format!(
                "{year} 年度经费的汇总数字与明细账不符：单位 {unit}。"
            ));
        }
        let standing = grants::standing(tx, *year).await?;
        let balances = entries::balances_of_year(tx, *year).await?;
        for (unit, of_unit) in &balances {
            if !of_unit.is_sound() {
                faults.push(format!("{year} 年度经费的科目不平：单位 {unit}。"));
            }
            let accounts = [Account::Promised, Account::Released, Account::Transit];
            let booked = accounts.map(|account| of_unit.of(account));
            if standing.get(unit).copied().unwrap_or_default() != booked {
                faults.push(format!(
                    "{year} 年度未付的拨款与账上的数不符：单位 {unit}。"
                ));
            }
        }
        for unit in standing.keys().filter(|unit| !balances.contains_key(unit)) {
            faults.push(format!("{year} 年度的拨款没有记账：单位 {unit}。"));
        }
    }
    Ok(years.len())
}
