//! What a union is told before it hands in: which documents are missing, how far its rating is, which of its titles count.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::date;

use super::{hand_in, photo, qualified};
use crate::site;

#[tokio::test]
async fn what_lacks_a_document_is_named_question_by_question() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let list = format!("/units/{}/applications", site.union.id);
        let form = [
            ("year", "2016"),
            ("title", "qualified-home"),
            ("request_key", "d"),
        ];
        let address = chair.post_form(&list, &form).await.location();
        let check = format!("{address}/check");
        let lacking = |body: &str| -> Vec<Vec<String>> {
            let (_, list) = body.split_once("id=\"lacking\"").expect("what is missing");
            let (list, _) = list.split_once("</section>").expect("its end");
            let items = list.split("<li>").skip(1);
            let keys = |item: &str| -> Vec<String> {
                let keys = item.split("for=fact:").skip(1);
                keys.map(|rest| rest.split('&').next().unwrap_or_default().to_owned())
                    .collect()
            };
            items.map(keys).collect()
        };
        let before = lacking(&chair.get(&check).await.body);
        let of_two = before.iter().find(|keys| keys.len() >= 2);
        let of_two = of_two.expect("a criterion of two questions").clone();
        let photo = photo();
        let target = format!("fact:{}", of_two[0]);
        let evidence = format!("/units/{}/evidence", site.union.id);
        let fields = [("for", target.as_str()), ("year", "2016")];
        let files: [(&str, &str, &[u8]); 1] = [("file", "名册.png", &photo)];
        let sent = chair.upload(&evidence, &fields, &files).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        // The others of the criterion are still missing, and said to be.
        let after = lacking(&chair.get(&check).await.body);
        assert!(after.contains(&of_two[1..].to_vec()), "{after:?}");
        assert!(!after.iter().flatten().any(|key| *key == of_two[0]));
        // At home what is met and undocumented is told, too.
        let home = chair
            .get(&format!("/units/{}/home", site.union.id))
            .await
            .text();
        assert!(home.contains("条达到了，但还缺材料"), "{home}");
        // Where a file is given to questions, these stand in groups, with clause and mark.
        let page = chair.get(&evidence).await.body;
        let link = format!("{evidence}/");
        let links = page.split(&link).skip(1);
        let mut ids = links.filter_map(|rest| rest.split_once('/'));
        let (id, _) = ids
            .find(|(id, _)| !id.starts_with("export"))
            .expect("the uses");
        let page = chair.get(&format!("{evidence}/{id}/uses")).await;
        assert!(page.body.matches("<legend>").count() > 1, "{}", page.body);
        assert!(page.body.contains("class=\"clause\">"), "{}", page.body);
        assert!(page.text().contains("缺材料"), "{}", page.text());
        assert!(!page.body.contains("value=\"station_stars\""));
    }
}

#[tokio::test]
async fn the_desk_tells_how_far_the_rating_is_and_what_to_go_on_with() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let text = chair.get("/desk").await.text();
        assert!(text.contains("请及早组织"), "{text}");
        assert!(text.contains("看看还差什么"), "{text}");
        qualified(&site).await;
        let text = chair.get("/desk").await.text();
        let result = "会员民主测评：已有结果，满意度 ≈ 97.14 %。";
        assert!(text.contains(result), "{text}");
        assert!(!text.contains("请及早组织"), "{text}");
        let address = hand_in(&site, &mut chair).await;
        let page = chair.get("/desk").await;
        assert!(!page.text().contains("看看还差什么"), "{}", page.text());
        let button = format!("href=\"{address}\">看申报办到哪一步了");
        assert!(page.body.contains(&button), "{}", page.body);
        // Near the time it urges, long before it only tells.
        site.app.clock.set(date(2017, 3, 1));
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let text = chair.get("/desk").await.text();
        assert!(
            text.contains("会员民主测评：2017 年的还没有组织。"),
            "{text}"
        );
        assert!(!text.contains("请及早组织"), "{text}");
    }
}

#[tokio::test]
async fn a_title_that_does_not_count_is_told_so_and_a_clause_of_two_tiers_names_its_tier() {
    for site in site::both().await {
        let (city, township) = (&site.city_of_tests, &site.township);
        for (title, year) in [
            ("qualified-home", 2016),
            ("model-home", 2016),
            ("trusted-home", 2012),
        ] {
            let level = HonourLevel::City;
            city.holds(township, None, title, year, level).await;
        }
        let mut chair = site
            .sign_in_as("街道主席", &[(Role::Chair, township)])
            .await;
        let desk = chair.get("/desk").await.text();
        let (_, held) = desk
            .split_once("信赖职工之家（2012）")
            .expect("the old title");
        assert!(held.trim_start().starts_with("本次争创不计"), "{desk}");
        let home = chair
            .get(&format!("/units/{}/home", township.id))
            .await
            .text();
        for tier in ["模范职工之家", "信赖职工之家"] {
            assert!(home.contains(&format!("帮扶站星级（{tier}）")), "{home}");
        }
    }
}
