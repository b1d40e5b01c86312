//! The reviewers' queue: applications by who holds them, filtered, counted, paged.

use anyhow::Result;
use jianjia_domain::{
    core::{
        ids::{AccountId, ApplicationId, UnitId},
        text::form::of_name,
    },
    round::application::Application,
};
use sqlx::Row;

use crate::{
    core::{
        condition::{Conditions, anywhere},
        db::Tx,
        pinyin,
    },
    register::unit::are_all_within,
    round::application::{COLUMNS, application_of},
};

/// Which applications a list shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub scope: Scope,
    pub year: Option<i16>,
    pub title: String,
    pub state: String,
    /// A step's act: endorse, decide, recommend, name.
    pub act: String,
    /// Part of a unit's or person's name, or of its pinyin.
    pub search: String,
    pub hands: Hands,
    /// Of what is at these units, files that their reviewer is through with are left out: they wait for the approver.
    pub unpassed_at: Vec<UnitId>,
    pub order: Order,
}

/// In whose hands a file is at the office that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hands {
    #[default]
    Any,
    Of(AccountId),
    Nobody,
    /// Its reviewer is through with it, and it waits for the approver.
    Passed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Under review at one of these units.
    At(Vec<UnitId>),
    /// Of units in these subtrees, drafts left out.
    Within(Vec<String>),
}

jianjia_standard::keyed! {
    #[derive(Default)]
    pub enum Order {
        /// Who has waited longest comes first.
        #[default]
        Waiting = "waiting",
        Name = "name",
        Newest = "newest",
    }
}

impl Order {
    fn sql(self) -> &'static str {
        match self {
            Order::Waiting => "since_at, id",
            Order::Name => "unit_sort_key, person_name, id",
            Order::Newest => "since_at DESC, id DESC",
        }
    }
}

/// The number of applications of one title, state and step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub title: String,
    pub state: String,
    pub act: String,
    pub applications: i64,
}

/// One page of the list.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<Vec<Application>> {
    let mut conditions = conditions(tx, filter).await?;
    let offset = conditions.value(offset);
    let limit = conditions.value(limit);
    let sql = format!(
        "SELECT {COLUMNS}
         FROM application{}
         ORDER BY {}
         LIMIT {limit} OFFSET {offset}",
        conditions.sql(),
        filter.order.sql()
    );
    conditions
        .query(sql)
        .fetch_all(&mut **tx)
        .await?
        .iter()
        .map(application_of)
        .collect()
}

/// The numbers of the whole list by title, state and step.
pub async fn counts(tx: &mut Tx, filter: &Filter) -> Result<Vec<Count>> {
    let conditions = conditions(tx, filter).await?;
    let sql = format!(
        "SELECT title, state, step_act, CAST(COUNT(*) AS BIGINT) AS applications
         FROM application{}
         GROUP BY title, state, step_act
         ORDER BY title, state, step_act",
        conditions.sql()
    );
    conditions
        .query(sql)
        .fetch_all(&mut **tx)
        .await?
        .iter()
        .map(|row| {
            Ok(Count {
                title: row.try_get("title")?,
                state: row.try_get("state")?,
                act: row.try_get("step_act")?,
                applications: row.try_get("applications")?,
            })
        })
        .collect()
}

/// The previous and the next application in a list, in its order.
pub async fn neighbours(
    tx: &mut Tx,
    filter: &Filter,
    application: &Application,
) -> Result<(Option<ApplicationId>, Option<ApplicationId>)> {
    let (before, after) = match filter.order {
        Order::Waiting | Order::Name => ("<", ">"),
        Order::Newest => (">", "<"),
    };
    let before = beside(tx, filter, application, before).await?;
    let after = beside(tx, filter, application, after).await?;
    Ok((before, after))
}

