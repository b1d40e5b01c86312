use jianjia_domain::honour::honour::HonourSource;
use serde_json::json;

use super::{noun::noun, *};
use crate::{
    core::bulk::{self, Value as Cell},
    honour::honour::{insert_many, tests::honour},
    testing,
};

async fn lines(tx: &mut Tx, name: &str, year: i16) -> Vec<Value> {
    let mut lines = Vec::new();
    let noun = noun(name).unwrap();
    let count = each_line(tx, noun, year, |line| {
        lines.push(Value::from(line));
        Ok(())
    });
    let count = count.await.unwrap();
    assert_eq!(count, lines.len() as i64);
    lines
}

#[tokio::test]
async fn lines_hold_what_the_rows_of_the_year_hold_on_both_engines() {
    for database in testing::both().await {
        // What is written here is not committed.
        let mut tx = database.db.write("test").await.unwrap();
        let text = |text: &str| Cell::from(text);
        let columns = [
            "id",
            "unit_id",
            "unit_path",
            "person_id",
            "year",
            "source",
            "facts",
            "said_at",
        ];
        let statement = |id: &str, person: &str, year: i64| {
            let at = text("2016-10-20T01:00:00Z");
            let facts = text("{\"workers\":200}");
            vec![
                text(id),
                text("u"),
                text("/1/"),
                text(person),
                year.into(),
                text("union"),
                facts,
                at,
            ]
        };
        let rows = vec![
            statement("b", "p", 2016),
            statement("a", "", 2016),
            statement("c", "", 2017),
        ];
        bulk::insert(&mut tx, "statement", &columns, rows)
            .await
            .unwrap();
        let line = |id: &str, person: Option<&str>| {
            json!({
                "id": id, "unit_id": "u", "person_id": person, "year": 2016, "source": "union", "facts": { "workers": 200 },
                "said_by_name": "", "said_at": "2016-10-20T01:00:00Z",
            })
        };
        assert_eq!(
            lines(&mut tx, "statement", 2016).await,
            [line("a", None), line("b", Some("p"))]
        );
        let counted = count_by(&mut tx, noun("statement").unwrap(), &["source"], 2016);
        assert_eq!(
            counted.await.unwrap(),
            BTreeMap::from([("union".to_owned(), 2)])
        );
        let counted = count_by(&mut tx, noun("statement").unwrap(), &[], 2017);
        assert_eq!(counted.await.unwrap(), BTreeMap::from([(String::new(), 1)]));
    }
}

#[tokio::test]
async fn of_an_objection_there_is_the_day_and_of_a_unit_no_telephone_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let text = |text: &str| Cell::from(text);
        let columns = [
            "id",
            "year",
            "title",
            "from_on",
            "to_on",
            "shown",
            "hash",
            "published_by",
            "published_by_name",
            "published_at",
        ];
        let row = [
            "p",
            "",
            "trusted-home",
            "2016-12-01",
            "2016-12-05",
            "{}",
            "h",
            "a",
            "周明",
            "2016-12-01T01:00:00Z",
        ];
        let mut row: Vec<Cell> = row.into_iter().map(text).collect();
        row[1] = 2016.into();
        bulk::insert(&mut tx, "publication", &columns, vec![row])
            .await
            .unwrap();
        let columns = [
            "id",
            "number",
            "publication_id",
            "application_id",
            "sealed",
            "code_hash",
            "request_hash",
            "network",
            "received_at",
        ];
        let row = [
            "o",
            "",
            "p",
            "q",
            "SECRET",
            "SECRET",
            "SECRET",
            "SECRET",
            "2016-12-01T20:00:00Z",
        ];
        let mut row: Vec<Cell> = row.into_iter().map(text).collect();
        row[1] = 7.into();
        bulk::insert(&mut tx, "objection", &columns, vec![row])
            .await
            .unwrap();
        assert_eq!(
            lines(&mut tx, "objection", 2016).await,
            [json!({
                "number": 7, "publication_id": "p", "application_id": "q", "outcome": null,
                "received_at": "2016-12-02", "confirmed_at": null, "answered_at": null,
            })]
        );
        let columns = [
            "id",
            "unit_id",
            "unit_path",
            "valid_from",
            "change",
            "data",
            "recorded_at",
        ];
        let data = "{\"details\":{\"name\":\"某工会\",\"phone\":\"13800000000\"}}";
        let row = [
            "v",
            "u",
            "/1/",
            "2017-12-31",
            "founded",
            data,
            "2016-12-01T20:00:00Z",
        ];
        let later = [
            "w",
            "u",
            "/1/",
            "2018-01-01",
            "renamed",
            data,
            "2018-01-01T20:00:00Z",
        ];
        let rows = [row, later].map(|row| row.into_iter().map(text).collect());
        bulk::insert(&mut tx, "unit_version", &columns, rows.into())
            .await
            .unwrap();
        let found = lines(&mut tx, "unit-version", 2016).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["data"], json!({ "details": { "name": "某工会" } }));
    }
}

#[tokio::test]
async fn titles_that_were_decided_one_by_one_come_in_the_order_of_their_numbers_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        let single = |number, name: &str| Honour {
            batch: String::new(),
            ..honour(number, "/1/2/3/", name)
        };
        let first = single(9, "甲厂工会");
        let second = Honour {
            number: "常模范家〔2017〕1号".to_owned(),
            ..single(1, "乙厂工会")
        };
        let others = [
            honour(2, "/1/2/4/", "丙厂工会"),
            Honour {
                source: HonourSource::Imported,
                ..single(3, "丁厂工会")
            },
            Honour {
                year: 2017,
                ..single(4, "戊厂工会")
            },
            // Without a number there is no certificate.
            Honour {
                number: String::new(),
                ..single(5, "己厂工会")
            },
        ];
        insert_many(&mut tx, &others).await.unwrap();
        let kept = [first, second];
        insert_many(&mut tx, &kept).await.unwrap();
        assert_eq!(singles(&mut tx, 2016).await.unwrap(), kept);
        assert_eq!(batches(&mut tx, 2016).await.unwrap(), ["batch"]);
    }
}
