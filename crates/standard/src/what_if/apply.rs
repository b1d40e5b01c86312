//! The standard that changes make. Every change is checked; what can't be is told, all of it at once, and then nothing is made.

use jiff::civil::Date;

use crate::check::{Check, FactName};
use crate::columns::log::{LOG_MONTHS, spans};
use crate::fact::FactKind;
use crate::figure::{Figure, Rate};
use crate::period::Every;
use crate::programme::{Rating, Standard, TitleCriterion};
use crate::what_if::change::{Change, FACT, MOST_CHANGES, NEW, RATING, Refused, Why};
use crate::what_if::lever::{self, ALL, ANY, CAST, Form, MET, UNKNOWN, VALID};

/// The standard with these changes: clauses are added first, then figures moved, then clauses dropped. The changes come back as they hold, written in
/// one way, without those that change nothing.
///
/// # Errors
/// Every change that can't be made, with its reason.
pub fn apply(
    standard: &Standard,
    changes: &[Change],
    as_of: Date,
) -> Result<(Standard, Vec<Change>), Vec<Refused>> {
    if changes.len() > MOST_CHANGES {
        return Err(vec![Refused {
            name: String::new(),
            why: Why::TooMany,
        }]);
    }
    let mut changed = standard.clone();
    let mut kept = Vec::new();
    let mut refused = Vec::new();
    // Of what is said twice the last counts.
    let said_later = |place: usize, change: &Change| {
        let mut later = changes[place + 1..].iter();
        later.any(|other| other.name() == change.name())
    };
    let numbered = changes.iter().enumerate();
    let mut ordered: Vec<&Change> = numbered
        .filter(|(place, change)| !said_later(*place, change))
        .map(|(_, change)| change)
        .collect();
    // Which answers are satisfied is chosen among those that are valid before the change.
    ordered.sort_by_key(|change| match change.path.as_str() {
        "add" => 0,
        "of" => 2,
        "drop" => 3,
        _ => 1,
    });
    for change in ordered {
        match make(standard, &mut changed, change, as_of) {
            Ok(Some(value)) => kept.push(Change {
                value,
                ..change.clone()
            }),
            Ok(None) => {}
            Err(why) => refused.push(Refused {
                name: change.name(),
                why,
            }),
        }
    }
    refused.extend(too_far_back(standard, &changed, &kept, as_of));
    if refused.is_empty() {
        kept.sort();
        kept.dedup();
        Ok((changed, kept))
    } else {
        Err(refused)
    }
}

/// Makes one change; its value as it holds, `None` if that changes nothing.
fn make(
    before: &Standard,
    standard: &mut Standard,
    change: &Change,
    as_of: Date,
) -> Result<Option<String>, Why> {
    if change.title == RATING {
        return of_rating(standard, change);
    }
    let Some(place) = standard
        .titles
        .iter()
        .position(|title| title.key == change.title)
    else {
        return Err(Why::NoSuchTitle(change.title.clone()));
    };
    if change.path == "add" {
        return add(before, standard, place, change);
    }
    let criteria = &standard.titles[place].criteria;
    let clause = added_clause(&change.clause);
    let Some(criterion) = criteria.iter().position(|known| known.clause == clause) else {
        return Err(Why::NoSuchClause {
            title: change.title.clone(),
            clause: change.clause.clone(),
        });
    };
    if change.path == "drop" {
        if !is_on(&change.value)? {
            return Ok(None);
        }
        standard.titles[place].criteria.remove(criterion);
        return Ok(Some("yes".to_owned()));
    }
    let title = &standard.titles[place];
    let levers = lever::of_criterion(standard, title, &title.criteria[criterion], as_of);
    let lever = levers.into_iter().find(|lever| lever.path == change.path);
    let no_such = || Why::NoSuchParameter {
        clause: change.clause.clone(),
    };
    let lever = lever.ok_or_else(no_such)?;
    // What holds can be sent along, whatever it is.
    if change.value == lever.value {
        return Ok(None);
    }
    let value = read(&lever.form, &change.value)?;
    if same(&lever.form, &value, &lever.value) {
        return Ok(None);
    }
    let (node, parameter) = change.path.split_once('.').ok_or_else(no_such)?;
    let node: usize = node.parse().map_err(|_| no_such())?;
    let check = &mut standard.titles[place].criteria[criterion].check;
    let check = nth(check, &mut { node }).ok_or_else(no_such)?;
    set(check, parameter, &value).ok_or_else(no_such)?;
    Ok(Some(value))
}

