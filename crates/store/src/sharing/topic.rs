//! Topics of study, and what unions say on them.

use anyhow::{Context, Result};
use jianjia_domain::{
    core::{
        ids::{ContributionId, TopicId, UnitId},
        place::UnitKind,
    },
    sharing::topic::{Closing, Contribution, ContributionAnswer, Topic},
};
use jiff::{Timestamp, civil::Date};
use sqlx::{Row, any::AnyRow};

use crate::core::{
    bulk,
    condition::{Conditions, List, one},
    db::Tx,
};

const COLUMNS: &str = "id, unit_id, unit_path, unit_name, title, question, kinds, opens_on, closes_on, opened_by_name, opened_at, summary, closed_by_name,
    closed_at, revision";

const SAID: &str = "id, topic_id, unit_id, unit_path, unit_name, text, evidence_id, by_name, at, answer, answered_by_name, answered_at, retracted_at";

pub async fn insert(tx: &mut Tx, topic: &Topic, request_hash: &str) -> Result<()> {
    let columns = [
        "id",
        "unit_id",
        "unit_path",
        "unit_name",
        "title",
        "question",
        "kinds",
        "opens_on",
        "closes_on",
        "opened_by_name",
        "opened_at",
        "request_hash",
        "revision",
    ];
    let kinds: String = topic
        .kinds
        .iter()
        .map(|kind| format!("{},", kind.key()))
        .collect();
    let kinds = if kinds.is_empty() {
        kinds
    } else {
        format!(",{kinds}")
    };
    let row = vec![
        topic.id.to_string().into(),
        topic.unit.to_string().into(),
        topic.unit_path.as_str().into(),
        topic.unit_name.as_str().into(),
        topic.title.as_str().into(),
        topic.question.as_str().into(),
        kinds.into(),
        topic.opens_on.to_string().into(),
        topic.closes_on.to_string().into(),
        topic.opened_by_name.as_str().into(),
        topic.opened_at.to_string().into(),
        request_hash.into(),
        topic.revision.into(),
    ];
    bulk::insert(tx, "topic", &columns, vec![row]).await
}

pub async fn find(tx: &mut Tx, id: &TopicId) -> Result<Option<Topic>> {
    let row = one(tx, (COLUMNS, "topic"), "id", id.to_string()).await?;
    row.as_ref().map(topic_of).transpose()
}

/// The topic that came with the same form.
pub async fn of_request(tx: &mut Tx, request_hash: &str) -> Result<Option<Topic>> {
    if request_hash.is_empty() {
        return Ok(None);
    }
    let row = one(tx, (COLUMNS, "topic"), "request_hash", request_hash).await?;
    row.as_ref().map(topic_of).transpose()
}

/// Whose topics somebody reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicFilter {
    /// Subtrees whose offices' topics one sees.
    pub within: Vec<String>,
    /// Paths of units whose topics are for those below: those of one's own units, and above them.
    pub offered_by: Vec<String>,
    /// The kinds of one's own unions, for topics that are for some kinds alone; empty where one is of an office.
    pub kinds: Vec<UnitKind>,
    /// Only those that take contributions on this day.
    pub open_on: Option<Date>,
}

/// A page of the topics that are for somebody, those that end last first; and how many there are.
pub async fn list(
    tx: &mut Tx,
    filter: &TopicFilter,
    portion: (i64, i64),
) -> Result<(Vec<Topic>, i64)> {
    let mut conditions = Conditions::default();
    let seen = conditions.ranges("unit_path", &filter.within);
    let offered = offered(&mut conditions, &filter.offered_by);
    let of_kinds = of_kinds(&mut conditions, &filter.kinds);
    conditions.and(format!("({seen} OR ({offered} AND {of_kinds}))"));
    if let Some(day) = filter.open_on {
        let (from, to) = (
            conditions.value(day.to_string()),
            conditions.value(day.to_string()),
        );
        conditions.and(format!(
            "closed_at = '' AND opens_on <= {from} AND closes_on >= {to}"
        ));
    }
    let list = List {
        table: "topic",
        key: "id",
        order: "closes_on DESC, id DESC",
        columns: COLUMNS,
        from: "topic",
        from_key: "id",
        from_order: "closes_on DESC, id DESC",
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let topics = rows.iter().map(topic_of).collect::<Result<_>>()?;
    Ok((topics, total))
}

/// The condition that something was offered by one of the units at these paths.
pub(super) fn offered(conditions: &mut Conditions, paths: &[String]) -> String {
    let parameters: Vec<String> = paths
        .iter()
        .map(|path| conditions.value(path.as_str()))
        .collect();
    if parameters.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("unit_path IN ({})", parameters.join(", "))
    }
}

