//! What a federation hands up, what the round's notice says, and a year in figures: papers made from what is there anyway.

use jianjia_app::{
    core::{
        error::Result,
        paper::{self as papers, Format, Sheet},
    },
    paper,
};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
    },
    round::application::Application,
};

use crate::{
    city::{RoundCity, cities},
    key,
};

async fn sheet(city: &RoundCity, who: &Actor, kind: &str, of: &str) -> Result<Sheet> {
    let kind = paper::kind(kind).unwrap();
    paper::sheet(&city.city.app, who, kind, of).await
}

/// An application for the trusted home that the township endorsed and the district has looked through.
async fn candidate(city: &RoundCity, name: &str) -> Application {
    let (union, chair) = city.another(name).await;
    city.holds(&union, None, "model-home", 2015).await;
    let application = city.applied(&chair, &union, "trusted-home").await;
    city.endorsed(&application.id).await;
    city.looked_through(&application.id).await;
    application
}

/// Name and state of each row.
fn rows(table: &Sheet) -> Vec<(String, String)> {
    let rows = table.data["rows"].as_array().unwrap().iter();
    let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    rows.map(|row| (word(&row["name"]), word(&row["state"])))
        .collect()
}

#[tokio::test]
async fn a_district_hands_up_its_list_and_a_township_what_was_applied_for_below_it() {
    for city in cities().await {
        candidate(&city, "甲厂工会").await;
        let of = |unit: &UnitPlace, title: &str| format!("{}/2016/{title}", unit.id);
        let own = of(&city.district, "trusted-home");
        let table = sheet(&city, &city.approver, "summary", &own).await.unwrap();
        let row = |name: &str, state: &str| (name.to_owned(), state.to_owned());
        assert_eq!(rows(&table), [row("甲厂工会", "待推荐")]);
        assert_eq!(table.data["name"], "信赖职工之家");
        assert_eq!(table.data["is_ranked"], true);
        assert_eq!(table.data["office"], "天宁区总工会");
        let first = &table.data["rows"][0];
        assert_eq!(first["held"], "模范职工之家（2015年）");
        assert_eq!(first["figures"][0], "200/200");
        let confirmed = first["confirmed"].as_str().unwrap();
        let (confirmed, asked) = confirmed.split_once('/').unwrap();
        assert!(confirmed == asked && asked != "0", "{confirmed}/{asked}");
        // Nobody said how many workers there are: the sum is not known either.
        assert!(first["workers"].is_null() && table.data["sums"]["workers"].is_null());

        // The township recommends nothing: its table has what was handed in below it, of whatever title.
        let below = of(&city.township, "trusted-home");
        let table = sheet(&city, &city.local, "summary", &below).await.unwrap();
        assert_eq!(rows(&table), [row("甲厂工会", "审核中")]);
        assert_eq!(table.data["is_ranked"], false);
        let model = of(&city.township, "model-home");
        let none = sheet(&city, &city.local, "summary", &model).await.unwrap();
        assert_eq!(rows(&none), []);

        let other = city
            .city
            .unit(Some(&city.top), UnitKind::District, "钟楼区总工会")
            .await;
        let stranger = city.city.actor("邻区", &[(Role::Approver, &other)]).await;
        for (who, of) in [
            (&stranger, own.as_str()),
            (&city.local, own.as_str()),
            (&city.chair, below.as_str()),
            (&city.leader, "7"),
            (&city.leader, of(&city.district, "no-such-title").as_str()),
            (&city.leader, of(&city.union, "trusted-home").as_str()),
        ] {
            assert_eq!(key(sheet(&city, who, "summary", of).await), "not-found");
        }
        let far = format!("{}/1999/trusted-home", city.district.id);
        let far = sheet(&city, &city.leader, "summary", &far).await;
        assert_eq!(key(far), "round/outside-programme");
    }
}