/// Adds a clause to a title: one of the standard's, a fact that the standard knows, or a question that nobody was asked.
fn add(
    before: &Standard,
    standard: &mut Standard,
    place: usize,
    change: &Change,
) -> Result<Option<String>, Why> {
    if !is_on(&change.value)? {
        return Ok(None);
    }
    let title = &standard.titles[place];
    let clause = added_clause(&change.clause);
    if title.criteria.iter().any(|known| known.clause == clause) {
        return Err(Why::AskedAlready {
            title: change.title.clone(),
            clause: change.clause.clone(),
        });
    }
    let no_such = || Why::NoSuchClause {
        title: change.title.clone(),
        clause: change.clause.clone(),
    };
    let criterion = if let Some(criterion) = standard.criterion(&change.clause) {
        let kinds = title.kinds.iter().copied();
        let own = &criterion.kinds;
        TitleCriterion {
            clause,
            kinds: kinds
                .filter(|kind| own.is_empty() || own.contains(kind))
                .collect(),
            employers: criterion.employers.clone(),
            check: criterion.check.clone(),
        }
    } else {
        let (fact, kinds) = match change.clause.strip_prefix(FACT) {
            Some(key) => {
                let index = standard.facts.iter().position(|fact| fact.key == key);
                let index = index.ok_or_else(no_such)?;
                let fact = &standard.facts[index];
                if fact.kind != FactKind::Truth {
                    return Err(no_such());
                }
                // Who isn't asked would never meet it.
                let asked = before.kinds_asked(fact);
                let kinds = title.kinds.iter().copied();
                let name = FactName {
                    key: key.to_owned(),
                    index,
                };
                (name, kinds.filter(|kind| asked.contains(kind)).collect())
            }
            None if change.clause == NEW => {
                let name = FactName {
                    key: NEW.to_owned(),
                    // Behind all facts: no answer has it, so it is unknown of everybody.
                    index: usize::MAX,
                };
                (name, title.kinds.clone())
            }
            None => return Err(no_such()),
        };
        TitleCriterion {
            clause,
            kinds,
            employers: Vec::new(),
            check: Check::Fact { fact },
        }
    };
    let has_employers =
        criterion.employers.is_empty() || criterion.kinds.iter().any(|kind| kind.has_employer());
    if criterion.kinds.is_empty() || !has_employers {
        return Err(Why::AppliesToNobody {
            title: change.title.clone(),
            clause: change.clause.clone(),
        });
    }
    standard.titles[place].criteria.push(criterion);
    Ok(Some("yes".to_owned()))
}

/// What an added clause is called in the changed standard.
fn added_clause(clause: &str) -> String {
    clause.strip_prefix(FACT).unwrap_or(clause).to_owned()
}

fn of_rating(standard: &mut Standard, change: &Change) -> Result<Option<String>, Why> {
    let no_such = || Why::NoSuchParameter {
        clause: RATING.to_owned(),
    };
    let lever = lever::of_rating(standard)
        .into_iter()
        .find(|lever| lever.path == change.path)
        .ok_or_else(no_such)?;
    let rating: &mut Rating = standard.rating.as_mut().ok_or_else(no_such)?;
    if change.path == "quorum" {
        // Any fraction, not only those that the form offers.
        let quorum = change.value.parse().map_err(|_| Why::NoQuorum {
            typed: change.value.clone(),
        })?;
        if rating.quorum == quorum {
            return Ok(None);
        }
        rating.quorum = quorum;
        return Ok(Some(quorum.to_string()));
    }
    let value = read(&lever.form, &change.value)?;
    if value == lever.value {
        return Ok(None);
    }
    match change.path.as_str() {
        "counts" => rating.counts = value.split('+').map(str::to_owned).collect(),
        "of" if value == CAST => rating.of.clone_from(&rating.cast),
        "of" if value == VALID => return Ok(None),
        _ => return Err(no_such()),
    }
    Ok(Some(value))
}

fn is_on(value: &str) -> Result<bool, Why> {
    match value {
        "yes" | "on" => Ok(true),
        "" | "no" => Ok(false),
        _ => Err(Why::NoChoice {
            typed: value.to_owned(),
        }),
    }
}

