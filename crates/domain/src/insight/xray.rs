//! The x-ray: what in the data contradicts itself, by the rules of the standard. What is found is a question, and no verdict knows of it.

pub mod look;
pub mod usual;

use std::collections::{BTreeMap, BTreeSet};

use jianjia_standard::{
    figure::Rate,
    programme::{KnownQuantity, LikeUnions, LooksFor, Quantity, XrayRule},
};
use serde::{Deserialize, Serialize};

use crate::{
    core::{
        ids::{EvidenceId, UnitId},
        place::UnitKind,
    },
    insight::xray::usual::{LARGEST, Usual},
};

/// A share is told in parts of so many.
pub const WHOLE: u64 = 10_000;

/// What is known of a union and a year that contradictions are looked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub unit: UnitId,
    pub unit_path: String,
    pub unit_name: String,
    pub kind: UnitKind,
    pub numbers: BTreeMap<Quantity, u64>,
    pub before: BTreeMap<Quantity, u64>,
    /// The answers for which a document is expected, and those of them that have none.
    pub claims: u64,
    pub bare: Vec<String>,
    /// The titles that it applied for in the year.
    pub applied: BTreeSet<String>,
    /// Its photos that look like another union's.
    pub photos: Vec<AlikePhoto>,
}

/// A photo with those of other unions that look like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlikePhoto {
    /// The hash of its content.
    pub content: String,
    pub evidence: EvidenceId,
    pub name: String,
    pub others: Vec<OtherPhoto>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct OtherPhoto {
    /// How many bits of the two looks differ; 0 of the same content.
    pub distance: u32,
    pub unit: UnitId,
    pub unit_name: String,
    pub evidence: EvidenceId,
    pub content: String,
}

/// What contradicts itself, with the figures that say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    pub rule: String,
    /// What tells it apart from others of the rule and the union: a number's key, a photo's content; else empty.
    pub subject: String,
    /// The union's own facts that it stands on, joined by commas. What was explained is not raised again while it stands on no other.
    pub basis: String,
    pub figures: Figures,
}

/// The figures side by side, as they were when they were seen. They are kept, since the data goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Figures {
    Over {
        count: Amount,
        of: Amount,
    },
    LastYear {
        of: String,
        before: u64,
        now: u64,
    },
    LikeUnions {
        value: u64,
        count: Amount,
        per: Option<Amount>,
        usual: Usual,
        unit_kind: UnitKind,
        /// Of unions of at least so many workers, and fewer than so many; none where the rule has no sizes.
        size: Option<(u64, Option<u64>)>,
    },
    NoEvidence {
        /// The keys of the answers that have no document.
        bare: Vec<String>,
        claims: u64,
    },
    SamePhoto {
        evidence: EvidenceId,
        name: String,
        /// The nearest ones.
        others: Vec<OtherPhoto>,
        /// How many there are in all.
        count: u64,
    },
}

/// A number with what it counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    pub of: String,
    pub value: u64,
}

/// Other unions' photos of a contradiction that are kept.
pub const OTHERS_AT_MOST: usize = 10;

