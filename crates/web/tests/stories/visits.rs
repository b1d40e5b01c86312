//! Visits on their pages: noted with and without a script, acknowledged by their ids, told in words; and the one page that has a worker.

use axum::http::StatusCode;
use jianjia_demo::testing::fixtures::yes_to_all;
use jianjia_domain::{
    check::visit::Visit,
    core::{
        ids::{SpotCheckId, VisitId},
        policy::{Actor, Role},
    },
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::check::{outcome, visit as visits};

use crate::site::{self, Client, TestSite};

struct Drawn {
    visit: VisitId,
    first: Client,
    second: Client,
}

async fn drawn(site: &TestSite) -> Drawn {
    let city = &site.city_of_tests;
    city.holds(
        &site.union,
        None,
        "qualified-home",
        2016,
        HonourLevel::County,
    )
    .await;
    let numbers = [("members", 200), ("cards_issued", 190), ("cards_used", 180)];
    let answers = yes_to_all(site.app.in_force(), "qualified-home", &numbers);
    city.said(&site.union, None, 2016, &answers).await;
    let roles = [(Role::Reviewer, &site.other_district)];
    let first: Actor = city.actor("钟楼小陈", &roles).await;
    let second: Actor = city.actor("钟楼小杨", &roles).await;
    let from = &site.other_district;
    let pair = [(&first, from), (&second, from)];
    let visit = city.drawn(&site.union, "qualified-home", 2016, &pair).await;
    Drawn {
        visit,
        first: site.client_of(&first).await,
        second: site.client_of(&second).await,
    }
}

const ID: &str = "0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn a_device_is_acknowledged_by_id_and_told_in_words_what_is_not_taken() {
    for site in site::both().await {
        let Drawn {
            visit, mut first, ..
        } = drawn(&site).await;
        let page = format!("/visits/{visit}");
        let shown = first.get(&page).await;
        assert!(shown.text().contains("申报：190"), "{}", shown.text());
        assert!(
            shown
                .header("content-security-policy")
                .ends_with("; worker-src 'self'")
        );
        let list = first.get("/visits").await;
        assert!(
            list.header("content-security-policy")
                .ends_with("; worker-src 'none'")
        );
        assert!(list.text().contains("长江纺织厂工会"));
        let worker = site.visitor().get(&format!("{page}/worker.js")).await;
        assert_eq!(
            ["content-type", "service-worker-allowed"].map(|name| worker.header(name)),
            ["text/javascript; charset=utf-8".to_owned(), page.clone()]
        );

        let remarks = format!("{page}/remarks");
        let fields = [
            ("answer", "json"),
            ("id", ID),
            ("kind", "clause"),
            ("clause", "Q6"),
            ("seen", "holds"),
            ("found_cards_issued", "189"),
            ("note", ""),
        ];
        for _ in 0..2 {
            let kept = first.upload(&remarks, &fields, &[]).await;
            assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
            assert!(kept.body.contains(ID), "{}", kept.body);
        }
        let received = first.get(&format!("{page}/received")).await;
        let received: serde_json::Value = serde_json::from_str(&received.body).unwrap();
        assert_eq!(received["received"], serde_json::json!([ID]));
        assert_eq!(received["is_open"], true);
        let wrong = [
            ("answer", "json"),
            ("id", "1123456789abcdef0123456789abcdef"),
            ("kind", "clause"),
            ("clause", "Q6"),
            ("seen", "fails"),
            ("found_cards_issued", "很多"),
        ];
        let refused = first.upload(&remarks, &wrong, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told: serde_json::Value = serde_json::from_str(&refused.body).expect(&refused.body);
        let why = told["why"].as_str().unwrap();
        assert!(
            why.contains("核查值没有看懂") && why.contains("请写明看到了什么"),
            "{why}"
        );
    }
}

#[tokio::test]
async fn without_a_script_the_same_forms_are_posted_and_what_was_typed_comes_back() {
    for site in site::both().await {
        let Drawn {
            visit,
            mut first,
            mut second,
        } = drawn(&site).await;
        let page = format!("/visits/{visit}");
        let paper = first.get(&format!("{page}/paper")).await;
        assert!(paper.text().contains("抽查检查清单"));
        let remarks = format!("{page}/remarks");
        let wrong = [
            ("id", ID),
            ("kind", "clause"),
            ("clause", "Q4"),
            ("seen", ""),
            ("note", "墙上没有制度"),
        ];
        let back = first.upload(&remarks, &wrong, &[]).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.body.contains("墙上没有制度"));
        assert!(
            back.text()
                .contains("请选一项：属实、达不到，或者没能看到。")
        );
        let says = |id: &'static str, seen: &'static str| {
            [
                ("id", id),
                ("kind", "clause"),
                ("clause", "Q4"),
                ("seen", seen),
                ("note", "看了"),
            ]
        };
        let noted = first.upload(&remarks, &says(ID, "holds"), &[]).await;
        assert_eq!(noted.location(), format!("{page}#c-Q4"));
        let other = "2123456789abcdef0123456789abcdef";
        second.upload(&remarks, &says(other, "fails"), &[]).await;
        let shown = first.get(&page).await;
        assert!(
            shown.text().contains("以哪一条记录为准？"),
            "{}",
            shown.text()
        );
        let early = first.post_form(&format!("{page}/conclusion"), &[]).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        let settled = [("clause", "Q4"), ("chosen", other), ("reason", "看了现场")];
        let settled = second
            .post_form(&format!("{page}/settlements"), &settled)
            .await;
        assert_eq!(settled.status, StatusCode::SEE_OTHER, "{}", settled.text());
        let done = first.post_form(&format!("{page}/conclusion"), &[]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let mut chair = site.sign_in_as("主席", &[(Role::Chair, &site.union)]).await;
        let outcome = chair.get(&page).await;
        assert!(outcome.text().contains("陈述意见"), "{}", outcome.text());
        let said = [("statement", "制度在办公室，可以再来看。")];
        let said = chair.post_form(&format!("{page}/statement"), &said).await;
        assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text());
        let mut leader = site
            .sign_in_as("市总审批", &[(Role::Approver, &site.city)])
            .await;
        let undecided = [("decision", ""), ("reason", "限期改"), ("seen", "hearing")];
        let back = leader
            .post_form(&format!("{page}/decision"), &undecided)
            .await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.body.contains("限期改"));
        let decided = [
            ("decision", "mend"),
            ("reason", "限期改"),
            ("seen", "hearing"),
        ];
        let done = leader
            .post_form(&format!("{page}/decision"), &decided)
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let told = chair.get(&page).await;
        assert!(told.text().contains("限期整改"), "{}", told.text());
        let ready = format!("{page}/readiness");
        let silent = chair.post_form(&ready, &[("ready_note", " ")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            silent.text().contains("请写明理由，理由会留在记录里。"),
            "{}",
            silent.text()
        );
        let note = [("ready_note", "制度已经上墙。")];
        // Sent twice, it is said once.
        for _ in 0..2 {
            let said = chair.post_form(&ready, &note).await;
            assert_eq!(said.location(), page, "{}", said.text());
        }
        let told = chair.get(&page).await;
        assert_eq!(told.body.matches("制度已经上墙。").count(), 1);
        assert!(!told.body.contains("/readiness\""), "{}", told.text());
        let inbox = leader.get("/messages").await;
        assert!(
            inbox.text().contains("报告整改已经完成"),
            "{}",
            inbox.text()
        );
        let report = leader.get("/check-reports/2016").await;
        assert!(report.text().contains("全市"), "{}", report.text());
        let plain = site.visitor().get("/check-reports/2016").await;
        assert_eq!(plain.status, StatusCode::OK);
        assert!(!plain.text().contains("长江纺织厂"));
    }
}