fn of_kinds(conditions: &mut Conditions, kinds: &[UnitKind]) -> String {
    if kinds.is_empty() {
        return "1 = 1".to_owned();
    }
    let mut pieces = vec!["kinds = ''".to_owned()];
    for kind in kinds {
        let pattern = conditions.value(format!("%,{},%", kind.key()));
        pieces.push(format!("kinds LIKE {pattern}"));
    }
    format!("({})", pieces.join(" OR "))
}

/// Sums a topic up; false when somebody did before.
pub async fn close(tx: &mut Tx, id: &TopicId, closing: &Closing) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE topic
         SET summary = $2, closed_by_name = $3, closed_at = $4, revision = revision + 1
         WHERE id = $1 AND closed_at = ''",
    )
    .bind(id.to_string())
    .bind(closing.summary.clone())
    .bind(closing.by_name.clone())
    .bind(closing.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn contribute(
    tx: &mut Tx,
    said: &Contribution,
    by: &str,
    request_hash: &str,
) -> Result<()> {
    let columns = [
        "id",
        "topic_id",
        "unit_id",
        "unit_path",
        "unit_name",
        "text",
        "evidence_id",
        "by_id",
        "by_name",
        "at",
        "request_hash",
    ];
    let row = vec![
        said.id.to_string().into(),
        said.topic.to_string().into(),
        said.unit.to_string().into(),
        said.unit_path.as_str().into(),
        said.unit_name.as_str().into(),
        said.text.as_str().into(),
        said.file
            .map_or_else(String::new, |id| id.to_string())
            .into(),
        by.into(),
        said.by_name.as_str().into(),
        said.at.to_string().into(),
        request_hash.into(),
    ];
    bulk::insert(tx, "topic_contribution", &columns, vec![row]).await
}

pub async fn contribution(tx: &mut Tx, id: &ContributionId) -> Result<Option<Contribution>> {
    let row = one(tx, (SAID, "topic_contribution"), "id", id.to_string()).await?;
    row.as_ref().map(said_of).transpose()
}

/// What came with the same form.
pub async fn contribution_of_request(
    tx: &mut Tx,
    request_hash: &str,
) -> Result<Option<Contribution>> {
    if request_hash.is_empty() {
        return Ok(None);
    }
    let known = ("request_hash", request_hash);
    let row = one(tx, (SAID, "topic_contribution"), known.0, known.1).await?;
    row.as_ref().map(said_of).transpose()
}

/// A page of what was said on a topic and not taken back, oldest first; and how much there is.
pub async fn contributions(
    tx: &mut Tx,
    topic: &TopicId,
    portion: (i64, i64),
) -> Result<(Vec<Contribution>, i64)> {
    let mut conditions = Conditions::default();
    conditions.equals("topic_id", topic.to_string());
    conditions.and("retracted_at = ''".to_owned());
    let list = List {
        table: "topic_contribution",
        key: "id",
        order: "id",
        columns: SAID,
        from: "topic_contribution",
        from_key: "id",
        from_order: "id",
    };
    let (rows, total) = conditions.page(tx, &list, portion).await?;
    let said = rows.iter().map(said_of).collect::<Result<_>>()?;
    Ok((said, total))
}

/// The unions that said something on a topic, each once.
pub async fn contributors(tx: &mut Tx, topic: &TopicId) -> Result<Vec<UnitId>> {
    let rows = sqlx::query(
        "SELECT DISTINCT unit_id
         FROM topic_contribution
         WHERE topic_id = $1 AND retracted_at = ''
         ORDER BY unit_id",
    )
    .bind(topic.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>("unit_id")?.parse()?))
        .collect()
}

/// Of these topics, those on which a union has said something.
pub async fn answered_by(tx: &mut Tx, unit: &UnitId) -> Result<Vec<TopicId>> {
    let rows = sqlx::query(
        "SELECT DISTINCT topic_id
         FROM topic_contribution
         WHERE unit_id = $1 AND retracted_at = ''
         ORDER BY topic_id",
    )
    .bind(unit.to_string())
    .fetch_all(&mut **tx)
    .await?;
    rows.iter()
        .map(|row| Ok(row.try_get::<String, _>("topic_id")?.parse()?))
        .collect()
}

