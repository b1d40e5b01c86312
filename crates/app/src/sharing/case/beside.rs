//! How others did what a criterion asks for: published cases that are tied to its clause, of unions of the same kind, class of size and trade first. Likeness
//! is read from an index; nothing is judged for it.

use std::{collections::BTreeMap, pin::Pin};

use jianjia_domain::core::{ids::UnitId, place::UnitPlace};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    sharing::case::{Likeness, beside},
};

use crate::{
    core::{
        app::App,
        error::{Error, Result},
    },
    round::home::{Other, Others},
};

/// So many stand beside a criterion; the others are a page of their own.
const SHOWN: i64 = 2;

/// The class of size and the trade of a union, as the register has it.
pub(super) async fn register_of(
    tx: &mut Tx,
    app: &App,
    id: &UnitId,
) -> Result<(Option<i64>, Option<String>)> {
    let found = unit::find(tx, id).await?.ok_or(Error::NotFound)?;
    let size = app.in_force().sharing.class_of(found.details.workers);
    Ok((size, found.details.employer_industry))
}

/// By what a union is like others.
pub(super) async fn likeness(tx: &mut Tx, app: &App, place: &UnitPlace) -> Result<Likeness> {
    let (size, industry) = register_of(tx, app, &place.id).await?;
    Ok(Likeness {
        unit: place.id,
        kind: place.kind,
        size,
        industry,
    })
}

/// The first cases for each of these clauses, and how many there are.
pub fn others_beside<'a>(
    tx: &'a mut Tx,
    app: &'a App,
    place: &'a UnitPlace,
    clauses: Vec<String>,
) -> Pin<Box<dyn Future<Output = Result<BTreeMap<String, Others>>> + Send + 'a>> {
    Box::pin(async move {
        let mut found: BTreeMap<String, Others> = BTreeMap::new();
        if clauses.is_empty() {
            return Ok(found);
        }
        let like = likeness(tx, app, place).await?;
        for one in beside(tx, &like, &clauses, SHOWN).await? {
            let others = found.entry(one.clause).or_default();
            others.total = one.total;
            others.first.push(Other {
                case: one.case,
                title: one.title,
                unit_name: one.unit_name,
            });
        }
        Ok(found)
    })
}
