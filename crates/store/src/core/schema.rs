//! The tables as the migrations make them: what a backup contains and what the trail covers.

use crate::core::db::migration_texts;

/// A table: its columns, and those of its primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub columns: Vec<Column>,
    pub keys: Vec<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: &'static str,
    /// BIGINT; all others are TEXT.
    pub is_number: bool,
    /// The default that existing rows got when the column was added, as SQL.
    pub added_as: Option<&'static str>,
}

/// All tables, parsed from the migrations, which keep to one form: `CREATE TABLE name (`, then one column a line.
pub fn tables() -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for text in migration_texts() {
        let mut open = false;
        for line in text.lines() {
            let line = line.trim();
            let words: Vec<&'static str> = line.trim_end_matches(',').split_whitespace().collect();
            match words.as_slice() {
                ["CREATE", "TABLE", name, "("] => {
                    tables.push(Table {
                        name,
                        columns: Vec::new(),
                        keys: Vec::new(),
                    });
                    open = true;
                }
                ["ALTER", "TABLE", name, "ADD", "COLUMN", column, kind, ..] => {
                    if let Some(table) = tables.iter_mut().find(|table| table.name == *name) {
                        table.columns.push(Column {
                            name: column,
                            is_number: kind.trim_end_matches(';') == "BIGINT",
                            added_as: line
                                .split_once(" DEFAULT ")
                                .map(|(_, value)| value.trim_end_matches(';')),
                        });
                    }
                }
                ["ALTER", "TABLE", name, "DROP", "COLUMN", column] => {
                    if let Some(table) = tables.iter_mut().find(|table| table.name == *name) {
                        let dropped = column.trim_end_matches(';');
                        table.columns.retain(|column| column.name != dropped);
                    }
                }
                ["DROP", "TABLE", name] => {
                    let dropped = name.trim_end_matches(';');
                    tables.retain(|table| table.name != dropped);
                }
                [");"] | [")", ..] => open = false,
                ["PRIMARY", "KEY", ..] if open => {
                    if let Some(table) = tables.last_mut() {
                        let keys = line.trim_start_matches("PRIMARY KEY");
                        table.keys = keys
                            .split(['(', ')', ',', ' '])
                            .filter(|key| !key.is_empty())
                            .collect();
                    }
                }
                [column, kind, ..] if open && matches!(*kind, "TEXT" | "BIGINT") => {
                    if let Some(table) = tables.last_mut() {
                        table.columns.push(Column {
                            name: column,
                            is_number: *kind == "BIGINT",
                            added_as: None,
                        });
                        if line.contains(" PRIMARY KEY") {
                            table.keys = vec![column];
                        }
                    }
                }
                _ => {}
            }
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_migrations_is_seen_with_its_columns_and_key() {
        let tables = tables();
        let count = |word: &str| -> usize {
            migration_texts()
                .map(|text| text.matches(word).count())
                .sum()
        };
        assert_eq!(tables.len(), count("CREATE TABLE ") - count("DROP TABLE "));
        for table in &tables {
            assert!(!table.keys.is_empty(), "{} has no key", table.name);
        }
        let shape = |name: &str| {
            let table = tables.iter().find(|table| table.name == name).unwrap();
            let columns: Vec<_> = table
                .columns
                .iter()
                .map(|column| (column.name, column.is_number))
                .collect();
            (columns, table.keys.clone())
        };
        assert_eq!(
            shape("slip"),
            (
                vec![("hash", false), ("poll_id", false), ("number", true)],
                vec!["hash"]
            )
        );
        assert_eq!(
            shape("audit_seal"),
            (
                vec![
                    ("number", true),
                    ("first_position", true),
                    ("last_position", true),
                    ("previous_hash", false),
                    ("hash", false),
                    ("sealed_at", false)
                ],
                vec!["number"]
            )
        );
        let slip = tables.iter().find(|table| table.name == "slip").unwrap();
        assert_eq!(slip.columns[2].added_as, Some("0"));
        assert_eq!(shape("quota").1, ["year", "title", "unit_id"]);
    }
}
