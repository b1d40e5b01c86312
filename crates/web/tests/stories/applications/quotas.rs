//! Places on the pages: proposed, counted, previewed, released, given on and moved; and what a list is made up of.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::date;

use super::named::{fit, hand_in, on_all, told, values};
use crate::site::{self, TestSite};

const LIST: &str = "/recommendations/2016/trusted-home";

fn field(site: &TestSite, kind: &str) -> String {
    format!("{kind}_{}_trusted-home", site.district.id)
}

#[tokio::test]
async fn the_city_proposes_counts_previews_and_releases_places_and_nothing_typed_is_lost() {
    for site in site::both().await {
        let mut leader = site
            .sign_in_as("钱主任", &[(Role::Approver, &site.city)])
            .await;
        let page = leader.get("/quotas/2016").await;
        assert!(page.text().contains("合计"), "{}", page.text());
        let proposed = leader
            .get("/quotas/2016/proposal?total_trusted-home=7&total_trusted-kin=")
            .await;
        let text = proposed.text();
        assert_eq!(proposed.status, StatusCode::OK, "{text}");
        assert!(text.contains("按名册里的单位数分配 7 个"), "{text}");
        // Sums stand there without scripts, and follow the proposal.
        assert!(
            proposed.body.contains("id=\"sum-0\" data-fixed=\"0\">7<"),
            "{}",
            proposed.body
        );
        let wrong = leader
            .get("/quotas/2016/proposal?total_trusted-home=many")
            .await;
        assert_eq!(wrong.status, StatusCode::OK);
        assert!(wrong.body.contains("value=\"many\""), "{}", wrong.body);

        let (places, seen) = (field(&site, "places"), field(&site, "seen"));
        let recount: Vec<(&str, &str)> = vec![(&*places, "5"), (&*seen, "0"), ("then", "recount")];
        let page = leader.post_form("/quotas/2016/preview", &recount).await;
        assert!(
            page.body.contains("id=\"sum-0\" data-fixed=\"0\">5<"),
            "{}",
            page.body
        );
        let wrong: Vec<(&str, &str)> = vec![(&*places, "许多"), (&*seen, "0")];
        let page = leader.post_form("/quotas/2016/preview", &wrong).await;
        let text = page.text();
        assert!(text.contains("整张表都还没有下达"), "{text}");
        assert!(!text.contains("确认下达"), "{text}");
        let back: Vec<(&str, &str)> = vec![(&*places, "许多"), (&*seen, "0"), ("then", "back")];
        let page = leader.post_form("/quotas/2016", &back).await;
        assert!(page.body.contains("value=\"许多\""), "{}", page.body);
        let good: Vec<(&str, &str)> = vec![(&*places, "5"), (&*seen, "0")];
        let page = leader.post_form("/quotas/2016/preview", &good).await;
        let text = page.text();
        for words in ["合计从 0 个变为 5 个", "确认下达"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let done = leader.post_form("/quotas/2016", &good).await;
        let notice = told(&mut leader, done).await;
        assert_eq!(notice, "名额已下达，1 处有变动，已告知推荐单位。");
        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let asked = approver.post_form("/quotas/2016/preview", &good).await;
        assert_eq!(asked.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_list_says_what_it_is_made_up_of_and_its_places_are_given_on_and_moved() {
    for site in site::both().await {
        let union = fit(&site, "恒源厂工会").await;
        let (title, level) = ("model-home", HonourLevel::County);
        let city = &site.city_of_tests;
        city.holds(&union, None, title, 2016, level).await;
        hand_in(&site, &union, "trusted-home").await;
        let mut township = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        on_all(&mut township, "/reviews", "endorse").await;
        site.app.clock.set(date(2016, 11, 7));
        let mut leader = site
            .sign_in_as("钱主任", &[(Role::Approver, &site.city)])
            .await;
        let (places, seen) = (field(&site, "places"), field(&site, "seen"));
        let other = format!("places_{}_trusted-home", site.other_district.id);
        let other_seen = format!("seen_{}_trusted-home", site.other_district.id);
        let form: Vec<(&str, &str)> = vec![
            (&*places, "2"),
            (&*seen, "0"),
            (&*other, "1"),
            (&*other_seen, "0"),
        ];
        leader.post_form("/quotas/2016", &form).await;
        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let page = approver.get(LIST).await;
        let text = page.text();
        for words in ["名单结构", "民营企业的候选不少于 30%", "单位类型：不知道"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        // Not opened by the city, places are not given on.
        assert!(!text.contains("分到镇（街道）"), "{text}");
        let open = [("title", "trusted-home"), ("open", "yes")];
        let done = leader.post_form("/quotas/2016/opening", &open).await;
        told(&mut leader, done).await;
        let page = approver.get(LIST).await;
        assert!(page.text().contains("分到镇（街道）"), "{}", page.text());
        let shares = format!("{LIST}/shares");
        let federation = site.district.id.to_string();
        let share = format!("share_{}", site.township.id);
        let form: Vec<(&str, &str)> = vec![("federation", &*federation), (&*share, "9")];
        let page = approver.post_form(&shares, &form).await;
        assert!(
            page.text().contains("合计 9 个，比本单位的 2 个名额多"),
            "{}",
            page.text()
        );
        assert!(page.body.contains("value=\"9\""), "{}", page.body);
        let form: Vec<(&str, &str)> = vec![("federation", &*federation), (&*share, "1")];
        let done = approver.post_form(&shares, &form).await;
        assert_eq!(told(&mut approver, done).await, "已保存，1 处有变动。");

        // What nobody answered is said here.
        let page = approver.get(LIST).await;
        let (_, name) = page.body.split_once("name=\"answer_").expect("a question");
        let name = format!("answer_{}", name.split('"').next().unwrap_or_default());
        let form: Vec<(&str, &str)> = vec![("federation", &*federation), (&*name, "private")];
        let done = approver.post_form(&format!("{LIST}/answers"), &form).await;
        assert_eq!(told(&mut approver, done).await, "已保存 1 项候选情况。");
        let page = approver.get(LIST).await;
        assert!(
            page.text().contains("单位类型：民营企业"),
            "{}",
            page.text()
        );

        // The other district closes its list, and its place moves here.
        let mut theirs = site
            .sign_in_as("邻区审批", &[(Role::Approver, &site.other_district)])
            .await;
        let other_id = site.other_district.id.to_string();
        let form = [("federation", other_id.as_str())];
        let done = theirs.post_form(&format!("{LIST}/closure"), &form).await;
        told(&mut theirs, done).await;
        let mut form: Vec<(&str, &str)> = vec![
            ("title", "trusted-home"),
            ("from", &*other_id),
            ("to", &*federation),
            ("places", "4"),
            ("reason", "候选多"),
        ];
        let page = leader.post_form("/quotas/2016/move/preview", &form).await;
        assert!(
            page.text().contains("请填 1 到 1 的整数"),
            "{}",
            page.text()
        );
        assert!(page.body.contains("value=\"候选多\""), "{}", page.body);
        form[3].1 = "1";
        let page = leader.post_form("/quotas/2016/move/preview", &form).await;
        let text = page.text();
        assert!(text.contains("退回未调剂 1 个"), "{text}");
        let from = values(&page.body, "seen_from");
        let to = values(&page.body, "seen_to");
        form.extend([("seen_from", &*from[0]), ("seen_to", &*to[0])]);
        let done = leader.post_form("/quotas/2016/move", &form).await;
        let notice = told(&mut leader, done).await;
        assert_eq!(notice, "已调剂 1 个名额，并告知得到名额的单位。");
        let page = leader.get("/quotas/2016").await;
        assert!(page.text().contains("已调剂的名额"), "{}", page.text());
        let page = approver.get(LIST).await;
        assert!(page.text().contains("名额 3 个"), "{}", page.text());
    }
}
