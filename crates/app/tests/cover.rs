//! The trail covers the records: whatever value, row or copy of a row is changed by hand in a table that decides something, `verify` names it.

use std::collections::{BTreeMap, BTreeSet};

use jianjia_app::{core::seal as seals, exchange::verification::verify};
use jianjia_demo::{
    self as demo, Size,
    testing::{self, TestCity, polling},
};
use jianjia_domain::core::{place::UnitKind, policy::Role};
use jianjia_store::core::{
    cover::{
        self,
        check::{self, DifferenceKind},
    },
    db::Tx,
    schema::{self, Table},
};
use jiff::civil::date;
use sqlx::{AssertSqlSafe, Row};

/// Changes of each kind for each table.
const ROUNDS: usize = 10;

/// A number that looks like chance and is the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// What is done to a row by a hand that the program knows nothing of.
#[derive(Clone, Copy, Debug)]
enum Change {
    Value,
    Copy,
    Removal,
}

async fn run(tx: &mut Tx, sql: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

/// The row's place among all of its table, as a condition that finds it.
async fn a_row(tx: &mut Tx, table: &Table, chance: &mut Chance) -> Option<String> {
    let count: i64 = sqlx::query(AssertSqlSafe(format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM {}",
        table.name
    )))
    .fetch_one(&mut **tx)
    .await
    .unwrap()
    .get(0);
    if count == 0 {
        return None;
    }
    let keys: Vec<String> = table
        .keys
        .iter()
        .map(|key| format!("CAST({key} AS TEXT)"))
        .collect();
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {} LIMIT 1 OFFSET {}",
        keys.join(", "),
        table.name,
        table.keys.join(", "),
        chance.below(count as usize)
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .fetch_one(&mut **tx)
        .await
        .unwrap();
    let conditions: Vec<String> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| format!("{key} = '{}'", row.get::<String, _>(index)))
        .collect();
    Some(conditions.join(" AND "))
}

/// The statement of a change of a row; nothing where the table has no place for it.
fn statement(table: &Table, change: Change, of: &str, chance: &mut Chance) -> String {
    let name = table.name;
    match change {
        Change::Removal => format!("DELETE FROM {name} WHERE {of}"),
        Change::Value => {
            let column = &table.columns[chance.below(table.columns.len())];
            let value = match column.is_number {
                true => format!("COALESCE({}, 0) + {}", column.name, 1 + chance.below(9)),
                false => format!("COALESCE({}, '') || '{}'", column.name, chance.below(10)),
            };
            format!("UPDATE {name} SET {} = {value} WHERE {of}", column.name)
        }
        Change::Copy => {
            // Under a key of its own, and with other values wherever two rows may not be alike.
            let values: Vec<String> = table
                .columns
                .iter()
                .map(|column| {
                    let is_key = table.keys.contains(&column.name);
                    match column.name {
                        name if is_key && column.is_number => format!("{name} + 7000000"),
                        name if is_key => format!("{name} || 'f'"),
                        "number" if column.is_number => "number + 7000000".to_owned(),
                        "path" => "path || '9/'".to_owned(),
                        "request_key" => "NULL".to_owned(),
                        "credit_code" if table.name == "unit" => "NULL".to_owned(),
                        "login" | "number" | "hash" => format!("{} || 'x'", column.name),
                        "position" => "position + 7000000".to_owned(),
                        name => name.to_owned(),
                    }
                })
                .collect();
            let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            format!(
                "INSERT INTO {name} ({}) SELECT {} FROM {name} WHERE {of}",
                columns.join(", "),
                values.join(", ")
            )
        }
    }
}

/// Does a change to a row chosen by chance; gives the row's key, or nothing where the table has no row or another rule of the database forbids it.
async fn changed(
    tx: &mut Tx,
    table: &Table,
    change: Change,
    chance: &mut Chance,
    of: String,
    spoiled: &mut BTreeSet<String>,
) -> Option<(String, String)> {
    let sql = format!(
        "SELECT {} FROM {} WHERE {of}",
        cover::key(table, ""),
        table.name
    );
    // Chosen twice, it may have another key by now.
    let row = sqlx::query(AssertSqlSafe(sql))
        .fetch_optional(&mut **tx)
        .await;
    let key: String = row.unwrap()?.get(0);
    if !spoiled.insert(format!("{} {key}", table.name)) {
        return None;
    }
    let sql = statement(table, change, &of, chance);
    // A statement that fails would end PostgreSQL's transaction.
    run(tx, "SAVEPOINT change").await.unwrap();
    match run(tx, &sql).await {
        Ok(1) => Some((key, sql)),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            run(tx, "ROLLBACK TO SAVEPOINT change").await.unwrap();
            None
        }
        other => panic!("{sql}: {other:?}"),
    }
}

