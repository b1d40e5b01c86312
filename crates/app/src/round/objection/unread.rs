//! Objections that nobody may read: all of the city who handle them are of the unit's own federation, or named in them. They hold their candidates for
//! ever, so those who name are told how many there are; not which, nor by whom.

use std::collections::HashMap;

use anyhow::Context;
use jianjia_domain::core::place::UnitPlace;
use jianjia_store::{
    core::db::Tx,
    round::{application as applications, objection as objections},
};

use super::{city_handlers, concerned, content_of};
use crate::core::{app::App, error::Result};

/// How many objections to candidates for a title count, are open, and can be read by nobody who handles them.
pub(crate) async fn unread(
    tx: &mut Tx,
    app: &App,
    city: &UnitPlace,
    (year, title): (i16, &str),
) -> Result<i64> {
    let open = objections::open_of_title(tx, year, title).await?;
    if open.is_empty() {
        return Ok(0);
    }
    let handlers = city_handlers(tx, city).await?;
    let ids: Vec<_> = open.iter().map(|one| one.application).collect();
    let found = applications::find_many(tx, &ids).await?;
    let found: HashMap<_, _> = found.into_iter().map(|one| (one.id, one)).collect();
    let mut unread = 0;
    for objection in open {
        let application = found.get(&objection.application);
        let application = application.context("an objection is to an application")?;
        let content = content_of(app, &objection)?;
        let concerned = concerned(application, content.as_ref());
        if !handlers.iter().any(|handler| handler.may_read(&concerned)) {
            unread += 1;
        }
    }
    Ok(unread)
}