/// What contradicts itself at a union. `usual` says what is usual among its like, by a rule's key, a kind and a size.
pub fn contradictions<'a>(
    rules: &[XrayRule],
    known: &Known,
    usual: impl Fn(&str, UnitKind, usize) -> Option<&'a Usual>,
) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for rule in rules {
        let contradiction = |subject: &str, basis: String, figures| Contradiction {
            rule: rule.key.clone(),
            subject: subject.to_owned(),
            basis,
            figures,
        };
        match &rule.looks_for {
            LooksFor::Over { count, of, by } => {
                if let (Some(value), Some(limit)) = (known.number(count), known.number(of))
                    && is_over(value, limit, *by)
                {
                    let (basis, figures) = (
                        format!("{value}/{limit}"),
                        Figures::Over {
                            count: amount(count, value),
                            of: amount(of, limit),
                        },
                    );
                    found.push(contradiction("", basis, figures));
                }
            }
            LooksFor::LastYear { of, factor, least } => {
                for quantity in of {
                    let (now, before) = (known.number(quantity), known.before.get(quantity));
                    if let (Some(now), Some(before)) = (now, before.copied())
                        && is_far_from_last_year(before, now, *factor, *least)
                    {
                        let figures = Figures::LastYear {
                            of: quantity.key().to_owned(),
                            before,
                            now,
                        };
                        let basis = format!("{before}/{now}");
                        found.push(contradiction(quantity.key(), basis, figures));
                    }
                }
            }
            LooksFor::LikeUnions(like) => {
                if let Some(Compared { value, size }) = compared(like, known)
                    && let Some(usual) = usual(&rule.key, known.kind, size)
                    && usual.unions >= like.fewest
                    && usual.is_far(value, like.spreads, like.least)
                {
                    let own = |quantity| amount(quantity, known.number(quantity).unwrap_or(0));
                    let figures = Figures::LikeUnions {
                        value,
                        count: own(&like.of),
                        per: like.per.as_ref().map(own),
                        usual: *usual,
                        unit_kind: known.kind,
                        size: bounds(&like.sizes, size),
                    };
                    found.push(contradiction("", value.to_string(), figures));
                }
            }
            LooksFor::NoEvidence { titles, from } => {
                let applied = titles.iter().any(|title| known.applied.contains(title));
                if applied && known.bare.len() as u64 >= *from {
                    let figures = Figures::NoEvidence {
                        bare: known.bare.clone(),
                        claims: known.claims,
                    };
                    found.push(contradiction("", known.bare.join(","), figures));
                }
            }
            LooksFor::SamePhoto { distance } => {
                for photo in &known.photos {
                    let near = photo
                        .others
                        .iter()
                        .filter(|other| other.distance <= *distance && other.unit != known.unit);
                    let mut others: Vec<OtherPhoto> = near.cloned().collect();
                    if others.is_empty() {
                        continue;
                    }
                    others.sort();
                    let mut basis: Vec<String> = others.iter().map(token).collect();
                    basis.sort();
                    basis.dedup();
                    let count = others.len() as u64;
                    others.truncate(OTHERS_AT_MOST);
                    let figures = Figures::SamePhoto {
                        evidence: photo.evidence,
                        name: photo.name.clone(),
                        others,
                        count,
                    };
                    found.push(contradiction(&photo.content, basis.join(","), figures));
                }
            }
        }
    }
    found
}

impl Contradiction {
    /// Whether it stands on no other facts than these.
    pub fn stands_on(&self, basis: &str) -> bool {
        let known: BTreeSet<&str> = basis.split(',').collect();
        !basis.is_empty() && self.basis.split(',').all(|fact| known.contains(fact))
    }
}

impl Known {
    pub fn number(&self, quantity: &Quantity) -> Option<u64> {
        self.numbers.get(quantity).copied()
    }

    /// By which its size is told: the sheet's, else the register's.
    fn workers(&self) -> Option<u64> {
        let said = self.number(&Quantity::Fact("workers".to_owned()));
        said.or_else(|| self.number(&Quantity::Known(KnownQuantity::RegisterWorkers)))
    }
}

/// A union's figure for a rule, and the size in which it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    pub value: u64,
    pub size: usize,
}

/// None where something of it isn't known.
pub fn compared(like: &LikeUnions, known: &Known) -> Option<Compared> {
    let count = known.number(&like.of)?;
    let value = match &like.per {
        None => count,
        Some(per) => parts(count, known.number(per)?)?,
    };
    Some(Compared {
        value: value.min(LARGEST),
        size: like.size_of(known.workers())?,
    })
}

/// Parts in ten thousand, rounded down; none of none.
pub fn parts(count: u64, of: u64) -> Option<u64> {
    let parts = (u128::from(count) * u128::from(WHOLE)).checked_div(u128::from(of))?;
    Some(u64::try_from(parts).unwrap_or(u64::MAX))
}

fn is_over(value: u64, limit: u64, by: Rate) -> bool {
    let over = value.saturating_sub(limit);
    // Exactly the share over is not more than it.
    over > 0
        && u128::from(over) * u128::from(by.denominator)
            > u128::from(by.numerator) * u128::from(limit)
}

fn is_far_from_last_year(before: u64, now: u64, factor: Rate, least: u64) -> bool {
    let (less, more) = (before.min(now), before.max(now));
    more - less >= least && factor.reached_by(more, less)
}

fn amount(quantity: &Quantity, value: u64) -> Amount {
    Amount {
        of: quantity.key().to_owned(),
        value,
    }
}

/// Where a size begins, and the next one.
fn bounds(sizes: &[u64], size: usize) -> Option<(u64, Option<u64>)> {
    if sizes.is_empty() {
        return None;
    }
    let from = size.checked_sub(1).and_then(|below| sizes.get(below));
    Some((from.copied().unwrap_or(0), sizes.get(size).copied()))
}

/// Whose photo it is, short: thousands of them stand in one basis.
fn token(other: &OtherPhoto) -> String {
    let content = other.content.get(..12).unwrap_or(&other.content);
    format!("{}:{content}", other.unit)
}

#[cfg(test)]
mod tests;
