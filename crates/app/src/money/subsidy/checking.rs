//! Whether every kept subsidy still follows from its facts, its base and the standard that it was reckoned by.

use std::collections::{HashMap, HashSet};

use jianjia_domain::{
    core::ids::{SubsidyBaseId, SubsidyId},
    money::subsidy::{Subsidy, recompute},
};
use jianjia_standard::subsidy::BaseFact;
use jianjia_store::{
    core::db::Tx,
    money::subsidy::{self as subsidies, base as bases},
};

use crate::core::{app::App, error::Result};

/// So many at a time.
const PORTION: i64 = 500;

/// Reckons every kept subsidy again and compares it; gives how many there are. Each fault is a sentence.
pub(crate) async fn recompute_all(
    app: &App,
    tx: &mut Tx,
    faults: &mut Vec<String>,
) -> Result<usize> {
    let (mut count, mut last): (usize, Option<SubsidyId>) = (0, None);
    let (mut all, mut replaced_by) = (HashSet::new(), Vec::new());
    loop {
        let portion = subsidies::after(tx, last.as_ref(), PORTION).await?;
        let Some((end, _)) = portion.last() else {
            break;
        };
        last = Some(end.id);
        count += portion.len();
        let ids: Vec<SubsidyBaseId> = portion
            .iter()
            .filter_map(|(kept, _)| kept.entitlement.facts.base_id)
            .collect();
        let recorded: HashMap<SubsidyBaseId, i64> = bases::find_many(tx, &ids)
            .await?
            .into_iter()
            .map(|base| (base.id, base.amount_fen))
            .collect();
        for (kept, is_consistent) in &portion {
            all.insert(kept.id);
            replaced_by.extend(kept.replaced_by.map(|by| (kept.id, by)));
            let standard = app.standards.of_version(tx, &kept.standard_version).await?;
            let fault = match standard {
                None => Some(format!(
                    "所用的标准版本 {} 没有留存，无法重算",
                    kept.standard_version
                )),
                Some(standard) if standard.version != kept.standard_version => Some(format!(
                    "所用的标准版本 {} 有留存，但文本与它的校验值不符，无法重算",
                    kept.standard_version
                )),
                Some(standard) if standard.scheme(&kept.entitlement.scheme).is_none() => {
                    Some(format!(
                        "所用的标准版本 {} 有留存，但里面没有它所用的补贴办法“{}”，无法重算",
                        kept.standard_version, kept.entitlement.scheme
                    ))
                }
                Some(standard) if !is_consistent || !recompute(&standard, kept) => {
                    Some("按其事实和标准重新计算，结果与留存的不同".to_owned())
                }
                Some(_) if !is_of_its_base(kept, &recorded) => {
                    Some("所用的基数与登记的基数不符".to_owned())
                }
                Some(_) => None,
            };
            faults.extend(fault.map(|fault| format!("补贴 {} {fault}。", kept.id)));
        }
    }
    for (id, by) in replaced_by {
        if !all.contains(&by) {
            faults.push(format!("补贴 {id} 由 {by} 更正，而后者不见了。"));
        }
    }
    Ok(count)
}

/// Whether the base is the recorded one: what nobody recorded has no record.
fn is_of_its_base(kept: &Subsidy, recorded: &HashMap<SubsidyBaseId, i64>) -> bool {
    let facts = &kept.entitlement.facts;
    match (facts.base, facts.base_id) {
        (BaseFact::Recorded(Some(fen)), Some(id)) => recorded.get(&id) == Some(&fen),
        (BaseFact::Recorded(Some(_)), None) => false,
        (BaseFact::Recorded(None) | BaseFact::Counted(_), id) => id.is_none(),
    }
}