#[tokio::test]
async fn the_notice_of_a_round_says_its_days_titles_and_places_to_the_citys_offices() {
    for city in cities().await {
        city.gives_places(0, 3).await;
        let notice = sheet(&city, &city.leader, "notice", "2016").await.unwrap();
        let days = notice.data["days"].as_array().unwrap();
        assert_eq!(days[0]["until_on"], "2016-10-31");
        // As the city set it, and not as the standard has it.
        assert_eq!(days[1]["from_on"], "2016-10-15");
        assert_eq!(notice.data["addressees"], "各辖市、区总工会");
        assert_eq!(
            notice.data["quotas"],
            serde_json::json!([{ "unit": "天宁区总工会", "places": [3, 0, 0] }])
        );
        let titles = notice.data["titles"].as_array().unwrap();
        let trusted = titles.iter().find(|one| one["name"] == "信赖职工之家");
        let trusted = trusted.unwrap();
        assert_eq!(
            (&trusted["below"], &trusted["needs_below"]),
            (&"模范职工之家".into(), &true.into())
        );
        assert!(!trusted["criteria"].as_array().unwrap().is_empty());
        assert!(notice.data["number"].is_null());
        let auditor = city
            .city
            .actor("审计老沈", &[(Role::Auditor, &city.top)])
            .await;
        let read = sheet(&city, &auditor, "notice", "2016").await.unwrap();
        assert_eq!(read.data, notice.data);
        let refused = sheet(&city, &city.approver, "notice", "2016").await;
        assert_eq!(key(refused), "not-found");
    }
}

#[tokio::test]
async fn a_year_is_told_in_figures_by_place_and_title() {
    for city in cities().await {
        candidate(&city, "甲厂工会").await;
        let report = sheet(&city, &city.leader, "yearly", "2016").await.unwrap();
        let figures = report.data["figures"].as_array().unwrap();
        assert_eq!(figures[0]["name"], "申报（份）");
        // Before the programme's first year nothing is known, which is not nothing.
        assert_eq!(
            (&figures[0]["now"], &figures[0]["before"]),
            (&"1".into(), &serde_json::Value::Null)
        );
        let qualified = figures
            .iter()
            .find(|one| one["name"] == "合格职工之家（个）");
        assert_eq!(qualified.unwrap()["now"], "1");
        let district = &report.data["districts"][0];
        assert_eq!(district["name"], "天宁区总工会");
        assert_eq!(
            (&district["applied"], &district["named"]),
            (&1.into(), &1.into())
        );
        // 180 of 182 in each of two unions.
        assert_eq!(district["satisfaction"], "98.90%");
        assert_eq!(
            report.data["named"],
            serde_json::json!([{ "year": 2016, "count": 1 }])
        );
        let targets = report.data["targets"].as_array().unwrap();
        assert!(targets.iter().any(|one| one["name"] == "信赖职工之家"));
        assert!(report.data["check"].is_null(), "nothing was drawn");
        assert_eq!(
            key(sheet(&city, &city.approver, "yearly", "2016").await),
            "not-found"
        );
    }
}

#[tokio::test]
async fn the_citys_papers_can_be_set_in_both_formats() {
    let city = cities().await.remove(0);
    let app = &city.city.app;
    candidate(&city, "甲厂工会").await;
    let list = format!("{}/2016/trusted-home", city.district.id);
    for (kind, of) in [
        ("summary", list.as_str()),
        ("notice", "2016"),
        ("yearly", "2016"),
    ] {
        let sheet = sheet(&city, &city.leader, kind, of).await.unwrap();
        let word = papers::one(app, sheet.clone(), Format::Docx).await.unwrap();
        assert!(word.starts_with(b"PK"), "{kind}");
        let pdf = papers::one(app, sheet, Format::Pdf).await.unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "{kind}");
    }
}

#[tokio::test]
async fn a_table_too_long_for_a_pdf_is_refused_before_it_is_set() {
    let city = cities().await.remove(0);
    let list = format!("{}/2016/trusted-home", city.township.id);
    let mut table = sheet(&city, &city.local, "summary", &list).await.unwrap();
    assert!(!papers::are_long(std::slice::from_ref(&table)));
    let row = serde_json::json!({ "name": "甲厂工会" });
    let rows = |count: usize| serde_json::Value::from(vec![row.clone(); count]);
    table.data["rows"] = rows(4_500);
    assert!(papers::are_long(std::slice::from_ref(&table)));
    assert_eq!(table.rows(), 4_500);
    papers::fits(&table, Format::Pdf).unwrap();
    table.data["rows"] = rows(45_001);
    papers::fits(&table, Format::Docx).unwrap();
    let refused = papers::one(&city.city.app, table, Format::Pdf).await;
    assert_eq!(key(refused), "paper/too-long");
}
