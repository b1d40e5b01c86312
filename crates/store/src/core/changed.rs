//! Where in the tree a transaction changed what kept figures follow from. They are counted anew when it is committed.

use std::{collections::BTreeSet, pin::Pin};

use anyhow::Result;
use jianjia_domain::core::ids::UnitId;

use crate::core::db::Tx;

/// Brings kept figures up to date before the commit.
pub(crate) type Follow =
    for<'a> fn(&'a mut Tx, &'a Changed) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Carries along what is kept of the units of a subtree that moved from a path to another, after their rows were rewritten.
pub(crate) type Carry = for<'a> fn(
    &'a mut Tx,
    &'a str,
    &'a str,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Takes a unit that ended, by its id and the year in which it did, out of what is kept of the living.
pub(crate) type End = for<'a> fn(
    &'a mut Tx,
    &'a UnitId,
    i16,
) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Changed {
    #[default]
    Nowhere,
    /// At units of these paths.
    At(BTreeSet<String>),
    Everywhere,
}

impl Changed {
    pub(crate) fn add(&mut self, path: &str) {
        match self {
            Changed::Nowhere => *self = Changed::At(BTreeSet::from([path.to_owned()])),
            Changed::At(paths) if !paths.contains(path) => {
                paths.insert(path.to_owned());
            }
            Changed::At(_) | Changed::Everywhere => {}
        }
    }
}

/// Has everything that is kept of the tree counted anew at the commit: for rows that came in whole columns.
pub fn everywhere(tx: &mut Tx) {
    tx.changed = Changed::Everywhere;
}

/// Leaves what is kept of the tree as it is, because a later transaction has all of it counted anew.
pub fn counted_later(tx: &mut Tx) {
    tx.changed = Changed::Nowhere;
}

pub(crate) async fn settle(tx: &mut Tx) -> Result<()> {
    let changed = std::mem::take(&mut tx.changed);
    if changed == Changed::Nowhere {
        return Ok(());
    }
    for follow in crate::FOLLOWERS {
        follow(tx, &changed).await?;
    }
    Ok(())
}
