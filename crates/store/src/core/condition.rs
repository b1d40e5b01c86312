//! The conditions of a list: pieces of `WHERE` with their values, numbered as they come.

use anyhow::Result;
use jianjia_domain::core::place::subtree;
use sqlx::{
    Any, AssertSqlSafe, Row,
    any::{AnyArguments, AnyRow},
    query::Query,
};

use crate::core::{bulk::Value, db::Tx};

/// Conditions that all must hold. The SQL pieces are the program's own; what people type goes into values only.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    pieces: Vec<String>,
    values: Vec<Value>,
    is_search: bool,
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
        let parameters = self.parameters(values);
        self.and(if parameters.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("{column} IN ({parameters})")
        });
    }

    /// Takes values and gives their parameters: `$3, $4`.
    fn parameters<T: Into<Value>>(&mut self, values: impl IntoIterator<Item = T>) -> String {
        let parameters: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        parameters.join(", ")
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

    /// A condition that has every row read: a search within texts.
    pub(crate) fn search(&mut self, piece: String) {
        self.is_search = true;
        self.and(piece);
    }

    /// A page of the rows that meet the conditions, and how many do in all.
    ///
    /// Few rows are found by what narrows them most and then sorted. Many are gone through in their order, in an index that has it, until
    /// the page is full. A search reads every row to count what it finds: where that is little, once, for the keys tell their number.
    pub(crate) async fn page(
        mut self,
        tx: &mut Tx,
        list: &List<'_>,
        (limit, offset): (i64, i64),
    ) -> Result<(Vec<AnyRow>, i64)> {
        let found = format!("FROM {}{}", list.table, self.sql());
        let keys = if self.is_search {
            self.few(tx, list, &found).await?
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
        } else if total <= FEW {
            format!("SELECT {} {found}", list.key)
        } else {
            let cut = self.cut(limit, offset);
            format!("SELECT {} {found} ORDER BY {}{cut}", list.key, list.order)
        };
        // The many are cut off already.
        let cut = if total <= FEW {
            self.cut(limit, offset)
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

    /// The keys of all that is found; none when these are not few.
    async fn few(&self, tx: &mut Tx, list: &List<'_>, found: &str) -> Result<Option<Vec<String>>> {
        // In one row: each row costs a way between two threads.
        let sql = format!(
            "SELECT COALESCE(STRING_AGG(found_key, ','), '')
             FROM (SELECT {} AS found_key {found} LIMIT {}) AS found",
            list.key,
            FEW + 1
        );
        let row = self.query(sql).fetch_one(&mut **tx).await?;
        let keys: String = row.try_get(0)?;
        let keys: Vec<String> = keys
            .split(',')
            .filter(|key| !key.is_empty())
            .map(str::to_owned)
            .collect();
        Ok(Some(keys).filter(|keys| keys.len() as i64 <= FEW))
    }

    fn cut(&mut self, limit: i64, offset: i64) -> String {
        format!(" LIMIT {} OFFSET {}", self.value(limit), self.value(offset))
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

/// Rows that are found and sorted sooner than others are gone through for them.
const FEW: i64 = 300;

/// A list that is looked at page by page: its rows are found in a table and then read from it and what is joined to it.
pub(crate) struct List<'a> {
    /// Where conditions and `order` look.
    pub(crate) table: &'a str,
    pub(crate) key: &'a str,
    pub(crate) order: &'a str,
    pub(crate) columns: &'a str,
    pub(crate) from: &'a str,
    /// The key and the order once more, as `from` names them.
    pub(crate) from_key: &'a str,
    pub(crate) from_order: &'a str,
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

    /// 400 villages, of which every fourth is called a lake.
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
