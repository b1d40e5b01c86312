//! The conditions of a list: pieces of `WHERE` with their values, numbered as they come.

use jianjia_domain::unit::subtree;
use sqlx::{Any, AssertSqlSafe, any::AnyArguments, query::Query};

use crate::bulk::Value;

/// Conditions that all must hold. The SQL pieces are the program's own; what people type goes into values only.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    pieces: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// Takes a value and gives its parameter: `$3`.
    pub(crate) fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    pub(crate) fn and(&mut self, piece: String) {
        self.pieces.push(piece);
    }

    /// `column = value`.
    pub(crate) fn equals(&mut self, column: &str, value: impl Into<Value>) {
        let parameter = self.value(value);
        self.and(format!("{column} = {parameter}"));
    }

    /// `column` is one of the values; no row is when there are none.
    pub(crate) fn among<T: Into<Value>>(
        &mut self,
        column: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let parameters: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        self.and(if parameters.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("{column} IN ({})", parameters.join(", "))
        });
    }

    /// The rows within any of the subtrees; none when there are none.
    pub(crate) fn within(&mut self, column: &str, paths: &[String]) {
        let ranges: Vec<String> = paths
            .iter()
            .map(|path| {
                let (lower, upper) = subtree(path);
                let lower = self.value(lower);
                let upper = self.value(upper);
                format!("{column} >= {lower} AND {column} < {upper}")
            })
            .collect();
        self.and(if ranges.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("({})", ranges.join(" OR "))
        });
    }

    /// ` WHERE …`, or nothing.
    pub(crate) fn sql(&self) -> String {
        if self.pieces.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.pieces.join(" AND "))
        }
    }

    /// The query over a text that used the parameters given out.
    pub(crate) fn query(&self, sql: String) -> Query<'static, Any, AnyArguments> {
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in self.values.clone() {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Number(number) => query.bind(number),
                Value::NoText => query.bind(None::<String>),
                Value::NoNumber => query.bind(None::<i64>),
            };
        }
        query
    }
}

/// What somebody typed, as a pattern for `LIKE … ESCAPE '!'` that finds it anywhere.
pub(crate) fn anywhere(typed: &str) -> String {
    let mut pattern = "%".to_owned();
    for character in typed.trim().chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