const CHANGES: [Change; 3] = [Change::Value, Change::Copy, Change::Removal];

/// The covered tables with all their columns.
fn covered() -> Vec<Table> {
    let covered: Vec<&str> = cover::tables().iter().map(|table| table.name).collect();
    let mut tables = schema::tables();
    tables.retain(|table| covered.contains(&table.name));
    tables
}

async fn made() -> Vec<TestCity> {
    let cities = testing::both(date(2016, 10, 20)).await;
    for city in &cities {
        demo::make(&city.app, Size::SMALL).await.unwrap();
        seals::seal(&city.app).await.unwrap();
        assert_eq!(verify(&city.app).await.unwrap().faults, [""; 0]);
    }
    cities
}

#[tokio::test]
async fn every_change_by_hand_of_a_row_that_decides_is_found_and_named() {
    for city in made().await {
        let tables = covered();
        let mut chance = Chance(2016);
        let mut done = BTreeMap::<&str, usize>::new();
        for _ in 0..ROUNDS {
            let mut tx = city.app.db.write_again("by-hand").await.unwrap();
            let mut spoiled = BTreeSet::new();
            let mut expected = Vec::new();
            for table in &tables {
                // They are chosen before any is changed, which may give one the key of another.
                let mut rows = Vec::new();
                for change in CHANGES {
                    rows.extend(
                        a_row(&mut tx, table, &mut chance)
                            .await
                            .map(|row| (change, row)),
                    );
                }
                for (change, of) in rows {
                    let made = changed(&mut tx, table, change, &mut chance, of, &mut spoiled).await;
                    if let Some((key, sql)) = made {
                        expected.push((table.name, change, key, sql));
                        *done.entry(table.name).or_default() += 1;
                    }
                }
            }
            let found = check::compare(&mut tx).await.unwrap();
            let mut named: BTreeSet<(&str, &str)> = BTreeSet::new();
            let mut added = BTreeMap::<&str, usize>::new();
            for row in &found.differences {
                named.insert((row.table, &row.key));
                if row.kind == DifferenceKind::Added {
                    *added.entry(row.table).or_default() += 1;
                } else {
                    assert!(row.written_by.is_some(), "no act of {row:?}");
                }
            }
            let misplaced = check::misplaced(&mut tx).await.unwrap();
            named.extend(misplaced.iter().map(|(table, key)| (*table, key.as_str())));
            for (table, change, key, sql) in &expected {
                match change {
                    Change::Copy => assert!(added.contains_key(table), "not found: {sql}"),
                    Change::Value | Change::Removal => {
                        assert!(named.contains(&(*table, key.as_str())), "not found: {sql}");
                    }
                }
            }
        }
        // Nothing of it was committed.
        assert_eq!(verify(&city.app).await.unwrap().faults, [""; 0]);
        let mut tx = city.app.db.write_again("by-hand").await.unwrap();
        for table in &tables {
            let changes = done.get(table.name).copied().unwrap_or(0);
            let has_rows = a_row(&mut tx, table, &mut chance).await.is_some();
            // Of a table with a single row only the first of three changes comes about.
            assert!(
                !has_rows || changes >= ROUNDS / 2,
                "{}: {changes} changes",
                table.name
            );
        }
        assert!(done.len() > 20, "few tables have rows: {done:?}");
    }
}

#[tokio::test]
async fn every_change_by_hand_of_the_trail_itself_is_found() {
    for city in made().await {
        let app = &city.app;
        let mut chance = Chance(2017);
        for table in schema::tables() {
            if !["audit", "audit_record", "audit_seal"].contains(&table.name) {
                continue;
            }
            for change in CHANGES {
                let mut done = 0;
                while done < ROUNDS {
                    let mut tx = app.db.write_again("by-hand").await.unwrap();
                    let mut spoiled = BTreeSet::new();
                    let of = a_row(&mut tx, &table, &mut chance).await.unwrap();
                    let made =
                        changed(&mut tx, &table, change, &mut chance, of, &mut spoiled).await;
                    let Some((_, sql)) = made else { continue };
                    done += 1;
                    let breaks = seals::check(app, &mut tx).await.unwrap().breaks;
                    if breaks.is_empty() && check::misplaced(&mut tx).await.unwrap().is_empty() {
                        let damaged = check::compare(&mut tx).await.unwrap().damaged_records;
                        assert!(!damaged.is_empty(), "not found: {sql}");
                    }
                }
            }
        }
    }
}