#[tokio::test]
async fn before_a_visit_nobody_but_its_inspectors_and_the_city_knows_of_it() {
    for site in site::both().await {
        let Drawn { visit, .. } = drawn(&site).await;
        for (role, unit) in [
            (Role::Chair, &site.union),
            (Role::Approver, &site.district),
            (Role::Auditor, &site.district),
            (Role::Reviewer, &site.other_district),
        ] {
            let mut blind = site.sign_in_as("看不到", &[(role, unit)]).await;
            for page in ["", "/paper", "/received"] {
                let answer = blind.get(&format!("/visits/{visit}{page}")).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role} {page}");
            }
            let list = blind.get("/visits").await;
            assert!(!list.text().contains("长江纺织厂"), "{role}");
        }
        let roles = [(Role::Reviewer, &site.city)];
        let mut city = site.sign_in_as("市里", &roles).await;
        let shown = city.get(&format!("/visits/{visit}")).await;
        assert!(shown.text().contains("还没有检查完"), "{}", shown.text());
    }
}

#[tokio::test]
async fn the_city_releases_an_inspector_in_a_form_and_another_goes() {
    for site in site::both().await {
        let city = &site.city_of_tests;
        let third = [(Role::Reviewer, &site.other_district)];
        let third: Actor = city.actor("钟楼小孙", &third).await;
        city.check_drawn(2016).await;
        let Drawn {
            visit, mut first, ..
        } = drawn(&site).await;
        let mut third = site.client_of(&third).await;
        let page = format!("/visits/{visit}");
        assert_eq!(third.get(&page).await.status, StatusCode::NOT_FOUND);
        let mut leader = site
            .sign_in_as("市总审批", &[(Role::Approver, &site.city)])
            .await;
        let shown = leader.get(&page).await;
        assert!(shown.text().contains("更换检查人员"), "{}", shown.text());
        let offered = shown.body.split("name=\"released\" value=\"");
        let offered: Vec<String> = offered
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect();
        assert_eq!(offered.len(), 2);
        let releases = format!("{page}/releases");
        let none = [("released", ""), ("release_reason", "长期病假")];
        let back = leader.post_form(&releases, &none).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            back.text().contains("没有选定换哪一位检查人员"),
            "{}",
            back.text()
        );
        assert!(back.body.contains("长期病假"), "what was typed is lost");
        let bare = [("released", offered[0].as_str()), ("release_reason", " ")];
        let back = leader.post_form(&releases, &bare).await;
        assert!(back.text().contains("没有写换人的理由"), "{}", back.text());
        let given = [
            ("released", offered[0].as_str()),
            ("release_reason", "长期病假"),
        ];
        for _ in 0..2 {
            let done = leader.post_form(&releases, &given).await;
            assert_eq!(done.location(), page, "{}", done.text());
        }
        assert_eq!(first.get(&page).await.status, StatusCode::NOT_FOUND);
        let own = third.get("/inspections").await;
        assert!(own.text().contains("长江纺织厂工会"), "{}", own.text());
        assert_eq!(third.get(&page).await.status, StatusCode::OK);
        let shown = leader.get(&page).await;
        assert!(shown.text().contains("长期病假"), "{}", shown.text());
    }
}

