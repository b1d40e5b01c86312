//! Slips, codes and people that are no good for a poll.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use super::{between, member, opened, phone, rating, vote};
use crate::site;

#[tokio::test]
async fn a_slip_that_is_no_good_is_told_kindly_and_counts_nothing() {
    for site in site::both().await {
        let mut open = opened(&site).await;
        vote(&site, &open.slips[0], "satisfied").await;
        let code = open.slips[0].clone();
        let again = phone(&site, "GET", &format!("/v/{code}"), &[]).await;
        assert!(
            again
                .text()
                .contains("这张票投过了\n这张票已经投过了，那一次已经计入，只计一次。"),
            "{}",
            again.text()
        );
        let id = open.poll.replace("/polls/", "");
        let twice = phone(&site, "POST", "/v/cast", &[("poll", &id), ("code", &code)]).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        let unknown = phone(&site, "POST", "/v", &[("code", "0000-1111")]).await;
        assert!(
            unknown.text().contains("没有找到这张票")
                && unknown.body.contains("value=\"0000-1111\""),
            "{}",
            unknown.text()
        );
        let spoiled = open.slips[1].clone();
        open.chair
            .post_form(
                &format!("{}/spoiled-slips", open.poll),
                &[("code", &spoiled)],
            )
            .await;
        let page = phone(&site, "POST", "/v", &[("code", &spoiled)]).await;
        assert!(
            page.text()
                .contains("这张票已经作废。请到工作小组领换发的新票。"),
            "{}",
            page.text()
        );
        // What is too long comes back with the choices.
        let long = "很".repeat(101);
        let fields = [
            ("poll", id.as_str()),
            ("code", &open.slips[2]),
            ("object1", "0"),
            ("suggestion", &long),
        ];
        let page = phone(&site, "POST", "/v/cast", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text().contains("建议写了 101 个字，最多 100 个字")
                && page.body.contains("name=\"object1\" value=\"0\" checked"),
            "{}",
            page.text()
        );
        // Slips beyond the roll are refused with the number typed.
        let more = open
            .chair
            .post_form(&format!("{}/slips", open.poll), &[("number", "5")])
            .await;
        assert!(more.text().contains("再制 5 张就超过了"), "{}", more.text());
        let batch = format!("{}/spoiled-batches", open.poll);
        let refused = open.chair.post_form(&batch, &[("batch", "1")]).await;
        assert!(refused.text().contains("还没有办"), "{}", refused.text());
        assert!(
            refused.body.contains("href=\"#sure-1\"")
                && refused.body.contains("<details open>")
                && refused.body.contains("id=\"sure-1\""),
            "the sentence leads to the tick of this printing"
        );
        let sure = [("batch", "1"), ("sure", "yes")];
        open.chair.post_form(&batch, &sure).await;
        let text = open.chair.get(&open.poll).await.text();
        assert!(text.contains("发出 12 张，其中作废 11 张"), "{text}");
    }
}

#[tokio::test]
async fn others_do_not_find_a_poll_and_the_union_above_can_make_its_slips() {
    for site in site::both().await {
        let mut open = opened(&site).await;
        let mut neighbour = site
            .sign_in_as("邻居", &[(Role::Chair, &site.neighbour)])
            .await;
        for path in [
            open.poll.clone(),
            format!("{}/roll", open.poll),
            rating(&site),
        ] {
            assert_eq!(
                neighbour.get(&path).await.status,
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
        let made = neighbour
            .post_form(&format!("{}/slips", open.poll), &[("number", "1")])
            .await;
        assert_eq!(made.status, StatusCode::NOT_FOUND);
        let mut above = site
            .sign_in_as("街道审核", &[(Role::Reviewer, &site.township)])
            .await;
        assert_eq!(above.get(&open.poll).await.status, StatusCode::FORBIDDEN);
        let unit = site.union.id.to_string();
        let fields = [
            ("unit", unit.as_str()),
            ("year", "2016"),
            ("slips", "upper"),
        ];
        let done = above
            .post_form(&format!("{}/slip-demand", open.poll), &fields)
            .await;
        assert_eq!(done.location(), rating(&site));
        let refused = open
            .chair
            .post_form(&format!("{}/slips", open.poll), &[("number", "1")])
            .await;
        assert!(
            refused.text().contains("上级工会要求由上级制作测评票"),
            "{}",
            refused.text()
        );
        let batch = format!("{}/spoiled-batches", open.poll);
        let sure = [("batch", "1"), ("sure", "yes")];
        above.post_form(&batch, &sure).await;
        let sheet = above
            .post_form(&format!("{}/slips", open.poll), &[("number", "12")])
            .await;
        assert_eq!(between(&sheet, "slip-code\">").len(), 12);
    }
}

#[tokio::test]
async fn a_wrong_member_code_leads_nowhere_and_a_signed_in_chair_is_nobody_there() {
    for site in site::both().await {
        let mut open = opened(&site).await;
        let desk = format!("{}/group", open.poll);
        let wrong = phone(&site, "POST", &desk, &[("code", "0000-0000-0000-0000")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("这个成员码不对"), "{}", wrong.text());
        let page = open.chair.get(&desk).await;
        assert_eq!(page.header("set-cookie"), "");
        assert!(!page.body.contains("周建国"), "{}", page.body);
        let right = member(&site, &open, 2, "group", &[]).await;
        assert!(right.text().contains("赵师傅，您好"), "{}", right.text());
    }
}
