//! A second poll of a year that has a result: said on the pages, agreed by the union above.

use axum::http::StatusCode;
use jianjia_domain::{core::policy::Role, year::totals::RatingTotals};

use jianjia_standard::kinds::HonourLevel;

use super::{PLAN, rating};
use crate::site;

#[tokio::test]
async fn a_second_poll_is_opened_once_the_union_above_has_agreed() {
    for site in site::both().await {
        let before = RatingTotals::of(
            12,
            [
                ("satisfied", 4),
                ("basically_satisfied", 2),
                ("dissatisfied", 4),
                ("void", 0),
            ],
        );
        site.city_of_tests.rated(&site.union, 2016, before).await;
        let mut chair = site
            .sign_in_as("周建国", &[(Role::Chair, &site.union)])
            .await;
        let mut above = site
            .sign_in_as("街道审核", &[(Role::Reviewer, &site.township)])
            .await;
        let page = chair.get(&rating(&site)).await.text();
        assert!(page.contains("要重办一次？"), "{page}");
        let better = [("text", "夜班食堂开一个窗口")];
        chair
            .post_form(&format!("{}/improvements", rating(&site)), &better)
            .await;
        chair
            .post_form(&format!("{}/plan", rating(&site)), &PLAN)
            .await;
        let page = chair.get(&rating(&site)).await;
        // What was planned after the first result is no step of the second poll that is done.
        let last = "明年报告办得怎样。\n未开始";
        assert!(page.text().contains(last), "{}", page.text());
        let (_, rest) = page.body.split_once("href=\"/polls/").expect("the poll");
        let poll = format!("/polls/{}", rest.split('"').next().unwrap_or_default());
        // The union reads what it would replace, and can't open it by itself.
        let work = chair.get(&poll).await.text();
        assert!(work.contains("2016 年已经有测评结果，这是重办。"), "{work}");
        assert!(work.contains("(4 + 2) ÷ 10 = 60 %"), "{work}");
        assert!(
            work.contains(&format!("要由{}同意", site.township.name)),
            "{work}"
        );
        // Nothing is missing in the plan but that consent, and nothing sends back to a form where nothing is left to fill in.
        assert!(work.contains("正在等上级工会同意重办"), "{work}");
        assert!(!work.contains("去补全"), "{work}");
        let steps = chair.get(&rating(&site)).await.text();
        let (_, steps) = steps.split_once("上级同意重办").expect("a step of its own");
        assert!(
            steps.contains(&format!("要由{}同意", site.township.name)),
            "{steps}"
        );
        let opening = format!("{poll}/opening");
        // Who agrees finds it on the desk, and who plans it sees there what stands until then.
        let asked = above.get("/desk").await.text();
        assert!(
            asked.contains(&format!("等您同意重办民主测评：\n{}", site.union.name)),
            "{asked}"
        );
        let desk = chair.get("/desk").await.text();
        assert!(
            desk.contains("原来的结果仍然有效：满意度 = 60 %。"),
            "{desk}"
        );
        let refused = chair.post_form(&opening, &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let consent = format!("{poll}/consent");
        let unit = site.union.id.to_string();
        let with = |reason: &'static str| {
            [
                ("unit", unit.clone()),
                ("year", "2016".to_owned()),
                ("consent_reason", reason.to_owned()),
            ]
        };
        let form = with("夜班没有投");
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let own = chair.post_form(&consent, &form).await;
        assert_eq!(own.status, StatusCode::FORBIDDEN);
        // The union above is asked on the rating's page, and says why.
        assert!(above.get(&rating(&site)).await.body.contains(&consent));
        let silent = with(" ");
        let silent: Vec<(&str, &str)> = silent
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let silent = above.post_form(&consent, &silent).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let agreed = above.post_form(&consent, &form).await;
        assert_eq!(agreed.location(), rating(&site), "{}", agreed.text());
        let asked = above.get("/desk").await.text();
        assert!(!asked.contains("等您同意重办民主测评"), "{asked}");
        let work = chair.get(&poll).await.text();
        assert!(work.contains("已同意重办：夜班没有投"), "{work}");
        // The first stands until the second is signed.
        let opened = chair.post_form(&opening, &[]).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
        let page = chair.get(&rating(&site)).await.text();
        assert!(page.contains("(4 + 2) ÷ 10 = 60 %"), "{page}");
    }
}

