//! The divisions as the register keeps them: the city, and the official ones below it.

use anyhow::{Context, Result};
use jianjia_domain::exchange::import::divisions::{DivisionRow, Level};

use crate::{core::pools::Division, register::tree::CITY};

/// # Errors
/// When one is of a level that the register doesn't know.
pub fn rows(divisions: &[Division]) -> Result<Vec<DivisionRow>> {
    let city = DivisionRow {
        code: CITY.to_owned(),
        parent_code: String::new(),
        level: Level::City,
        name: "常州市".to_owned(),
    };
    let below = divisions.iter().map(|division| {
        Ok(DivisionRow {
            code: division.code.clone(),
            parent_code: division.parent.clone(),
            level: Level::read(&division.level).context("the level of a division")?,
            name: division.name.clone(),
        })
    });
    std::iter::once(Ok(city)).chain(below).collect()
}