/// The nearest one whose place compares so with the application's.
async fn beside(
    tx: &mut Tx,
    filter: &Filter,
    application: &Application,
    compare: &str,
) -> Result<Option<ApplicationId>> {
    let person = application.person.as_ref();
    let place = match filter.order {
        Order::Waiting | Order::Newest => vec![("since_at", application.since_at.to_string())],
        Order::Name => vec![
            ("unit_sort_key", application.unit.sort_key.clone()),
            (
                "person_name",
                person.map_or_else(String::new, |person| person.name.clone()),
            ),
        ],
    };
    let mut conditions = conditions(tx, filter).await?;
    let mut columns = Vec::new();
    let mut values = Vec::new();
    for (column, value) in place
        .into_iter()
        .chain([("id", application.id.to_string())])
    {
        columns.push(column);
        values.push(conditions.value(value));
    }
    conditions.and(format!(
        "({}) {compare} ({})",
        columns.join(", "),
        values.join(", ")
    ));
    let way = if compare == "<" { " DESC" } else { "" };
    let order: Vec<String> = columns
        .iter()
        .map(|column| format!("{column}{way}"))
        .collect();
    let sql = format!(
        "SELECT id
         FROM application{}
         ORDER BY {}
         LIMIT 1",
        conditions.sql(),
        order.join(", ")
    );
    let row = conditions.query(sql).fetch_optional(&mut **tx).await?;
    row.map(|row| Ok(row.try_get::<String, _>("id")?.parse()?))
        .transpose()
}

async fn conditions(tx: &mut Tx, filter: &Filter) -> Result<Conditions> {
    let mut conditions = Conditions::default();
    match &filter.scope {
        Scope::At(units) => {
            at_units(&mut conditions, units);
            conditions.equals("state", "under-review");
        }
        Scope::Within(paths) => {
            if !are_all_within(tx, paths).await? {
                conditions.within("unit_path", paths);
            }
            conditions.and("state <> 'draft'".to_owned());
        }
    }
    if let Some(year) = filter.year {
        conditions.equals("year", i64::from(year));
    }
    for (column, value) in [
        ("title", &filter.title),
        ("state", &filter.state),
        ("step_act", &filter.act),
    ] {
        if !value.is_empty() {
            conditions.equals(column, value.as_str());
        }
    }
    if !filter.search.trim().is_empty() {
        let called = called(&mut conditions, &filter.search);
        conditions.and(called);
    }
    in_hands(&mut conditions, &filter.hands);
    unpassed(&mut conditions, &filter.unpassed_at);
    Ok(conditions)
}

/// By the unit's name or pinyin, or the person's.
fn called(conditions: &mut Conditions, typed: &str) -> String {
    let unit = pinyin::called(conditions, "unit_name", "unit_sort_key", typed);
    let part = conditions.value(anywhere(typed));
    let person = format!("person_name LIKE {part} ESCAPE '!'");
    match pinyin::matches(conditions, "person.sort_key", &of_name(typed)) {
        // The register has the person's key, looked up for the files of the list alone.
        Some(by_pinyin) => format!(
            "({unit} OR {person} OR EXISTS (
               SELECT 1 FROM person WHERE person.id = application.person_id AND {by_pinyin}))"
        ),
        None => format!("({unit} OR {person})"),
    }
}

/// Who has a file in hand at the office where it is.
const HELD: &str = "SELECT 1 FROM assignment
    WHERE assignment.application_id = application.id AND assignment.unit_id = application.at_unit_id";

/// Whether its reviewer is through with it as it is now.
pub(crate) fn passed() -> String {
    format!("EXISTS ({HELD} AND assignment.passed_since = application.since_at)")
}

fn in_hands(conditions: &mut Conditions, hands: &Hands) {
    match hands {
        Hands::Any => {}
        Hands::Nobody => conditions.and(format!("NOT EXISTS ({HELD})")),
        Hands::Passed => conditions.and(passed()),
        Hands::Of(account) => {
            let account = conditions.value(account.to_string());
            conditions.and(format!(
                "EXISTS ({HELD} AND assignment.account_id = {account})"
            ));
        }
    }
}

fn unpassed(conditions: &mut Conditions, units: &[UnitId]) {
    if units.is_empty() {
        return;
    }
    let units: Vec<String> = units
        .iter()
        .map(|unit| conditions.value(unit.to_string()))
        .collect();
    let (units, passed) = (units.join(", "), passed());
    conditions.and(format!("NOT (at_unit_id IN ({units}) AND {passed})"));
}

fn at_units(conditions: &mut Conditions, units: &[UnitId]) {
    let units: Vec<String> = units
        .iter()
        .map(|unit| conditions.value(unit.to_string()))
        .collect();
    conditions.and(if units.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("at_unit_id IN ({})", units.join(", "))
    });
}

