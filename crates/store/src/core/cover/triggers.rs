//! The triggers that note which rows a transaction writes, generated for each engine from the tables that the migrations make. On SQLite they are
//! temporary triggers of each writing connection; on PostgreSQL they are part of the schema.

use crate::core::{
    cover::{content, key, tables},
    db::Engine,
    schema::Table,
};

/// Drains what the triggers noted in this transaction: sequence number, table, key and content of each row. Rows of other transactions stay.
pub(super) fn drain_statement(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "DELETE FROM touched RETURNING place, table_name, row_key, content",
        Engine::Postgres => {
            "DELETE FROM touched WHERE xact = CAST(pg_current_xact_id() AS TEXT) RETURNING place, table_name, row_key, content"
        }
    }
}

/// The statements that set up a writing connection of SQLite.
pub(crate) fn of_sqlite() -> Vec<String> {
    let mut statements = vec![
        "CREATE TEMP TABLE touched (place INTEGER PRIMARY KEY, table_name TEXT NOT NULL, row_key TEXT NOT NULL, content TEXT NOT NULL)"
            .to_owned(),
        note_sqlite("audit", "line", "AFTER INSERT", &[("NEW.id", "''", "")]),
    ];
    for table in tables() {
        let (old, new) = (key(&table, "OLD."), key(&table, "NEW."));
        let now = content(&table, "NEW.");
        let moved = format!(" WHERE {old} <> {new}");
        statements.push(of_insert(&table));
        statements.push(note_sqlite(
            table.name,
            "update",
            &format!("AFTER UPDATE OF {}", covered_columns(&table)),
            &[(&old, "''", &moved), (&new, &now, "")],
        ));
        statements.push(note_sqlite(
            table.name,
            "delete",
            "AFTER DELETE",
            &[(&old, "''", "")],
        ));
    }
    statements
}

/// The trigger of SQLite that notes the rows inserted into a table.
pub(super) fn of_insert(table: &Table) -> String {
    let (new, now) = (key(table, "NEW."), content(table, "NEW."));
    let notes = [(new.as_str(), now.as_str(), "")];
    note_sqlite(table.name, "insert", "AFTER INSERT", &notes)
}

pub(super) fn name_of_insert(table: &str) -> String {
    format!("touch_{table}_insert")
}

/// A trigger that notes rows: key, content and condition of each.
fn note_sqlite(table: &str, name: &str, when: &str, notes: &[(&str, &str, &str)]) -> String {
    let notes: String = notes
        .iter()
        .map(|(key, content, condition)| {
            format!(
                " INSERT INTO touched (table_name, row_key, content) SELECT '{table}', {key}, {content}{condition};"
            )
        })
        .collect();
    format!("CREATE TEMP TRIGGER touch_{table}_{name} {when} ON main.{table} BEGIN{notes} END")
}

/// The script that sets up a PostgreSQL database; idempotent. Only digests of the contents are stored there.
pub(crate) fn of_postgres() -> String {
    let mut script = "CREATE UNLOGGED TABLE IF NOT EXISTS touched (
           place BIGSERIAL PRIMARY KEY, xact TEXT NOT NULL, table_name TEXT NOT NULL, row_key TEXT NOT NULL, content TEXT NOT NULL);
         CREATE INDEX IF NOT EXISTS touched_xact ON touched (xact);
         DELETE FROM touched;\n"
        .to_owned();
    script.push_str(&postgres_trigger(
        "audit",
        "INSERT",
        &note_postgres("audit", "NEW.id", "''"),
    ));
    for table in tables() {
        let (old, new) = (key(&table, "OLD."), key(&table, "NEW."));
        let gone = note_postgres(table.name, &old, "''");
        let now = format!(
            "SUBSTR(encode(sha256(convert_to({}, 'UTF8')), 'hex'), 1, {})",
            content(&table, "NEW."),
            super::DIGEST
        );
        let written = note_postgres(table.name, &new, &now);
        let body = format!(
            "IF TG_OP = 'DELETE' THEN {gone} RETURN NULL; END IF;
             IF TG_OP = 'UPDATE' THEN IF {old} <> {new} THEN {gone} END IF; END IF;
             {written}"
        );
        let when = format!("INSERT OR DELETE OR UPDATE OF {}", covered_columns(&table));
        script.push_str(&postgres_trigger(table.name, &when, &body));
    }
    script
}

fn note_postgres(table: &str, key: &str, content: &str) -> String {
    format!(
        "INSERT INTO touched (xact, table_name, row_key, content)
         VALUES (CAST(pg_current_xact_id() AS TEXT), '{table}', {key}, {content});"
    )
}

fn postgres_trigger(table: &str, when: &str, body: &str) -> String {
    format!(
        "CREATE OR REPLACE FUNCTION touch_{table}() RETURNS trigger LANGUAGE plpgsql AS $touch$ BEGIN {body} RETURN NULL; END $touch$;
         CREATE OR REPLACE TRIGGER touch_{table} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION touch_{table}();\n"
    )
}

fn covered_columns(table: &Table) -> String {
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    names.join(", ")
}
