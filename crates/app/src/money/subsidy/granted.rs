//! What was granted beside what is reckoned by now: a base, a title or a finding that changed after the grant makes another amount of it.

use std::collections::HashMap;

use jianjia_domain::{core::ids::UnitId, money::subsidy::Subsidy};
use jianjia_store::{
    core::db::Tx,
    money::subsidy::list::{self as lists, SubsidyFilter},
};

use crate::core::error::Result;

/// What a unit was granted as the subsidy of a year, less what was clawed back and what it gave back of what was too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    pub fen: i64,
    /// What is reckoned by now, less what was granted: above zero it has yet to be granted, below it was granted too much. None where the amount is not known.
    pub difference_fen: Option<i64>,
}

/// Beside the lines of a list that asks for those whose grant differs; of other lists nothing.
pub(super) async fn beside(
    tx: &mut Tx,
    filter: &SubsidyFilter,
    lines: &[Subsidy],
) -> Result<HashMap<UnitId, Granted>> {
    if !filter.only_differing {
        return Ok(HashMap::new());
    }
    let units: Vec<UnitId> = lines.iter().map(|line| line.unit).collect();
    let granted = lists::granted(tx, filter.year, &units).await?;
    let of = |line: &Subsidy| {
        let fen = *granted.get(&line.unit)?;
        let difference_fen = line.amount_fen().map(|now| now.saturating_sub(fen));
        let granted = Granted {
            fen,
            difference_fen,
        };
        Some((line.unit, granted))
    };
    Ok(lines.iter().filter_map(of).collect())
}