#[tokio::test]
async fn a_second_look_is_marked_in_the_list_and_in_its_table() {
    for site in site::both().await {
        let Drawn { visit, .. } = drawn(&site).await;
        let app = &site.app;
        let mut tx = app.db.write("test").await.unwrap();
        let first = visits::find(&mut tx, &visit).await.unwrap().unwrap();
        let again = Visit {
            id: VisitId(app.entropy.id(app.now())),
            check: SpotCheckId(app.entropy.id(app.now())),
            ..first
        };
        let kept = outcome::insert_recheck(&mut tx, &again, &visit).await;
        kept.unwrap();
        jianjia_demo::testing::keep(app, tx).await;
        let roles = [(Role::Reviewer, &site.city)];
        let mut city = site.sign_in_as("市里", &roles).await;
        let list = city.get("/visits").await;
        let rows = [
            "长江纺织厂工会</a></th>",
            "长江纺织厂工会</a> <span class=\"tag tag-na\">复查</span></th>",
        ];
        let marked = rows.map(|row| list.body.matches(row).count());
        assert_eq!(marked, [1, 1], "{}", list.text());
        let table = city.get("/visits/export?format=csv").await;
        let kinds = ["长江纺织厂工会,抽查,", "长江纺织厂工会,复查,"];
        let told = kinds.map(|row| table.body.matches(row).count());
        assert_eq!(told, [1, 1], "{}", table.body);
        let page = city.get(&format!("/visits/{visit}")).await;
        let link = format!("href=\"/visits/{}\"", again.id);
        assert!(page.body.contains(&link), "{}", page.text());
    }
}
