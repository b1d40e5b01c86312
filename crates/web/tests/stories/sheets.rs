//! The year sheet and my home, as a chair and others meet them.

mod activities;
mod evidence;

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site::{self, Page, TestSite};

fn sheet(site: &TestSite, group: &str) -> String {
    format!("/units/{}/sheet/2016/{group}", site.union.id)
}

/// A hidden field of the page.
fn hidden(page: &Page, name: &str) -> String {
    let (_, rest) = page
        .body
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect("the field");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_chair_fills_in_a_group_and_my_home_says_what_is_missing() {
    for site in site::both().await {
        let home = format!("/units/{}/home", site.union.id);
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair.get(&home).await;
        assert!(
            page.text().contains("下一步，争创\n合格职工之家"),
            "{}",
            page.text()
        );
        let page = chair.get(&sheet(&site, "basics")).await;
        let key = hidden(&page, "request_key");
        let form = [
            ("request_key", key.as_str()),
            ("seen", ""),
            ("members", "190"),
            ("workers", "200"),
            ("then", "next"),
        ];
        let saved = chair.post_form(&sheet(&site, "basics"), &form).await;
        assert_eq!(
            (saved.status, saved.location()),
            (StatusCode::SEE_OTHER, sheet(&site, "organisation"))
        );
        let again = chair.post_form(&sheet(&site, "basics"), &form).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        chair
            .post_form(
                &sheet(&site, "service"),
                &[("cards_issued", "140"), ("cards_used", "130")],
            )
            .await;
        let page = chair.get(&home).await;
        let text = page.text();
        assert!(text.contains("还差 12 名会员办卡"), "{text}");
        assert!(
            text.contains("已办工会卡 140 ÷ 会员人数 190 ≈ 73.68 %，要求 80%"),
            "{text}"
        );
        assert!(
            text.contains("申报期 2016年10月1日 至 2016年10月31日，还剩 11 天。"),
            "{text}"
        );
        let page = chair.get(&sheet(&site, "basics")).await;
        assert!(
            page.text().contains("工会填报 · 陈主席 · 2016-10-20 09:00"),
            "{}",
            page.text()
        );
        assert!(
            !page.text().contains("以前说过"),
            "said once: {}",
            page.text()
        );
    }
}

#[tokio::test]
async fn a_wrong_form_comes_back_with_everything_typed_and_a_stale_one_tells_both_answers() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let mut clerk = site
            .sign_in_as("李干事", &[(Role::Clerk, &site.union)])
            .await;
        let path = sheet(&site, "basics");
        let wrong = chair
            .post_form(
                &path,
                &[
                    ("workers", "二百"),
                    ("members", "190"),
                    ("legal_person", "true"),
                ],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = wrong.text();
        assert!(text.contains("未能提交，请改正以下内容"), "{text}");
        assert_eq!(
            text.matches("“职工人数”没有填对：应为不小于零的整数。请改正后再保存。")
                .count(),
            2
        );
        assert!(wrong.body.contains("value=\"二百\"") && wrong.body.contains("value=\"190\""));
        assert!(
            wrong
                .body
                .contains("name=\"legal_person\" value=\"true\" checked")
        );
        chair
            .post_form(&path, &[("workers", "200"), ("members", "190")])
            .await;
        let seen = hidden(&chair.get(&path).await, "seen");
        let form = [
            ("seen", seen.as_str()),
            ("workers", "200"),
            ("members", "195"),
        ];
        assert_eq!(
            clerk.post_form(&path, &form).await.status,
            StatusCode::SEE_OTHER
        );
        let stale = chair
            .post_form(
                &path,
                &[("seen", &seen), ("workers", "210"), ("members", "180")],
            )
            .await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            stale
                .text()
                .contains("李干事在 2016-10-20 09:00 把“会员人数”填成了“195 人”，您填的是“180 人”"),
            "{}",
            stale.text()
        );
        // The form that came back has seen the other answer: sending it again decides.
        let seen = hidden(&stale, "seen");
        let decided = chair
            .post_form(
                &path,
                &[("seen", &seen), ("workers", "210"), ("members", "180")],
            )
            .await;
        assert_eq!(decided.status, StatusCode::SEE_OTHER);
        let page = chair.get(&path).await;
        assert!(page.text().contains("以前说过 2 次"), "{}", page.text());
    }
}

