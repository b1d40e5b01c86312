//! Administrative divisions: choices in forms, and reading what was typed.

use jianjia_domain::{
    core::{refusal::Refusal, width::narrow},
    register::division::{Divisions, Known},
};
use jianjia_standard::division::DivisionWords;
use jianjia_store::{
    core::db::Tx,
    register::division::{self, Division},
};

use crate::core::{app::App, error::Result};

/// The districts of the city, for filters.
pub async fn districts(app: &App) -> Result<Vec<Division>> {
    let mut tx = app.db.read().await?;
    Ok(division::of_levels(&mut tx, &["district"]).await?)
}

/// The districts and townships, for choices in forms: each township's name follows its district's.
pub async fn choices(app: &App) -> Result<Vec<(String, String)>> {
    let mut tx = app.db.read().await?;
    let (districts, townships): (Vec<Division>, Vec<Division>) =
        division::of_levels(&mut tx, &["district", "township"])
            .await?
            .into_iter()
            .partition(|division| division.level == "district");
    let mut choices = Vec::new();
    for district in districts {
        choices.push((district.code.clone(), district.name.clone()));
        choices.extend(
            townships
                .iter()
                .filter(|township| township.parent_code == district.code)
                .map(|township| {
                    (
                        township.code.clone(),
                        format!("{}{}", district.name, township.name),
                    )
                }),
        );
    }
    Ok(choices)
}

/// The full name of a division.
pub async fn name(app: &App, code: &str) -> Result<String> {
    let mut tx = app.db.read().await?;
    full_name(&mut tx, code).await
}

/// The full name of a division, from the district down; the code itself if the table does not know it.
pub async fn full_name(tx: &mut Tx, code: &str) -> Result<String> {
    let chain = division::chain(tx, code).await?;
    if chain.is_empty() {
        return Ok(code.to_owned());
    }
    Ok(chain
        .iter()
        .map(|division| division.name.as_str())
        .collect())
}

/// The code of what was typed, by what the standard in force knows of divisions; empty for nothing.
///
/// # Errors
/// Inside: as `Divisions::read`.
pub async fn read(
    tx: &mut Tx,
    words: &DivisionWords,
    typed: &str,
) -> Result<std::result::Result<String, Refusal>> {
    if narrow(typed).is_empty() {
        return Ok(Ok(String::new()));
    }
    let known = load(tx).await?;
    Ok(known.read(words, typed).map_err(Refusal::from))
}

/// All divisions in memory, for reading what was typed.
pub async fn load(tx: &mut Tx) -> Result<Divisions> {
    let divisions = division::all(tx).await?;
    let known: Vec<Known<'_>> = divisions
        .iter()
        .map(|division| Known {
            code: &division.code,
            parent_code: &division.parent_code,
            name: &division.name,
        })
        .collect();
    Ok(Divisions::of(&known))
}
