//! Administrative divisions: choices in forms, and reading what was typed.

use std::collections::HashMap;

use jianjia_domain::{
    core::{refusal::Refusal, width::narrow},
    register::unit::refusal::UnitRefusal,
};
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

/// The code of what was typed: a code, a name that only one division has, or a full name.
///
/// # Errors
/// Inside: `UnknownDivision` when it is none, or may be several.
pub async fn read(tx: &mut Tx, typed: &str) -> Result<std::result::Result<String, Refusal>> {
    let typed = narrow(typed);
    if typed.is_empty() {
        return Ok(Ok(String::new()));
    }
    let meant = division::meant(tx, &typed).await?;
    if let [one] = meant.as_slice() {
        return Ok(Ok(one.code.clone()));
    }
    let known = Known::load(tx).await?;
    Ok(known
        .read(&typed)
        .ok_or_else(|| UnitRefusal::UnknownDivision { typed }.into()))
}

/// All divisions in memory, for reading many rows.
pub struct Known {
    by_code: HashMap<String, String>,
    by_name: HashMap<String, Option<String>>,
}

impl Known {
    pub async fn load(tx: &mut Tx) -> Result<Known> {
        let divisions = division::all(tx).await?;
        let names: HashMap<&str, &Division> = divisions
            .iter()
            .map(|division| (division.code.as_str(), division))
            .collect();
        let mut by_name: HashMap<String, Option<String>> = HashMap::new();
        let mut add = |name: String, code: &str| {
            by_name
                .entry(name)
                .and_modify(|known| {
                    if known.as_deref() != Some(code) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(code.to_owned()));
        };
        for division in &divisions {
            // By its own name, and by that name with those of its parents before it.
            let mut name = division.name.clone();
            add(name.clone(), &division.code);
            let mut upper = names.get(division.parent_code.as_str());
            while let Some(above) = upper {
                name = format!("{}{name}", above.name);
                add(name.clone(), &division.code);
                upper = names.get(above.parent_code.as_str());
            }
        }
        Ok(Known {
            by_code: divisions
                .iter()
                .map(|division| (division.code.clone(), division.name.clone()))
                .collect(),
            by_name,
        })
    }

    /// The code of a division typed as code or name; `None` if no division or more than one matches.
    pub fn read(&self, typed: &str) -> Option<String> {
        if self.by_code.contains_key(typed) {
            return Some(typed.to_owned());
        }
        self.by_name.get(typed).cloned().flatten()
    }

    pub fn name(&self, code: &str) -> Option<&str> {
        self.by_code.get(code).map(String::as_str)
    }
}
