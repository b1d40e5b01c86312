//! Spot checks on their pages: published by the city, read by everybody, drawn after the lottery, inspected by people of other districts.

use axum::http::StatusCode;
use jianjia_domain::{
    check::draw,
    core::policy::{Act, Actor, Role},
};
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::date;

use crate::site::{self, Client, TestSite};

/// The accounts that are offered as inspectors, and the frame that was looked at.
fn offered(body: &str) -> (Vec<String>, String) {
    let values = |before: &str| -> Vec<String> {
        let parts = body.split(before).skip(1);
        parts
            .map(|rest| rest.split('"').next().unwrap_or_default().to_owned())
            .collect()
    };
    let seen = values("name=\"seen\" value=\"").remove(0);
    (values("name=\"inspector\" value=\""), seen)
}

struct Cast {
    approver: Actor,
    inspectors: Vec<Actor>,
}

async fn cast(site: &TestSite) -> Cast {
    for union in [&site.union, &site.neighbour, &site.other_union] {
        site.city_of_tests
            .holds(union, None, "qualified-home", 2016, HonourLevel::County)
            .await;
    }
    let mut inspectors = Vec::new();
    for (place, federation) in [&site.district, &site.other_district]
        .into_iter()
        .enumerate()
    {
        for number in 1..=3 {
            let name = format!("检查{place}{number}");
            let roles = [(Role::Reviewer, federation)];
            inspectors.push(site.city_of_tests.actor(&name, &roles).await);
        }
    }
    Cast {
        approver: site
            .city_of_tests
            .actor("市总审批", &[(Role::Approver, &site.city)])
            .await,
        inspectors,
    }
}

async fn signed_in(site: &TestSite, cast: &Cast) -> (Client, Vec<Client>) {
    let mut inspectors = Vec::new();
    for inspector in &cast.inspectors {
        inspectors.push(site.client_of(inspector).await);
    }
    (site.client_of(&cast.approver).await, inspectors)
}