#[cfg(test)]
mod tests {
    use jianjia_domain::{
        core::ids::PersonId,
        round::{
            application::{ApplicantPerson, State},
            assignment::Assignment,
        },
    };
    use uuid::Uuid;

    use super::*;
    use crate::{
        core::db::Tx,
        round::{
            application::{self, tests::example},
            assignment,
        },
        testing,
    };

    fn filter(scope: Scope) -> Filter {
        Filter {
            scope,
            year: Some(2016),
            title: String::new(),
            state: String::new(),
            act: String::new(),
            search: String::new(),
            hands: Hands::Any,
            unpassed_at: Vec::new(),
            order: Order::Waiting,
        }
    }

    fn township() -> Scope {
        Scope::At(vec![UnitId(Uuid::from_u128(3))])
    }

    /// Four under review at the township, one at the district, one draft.
    async fn six(tx: &mut Tx) {
        for number in 1..=6 {
            let mut application = example(number);
            application.state = match number {
                5 => State::UnderReview { step: 1 },
                6 => State::Draft,
                _ => State::UnderReview { step: 0 },
            };
            application::insert(tx, &application).await.unwrap();
        }
    }

    async fn names(tx: &mut Tx, filter: &Filter) -> Vec<String> {
        let list = list(tx, filter, 0, 10).await.unwrap();
        list.into_iter()
            .map(|application| application.unit.name)
            .collect()
    }

