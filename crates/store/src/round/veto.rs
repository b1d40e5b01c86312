//! Vetoes of units by year.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{UnitId, VetoId},
        place::subtree,
    },
    round::veto::{Lifting, Veto},
};
use sqlx::{Row, any::AnyRow};

use crate::core::{
    bulk::{self, Value},
    condition::{Conditions, anywhere},
    db::Tx,
    pinyin,
};

const COLUMNS: &str =
    "v.id, v.unit_id, v.unit_path, v.unit_name, v.year, v.clause, v.source, v.note, v.recorded_by,
    v.recorded_by_name, v.recorded_at, v.lifted_at, v.lifted_by_name, v.lift_reason";

/// Inserts a veto; false if the unit has one in force by the same clause for the year.
pub async fn record(tx: &mut Tx, veto: &Veto) -> Result<bool> {
    let row = sqlx::query(
        "INSERT INTO veto (id, unit_id, unit_path, unit_name, year, clause, source, note, recorded_by, recorded_by_name, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (unit_id, year, clause) WHERE lifted_at IS NULL DO NOTHING
         RETURNING id",
    )
    .bind(veto.id.to_string())
    .bind(veto.unit.to_string())
    .bind(&veto.unit_path)
    .bind(&veto.unit_name)
    .bind(i64::from(veto.year))
    .bind(&veto.clause)
    .bind(&veto.source)
    .bind(&veto.note)
    .bind(veto.recorded_by.map_or_else(String::new, |id| id.to_string()))
    .bind(&veto.recorded_by_name)
    .bind(veto.recorded_at.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.is_some())
}

/// Inserts vetoes that are neither lifted nor on record: for imports and the demo city.
pub async fn record_many(tx: &mut Tx, vetoes: &[Veto]) -> Result<()> {
    let rows = vetoes
        .iter()
        .map(|veto| {
            vec![
                veto.id.to_string().into(),
                veto.unit.to_string().into(),
                veto.unit_path.as_str().into(),
                veto.unit_name.as_str().into(),
                i64::from(veto.year).into(),
                veto.clause.as_str().into(),
                veto.source.as_str().into(),
                veto.note.as_str().into(),
                Value::Text(
                    veto.recorded_by
                        .map_or_else(String::new, |id| id.to_string()),
                ),
                veto.recorded_by_name.as_str().into(),
                veto.recorded_at.to_string().into(),
            ]
        })
        .collect();
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "unit_name",
        "year",
        "clause",
        "source",
        "note",
        "recorded_by",
        "recorded_by_name",
        "recorded_at",
    ];
    bulk::insert(tx, "veto", &columns, rows).await
}

/// Marks a veto as lifted; false if it is lifted already.
pub async fn lift(tx: &mut Tx, id: &VetoId, lifting: &Lifting) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE veto
         SET lifted_at = $2, lifted_by_name = $3, lift_reason = $4
         WHERE id = $1 AND lifted_at IS NULL",
    )
    .bind(id.to_string())
    .bind(lifting.at.to_string())
    .bind(&lifting.by_name)
    .bind(&lifting.reason)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn find(tx: &mut Tx, id: &VetoId) -> Result<Option<Veto>> {
    let query =
        Conditions::default().query(format!("SELECT {COLUMNS} FROM veto v WHERE v.id = $1"));
    let row = query.bind(id.to_string()).fetch_optional(&mut **tx).await?;
    row.map(|row| veto_of(&row)).transpose()
}

