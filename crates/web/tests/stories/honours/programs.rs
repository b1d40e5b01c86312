//! The honour roll as other programs read it, and its description.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use super::{held, held_since};
use crate::site;

#[tokio::test]
async fn other_programs_read_the_roll_as_the_public_does() {
    for site in site::both().await {
        for year in 1967..=2016 {
            held_since(&site, &site.union, "model-home", "", year).await;
        }
        let person = held(&site, &site.union, "outstanding-worker", "张三丰").await;
        held(&site, &site.other_union, "model-home", "").await;
        // Whoever asks, even somebody of that union.
        let chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        for mut client in [site.visitor(), chair] {
            let mut read = async |question: &str| -> serde_json::Value {
                let page = client.get(&format!("/api/v1/honours{question}")).await;
                assert_eq!(page.status, StatusCode::OK, "{question}");
                serde_json::from_str(&page.body).expect("JSON")
            };
            assert_eq!(
                read("?title=outstanding-worker&year=2016-2020&q=%E5%BC%A0%E4%B8%89%E4%B8%B0")
                    .await,
                serde_json::json!({"total": 1, "page": 1, "pages": 1, "honours": [{
                    "id": person.to_string(),
                    "title": "outstanding-worker",
                    "year": 2016,
                    "level": "county",
                    "holder": "长江纺织厂工会",
                    "person": "张**",
                    "place": "",
                    "number": "常试〔2016〕长江纺织厂工会outstanding-worker号",
                    "begun_on": "2016-10-01",
                }]})
            );
            let under = format!("?title=model-home&under={}", site.district.id);
            let counted = |roll: &serde_json::Value| {
                let honours = roll["honours"].as_array().expect("a list").len();
                (roll["total"].as_i64(), roll["pages"].as_i64(), honours)
            };
            assert_eq!(counted(&read(&under).await), (Some(50), Some(1), 50));
            assert_eq!(counted(&read("").await), (Some(52), Some(2), 50));
            assert_eq!(counted(&read("?page=2").await), (Some(52), Some(2), 2));
            assert_eq!(counted(&read("?year=2015").await), (Some(1), Some(1), 1));
            assert_eq!(counted(&read("?level=city").await), (Some(0), Some(0), 0));
        }
        let mut visitor = site.visitor();
        for nowhere in ["1".to_owned(), site.union.id.to_string()] {
            let page = visitor
                .get(&format!("/api/v1/honours?under={nowhere}"))
                .await;
            assert_eq!(page.status, StatusCode::NOT_FOUND);
            assert!(
                page.body.contains("\"en\":\"under names no federation."),
                "{}",
                page.body
            );
        }
    }
}

#[tokio::test]
async fn the_description_of_the_api_names_the_roll_and_its_filters() {
    for site in site::both().await {
        let page = site.visitor().get("/api/v1/openapi.json").await;
        let description: serde_json::Value = serde_json::from_str(&page.body).unwrap();
        let paths: Vec<&String> = description["paths"].as_object().unwrap().keys().collect();
        assert_eq!(
            paths,
            [
                "/api/v1/applications",
                "/api/v1/honours",
                "/api/v1/judgements",
                "/api/v1/standard",
                "/api/v1/units"
            ]
        );
        let parameters = &description["paths"]["/api/v1/honours"]["get"]["parameters"];
        let parameters: Vec<(&str, bool)> = parameters
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| {
                let name = parameter["name"].as_str().unwrap();
                (name, parameter["required"].as_bool().unwrap_or(false))
            })
            .collect();
        let names = [
            "q", "title", "year", "level", "place", "kind", "under", "sort", "page",
        ];
        assert_eq!(parameters, names.map(|name| (name, false)));
    }
}
