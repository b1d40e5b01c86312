//! Searching the trail: by union, person, title and day.

use anyhow::Result;
use jianjia_domain::core::audit::AuditLine;

use super::line_of;
use crate::core::{
    condition::{Conditions, anywhere},
    db::Tx,
    pinyin::called,
};

/// What an auditor filters by. An empty text matches everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub act: String,
    pub noun_id: String,
    /// Part of the name of the union that the line is about, its pinyin, or its credit code.
    pub union: String,
    /// Part of the name of who did it, or whom it is about, or its pinyin.
    pub person: String,
    /// Key of the title that the line is about.
    pub title: String,
    /// First and last day, inclusive, as the instants that bound them.
    pub from: String,
    pub until: String,
}

/// A page of a subtree's trail, newest first (keyset pagination): `before` is the id of the last line of the previous page, or empty.
pub async fn page(
    tx: &mut Tx,
    path: &str,
    filter: &AuditFilter,
    before: &str,
    limit: i64,
) -> Result<Vec<AuditLine>> {
    let mut conditions = Conditions::default();
    conditions.within("unit_path", &[path.to_owned()]);
    for (column, value) in [("act", &filter.act), ("noun_id", &filter.noun_id)] {
        if !value.is_empty() {
            conditions.equals(column, value.as_str());
        }
    }
    for (compare, value) in [
        ("at >=", filter.from.as_str()),
        ("at <", filter.until.as_str()),
        ("id <", before),
    ] {
        if !value.is_empty() {
            let value = conditions.value(value);
            conditions.and(format!("{compare} {value}"));
        }
    }
    about_union(&mut conditions, &filter.union);
    about_person(&mut conditions, &filter.person);
    about_title(&mut conditions, &filter.title);
    let limit = conditions.value(limit);
    let sql = format!(
        "SELECT id, at, account_id, account_name, act, noun, noun_id, unit_id, unit_path, detail
         FROM audit{}
         ORDER BY id DESC
         LIMIT {limit}",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter().map(line_of).collect()
}

/// By the unit's name, its pinyin, or its code.
fn about_union(conditions: &mut Conditions, typed: &str) {
    let typed = typed.trim();
    if typed.is_empty() {
        return;
    }
    let called = called(conditions, "unit.name", "unit.sort_key", typed);
    let code = conditions.value(typed.to_uppercase());
    conditions.and(format!(
        "unit_id IN (SELECT unit.id FROM unit WHERE {called} OR unit.credit_code = {code})"
    ));
}

/// By who did it, or by whom it is about: somebody of the register, an applicant, a holder, an account. Names that stand with the record itself are
/// those of its day.
fn about_person(conditions: &mut Conditions, typed: &str) {
    if typed.trim().is_empty() {
        return;
    }
    let mut ids_of = |table: &str| {
        let (name, key) = (format!("{table}.name"), format!("{table}.sort_key"));
        let called = called(conditions, &name, &key, typed);
        format!("SELECT {table}.id FROM {table} WHERE {called}")
    };
    let (people, accounts) = (ids_of("person"), ids_of("account"));
    let part = conditions.value(anywhere(typed));
    let of = |table: &str| {
        format!(
            "noun_id IN (
               SELECT {table}.id FROM {table}
               WHERE {table}.person_name LIKE {part} ESCAPE '!' OR {table}.person_id IN ({people}))"
        )
    };
    conditions.and(format!(
        "(account_name LIKE {part} ESCAPE '!' OR account_id IN ({accounts})
          OR noun_id IN ({accounts}) OR noun_id IN ({people}) OR {} OR {})",
        of("application"),
        of("honour"),
    ));
}

/// Applications and titles, and what is told by year and title.
fn about_title(conditions: &mut Conditions, title: &str) {
    if title.is_empty() {
        return;
    }
    let key = conditions.value(title);
    let part = conditions.value(anywhere(&format!("/{title}")));
    conditions.and(format!(
        "(noun_id IN (SELECT application.id FROM application WHERE application.title = {key})
          OR noun_id IN (SELECT honour.id FROM honour WHERE honour.title = {key})
          OR noun_id LIKE {part} ESCAPE '!')"
    ));
}

#[cfg(test)]
mod tests {
    use jianjia_domain::core::{
        audit::{Written, deed::Deed, object::Noun},
        ids::{AuditId, UnitId},
    };
    use sqlx::AssertSqlSafe;
    use uuid::Uuid;

    use super::*;
    use crate::{core::audit::append, testing};

    fn id(number: u128) -> String {
        UnitId(Uuid::from_u128(number)).to_string()
    }

    /// A line about a unit, by an account, on something.
    fn line(number: u128, unit: u128, account: (u128, &str), object: (Noun, u128)) -> AuditLine {
        let (account, name) = account;
        AuditLine {
            id: AuditId(Uuid::from_u128(number)),
            at: format!("2016-10-{number:02}T01:00:00Z").parse().unwrap(),
            account_id: id(account),
            account_name: name.to_owned(),
            act: Written::Known(Deed::ALL[0]),
            noun: Written::Known(object.0),
            noun_id: id(object.1),
            unit_id: Some(UnitId(Uuid::from_u128(unit))),
            unit_path: format!("/1/{unit}/"),
            detail: serde_json::json!({}),
        }
    }