/// The vetoes in force for a unit in a year, by clause: its own, and for a branch those of its union.
pub async fn of_unit(tx: &mut Tx, unit: &UnitId, year: i16) -> Result<Vec<Veto>> {
    // A branch may be under another branch, so the query goes up to the first unit that is not a branch.
    let query = Conditions::default().query(format!(
        "WITH RECURSIVE over (id, kind, parent_id) AS (
           SELECT id, kind, parent_id FROM unit WHERE id = $1
           UNION ALL
           SELECT u.id, u.kind, u.parent_id FROM unit u JOIN over o ON u.id = o.parent_id WHERE o.kind = 'branch'
         )
         SELECT {COLUMNS}
         FROM veto v
         JOIN over o ON v.unit_id = o.id
         WHERE v.year = $2 AND v.lifted_at IS NULL
         ORDER BY v.id"
    ));
    let rows = query
        .bind(unit.to_string())
        .bind(i64::from(year))
        .fetch_all(&mut **tx)
        .await?;
    let mut vetoes: Vec<Veto> = rows.iter().map(veto_of).collect::<Result<_>>()?;
    vetoes.sort_by_key(|veto| clause_order(&veto.clause));
    Ok(vetoes)
}

/// The vetoes in force in a subtree: for imports and exports.
pub async fn within(tx: &mut Tx, path: &str) -> Result<Vec<Veto>> {
    let (lower, upper) = subtree(path);
    let query = Conditions::default().query(format!(
        "SELECT {COLUMNS}
         FROM veto v
         WHERE v.unit_path >= $1 AND v.unit_path < $2 AND v.lifted_at IS NULL
         ORDER BY v.year, v.unit_path, v.id"
    ));
    let rows = query.bind(lower).bind(upper).fetch_all(&mut **tx).await?;
    rows.iter().map(veto_of).collect()
}

/// Every veto a unit ever had, newest first, lifted ones included.
pub async fn history_of_unit(tx: &mut Tx, unit: &UnitId) -> Result<Vec<Veto>> {
    let query = Conditions::default().query(format!(
        "SELECT {COLUMNS}
         FROM veto v
         WHERE v.unit_id = $1
         ORDER BY v.year DESC, v.id DESC"
    ));
    let rows = query.bind(unit.to_string()).fetch_all(&mut **tx).await?;
    rows.iter().map(veto_of).collect()
}

/// The filter of a list of vetoes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VetoFilter {
    /// Only units within these subtrees.
    pub within: Vec<String>,
    pub year: Option<i16>,
    pub clause: Option<String>,
    /// `Some(true)`: only lifted ones; `Some(false)`: only those in force.
    pub lifted: Option<bool>,
    /// Part of the unit's name, as it was then or is now, or its pinyin.
    pub name: String,
}

/// One page of vetoes, newest first, and the total number of matches.
pub async fn list(
    tx: &mut Tx,
    filter: &VetoFilter,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Veto>, i64)> {
    let mut conditions = Conditions::default();
    conditions.within("v.unit_path", &filter.within);
    if let Some(year) = filter.year {
        conditions.equals("v.year", i64::from(year));
    }
    if let Some(clause) = &filter.clause {
        conditions.equals("v.clause", clause.as_str());
    }
    match filter.lifted {
        Some(true) => conditions.and("v.lifted_at IS NOT NULL".to_owned()),
        Some(false) => conditions.and("v.lifted_at IS NULL".to_owned()),
        None => {}
    }
    if !filter.name.trim().is_empty() {
        let then = conditions.value(anywhere(&filter.name));
        let now = pinyin::called(&mut conditions, "unit.name", "unit.sort_key", &filter.name);
        conditions.and(format!(
            "(v.unit_name LIKE {then} ESCAPE '!' OR v.unit_id IN (SELECT unit.id FROM unit WHERE {now}))"
        ));
    }
    let count = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM veto v{}",
        conditions.sql()
    );
    let total: i64 = conditions
        .query(count)
        .fetch_one(&mut **tx)
        .await?
        .try_get(0)?;
    let where_sql = conditions.sql();
    let limit = conditions.value(limit);
    let offset = conditions.value(offset);
    let rows = conditions
        .query(format!(
            "SELECT {COLUMNS}
             FROM veto v{where_sql}
             ORDER BY v.year DESC, v.id DESC
             LIMIT {limit} OFFSET {offset}"
        ))
        .fetch_all(&mut **tx)
        .await?;
    Ok((rows.iter().map(veto_of).collect::<Result<_>>()?, total))
}