#[tokio::test]
async fn others_read_or_do_not_find_the_sheet() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        chair
            .post_form(&sheet(&site, "basics"), &[("workers", "217")])
            .await;
        let mut reviewer = site
            .sign_in_as("区审核", &[(Role::Reviewer, &site.district)])
            .await;
        let page = reviewer.get(&sheet(&site, "basics")).await;
        assert!(page.text().contains("217 人") && !page.body.contains("<input id=\"workers"));
        let refused = reviewer
            .post_form(&sheet(&site, "basics"), &[("workers", "1")])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let mut neighbour = site
            .sign_in_as("邻居", &[(Role::Chair, &site.neighbour)])
            .await;
        for path in [
            "home",
            "sheet/2016",
            "sheet/2016/basics",
            "activities",
            "evidence",
            "rating/2016",
        ] {
            let page = neighbour
                .get(&format!("/units/{}/{path}", site.union.id))
                .await;
            assert_eq!(
                (page.status, page.text().contains("217")),
                (StatusCode::NOT_FOUND, false),
                "{path}"
            );
        }
        let said = neighbour
            .post_form(&sheet(&site, "basics"), &[("workers", "1")])
            .await;
        assert_eq!(said.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn desk_home_and_front_page_speak_of_one_year_and_one_last_day() {
    for site in site::both().await {
        let mut city = site
            .sign_in_as("市审批", &[(Role::Approver, &site.city)])
            .await;
        let days = [
            ("revision", "0"),
            ("declaration_from", "2016-10-01"),
            ("declaration_to", "2016-10-25"),
            ("examination_from", "2016-11-01"),
            ("examination_to", "2016-11-30"),
            ("commendation_from", "2017-01-01"),
            ("commendation_to", "2017-12-31"),
            ("note", "提前截止"),
        ];
        let set = city.post_form("/rounds/2016", &days).await;
        assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let home = format!("/units/{}/home", site.union.id);
        let text = chair.get(&home).await.text();
        let until = "申报期 2016年10月1日 至 2016年10月25日，还剩 5 天。";
        assert!(text.contains(until), "{text}");
        let text = chair.get("/desk").await.text();
        let until = "2016 年度申报正在进行，2016年10月25日截止，还有 5 天。";
        assert!(text.contains(until), "{text}");
        let text = chair.get("/").await.text();
        let until = "正在申报，2016年10月25日截止，还剩 5 天。";
        assert!(text.contains(until), "{text}");
        // On its last day the programme promises no year that it doesn't have.
        site.app.clock.set(jiff::civil::date(2020, 12, 31));
        let mut chair = site
            .sign_in_as("王主席", &[(Role::Chair, &site.union)])
            .await;
        let text = chair.get(&home).await.text();
        assert!(text.contains("已经过了，本规划没有下一次了"), "{text}");
        assert!(!text.contains("明年"), "{text}");
        let text = chair.get(&format!("{home}?year=2018")).await.text();
        assert!(text.contains("2018 年的申报期（"), "{text}");
        // After the programme its last year remains.
        site.app.clock.set(jiff::civil::date(2021, 3, 1));
        let mut chair = site
            .sign_in_as("李主席", &[(Role::Chair, &site.union)])
            .await;
        let desk = chair.get("/desk").await;
        assert!(desk.text().contains("2020 年度"), "{}", desk.text());
        let text = chair.get(&home).await.text();
        assert!(text.contains("2020 年，截至 2020年12月31日"), "{text}");
        let rating = format!("/units/{}/rating/2020", site.union.id);
        assert!(desk.body.contains(&rating), "{}", desk.body);
    }
}

#[tokio::test]
async fn groups_are_counted_as_the_overview_lists_them() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let overview = format!("/units/{}/sheet/2016", site.union.id);
        let page = chair.get(&overview).await;
        let link = format!("<a href=\"{overview}/");
        let listed: Vec<&str> = page
            .body
            .split(&link)
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert!(listed.len() > 3, "{listed:?}");
        for (n, group) in listed.iter().enumerate() {
            let text = chair.get(&sheet(&site, group)).await.text();
            let place = format!("第 {} 组，共 {} 组", n + 1, listed.len());
            assert!(text.contains(&place), "{place} on {text}");
        }
    }
}

#[tokio::test]
async fn a_small_home_has_the_same_page_and_a_federation_that_only_leads_is_told_so() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let page = chair.get(&format!("/units/{}/home", site.branch.id)).await;
        assert!(
            page.text().contains("下一步，争创\n模范职工小家"),
            "{}",
            page.text()
        );
        let own = chair.get(&format!("/units/{}/home", site.union.id)).await;
        assert!(
            own.text()
                .contains("家里的小家和娘家人\n长江纺织厂细纱车间分工会"),
            "{}",
            own.text()
        );
        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let page = approver
            .get(&format!("/units/{}/home", site.district.id))
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text().contains("负责审核和推荐，自己不参加创建"),
            "{}",
            page.text()
        );
    }
}