/// The plan of a second poll, of eight among 205 members.
fn of_eight(voters: &'static str, reason: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut plan = PLAN.to_vec();
    plan[0] = ("roll", "8");
    plan.extend([("voters", voters), ("roll_reason", reason)]);
    plan
}

#[tokio::test]
async fn few_among_many_stand_with_their_reason_wherever_somebody_decides_or_reads() {
    for site in site::both().await {
        let answers = [("workers", 225), ("members", 205)];
        let answers = answers.map(|(fact, number)| (fact.to_owned(), serde_json::json!(number)));
        let answers = answers.into_iter().collect();
        let (city, union) = (&site.city_of_tests, &site.union);
        city.said(union, None, 2016, &answers).await;
        let of_paper = [
            ("satisfied", 9),
            ("basically_satisfied", 1),
            ("dissatisfied", 0),
            ("void", 0),
        ];
        let of_paper = RatingTotals::of(12, of_paper);
        city.rated(union, 2016, of_paper).await;
        let city_level = HonourLevel::City;
        city.holds(union, None, "qualified-home", 2016, city_level)
            .await;
        let mut chair = site
            .sign_in_as("周建国", &[(Role::Chair, &site.union)])
            .await;
        let mut above = site
            .sign_in_as("街道审核", &[(Role::Reviewer, &site.township)])
            .await;
        // Beside the sum at home stand the roll and the members.
        let home = chair
            .get(&format!("/units/{}/home", site.union.id))
            .await
            .text();
        assert!(home.contains("应投 12 人，收回 10 张。"), "{home}");
        assert!(home.contains("应投 12 人，会员 205 人"), "{home}");
        // A result needs no steps; they are for a second poll alone.
        let page = chair.get(&rating(&site)).await;
        assert!(!page.body.contains("<h2>办理步骤"), "{}", page.body);
        let (_, again) = page.body.split_once("要重办一次？").expect("the fold");
        let (fold, _) = again.split_once("</details>").expect("its end");
        assert!(fold.contains("组小组，定名册"), "{fold}");
        // Eight without a reason are kept, and what is missing is said at once.
        let path = format!("{}/plan", rating(&site));
        let saved = chair.post_form(&path, &of_eight("", "")).await;
        let page = chair.get(&saved.location()).await.text();
        assert!(page.contains("计划已保存，还缺 2 处"), "{page}");
        assert!(
            page.contains("应投 8 人，会员 205 人，相差超过 10%。请写明原因"),
            "{page}"
        );
        let plan = of_eight("congress-delegates", "闭会期间由代表投票");
        let saved = chair.post_form(&path, &plan).await;
        let page = chair.get(&saved.location()).await;
        let told = page.text();
        let asked = format!("重办要由{}同意", site.township.name);
        assert!(told.contains(&asked), "{told}");
        assert!(!told.contains("还不能开始："), "{told}");
        let (_, rest) = page.body.split_once("href=\"/polls/").expect("the poll");
        let poll = format!("/polls/{}", rest.split('"').next().unwrap_or_default());
        // Who agrees reads of how many, which kind and why; so does who opens the work page, as long as it is open.
        let words = "应投 8 人，会员 205 人（≈ 3.9 %）；参加投票：会员代表大会代表；说明：闭会期间由代表投票";
        let asked = above.get(&rating(&site)).await.text();
        assert!(asked.contains(words), "{asked}");
        let unit = site.union.id.to_string();
        let consent = [
            ("unit", unit.as_str()),
            ("year", "2016"),
            ("consent_reason", "经核实"),
        ];
        above.post_form(&format!("{poll}/consent"), &consent).await;
        chair.post_form(&format!("{poll}/opening"), &[]).await;
        let open = chair.get(&poll).await.text();
        assert!(open.contains("投票期间投了多少张"), "{open}");
        assert!(open.contains(words), "{open}");
    }
}
