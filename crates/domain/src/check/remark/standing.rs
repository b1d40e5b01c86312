//! How a clause stands by what was noted on it, and which remark counts where two inspectors said different.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Content, Remark, RemarkRefusal, Seen, Settlement, reasoned};
use crate::core::{
    ids::{AccountId, VisitRemarkId},
    refusal::Refusal,
};

/// How a clause stands by what was noted on it.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing<'a> {
    /// Nobody noted anything.
    None,
    /// What one inspector, or several in agreement, noted last.
    Noted(Noted<'a>),
    /// The newest of each inspector say different: one of them has to settle it.
    Contradicted(Vec<&'a Remark>),
}

/// What stands of a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Noted<'a> {
    pub seen: Seen,
    pub found: BTreeMap<&'a str, &'a Value>,
    /// By what it was settled, where inspectors said different.
    pub settlement: Option<&'a Settlement>,
}

/// How a clause stands.
pub fn standing<'a>(
    remarks: &'a [Remark],
    settlements: &'a [Settlement],
    clause: &str,
) -> Standing<'a> {
    let newest = newest_of_each(remarks, clause);
    let Some(first) = newest.first().and_then(|remark| said(remark)) else {
        return Standing::None;
    };
    let mut agreed = Noted {
        seen: first.0,
        found: BTreeMap::new(),
        settlement: None,
    };
    let mut is_agreed = true;
    for (seen, found) in newest.iter().filter_map(|remark| said(remark)) {
        is_agreed &= seen == agreed.seen;
        for (key, value) in found {
            let known = agreed.found.insert(key.as_str(), value);
            is_agreed &= known.is_none_or(|known| known == value);
        }
    }
    if is_agreed {
        return Standing::Noted(agreed);
    }
    let among: BTreeSet<VisitRemarkId> = newest.iter().map(|remark| remark.id).collect();
    let settled = settlements
        .iter()
        .rev()
        .find(|settled| settled.clause == clause && settled.among == among);
    let chosen = settled.and_then(|settled| {
        let remark = newest.iter().find(|remark| remark.id == settled.chosen)?;
        let (seen, found) = said(remark)?;
        Some(Noted {
            seen,
            found: found
                .iter()
                .map(|(key, value)| (key.as_str(), value))
                .collect(),
            settlement: Some(settled),
        })
    });
    match chosen {
        Some(noted) => Standing::Noted(noted),
        None => Standing::Contradicted(newest),
    }
}

/// The newest remark of each inspector on a clause, in the order in which they were noted.
pub fn newest_of_each<'a>(remarks: &'a [Remark], clause: &str) -> Vec<&'a Remark> {
    let mut newest: BTreeMap<AccountId, &Remark> = BTreeMap::new();
    for remark in remarks
        .iter()
        .filter(|remark| remark.clause() == Some(clause))
    {
        let known = newest.entry(remark.account).or_insert(remark);
        // One person's clock tells what came last, in whichever order it arrived.
        if (remark.noted_at, remark.received_at) >= (known.noted_at, known.received_at) {
            *known = remark;
        }
    }
    let mut newest: Vec<&Remark> = newest.into_values().collect();
    newest.sort_by_key(|remark| (remark.noted_at, remark.id));
    newest
}

fn said(remark: &Remark) -> Option<(Seen, &BTreeMap<String, Value>)> {
    match &remark.content {
        Content::Clause { seen, found, .. } => Some((*seen, found)),
        _ => None,
    }
}

/// Settles which remark stands.
///
/// # Errors
/// `NotContradicted`, `NoneChosen` when the chosen one is none of the newest; `reason`: `ReasonMissing`, `TooLong`.
pub fn settle<'a>(
    standing: &Standing<'a>,
    chosen: Option<VisitRemarkId>,
    reason: &str,
) -> Result<(&'a Remark, BTreeSet<VisitRemarkId>, String), Refusal> {
    let Standing::Contradicted(newest) = standing else {
        return Err(RemarkRefusal::NotContradicted.into());
    };
    let mut each = newest.iter().copied();
    let remark = each.find(|remark| Some(remark.id) == chosen);
    let Some(remark) = remark else {
        return Err(Refusal::at("chosen", RemarkRefusal::NoneChosen));
    };
    let reason = reasoned("reason", reason)?;
    let among = newest.iter().map(|remark| remark.id).collect();
    Ok((remark, among, reason))
}