    #[tokio::test]
    async fn the_queue_holds_what_is_at_the_unit_and_nothing_else_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            six(&mut tx).await;
            let all = ["第1工会", "第2工会", "第3工会", "第4工会"];
            assert_eq!(names(&mut tx, &filter(township())).await, all);
            let page = list(&mut tx, &filter(township()), 2, 1).await.unwrap();
            assert_eq!(page[0].unit.name, "第3工会");
            let nowhere = filter(Scope::At(Vec::new()));
            assert_eq!(names(&mut tx, &nowhere).await, [""; 0]);
            // A draft is visible to its own union only.
            let within = filter(Scope::Within(vec!["/1/2/".to_owned()]));
            let counted = counts(&mut tx, &within).await.unwrap();
            let count = |act: &str, applications| Count {
                title: "model-home".to_owned(),
                state: "under-review".to_owned(),
                act: act.to_owned(),
                applications,
            };
            assert_eq!(counted, [count("decide", 1), count("endorse", 4)]);
        }
    }

    #[tokio::test]
    async fn the_queue_is_searched_literally_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            six(&mut tx).await;
            let searched = |search: &str| Filter {
                search: search.to_owned(),
                ..filter(township())
            };
            assert_eq!(names(&mut tx, &searched("第3")).await, ["第3工会"]);
            assert_eq!(names(&mut tx, &searched("%")).await, [""; 0]);
            let other = Filter {
                title: "trusted-home".to_owned(),
                ..filter(township())
            };
            assert_eq!(names(&mut tx, &other).await, [""; 0]);
        }
    }

    #[tokio::test]
    async fn the_queue_is_searched_by_whole_syllables_of_unions_and_people_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            let person = PersonId(Uuid::from_u128(40));
            for (number, name, key) in [
                (
                    1,
                    "恒源厂工会",
                    "heng yuan chang 恒源厂工会 hengyuanchang =hyc",
                ),
                (
                    2,
                    "诚源厂工会",
                    "cheng yuan chang 诚源厂工会 chengyuanchang =cyc",
                ),
                (
                    3,
                    "红梅厂工会",
                    "hong mei chang 红梅厂工会 hongmeichang =hmc",
                ),
            ] {
                let mut application = example(number);
                application.unit.name = name.to_owned();
                application.unit.sort_key = key.to_owned();
                application.person = (number == 3).then(|| ApplicantPerson {
                    id: person,
                    name: "陈静".to_owned(),
                });
                application::insert(&mut tx, &application).await.unwrap();
            }
            sqlx::query(
                "INSERT INTO person (id, unit_id, unit_path, name, sort_key, post, created_at, changed_at)
                 VALUES ($1, '', '', '陈静', 'chen jing 陈静 chenjing =cj', 'chair', '', '')",
            )
            .bind(person.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
            for (typed, expect) in [
                ("hengyuan", &["恒源厂工会"][..]),
                ("HengYuan", &["恒源厂工会"]),
                ("chengyuan", &["诚源厂工会"]),
                ("yuan", &["恒源厂工会", "诚源厂工会"]),
                ("cyc", &["诚源厂工会"]),
                ("engyuan", &[]),
                ("chenjing", &["红梅厂工会"]),
                ("cj", &["红梅厂工会"]),
                ("henjing", &[]),
                ("静", &["红梅厂工会"]),
                ("源厂", &["恒源厂工会", "诚源厂工会"]),
            ] {
                let searched = Filter {
                    search: typed.to_owned(),
                    ..filter(township())
                };
                assert_eq!(names(&mut tx, &searched).await, expect, "{typed}");
                let counted = counts(&mut tx, &searched).await.unwrap();
                let counted: i64 = counted.iter().map(|count| count.applications).sum();
                assert_eq!(counted, expect.len() as i64, "{typed}");
            }
        }
    }

    #[tokio::test]
    async fn a_file_knows_its_neighbours_in_the_queue_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            six(&mut tx).await;
            let all = filter(township());
            let around =
                async |tx: &mut Tx, number| neighbours(tx, &all, &example(number)).await.unwrap();
            assert_eq!(around(&mut tx, 1).await, (None, Some(example(2).id)));
            assert_eq!(
                around(&mut tx, 3).await,
                (Some(example(2).id), Some(example(4).id))
            );
            assert_eq!(around(&mut tx, 4).await, (Some(example(3).id), None));
            // Its neighbours are those of the list as it is ordered and filtered.
            let turned = Filter {
                order: Order::Newest,
                ..filter(township())
            };
            let around = neighbours(&mut tx, &turned, &example(3)).await.unwrap();
            assert_eq!(around, (Some(example(4).id), Some(example(2).id)));
            let by_name = Filter {
                order: Order::Name,
                search: "第1".to_owned(),
                ..filter(township())
            };
            let around = neighbours(&mut tx, &by_name, &example(3)).await.unwrap();
            assert_eq!(around, (Some(example(1).id), None));
        }
    }

    #[tokio::test]
    async fn the_queue_tells_whose_hands_a_file_is_in_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.write("test").await.unwrap();
            six(&mut tx).await;
            let account = AccountId(Uuid::from_u128(7));
            let held = |number: u128, unit: u128, is_passed: bool| Assignment {
                application: example(number).id,
                unit: UnitId(Uuid::from_u128(unit)),
                account,
                account_name: "周审核".to_owned(),
                assigned_by: account,
                assigned_by_name: "周审核".to_owned(),
                assigned_at: example(number).since_at,
                passed_since: is_passed.then(|| example(number).since_at),
            };
            // The third was in somebody's hands at an office that has it no more.
            for one in [held(1, 3, false), held(2, 3, true), held(3, 9, true)] {
                assignment::save(&mut tx, &one).await.unwrap();
            }
            let in_hands = |hands: Hands| Filter {
                hands,
                ..filter(township())
            };
            for (hands, expected) in [
                (Hands::Of(account), ["第1工会", "第2工会"].as_slice()),
                (Hands::Nobody, &["第3工会", "第4工会"]),
                (Hands::Passed, &["第2工会"]),
                (Hands::Of(AccountId(Uuid::from_u128(8))), &[]),
            ] {
                assert_eq!(names(&mut tx, &in_hands(hands)).await, expected);
            }
            // What the reviewer handed on is left out where the list is that of reviewers alone.
            let left = Filter {
                unpassed_at: vec![UnitId(Uuid::from_u128(3))],
                ..filter(township())
            };
            let unpassed = ["第1工会", "第3工会", "第4工会"];
            assert_eq!(names(&mut tx, &left).await, unpassed);
            assert_eq!(counts(&mut tx, &left).await.unwrap()[0].applications, 3);
            let elsewhere = Filter {
                unpassed_at: vec![UnitId(Uuid::from_u128(9))],
                ..filter(township())
            };
            assert_eq!(names(&mut tx, &elsewhere).await.len(), 4);
        }
    }
}
