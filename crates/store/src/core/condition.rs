//! The conditions of a list: pieces of `WHERE` with their values, parameters numbered in order.

use anyhow::Result;
use jianjia_domain::core::place::subtree;
use sqlx::{
    Any, AssertSqlSafe, Row,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use crate::core::{bulk::Value, db::Tx};

/// Conditions joined by `AND`. The SQL pieces are constants of the program; what people type is only ever bound as a value.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    pieces: Vec<String>,
    values: Vec<Value>,
    is_search: bool,
}

impl Conditions {
    /// Adds a value and returns its parameter: `$3`.
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

    /// `column IN (values)`; matches nothing if there are none.
    pub(crate) fn among<T: Into<Value>>(
        &mut self,
        column: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let parameters = self.parameters(values);
        self.and(if parameters.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("{column} IN ({parameters})")
        });
    }

    /// Adds values and returns their parameters: `$3, $4`.
    fn parameters<T: Into<Value>>(&mut self, values: impl IntoIterator<Item = T>) -> String {
        let parameters: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        parameters.join(", ")
    }

    /// Rows within any of the subtrees; matches nothing if there are none.
    pub(crate) fn within(&mut self, column: &str, paths: &[String]) {
        let piece = self.ranges(column, paths);
        self.and(piece);
    }

    /// The condition of `within`, for a statement inside the statement.
    pub(crate) fn ranges(&mut self, column: &str, paths: &[String]) -> String {
        let ranges: Vec<String> = paths
            .iter()
            .map(|path| {
                let (lower, upper) = subtree(path);
                let lower = self.value(lower);
                let upper = self.value(upper);
                format!("{column} >= {lower} AND {column} < {upper}")
            })
            .collect();
        if ranges.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("({})", ranges.join(" OR "))
        }
    }

    /// ` WHERE …`, or an empty text.
    pub(crate) fn sql(&self) -> String {
        if self.pieces.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", self.pieces.join(" AND "))
        }
    }

    /// A condition that no index serves, so every row is read: a text search.
    pub(crate) fn search(&mut self, piece: String) {
        self.is_search = true;
        self.and(piece);
    }

    /// One page of the rows that meet the conditions, and their total number.
    ///
    /// A small result is found by the most selective index and then sorted; a large one is read from an index that has the order, until the page is
    /// full. A text search scans the table once, for the keys; a result of up to `SORT_LIMIT` keys is also the count, so that no second scan is
    /// needed.
    pub(crate) async fn page(
        mut self,
        tx: &mut Tx,
        list: &List<'_>,
        (limit, offset): (i64, i64),
    ) -> Result<(Vec<AnyRow>, i64)> {
        let found = format!("FROM {}{}", list.table, self.sql());
        let keys = if self.is_search {
            self.keys_if_few(tx, list, &found).await?
        } else {
            None
        };
        let total = match &keys {
            Some(keys) => keys.len() as i64,
            None => self.count(tx, &found).await?,
        };
        if total == 0 {
            return Ok((Vec::new(), 0));
        }
        let among = if let Some(keys) = keys {
            self = Conditions::default();
            self.parameters(keys)
        } else if total <= SORT_LIMIT {
            format!("SELECT {} {found}", list.key)
        } else {
            let cut = self.limit_clause(limit, offset);
            format!("SELECT {} {found} ORDER BY {}{cut}", list.key, list.order)
        };
        // A large result is cut off in the subquery already.
        let cut = if total <= SORT_LIMIT {
            self.limit_clause(limit, offset)
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT {} FROM {} WHERE {} IN ({among}) ORDER BY {}{cut}",
            list.columns, list.from, list.from_key, list.from_order
        );
        Ok((self.query(sql).fetch_all(&mut **tx).await?, total))
    }

    async fn count(&self, tx: &mut Tx, found: &str) -> Result<i64> {
        let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) {found}");
        let row = self.query(sql).fetch_one(&mut **tx).await?;
        Ok(row.try_get(0)?)
    }

    /// The keys of all matches; `None` if there are more than `SORT_LIMIT`.
    async fn keys_if_few(
        &self,
        tx: &mut Tx,
        list: &List<'_>,
        found: &str,
    ) -> Result<Option<Vec<String>>> {
        // Aggregated into one row, since sqlx hands each row across threads.
        let sql = format!(
            "SELECT COALESCE(STRING_AGG(found_key, ','), '')
             FROM (SELECT {} AS found_key {found} LIMIT {}) AS found",
            list.key,
            SORT_LIMIT + 1
        );
        let row = self.query(sql).fetch_one(&mut **tx).await?;
        let keys: String = row.try_get(0)?;
        let keys: Vec<String> = keys
            .split(',')
            .filter(|key| !key.is_empty())
            .map(str::to_owned)
            .collect();
        Ok(Some(keys).filter(|keys| keys.len() as i64 <= SORT_LIMIT))
    }

    fn limit_clause(&mut self, limit: i64, offset: i64) -> String {
        format!(" LIMIT {} OFFSET {}", self.value(limit), self.value(offset))
    }

    /// Binds the values to a query text that uses their parameters.
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