/// A value as it is written in one way.
fn read(form: &Form, typed: &str) -> Result<String, Why> {
    let as_typed = || typed.to_owned();
    match form {
        Form::Rate => {
            let words = typed.trim_end_matches('%').trim_end();
            let rate: Rate = format!("{words}%")
                .parse()
                .map_err(|_| Why::NoRate { typed: as_typed() })?;
            if rate.numerator == 0 || rate.exceeds_whole() {
                return Err(Why::RateOutOfRange { typed: as_typed() });
            }
            Ok(shortest(rate).to_string())
        }
        Form::Number { least, most } => {
            let number: u64 = typed
                .parse()
                .map_err(|_| Why::NoNumber { typed: as_typed() })?;
            if !(*least..=*most).contains(&number) {
                return Err(Why::OutOfRange {
                    typed: as_typed(),
                    least: *least,
                    most: *most,
                });
            }
            Ok(number.to_string())
        }
        Form::Choice(choices) => {
            let known = choices.iter().find(|choice| *choice == typed);
            known
                .cloned()
                .ok_or_else(|| Why::NoChoice { typed: as_typed() })
        }
    }
}

/// Without zeros at the end of its decimals.
fn shortest(mut rate: Rate) -> Rate {
    while rate.denominator > 100 && rate.numerator.is_multiple_of(10) {
        rate.numerator /= 10;
        rate.denominator /= 10;
    }
    rate
}

fn same(form: &Form, value: &str, current: &str) -> bool {
    match form {
        Form::Rate => value.parse::<Rate>().map(shortest) == current.parse::<Rate>().map(shortest),
        _ => value == current,
    }
}

/// The check at a place: each counts before its parts.
fn nth<'a>(check: &'a mut Check, left: &mut usize) -> Option<&'a mut Check> {
    if *left == 0 {
        return Some(check);
    }
    *left -= 1;
    match check {
        Check::All(parts) | Check::Any(parts) => parts.iter_mut().find_map(|part| nth(part, left)),
        Check::When { when, then } => match nth(when, left) {
            Some(found) => Some(found),
            None => nth(then, left),
        },
        _ => None,
    }
}

/// Sets a parameter to a value that was read; `None` if the check has no such parameter.
fn set(check: &mut Check, parameter: &str, value: &str) -> Option<()> {
    if parameter == "of" {
        let parts = match check {
            Check::All(parts) | Check::Any(parts) => std::mem::take(parts),
            _ => return None,
        };
        *check = match value {
            ALL => Check::All(parts),
            ANY => Check::Any(parts),
            _ => return None,
        };
        return Some(());
    }
    let rate = || value.parse().ok().map(Figure::Rate);
    let number = || value.parse().ok().map(Figure::Number);
    match (check, parameter) {
        (
            Check::Ratio { at_least, .. }
            | Check::Subordinates { at_least, .. }
            | Check::Rating { at_least, .. },
            "at_least",
        ) => *at_least = rate()?,
        (
            Check::Count { at_least, .. }
            | Check::Level { at_least, .. }
            | Check::Activities { at_least, .. },
            "at_least",
        ) => *at_least = number()?,
        (Check::Ratio { none_is_met, .. } | Check::Subordinates { none_is_met, .. }, "none") => {
            *none_is_met = match value {
                MET => true,
                UNKNOWN => false,
                _ => return None,
            }
        }
        (Check::Activities { every, .. }, "every") => *every = Every::from_key(value)?,
        (Check::Activities { periods, .. }, "periods") => *periods = value.parse().ok()?,
        _ => return None,
    }
    Some(())
}

/// Changed activity checks that look back further than the log of activities goes.
fn too_far_back(
    before: &Standard,
    changed: &Standard,
    kept: &[Change],
    as_of: Date,
) -> Vec<Refused> {
    let mut refused = Vec::new();
    for change in kept {
        let Some((node, parameter)) = change.path.split_once('.') else {
            continue;
        };
        if !matches!(parameter, "every" | "periods" | "at_least") {
            continue;
        }
        let check_of = |standard: &Standard| {
            let title = standard.title(&change.title)?;
            let clause = added_clause(&change.clause);
            let mut criteria = title.criteria.iter();
            let criterion = criteria.find(|known| known.clause == clause)?;
            let checks = lever::checks(&criterion.check);
            checks
                .get(node.parse::<usize>().ok()?)
                .map(|check| (*check).clone())
        };
        let Some(Check::Activities { every, periods, .. }) = check_of(changed) else {
            continue;
        };
        if spans(every, periods, as_of).is_none() {
            let told = refused
                .iter()
                .any(|told: &Refused| told.name == change.name());
            if !told && check_of(before) != check_of(changed) {
                refused.push(Refused {
                    name: change.name(),
                    why: Why::TooFarBack { months: LOG_MONTHS },
                });
            }
        }
    }
    refused
}
