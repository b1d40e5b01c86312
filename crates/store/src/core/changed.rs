//! Where in the tree a transaction changed what kept figures follow from. They are counted anew when it is committed.

use std::{collections::BTreeSet, pin::Pin};

use anyhow::Result;

use crate::core::db::Tx;

/// Brings kept figures up to date before the commit.
pub(crate) type Follow =
    for<'a> fn(&'a mut Tx, &'a Changed) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

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