/// Sorts V2 before V10.
fn clause_order(clause: &str) -> (usize, String) {
    (clause.len(), clause.to_owned())
}

fn veto_of(row: &AnyRow) -> Result<Veto> {
    let recorded_by: String = row.try_get("recorded_by")?;
    let lifted_at: Option<String> = row.try_get("lifted_at")?;
    let lifted = match lifted_at {
        None => None,
        Some(at) => Some(Lifting {
            at: at.parse()?,
            by_name: row.try_get("lifted_by_name")?,
            reason: row
                .try_get::<Option<String>, _>("lift_reason")?
                .unwrap_or_default(),
        }),
    };
    Ok(Veto {
        id: row.try_get::<String, _>("id")?.parse()?,
        unit: row.try_get::<String, _>("unit_id")?.parse()?,
        unit_path: row.try_get("unit_path")?,
        unit_name: row.try_get("unit_name")?,
        year: i16::try_from(row.try_get::<i64, _>("year")?)?,
        clause: row.try_get("clause")?,
        source: row.try_get("source")?,
        note: row.try_get("note")?,
        recorded_by: if recorded_by.is_empty() {
            None
        } else {
            Some(recorded_by.parse()?)
        },
        recorded_by_name: row.try_get("recorded_by_name")?,
        recorded_at: row.try_get::<String, _>("recorded_at")?.parse()?,
        lifted,
    })
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::ids::AccountId;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    fn id(number: u128) -> UnitId {
        UnitId(Uuid::from_u128(number))
    }

    async fn unit(tx: &mut Tx, number: u128, kind: &str, parent: Option<u128>, path: &str) {
        sqlx::query(
            "INSERT INTO unit (id, number, parent_id, path, kind, name, sort_key, created_at, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $6, '', '')",
        )
        .bind(id(number).to_string())
        .bind(number as i64)
        .bind(parent.map(|parent| id(parent).to_string()))
        .bind(path.to_owned())
        .bind(kind.to_owned())
        .bind(format!("{number}"))
        .execute(&mut **tx)
        .await
        .unwrap();
    }

    fn veto(number: u128, unit: u128, path: &str, clause: &str) -> Veto {
        Veto {
            id: VetoId(Uuid::from_u128(number)),
            unit: id(unit),
            unit_path: path.to_owned(),
            unit_name: format!("{unit}厂工会"),
            year: 2016,
            clause: clause.to_owned(),
            source: "市人社局函".to_owned(),
            note: "三个月".to_owned(),
            recorded_by: Some(AccountId(Uuid::from_u128(1))),
            recorded_by_name: "王五".to_owned(),
            recorded_at: "2016-10-05T01:00:00Z".parse().unwrap(),
            lifted: None,
        }
    }

    #[tokio::test]
    async fn a_branch_is_under_its_unions_vetoes_but_no_union_under_its_federations() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            unit(&mut tx, 2, "township", None, "/2/").await;
            unit(&mut tx, 3, "grassroots", Some(2), "/2/3/").await;
            unit(&mut tx, 4, "branch", Some(3), "/2/3/4/").await;
            unit(&mut tx, 5, "branch", Some(4), "/2/3/4/5/").await;
            let of_township = veto(1, 2, "/2/", "V1");
            let late = veto(2, 3, "/2/3/", "V10");
            let early = veto(3, 3, "/2/3/", "V2");
            for veto in [&of_township, &late, &early] {
                assert!(record(&mut tx, veto).await.unwrap());
            }
            for union in [3, 4, 5] {
                assert_eq!(
                    of_unit(&mut tx, &id(union), 2016).await.unwrap(),
                    [early.clone(), late.clone()]
                );
            }
            assert_eq!(of_unit(&mut tx, &id(3), 2017).await.unwrap(), []);
        }
    }

    #[tokio::test]
    async fn a_veto_is_recorded_once_lifted_once_and_may_come_again() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let first = veto(1, 3, "/2/3/", "V1");
            let again = veto(2, 3, "/2/3/", "V1");
            let lifting = Lifting {
                at: "2016-10-09T01:00:00Z".parse().unwrap(),
                by_name: "赵六".to_owned(),
                reason: "已补发".to_owned(),
            };
            let done = [
                record(&mut tx, &first).await.unwrap(),
                record(&mut tx, &again).await.unwrap(),
                lift(&mut tx, &first.id, &lifting).await.unwrap(),
                lift(&mut tx, &first.id, &lifting).await.unwrap(),
                record(&mut tx, &again).await.unwrap(),
            ];
            assert_eq!(done, [true, false, true, false, true]);
            let lifted = Veto {
                lifted: Some(lifting),
                ..first
            };
            assert_eq!(
                find(&mut tx, &lifted.id).await.unwrap(),
                Some(lifted.clone())
            );
            let filter = VetoFilter {
                within: vec!["/2/".to_owned()],
                ..VetoFilter::default()
            };
            assert_eq!(
                list(&mut tx, &filter, 10, 0).await.unwrap(),
                (vec![again.clone(), lifted.clone()], 2)
            );
            let narrowed = VetoFilter {
                year: Some(2016),
                clause: Some("V1".to_owned()),
                lifted: Some(true),
                name: "3厂".to_owned(),
                ..filter.clone()
            };
            assert_eq!(
                list(&mut tx, &narrowed, 10, 0).await.unwrap(),
                (vec![lifted.clone()], 1)
            );
            let elsewhere = VetoFilter {
                within: vec!["/20/".to_owned()],
                ..VetoFilter::default()
            };
            assert_eq!(list(&mut tx, &elsewhere, 10, 0).await.unwrap(), (vec![], 0));
            assert_eq!(
                history_of_unit(&mut tx, &id(3)).await.unwrap(),
                [again, lifted]
            );
        }
    }

    #[tokio::test]
    async fn vetoes_are_found_by_the_name_of_their_day_and_of_today_and_its_pinyin_on_both_engines()
    {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            for (number, name, key) in [
                (
                    3,
                    "恒源厂工会",
                    "heng yuan chang 恒源厂工会 hengyuanchang =hyc",
                ),
                (
                    4,
                    "诚源厂工会",
                    "cheng yuan chang 诚源厂工会 chengyuanchang =cyc",
                ),
            ] {
                let path = format!("/2/{number}/");
                unit(&mut tx, number, "grassroots", None, &path).await;
                sqlx::query("UPDATE unit SET name = $2, sort_key = $3 WHERE id = $1")
                    .bind(id(number).to_string())
                    .bind(name)
                    .bind(key)
                    .execute(&mut *tx)
                    .await
                    .unwrap();
                // It was called otherwise when it was recorded.
                let recorded = veto(number, number, &path, "V1");
                assert!(record(&mut tx, &recorded).await.unwrap());
            }
            for (typed, expect) in [
                ("hengyuan", &[3][..]),
                ("chengyuan", &[4]),
                ("yuanchang", &[4, 3]),
                ("cy", &[4]),
                ("engyuan", &[]),
                ("源厂", &[4, 3]),
                ("诚源", &[4]),
                ("3厂", &[3]),
                ("%", &[]),
            ] {
                let filter = VetoFilter {
                    within: vec!["/2/".to_owned()],
                    name: typed.to_owned(),
                    ..VetoFilter::default()
                };
                let (found, total) = list(&mut tx, &filter, 10, 0).await.unwrap();
                let found: Vec<u128> = found.iter().map(|veto| veto.id.0.as_u128()).collect();
                assert_eq!((&*found, total), (expect, expect.len() as i64), "{typed}");
            }
        }
    }
}
