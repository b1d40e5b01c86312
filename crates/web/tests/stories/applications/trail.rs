//! What an auditor reads of an application.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use super::{hand_in, qualified};
use crate::site;

#[tokio::test]
async fn an_auditor_finds_by_union_person_and_title_and_reads_words() {
    for site in site::both().await {
        qualified(&site).await;
        let mut chair = site
            .sign_in_as("陈主席", &[(Role::Chair, &site.union)])
            .await;
        let address = hand_in(&site, &mut chair).await;
        let mut reviewer = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let rejection = [
            ("clause", "Q2"),
            ("note_Q2", "没有换届"),
            ("outcome", "rejected"),
        ];
        reviewer
            .post_form(&format!("{address}/findings"), &rejection)
            .await;
        let mut auditor = site
            .sign_in_as("周审计", &[(Role::Auditor, &site.city)])
            .await;
        let page = auditor
            .get("/audit?union=%E9%95%BF%E6%B1%9F&title=qualified-home")
            .await;
        let text = page.text();
        for words in [
            "记录逐条审核",
            "提交申报",
            "合格职工之家 2016",
            "不认可",
            "街道小李",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(
            page.body.contains(&format!("<a href=\"{address}\">")),
            "{}",
            page.body
        );
        // No id, JSON or UTC among the words.
        let (_, table) = text.split_once("内容").expect("the table");
        assert!(
            !table.contains('{') && !table.contains("T0") && !table.contains("Z\""),
            "{table}"
        );
        let is_id = |word: &str| word.len() >= 32 && word.chars().all(|c| c.is_ascii_hexdigit());
        assert!(!table.split_whitespace().any(is_id), "{table}");
        for nothing in [
            "union=%E6%B2%A1%E6%9C%89",
            "person=%E6%B2%A1%E6%9C%89",
            "title=model-home",
            "until=2016-01-01",
        ] {
            let page = auditor.get(&format!("/audit?{nothing}")).await;
            assert!(
                page.text().contains("没有符合条件的记录"),
                "{nothing}: {}",
                page.text()
            );
        }
        let by_person = auditor.get("/audit?person=%E5%B0%8F%E6%9D%8E").await.text();
        assert!(
            by_person.contains("记录逐条审核") && !by_person.contains("陈主席"),
            "{by_person}"
        );
        let export = auditor.get("/audit/export?title=qualified-home").await;
        assert_eq!(export.header("content-type"), "text/csv; charset=utf-8");
        assert!(export.body.contains(",记录逐条审核,"), "{}", export.body);
        assert!(
            export.body.starts_with("\u{feff}时间,办理人,"),
            "{}",
            export.body
        );
        assert_eq!(
            chair.get("/audit/export").await.status,
            StatusCode::NOT_FOUND
        );
    }
}
