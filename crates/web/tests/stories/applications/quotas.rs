//! Places on the pages: proposed, counted, previewed, released, given on and moved; and what a list is made up of.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::date;

use super::named::{fit, hand_in, on_all, told, values};
use crate::site::{self, Client, TestSite};

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

#[tokio::test]
async fn places_and_the_list_come_as_workbooks_in_which_a_name_is_no_formula() {
    for site in site::both().await {
        let union = fit(&site, "=1+1厂工会").await;
        let (title, level) = ("model-home", HonourLevel::County);
        let city = &site.city_of_tests;
        city.holds(&union, None, title, 2016, level).await;
        hand_in(&site, &union, "trusted-home").await;
        let mut township = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        on_all(&mut township, "/reviews", "endorse").await;
        let mut leader = site
            .sign_in_as("钱主任", &[(Role::Approver, &site.city)])
            .await;
        let (places, seen) = (field(&site, "places"), field(&site, "seen"));
        let form: Vec<(&str, &str)> = vec![(&*places, "2"), (&*seen, "0")];
        leader.post_form("/quotas/2016", &form).await;
        let cells = |bytes: &[u8], row: usize| -> Vec<String> {
            let read = jianjia_documents::sheet::read(bytes, "a.xlsx").expect("a workbook");
            read.rows[row].cells.clone()
        };
        let file = leader.get("/quotas/2016/export?format=xlsx").await;
        assert_eq!(
            cells(&file.bytes, 0)[..4],
            ["推荐单位", "称号", "现有名额", "已用"]
        );
        let table = leader.get("/quotas/2016/export?format=csv").await;
        assert!(
            table.body.contains(&format!(
                "{},信赖职工之家,2,0,0,0,0,1,0,未办结",
                site.district.name
            )),
            "{}",
            table.body
        );
        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let file = approver.get(&format!("{LIST}/export?format=xlsx")).await;
        assert_eq!(cells(&file.bytes, 1)[1], "=1+1厂工会");
        let table = approver.get(&format!("{LIST}/export?format=csv")).await;
        assert!(table.body.contains("'=1+1厂工会"), "{}", table.body);
        let hidden = township.get(&format!("{LIST}/export")).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    }
}

/// The city turns down the only candidate that waits to be named.
async fn turn_down(leader: &mut Client) {
    let list = "/namings/2016/trusted-home";
    let candidates = values(&leader.get(list).await.body, "application");
    assert_eq!(candidates.len(), 1);
    let form = [("application", &*candidates[0]), ("act", "reject")];
    let page = leader.post_form(&format!("{list}/preview"), &form).await;
    let token = values(&page.body, "application");
    let form = [
        ("application", &*token[0]),
        ("reason", "材料不实"),
        ("request_key", "e"),
    ];
    let done = leader.post_form(&format!("{list}/rejection"), &form).await;
    told(leader, done).await;
}

#[tokio::test]
async fn a_reserve_through_which_nobody_looked_is_confirmed_on_the_list_and_moves_up() {
    for site in site::both().await {
        for name in ["恒源厂工会", "诚源厂工会"] {
            let union = fit(&site, name).await;
            let (title, level) = ("model-home", HonourLevel::County);
            let city = &site.city_of_tests;
            city.holds(&union, None, title, 2016, level).await;
            hand_in(&site, &union, "trusted-home").await;
        }
        let mut township = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        on_all(&mut township, "/reviews", "endorse").await;
        site.app.clock.set(date(2016, 11, 7));
        let mut leader = site
            .sign_in_as("钱主任", &[(Role::Approver, &site.city)])
            .await;
        let (places, seen) = (field(&site, "places"), field(&site, "seen"));
        leader
            .post_form("/quotas/2016", &[(&*places, "1"), (&*seen, "0")])
            .await;
        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let federation = site.district.id.to_string();
        let federation = ("federation", federation.as_str());
        let confirm = async |approver: &mut Client, chosen: &str, key: &str| {
            let form = [
                federation,
                ("list", "2016/trusted-home"),
                ("chosen", chosen),
                ("act", "confirm"),
                ("opinion", "电话核对过"),
                ("request_key", key),
            ];
            let done = approver.post_form("/reviews/bulk", &form).await;
            told(approver, done).await
        };
        let chosen = values(&approver.get(LIST).await.body, "chosen");
        let ids: Vec<&str> = chosen
            .iter()
            .map(|value| value.split(':').next().unwrap_or_default())
            .collect();
        confirm(&mut approver, &chosen[0], "first").await;
        let ranks: Vec<String> = ids.iter().map(|id| format!("rank_{id}")).collect();
        let form = [federation, (&*ranks[0], "1"), (&*ranks[1], "2")];
        approver.post_form(&format!("{LIST}/ranking"), &form).await;
        let again = values(&approver.get(LIST).await.body, "chosen");
        let first = again.iter().find(|value| value.starts_with(ids[0]));
        let first = first.map_or("", String::as_str);
        let form = [federation, ("chosen", first), ("request_key", "r")];
        let done = approver
            .post_form(&format!("{LIST}/recommendation"), &form)
            .await;
        told(&mut approver, done).await;
        let done = approver
            .post_form(&format!("{LIST}/closure"), &[federation])
            .await;
        told(&mut approver, done).await;
        turn_down(&mut leader).await;

        // Their sessions are over by then.
        site.app.clock.set(date(2017, 2, 10));
        let mut leader = site
            .sign_in_as("孙主任", &[(Role::Approver, &site.city)])
            .await;
        let mut approver = site
            .sign_in_as("区审批二", &[(Role::Approver, &site.district)])
            .await;
        let page = approver.get(LIST).await;
        let text = page.text();
        for words in ["条还没有核实", "打开申报核实", "退回空出的名额"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("递补推荐"), "{text}");
        let reserve = values(&page.body, "chosen");
        assert_eq!(reserve.len(), 1, "{}", page.body);
        let notice = confirm(&mut approver, &reserve[0], "second").await;
        assert!(
            notice.starts_with("已以您的名义认定 1 份申报里未核实的条目"),
            "{notice}"
        );
        let page = approver.get(LIST).await;
        assert!(page.text().contains("递补推荐"), "{}", page.text());
        let (id, revision) = reserve[0].split_once(':').expect("a revision");
        let form = [
            federation,
            ("application", id),
            ("revision", revision),
            ("request_key", "t"),
        ];
        let done = approver.post_form(&format!("{LIST}/reserve"), &form).await;
        let notice = told(&mut approver, done).await;
        assert!(notice.ends_with("递补，并推荐给市总工会。"), "{notice}");

        // Turned down, too, its place returns; the same form once more is told that nothing is free.
        turn_down(&mut leader).await;
        let page = approver.get(LIST).await;
        assert!(
            page.text()
                .contains("现有名额 1 个，空出 1 个；退回以后现有 0 个"),
            "{}",
            page.text()
        );
        let (_, form) = page.body.split_once("/return\"").expect("a form");
        let (revision, free) = (values(form, "revision"), values(form, "free"));
        let form = [federation, ("revision", &*revision[0]), ("free", &*free[0])];
        let address = format!("{LIST}/return");
        let done = approver.post_form(&address, &form).await;
        let notice = told(&mut approver, done).await;
        assert_eq!(notice, "已把空出的 1 个名额退回市总工会。");
        let twice = approver.post_form(&address, &form).await;
        assert!(
            twice.text().contains("没有空出的名额可以退回"),
            "{}",
            twice.text()
        );
    }
}