/// The row of a table whose column, of which each value stands once, has this value.
pub(crate) async fn one(
    tx: &mut Tx,
    (columns, table): (&str, &str),
    column: &str,
    value: impl Into<Value>,
) -> Result<Option<AnyRow>> {
    let mut conditions = Conditions::default();
    conditions.equals(column, value);
    let sql = format!("SELECT {columns} FROM {table}{}", conditions.sql());
    Ok(conditions.query(sql).fetch_optional(&mut **tx).await?)
}

/// Up to this many matches, sorting them beats walking the index.
const SORT_LIMIT: i64 = 300;

/// A paged list: its rows are found in `table`, then read from `from`, which may join others to it.
pub(crate) struct List<'a> {
    /// What conditions and `order` refer to.
    pub(crate) table: &'a str,
    pub(crate) key: &'a str,
    pub(crate) order: &'a str,
    pub(crate) columns: &'a str,
    pub(crate) from: &'a str,
    /// Key and order again, with the names they have in `from`.
    pub(crate) from_key: &'a str,
    pub(crate) from_order: &'a str,
}

/// What somebody typed, as a pattern for `LIKE … ESCAPE '!'` that matches it anywhere in a text.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        register::division::{self, Division},
        testing,
    };

    const LIST: List = List {
        table: "division",
        key: "code",
        order: "sort_key DESC, code",
        columns: "listed.code",
        from: "division AS listed",
        from_key: "listed.code",
        from_order: "listed.sort_key DESC, listed.code",
    };

    /// 400 villages, every fourth of which is called a lake.
    fn villages() -> Vec<Division> {
        let village = |number: u32| Division {
            code: format!("{number:03}"),
            parent_code: String::new(),
            level: "village".to_owned(),
            name: if number.is_multiple_of(4) {
                "湖"
            } else {
                "村"
            }
            .to_owned(),
            sort_key: format!("{:03}", number / 2),
        };
        (0..400).map(village).collect()
    }

    #[tokio::test]
    async fn few_and_many_are_paged_in_the_same_order_searched_or_not() {
        for database in testing::both().await {
            let mut tx = database.db.write("divisions").await.unwrap();
            division::set(&mut tx, &villages()).await.unwrap();
            for (name, all) in [("湖", 100), ("村", 300), ("%", 400), ("山", 0)] {
                let mut expect: Vec<Division> = villages();
                expect.retain(|village| name == "%" || village.name == name);
                expect.sort_by(|one, other| {
                    (&other.sort_key, &one.code).cmp(&(&one.sort_key, &other.code))
                });
                for (limit, offset) in [(10, 0), (10, 95), (50, 290), (10, 500)] {
                    for is_search in [false, true] {
                        let mut conditions = Conditions::default();
                        let pattern = conditions.value(name);
                        let piece = format!("name LIKE {pattern}");
                        if is_search {
                            conditions.search(piece);
                        } else {
                            conditions.and(piece);
                        }
                        let (rows, total) = conditions
                            .page(&mut tx, &LIST, (limit, offset))
                            .await
                            .unwrap();
                        let found: Vec<String> =
                            rows.iter().map(|row| row.try_get(0).unwrap()).collect();
                        let expect: Vec<String> = expect
                            .iter()
                            .skip(offset as usize)
                            .take(limit as usize)
                            .map(|village| village.code.clone())
                            .collect();
                        assert_eq!((found, total), (expect, all), "{name} {offset} {is_search}");
                    }
                }
            }
        }
    }
}
