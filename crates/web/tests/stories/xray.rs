//! The x-ray of the data and the priority lists, as people click through them.

use axum::http::StatusCode;
use jianjia_app::core::job::{
    Lane,
    worker::{Node, run_due_once},
};
use jianjia_domain::core::policy::Role;
use jianjia_standard::kinds::HonourLevel;
use serde_json::json;

use crate::site::{self, Page, TestSite};

/// The addresses of contradictions on a page.
fn links(page: &Page) -> Vec<String> {
    let parts = page.body.split("href=\"/insight/x-ray/").skip(1);
    let ids = parts.filter_map(|rest| rest.split('"').next());
    ids.filter(|id| id.len() == 32)
        .map(|id| format!("/insight/x-ray/{id}"))
        .collect()
}

async fn said(site: &TestSite, workers: i64, members: i64) {
    let answers = [("workers", workers), ("members", members)];
    let answers = answers.map(|(key, number)| (key.to_owned(), json!(number)));
    let city = &site.city_of_tests;
    city.said(&site.union, None, 2016, &answers.into()).await;
}

#[tokio::test]
async fn a_federation_asks_about_its_data_and_the_union_corrects_it() {
    for site in site::both().await {
        said(&site, 100, 120).await;
        let mut office = site
            .sign_in_as("区审核", &[(Role::Reviewer, &site.district)])
            .await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let mut stranger = site
            .sign_in_as("别区审核", &[(Role::Reviewer, &site.other_district)])
            .await;
        let empty = office.get("/insight/x-ray").await;
        assert!(empty.text().contains("没有要问的疑点"), "{}", empty.text());
        let district = site.district.id.to_string();
        let fields = [("unit", district.as_str()), ("year", "2016")];
        let denied = stranger.post_form("/insight/x-ray/run", &fields).await;
        assert_eq!(denied.status, StatusCode::NOT_FOUND);
        let begun = office.post_form("/insight/x-ray/run", &fields).await;
        assert!(begun.location().starts_with("/jobs/"), "{}", begun.text());
        let node = Node::new(&site.app, jianjia_app::WORKS);
        run_due_once(&site.app, &node, Lane::Long).await.unwrap();
        let done = office.get(&begun.location()).await;
        assert!(done.text().contains("个疑点"), "{}", done.text());

        let list = office.get("/insight/x-ray?rule=members-over-workers").await;
        let text = list.text();
        assert!(
            text.contains("共 1 个疑点。") && text.contains("会员比职工多"),
            "{text}"
        );
        let doubt = links(&list).remove(0);
        let id = doubt.rsplit('/').next().unwrap();
        assert_eq!(chair.get(&doubt).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get(&doubt).await.status, StatusCode::NOT_FOUND);
        let far = stranger.get("/insight/x-ray").await;
        assert!(!far.text().contains(&site.union.name), "{}", far.text());
        let denied = chair.get("/insight/x-ray").await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN);

        let none = office
            .post_form("/insight/x-ray/preview", &[("act", "ask")])
            .await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(none.text().contains("没有勾选疑点"), "{}", none.text());
        let preview = office
            .post_form("/insight/x-ray/preview", &[("act", "ask"), ("chosen", id)])
            .await;
        let text = preview.text();
        assert!(text.contains("询问工会，1 个疑点"), "{text}");
        let seen = format!("{id}~1");
        let wrong = [
            ("act", "ask"),
            ("seen", seen.as_str()),
            ("text", "请核对职工人数"),
            ("answer_by", "2016-01-01"),
        ];
        let wrong = office.post_form("/insight/x-ray", &wrong).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.body.contains("请核对职工人数"),
            "nothing typed is lost"
        );
        let asked = [
            ("act", "ask"),
            ("seen", seen.as_str()),
            ("text", "请核对职工人数"),
            ("answer_by", "2016-11-10"),
        ];
        let asked = office.post_form("/insight/x-ray", &asked).await;
        assert_eq!(asked.location(), "/insight/x-ray");

        let inbox = chair.get("/messages").await;
        let text = inbox.text();
        assert!(text.contains("数据有一处对不上：会员比职工多"), "{text}");
        let own = chair.get(&format!("/units/{}/x-ray", site.union.id)).await;
        assert!(own.text().contains("会员比职工多"), "{}", own.text());
        let page = chair.get(&doubt).await;
        let text = page.text();
        for words in ["120 人", "100 人", "请核对职工人数", "不是结论"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let bare = chair.post_form(&format!("{doubt}/answer"), &[]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bare.text().contains("没有写答复"), "{}", bare.text());
        let answered = [("text", "职工人数是年初的")];
        let answered = chair.post_form(&format!("{doubt}/answer"), &answered).await;
        assert_eq!(answered.location(), doubt);
        let list = office.get("/insight/x-ray?state=answered").await;
        assert!(list.text().contains("工会已答复"), "{}", list.text());

        said(&site, 130, 120).await;
        let compared = chair.post_form(&format!("{doubt}/comparison"), &[]).await;
        assert_eq!(compared.location(), doubt);
        let page = office.get(&doubt).await;
        let text = page.text();
        assert!(
            text.contains("已更正") && text.contains("职工人数是年初的"),
            "{text}"
        );
        let late = [("act", "explain"), ("revision", "2"), ("text", "好")];
        let late = office.post_form(&doubt, &late).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn holders_are_put_forward_in_order_and_the_outcome_is_recorded() {
    for site in site::both().await {
        let city = &site.city_of_tests;
        city.holds(&site.union, None, "trusted-home", 2015, HonourLevel::City)
            .await;
        city.holds(
            &site.neighbour,
            None,
            "trusted-home",
            2016,
            HonourLevel::City,
        )
        .await;
        let mut office = site
            .sign_in_as("市审批", &[(Role::Approver, &site.city)])
            .await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        assert_eq!(chair.get("/priority").await.status, StatusCode::FORBIDDEN);
        let all = office.get("/priority").await;
        assert!(all.text().contains("五一劳动奖状"), "{}", all.text());
        let list = office.get("/priority/labour-award").await;
        let text = list.text();
        let (first, second) = (
            text.find(&site.union.name).unwrap(),
            text.find(&site.neighbour.name).unwrap(),
        );
        assert!(first < second, "{text}");
        let tokens: Vec<&str> = list
            .body
            .split("name=\"chosen\" value=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(tokens.len(), 2);
        let passed = [("chosen", tokens[1])];
        let passed = office.post_form("/priority/labour-award", &passed).await;
        assert_eq!(passed.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            passed.text().contains("前面还有 1 个没有推荐"),
            "{}",
            passed.text()
        );
        let put = office
            .post_form("/priority/labour-award", &[("chosen", tokens[0])])
            .await;
        assert_eq!(put.location(), "/priority/labour-award");
        let list = office.get("/priority/labour-award").await;
        assert!(list.text().contains("今年已推荐"), "{}", list.text());
        let forward = list.body.split("href=\"/priority/forwards/").nth(1);
        let forward = forward.unwrap().split('"').next().unwrap();
        let address = format!("/priority/forwards/{forward}");
        assert_eq!(chair.get(&address).await.status, StatusCode::NOT_FOUND);
        let today = site.app.clock.today().to_string();
        let came = [
            ("outcome", "awarded"),
            ("on", today.as_str()),
            ("document_number", "常工发〔2016〕9号"),
        ];
        let came = office.post_form(&address, &came).await;
        assert_eq!(came.location(), address);
        let page = office.get(&address).await;
        let text = page.text();
        assert!(
            text.contains("已获得") && text.contains("常工发〔2016〕9号"),
            "{text}"
        );
        let csv = office.get("/priority/labour-award/export?format=csv").await;
        assert!(csv.body.contains(&site.neighbour.name), "{}", csv.body);
    }
}
