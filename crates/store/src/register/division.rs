//! Administrative divisions: where a unit is located, as opposed to which unit it belongs to.

use anyhow::Result;
use sqlx::{Row, any::AnyRow};

use crate::core::{bulk, condition::Conditions, db::Tx};

/// A district, township (subdistrict) or village (community).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    pub code: String,
    pub parent_code: String,
    /// `district`, `township`, `village`.
    pub level: String,
    pub name: String,
    pub sort_key: String,
}

/// Inserts or updates divisions, by code.
pub async fn set(tx: &mut Tx, divisions: &[Division]) -> Result<()> {
    let columns = ["code", "parent_code", "level", "name", "sort_key"];
    let rows = divisions
        .iter()
        .map(|division| {
            vec![
                division.code.clone().into(),
                division.parent_code.clone().into(),
                division.level.clone().into(),
                division.name.clone().into(),
                division.sort_key.clone().into(),
            ]
        })
        .collect();
    bulk::upsert(tx, "division", &["code"], &columns, rows).await
}

/// Every division, by code.
pub async fn all(tx: &mut Tx) -> Result<Vec<Division>> {
    let rows = sqlx::query(
        "SELECT code, parent_code, level, name, sort_key
         FROM division
         ORDER BY code",
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.iter().map(division_of).collect()
}

/// The divisions of these levels, in Chinese order within their parents.
pub async fn of_levels(tx: &mut Tx, levels: &[&str]) -> Result<Vec<Division>> {
    let mut conditions = Conditions::default();
    conditions.among("level", levels.iter().copied());
    let sql = format!(
        "SELECT code, parent_code, level, name, sort_key
         FROM division{}
         ORDER BY parent_code, sort_key, code",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(division_of).collect()
}

/// A division and those that contain it, the largest first.
pub async fn chain(tx: &mut Tx, code: &str) -> Result<Vec<Division>> {
    let mut chain: Vec<Division> = Vec::new();
    let mut code = code.to_owned();
    while !code.is_empty() && chain.len() < 5 {
        let row = sqlx::query(
            "SELECT code, parent_code, level, name, sort_key
             FROM division
             WHERE code = $1",
        )
        .bind(code)
        .fetch_optional(&mut **tx)
        .await?;
        let Some(row) = row else { break };
        let division = division_of(&row)?;
        code = division.parent_code.clone();
        chain.insert(0, division);
    }
    Ok(chain)
}

fn division_of(row: &AnyRow) -> Result<Division> {
    Ok(Division {
        code: row.try_get("code")?,
        parent_code: row.try_get("parent_code")?,
        level: row.try_get("level")?,
        name: row.try_get("name")?,
        sort_key: row.try_get("sort_key")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn divisions_are_found_by_code_name_level_and_chain_on_both_engines() {
        let division = |code: &str, parent_code: &str, level: &str, name: &str| Division {
            code: code.to_owned(),
            parent_code: parent_code.to_owned(),
            level: level.to_owned(),
            name: name.to_owned(),
            sort_key: name.to_owned(),
        };
        let district = division("320402", "3204", "district", "天宁区");
        let township = division("320402004", "320402", "township", "红梅街道");
        let village = division("320402004001", "320402004", "village", "红梅村");
        let known = [district.clone(), township.clone(), village.clone()];
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let old_name = division("320402", "3204", "district", "天宁县");
            set(&mut tx, &[old_name]).await.unwrap();
            set(&mut tx, &known).await.unwrap();
            assert_eq!(all(&mut tx).await.unwrap(), known);
            assert_eq!(
                of_levels(&mut tx, &["township"]).await.unwrap(),
                std::slice::from_ref(&township)
            );
            assert_eq!(chain(&mut tx, "320402004001").await.unwrap(), known);
            assert_eq!(chain(&mut tx, "999").await.unwrap(), []);
        }
    }
}
