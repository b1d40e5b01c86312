//! Invitations as pages: the township makes accounts and prints sheets, a chair types the code, sets a password and is at the desk.

use axum::http::StatusCode;
use jianjia_domain::{core::policy::Role, register::person::Post};

use crate::site::{self, Page};

/// The codes of a printed page, in its order.
fn codes(page: &Page) -> Vec<String> {
    let pieces = page.body.split("slip-code\">").skip(1);
    pieces
        .map(|rest| rest.split('<').next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test]
async fn whoever_got_a_sheet_by_mistake_is_told_the_federation_that_printed_it() {
    for site in site::both().await {
        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let under = site.district.id.to_string();
        let fields = [("under", under.as_str()), ("which", "all"), ("shown", "3")];
        let made = approver.post_form("/invitations/making", &fields).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
        let fields = [
            ("under", under.as_str()),
            ("show", "new"),
            ("form", "labels"),
            ("valid", "14"),
        ];
        let printed = approver.post_form("/invitations/sheets", &fields).await;
        let codes = codes(&printed);
        assert_eq!(codes.len(), 3, "{}", printed.text());
        assert!(
            printed.text().contains("天宁区总工会"),
            "{}",
            printed.text()
        );
        for code in codes {
            let page = site.visitor().post_form("/join", &[("code", &code)]).await;
            let text = page.text();
            assert!(text.contains("把邀请单退给：天宁区总工会"), "{text}");
            assert!(text.contains("有问题请问：天宁区总工会"), "{text}");
        }
    }
}

#[tokio::test]
async fn invitations_come_as_a_file_of_a_page_a_union() {
    for site in site::both().await {
        let mut approver = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let under = site.district.id.to_string();
        let fields = [("under", under.as_str()), ("which", "all"), ("shown", "3")];
        approver.post_form("/invitations/making", &fields).await;
        let fields = [
            ("under", under.as_str()),
            ("show", "new"),
            ("form", "pdf"),
            ("valid", "14"),
        ];
        let file = approver.post_form("/invitations/sheets", &fields).await;
        assert_eq!(file.header("content-type"), "application/pdf");
        assert_eq!(file.header("cache-control"), "no-store");
        assert!(file.bytes.starts_with(b"%PDF-"));
        let page = approver
            .get(&format!("/invitations?under={under}&show=waiting"))
            .await;
        assert!(page.text().contains("红梅食品厂工会"), "{}", page.text());
    }
}

#[tokio::test]
async fn a_township_prints_labels_and_a_chair_comes_in_without_a_script() {
    for site in site::both().await {
        site.city_of_tests
            .person(&site.union, "陈静", Post::Chair)
            .await;
        let mut approver = site
            .sign_in_as("街道审批", &[(Role::Approver, &site.township)])
            .await;
        let under = site.township.id.to_string();
        let page = approver
            .get(&format!("/invitations/making?under={under}"))
            .await;
        let text = page.text();
        assert!(
            text.contains("名册里有主席，建账号\n1\n名册里没有主席，姓名由本人填\n1"),
            "{text}"
        );
        let fields = [("under", under.as_str()), ("which", "all"), ("shown", "2")];
        let page = approver.post_form("/invitations/making", &fields).await;
        assert_eq!(page.location(), format!("/invitations?under={under}"));
        let page = approver.get(&page.location()).await;
        assert!(
            page.text().contains("长江纺织厂工会\n陈静\n工会主席"),
            "{}",
            page.text()
        );
        assert!(
            page.text().contains("主席（姓名由本人填）"),
            "{}",
            page.text()
        );
        let fields = [
            ("under", under.as_str()),
            ("show", "new"),
            ("form", "labels"),
            ("valid", "14"),
        ];
        let page = approver.post_form("/invitations/sheets", &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let codes = codes(&page);
        assert_eq!(codes.len(), 2);
        assert!(page.text().contains("2016年11月3日"), "{}", page.text());
        let listed = approver.get("/invitations?show=waiting").await;
        assert!(
            codes.iter().all(|code| !listed.body.contains(code)),
            "shown once"
        );
        assert!(
            approver
                .get("/desk")
                .await
                .text()
                .contains("已发未开通 2 个")
        );

        let mut chair = site.visitor();
        let page = chair
            .post_form("/join", &[("code", "0000-0000-0000")])
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("这个邀请码不能用"), "{}", page.text());
        assert!(
            !page.text().contains("红梅街道"),
            "named once the code is right"
        );
        let code = codes[0].to_lowercase();
        let page = chair.post_form("/join", &[("code", &code)]).await;
        let text = page.text();
        assert!(
            text.contains("这是您吗？") && text.contains("陈静") && text.contains("红梅街道总工会"),
            "{text}"
        );
        let fields = |password: &'static str| {
            [
                ("code", code.clone()),
                ("login", "陈静".to_owned()),
                ("password", password.to_owned()),
                ("password_again", password.to_owned()),
            ]
        };
        let wrong = fields("12345678901");
        let wrong: Vec<(&str, &str)> = wrong
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let page = chair.post_form("/join/password", &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.text().contains("这个密码太容易猜到"),
            "{}",
            page.text()
        );
        assert!(
            !page.body.contains("12345678901"),
            "no password stands in a page"
        );
        let right = fields("pear tree bicycle");
        let right: Vec<(&str, &str)> = right
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let page = chair.post_form("/join/password", &right).await;
        assert_eq!(page.location(), "/desk", "{}", page.text());
        let desk = chair.get("/desk").await;
        assert!(
            desk.text().contains("欢迎您！密码已经设好"),
            "{}",
            desk.text()
        );
        assert!(desk.text().contains("陈静，您好"), "{}", desk.text());
        let mut later = site.visitor();
        let signed = [("login", "陈 静"), ("password", "pear tree bicycle")];
        assert_eq!(
            later.post_form("/sign-in", &signed).await.location(),
            "/desk"
        );

        // A lost telephone: the box is ticked, or nothing happens.
        let unit = approver
            .get(&format!("/units/{}/accounts", site.union.id))
            .await;
        let (_, rest) = unit.body.split_once("action=\"/accounts/").unwrap();
        let account = rest.split('/').next().unwrap().to_owned();
        let again = format!("/accounts/{account}/invitation");
        let page = approver.post_form(&again, &[]).await;
        assert!(page.text().contains("这个账号已经开通"), "{}", page.text());
        assert_eq!(chair.get("/desk").await.status, StatusCode::OK);
        let page = approver.post_form(&again, &[("sure", "yes")]).await;
        assert!(page.text().contains("有效到"), "{}", page.text());
        assert!(chair.get("/desk").await.location().starts_with("/sign-in"));
    }
}