    /// Two unions, an account of each, somebody of the register and the application for her.
    async fn six_lines(tx: &mut Tx) {
        let (hengyuan, chengyuan, wang, li, chen, application) = (2, 3, 20, 30, 40, 50);
        let rows = [
            format!(
                "INSERT INTO unit (id, number, path, kind, name, sort_key, credit_code, created_at, changed_at)
                 VALUES ('{}', 2, '/1/2/', 'grassroots', '恒源厂工会', 'heng yuan chang gong hui 恒源厂工会 hengyuanchanggonghui =hycgh', '81320400MC0000001X', '', ''),
                        ('{}', 3, '/1/3/', 'grassroots', '诚源厂工会', 'cheng yuan chang gong hui 诚源厂工会 chengyuanchanggonghui =cycgh', NULL, '', '')",
                id(hengyuan),
                id(chengyuan)
            ),
            format!(
                "INSERT INTO account (id, login, name, sort_key, password_hash, created_at, changed_at)
                 VALUES ('{}', 'w', '王小丽', 'wang xiao li 王小丽 wangxiaoli =wxl', '', '', ''),
                        ('{}', 'l', '李恒', 'li heng 李恒 liheng =lh', '', '', '')",
                id(wang),
                id(li)
            ),
            format!(
                "INSERT INTO person (id, unit_id, unit_path, name, sort_key, post, created_at, changed_at)
                 VALUES ('{}', '{}', '/1/2/', '陈静', 'chen jing 陈静 chenjing =cj', 'chair', '', '')",
                id(chen),
                id(hengyuan)
            ),
            format!(
                "INSERT INTO application (id, year, title, unit_id, unit_path, unit_name, unit_sort_key, person_id, person_name, state, at_unit_id, at_unit_path, since_at, created_by, created_at)
                 VALUES ('{}', 2016, 'trusted-kin', '{}', '/1/2/', '恒源厂工会', '', '{}', '陈静', 'draft', '', '', '', '', '')",
                id(application),
                id(hengyuan),
                id(chen)
            ),
        ];
        for sql in rows {
            sqlx::query(AssertSqlSafe(sql))
                .execute(&mut **tx)
                .await
                .unwrap();
        }
        let (wang, li) = ((wang, "王小丽"), (li, "李恒"));
        for line in [
            line(1, hengyuan, wang, (Noun::Unit, hengyuan)),
            line(2, chengyuan, li, (Noun::Unit, chengyuan)),
            line(3, hengyuan, li, (Noun::Person, chen)),
            line(4, hengyuan, li, (Noun::Application, application)),
            line(5, chengyuan, li, (Noun::Account, wang.0)),
            // Before accounts had keys, or of one that is gone.
            line(6, chengyuan, (99, "钱小丽"), (Noun::Unit, chengyuan)),
        ] {
            append(tx, &line).await.unwrap();
        }
    }

    #[tokio::test]
    async fn an_audit_is_searched_by_parts_of_names_and_whole_syllables_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            six_lines(&mut tx).await;
            let mut check = async |filter: AuditFilter, expect: &[u128]| {
                let lines = page(&mut tx, "/1/", &filter, "", 10).await.unwrap();
                let found: Vec<u128> = lines.iter().map(|line| line.id.0.as_u128()).collect();
                assert_eq!(found, expect, "{filter:?}");
            };
            for (typed, expect) in [
                ("hengyuan", &[4, 3, 1][..]),
                ("HengYuan", &[4, 3, 1]),
                ("hyc", &[4, 3, 1]),
                ("chengyuan", &[6, 5, 2]),
                ("yuan", &[6, 5, 4, 3, 2, 1]),
                ("engyuan", &[]),
                ("诚源", &[6, 5, 2]),
                ("源厂", &[6, 5, 4, 3, 2, 1]),
                ("81320400mc0000001x", &[4, 3, 1]),
                ("%", &[]),
                ("。", &[]),
            ] {
                let union = typed.to_owned();
                let filter = AuditFilter {
                    union,
                    ..AuditFilter::default()
                };
                check(filter, expect).await;
            }
            for (typed, expect) in [
                ("xiaoli", &[5, 1][..]),
                ("wxl", &[5, 1]),
                ("iaoli", &[]),
                ("小丽", &[6, 5, 1]),
                ("chenjing", &[4, 3]),
                ("静", &[4, 3]),
                ("hengjing", &[]),
                ("_", &[]),
            ] {
                let person = typed.to_owned();
                let filter = AuditFilter {
                    person,
                    ..AuditFilter::default()
                };
                check(filter, expect).await;
            }
            let both = AuditFilter {
                union: "hengyuan".to_owned(),
                person: "liheng".to_owned(),
                title: "trusted-kin".to_owned(),
                from: "2016-10-02T00:00:00Z".to_owned(),
                until: "2016-10-05T00:00:00Z".to_owned(),
                ..AuditFilter::default()
            };
            check(both, &[4]).await;
        }
    }
}
