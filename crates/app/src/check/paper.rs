//! The papers of spot checks, and of a whole year: what stands in them, with the fields of `papers/KIND.sample.json`.

pub mod report;
pub mod sample;
pub mod yearly;

use jianjia_domain::core::place::UnitPlace;
use jianjia_standard::Standard;
use jianjia_store::register::unit;

use crate::core::{
    app::App,
    error::{Error, Result},
};

/// Whose papers they are.
async fn city(app: &App) -> Result<UnitPlace> {
    let mut tx = app.db.read().await?;
    unit::root(&mut tx).await?.ok_or(Error::NotFound)
}

fn title_name(standard: &Standard, key: &str) -> String {
    let title = standard.title(key);
    title.map_or_else(|| key.to_owned(), |title| title.name.zh.clone())
}
