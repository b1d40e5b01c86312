//! Checks on the whole standard: cycles, clauses defined twice, facts and criteria that nothing uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Check;
use crate::load::insight::clauses_fit;
use crate::load::names::Names;
use crate::load::reader::Ledger;
use crate::programme::Standard;

pub(crate) fn examine(
    standard: &Standard,
    names: &Names,
    ledger: &Ledger<'_>,
    facts_ledger: &Ledger<'_>,
) {
    cycles(standard, names, ledger);
    order_of_tiers(standard, names, ledger);
    routes(standard, names, ledger);
    clauses_once(standard, names, ledger);
    unused(standard, names, ledger, facts_ledger);
    clauses_fit(standard, names, ledger);
}

/// A title that builds on itself, or requires a title that can only be held after it, can never be met.
fn cycles(standard: &Standard, names: &Names, ledger: &Ledger<'_>) {
    let mut wants: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for title in &standard.titles {
        let mut wanted: Vec<&str> = title.below.as_deref().into_iter().collect();
        wanted.extend(title.needs_union_title.as_deref());
        title
            .criteria
            .iter()
            .for_each(|criterion| held(&criterion.check, &mut wanted));
        wants.insert(&title.key, wanted);
    }
    let mut told: Vec<Vec<&str>> = Vec::new();
    for title in &standard.titles {
        let Some(path) = way_back(&wants, &title.key) else {
            continue;
        };
        let mut members = path.clone();
        members.sort_unstable();
        members.dedup();
        if told.contains(&members) {
            continue;
        }
        told.push(members);
        let at = names.titles.get(&title.key).copied().unwrap_or(0);
        ledger.add(
            at,
            format!(
                "titles in a circle: {}; none of them can ever be reached",
                path.join(" → ")
            ),
        );
    }
}

/// The shortest path from a title back to itself.
fn way_back<'a>(wants: &BTreeMap<&'a str, Vec<&'a str>>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut ways: Vec<Vec<&str>> = vec![vec![start]];
    let mut seen: Vec<&str> = Vec::new();
    let mut next = 0;
    while next < ways.len() {
        let way = ways[next].clone();
        next += 1;
        for wanted in way
            .last()
            .and_then(|last| wants.get(last))
            .into_iter()
            .flatten()
        {
            let mut longer = way.clone();
            longer.push(wanted);
            if *wanted == start {
                return Some(longer);
            }
            if !seen.contains(wanted) {
                seen.push(wanted);
                ways.push(longer);
            }
        }
    }
    None
}

fn held<'a>(check: &'a Check, titles: &mut Vec<&'a str>) {
    match check {
        Check::Held { title } => titles.push(title),
        Check::All(checks) => checks.iter().for_each(|check| held(check, titles)),
        // An alternative may still be possible.
        Check::Any(checks) if checks.len() == 1 => held(&checks[0], titles),
        Check::When { then, .. } => held(then, titles),
        _ => {}
    }
}

/// Verdicts come lowest tier first, in the order of the file, so a title must follow the one it builds on.
fn order_of_tiers(standard: &Standard, names: &Names, ledger: &Ledger<'_>) {
    for (index, title) in standard.titles.iter().enumerate() {
        let Some(below) = &title.below else { continue };
        let Some(place) = standard.titles.iter().position(|other| &other.key == below) else {
            continue;
        };
        let at = names.titles.get(&title.key).copied().unwrap_or(0);
        if place > index {
            ledger.add(
                at,
                format!(
                    "`{}` stands before `{below}`, which it builds on",
                    title.key
                ),
            );
        }
        let lower = &standard.titles[place].kinds;
        let lost: Vec<&str> = title
            .kinds
            .iter()
            .filter(|kind| !lower.contains(kind))
            .map(|kind| kind.key())
            .collect();
        if title.needs_below && !lower.is_empty() && !lost.is_empty() {
            let message = format!(
                "`{}` needs `{below}`, which {} can't hold",
                title.key,
                lost.join(", ")
            );
            ledger.add(at, message);
        }
    }
}

/// If titles have routes, each needs exactly one: without one nobody could apply, and of two only the first would be used.
fn routes(standard: &Standard, names: &Names, ledger: &Ledger<'_>) {
    for title in &standard.titles {
        let Some(at) = names.titles.get(&title.key) else {
            continue;
        };
        let mut of_title = standard
            .routes
            .iter()
            .filter(|route| route.titles.contains(&title.key));
        let message = match (of_title.next(), of_title.next()) {
            (None, _) if !standard.routes.is_empty() && !names.is_lost(&title.key) => {
                format!("`{}` has no route: nobody could apply for it", title.key)
            }
            (Some(first), Some(second)) => format!(
                "`{}` has two routes, of {} and of {}: only the first would be taken",
                title.key, first.clause, second.clause
            ),
            _ => continue,
        };
        ledger.add(*at, message);
    }
}

/// A clause id names one thing only.
fn clauses_once(standard: &Standard, names: &Names, ledger: &Ledger<'_>) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let all = standard
        .criteria
        .iter()
        .map(|criterion| ("criterion", criterion.clause.as_str()))
        .chain(
            standard
                .vetoes
                .iter()
                .map(|veto| ("veto", veto.clause.as_str())),
        )
        .chain(
            standard
                .targets
                .iter()
                .map(|target| ("target", target.clause.as_str())),
        )
        .chain(
            standard
                .rewards
                .iter()
                .map(|reward| ("reward", reward.clause.as_str())),
        )
        .chain(
            standard
                .supports
                .iter()
                .map(|support| ("support", support.clause.as_str())),
        )
        .chain(
            standard
                .clauses
                .iter()
                .map(|clause| ("clause", clause.clause.as_str())),
        );
    for (what, clause) in all {
        // Informative clauses may add to a clause that is judged.
        match seen.get(clause) {
            Some(earlier) if what != "clause" && (*earlier, what) != ("criterion", "criterion") => {
                let message =
                    format!("clause `{clause}` is there twice, as {earlier} and as {what}");
                if let Some(at) = names.clauses.get(&(what, clause.to_owned())) {
                    ledger.add(*at, message);
                }
            }
            _ => {
                seen.insert(clause, what);
            }
        }
    }
}

/// Entries without a name of their own have been reported where they are.
fn unused(standard: &Standard, names: &Names, ledger: &Ledger<'_>, facts_ledger: &Ledger<'_>) {
    let is_used = |used: &BTreeSet<String>, name: &str| used.contains(name) || names.is_lost(name);
    let used = names.used_facts.borrow();
    for fact in &standard.facts {
        if let Some(shape) = names.facts.get(&fact.key)
            && !is_used(&used, &fact.key)
        {
            let message = format!("fact `{}` is never used by a check", fact.key);
            facts_ledger.add(shape.at, message);
        }
    }
    let used = names.used_criteria.borrow();
    for criterion in &standard.criteria {
        if let Some(at) = names.criteria.get(&criterion.clause)
            && !is_used(&used, &criterion.clause)
        {
            let message = format!("criterion `{}` belongs to no title", criterion.clause);
            ledger.add(*at, message);
        }
    }
    let used = names.used_parameters.borrow();
    for parameter in &standard.parameters {
        if let Some((at, _)) = names.parameters.get(&parameter.key)
            && !is_used(&used, &parameter.key)
        {
            ledger.add(*at, format!("parameter `{}` is never used", parameter.key));
        }
    }
}