/// Keeps the answer to a contribution; false when there is one, or it was taken back.
pub async fn answer(tx: &mut Tx, id: &ContributionId, answer: &ContributionAnswer) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE topic_contribution
         SET answer = $2, answered_by_name = $3, answered_at = $4
         WHERE id = $1 AND answered_at = '' AND retracted_at = ''",
    )
    .bind(id.to_string())
    .bind(answer.text.clone())
    .bind(answer.by_name.clone())
    .bind(answer.at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a contribution back; false when it was before.
pub async fn retract(tx: &mut Tx, id: &ContributionId, at: Timestamp) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE topic_contribution
         SET retracted_at = $2
         WHERE id = $1 AND retracted_at = ''",
    )
    .bind(id.to_string())
    .bind(at.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How many contributions each of these topics has.
pub async fn counts(tx: &mut Tx, topics: &[TopicId]) -> Result<Vec<(TopicId, i64)>> {
    let mut conditions = Conditions::default();
    conditions.among("topic_id", topics.iter().map(TopicId::to_string));
    conditions.and("retracted_at = ''".to_owned());
    let sql = format!(
        "SELECT topic_id, CAST(COUNT(*) AS BIGINT) AS said
         FROM topic_contribution{}
         GROUP BY topic_id",
        conditions.sql()
    );
    let rows = conditions.query(sql).fetch_all(&mut **tx).await?;
    rows.iter()
        .map(|row| {
            let id: String = row.try_get("topic_id")?;
            Ok((id.parse()?, row.try_get("said")?))
        })
        .collect()
}

fn topic_of(row: &AnyRow) -> Result<Topic> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let closed_at = text("closed_at")?;
    let kinds = text("kinds")?;
    let kinds = kinds.split(',').filter(|key| !key.is_empty());
    Ok(Topic {
        id: text("id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        title: text("title")?,
        question: text("question")?,
        kinds: kinds
            .map(|key| UnitKind::from_key(key).with_context(|| format!("no kind {key}")))
            .collect::<Result<_>>()?,
        opens_on: text("opens_on")?.parse()?,
        closes_on: text("closes_on")?.parse()?,
        opened_by_name: text("opened_by_name")?,
        opened_at: text("opened_at")?.parse()?,
        closing: match closed_at.as_str() {
            "" => None,
            at => Some(Closing {
                summary: text("summary")?,
                by_name: text("closed_by_name")?,
                at: at.parse()?,
            }),
        },
        revision: row.try_get("revision")?,
    })
}

fn said_of(row: &AnyRow) -> Result<Contribution> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let answered_at = text("answered_at")?;
    Ok(Contribution {
        id: text("id")?.parse()?,
        topic: text("topic_id")?.parse()?,
        unit: text("unit_id")?.parse()?,
        unit_path: text("unit_path")?,
        unit_name: text("unit_name")?,
        text: text("text")?,
        file: some(text("evidence_id")?)
            .map(|id| id.parse())
            .transpose()?,
        by_name: text("by_name")?,
        at: text("at")?.parse()?,
        answer: match answered_at.as_str() {
            "" => None,
            at => Some(ContributionAnswer {
                text: text("answer")?,
                by_name: text("answered_by_name")?,
                at: at.parse()?,
            }),
        },
        retracted_at: some(text("retracted_at")?)
            .map(|at| at.parse())
            .transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;
    use crate::testing;

    fn topic(number: u128, path: &str, kinds: Vec<UnitKind>) -> Topic {
        Topic {
            id: TopicId(Uuid::from_u128(number)),
            unit: UnitId(Uuid::from_u128(100)),
            unit_path: path.to_owned(),
            unit_name: "市总工会".to_owned(),
            title: format!("题目{number}"),
            question: "怎样".to_owned(),
            kinds,
            opens_on: date(2016, 10, 10),
            closes_on: date(2016, 11, number as i8),
            opened_by_name: "李".to_owned(),
            opened_at: Timestamp::UNIX_EPOCH,
            closing: None,
            revision: 1,
        }
    }

    async fn numbers(tx: &mut Tx, filter: &TopicFilter) -> Vec<u128> {
        let (found, total) = list(tx, filter, (10, 0)).await.unwrap();
        assert_eq!(found.len() as i64, total);
        found.iter().map(|topic| topic.id.0.as_u128()).collect()
    }

    #[tokio::test]
    async fn topics_are_listed_for_those_whom_they_are_for_on_both_engines() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let villages = vec![UnitKind::Village];
            for (one, hash) in [
                (topic(1, "/1/", Vec::new()), "a"),
                (topic(2, "/1/2/", villages), ""),
                (topic(3, "/1/3/", Vec::new()), ""),
            ] {
                insert(&mut tx, &one, hash).await.unwrap();
            }
            let union = TopicFilter {
                offered_by: vec!["/1/".to_owned(), "/1/2/".to_owned(), "/1/2/9/".to_owned()],
                kinds: vec![UnitKind::Grassroots],
                ..TopicFilter::default()
            };
            assert_eq!(numbers(&mut tx, &union).await, [1]);
            let village = TopicFilter {
                kinds: vec![UnitKind::Village],
                ..union.clone()
            };
            assert_eq!(numbers(&mut tx, &village).await, [2, 1]);
            let office = TopicFilter {
                within: vec!["/1/3/".to_owned()],
                ..TopicFilter::default()
            };
            assert_eq!(numbers(&mut tx, &office).await, [3]);
            let late = TopicFilter {
                open_on: Some(date(2016, 11, 2)),
                ..village
            };
            assert_eq!(numbers(&mut tx, &late).await, [2]);
            let again = of_request(&mut tx, "a").await.unwrap().unwrap();
            assert_eq!(again, topic(1, "/1/", Vec::new()));
            assert_eq!(of_request(&mut tx, "").await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn what_was_said_is_answered_once_and_taken_back_once() {
        for database in testing::both().await {
            let mut tx = database.db.uncovered().write("test").await.unwrap();
            let topic = topic(1, "/1/", Vec::new());
            insert(&mut tx, &topic, "").await.unwrap();
            let said = |number: u128| Contribution {
                id: ContributionId(Uuid::from_u128(number)),
                topic: topic.id,
                unit: UnitId(Uuid::from_u128(number)),
                unit_path: "/1/9/".to_owned(),
                unit_name: "某厂工会".to_owned(),
                text: "师傅带着入会".to_owned(),
                file: None,
                by_name: "王".to_owned(),
                at: Timestamp::UNIX_EPOCH,
                answer: None,
                retracted_at: None,
            };
            for number in [1, 2] {
                contribute(&mut tx, &said(number), "x", "").await.unwrap();
            }
            let given = ContributionAnswer {
                text: "很好".to_owned(),
                by_name: "李".to_owned(),
                at: Timestamp::UNIX_EPOCH,
            };
            for expect in [true, false] {
                let done = answer(&mut tx, &said(1).id, &given).await.unwrap();
                assert_eq!(done, expect);
            }
            for expect in [true, false] {
                let done = retract(&mut tx, &said(2).id, Timestamp::UNIX_EPOCH).await;
                assert_eq!(done.unwrap(), expect);
            }
            assert!(!answer(&mut tx, &said(2).id, &given).await.unwrap());
            let (left, total) = contributions(&mut tx, &topic.id, (10, 0)).await.unwrap();
            let expect = Contribution {
                answer: Some(given),
                ..said(1)
            };
            assert_eq!((left, total), (vec![expect], 1));
            let counted = counts(&mut tx, &[topic.id]).await.unwrap();
            assert_eq!(counted, [(topic.id, 1)]);
            let by = contributors(&mut tx, &topic.id).await.unwrap();
            assert_eq!(by, [said(1).unit]);
            assert_eq!(answered_by(&mut tx, &said(2).unit).await.unwrap(), []);
            let closing = Closing {
                summary: "小结".to_owned(),
                by_name: "李".to_owned(),
                at: Timestamp::UNIX_EPOCH,
            };
            for expect in [true, false] {
                assert_eq!(close(&mut tx, &topic.id, &closing).await.unwrap(), expect);
            }
            let closed = find(&mut tx, &topic.id).await.unwrap().unwrap();
            assert_eq!((closed.closing, closed.revision), (Some(closing), 2));
        }
    }
}