/// What a vote writes has no line in the trail: its digests and the counts tell.
#[tokio::test]
async fn every_change_by_hand_of_what_voting_wrote_is_found() {
    for city in testing::both(date(2016, 10, 10)).await {
        let app = &city.app;
        let top = city.unit(None, UnitKind::City, "常州市总工会").await;
        let union = city
            .unit(Some(&top), UnitKind::Grassroots, "常州一机工会")
            .await;
        let chair = city.actor("王芳", &[(Role::Chair, &union)]).await;
        let poll = polling::open(app, &chair, &union, 2016, 30).await;
        for voter in 0..12 {
            poll.cast(app, voter, [1, 0, 0, 0]).await;
        }
        seals::seal(app).await.unwrap();
        assert_eq!(verify(app).await.unwrap().faults, [""; 0]);
        let mut chance = Chance(2018);
        let by_hand = async |sql: &str| {
            let mut tx = app.db.write_again("by-hand").await.unwrap();
            for sql in sql.split(';') {
                run(&mut tx, sql).await.unwrap();
            }
            tx.commit().await.unwrap();
        };
        for table in schema::tables() {
            let name = table.name;
            if !["tray", "slip_state"].contains(&name) {
                continue;
            }
            by_hand(&format!("CREATE TABLE kept AS SELECT * FROM {name}")).await;
            for change in CHANGES {
                for _ in 0..ROUNDS {
                    let mut tx = app.db.write_again("by-hand").await.unwrap();
                    let of = a_row(&mut tx, &table, &mut chance).await.unwrap();
                    let sql = statement(&table, change, &of, &mut chance);
                    assert_eq!(run(&mut tx, &sql).await.unwrap(), 1, "{sql}");
                    tx.commit().await.unwrap();
                    let faults = verify(app).await.unwrap().faults;
                    assert!(!faults.is_empty(), "not found: {sql}");
                    by_hand(&format!(
                        "DELETE FROM {name}; INSERT INTO {name} SELECT * FROM kept"
                    ))
                    .await;
                }
            }
            by_hand("DROP TABLE kept").await;
            assert_eq!(verify(app).await.unwrap().faults, [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_row_changed_by_hand_is_named_with_its_table_and_the_act_that_wrote_it() {
    for city in testing::both(date(2016, 10, 20)).await {
        let unit = city.unit(None, UnitKind::City, "常州市总工会").await;
        let actor = city.actor("李城", &[(Role::Auditor, &unit)]).await;
        let by_hand = async |sql: &str| {
            let mut tx = city.app.db.write_again("by-hand").await.unwrap();
            run(&mut tx, sql).await.unwrap();
            tx.commit().await.unwrap();
        };
        by_hand("UPDATE account_role SET role = 'approver'").await;
        by_hand("INSERT INTO account (id, login, name, password_hash, created_at, changed_at) VALUES ('x', 'x', 'x', 'x', 'x', 'x')").await;
        by_hand("DELETE FROM unit").await;
        let faults = verify(&city.app).await.unwrap().faults;
        let told: Vec<String> = faults
            .iter()
            .map(|fault| fault.split("审计行").next().unwrap_or_default().to_owned())
            .collect();
        let by = "最后写入它的是 2016-10-20T01:00:00Z 的“fixture”（";
        assert_eq!(
            told[..4],
            [
                "account 表的行 x 是库外添加的：没有一条审计记录写过它。".to_owned(),
                format!(
                    "account_role 表的行 {} {} approver 是库外添加的：没有一条审计记录写过它。",
                    actor.account, unit.id
                ),
                format!("unit 表的行 {} 不见了：{by}", unit.id),
                format!(
                    "account_role 表的行 {} {} auditor 不见了：{by}",
                    actor.account, unit.id
                ),
            ]
        );
    }
}