#[tokio::test]
async fn the_city_publishes_everybody_verifies_and_inspectors_are_told() {
    assert!(jianjia_domain::core::policy::STEP_UP.contains(&Act::HoldSpotCheck));
    for site in site::both().await {
        let cast = cast(&site).await;
        let (mut approver, _) = signed_in(&site, &cast).await;
        let mut visitor = site.visitor();
        let none = visitor.get("/checks").await;
        assert!(none.text().contains("还没有抽查"), "{}", none.text());
        assert_eq!(
            visitor.get("/checks/2016").await.status,
            StatusCode::NOT_FOUND
        );
        let list = approver.get("/spot-checks").await;
        assert!(list.text().contains("还没有公布抽样框"), "{}", list.text());
        let form = approver.get("/spot-checks/2016").await;
        assert!(
            form.text().contains("今天轮到抽查的有 3 个单位"),
            "{}",
            form.text()
        );
        let (accounts, seen) = offered(&form.body);
        assert_eq!(accounts.len(), 6);
        let mut fields: Vec<(&str, &str)> = vec![
            ("seen", &seen),
            ("lottery_name", "双色球"),
            ("lottery_issue", "2016 124"),
            ("lottery_on", "2016-10-20"),
        ];
        fields.extend(
            accounts
                .iter()
                .take(5)
                .map(|account| ("inspector", account.as_str())),
        );
        let unsure = approver
            .post_form("/spot-checks/2016/publication", &fields)
            .await;
        assert_eq!(unsure.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsure.text().contains("没有勾选确认"), "{}", unsure.text());
        fields.push(("sure", "yes"));
        let wrong = approver
            .post_form("/spot-checks/2016/publication", &fields)
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["期号没有填对", "要在今天（2016-10-20）以后"] {
            assert!(wrong.text().contains(words), "{words}: {}", wrong.text());
        }
        // What was typed and ticked is there again.
        assert!(wrong.body.contains("value=\"2016 124\""));
        assert_eq!(wrong.body.matches(" checked").count(), 5);
        fields[2].1 = "2016124";
        fields[3].1 = "2016-10-25";
        let done = approver
            .post_form("/spot-checks/2016/publication", &fields)
            .await;
        assert_eq!(done.location(), "/spot-checks/2016");
        let shown = approver.get("/spot-checks/2016").await;
        assert!(
            shown.text().contains("由市总工会的审批人录入号码"),
            "{}",
            shown.text()
        );
        let frame = visitor.get("/checks/2016/frame.txt").await;
        let hash = draw::hash(frame.body.as_bytes());
        let public = visitor.get("/checks/2016").await;
        assert!(public.text().contains(&hash), "{}", public.text());
        assert!(public.text().contains("双色球第 2016124 期"));
        for name in ["长江纺织厂", "红梅食品厂", "钟楼机床厂"] {
            assert!(!frame.body.contains(name) && !public.body.contains(name));
        }
        let units = approver.get("/spot-checks/2016/frame").await;
        for words in ["长江纺织厂工会", "年度表一项也没有填", "共 3 个单位。"]
        {
            assert!(units.text().contains(words), "{words}: {}", units.text());
        }

        let early = approver
            .post_form(
                "/spot-checks/2016/draw",
                &[("seed", "12345"), ("sure", "yes")],
            )
            .await;
        assert!(early.text().contains("2016-10-25"), "{}", early.text());
        site.app.clock.set(date(2016, 10, 26));
        let (mut approver, mut inspectors) = signed_in(&site, &cast).await;
        let wrong = approver
            .post_form(
                "/spot-checks/2016/draw",
                &[("seed", "123"), ("sure", "yes")],
            )
            .await;
        assert!(wrong.text().contains("种子有3位数字"), "{}", wrong.text());
        assert!(wrong.body.contains("value=\"123\""));
        let drawn = approver
            .post_form(
                "/spot-checks/2016/draw",
                &[("seed", "03 07 15 19 22 31 08"), ("sure", "yes")],
            )
            .await;
        assert_eq!(drawn.location(), "/spot-checks/2016");
        let public = visitor.get("/checks/2016").await;
        assert!(
            public
                .text()
                .contains("jianjia draw frame-2016.txt --seed 03071519223108"),
            "{}",
            public.text()
        );
        let hidden = visitor.get("/checks/2016/sample.txt").await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        let units = "/checks/2016/units.txt";
        assert!(visitor.get(units).await.location().starts_with("/sign-in"));
        assert_eq!(approver.get(units).await.status, StatusCode::NOT_FOUND);
        let sample = approver.get("/spot-checks/2016/sample").await;
        assert!(sample.text().contains("待检查"), "{}", sample.text());
        for table in ["frame", "sample"] {
            let address = format!("/spot-checks/2016/{table}/export?format=xlsx");
            let file = approver.get(&address).await;
            assert!(file.bytes.starts_with(b"PK"), "{table}");
        }
        let mut tasks = 0;
        for inspector in &mut inspectors {
            let own = inspector.get("/inspections").await;
            let mut links = own.body.split("href=\"/inspections/").skip(1);
            let Some(rest) = links.find(|rest| !rest.starts_with("export")) else {
                continue;
            };
            tasks += 1;
            let id = rest.split('/').next().unwrap_or_default();
            let address = format!("/inspections/{id}/conflict");
            assert_eq!(inspector.get(&address).await.status, StatusCode::OK);
            let silent = inspector.post_form(&address, &[("reason", " ")]).await;
            assert!(
                silent.text().contains("没有写回避理由"),
                "{}",
                silent.text()
            );
            if tasks == 1 {
                let done = inspector
                    .post_form(&address, &[("reason", "曾在那里任职")])
                    .await;
                assert_eq!(done.location(), "/inspections", "{}", done.text());
                let sample = approver.get("/spot-checks/2016/sample").await;
                assert!(sample.text().contains("回避：曾在那里任职"));
            }
        }
        assert!(tasks >= 2, "{tasks}");
    }
}
