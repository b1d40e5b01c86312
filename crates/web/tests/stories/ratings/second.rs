//! A second poll of a year that has a result: said on the pages, agreed by the union above.

use axum::http::StatusCode;
use jianjia_domain::{core::policy::Role, year::totals::RatingTotals};

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
        chair
            .post_form(&format!("{}/plan", rating(&site)), &PLAN)
            .await;
        let page = chair.get(&rating(&site)).await;
        let (_, rest) = page.body.split_once("href=\"/polls/").expect("the poll");
        let poll = format!("/polls/{}", rest.split('"').next().unwrap_or_default());
        // The union reads what it would replace, and can't open it by itself.
        let work = chair.get(&poll).await.text();
        assert!(work.contains("2016 年已经有测评结果，这是重办。"), "{work}");
        assert!(work.contains("(4 + 2) ÷ 10 = 60 %"), "{work}");
        assert!(work.contains("要上级工会同意才能开始投票"), "{work}");
        let opening = format!("{poll}/opening");
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
        let work = chair.get(&poll).await.text();
        assert!(work.contains("已同意重办：夜班没有投"), "{work}");
        // The first stands until the second is signed.
        let opened = chair.post_form(&opening, &[]).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.text());
        let page = chair.get(&rating(&site)).await.text();
        assert!(page.contains("(4 + 2) ÷ 10 = 60 %"), "{page}");
    }
}
