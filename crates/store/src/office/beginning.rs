//! How far a new city has come: what the first steps on its administrator's desk are told by.

use anyhow::Result;
use sqlx::Row;

use crate::core::{
    bulk::{self, Value},
    db::Tx,
};

/// What there is of a new city so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Begun {
    /// Divisions below the city.
    pub divisions: i64,
    /// Rounds, of any year, whose days the city has set.
    pub rounds: i64,
    /// Places given to federations, in any year.
    pub places: i64,
}

pub async fn begun(tx: &mut Tx) -> Result<Begun> {
    let row = sqlx::query(
        "SELECT (SELECT CAST(COUNT(*) AS BIGINT) FROM division WHERE parent_code <> '') AS divisions,
                (SELECT CAST(COUNT(*) AS BIGINT) FROM round) AS rounds,
                (SELECT COALESCE(CAST(SUM(places) AS BIGINT), 0) FROM quota) AS places",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Begun {
        divisions: row.try_get("divisions")?,
        rounds: row.try_get("rounds")?,
        places: row.try_get("places")?,
    })
}

/// The active units of these kinds: how many there are, and at how many of them nobody holds the role in an account that is in use.
pub async fn without_role(tx: &mut Tx, kinds: &[&str], role: &str) -> Result<(i64, i64)> {
    let rows = bulk::select(
        tx,
        "SELECT CAST(COUNT(*) AS BIGINT) AS units,
                COALESCE(CAST(SUM(CASE WHEN EXISTS (
                  SELECT 1
                  FROM account_role
                  JOIN account ON account.id = account_role.account_id
                  WHERE account_role.unit_id = unit.id AND account_role.role = $1 AND account.state = 'active'
                ) THEN 0 ELSE 1 END) AS BIGINT), 0) AS without_one
         FROM unit
         WHERE state = 'active' AND kind IN ({words})",
        &[Value::from(role)],
        kinds.iter().map(|kind| (*kind).to_owned()),
    )
    .await?;
    let mut counts = (0, 0);
    for row in rows {
        counts.0 += row.try_get::<i64, _>("units")?;
        counts.1 += row.try_get::<i64, _>("without_one")?;
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_empty_instance_has_nothing_and_what_is_entered_is_counted_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            assert_eq!(begun(&mut tx).await.unwrap(), Begun::default());
            assert_eq!(
                without_role(&mut tx, &["district", "industry"], "approver")
                    .await
                    .unwrap(),
                (0, 0)
            );
            let columns = ["code", "parent_code", "level", "name", "sort_key"];
            let rows = [("3204", "", "city"), ("320402", "3204", "district")]
                .map(|(code, above, level)| {
                    [code, above, level, "某地", "mou"]
                        .map(Value::from)
                        .to_vec()
                })
                .to_vec();
            bulk::insert(&mut tx, "division", &columns, rows)
                .await
                .unwrap();
            assert_eq!(begun(&mut tx).await.unwrap().divisions, 1);
        }
    }
}
