//! Number, addressees and day of issue of official papers, as the office types them.

use axum::http::StatusCode;
use jianjia_domain::core::policy::Role;

use crate::site;

const ROUND: &str = "/rounds/2016/imprint";

#[tokio::test]
async fn the_office_says_the_number_of_a_notice_and_nothing_typed_is_lost() {
    for site in site::both().await {
        let roles = [(Role::Approver, &site.city)];
        let mut approver = site.sign_in_as("钱审批", &roles).await;
        let page = approver.get("/rounds/2016").await;
        assert!(
            page.body.contains(&format!("href=\"{ROUND}\"")),
            "{}",
            page.text()
        );
        let form = approver.get(ROUND).await;
        assert!(form.text().contains("年度申报通知"), "{}", form.text());
        assert!(form.text().contains("留空就按名册写：各辖市、区总工会。"));
        let typed = [
            ("number", "常工发2016年57号"),
            ("addressees", "各辖市、区总工会"),
            ("copies", "江苏省总工会，市委办公室"),
            ("issued_on", "2016-09-20"),
            ("revision", "0"),
        ];
        let refused = approver.post_form(ROUND, &typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in [
            "“常工发2016年57号”不是文号的写法",
            "江苏省总工会，市委办公室",
        ] {
            assert!(refused.text().contains(words), "{}", refused.text());
        }
        assert!(refused.body.contains("value=\"2016-09-20\""));
        let mut right = typed;
        right[0].1 = "常工发[2016]57号";
        let done = approver.post_form(ROUND, &right).await;
        assert_eq!(done.location(), "/rounds/2016", "{}", done.text());
        let form = approver.get(ROUND).await;
        assert!(form.body.contains("value=\"常工发〔2016〕57号\""));
        assert!(form.text().contains("现在登记的"), "{}", form.text());

        // A colleague whose page is older is told, sees what stands there now beside what was typed, and has to choose.
        let roles = [(Role::Administrator, &site.city)];
        let mut colleague = site.sign_in_as("市管理", &roles).await;
        right[0].1 = "常工发〔2016〕58号";
        right[2].1 = "";
        for _ in 0..2 {
            let stale = colleague.post_form(ROUND, &right).await;
            assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
            for words in [
                "钱审批填的是“常工发〔2016〕57号”。",
                "钱审批填的是“江苏省总工会，市委办公室”。",
                "用我填写的，替换钱审批登记的",
            ] {
                assert!(stale.text().contains(words), "{}", stale.text());
            }
            for field in [
                "value=\"常工发〔2016〕58号\"",
                "name=\"revision\" value=\"0\"",
                "name=\"over\" value=\"1\"",
            ] {
                assert!(stale.body.contains(field), "{}", stale.body);
            }
            // What is the same needs no second word.
            assert!(!stale.text().contains("钱审批填的是“2016-09-20”"));
        }
        let chosen = |choice: &'static str, over: &'static str| {
            let mut fields = right.to_vec();
            fields.extend([("choice", choice), ("over", over)]);
            fields
        };
        let kept = colleague.post_form(ROUND, &chosen("theirs", "1")).await;
        assert_eq!(kept.location(), "/rounds/2016", "{}", kept.text());
        let form = approver.get(ROUND).await;
        assert!(form.body.contains("value=\"常工发〔2016〕57号\""));
        let replaced = colleague.post_form(ROUND, &chosen("mine", "1")).await;
        assert_eq!(replaced.location(), "/rounds/2016", "{}", replaced.text());
        let form = approver.get(ROUND).await;
        assert!(form.body.contains("value=\"常工发〔2016〕58号\""));
        // Over what was not shown nothing is said, whatever was chosen.
        right[0].1 = "常工发〔2016〕59号";
        let mut fields = right.to_vec();
        fields.extend([("choice", "mine"), ("over", "1")]);
        let stale = approver.post_form(ROUND, &fields).await;
        assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told = "市管理填的是“常工发〔2016〕58号”。";
        assert!(stale.text().contains(told), "{}", stale.text());
        let mut english = site
            .sign_in_as("李审批", &[(Role::Approver, &site.city)])
            .await;
        english.post_form("/settings", &[("language", "en")]).await;
        let refused = english.post_form(ROUND, &typed).await;
        let told = "is not how a document number is written (GB/T 9704-2012)";
        assert!(refused.text().contains(told), "{}", refused.text());
        let paper = approver.get("/rounds/2016/papers/notice.docx").await;
        assert!(paper.bytes.starts_with(b"PK"));
    }
}
