use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::core::schema::{Table, tables};

#[test]
fn every_table_is_in_the_archive_or_left_out_for_a_reason() {
    let all: BTreeSet<&str> = tables().iter().map(|table| table.name).collect();
    let archived: BTreeSet<&str> = nouns().map(|noun| noun.table).collect();
    let left_out: BTreeSet<&str> = LEFT_OUT.iter().map(|(table, _)| *table).collect();
    assert_eq!(
        archived.intersection(&left_out).collect::<Vec<_>>(),
        [&""; 0]
    );
    assert_eq!(&archived | &left_out, all);
    let names: BTreeSet<&str> = nouns().map(|noun| noun.name).collect();
    assert_eq!(names.len(), nouns().count());
}

#[test]
fn every_column_is_a_field_or_left_out_and_of_its_kind() {
    let tables: BTreeMap<&str, Table> = tables()
        .into_iter()
        .map(|table| (table.name, table))
        .collect();
    for noun in nouns() {
        let table = &tables[noun.table];
        let fields = noun.fields();
        let groups = noun.columns.split(';').map(str::split_whitespace);
        let words: usize = groups.map(|words| words.count() - 1).sum();
        assert_eq!(
            fields.len(),
            words,
            "{}: a kind that there is not",
            noun.name
        );
        let mut told: BTreeSet<&str> = fields.iter().map(|field| field.name).collect();
        assert_eq!(told.len(), fields.len(), "{}: twice", noun.name);
        for (name, _) in noun.says {
            assert!(told.contains(name), "{}: {name} is explained", noun.name);
        }
        for out in noun.out.split_whitespace() {
            assert!(told.insert(out), "{}: {out}", noun.name);
        }
        let columns: BTreeSet<&str> = table.columns.iter().map(|column| column.name).collect();
        let common = COLUMNS_LEFT_OUT.iter().map(|(name, _)| *name);
        told.extend(common.filter(|name| columns.contains(name)));
        assert_eq!(told, columns, "{}", noun.name);
        for field in fields {
            let found = table
                .columns
                .iter()
                .find(|column| column.name == field.name);
            let is_number = matches!(field.kind, FieldKind::Number | FieldKind::Truth);
            assert_eq!(
                found.map(|column| column.is_number),
                Some(is_number),
                "{}: {}",
                noun.name,
                field.name
            );
        }
    }
}

#[test]
fn a_schema_says_what_a_line_is() {
    let schema = noun("slip-batch").unwrap().schema();
    assert_eq!(
        schema["properties"]["made_at"],
        serde_json::json!({ "type": "string", "format": "date-time" })
    );
    let schema = noun("visit").unwrap().schema();
    assert_eq!(
        schema["properties"]["colour"]["type"],
        serde_json::json!(["string", "null"])
    );
    assert_eq!(schema["additionalProperties"], false);
}
